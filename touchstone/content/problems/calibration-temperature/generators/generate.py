"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from math import exp, log

SAMPLE = """5 3 4
0 2.00 0.00 0.00
1 0.00 3.00 0.00
2 0.00 4.00 1.00
0 1.00 1.00 0.00
2 0.00 0.00 5.00
"""
GAP = 1e-7  # of two neighbouring temperatures, so that rounding cannot choose between them
MARGIN = 1e-5  # of a confidence to the edge of its interval, unless it lies exactly on it


def chances(row: list[float], temperature: float) -> list[float]:
    powers = [exp((value - max(row)) / temperature) for value in row]
    return [power / sum(powers) for power in powers]


def sound(rows: list[tuple[int, list[float]]], bins: int) -> bool:
    """Whether the answer does not hang on rounding."""

    def loss(step: int) -> float:
        terms = []
        for label, row in rows:
            powers = sum(exp((value - max(row)) * 100 / step) for value in row)
            terms.append(log(powers) - (row[label] - max(row)) * 100 / step)
        return sum(terms) / len(terms)

    low, high = 5, 2000
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if loss(middle) <= loss(middle + 1) else (middle + 1, high)
    around = [loss(step) - loss(low) for step in (low - 1, low + 1) if 5 <= step <= 2000]
    for temperature in (1.0, low / 100):
        for _, row in rows:
            tied = all(value == max(row) for value in row if value > max(row) - 9)
            edge = max(chances(row, temperature)) * bins
            if abs(edge - round(edge)) < MARGIN and not tied:
                return False
    return min(around) > GAP


def make(
    rng: random.Random, n: int, kinds: int, bins: int, sharp: float, shift: float, ties: int = 0
) -> str:
    while True:
        rows = []
        for number in range(n):
            if number < ties:
                row = [0.0, 0.0] + [-99.0] * (kinds - 2)
                rows.append((int(rng.random() < 0.1), row))
                continue
            truth = [rng.gauss(0, 1.6) for _ in range(kinds)]
            weights = [exp(value) for value in truth]
            label = rng.choices(range(kinds), weights)[0]
            rows.append((label, [round(value * sharp + rng.gauss(0, shift), 2) for value in truth]))
        if sound(rows, bins):
            rng.shuffle(rows)
            lines = [f"{label} " + " ".join(f"{v:.2f}" for v in row) for label, row in rows]
            return "\n".join([f"{n} {kinds} {bins}", *lines]) + "\n"


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"calibration-{variant}")
    yield make(rng, 12, 2, 4, 2.5, 0.3)
    # Two classes exactly equal: confidence one half, on the edge of an interval.
    yield make(rng, 40, 4, 10, 2.0, 0.2, ties=16)
    # Far too timid: the best temperature is below 1.
    yield make(rng, 300, 3, 15, 0.35, 0.02)
    # Logits that know nothing: the highest temperature is best.
    yield make(rng, 200, 3, 10, 0.0, 40.0)
    yield make(rng, 900, 5, 20, 3.0, 0.8, ties=60)
    yield make(rng, 3000, 4, 15, 2.2, 0.5, ties=100)


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    reference = base / "submissions" / "accepted" / "reference.py"
    plan = [("sample/1", SAMPLE)]
    plan += [
        (f"secret/{variant}/{number:02}", text)
        for variant in "ab"
        for number, text in enumerate(cases(variant), 1)
    ]
    for name, text in plan:
        path = base / "data" / f"{name}.in"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        answer = subprocess.run(
            [sys.executable, reference], input=path.read_bytes(), capture_output=True, check=True
        )
        path.with_suffix(".ans").write_bytes(answer.stdout)


main()
