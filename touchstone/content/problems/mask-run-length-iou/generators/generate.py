"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SAMPLE = """4
3 4
3 1 7 4
5 3 3 2 1 3
2 2
1 4
3 0 0 4
2 3
2 2 4
4 0 1 0 4
2 2
3 1 2 1
3 0 1 3
"""
EDGES = {
    "a": [
        ((1, 1), [0, 1], [1]),
        ((1, 1), [0, 1], [0, 1]),
        ((4, 3), [2, 3, 7], [3, 1, 1, 6, 1]),
        ((4, 3), [3, 6, 3], [0, 12]),
        ((4, 3), [5, 5, 2], [0, 12]),
        ((5, 1), [1, 0, 1, 2, 1], [0, 2, 0, 1, 2]),
        ((2, 2), [3], [4]),
        ((3, 3), [9], [0, 9]),
        ((1, 6), [1, 4, 1], [0, 2, 2, 2]),
        ((3, 2), [0, 2, 0, 4], [2, 2, 2]),
    ],
    "b": [
        ((1, 2), [2], [2]),
        ((3, 4), [2, 2, 8], [2, 8, 2]),
        ((2, 5), [1, 2, 1, 2, 4], [0, 10]),
        ((6, 1), [0, 3, 3], [3, 3]),
        ((3, 4), [4, 4, 4], [0, 12]),
        ((2, 2), [0, 5], [4]),
        ((2, 2), [1, 1, 1, 1], [0, 1, 1, 1, 1]),
        ((4, 2), [3, 2, 3], [0, 4, 0, 1, 3]),
        ((3, 3), [1, 0, 0, 7, 1], [8, 1]),
    ],
}


def runs_of(stretches: list[tuple[int, int]], size: int) -> list[int]:
    runs, at = [], 0
    for start, end in stretches:
        runs += [start - at, end - start]
        at = end
    if at < size or not runs:
        runs.append(size - at)
    return runs


def blob(rng: random.Random, height: int, width: int, tall: bool, box: tuple[int, ...]) -> list[int]:
    """Column by column a stretch that wanders; a tall one reaches over the edge of the column."""
    x0, x1, y0, y1 = box
    stretches: list[tuple[int, int]] = []
    for x in range(x0, x1):
        y0 = min(max(y0 + rng.randint(-3, 3), 0), height - 1)
        y1 = min(max(y1 + rng.randint(-3, 3), y0 + 1), height)
        start, end = x * height + y0, x * height + y1
        if tall and rng.random() < 0.3 and x > x0:
            start = max(x * height - height // 9, stretches[-1][1])
        if end > start:
            stretches.append((start, end))
    return runs_of(stretches, height * width)


def pair(
    rng: random.Random, height: int, width: int, columns: int, *, faulty: bool = True
) -> tuple:
    columns = min(columns, width)
    x0 = rng.randint(0, width - columns)
    y0 = rng.randint(0, height // 2)
    box = (x0, x0 + columns, y0, min(height, y0 + height // 3 + 1))
    shift = rng.randint(-columns // 3, columns // 3)
    moved = (max(0, x0 + shift), min(width, x0 + columns + shift), box[2], box[3])
    masks = [blob(rng, height, width, rng.random() < 0.5, b) for b in (box, moved)]
    if not faulty:
        return (height, width), *masks
    if rng.random() < 0.08:
        masks[0] = [height * width]
    if rng.random() < 0.06:
        masks[1][-1] += 1
    if rng.random() < 0.2:
        masks[1][1:1] = [0, 0]
    return (height, width), *masks


def cases(variant: str) -> list[str]:
    rng = random.Random(f"masks-{variant}")
    plan = [
        EDGES[variant],
        [pair(rng, rng.randint(2, 6), rng.randint(2, 6), 3) for _ in range(20)],
        [pair(rng, rng.randint(10, 40), rng.randint(10, 40), 12) for _ in range(40)],
        [pair(rng, 120, 160, 70) for _ in range(30)],
        [pair(rng, 480, 640, 200) for _ in range(8)],
        [pair(rng, 2600 + 10 * i, 2500, 600, faulty=False) for i in range(5)],
    ]
    texts = []
    for pairs in plan:
        lines = [f"{len(pairs)}"]
        for (height, width), *masks in pairs:
            lines.append(f"{height} {width}")
            lines += [" ".join(map(str, [len(runs), *runs])) for runs in masks]
        texts.append("\n".join(lines) + "\n")
    return texts


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
