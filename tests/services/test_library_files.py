"""The bank as YAML, CSV and XLSX."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import openpyxl
import pytest

from tests.engine.questions.sample import sample
from touchstone.common.errors import InvalidInput
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.engine.questions.question import Question
from touchstone.engine.questions.tables import read_rows
from touchstone.library.files import (
    questions_csv,
    questions_from_yaml,
    questions_xlsx,
    questions_yaml,
)
from touchstone.positions.tables import read_table

QUESTIONS = built_in_questions()[:6]
FORMULA = parse_question(sample(title={"zh": "=1+1 题", "en": "=HYPERLINK(1)"}))


def test_yaml_goes_out_and_comes_back() -> None:
    assert questions_from_yaml(questions_yaml(QUESTIONS), "bank.yaml") == QUESTIONS


@pytest.mark.parametrize("write", [questions_csv, questions_xlsx])
def test_tables_go_out_and_come_back(write: Callable[[Sequence[Question]], bytes]) -> None:
    table = read_table(write([*QUESTIONS, FORMULA]), "bank")
    reading = read_rows(table.headings, table.rows, source="bank", numbers=table.numbers)
    assert reading.problems == ()
    assert reading.questions == (*QUESTIONS, FORMULA)


def test_nothing_in_a_sheet_is_a_formula() -> None:
    text = questions_csv([FORMULA]).decode("utf-8-sig")
    assert ",'=1+1 题," in text
    sheet = openpyxl.load_workbook(io.BytesIO(questions_xlsx([FORMULA]))).worksheets[0]
    assert "f" not in {c.data_type for row in sheet.iter_rows() for c in row}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"questions: [", "not_yaml"),
        (b"a: &a [1, 1]\nquestions: [*a, *a]", "aliases"),
        (b"\x00\x01\xff\xfe\xff", "not_yaml"),
        (b"[" * 50_000, "not_yaml"),
        (b"questions: [{id: x}]", "not_one_of"),
        (b" " * (10 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_files_that_are_none_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        questions_from_yaml(data, "x.yaml")


def test_chinese_files_in_the_old_encoding_are_read() -> None:
    data = questions_yaml(QUESTIONS[:1]).decode().encode("gb18030")
    assert questions_from_yaml(data, "x.yaml") == QUESTIONS[:1]
