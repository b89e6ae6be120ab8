"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SAMPLE = "7 100 2\n30 40\n20 60 45\n38\n120\n10 18\n50 101\n26\n"
EDGES = {
    "a": [
        (20, 0, [[13], [8], [8], [4]]),
        (8, 2, [[9], [4, 5], [9, 3], [1, 9], [3, 1], [2]]),
        (10, 1, [[5], [5], [4], [4], [1]]),
        (1, 0, [[2]]),
    ],
    "b": [
        (30, 0, [[7], [11], [20], [11]]),
        (9, 0, [[9], [1, 9], [10, 9], [4], [5], [9, 10]]),
        (20, 3, [[12], [8], [9], [5], [5], [2]]),
        (6, 1, [[7], [7, 7]]),
    ],
}


def text(size: int, gap: int, dialogues: list[list[int]]) -> str:
    rows = [" ".join(map(str, turns)) for turns in dialogues]
    return "\n".join([f"{len(rows)} {size} {gap}", *rows]) + "\n"


def make(rng: random.Random, n: int, size: int, gap: int, turns: int) -> str:
    dialogues = []
    for _ in range(n):
        most = max(1, int(size * rng.choice((0.02, 0.1, 0.3, 0.5))))
        dialogues.append([rng.randint(1, most) for _ in range(rng.randint(1, turns))])
        if turns == 1:
            dialogues[-1] = [rng.randint(size // 6, size * 3 // 5)]
        if rng.random() < 0.03:
            dialogues[-1].insert(0, size)
        if rng.random() < 0.01:
            dialogues[-1].append(size + rng.randint(1, 9))
    return text(size, gap, dialogues)


def cases(variant: str) -> list[str]:
    rng = random.Random(f"packing-{variant}")
    sizes = ((80, 128, 2, 4), (400, 512, 1, 5), (2000, 2048, 3, 4))
    plan = [text(*edge) for edge in EDGES[variant]]
    plan += [make(rng, *size) for size in sizes]
    plan.append(make(rng, 8000, 4096, 1, 1))
    return plan


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    reference = base / "submissions" / "accepted" / "reference.py"
    plan = {"sample/1": SAMPLE}
    for variant in "ab":
        for number, text in enumerate(cases(variant), 1):
            plan[f"secret/{variant}/{number:02}"] = text
    for name, text in plan.items():
        path = base / "data" / f"{name}.in"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        answer = subprocess.run(
            [sys.executable, reference], input=path.read_bytes(), capture_output=True, check=True
        )
        path.with_suffix(".ans").write_bytes(answer.stdout)


main()
