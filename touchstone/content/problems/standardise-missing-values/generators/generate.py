"""Writes the hidden tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = (1, 4, 60, 500, 2000, 8000)


def make(seed: int, n: int) -> str:
    rng = random.Random(f"{seed}-{n}")
    m = 1 if n == 1 else 2 + (n < 500) * rng.randint(0, 3)
    q = min(n, 20)
    centre = [rng.randint(-200, 200) for _ in range(m)]
    constant = rng.randrange(m) if 1 < n < 500 else -1
    rows = []
    for r in range(n):
        row = []
        for c in range(m):
            value = centre[c] if c == constant else int(rng.lognormvariate(3, 1)) + centre[c]
            row.append("NA" if r and rng.random() < 0.25 else str(value))
        rows.append(" ".join(row))
    queries = [f"{rng.randint(1, n)} {rng.randint(1, m)}" for _ in range(q)]
    return "\n".join([f"{n} {m} {q}", *rows, *queries]) + "\n"


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    for seed, variant in ((20261, "a"), (20262, "b")):
        folder = base / "data" / "secret" / variant
        folder.mkdir(parents=True, exist_ok=True)
        for number, n in enumerate(SIZES, 1):
            path = folder / f"{number:02}-{n}.in"
            path.write_text(make(seed, n), "utf-8")
            reference = base / "submissions" / "accepted" / "reference.py"
            answer = subprocess.run(
                [sys.executable, reference], input=path.read_bytes(), capture_output=True, check=True
            )
            path.with_suffix(".ans").write_bytes(answer.stdout)


main()
