"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SAMPLE = "5 6\nlow 5\nlower 2\nnewest 6\nwidest 3\noooo 1\n"
EDGES = {
    "a": [
        "1 5\na 9\n",
        "3 9\naaaa 1\nb 7\nba 1\n",
        "4 4\nxabab 2\nab 5\nxa 9\nzz 3\n",
    ],
    "b": [
        "2 3\nab 1\ncd 1\n",
        "2 9\nabababa 1\nbbb 2\n",
        "6 6\ncba 2\nba 2\ndcbcb 4\ndc 9\n退款 4\n退换货 1\n",
    ],
}


def word(rng: random.Random, stems: list[str]) -> str:
    return "".join(rng.choice(stems) for _ in range(rng.randint(1, 3)))


def make(rng: random.Random, n: int, merges: int, letters: str) -> str:
    stems = ["".join(rng.choices(letters, k=rng.randint(1, 4))) for _ in range(max(4, n // 12))]
    words = {word(rng, stems) for _ in range(n)}
    while len(words) < n:
        words.add(word(rng, stems) + rng.choice(letters) + rng.choice(letters))
    rows = [f"{one} {int(rng.paretovariate(1.1))}" for one in sorted(words)]
    rng.shuffle(rows)
    return "\n".join([f"{n} {merges}", *rows]) + "\n"


def cases(variant: str) -> list[str]:
    rng = random.Random(f"merges-{variant}")
    latin = "etaoinshrdlu"
    mixed = latin + "退款订单发货客服物流"
    plan = list(EDGES[variant])
    plan.append(make(rng, 12, 20, "ab"))
    plan.append(make(rng, 100, 60, mixed))
    plan.append(make(rng, 600, 150, mixed))
    plan.append(make(rng, 3000, 700, mixed))
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
