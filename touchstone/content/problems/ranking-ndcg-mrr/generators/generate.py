"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SAMPLE = """3 3
4 4
kb1 90
kb2 80
kb3 80
kb4 70
kb1 0
kb2 3
kb3 1
kb9 2
2 1
a 5
b 5
b 1
0 1
x 3
"""


def query(
    rng: random.Random, returned: int, judged: int, levels: int, grades: str, found: float = 0.7
) -> str:
    names = rng.sample(range(10 * (returned + judged)), returned + judged)
    shown = [f"d{name}" for name in names[:returned]]
    hidden = [f"d{name}" for name in names[returned:]]
    known = rng.sample(shown, min(returned, round(judged * found)))
    known += hidden[: judged - len(known)]
    rng.shuffle(known)
    rows = [f"{returned} {len(known)}"]
    rows += [f"{name} {rng.randint(1, levels)}" for name in shown]
    rows += [f"{name} {rng.choice(grades)}" for name in known]
    return "\n".join(rows)


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"ranking-{variant}")

    def several(depth: int, *queries: str) -> str:
        return "\n".join([f"{len(queries)} {depth}", *queries]) + "\n"

    yield several(5, "1 1\na 7\na 3")
    # Nothing useful, nothing judged, nothing returned, all scores equal.
    yield several(
        3,
        query(rng, 4, 4, 9, "01"),
        query(rng, 5, 5, 9, "0"),
        "3 0\na 3\nb 2\nc 1",
        "0 2\na 0\nb 2",
        query(rng, 8, 8, 1, "0123"),
    )
    # No ties, but relevant documents that were never returned.
    yield several(10, *(query(rng, 12, 10, 10**6, "0123") for _ in range(20)))
    # A tie that the cut-off runs through.
    yield several(4, *(query(rng, 30, 25, 5, "000123") for _ in range(30)))
    yield several(10, *(query(rng, rng.randint(0, 60), rng.randint(0, 50), 20, "00012") for _ in range(70)))
    yield several(5000, query(rng, 5000, 4990, 1, "0" * 99 + "12", 1), query(rng, 900, 700, 40, "0012"))


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
