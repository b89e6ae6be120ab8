"""`touchstone problem` from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import CommandLine
from tests.engine.judging.test_importing import FPS


def test_new_verify_and_preview(touchstone: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "sum"
    made = touchstone("problem", "new", str(folder), "--name", "求和")
    assert made.returncode == 0
    assert "problem.yaml" in made.stdout
    assert touchstone("problem", "new", str(folder)).returncode == 1
    shown = touchstone("problem", "preview", str(folder), "--lang", "en")
    assert "Read two integers" in shown.stdout
    facts = json.loads(shown.stdout.splitlines()[-1])
    assert facts["tests"] == 3
    verified = touchstone("problem", "verify", str(folder), "--quiet")
    if verified.returncode == 1 and '"status": "error"' in verified.stdout:
        pytest.skip(verified.stderr)
    rows = [json.loads(line) for line in verified.stdout.splitlines()]
    assert [r["verdict"] for r in rows] == ["AC", "WA"]
    assert verified.returncode == 0
    (folder / "submissions" / "accepted" / "reference.py").write_text("print(0)\n")
    assert touchstone("problem", "verify", str(folder), "--quiet").returncode == 1


def test_import(touchstone: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text(FPS, "utf-8")
    done = touchstone("problem", "import", str(file), "--out", str(tmp_path / "out"))
    assert done.returncode == 0
    row = json.loads(done.stdout)
    assert (row["problem"], row["tests"]) == ("a-b-problem", 2)
    file.write_text("nothing", "utf-8")
    assert touchstone("problem", "import", str(file)).returncode == 1
    assert touchstone("problem").returncode == 2
