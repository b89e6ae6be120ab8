from __future__ import annotations

from pathlib import Path

import pytest

from touchstone.demo.code import write_submission
from touchstone.demo.company import Company

ACCEPTED = '''"""Sums the rows."""
import sys

def main(key=1):
    data = sys.stdin.read().split()
    total = 0
    for i in range(len(data)):
        total += int(data[i])
    print(f"{total}", key)

main(key=2)
'''
WRONG = "print(0)\n"
SLOW = "while True:\n    pass\n"


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    files = {
        "accepted/good.py": ACCEPTED,
        "accepted/slow_but_right.py": ACCEPTED,
        "wrong_answer/zero.py": WRONG,
        "time_limit_exceeded/loop.py": SLOW,
        "accepted/notes.md": "not a program",
    }
    for name, text in files.items():
        path = tmp_path / "sum" / "submissions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def run(source: str, given: str, capsys: pytest.CaptureFixture[str]) -> str:
    import io
    import sys

    old = sys.stdin
    sys.stdin = io.StringIO(given)
    try:
        exec(compile(source, "submission", "exec"), {})
    finally:
        sys.stdin = old
    return capsys.readouterr().out


def test_the_able_hand_in_what_is_right(company: Company, problems: Path) -> None:
    best = [p for p in company.people if p.tier == "brilliant"]
    worst = [p for p in company.people if p.tier == "unrelated"]
    right = [write_submission(p, "sum", 11, problems).origin == "accepted" for p in best]
    wrong = [write_submission(p, "sum", 11, problems).origin == "accepted" for p in worst]
    assert sum(right) / len(right) > 0.85
    assert sum(wrong) / len(wrong) < 0.3


def test_other_names_change_nothing_but_the_looks(
    company: Company, problems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = {
        s.source
        for s in (write_submission(p, "sum", 11, problems) for p in company.people[:200])
        if s.origin == "accepted"
    }
    assert len(sources) > 8
    for source in sources:
        assert run(source, "3 4 5", capsys) == "12 2\n"
        assert "def main(key=1)" in source


def test_a_submission_is_the_same_each_time(company: Company, problems: Path) -> None:
    person = company.people[0]
    first = write_submission(person, "sum", 11, problems)
    assert first == write_submission(person, "sum", 11, problems)
    assert first.language == "python"


def test_a_problem_without_submissions_is_refused(company: Company, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_submission(company.people[0], "none", 11, tmp_path)
