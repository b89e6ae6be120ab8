"""Lays both masks out pixel by pixel."""

import sys


def pixels(runs):
    found = []
    for number, run in enumerate(runs):
        for _ in range(run):
            found.append(number % 2)
    return found


def main():
    data = list(map(int, sys.stdin.read().split()))
    at, scores = 1, []
    for _ in range(data[0]):
        height, width = data[at : at + 2]
        at += 2
        masks = []
        for _ in range(2):
            count = data[at]
            runs = data[at + 1 : at + 1 + count]
            masks.append(pixels(runs) if sum(runs) == height * width else None)
            at += 1 + count
        first, second = masks
        if first is None or second is None:
            print("BAD")
            continue
        left, top, right, bottom = width, height, -1, -1
        area = area_other = shared = 0
        for place in range(height * width):
            area += first[place]
            area_other += second[place]
            if first[place] and second[place]:
                shared += 1
                x, y = divmod(place, height)
                left, right = min(left, x), max(right, x)
                top, bottom = min(top, y), max(bottom, y)
        union = area + area_other - shared
        score = shared / union if union else 1.0
        scores.append(score)
        box = f"{left} {top} {right} {bottom}" if shared else "-"
        print(area, area_other, f"{score:.8f}", box)
    print(f"{sum(scores) / len(scores) if scores else 0:.8f}")


main()
