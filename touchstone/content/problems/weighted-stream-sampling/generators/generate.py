"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 1), (10, 3), (100, 20), (1500, 200), (12000, 2500))
SAMPLE = "5 2\n1 0.900000\n10 0.500000\n1 0.200000\n3 0.700000\n1 0.950000\n"


def make(seed: str, n: int, k: int) -> str:
    rng = random.Random(f"stream-{seed}")
    rows = [f"{n} {k}"]
    for _ in range(n):
        weight = rng.choice((1, 2, 5, 50, 1_000, 1_000_000)) + rng.randint(0, 9)
        rows.append(f"{min(weight, 1_000_000)} {rng.uniform(0.000001, 0.999999):.12f}")
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
