"""Writes the hidden tests: python generators/generate.py (from the package's folder)."""

import csv
import random
from pathlib import Path

HEADER = ["id", "items", "classes", "length", "experience", "kind"]
NOISE = 2.0


def make(seed: int, rows: int, rng: random.Random) -> list[list[str]]:
    laws = random.Random(seed)
    per_item, per_class = laws.uniform(0.8, 1.4), laws.uniform(0.5, 1.2)
    per_length, relief = laws.uniform(0.01, 0.03), laws.uniform(0.1, 0.3)
    by_kind = dict(zip(["text", "image", "audio", "video"], laws.sample([0, 3, 6, 9], 4)))
    table = []
    for number in range(rows):
        items, classes = rng.uniform(1, 30), rng.randint(2, 20)
        length, experience = rng.uniform(20, 400), rng.uniform(0, 36)
        kind = rng.choice(list(by_kind))
        hours = 4 + per_item * items + per_class * classes + per_length * length
        hours += by_kind[kind] - relief * experience + rng.gauss(0, NOISE)
        shown = "" if rng.random() < 0.002 else f"{items:.2f}"
        row = [f"t{number:04}", shown, str(classes), f"{length:.1f}", f"{experience:.1f}", kind]
        table.append([*row, f"{hours:.3f}"])
    return table


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main() -> None:
    base = Path(__file__).resolve().parents[1] / "data"
    plan = [("secret/a/01", 71, 600, 300), ("secret/b/01", 72, 600, 300), ("sample/1", 70, 200, 100)]
    for name, seed, train, test in plan:
        rng = random.Random(f"rows-{seed}")
        rows = make(seed, train + test, rng)
        handed = base / f"{name}.files"
        handed.mkdir(parents=True, exist_ok=True)
        write(handed / "train.csv", [*HEADER, "hours"], rows[:train])
        write(handed / "test.csv", HEADER, [row[:-1] for row in rows[train:]])
        (base / f"{name}.in").write_text("", "utf-8")
        write(base / f"{name}.ans", ["id", "hours"], [[row[0], row[-1]] for row in rows[train:]])


main()
