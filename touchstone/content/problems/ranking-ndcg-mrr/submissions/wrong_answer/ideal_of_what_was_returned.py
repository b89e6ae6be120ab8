"""Takes the ideal ranking from returned documents only, so a miss costs nothing."""

import sys
from itertools import groupby
from math import log2

USEFUL = 2


def expected_dcg(groups, depth):
    """Every order of equal scores is equally likely: each place of a group earns its mean gain."""
    total, place = 0.0, 0
    for grades in groups:
        gain = sum(2**grade - 1 for grade in grades) / len(grades)
        last = min(place + len(grades), depth)
        total += gain * sum(1 / log2(rank + 1) for rank in range(place + 1, last + 1))
        place += len(grades)
        if place >= depth:
            break
    return total


def expected_reciprocal(groups, depth):
    place = 0
    for grades in groups:
        size = len(grades)
        useful = sum(grade >= USEFUL for grade in grades)
        if not useful:
            place += size
            continue
        total, chance = 0.0, useful / size
        for x in range(1, size - useful + 2):
            if place + x > depth:
                break
            total += chance / (place + x)
            if x < size:
                chance *= (size - useful - x + 1) / (size - x)
        return total
    return 0.0


def shown(value):
    return "-" if value is None else f"{value:.8f}"


def mean(values):
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def main():
    data = iter(sys.stdin.read().split())
    queries, depth = int(next(data)), int(next(data))
    rows = []
    for _ in range(queries):
        returned, judged = int(next(data)), int(next(data))
        scores = [(next(data), int(next(data))) for _ in range(returned)]
        grade = {}
        for _ in range(judged):
            document = next(data)
            grade[document] = int(next(data))
        known = [(score, grade[name]) for name, score in scores if name in grade]
        known.sort(key=lambda row: -row[0])
        groups = [[g for _, g in rows] for _, rows in groupby(known, key=lambda row: row[0])]
        best = expected_dcg([[g] for g in sorted((g for _, g in known), reverse=True)], depth)
        ndcg = expected_dcg(groups, depth) / best if best else None
        any_useful = any(g >= USEFUL for g in grade.values())
        reciprocal = expected_reciprocal(groups, depth) if any_useful else None
        cover = len(known) / returned if returned else None
        rows.append((ndcg, reciprocal, cover))
        print(*map(shown, rows[-1]))
    print(*map(shown, map(mean, zip(*rows))))


main()
