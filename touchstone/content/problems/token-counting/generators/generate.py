"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 1, 6), (8, 5, 20), (120, 30, 60), (800, 100, 120), (4000, 400, 150))
SAMPLE = "4 3\nlabel\nlabelling\n标注\nla\nlabelling la\n标注员\nlabelled\n"


def make(seed: str, v: int, t: int, size: int) -> str:
    rng = random.Random(f"token-{seed}")
    letters = "abcdeg" + "标注训练模型数据质量"
    vocabulary: dict[str, None] = {}
    while len(vocabulary) < v:
        vocabulary["".join(rng.choices(letters, k=rng.randint(1 if v < 9 else 2, 8)))] = None
    words = [*vocabulary]
    texts = []
    for _ in range(t):
        text = ""
        while len(text) < size:
            text += rng.choice(words) if rng.random() < 0.7 else rng.choice(letters + " é€")
        texts.append(text[:size].strip() if rng.random() < 0.97 else "")
    return "\n".join([f"{v} {t}", *words, *texts]) + "\n"


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
