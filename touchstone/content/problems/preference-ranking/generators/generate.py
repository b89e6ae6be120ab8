"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from collections import Counter
from math import exp, log10

SAMPLE = """4 8
1 > 2
1 > 2
2 > 1
2 = 3
3 > 1
2 > 3
3 < 2
1 = 3
"""
EQUAL, APART = 1e-7, 0.01  # two scores are the same or clearly not


def sound(count: int, games: list[tuple[int, str, int]]) -> bool:
    wins, meetings = [1.0] * count, Counter[tuple[int, int]]()
    for a, sign, b in games:
        share = {">": 1.0, "=": 0.5, "<": 0.0}[sign]
        wins[a] += share
        wins[b] += 1 - share
        meetings[a, b] += 1
        meetings[b, a] += 1
    strength = [1.0] * count
    for _ in range(1500):
        weights = [2 / (own + 1) for own in strength]
        for (a, b), n in meetings.items():
            weights[a] += n / (strength[a] + strength[b])
        strength = [won / weight for won, weight in zip(wins, weights)]
    scores = sorted(400 * log10(value) for value in strength)
    return not any(EQUAL < b - a < APART for a, b in zip(scores, scores[1:]))


def written(rng: random.Random, count: int, games: list[tuple[int, str, int]]) -> str:
    rng.shuffle(games)
    rows = [f"{a + 1} {sign} {b + 1}" for a, sign, b in games]
    return "\n".join([f"{count} {len(games)}", *rows]) + "\n"


def make(
    rng: random.Random, count: int, most: int, spread: float, tied: float = 0.15, near: int = 99
) -> str:
    """Models near to one another in number are compared; the rest follows by way of others."""
    while True:
        skill = [rng.gauss(0, spread) for _ in range(count)]
        games = []
        for _ in range(most):
            a = rng.randrange(count)
            b = min(max(a + rng.choice((-1, 1)) * rng.randint(1, near), 0), count - 1)
            if a == b:
                continue
            wins = rng.random() < 1 / (1 + exp(skill[b] - skill[a]))
            games.append((a, "=" if rng.random() < tied else ">" if wins else "<", b))
        if sound(count, games):
            return written(rng, count, games)


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"preference-{variant}")
    yield "2 0\n"
    # A ring of wins: all are equal. Model 5 was never compared.
    yield written(rng, 5, [(0, ">", 1), (1, ">", 2), (2, ">", 3), (3, ">", 0)] * rng.randint(2, 5))
    # One never lost, one never won.
    games = [(0, ">", other) for other in (1, 2, 3, 1, 2, 3)]
    games += [(3, "<", other) for other in (1, 2)] + [(1, ">", 2)] * 3 + [(1, "<", 2)] * 2
    games += [(1, "=", 2)] * rng.randint(1, 6)
    yield written(rng, 4, games)
    yield make(rng, 6, 60, 0.6, tied=0.5)
    # Strong models met strong ones only: shares of wins mislead.
    yield make(rng, 12, 500, 1.5, near=2)
    yield make(rng, 25, 4000, 0.8)
    yield make(rng, 40, 12000, 1.2, near=12)


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
