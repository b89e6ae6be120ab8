"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 2), (6, 8), (60, 80), (600, 700), (4000, 4000))
SAMPLE = (
    "2 4\n1 0 0 100 100\n1 200 200 300 300\n"
    "95 1 0 0 100 90\n90 1 5 5 100 100\n80 1 500 500 600 600\n70 1 210 200 300 300\n"
)


def make(seed: str, g: int, p: int) -> str:
    rng = random.Random(f"boxes-{seed}")
    gold = []
    for i in range(g):
        x, y = rng.randint(0, 800), rng.randint(0, 800)
        gold.append((i // 6, x, y, x + rng.randint(20, 200), y + rng.randint(20, 200)))
    rows = [f"{g} {p}", *(" ".join(map(str, box)) for box in gold)]
    for score in rng.sample(range(1, 20 * p), p):
        image, *box = rng.choice(gold)
        spread = rng.choice((4, 15, 60))
        x1, y1, x2, y2 = (min(max(v + rng.randint(-spread, spread), 0), 1000) for v in box)
        x2, y2 = max(x2, x1 + 1), max(y2, y1 + 1)
        rows.append(f"{score} {image} {x1} {y1} {x2} {y2}")
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
