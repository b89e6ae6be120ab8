import sys
from collections import defaultdict


def overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def main():
    data = iter(map(int, sys.stdin.read().split()))
    g, p = next(data), next(data)
    gold = defaultdict(list)
    for _ in range(g):
        image, *box = (next(data) for _ in range(5))
        gold[image].append([box, False])
    guesses = [tuple(next(data) for _ in range(6)) for _ in range(p)]
    curve, right = [], 0
    for place, (_, image, *box) in enumerate(sorted(guesses, reverse=True), 1):
        best = max(
            (item for item in gold.get(image, ()) if not item[1]),
            key=lambda item: overlap(item[0], box),
            default=None,
        )
        if best and overlap(best[0], box) >= 0.5:
            best[1] = True
            right += 1
        curve.append((right / place, right))
    area = highest = 0.0
    for i in range(p - 1, -1, -1):
        highest = max(highest, curve[i][0])
        if curve[i][1] > (curve[i - 1][1] if i else 0):
            area += highest / g
    print(right)
    print(f"{area:.8f}")


main()
