"""The question bank: what a question is, whether it is sound, and which ones a candidate gets.

`question` holds the types, `loading` reads and writes the YAML of docs/question-bank.md, `lint`
finds weak questions, `kit` chooses for one candidate, `optimal` proves how good that choice was.
"""
