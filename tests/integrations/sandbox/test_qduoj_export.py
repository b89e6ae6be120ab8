"""An archive written by QDUOJ's own export, from its database to verdicts here.

Its five problems: plain, ten points a test (OI), a special judge, code around a function in two
languages, and a special judge with points.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from touchstone.engine.judging.importing import import_problems
from touchstone.engine.judging.loading import load_problem
from touchstone.integrations.sandbox import Sandbox
from touchstone.integrations.sandbox.judge import judge_submission

pytestmark = pytest.mark.sandbox
EXPORT = Path(__file__).parent / "data" / "qduoj-export.zip"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("imported")
    brought = import_problems(EXPORT.read_bytes(), EXPORT.name, out)
    assert [list(each.notes) for each in brought] == [[]] * 5
    return {folder.name: folder for folder in out.iterdir()}


def test_answers_that_were_accepted_there_are_accepted_here(
    folders: dict[str, Path], sandbox: Sandbox
) -> None:
    judged = 0
    for folder in folders.values():
        for solution in load_problem(folder).solutions:
            report = judge_submission(
                folder, solution.path.read_bytes(), solution.language, sandbox=sandbox
            )
            assert (report.verdict, report.score) == ("AC", 100), (solution.path, report.detail)
            judged += 1
    assert judged == 7


@pytest.mark.parametrize(
    ("name", "source", "score"),
    [
        ("a-b-求和", "print(3)", 50),
        ("partial", "n = int(input())\nprint(n * n if n <= 3 else 0)", 30),
        ("拆成两数", "print(0, int(input()))", 0),
        ("拆成两数", "print('two')", 0),
        ("function", "def add(a, b):\n    return a - b", 0),
        ("oi-with-spj", "n = int(input())\nprint(1, n - 1 if n < 6 else n)", 30),
        ("oi-with-spj", "n = int(input())\nprint(1, n - 1 if n > 6 else n)", 70),
    ],
)
def test_points_and_special_judges_count_as_there(
    folders: dict[str, Path], sandbox: Sandbox, name: str, source: str, score: float
) -> None:
    report = judge_submission(folders[name], source.encode(), "python", sandbox=sandbox)
    assert (report.verdict, report.score) == ("WA", score)


def test_statements_keep_their_words(folders: dict[str, Path]) -> None:
    text = (folders["a-b-求和"] / "statement" / "problem.zh.md").read_text("utf-8")
    assert "求 **a** 与 b 的和，其中 0 < a。" in text
    assert "用长整型" in text
