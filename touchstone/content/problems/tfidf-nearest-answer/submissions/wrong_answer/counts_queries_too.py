"""Counts document frequencies over the queries as well: the test leaks into the model."""

import re
import sys
from collections import Counter, defaultdict
from math import log, sqrt

PIECE = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")
SAME = 1e-9


def tokens(text):
    found = []
    for piece in PIECE.findall(text.lower()):
        if piece < "\u4e00" or len(piece) == 1:
            found.append(piece)
        else:
            found += [piece[i : i + 2] for i in range(len(piece) - 1)]
    return found


def weighed(text, rarity):
    weights = {t: n * rarity[t] for t, n in Counter(tokens(text)).items() if t in rarity}
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {token: weight / length for token, weight in weights.items()}


def main():
    lines = sys.stdin.read().split("\n")
    known, asked, least = lines[0].split()
    known, asked, least = int(known), int(asked), float(least)
    questions, queries = lines[1 : 1 + known], lines[1 + known : 1 + known + asked]
    spread = Counter(token for text in questions + queries for token in set(tokens(text)))
    rarity = {token: log((1 + known) / (1 + n)) + 1 for token, n in spread.items()}
    holding = defaultdict(list)
    for number, text in enumerate(questions):
        for token, weight in weighed(text, rarity).items():
            holding[token].append((number, weight))
    for text in queries:
        likeness = defaultdict(float)
        for token, weight in weighed(text, rarity).items():
            for number, other in holding[token]:
                likeness[number] += weight * other
        highest = max(likeness.values(), default=0.0)
        best = min((n for n, value in likeness.items() if value > highest - SAME), default=-1)
        print(best + 1 if highest >= least else 0, f"{highest:.6f}")


main()
