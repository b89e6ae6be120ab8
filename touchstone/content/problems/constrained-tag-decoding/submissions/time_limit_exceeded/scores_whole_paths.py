"""Carries whole paths along and adds up the score of each from its start."""

import sys


def may_follow(before, after):
    if before[0] in "BM":
        return after[0] in "ME" and before[1:] == after[1:]
    return after[0] in "BSO"


def main():
    lines = sys.stdin.read().split("\n")
    length, kinds = map(int, lines[0].split())
    tags = lines[1].split()
    moves = [list(map(int, line.split())) for line in lines[2 : 2 + kinds]]
    rows = [line.split() for line in lines[2 + kinds : 2 + kinds + length]]
    marks = [list(map(int, row[:kinds])) for row in rows]

    def score(path):
        total = marks[0][path[0]]
        for place in range(1, len(path)):
            total += moves[path[place - 1]][path[place]] + marks[place][path[place]]
        return total

    paths = [[]]
    for row in rows:
        found = {}
        for path in paths:
            for k, tag in enumerate(tags):
                if row[kinds] not in ("?", tag):
                    continue
                if not (may_follow(tags[path[-1]], tag) if path else tag[0] in "BSO"):
                    continue
                longer = [*path, k]
                key = (-score(longer), longer)
                if k not in found or key < found[k]:
                    found[k] = key
        paths = [path for _, path in found.values()]
    ends = [(-score(path), path) for path in paths if tags[path[-1]][0] in "ESO"]
    if not ends:
        print("NONE")
        return
    worst, path = min(ends)
    print(-worst)
    print(*(tags[k] for k in path))


main()
