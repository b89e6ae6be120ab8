"""Divides the probabilities by the temperature and normalises, which changes nothing."""

import sys
from math import exp, log


def softmax(row, temperature):
    top = max(row)
    powers = [exp(value - top) for value in row]
    whole = sum(powers)
    return [power / whole for power in powers]


def likelihood(rows, labels, step):
    """Mean negative log likelihood at the temperature step / 100."""
    total = 0.0
    for row, label in zip(rows, labels):
        top = max(row)
        powers = sum(exp(value - top) for value in row)
        total += log(powers) - (row[label] - top)
    return total / len(rows)


def calibration_error(rows, labels, bins, step):
    count, right, trust = [0] * bins, [0] * bins, [0.0] * bins
    for row, label in zip(rows, labels):
        chances = softmax(row, step / 100)
        best = chances.index(max(chances))
        # Intervals are closed on the right; a confidence of 0 cannot be.
        place = next(b for b in range(bins) if chances[best] <= (b + 1) / bins or b == bins - 1)
        count[place] += 1
        right[place] += best == label
        trust[place] += chances[best]
    return sum(abs(r - t) for r, t in zip(right, trust)) / len(rows)


def best_step(rows, labels):
    """Convex in 1 / T, so along T the values fall and then rise."""
    low, high = 5, 2000
    while low < high:
        middle = (low + high) // 2
        if likelihood(rows, labels, middle) <= likelihood(rows, labels, middle + 1):
            high = middle
        else:
            low = middle + 1
    return low


def main():
    data = iter(sys.stdin.read().split())
    n, kinds, bins = (int(next(data)) for _ in range(3))
    labels, rows = [], []
    for _ in range(n):
        labels.append(int(next(data)))
        rows.append([float(next(data)) for _ in range(kinds)])
    right = sum(row.index(max(row)) == label for row, label in zip(rows, labels))
    print(f"{right / n:.6f}")
    step = best_step(rows, labels)
    print(f"{step / 100:.2f}")
    for each in (100, step):
        nll, error = likelihood(rows, labels, each), calibration_error(rows, labels, bins, each)
        print(f"{nll:.8f} {error:.8f}")


main()
