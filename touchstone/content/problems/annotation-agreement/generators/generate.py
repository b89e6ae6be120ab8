"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 2, 1), (6, 2, 2), (9, 3, 3), (40, 4, 3), (200, 3, 2), (12000, 3, 4))
SAMPLE = "4 3\na a a\nb b -\na b b\nb - -\n"


def make(seed: str, n: int, k: int, labels: int) -> str:
    rng = random.Random(f"agreement-{seed}")
    names = [f"{letter}" for letter in "abcd"[:labels]]
    weights = [2.0**-i for i in range(labels)]
    skill = [rng.uniform(0.5, 0.95) for _ in range(k)]
    rows = []
    for _ in range(n):
        truth = rng.choices(names, weights)[0]
        row = [truth if rng.random() < s else rng.choice(names) for s in skill]
        rows.append(" ".join("-" if rng.random() < 0.2 else cell for cell in row))
    return "\n".join([f"{n} {k}", *rows]) + "\n"


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    reference = base / "submissions" / "accepted" / "reference.py"
    plan = [("sample/1", SAMPLE)]
    plan += [
        (f"secret/{variant}/{number:02}", make(f"{variant}-{number}", *size))
        for variant in "ab"
        for number, size in enumerate(SIZES, 1)
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
