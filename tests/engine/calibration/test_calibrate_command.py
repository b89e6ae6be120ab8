import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from touchstone.cli import main

HEADER = "candidate,rater,department,dimension,score\n"
ROWS = "".join(
    f"c{c},{r},{d},{j},{(c * 3 + j + (2 if r == 'r2' else 0)) % 10}\n"
    for c in range(6)
    for r, d in (("r1", "A"), ("r2", "B"))
    for j in range(2)
)


def run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str | bytes, *options: str
) -> tuple[int, dict[str, Any]]:
    path = tmp_path / "ratings.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    status = main(["calibrate", *options, "--quiet", str(path)])
    return status, json.loads(capsys.readouterr().out)


def test_the_object_of_the_formats_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = run(tmp_path, capsys, HEADER + ROWS)
    assert status == 0
    assert [c["id"] for c in out["candidates"]] == [f"c{i}" for i in range(6)]
    assert {"id", "raw", "fair", "ci"} <= set(out["candidates"][0])
    assert {"id", "department", "severity", "ci", "n", "misfit"} <= set(out["raters"][0])
    assert {"id", "severity", "ci"} <= set(out["departments"][0])
    assert set(out["agreement"]) == {
        "icc2_1",
        "icc2_k",
        "krippendorff_alpha",
        "mean_abs_deviation_raw",
        "mean_abs_deviation_fair",
    }
    assert out["connected"] is True


def test_same_bytes_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, capsys, HEADER + ROWS) == run(tmp_path, capsys, HEADER + ROWS)


def test_standard_input_extra_columns_and_abstentions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "note,candidate,rater,department,dimension,score\nx,张三,李,业务,d,7\nx,张三,王,算法,d,\n"
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["calibrate", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["candidates"][0]["n"] == 1


def test_gb18030_and_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = HEADER + "张三,李四,业务部,沟通,7\n"
    for data in (row.encode("gb18030"), row.encode("utf-8-sig")):
        _, out = run(tmp_path, capsys, data)
        assert out["candidates"][0]["id"] == "张三"


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        ("", "missing_column", ":1:"),
        ("candidate,rater\na,b\n", "missing_column", "department"),
        (HEADER, "empty_file", "no scores"),
        (HEADER + "a,b,c,d,eleven\n", "bad_score", ":2:"),
        (HEADER + "a,b,c,d,5\na,b,c,d,10.5\n", "bad_score", ":3:"),
        (HEADER + "a,b,c,d,nan\n", "bad_score", ":2:"),
        (HEADER + ",b,c,d,5\n", "empty_cell", "candidate"),
        (b"\xff\xfe\x00\x81", "unreadable_text", "UTF-8"),
    ],
)
def test_bad_files_are_refused_with_path_line_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str, reason: str, detail: str
) -> None:
    status, out = run(tmp_path, capsys, data)
    assert status == 1
    assert out["status"] == "error"
    assert out["reason"] == reason
    assert detail in out["detail"]
