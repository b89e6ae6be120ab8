"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SAMPLE = (
    "4 5\nO B-LOC M-LOC E-LOC S-LOC\n"
    "1 0 0 0 0\n0 0 1 0 0\n0 0 0 1 0\n0 0 0 0 0\n0 0 0 0 0\n"
    "2 3 0 0 1 ?\n1 0 4 1 0 ?\n0 0 5 3 0 ?\n2 1 0 0 4 O\n"
)


def text(tags: list[str], moves: list[list[int]], rows: list[list[int]], fixed: list[str]) -> str:
    lines = [f"{len(rows)} {len(tags)}", " ".join(tags)]
    lines += [" ".join(map(str, row)) for row in moves]
    lines += [" ".join([*map(str, row), fix]) for row, fix in zip(rows, fixed, strict=True)]
    return "\n".join(lines) + "\n"


def make(rng: random.Random, length: int, types: str, most: int, known: float) -> str:
    tags = ["O", *(f"{mark}-{kind}" for kind in types for mark in "BMES")]
    rng.shuffle(tags)
    k = len(tags)
    truth: list[str] = []
    while len(truth) < length:
        kind, size = rng.choice(types), rng.randint(1, 4)
        if rng.random() < 0.5 or len(truth) + size > length:
            truth.append("O")
        elif size == 1:
            truth.append(f"S-{kind}")
        else:
            truth += [f"B-{kind}", *[f"M-{kind}"] * (size - 2), f"E-{kind}"]
    moves = [[rng.randint(-most // 2, most // 2) for _ in range(k)] for _ in range(k)]
    rows = [[rng.randint(-most, most) + most * (t == tag) // 2 for t in tags] for tag in truth]
    fixed = [tag if rng.random() < known else "?" for tag in truth]
    return text(tags, moves, rows, fixed)


def flat(rng: random.Random, length: int, types: str) -> str:
    """All scores equal, so that only the rule for ties decides."""
    tags = ["O", *(f"{mark}-{kind}" for kind in types for mark in "BMES")]
    rng.shuffle(tags)
    k = len(tags)
    fixed = ["?"] * length
    fixed[length // 2] = rng.choice(tags)
    return text(tags, [[0] * k for _ in range(k)], [[1] * k for _ in range(length)], fixed)


def cases(variant: str) -> list[str]:
    rng = random.Random(f"viterbi-{variant}")
    tags = ["B-X", "E-X", "O"]
    nothing = [[0] * 3 for _ in range(3)]
    plan = [
        text(tags, nothing, [[9, 5, 1]], ["?"]),
        text(tags, nothing, [[1, 5, 1], [1, 5, 1]], ["B-X", "B-X"])
        if variant == "a"
        else text(["B-X", "M-X"], [[1, 2], [3, 4]], [[1, 5], [1, 5], [2, 2]], ["?", "?", "?"]),
        flat(rng, rng.randint(6, 9), "XY"),
        make(rng, 12, "AB", 2, 0.2),
        make(rng, 60, "AB", 3, 0.1),
        make(rng, 300, "ABC", 4, 0.05),
        make(rng, 1500, "ABC", 9, 0.03),
    ]
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
