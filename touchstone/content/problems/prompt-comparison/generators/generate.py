"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 3), (8, 12), (40, 120), (80, 800), (150, 3000))
SAMPLE = "3\n40 12 4 14\n0 0 0 1\n5 3 3 2\n"


def make(seed: str, q: int, most: int) -> str:
    rng = random.Random(f"prompt-{seed}")
    rows = [f"{q}"]
    for _ in range(q):
        differing = rng.randint(most // 2, most)
        first = round(differing * rng.uniform(0.44, 0.56))
        same = rng.randint(1, 2 * most)
        passed = round(same * rng.random())
        rows.append(f"{passed} {first} {differing - first} {same - passed}")
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
