"""Counts all pairs anew for every merge."""

import sys
from collections import Counter


def merge(word, pair):
    merged = []
    i = 0
    while i < len(word):
        if i + 1 < len(word) and (word[i], word[i + 1]) == pair:
            merged.append(word[i] + word[i + 1])
            i += 2
        else:
            merged.append(word[i])
            i += 1
    return merged


def main():
    lines = sys.stdin.buffer.read().decode("utf-8").split("\n")
    n, merges = map(int, lines[0].split())
    words = [(list(word), int(count)) for word, count in map(str.split, lines[1 : n + 1])]
    before = sum(len(word) * count for word, count in words)
    found = []
    while len(found) < merges:
        counts = Counter()
        for word, count in words:
            for i in range(len(word) - 1):
                counts[word[i], word[i + 1]] += count
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        found.append((*best, counts[best]))
        words = [(merge(word, best), count) for word, count in words]
    print(len(found))
    for row in found:
        print(*row)
    print(before, sum(len(word) * count for word, count in words))


sys.stdout.reconfigure(encoding="utf-8")
main()
