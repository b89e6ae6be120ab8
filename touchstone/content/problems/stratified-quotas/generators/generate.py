"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SAMPLE = "5 20 2\nrefund 400\nlogistics 250\ninvoice 30\nabuse 1\ngreeting 319\n"
EDGES = {
    "a": [
        "4 8 0\nx 10\ny 10\nz 10\nw 10\n",
        "3 7 2\na 5\nb 5\nc 5\n",
        "3 5 2\na 100\nb 3\nc 9\n",
        "3 6 9\na 1\nb 2\nc 3\n",
    ],
    "b": [
        "3 2 0\na 5\nb 7\nc 7\n",
        "4 10 3\na 1\nb 3\nc 3\nd 3\n",
        "3 11 1\na 4\nb 3\nc 3\n",
        "3 2 1\na 9\nb 9\nc 9\n",
    ],
}


def text(sample: int, least: int, counts: list[int]) -> str:
    rows = [f"s{i} {count}" for i, count in enumerate(counts, 1)]
    return "\n".join([f"{len(counts)} {sample} {least}", *rows]) + "\n"


def tied(rng: random.Random, pairs: int, least: int) -> str:
    """Remainders within 1e-16 of one half: the small strata are ahead, but only exactly."""
    base = rng.randint(2 * 10**17, 3 * 10**17)
    counts = [base + 1 + least] * pairs + [3 * base - 1 + least] * pairs
    rng.shuffle(counts)
    return text(pairs * (4 * rng.randint(2, 5) + 2) + least * len(counts), least, counts)


def cases(variant: str) -> list[str]:
    rng = random.Random(f"quota-{variant}")
    plan = list(EDGES[variant])
    for k, sample, least in ((30, 200, 3), (400, 3000, 4)):
        counts = [int(rng.paretovariate(0.8) * 2) for _ in range(k)]
        sample = min(sum(counts), max(sample, sum(min(least, c) for c in counts)))
        plan.append(text(sample, least, counts))
    plan.append(tied(rng, 20, rng.randint(0, 2)))
    plan.append(text(56000, 2, [rng.randint(1, 999) for _ in range(10000)]))
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
