"""Writes the tests: python generators/generate.py (from the package's folder)."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

DRIVER = Path(__file__).resolve().parents[1] / "include" / "python" / "main.py"
SAMPLE = """3 3 2
list 6
0 1 2 0 -1 1
0 2 -1 0 1 2
list 4
0 1 0 0
1 1 -1 0
"""


def listed(truth: list[int], predicted: list[int]) -> str:
    return f"list {len(truth)}\n{' '.join(map(str, truth))}\n{' '.join(map(str, predicted))}"


def drawn(rng: random.Random, size: int, classes: int, repeats: int) -> str:
    return f"draw {rng.randint(1, 10**6)} {size} {classes} {repeats}"


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"confusion-{variant}")

    def several(classes: int, most: int, *batches: str) -> str:
        return "\n".join([f"{classes} {most} {len(batches)}", *batches]) + "\n"

    # Nothing at all, and nothing but unlabelled samples.
    yield several(2, 5)
    yield several(3, 5, listed([-1, -1, -1], [0, 2, -1]))
    # Class 3 is predicted but never true; class 4 occurs nowhere.
    truth = [rng.randrange(3) for _ in range(30)]
    yield several(5, 9, listed(truth, [rng.choice((t, t, 3, -1, 0)) for t in truth]))
    # Equal counts of confusion: ordered by truth, then by prediction, abstentions last.
    pairs = [(t, p) for t in range(4) for p in range(-1, 4)] * rng.randint(2, 3)
    rng.shuffle(pairs)
    yield several(4, 7, listed([t for t, _ in pairs], [p for _, p in pairs]), "list 0\n\n")
    yield several(12, 20, *(drawn(rng, 2000, 12, 1) for _ in range(3)))
    yield several(40, 30, drawn(rng, 60000, 33, 4), drawn(rng, 30000, 40, 3))
    yield several(25, 30, drawn(rng, 400000, 25, 25))


def write(path: Path, text: str, folder: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    answer = subprocess.run(
        [sys.executable, DRIVER],
        input=path.read_bytes(),
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": folder},
    )
    path.with_suffix(".ans").write_bytes(answer.stdout)


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(base / "submissions" / "accepted" / "reference.py", f"{folder}/solution.py")
        write(base / "data" / "sample" / "1.in", SAMPLE, folder)
        for variant in "ab":
            for number, text in enumerate(cases(variant), 1):
                write(base / "data" / "secret" / variant / f"{number:02}.in", text, folder)


main()
