"""Updates a rating after every comparison, so the result hangs on the order of the data."""

import sys


def main():
    words = sys.stdin.read().split()
    count, games = int(words[0]), int(words[1])
    score = [1000.0] * count
    for place in range(2, 2 + 3 * games, 3):
        a, sign, b = int(words[place]) - 1, words[place + 1], int(words[place + 2]) - 1
        share = {">": 1.0, "=": 0.5, "<": 0.0}[sign]
        expected = 1 / (1 + 10 ** ((score[b] - score[a]) / 400))
        score[a] += 32 * (share - expected)
        score[b] -= 32 * (share - expected)
    order = sorted(range(count), key=lambda one: (-score[one], one))
    for one in order:
        print(one + 1, f"{score[one]:.6f}")
    print(f"{1 / (1 + 10 ** ((score[order[1]] - score[order[0]]) / 400)):.8f}")


main()
