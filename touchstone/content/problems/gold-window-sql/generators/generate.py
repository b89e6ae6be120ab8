"""Writes the tests: python generators/generate.py (from the package's folder).

The answers are computed here, not by the reference query, so that the two check one another.
"""

import random
from collections import defaultdict
from pathlib import Path

LABELS = ("neg", "neu", "pos")
Rows = tuple[list[tuple[int, str, int]], list[tuple[int, str, int, str | None, int]]]


def rows_of(seed: str, items: int, people: int, each: int) -> Rows:
    rng = random.Random(seed)
    gold = [
        (i, rng.choice(LABELS), int(rng.random() < 0.12))
        for i in range(1, items + 1)
        if rng.random() < 0.85
    ]
    truth = {i: (label, retired) for i, label, retired in gold}
    given = []
    for p in range(people):
        # the first two keep the edges: one answer short of a window, and exactly one window
        wanted = {0: 9, 1: 10}.get(p, each + rng.randint(0, 5))
        skill, late = rng.uniform(0.7, 0.97), rng.uniform(0.55, 0.95)
        clock = rng.randint(1, 50)
        counted = 0
        while counted < wanted:
            item = rng.randint(1, items)
            clock += rng.choice((0, 0, 1, 3))
            label, retired = truth.get(item, ("", 0))
            sure = rng.random() < (skill if counted < wanted // 2 else late)
            answer = label if sure and label else rng.choice(LABELS)
            if retired:
                answer = rng.choice(LABELS)
            if rng.random() < 0.07:
                answer = None
            counted += answer is not None and item in truth and not retired
            given.append((f"w{p:02}", item, answer, clock))
    # numbers are handed out in order of arrival, but rows lie in the table in no order
    given.sort(key=lambda row: (row[3], rng.random()))
    answers = [(number, *row) for number, row in enumerate(given, 1)]
    rng.shuffle(answers)
    return gold, answers


def literal(value: object) -> str:
    return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)


def values(rows: list) -> str:
    return ",\n".join("(" + ",".join(map(literal, row)) + ")" for row in rows)


def script(rows: Rows) -> str:
    gold, answers = rows
    return (
        "CREATE TABLE gold(item_id INTEGER PRIMARY KEY, label TEXT, retired INTEGER);\n"
        "CREATE TABLE answers(id INTEGER PRIMARY KEY, annotator TEXT, item_id INTEGER,"
        " label TEXT, submitted_at INTEGER);\n"
        f"INSERT INTO gold VALUES\n{values(gold)};\n"
        f"INSERT INTO answers VALUES\n{values(answers)};\n"
    )


def answer(rows: Rows) -> list[tuple]:
    gold = {i: label for i, label, retired in rows[0] if not retired}
    of_person = defaultdict(list)
    for number, name, item, label, clock in rows[1]:
        if item in gold and label is not None:
            of_person[name].append((clock, number, label == gold[item]))
    found = []
    for name, given in of_person.items():
        given.sort()
        ends = range(9, len(given))
        rates = [(sum(p for _, _, p in given[e - 9 : e + 1]) / 10, given[e][0]) for e in ends]
        if rates:
            low = next((clock for rate, clock in rates if rate < 0.8), None)
            lowest = min(rate for rate, _ in rates)
            found.append((name, len(rates), lowest, low, rates[-1][0]))
    return sorted(found, key=lambda row: (row[2], row[0]))


def cell(value: object) -> str:
    return "" if value is None else str(value)


SAMPLE = rows_of("window-sample-31", 14, 4, 12)


def cases(variant: str) -> list[Rows]:
    sizes = ((12, 3, 11), (30, 6, 20), (60, 10, 45), (150, 16, 110), (300, 18, 260))
    return [rows_of(f"window-{variant}-{n}", *size) for n, size in enumerate(sizes)]


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
