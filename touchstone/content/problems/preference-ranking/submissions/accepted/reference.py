import sys
from collections import defaultdict
from math import log, log10

TIED = 1e-3


def strengths(count, wins, meetings):
    """Minorise and maximise: each round solves for one strength with the others held."""
    strength = [1.0] * count
    change = 1.0
    while change > 1e-9:
        change = 0.0
        for one, others in enumerate(meetings):
            own = strength[one]
            weight = 2 / (own + 1) + sum(n / (own + strength[other]) for other, n in others)
            strength[one] = (1 + wins[one]) / weight
            change = max(change, abs(log(strength[one] / own)))
    return strength


def main():
    words = sys.stdin.read().split()
    count, games = int(words[0]), int(words[1])
    wins = [0.0] * count
    together = [defaultdict(int) for _ in range(count)]
    for place in range(2, 2 + 3 * games, 3):
        a, sign, b = int(words[place]) - 1, words[place + 1], int(words[place + 2]) - 1
        share = {">": 1.0, "=": 0.5, "<": 0.0}[sign]
        wins[a] += share
        wins[b] += 1 - share
        together[a][b] += 1
        together[b][a] += 1
    strength = strengths(count, wins, [list(others.items()) for others in together])
    score = [1000 + 400 * log10(value) for value in strength]
    order = sorted(range(count), key=lambda one: -score[one])
    start = 0
    for end in range(1, count + 1):
        if end == count or score[order[end - 1]] - score[order[end]] > TIED:
            order[start:end] = sorted(order[start:end])
            start = end
    for one in order:
        print(one + 1, f"{score[one]:.6f}")
    first, second = strength[order[0]], strength[order[1]]
    print(f"{first / (first + second):.8f}")


main()
