"""`touchstone import questions` from YAML and from a table."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import CommandLine
from tests.engine.questions.sample import sample
from touchstone.engine.questions.loading import parse_question
from touchstone.library.files import questions_csv, questions_yaml

QUESTIONS = [parse_question(sample()), parse_question(sample(id="second"))]


def test_questions_come_from_yaml_and_again_from_a_table(site: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_bytes(questions_yaml(QUESTIONS))
    (tmp_path / "bank.csv").write_bytes(questions_csv(QUESTIONS))
    done = site(
        "import",
        "questions",
        str(tmp_path / "bank.yaml"),
        str(tmp_path / "bank.csv"),
        "--person",
        "recruiter",
    )
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["created"], second["unchanged"]) == (2, 2)


def test_a_table_with_a_wrong_row_is_refused_with_its_number(
    site: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "bank.csv"
    file.write_bytes(questions_csv(QUESTIONS).replace(b",annotation,4,", b",annotation,9,", 1))
    done = site("import", "questions", str(file), "--person", "recruiter")
    assert done.returncode == 1
    row = json.loads(done.stdout)
    assert row["status"] == "error"
    assert "bank.csv:2" in row["problems"][0]
