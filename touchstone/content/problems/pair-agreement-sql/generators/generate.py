"""Writes the tests: python generators/generate.py (from the package's folder).

The answers are computed here, not by the reference query, so that the two check one another.
"""

import random
from collections import defaultdict
from pathlib import Path

KINDS = ("bug", "fee", "ship", "talk")
Rows = list[tuple[int, str, str | None]]


def rows_of(seed: str, items: int, people: int, each: int) -> Rows:
    rng = random.Random(seed)
    names = [f"w{p:02}" for p in range(people)]
    skill = {name: rng.uniform(0.5, 0.97) for name in names}
    rows: Rows = []
    for item in range(1, items + 1):
        truth = rng.choices(KINDS, (6, 3, 2, 1))[0]
        for name in rng.sample(names, rng.randint(2, min(each, people))):
            label = truth if rng.random() < skill[name] else rng.choice(KINDS)
            rows.append((item, name, None if rng.random() < 0.08 else label))
    # four people of whom each pair is an edge: one label only, no label in common, and an overlap
    # that reaches the minimum only when skipped items are counted
    last = items
    for offset in range(9):
        last += 1
        rows += [(last, "x1", "fee"), (last, "x2", "fee"), (last, "x3", ("bug", "ship")[offset % 2])]
        rows.append((last, "x4", "talk" if offset > 1 else None))
    rows += [(last + 1, "x4", None), (last + 1, "x1", None), (last + 2, "x2", "bug")]
    rng.shuffle(rows)
    return rows


def literal(value: object) -> str:
    return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)


def script(rows: Rows) -> str:
    values = ",\n".join("(" + ",".join(map(literal, row)) + ")" for row in rows)
    return (
        "CREATE TABLE labels(item_id INTEGER, annotator TEXT, label TEXT);\n"
        f"INSERT INTO labels VALUES\n{values};\n"
    )


def answer(rows: Rows) -> list[tuple]:
    of_person: dict[str, dict[int, str]] = defaultdict(dict)
    for item, name, label in rows:
        if label is not None:
            of_person[name][item] = label
    found = []
    for a in sorted(of_person):
        for b in sorted(of_person):
            common = sorted(set(of_person[a]) & set(of_person[b]))
            n = len(common)
            if a >= b or n < 8:
                continue
            first = [of_person[a][item] for item in common]
            second = [of_person[b][item] for item in common]
            agreement = sum(map(str.__eq__, first, second)) / n
            expected = sum(first.count(kind) * second.count(kind) for kind in KINDS) / (n * n)
            kappa = None if expected == 1 else (agreement - expected) / (1 - expected)
            found.append((a, b, n, agreement, kappa))
    return sorted(found, key=lambda row: (row[3], row[0], row[1]))


def cell(value: object) -> str:
    return "" if value is None else str(value)


SAMPLE = [
    *[(i, "amy", "fee" if i < 6 else "bug") for i in range(1, 11)],
    *[(i, "bo", "fee" if i < 5 else "bug") for i in range(1, 11)],
    *[(i, "cy", "fee" if i != 7 else None) for i in range(3, 11)],
]


def cases(variant: str) -> list[Rows]:
    sizes = ((10, 3, 3), (40, 5, 4), (150, 10, 5), (600, 18, 6), (2100, 28, 6))
    return [rows_of(f"pairs-{variant}-{n}", *size) for n, size in enumerate(sizes)]


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    plan = {"sample/1": SAMPLE}
    for variant in "ab":
        for number, rows in enumerate(cases(variant), 1):
            plan[f"secret/{variant}/{number:02}"] = rows
    for name, rows in plan.items():
        path = base / "data" / f"{name}.in"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script(rows), "utf-8")
        lines = ("\t".join(map(cell, row)) for row in answer(rows))
        path.with_suffix(".ans").write_text("".join(f"{line}\n" for line in lines), "utf-8")


main()
