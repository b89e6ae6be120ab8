"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SAMPLE = """7
{"id": 1, "label": "pos"}
{'id': 2, 'text': "it's late", 'ok': True,}
{"id": 3, "label": "neg", "label": "pos"}
{"id": 4, "tags": ["refund", "delay"
{"id": 5, "score": 0.8
{"id": 6, "text": "客服说
[7, "pos"]
"""
EDGES = {
    "a": [
        '\ufeff{"b": 1, "a": 1.50}',
        "",
        "{}",
        "{,}",
        '{"a": [1,,2]}',
        '{"a": [1, 2,], }',
        '{"a": "x",',
        '{"a": [',
        '{"a"',
        '{"a":',
        '{"a": tru',
        '{"a": true',
        '{"a": Nope}',
        '{"a": 01}',
        '{"a": -',
        '{"a": 1}}',
        '{"a": 1} {"a": 2}',
        "{'it\\'s': \"he said 'no'\"}",
        "{\"it\\'s\": 1}",
        '{"a": "\\u4f60\\n\\u0001\\/"}',
        '{"a": "\\u4f',
        '{"a": {"b": 1, "b": [2]}, "b": 3}',
        "{a: 1}",
        '{"a": 1 "b": 2}',
        '{"a": [1}',
        '"text"',
        '{"a": "tab\there"}',
        '  {"a" : None , "A" : 1e5 }\t',
        "\ufeff   ",
        '{"a": 12}',
    ],
    "b": [
        "\ufeff{'z': False, 'y': \"\", }",
        "   ",
        '{"a": {}}',
        '{"a": {,}}',
        '{"a": 1,, "b": 2}',
        '{"a": [[],], "b": {"c": null,},}',
        '{"a": {"b": ["x", ',
        '{"a": {',
        "{'a",
        '{"a" ',
        '{"a": nul',
        '{"a": null',
        '{"a": TRUE}',
        '{"a": 1.}',
        '{"a": 3.',
        '{"a": [1]]}',
        '{"a": 1}, ',
        "{\"q\": 'say \"hi\"', 'r': '\\\\'}",
        '{"a": "\\x41"}',
        '{"a": "\\u00e9\\t\\u001f"}',
        '{"a": "end\\',
        "{\"k\": 1, 'k': 2, \"j\": {\"k\": 3}}",
        '{1: "a"}',
        '{"a" "b"}',
        '{"a": (1, 2)}',
        "null",
        '{"a": "\\u12g4"}',
        '{"b":-0.5e-3 ,"B":None}',
        "\ufeff[1]",
        '{"a": [10, 20',
    ],
}
WORDS = ("退款", "催单", "发票", "it's late", "don't", 'say "ok"', "neutral", "负面", "C:\\temp", "好的")


def text(rng: random.Random) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 3)))


def write(value: object, rng: random.Random, style: dict[str, float]) -> str:
    def flip(name: str) -> bool:
        return rng.random() < style.get(name, 0)

    tail = "," if flip("comma") else ""
    if isinstance(value, list):
        inner = ", ".join(write(part, rng, style) for part in value)
        return f"[{inner}{tail if value else ''}]"
    if isinstance(value, dict):
        members = [f"{write(k, rng, style)}: {write(v, rng, style)}" for k, v in value.items()]
        if members and flip("duplicate"):
            members.insert(0, members[-1].split(":")[0] + ': "old"')
        return "{" + ", ".join(members) + (tail if members else "") + "}"
    if value is None or isinstance(value, bool):
        word = {None: "null", True: "true", False: "false"}[value]
        return str(value) if flip("constants") else word
    if isinstance(value, str):
        plain = value.replace("\\", "\\\\")
        if flip("quotes"):
            return "'" + plain.replace("'", "\\'") + "'"
        return '"' + plain.replace('"', '\\"') + '"'
    return str(value)


def record(rng: random.Random, number: int) -> dict[str, object]:
    return {
        "id": number,
        "text": text(rng),
        "labels": [text(rng) for _ in range(rng.randint(0, 3))],
        "meta": {"by": f"w{rng.randint(1, 9)}", "sure": rng.choice([True, False, None])},
        "score": rng.randint(0, 99) / 100,
    }


def lines(rng: random.Random, n: int) -> list[str]:
    found = []
    for number in range(1, n + 1):
        faults = ("comma", "quotes", "constants", "duplicate")
        style = {name: rng.choice((0.0, 0.0, 0.0, 0.5, 1.0)) for name in faults}
        line = write(record(rng, number), rng, style)
        if rng.random() < 0.25:
            line = line[: rng.randint(1, len(line))]
        if rng.random() < 0.1:
            line = "\ufeff" + line
        if rng.random() < 0.04:
            line += rng.choice(("}", " ;", line))
        found.append(line)
    return found


def long_line(rng: random.Random, parts: int) -> str:
    spans = [{"s": i, "t": rng.choice("甲乙丙")} for i in range(parts)]
    return write({"spans": spans, "note": "it's long"}, rng, {"comma": 1.0, "quotes": 0.3})


def cases(variant: str) -> list[str]:
    rng = random.Random(f"jsonl-{variant}")
    plan = [EDGES[variant], *(lines(rng, n) for n in (12, 40, 90, 180))]
    plan.append([*lines(rng, 5), long_line(rng, 1100), *lines(rng, 5)])
    return ["\n".join([str(len(rows)), *rows]) + "\n" for rows in plan]


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
