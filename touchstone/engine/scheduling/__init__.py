"""Who meets whom, when and where.

`problem` holds the types, `document` reads and writes their JSON (docs/scheduling.md), `timeline`
turns clocks and zones into numbers, `calendar` knows what is taken, `greedy` is the baseline,
`solver` plans, `change` re-plans with the fewest moves and lists alternatives.
"""
