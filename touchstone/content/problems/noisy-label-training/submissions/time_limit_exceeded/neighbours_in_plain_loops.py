"""Edits the training data by nearest neighbours in plain loops, round after round."""

import csv

FEATURES = ["wait", "turns", "mood", "transfers", "repeats", "amount", "hour", "past"]
SCALE = [9, 8, 0.5, 1.2, 1.8, 120, 7, 1.1]


def read(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def point(row):
    return [float(row[name]) / scale for name, scale in zip(FEATURES, SCALE)]


def vote(place, others, neighbours):
    near = sorted((sum((a - b) ** 2 for a, b in zip(place, x)), y) for x, y in others)
    return int(2 * sum(y for _, y in near[:neighbours]) > neighbours)


known = [(point(row), int(row["complaint"])) for row in read("train.csv")]
for neighbours in range(3, 43, 2):
    known = [
        (place, vote(place, known[:i] + known[i + 1 :], neighbours))
        for i, (place, _) in enumerate(known)
    ]
with open("predictions.csv", "w", encoding="utf-8") as out:
    out.write("id,complaint\n")
    for row in read("test.csv"):
        out.write(f"{row['id']},{vote(point(row), known, 15)}\n")
