"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 1, 1), (10, 5, 2), (80, 30, 4), (800, 200, 20), (8000, 1500, 60))
SAMPLE = "5 3 1\n1 500 500\n1 510 490\n2 900 100\n3 600 400\n2 700 300\n"


def make(seed: str, n: int, budget: int, most: int) -> str:
    rng = random.Random(f"active-{seed}")
    classes = rng.randint(3, 4)
    groups = max(2, n // (most * 3))
    rows = [f"{n} {budget} {most}"]
    for _ in range(n):
        cuts = sorted(rng.randint(0, 1000) for _ in range(classes - 1))
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, 1000])]
        group = int(groups * rng.random() ** 2)
        rows.append(" ".join(map(str, [group, *parts])))
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
