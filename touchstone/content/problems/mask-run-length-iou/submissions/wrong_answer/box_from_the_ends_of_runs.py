"""Forgets that a run over several columns covers whole columns."""

import sys


def intervals(runs):
    """Half-open stretches of ones, touching ones joined."""
    found, at = [], 0
    for number, run in enumerate(runs):
        if number % 2 and run:
            if found and found[-1][1] == at:
                found[-1][1] = at + run
            else:
                found.append([at, at + run])
        at += run
    return found, at


def main():
    data = list(map(int, sys.stdin.read().split()))
    at, scores = 1, []
    for _ in range(data[0]):
        height, width = data[at : at + 2]
        at += 2
        masks = []
        for _ in range(2):
            count = data[at]
            masks.append(intervals(data[at + 1 : at + 1 + count]))
            at += 1 + count
        (first, size), (second, other) = masks
        if size != height * width or other != height * width:
            print("BAD")
            continue
        left, top, right, bottom, shared = width, height, -1, -1, 0
        i = j = 0
        while i < len(first) and j < len(second):
            start = max(first[i][0], second[j][0])
            end = min(first[i][1], second[j][1])
            if start < end:
                shared += end - start
                x, y = divmod(start, height)
                x_last, y_last = divmod(end - 1, height)
                y, y_last = min(y, y_last), max(y, y_last)
                left, right = min(left, x), max(right, x_last)
                top, bottom = min(top, y), max(bottom, y_last)
            if first[i][1] < second[j][1]:
                i += 1
            else:
                j += 1
        area = sum(end - start for start, end in first)
        area_other = sum(end - start for start, end in second)
        union = area + area_other - shared
        score = shared / union if union else 1.0
        scores.append(score)
        box = f"{left} {top} {right} {bottom}" if shared else "-"
        print(area, area_other, f"{score:.8f}", box)
    print(f"{sum(scores) / len(scores) if scores else 0:.8f}")


main()
