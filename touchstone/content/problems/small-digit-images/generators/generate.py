"""Writes the tests: python generators/generate.py (from the package's folder)."""

import csv
import math
import random
from pathlib import Path

SIDE = 12
NOISE_OF_SCANS, NOISE_OF_PHOTOS = 1.2, 2.6  # in steps of the 16 shades
SHIFT_OF_SCANS, SHIFT_OF_PHOTOS = 0.3, 2.0  # in pixels, either way
Point = tuple[float, float]
# Each digit as strokes through points of the unit square, y downwards.
STROKES: dict[int, list[list[Point]]] = {
    0: [[(0.5, 0.05), (0.25, 0.15), (0.15, 0.5), (0.25, 0.85), (0.5, 0.95)],
        [(0.5, 0.95), (0.75, 0.85), (0.85, 0.5), (0.75, 0.15), (0.5, 0.05)]],
    1: [[(0.3, 0.22), (0.52, 0.05), (0.52, 0.95)]],
    2: [[(0.2, 0.25), (0.35, 0.07), (0.65, 0.07), (0.8, 0.27), (0.7, 0.5), (0.2, 0.95)],
        [(0.2, 0.95), (0.82, 0.95)]],
    3: [[(0.2, 0.15), (0.45, 0.05), (0.75, 0.15), (0.75, 0.38), (0.45, 0.48)],
        [(0.45, 0.48), (0.8, 0.6), (0.78, 0.85), (0.5, 0.95), (0.2, 0.85)]],
    4: [[(0.65, 0.95), (0.65, 0.05), (0.15, 0.65), (0.88, 0.65)]],
    5: [[(0.78, 0.05), (0.28, 0.05), (0.24, 0.45), (0.55, 0.4), (0.8, 0.58)],
        [(0.8, 0.58), (0.78, 0.82), (0.5, 0.95), (0.2, 0.86)]],
    6: [[(0.72, 0.07), (0.4, 0.25), (0.22, 0.6), (0.3, 0.88), (0.55, 0.95)],
        [(0.55, 0.95), (0.78, 0.8), (0.74, 0.58), (0.5, 0.5), (0.26, 0.62)]],
    7: [[(0.18, 0.06), (0.82, 0.06), (0.42, 0.95)]],
    8: [[(0.5, 0.48), (0.25, 0.3), (0.3, 0.1), (0.5, 0.05), (0.7, 0.1), (0.75, 0.3), (0.5, 0.48)],
        [(0.5, 0.48), (0.2, 0.7), (0.28, 0.9), (0.5, 0.95), (0.72, 0.9), (0.8, 0.7), (0.5, 0.48)]],
    9: [[(0.76, 0.38), (0.5, 0.5), (0.26, 0.4), (0.24, 0.18), (0.48, 0.05), (0.74, 0.15)],
        [(0.74, 0.15), (0.78, 0.4), (0.62, 0.75), (0.35, 0.95)]],
}  # fmt: skip


def distance(x: float, y: float, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    share = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy + 1e-9)
    share = max(0.0, min(1.0, share))
    return math.hypot(x - a[0] - share * dx, y - a[1] - share * dy)


def drawn(rng: random.Random, digit: int, shift: float, noise: float) -> str:
    """144 hexadecimal shades, row by row: 0 is paper, f is ink."""
    turn, lean = rng.gauss(0, 0.12), rng.gauss(0, 0.12)
    wide, high = rng.uniform(0.42, 0.58) * SIDE, rng.uniform(0.6, 0.74) * SIDE
    across = SIDE / 2 + rng.uniform(-shift, shift)
    down = SIDE / 2 + rng.uniform(-shift, shift)
    thick = rng.uniform(0.55, 0.95)
    lines: list[tuple[Point, Point]] = []
    for stroke in STROKES[digit]:
        points = []
        for u, v in stroke:
            y = (v - 0.5 + rng.gauss(0, 0.035)) * high
            x = (u - 0.5 + rng.gauss(0, 0.035)) * wide + lean * y
            points.append(
                (
                    across + x * math.cos(turn) - y * math.sin(turn),
                    down + x * math.sin(turn) + y * math.cos(turn),
                )
            )
        lines += zip(points, points[1:])
    shades = ""
    for row in range(SIDE):
        for column in range(SIDE):
            away = min(distance(column + 0.5, row + 0.5, a, b) for a, b in lines)
            ink = 15 * max(0.0, min(1.0, thick + 0.5 - away)) + rng.gauss(0, noise)
            shades += f"{max(0, min(15, round(ink))):x}"
    return shades


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main() -> None:
    base = Path(__file__).resolve().parents[1] / "data"
    plan = [("sample/1", 300, 120), ("secret/a/01", 300, 260), ("secret/b/01", 300, 260)]
    for name, train, test in plan:
        rng = random.Random(f"digits-{name}")
        scans, photos = [], []
        for number in range(train + test):
            digit = number % 10 if number < train else rng.randrange(10)
            if number < train:
                picture = drawn(rng, digit, SHIFT_OF_SCANS, NOISE_OF_SCANS)
                scans.append([f"s{number:03}", picture, str(digit)])
            else:
                picture = drawn(rng, digit, SHIFT_OF_PHOTOS, NOISE_OF_PHOTOS)
                photos.append([f"p{number - train:03}", picture, str(digit)])
        rng.shuffle(scans)
        write(base / f"{name}.files" / "train.csv", ["id", "pixels", "digit"], scans)
        write(base / f"{name}.files" / "test.csv", ["id", "pixels"], [row[:2] for row in photos])
        (base / f"{name}.in").write_text("", "utf-8")
        write(base / f"{name}.ans", ["id", "digit"], [[row[0], row[2]] for row in photos])


main()
