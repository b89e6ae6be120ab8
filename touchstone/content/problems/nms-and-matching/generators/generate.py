"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SAMPLE = """4 6 50 50
1 car 0 0 100 100 0
1 car 200 0 300 100 0
1 person 50 50 100 150 0
2 car 0 0 40 40 1
1 car 0 0 100 90 90
1 car 0 20 100 110 80
1 car 0 45 100 135 70
1 person 0 0 100 90 60
1 car 210 0 310 100 95
2 car 0 0 40 40 50
"""
KINDS = ("car", "person", "bicycle", "truck")


def moved(rng: random.Random, box: list[int], spread: int) -> list[int]:
    x1, y1, x2, y2 = (min(max(v + rng.randint(-spread, spread), 0), 2000) for v in box)
    return [x1, y1, max(x2, x1 + 1), max(y2, y1 + 1)]


def written(close: int, least: int, real: list[list], found: list[list]) -> str:
    rows = [f"{len(real)} {len(found)} {close} {least}"]
    rows += [" ".join(map(str, row)) for row in [*real, *found]]
    return "\n".join(rows) + "\n"


def make(
    rng: random.Random, real: int, found: int, per_image: int, close: int, least: int, levels: int
) -> str:
    """Detectors fire several times at one thing and sometimes call it by another name."""
    boxes = []
    for number in range(real):
        x, y = rng.randint(0, 1600), rng.randint(0, 1600)
        if boxes and rng.random() < 0.3:  # things stand close together
            x, y = boxes[-1][2] + rng.randint(0, 40), boxes[-1][3] + rng.randint(0, 40)
        box = [x, y, x + rng.randint(20, 300), y + rng.randint(20, 300)]
        image = number // per_image + 1
        boxes.append([image, rng.choice(KINDS), *box, int(rng.random() < 0.12)])
    guesses = []
    for _ in range(found):
        image, kind, *box = (rng.choice(boxes) if boxes else [1, "car", 0, 0, 50, 50, 0])[:6]
        if rng.random() < 0.15:
            kind = rng.choice(KINDS)
        box = moved(rng, box, rng.choice((3, 12, 40, 120)))
        guesses.append([image, kind, *box, rng.randint(1, levels)])
    return written(close, least, boxes, guesses)


def edges(rng: random.Random) -> str:
    """Overlaps that meet a threshold exactly, chains of overlaps, two boxes on one thing."""
    real, found = [], []
    for image in range(1, 13):
        x, y = rng.randint(0, 500), rng.randint(0, 500)
        wide = 4 * rng.randint(5, 25)
        kind = rng.choice(KINDS)
        whole = [x, y, x + wide, y + 60]
        real.append([image, kind, *whole, int(image % 4 == 0)])
        if image % 3 == 0:
            half = wide // 2
            found.append([image, kind, x, y, x + half, y + 60, 50])
            found.append([image, kind, *whole, 40])
        elif image % 3 == 1:
            step = wide // 4
            for place in range(4):
                left = x + place * step
                found.append([image, kind, left, y, left + wide, y + 60, 90 - place])
        else:
            real.append([image, kind, x, y + 20, x + wide, y + 80, 0])
            found.append([image, kind, x, y + 10, x + wide, y + 70, 70])
            found.append([image, rng.choice(KINDS), x, y + 10, x + wide, y + 70, 70])
    return written(50, 50, real, found)


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"suppress-{variant}")
    yield written(50, 50, [[1, "car", 5, 5, 9, 9, 0]], [])
    yield make(rng, 0, 5, 1, 45, 50, 9)
    yield edges(rng)
    yield make(rng, 12, 40, 6, 45, 50, 20)
    yield make(rng, 100, 300, 10, 50, 50, 100)
    yield make(rng, 200, 700, 20, 30, 75, 40)
    yield make(rng, 600, 2500, 6, 60, 50, 1000)


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    reference = base / "submissions" / "accepted" / "reference.py"
    plan = [("sample/1", SAMPLE)]
    plan += [
        (f"secret/{variant}/{number:02}", text)
        for variant in "ab"
        for number, text in enumerate(cases(variant), 1)
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
