"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 1, 2), (30, 8, 3), (400, 60, 4), (3000, 500, 5), (12000, 4000, 6))
SAMPLE = "6 3 2 0.2\n6 6\n0 1 0 0 0 1\n"


def make(seed: str, n: int, w: int, k: int) -> str:
    rng = random.Random(f"drift-{seed}")
    before = [rng.randint(1, 9) for _ in range(k)]
    after = [rng.randint(1, 9) for _ in range(k)]
    base = [weight * rng.randint(8, 12) for weight in before]
    base[-1] = 0
    turn = n * 2 // 3
    stream = [rng.choices(range(k), before if i < turn else after)[0] for i in range(n)]
    head = f"{n} {w} {k} {rng.choice((0.1, 0.25))}"
    return "\n".join([head, " ".join(map(str, base)), " ".join(map(str, stream))]) + "\n"


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
