"""Text that is no resume costs no more than its length."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from touchstone.engine.resumes.document import Document
from touchstone.engine.resumes.isolated import Reading
from touchstone.engine.resumes.parse import parse
from touchstone.engine.resumes.row import parse_row

SIZE = 40_000
CPU_S = 4.0


@pytest.mark.parametrize(
    "piece",
    [
        "A",
        "Ab ",
        "1 ",
        "没有",
        "，",
        "( ",
        "工作经历\n",
        "从1到",
        "a@",
        "张",
        "2019.01-2020.01 字节跳动\n",
    ],
)
def test_a_long_line_is_no_trap(piece: str) -> None:
    text = (piece * SIZE)[:SIZE]
    start = time.process_time()
    document = Document(text, "txt")
    parse_row(Reading("a.txt", document, parse(document, dt.date(2026, 11, 1))))
    assert time.process_time() - start < CPU_S
