"""Treats difficult boxes like all others."""

import sys
from collections import defaultdict


def common(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def overlap(a, b):
    """Intersection and union as whole numbers: thresholds are met exactly or not at all."""
    shared = common(a, b)
    return shared, area(a) + area(b) - shared


def more(a, b, percent):
    shared, union = overlap(a, b)
    return 100 * shared > percent * union


def enough(a, b, percent):
    shared, union = overlap(a, b)
    return 100 * shared >= percent * union


def suppress(boxes, percent):
    kept = []
    for box in sorted(boxes, key=lambda box: (-box[5], box[4])):
        if not any(more(box, other, percent) for other in kept):
            kept.append(box)
    return kept


def match(kept, real, percent):
    """The numbers right, wrong, missed and set aside."""
    free, right, wrong, aside = [True] * len(real), 0, 0, 0
    for box in kept:
        best = None
        for number, other in enumerate(real):
            if not free[number] or other[4] or not enough(box, other, percent):
                continue
            shared, union = overlap(box, other)
            if best is None or shared * best[1] > best[0] * union:
                best = shared, union, number
        if best is not None:
            free[best[2]] = False
            right += 1
        elif any(other[4] and enough(box, other, percent) for other in real):
            aside += 1
        else:
            wrong += 1
    missed = sum(open_ and not other[4] for open_, other in zip(free, real))
    return right, wrong, missed, aside


def main():
    words = sys.stdin.read().split()
    real_count, count, close, least = map(int, words[:4])
    at = 4
    real, found = defaultdict(list), defaultdict(list)
    for _ in range(real_count):
        image, kind = words[at : at + 2]
        real[kind, image].append((*map(int, words[at + 2 : at + 6]), 0))
        at += 7
    for number in range(1, count + 1):
        image, kind = words[at : at + 2]
        *box, score = map(int, words[at + 2 : at + 7])
        found[kind, image].append((*box, number, score))
        at += 7
    kept, totals = [], {}
    for group in sorted(real.keys() | found.keys()):
        staying = suppress(found.get(group, ()), close)
        kept += [box[4] for box in staying]
        sums = totals.setdefault(group[0], [0, 0, 0, 0])
        for place, value in enumerate(match(staying, real.get(group, ()), least)):
            sums[place] += value
    print(len(kept), *sorted(kept))
    for kind, (right, wrong, missed, aside) in sorted(totals.items()):
        precision = right / (right + wrong) if right + wrong else 0
        recall = right / (right + missed) if right + missed else 0
        print(kind, right, wrong, missed, aside, f"{precision:.6f} {recall:.6f}")


main()
