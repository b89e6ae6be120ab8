"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 2, 3), (8, 4, 6), (60, 20, 12), (300, 60, 25), (1500, 400, 30))
SAMPLE = "3 2\nrefund order late\norder status order\ninvoice refund\nrefund order\nlogin\n"


def make(seed: str, n: int, q: int, size: int) -> str:
    rng = random.Random(f"bm25-{seed}")
    words = [f"{a}{b}" for a in "abcdefghij" for b in range(40)]
    weights = [1 / (i + 3) for i in range(len(words))]
    rng.shuffle(words)
    documents = [
        " ".join(rng.choices(words, weights, k=rng.randint(max(1, size // 2), size * 3 // 2)))
        for _ in range(n)
    ]
    queries = [" ".join(rng.choices([*words, "zz"], k=rng.randint(1, 4))) for _ in range(q)]
    return "\n".join([f"{n} {q}", *documents, *queries]) + "\n"


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
