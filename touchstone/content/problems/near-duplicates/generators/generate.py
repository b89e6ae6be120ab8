"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 80), (8, 50), (60, 60), (500, 70), (2500, 60))
SAMPLE = "4 50\nabcdef\nabcdeg\nxyzabc\nabcdeh\n"


def make(seed: str, n: int, percent: int) -> str:
    rng = random.Random(f"near-{seed}")
    letters = [chr(0x4E00 + 7 * i) for i in range(90)] + list("abcdefghij")
    texts: list[str] = []
    while len(texts) < n:
        if texts and rng.random() < 0.45:
            text = list(texts[-1] if rng.random() < 0.6 else rng.choice(texts))
            for _ in range(rng.randint(1, 3)):
                text[rng.randrange(len(text))] = rng.choice(letters)
            extra = rng.choices(letters, k=rng.randint(0, 12)) if rng.random() < 0.3 else []
            texts.append("".join([*text, *extra])[:60])
        else:
            texts.append("".join(rng.choices(letters, k=rng.randint(10, 45))))
    return "\n".join([f"{n} {percent}", *texts]) + "\n"


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
