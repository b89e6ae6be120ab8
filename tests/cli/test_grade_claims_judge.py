"""`touchstone grade`, `claims` and `judge` as the formats document has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, CommandLine

RUBRIC = """
id: R01
kind: technical
lang: zh
question: 两位标注员经常不一致，你怎么办？
max_score: 10
key_points:
  - {id: k1, text: 先量化一致性, weight: 2, accept: [算 Kappa, 统计一致率]}
  - {id: k2, text: 修订规范, weight: 2, accept: [补充边界例子, 改标注规范]}
unknown_key: kept and ignored
"""
GOOD = "我先算一下 Kappa，看两个人差多少，再把规范里含糊的地方写清楚，补上边界例子。"
GRADE_KEYS = [
    *("rubric", "id", "score", "points", "evidence", "flags"),
    *("confidence", "needs_human", "analysis"),
]
CLAIM_KEYS = [
    *("text", "start", "end", "metric", "direction", "value", "unit"),
    *("baseline", "method", "own"),
]
PROBLEMS = ROOT / "touchstone" / "content" / "problems"


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def lines(path: Path, *objects: object) -> Path:
    path.write_text(
        "".join(
            o if isinstance(o, str) else json.dumps(o, ensure_ascii=False) + "\n" for o in objects
        ),
        "utf-8",
    )
    return path


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    path = tmp_path / "rubric.yaml"
    path.write_text(RUBRIC, "utf-8")
    return path


def test_grade(touchstone: CommandLine, rubric: Path, tmp_path: Path) -> None:
    answers = lines(
        tmp_path / "a.jsonl", {"id": "1", "answer": GOOD, "rubric": "R01"}, {"id": 2, "answer": ""}
    )
    done = touchstone("grade", "--rubric", str(rubric), str(answers))
    assert done.returncode == 0, done.stderr
    first, second = rows(done.stdout)
    assert list(first) == GRADE_KEYS
    assert (first["rubric"], first["id"], second["id"]) == ("R01", "1", 2)
    assert first["score"] > 7
    assert second["score"] == 0
    for evidence in first["evidence"]:
        assert list(evidence) == ["point", "quote", "start", "end", "polarity"]
        assert GOOD[evidence["start"] : evidence["end"]] == evidence["quote"]
    again = touchstone("grade", "--rubric", str(rubric), "-", stdin=answers.read_text("utf-8"))
    assert again.stdout == done.stdout


def test_a_bad_line_never_stops_the_batch(
    touchstone: CommandLine, rubric: Path, tmp_path: Path
) -> None:
    answers = lines(
        tmp_path / "a.jsonl",
        "not json\n",
        {"answer": "no id"},
        {"id": "3", "answer": 5},
        {"id": "4", "answer": GOOD, "rubric": "another"},
        {"id": "5", "answer": GOOD},
    )
    done = touchstone("grade", "--rubric", str(rubric), str(answers), "--quiet")
    assert done.returncode == 1
    found = rows(done.stdout)
    assert [r.get("reason") for r in found] == [
        *("bad_json", "missing_field", "missing_field", "rubric_mismatch", None)
    ]
    assert all(r["status"] == "error" for r in found[:4])
    assert found[4]["id"] == "5"


def test_a_malformed_rubric_is_refused_with_its_line(
    touchstone: CommandLine, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("id: R1\nquestion: q\nkey_points:\n  - {id: k1}\n", "utf-8")
    answers = lines(tmp_path / "a.jsonl", {"id": "1", "answer": "x"})
    done = touchstone("grade", "--rubric", str(broken), str(answers))
    assert done.returncode == 1
    row = rows(done.stdout)[0]
    assert row["reason"] == "bad_rubric"
    assert "broken.yaml:4" in row["detail"]
    assert touchstone("grade", str(answers)).returncode == 2


def test_claims(touchstone: CommandLine, tmp_path: Path) -> None:
    text = "我负责质检，错误率从 8% 降到 3%，用同一测试集验证。"
    cases = lines(tmp_path / "c.jsonl", {"id": "a", "lang": "zh", "text": text}, {"id": "b"})
    done = touchstone("claims", str(cases))
    assert done.returncode == 1
    first, second = rows(done.stdout)
    assert list(first) == ["id", "claims", "depth", "plausibility", "reasons", "follow_up"]
    claim = first["claims"][0]
    assert list(claim) == CLAIM_KEYS
    assert text[claim["start"] : claim["end"]] == claim["text"]
    assert (claim["direction"], claim["value"], claim["baseline"]) == ("down", 3, 8)
    assert claim["own"] is True
    assert 0 <= first["depth"] <= 10
    assert second["status"] == "error"


def test_judge(touchstone: CommandLine) -> None:
    folder = PROBLEMS / "standardise-missing-values"
    source = folder / "submissions" / "accepted" / "reference.py"
    done = touchstone("judge", str(folder), str(source), "--json")
    row = rows(done.stdout)[0]
    if row.get("status") == "error":
        assert done.returncode == 1
        assert row["reason"]
        pytest.skip(str(row["detail"]))
    assert done.returncode == 0
    assert row["verdict"] == "AC"
    wanted = {"verdict", "score", "correctness", "efficiency", "tests", "practice", "report"}
    assert wanted <= row.keys()
    keys = ["id", "verdict", "cpu_ms", "wall_ms", "memory_kib", "score", "feedback"]
    assert all(list(test)[:7] == keys for test in row["tests"])


def test_judge_refuses_what_it_cannot_judge(touchstone: CommandLine, tmp_path: Path) -> None:
    missing = touchstone("judge", str(tmp_path), str(tmp_path / "x.py"), "--json")
    assert missing.returncode == 1
    source = tmp_path / "x.rb"
    source.write_text("puts 1")
    unknown = touchstone("judge", str(PROBLEMS / "linear-regression"), str(source), "--json")
    assert unknown.returncode == 1
    assert "Traceback" not in unknown.stderr
    assert touchstone("judge", str(tmp_path)).returncode == 2
