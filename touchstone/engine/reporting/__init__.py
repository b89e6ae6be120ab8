"""What a report says about one candidate, from facts alone.

`scores` weighs interview and assessment together, `standing` compares with the round,
`analysis` writes the sentences, each with its evidence, `support` checks a sentence against the
facts, `differences` tells what changed between two versions, `candidate` words it for the
candidate.
"""
