"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 2, 2, 1), (8, 4, 2, 3), (60, 8, 3, 3), (600, 20, 4, 3), (3000, 60, 3, 3))
SAMPLE = "3 3 2 8\n0 0 0\n0 1 0\n0 2 1\n1 0 1\n1 1 1\n1 2 0\n2 0 0\n2 2 0\n"


def make(seed: str, n: int, p: int, k: int, each: int) -> str:
    rng = random.Random(f"crowd-{seed}")
    skill = [rng.uniform(0.35, 0.97) for _ in range(p)]
    rows = []
    for item in range(n):
        truth = rng.randrange(k)
        for person in rng.sample(range(p), each):
            right = rng.random() < skill[person]
            rows.append(f"{item} {person} {truth if right else rng.randrange(k)}")
    rng.shuffle(rows)
    return "\n".join([f"{n} {p} {k} {len(rows)}", *rows]) + "\n"


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
