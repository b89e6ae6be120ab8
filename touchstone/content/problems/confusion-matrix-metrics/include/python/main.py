import sys

import numpy as np
from solution import ConfusionMetrics


def batches(words):
    """Pairs of arrays, either listed or drawn from a seed."""
    kind = next(words)
    if kind == "list":
        size = int(next(words))
        truth = np.array([int(next(words)) for _ in range(size)], dtype=np.int64)
        predicted = np.array([int(next(words)) for _ in range(size)], dtype=np.int64)
        return [(truth, predicted)]
    seed, size, classes, repeats = (int(next(words)) for _ in range(4))
    draw = np.random.RandomState(seed)
    truth = (draw.random_sample(size) ** 2 * classes).astype(np.int64)
    guess = draw.randint(-1, classes, size)
    predicted = np.where(draw.random_sample(size) < 0.7, truth, guess)
    truth[draw.random_sample(size) < 0.05] = -1
    return [(truth, np.roll(predicted, shift)) for shift in range(repeats)]


def main():
    words = iter(sys.stdin.read().split())
    classes, most, count = (int(next(words)) for _ in range(3))
    shards = ConfusionMetrics(classes), ConfusionMetrics(classes)
    turn = 0
    for _ in range(count):
        for truth, predicted in batches(words):
            shards[turn % 2].update(truth, predicted)
            turn += 1
    metrics, other = shards
    metrics.merge(other)
    matrix = np.asarray(metrics.matrix())
    print(*matrix.shape, int(matrix.sum()))
    for row in matrix[:12]:
        print(*map(int, row))
    for values in metrics.per_class():
        print(*(f"{float(value):.6f}" for value in values))
    print(f"{float(metrics.macro_f1()):.6f}")
    rows = list(metrics.worst(most))
    print(len(rows))
    for row in rows:
        print(*map(int, row))


main()
