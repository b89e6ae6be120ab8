"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
from pathlib import Path

SAMPLE = "6 4 1 1\n"


def made(rng: random.Random, n: int, boundary: int, slips: int, style: str) -> str:
    """Size, boundary, number of slips and the questions (from 1) answered wrongly."""
    most = (slips + 1) * n.bit_length() + slips
    wrong: list[int] = []
    if style == "first":
        wrong = list(range(1, slips + 1))
    elif style == "spread":
        wrong = sorted(rng.sample(range(1, most - 2), slips))
    elif style == "late":
        wrong = list(range(most - 2 * slips, most - slips))
    return " ".join(map(str, [n, boundary, slips, *wrong])) + "\n"


def cases(variant: str) -> list[str]:
    rng = random.Random(f"boundary-{variant}")
    big = 1_000_000
    plan = [
        made(rng, 1, 2 if variant == "a" else 1, 1, "first"),
        made(rng, 7, 8, 0, "none"),
        made(rng, 8, 1, 2, "first"),
        made(rng, 1000, rng.randint(300, 700), 1, "spread"),
        made(rng, 65535, 65536, 2, "spread"),
        made(rng, big, rng.randint(1, big), 3, "late"),
        made(rng, big, rng.randint(1, big), 3, "first"),
        made(rng, big, rng.randint(1, big), 3, "spread"),
    ]
    return plan


def main() -> None:
    base = Path(__file__).resolve().parents[1] / "data"
    plan = {"sample/1": SAMPLE}
    for variant in "ab":
        for number, text in enumerate(cases(variant), 1):
            plan[f"secret/{variant}/{number:02}"] = text
    for name, text in plan.items():
        path = base / f"{name}.in"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        path.with_suffix(".ans").write_text(text.split()[1] + "\n", "utf-8")


main()
