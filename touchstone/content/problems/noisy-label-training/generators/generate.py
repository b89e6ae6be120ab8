"""Writes the tests: python generators/generate.py (from the package's folder)."""

import csv
import random
from pathlib import Path

FEATURES = ["wait", "turns", "mood", "transfers", "repeats", "amount", "hour", "past"]
PEOPLE = 12
STRICT = 4  # annotators who took only written complaints for complaints
Row = tuple[list[str], int]


def conversation(rng: random.Random) -> Row:
    wait = min(40.0, rng.expovariate(1 / 9))
    turns = rng.randint(2, 30)
    mood = max(-1.0, min(1.0, rng.gauss(0.05, 0.5)))
    transfers = min(5, int(rng.expovariate(0.9)))
    repeats = min(8, int(rng.expovariate(0.6)))
    amount = rng.lognormvariate(4.5, 0.9)
    past = min(6, int(rng.expovariate(1.2)))
    hour = rng.randint(0, 23)
    anger = 0.09 * wait + 0.55 * transfers - 2.3 * mood + 0.45 * repeats + 0.5 * past
    anger += 0.02 * turns - 2.35 - (0.5 if mood > 0.6 else 0) + rng.gauss(0, 0.15)
    cells = [f"{wait:.1f}", turns, f"{mood:.2f}", transfers, repeats, f"{amount:.2f}", hour, past]
    return [str(cell) for cell in cells], int(anger > 0)


def labelled(rng: random.Random, truth: int, person: int) -> int:
    luck = rng.random()
    if person < STRICT:
        return int(truth and luck < 0.08)
    if person == STRICT:  # read the code table the wrong way round
        return 1 - truth if luck < 0.93 else truth
    return 1 - truth if luck < 0.03 else truth


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main() -> None:
    base = Path(__file__).resolve().parents[1] / "data"
    plan = [("sample/1", 1000, 300), ("secret/a/01", 1200, 600), ("secret/b/01", 1200, 600)]
    for name, train, test in plan:
        rng = random.Random(f"noise-{name}")
        names = [f"a{number:02}" for number in range(1, PEOPLE + 1)]
        rng.shuffle(names)
        shares = [9.5] * STRICT + [5.5] + [8.0] * (PEOPLE - STRICT - 1)
        learnt, held, truths = [], [], []
        for number in range(train):
            cells, truth = conversation(rng)
            person = rng.choices(range(PEOPLE), shares)[0]
            label = labelled(rng, truth, person)
            learnt.append([f"c{number:04}", *cells, names[person], str(label)])
        for number in range(test):
            cells, truth = conversation(rng)
            held.append([f"t{number:04}", *cells])
            truths.append([f"t{number:04}", str(truth)])
        files = base / f"{name}.files"
        write(files / "train.csv", ["id", *FEATURES, "annotator", "complaint"], learnt)
        write(files / "test.csv", ["id", *FEATURES], held)
        (base / f"{name}.in").write_text("", "utf-8")
        write(base / f"{name}.ans", ["id", "complaint"], truths)


main()
