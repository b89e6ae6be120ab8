"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SAMPLE = "4 5\n1 law\n2 law med\n2 law med\n1 med\n1 med\nmed\nlaw\nmed\nlaw\n"
EDGES = {
    "a": [
        "1 3\n1 x\n1 x\n1 x\nx\n",
        "2 3\n2 x y\n1 x\n2 x y\nx\ny\n",
        "3 6\n1 x\n2 x y\n2 y x\n2 x y\n1 y\n1 y\ny\nx\ny\n",
    ],
    "b": [
        "2 4\n1 x\n1 x\n1 x\n1 x\nx\nx\n",
        "1 4\n1 x\n1 y\n1 x\n0\nx\n",
        "4 6\n2 a b\n1 a\n1 a\n2 b a\n1 b\n2 a b\na\na\nb\nb\n",
    ],
}
SKILLS = ("chat", "code", "law", "math", "med", "news", "ocr", "poem", "safe", "tour", "trade", "voice")


def make(rng: random.Random, n: int, people: int, kinds: int, each: int) -> str:
    names = list(SKILLS[:kinds])
    of_person = [set(rng.sample(names, rng.randint(1, min(each, kinds)))) for _ in range(people)]
    for name in names:
        for person in rng.sample(range(people), 3):
            of_person[person].add(name)
    weights = [rng.choice((1, 2, 5, 9)) for _ in names]
    wanted = rng.choices(names, weights, k=n)
    if rng.random() < 0.6:
        # Those whom many can do come first: whoever looks only at loads wastes the few.
        wanted.sort(key=lambda name: -sum(name in own for own in of_person))
    rows = [f"{len(own)} {' '.join(sorted(own))}" for own in of_person]
    return "\n".join([f"{n} {people}", *rows, *wanted]) + "\n"


def trap(rng: random.Random, n: int) -> str:
    """Common items first, rare ones last, and the few who can do the rare ones can do all."""
    rows = ["1 chat"] * 3 + ["2 chat law"] * 3
    rng.shuffle(rows)
    return "\n".join([f"{2 * n} 6", *rows, *["chat"] * n, *["law"] * n]) + "\n"


def cases(variant: str) -> list[str]:
    rng = random.Random(f"three-{variant}")
    plan = list(EDGES[variant])
    plan.append(trap(rng, rng.randint(7, 12)))
    plan.append(make(rng, 60, 10, 4, 2))
    plan.append(make(rng, 400, 25, 8, 3))
    plan.append(make(rng, 3000, 60, 12, 3))
    plan.append(make(rng, 3000, 14, 6, 2))
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
