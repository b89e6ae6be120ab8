"""Compares remainders in floating point, where large counts lose theirs."""

import sys


def main():
    lines = sys.stdin.read().split("\n")
    k, sample, least = map(int, lines[0].split())
    counts = [int(line.split()[1]) for line in lines[1 : k + 1]]
    quotas = [min(least, count) for count in counts]
    left = sample - sum(quotas)
    rest = [count - quota for count, quota in zip(counts, quotas)]
    whole = sum(rest)
    if left < 0 or left > whole:
        print("IMPOSSIBLE")
        return
    if left:
        remainders = []
        given = 0
        for i, count in enumerate(rest):
            exact = left * count / whole
            share = int(exact)
            remainder = exact - share
            quotas[i] += share
            given += share
            remainders.append((-remainder, -count, i))
        for _, _, i in sorted(remainders)[: left - given]:
            quotas[i] += 1
    print(*quotas)
    covered = [(count, quota) for count, quota in zip(counts, quotas) if quota]
    reached = sum(count for count, _ in covered)
    squares = sum(count * count / quota for count, quota in covered)
    print(k - len(covered), f"{reached * reached / squares:.6f}")


main()
