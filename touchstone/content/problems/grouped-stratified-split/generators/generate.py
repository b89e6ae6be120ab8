"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SAMPLE = """12 25
u2 yes
u2 yes
u2 no
u7 yes
u7 no
u1 no
u1 no
u5 yes
- no
- no
u9 no
- yes
"""


def make(
    rng: random.Random,
    users: int,
    n: int,
    labels: dict[str, float],
    percent: int,
    unknown: float = 0.1,
    leaning: float = 0.6,
) -> str:
    """Users differ in how much they write and in what they tend to say."""
    names = [f"u{number}" for number in rng.sample(range(1, 9 * users), users)]
    weights = [rng.paretovariate(1.2) for _ in names]
    favourite = {name: rng.choices(list(labels), list(labels.values()))[0] for name in names}
    rows = []
    for name in [*names, *rng.choices(names, weights, k=max(0, n - users))][:n]:
        label = rng.choices(list(labels), list(labels.values()))[0]
        if rng.random() < leaning:
            label = favourite[name]
        rows.append(f"{'-' if rng.random() < unknown else name} {label}")
    rng.shuffle(rows)
    return "\n".join([f"{n} {percent}", *rows]) + "\n"


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"split-{variant}")
    two = {"yes": 0.3, "no": 0.7}
    four = {"refund": 0.5, "delivery": 0.3, "invoice": 0.15, "abuse": 0.05}
    # Only samples whose user is unknown: there is nothing to put into the test set.
    yield "3 20\n- yes\n- no\n- yes\n"
    yield make(rng, 5, 12, two, 30)
    yield make(rng, 20, 90, two, 20, unknown=0.3)
    # One user wrote half of everything.
    heavy = make(rng, 30, 60, four, 25).split("\n")[1:-1] + ["u0 refund"] * 50 + ["u0 abuse"] * 10
    yield "\n".join([f"{len(heavy)} 25", *heavy]) + "\n"
    yield make(rng, 300, 1500, four, 15)
    yield make(rng, 80, 1000, four, 50, unknown=0.05, leaning=0.95)
    yield make(rng, 2500, 8000, four, 20)


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
