"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SAMPLE = """5
TAGS BIO
张 三在上海市
B-PER I-PER O I-LOC I-LOC I-LOC
TAGS BMES
中国银行李四
B-ORG M-ORG E-ORG E-ORG B-PER M-PER
TAGS BMES
去 New York
O M-LOC M-LOC E-LOC B-LOC M-LOC M-ORG E-ORG
SPANS BMES
王五 在北京
0:3:PER 4:6:LOC 4:5:ORG
SPANS BIO
好 的
1:2:PER
"""
EDGES = {
    "a": [
        ("TAGS BIO", "ab c", "I-X I-X I-Y"),
        ("TAGS BIO", "甲乙丙丁", "B-X B-X I-Y I-Y"),
        ("TAGS BIO", " 甲 ", "I-X"),
        ("TAGS BIO", "甲乙丙", "O O O"),
        ("TAGS BIO", "甲乙 丙", "I-X O I-X"),
        ("TAGS BMES", "甲乙丙丁", "B-X O M-X E-X"),
        ("TAGS BMES", "甲乙丙丁", "S-X M-X S-X E-Y"),
        ("TAGS BMES", "甲乙 丙丁", "B-X M-X M-X M-X"),
        ("TAGS BMES", "甲乙丙丁", "B-X E-Y B-Y E-Y"),
        ("TAGS BMES", "甲", "B-X"),
        ("SPANS BMES", "a b c", "1:2:X 0:1:X 2:4:Y"),
        ("SPANS BIO", "甲乙丙丁", "0:2:X 0:3:Y 2:4:X 3:4:Z"),
        ("SPANS BMES", "甲乙丙", "-"),
        ("SPANS BIO", "甲 乙", "0:3:X 0:3:W"),
    ],
    "b": [
        ("TAGS BIO", " a b", "B-X I-Y"),
        ("TAGS BIO", "甲乙丙丁", "I-X B-X O I-X"),
        ("TAGS BIO", "甲  乙丙", "B-X I-X B-X"),
        ("TAGS BIO", "丁", "O"),
        ("TAGS BMES", "甲乙丙丁", "M-X M-X E-X E-X"),
        ("TAGS BMES", "甲乙丙 丁", "B-X B-X B-X S-X"),
        ("TAGS BMES", "甲乙丙丁", "E-X B-X M-Y O"),
        ("TAGS BMES", "甲 乙", "B-X E-X"),
        ("TAGS BMES", "乙", "M-X"),
        ("SPANS BIO", "a  b", "0:2:X 2:4:X 1:3:Y"),
        ("SPANS BMES", "甲乙丙丁", "3:4:X 1:4:X 0:1:Y"),
        ("SPANS BIO", "甲", "-"),
        ("SPANS BMES", "甲 乙丙", "1:3:B 2:3:A 3:4:A"),
    ],
}
LETTERS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"


def words(rng: random.Random, n: int) -> str:
    found = [rng.choice(" abcdefgh" if rng.random() < 0.3 else LETTERS) for _ in range(n)]
    found[rng.randrange(n)] = "人"
    return "".join(found)


def tagged(rng: random.Random, scheme: str, size: int, wrong: float, rest: float) -> list[str]:
    tags: list[str] = []
    while len(tags) < size:
        kind, length = rng.choice(("PER", "ORG", "LOC")), rng.randint(1, 5)
        if rng.random() < rest:
            tags.append("O")
        elif scheme == "BIO":
            tags += [f"B-{kind}", *[f"I-{kind}"] * (length - 1)]
        elif length == 1:
            tags.append(f"S-{kind}")
        else:
            tags += [f"B-{kind}", *[f"M-{kind}"] * (length - 2), f"E-{kind}"]
    marks = "BI" if scheme == "BIO" else "BMES"
    tags = tags[:size]
    for i in range(size):
        if rng.random() < wrong:
            tags[i] = rng.choice(("O", f"{rng.choice(marks)}-{rng.choice(('PER', 'ORG', 'LOC'))}"))
    return tags


def record(rng: random.Random, length: int, wrong: float = 0.15, rest: float = 0.5) -> str:
    scheme = rng.choice(("BIO", "BMES"))
    text = words(rng, length)
    if rng.random() < 0.6:
        size = sum(c != " " for c in text)
        return f"TAGS {scheme}\n{text}\n{' '.join(tagged(rng, scheme, size, wrong, rest))}\n"
    spans = []
    for _ in range(rng.randint(0, length // 5)):
        start = rng.randrange(length)
        end = min(length, start + rng.randint(1, 6))
        spans.append(f"{start}:{end}:{rng.choice(('PER', 'ORG', 'LOC'))}")
    return f"SPANS {scheme}\n{text}\n{' '.join(spans) or '-'}\n"


def cases(variant: str) -> list[str]:
    rng = random.Random(f"spans-{variant}")
    edges = ["\n".join(edge) + "\n" for edge in EDGES[variant]]
    long_text = words(rng, 12000)
    size = sum(c != " " for c in long_text)
    long_tags = " ".join(tagged(rng, "BMES", size, 0.01, 0.97))
    plan = [
        edges,
        [record(rng, rng.randint(1, 12)) for _ in range(20)],
        [record(rng, rng.randint(5, 40)) for _ in range(60)],
        [record(rng, rng.randint(20, 80)) for _ in range(120)],
        [record(rng, rng.randint(200, 500)) for _ in range(12)],
        [record(rng, 30), f"TAGS BMES\n{long_text}\n{long_tags}\n", record(rng, 30)],
    ]
    return [f"{len(records)}\n" + "".join(records) for records in plan]


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
