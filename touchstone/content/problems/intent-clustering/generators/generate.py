"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SAMPLE = """6 2 3 10 1
0 0
10 0
0 1
10 1
5 0
30 30
"""
CLOSE, CLEAR = 1e-9, 1e-6  # distances are equal or clearly different, never in between


def distance(a: list[float], b: list[float]) -> float:
    return sum((x - y) ** 2 for x, y in zip(a, b))


def sound(points: list[list[int]], kinds: int, rounds: int, first: int) -> bool:
    """Whether no decision hangs on rounding, and enough rounds are needed."""
    chosen = [points[first]]
    while len(chosen) < kinds:
        chosen.append(max(points, key=lambda p: min(distance(p, c) for c in chosen)))
    centres, before = [list(map(float, c)) for c in chosen], None
    for _ in range(rounds + 1):
        groups: list[list[list[int]]] = [[] for _ in range(kinds)]
        away: list[list[float]] = [[] for _ in range(kinds)]
        owner = []
        for point in points:
            apart = [distance(point, centre) for centre in centres]
            least = min(apart)
            if any(CLOSE / 10 < value - least < CLEAR for value in apart):
                return False
            owner.append(next(k for k, value in enumerate(apart) if value < least + CLOSE))
            groups[owner[-1]].append(point)
            away[owner[-1]].append(least)
        if any(CLOSE / 10 < v - min(values) < CLEAR for values in away for v in values):
            return False
        if owner == before:
            return True
        before = owner
        centres = [
            [sum(c) / len(group) for c in zip(*group)] if group else old
            for group, old in zip(groups, centres)
        ]
    return True


def written(points: list[list[int]], kinds: int, rounds: int, first: int) -> str:
    rows = [f"{len(points)} {len(points[0])} {kinds} {rounds} {first + 1}"]
    return "\n".join([*rows, *(" ".join(map(str, point)) for point in points)]) + "\n"


def make(
    rng: random.Random, n: int, width: int, kinds: int, rounds: int, spread: float, reach: int = 60
) -> str:
    while True:
        intents = [[rng.uniform(-reach, reach) for _ in range(width)] for _ in range(kinds)]
        points = []
        for _ in range(n):
            middle = rng.choice(intents)
            points.append([max(-100, min(100, round(rng.gauss(m, spread)))) for m in middle])
        first = rng.randrange(n)
        if sound(points, kinds, rounds, first):
            return written(points, kinds, rounds, first)


def lattice(rng: random.Random, side: int, step: int) -> list[list[int]]:
    """Points as far from one centre as from another, over and over."""
    points = [[step * x, step * y] for x in range(side) for y in range(side)]
    rng.shuffle(points)
    return points


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"intents-{variant}")
    yield written([[rng.randint(-9, 9)]], 1, 3, 0)
    # Fewer different points than clusters: some stay empty.
    few = [[rng.choice((-40, 0, 70)), rng.choice((-5, 5))] for _ in range(14)]
    yield written(few, 8, 5, rng.randrange(14))
    yield written(lattice(rng, 5, rng.choice((2, 4))), 4, 20, rng.randrange(25))
    yield make(rng, 60, 3, 4, 20, 8)
    yield make(rng, 240, 2, 6, 3, 25)
    yield make(rng, 500, 5, 8, 15, 30)
    yield make(rng, 1200, 4, 12, 15, 34)


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
