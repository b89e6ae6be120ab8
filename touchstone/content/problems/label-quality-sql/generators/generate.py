"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
from pathlib import Path

LABELS = ("pos", "neg", "neu")


def make(seed: str, items: int, people: int, each: int) -> tuple[str, str]:
    rng = random.Random(seed)
    gold = {i: rng.choice(LABELS) for i in range(1, items + 1) if rng.random() < 0.6}
    rows, latest = [], {}
    clock = 0
    for p in range(people):
        name = f"w{p:02}"
        skill = rng.uniform(0.4, 0.98)
        for item in rng.sample(range(1, items + 1), min(items, each if p else 4)):
            for _ in range(1 + (rng.random() < 0.25)):
                clock += 1
                right = item in gold and rng.random() < skill
                label = gold[item] if right else rng.choice(LABELS)
                rows.append((item, name, label, clock))
                latest[item, name] = label
    rng.shuffle(rows)
    script = "CREATE TABLE annotations(item_id INTEGER, annotator TEXT, label TEXT, submitted_at INTEGER);\n"
    script += "CREATE TABLE gold(item_id INTEGER, label TEXT);\n"
    script += "INSERT INTO gold VALUES\n" + ",\n".join(f"({i},'{g}')" for i, g in gold.items()) + ";\n"
    values = ",\n".join(f"({i},'{n}','{g}',{t})" for i, n, g, t in rows)
    script += f"INSERT INTO annotations VALUES\n{values};\n"
    tally: dict[str, list[int]] = {}
    for (item, name), label in latest.items():
        if item in gold:
            tally.setdefault(name, []).append(label == gold[item])
    kept = [(round(sum(v) / len(v), 4), name, len(v)) for name, v in tally.items() if len(v) >= 5]
    return script, "".join(f"{name}\t{n}\t{value}\n" for value, name, n in sorted(kept))


def main() -> None:
    base = Path(__file__).resolve().parents[1] / "data"
    plan = [("sample/1", 12, 3, 10)]
    for variant in "ab":
        plan += [(f"secret/{variant}/01", 20, 4, 12), (f"secret/{variant}/02", 60, 12, 40)]
        plan += [(f"secret/{variant}/03", 600, 22, 380)]
    for name, items, people, each in plan:
        path = base / f"{name}.in"
        path.parent.mkdir(parents=True, exist_ok=True)
        script, answer = make(f"label-quality-{name}", items, people, each)
        path.write_text(script, "utf-8")
        path.with_suffix(".ans").write_text(answer, "utf-8")


main()
