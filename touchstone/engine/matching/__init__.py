"""Finds people: by words, by concepts, like somebody, for a position.

`terms` says under what a person is indexed, `query` what is looked for, `postings` packs who has
a term, `ranking` puts the two together. No database: the same postings give the same order.
"""
