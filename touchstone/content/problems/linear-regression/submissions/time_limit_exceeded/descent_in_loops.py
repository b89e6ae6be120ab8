import csv

KINDS = ["text", "image", "audio", "video"]


def features(row):
    numbers = [float(row["items"] or 15) / 10, float(row["classes"]) / 10]
    numbers += [float(row["length"]) / 100, float(row["experience"]) / 10, 1.0]
    return numbers + [float(row["kind"] == kind) for kind in KINDS]


with open("train.csv") as file:
    train = list(csv.DictReader(file))
points = [(features(row), float(row["hours"])) for row in train]
weights = [0.0] * 9
for _ in range(20000):
    slope = [0.0] * 9
    for x, y in points:
        error = sum(w * v for w, v in zip(weights, x)) - y
        for i in range(9):
            slope[i] += error * x[i]
    for i in range(9):
        weights[i] -= 0.02 * slope[i] / len(points)
with open("test.csv") as file, open("predictions.csv", "w") as out:
    out.write("id,hours\n")
    for row in csv.DictReader(file):
        out.write(f"{row['id']},{sum(w * v for w, v in zip(weights, features(row)))}\n")
