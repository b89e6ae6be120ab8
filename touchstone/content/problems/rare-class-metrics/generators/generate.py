"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((2, 0.5, 3), (12, 0.4, 5), (200, 0.2, 40), (2000, 0.05, 200), (20000, 0.02, 1000))
SAMPLE = "5\n1 900\n0 700\n1 700\n0 300\n0 100\n"


def make(seed: str, n: int, share: float, grades: int) -> str:
    rng = random.Random(f"rare-{seed}")
    labels = [1, 0] + [int(rng.random() < share) for _ in range(n - 2)]
    rng.shuffle(labels)
    rows = [f"{n}"]
    for label in labels:
        score = min(max(rng.gauss(0.55 if label else 0.4, 0.15), 0), 1)
        rows.append(f"{label} {round(score * grades) * (1000 // grades)}")
    return "\n".join(rows) + "\n"


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
