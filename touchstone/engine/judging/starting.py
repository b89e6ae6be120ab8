"""A new problem package: small, complete, and right from the first `verify` on."""

from __future__ import annotations

import uuid
from pathlib import Path

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say

HEAD = """problem_format_version: 2025-09
name: {{zh: {name}, en: {name}}}
uuid: {uuid}
type: pass-fail
license: cc by
rights_owner: {{name: your company}}
limits: {{time_limit: 2, memory: 512}}
"""
EXTRA = {
    "program": "x-touchstone: {kind: program, level: 4}\n",
    "function": "languages: [python3]\nx-touchstone: {kind: function, level: 4}\n",
    "sql": "languages: [sql]\nx-touchstone: {kind: sql, level: 4}\n",
    "ml": (
        "languages: [python3]\n"
        "x-touchstone:\n"
        "  kind: ml\n"
        "  predictions: predictions.csv\n"
        "  metric: rmse\n"
        "  columns: {id: id, prediction: y}\n"
        "  thresholds: [{at: 0.5, points: 100}, {at: 2.0, points: 50}]\n"
        "  level: 3\n"
        "  practice: [no_test_fit, no_label_in_features]\n"
    ),
}
STATEMENT = {
    "zh": "读入两个整数，输出它们的和。\n\n## 输入\n\n一行两个整数。\n\n## 输出\n\n一个整数。\n",
    "en": "Read two integers and print their sum.\n\n## Input\n\nTwo integers.\n\n## Output\n\n"
    "One integer.\n",
}
Files = dict[str, str]


def start_package(folder: Path, *, kind: str, name: str) -> list[Path]:
    """Writes the files of a new package and returns them.

    Raises:
        InvalidInput: the folder exists and is not empty; nothing was written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput(say("judging.folder_not_empty", folder=str(folder)))
    files = {
        "problem.yaml": HEAD.format(name=_quoted(name), uuid=uuid.uuid5(uuid.NAMESPACE_URL, name))
        + EXTRA[kind],
        "statement/problem.zh.md": STATEMENT["zh"],
        "statement/problem.en.md": STATEMENT["en"],
        **{"program": _program, "function": _function, "sql": _sql, "ml": _ml}[kind](),
    }
    written = []
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        written.append(target)
    return written


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _sums() -> Files:
    files = {"data/sample/1.in": "1 2\n", "data/sample/1.ans": "3\n"}
    for number, (a, b) in enumerate(((0, 0), (-5, 9), (10**9, 10**9)), 1):
        files[f"data/secret/{number:02}.in"] = f"{a} {b}\n"
        files[f"data/secret/{number:02}.ans"] = f"{a + b}\n"
    return files


def _program() -> Files:
    return {
        **_sums(),
        "submissions/accepted/reference.py": "a, b = map(int, input().split())\nprint(a + b)\n",
        "submissions/wrong_answer/difference.py": (
            "a, b = map(int, input().split())\nprint(a - b)\n"
        ),
    }


def _function() -> Files:
    driver = "from solution import add\n\na, b = map(int, input().split())\nprint(add(a, b))\n"
    return {
        **_sums(),
        "include/python/main.py": driver,
        "submissions/accepted/reference.py": "def add(a, b):\n    return a + b\n",
        "submissions/wrong_answer/difference.py": "def add(a, b):\n    return a - b\n",
    }


def _sql() -> Files:
    script = "CREATE TABLE label (item INTEGER, name TEXT);\nINSERT INTO label VALUES {rows};\n"
    return {
        "data/sample/1.in": script.format(rows="(1, 'cat'), (2, 'dog'), (3, 'cat')"),
        "data/sample/1.ans": "cat\t2\ndog\t1\n",
        "data/secret/01.in": script.format(rows="(1, 'cat'), (2, 'cat'), (3, 'fox')"),
        "data/secret/01.ans": "cat\t2\nfox\t1\n",
        "submissions/accepted/reference.sql": "SELECT name, COUNT(*) FROM label GROUP BY name\n",
        "submissions/wrong_answer/all.sql": "SELECT name, COUNT(*) FROM label\n",
    }


def _ml() -> Files:
    files = {}
    for place, first in (("sample/1", 1), ("secret/01", 3)):
        rows = range(first, first + 12)
        train = "x,y\n" + "".join(f"{x},{2 * x}\n" for x in rows)
        files[f"data/{place}.in"] = "\n"
        files[f"data/{place}.files/train.csv"] = train
        files[f"data/{place}.files/test.csv"] = "id,x\n" + "".join(f"{n},{n + 5}\n" for n in rows)
        files[f"data/{place}.ans"] = "id,y\n" + "".join(f"{n},{2 * (n + 5)}\n" for n in rows)
    return {
        **files,
        "submissions/accepted/reference.py": (
            "import pandas as pd\nfrom sklearn.linear_model import LinearRegression\n\n"
            'train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")\n'
            'model = LinearRegression().fit(train[["x"]], train["y"])\n'
            'test["y"] = model.predict(test[["x"]])\n'
            'test[["id", "y"]].to_csv("predictions.csv", index=False)\n'
        ),
        "submissions/wrong_answer/mean.py": (
            "import pandas as pd\n\n"
            'train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")\n'
            'test["y"] = train["y"].mean()\n'
            'test[["id", "y"]].to_csv("predictions.csv", index=False)\n'
        ),
    }
