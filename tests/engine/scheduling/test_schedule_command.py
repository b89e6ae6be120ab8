"""`touchstone schedule` from a shell: the object it prints, and what it says about bad files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from touchstone.cli import main
from touchstone.engine.scheduling.document import problem_from_document

PROBLEM: dict[str, Any] = {
    "zone": "Asia/Shanghai",
    "horizon": {"first": "2026-11-30", "last": "2026-12-02"},
    "interviewers": [
        {"id": "chen", "department": "algorithm", "hours": {"mon": [["09:00", "12:00"]]}},
        {
            "id": "zhou",
            "department": "business",
            "busy": [{"start": "2026-11-30T09:00", "end": "2026-11-30T10:00"}],
        },
    ],
    "rounds": [
        {
            "id": "first",
            "minutes": 45,
            "seats": [{"department": "algorithm"}, {"department": "business"}],
        }
    ],
    "candidates": [
        {"id": "lin", "note": "unknown keys are ignored"},
        {"id": "wu", "offered": [["2026-12-02T14:00+08:00", "2026-12-02T15:00+08:00"]]},
    ],
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any], str]:
    status = main(["schedule", *arguments])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


def write(path: Path, document: Any) -> str:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    return str(path)


def test_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, plan, _err = run(capsys, write(tmp_path / "p.json", PROBLEM))
    assert status == 0
    assert plan["assignments"] == [
        {
            "candidate": "lin",
            "round": "first",
            "start": "2026-11-30T10:00:00+08:00",
            "end": "2026-11-30T10:45:00+08:00",
            "panel": ["chen", "zhou"],
            "room": "",
            "shadows": [],
        }
    ]
    assert [(u["candidate"], u["reason"]) for u in plan["unassigned"]] == [("wu", "never_together")]
    assert plan["unassigned"][0]["detail"]
    assert plan["bound"] <= plan["objective"]
    assert plan["status"] == "optimal"


def test_a_changed_problem_keeps_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "p.json", PROBLEM)
    _status, plan, _err = run(capsys, path)
    kept = write(tmp_path / "plan.json", plan)
    status, again, _err = run(capsys, path, "--keep", kept)
    assert (status, again["moved"]) == (0, [])
    assert again["assignments"] == plan["assignments"]


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (("horizon",), None, "horizon"),
        (("horizon", "first"), "30.11.2026", "horizon.first"),
        (("zone",), "Mars/Olympus", "zone"),
        (("candidates",), {}, "candidates"),
        (("candidates", 1, "id"), "", "candidates[1].id"),
        (("candidates", 1, "offered", 0), ["2026-12-02T15:00"], "candidates[1].offered[0]"),
        (
            ("candidates", 1, "offered", 0),
            ["2026-12-02T15:00", "2026-12-02T14:00"],
            "candidates[1].offered[0]",
        ),
        (("interviewers", 0, "hours"), {"funday": []}, "interviewers[0].hours.funday"),
        (
            ("interviewers", 0, "hours"),
            {"mon": [["9", "12:00"]]},
            "interviewers[0].hours.mon[0][0]",
        ),
        (("interviewers", 1, "busy", 0, "start"), "soon", "interviewers[1].busy[0].start"),
        (("interviewers", 1, "max_per_day"), "many", "interviewers[1].max_per_day"),
        (("rounds", 0, "minutes"), 0, "rounds[0].minutes"),
        (("rounds", 0, "room"), "castle", "rounds[0].room"),
        (("rounds", 0, "seats", 0, "count"), True, "rounds[0].seats[0].count"),
        (("weights",), {"finish": -1}, "weights.finish"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    place: tuple[Any, ...],
    value: Any,
    field: str,
) -> None:
    document = json.loads(json.dumps(PROBLEM))
    at = document
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    path = write(tmp_path / "p.json", document)
    status, row, err = run(capsys, path, "--lang", "en")
    assert status == 1
    assert (row["status"], row["reason"]) == ("error", "bad_problem")
    assert field in row["detail"]
    line = int(row["detail"].removeprefix(f"{path}:").split(":", 1)[0])
    assert 1 <= line <= len(Path(path).read_text("utf-8").splitlines())
    assert row["detail"] in err


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\x00", b"[" * 5000])
def test_a_file_that_is_no_json_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(data)
    status, row, _err = run(capsys, str(path), "--quiet")
    assert (status, row["status"]) == (1, "error")
    assert row["reason"] in {"bad_json", "unreadable_text", "bad_problem"}


def test_a_missing_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status, row, _err = run(capsys, "/nowhere/p.json")
    assert (status, row["reason"]) == (1, "unreadable_file")


def test_the_example_of_the_documentation_is_a_problem() -> None:
    text = (ROOT / "docs" / "scheduling.md").read_text("utf-8")
    example = json.loads(text.split("```json\n", 1)[1].split("```", 1)[0])
    assert problem_from_document(example).interviewers
