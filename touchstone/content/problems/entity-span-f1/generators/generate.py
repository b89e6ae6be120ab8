"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 3), (6, 8), (60, 14), (300, 18), (1400, 18))
SAMPLE = "2\nB-PER I-PER O B-ORG\nB-PER I-PER O B-PER\nO B-ORG I-ORG\nO I-ORG O\n"


def make(seed: str, n: int, size: int) -> str:
    rng = random.Random(f"span-{seed}")
    rows = [f"{n}"]
    for _ in range(n):
        gold: list[str] = []
        while len(gold) < size:
            if rng.random() < 0.4:
                kind = rng.choice(("ORG", "PER", "LOC", "DRUG"))
                gold += [f"B-{kind}", *[f"I-{kind}"] * rng.randint(0, 3)]
            else:
                gold.append("O")
        gold = gold[:size]
        guess = [
            tag
            if rng.random() < 0.88
            else rng.choice(("O", "I-ORG", "B-PER", tag.replace("B-", "I-")))
            for tag in gold
        ]
        rows += [" ".join(gold), " ".join(guess)]
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
