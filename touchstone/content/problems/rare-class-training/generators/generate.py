"""Writes the tests: python generators/generate.py (from the package's folder)."""

import csv
import random
from math import exp
from pathlib import Path

FEATURES = ["age", "messages", "rude", "capitals", "amount", "devices", "night", "refunds"]
LIVE = {"normal": 0.92, "abuse": 0.05, "fraud": 0.03}
REVIEWED = {"normal": 0.34, "abuse": 0.33, "fraud": 0.33}


def share(value: float) -> str:
    return f"{1 / (1 + exp(-value)):.3f}"


def account(rng: random.Random, kind: str) -> list[str]:
    abuse, fraud = kind == "abuse", kind == "fraud"
    z = [rng.gauss(0, 1) for _ in FEATURES]
    return [
        f"{exp(6 + 0.9 * (z[3] - 1.6 * fraud)):.0f}",
        f"{exp(1.5 + 0.6 * (z[2] + 1.2 * abuse + 0.5 * fraud)):.1f}",
        share(0.9 * (z[0] + 1.65 * abuse) - 2),
        share(0.8 * z[1] + 0.5 * z[0] + 1.0 * abuse - 2.5),
        f"{exp(4 + 0.8 * (z[4] + 1.5 * fraud)):.2f}",
        str(1 + int(max(0.0, 1 + z[5] + 1.3 * fraud + 0.3 * abuse))),
        share(z[6] + 0.6 * (fraud or abuse)),
        str(int(exp(0.6 + 0.5 * z[7]))),
    ]


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main() -> None:
    base = Path(__file__).resolve().parents[1] / "data"
    plan = [("sample/1", 1200, 300), ("secret/a/01", 1500, 600), ("secret/b/01", 1500, 600)]
    for name, train, test in plan:
        rng = random.Random(f"rare-{name}")
        learnt, held, truths = [], [], []
        for number in range(train):
            kind = rng.choices(list(LIVE), list(LIVE.values()))[0]
            learnt.append([f"u{number:04}", *account(rng, kind), kind])
        for number in range(test):
            kind = rng.choices(list(REVIEWED), list(REVIEWED.values()))[0]
            held.append([f"r{number:03}", *account(rng, kind)])
            truths.append([f"r{number:03}", kind])
        files = base / f"{name}.files"
        write(files / "train.csv", ["id", *FEATURES, "kind"], learnt)
        write(files / "test.csv", ["id", *FEATURES], held)
        (base / f"{name}.in").write_text("", "utf-8")
        write(base / f"{name}.ans", ["id", "kind"], truths)


main()
