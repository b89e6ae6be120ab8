"""Questions out to a table and back."""

from __future__ import annotations

import pytest

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import render
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.engine.questions.tables import headings, question_row, read_rows

from .sample import sample


def test_every_built_in_question_survives_the_way_through_a_table() -> None:
    questions = built_in_questions()
    columns = headings(questions)
    rows = [question_row(question, columns) for question in questions]
    reading = read_rows(columns, rows, source="bank.xlsx")
    assert [render(p, "en") for p in reading.problems] == []
    assert reading.questions == questions


def test_chinese_headings_and_numbers_from_a_spreadsheet_are_understood() -> None:
    question = parse_question(sample())
    columns = headings([question])
    row: list[object] = list(question_row(question, columns))
    row[columns.index("level")] = 4.0
    named = ["编号" if c == "id" else "难度" if c == "difficulty" else c for c in columns]
    reading = read_rows(named, [row], source="x.csv")
    assert reading.questions == (question,)


def test_each_wrong_row_is_told_with_its_number_and_the_rest_is_read() -> None:
    question = parse_question(sample())
    columns = headings([question])
    good = question_row(question, columns)
    bad_level = [c if n != columns.index("level") else "three" for n, c in enumerate(good)]
    bad_kind = [c if n != columns.index("kind") else "riddle" for n, c in enumerate(good)]
    reading = read_rows(columns, [good, bad_level, [""], bad_kind, good], source="x.csv")
    assert len(reading.questions) == 1
    told = [render(p, "zh") for p in reading.problems]
    assert [t.split("：")[0].split()[0] for t in told] == ["x.csv:3", "x.csv:5", "x.csv:6"]
    assert "level" in told[0]
    assert "riddle" in told[1]


def test_a_table_without_ids_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no_id_column"):
        read_rows(["标题", "题目"], [["a", "b"]], source="x.csv")


def test_a_cell_that_an_export_made_inert_is_read_as_it_was() -> None:
    question = parse_question(sample(title={"zh": "=求和前先去重", "en": "=SUM first"}))
    columns = headings([question])
    row = [f"'{cell}" if cell.startswith("=") else cell for cell in question_row(question, columns)]
    assert read_rows(columns, [row], source="x.csv").questions == (question,)
