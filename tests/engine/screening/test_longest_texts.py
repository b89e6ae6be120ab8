"""The longest text that is kept is read and screened within what a reader may take."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.engine.screening.test_screen import STRONG
from touchstone.engine.profiles.model import CompetencyModel, model_templates, parse_model
from touchstone.engine.resumes.extract import DEFAULT_LIMITS
from touchstone.engine.resumes.files import Source
from touchstone.engine.resumes.isolated import ReaderPool, Reading
from touchstone.engine.resumes.row import parse_row
from touchstone.engine.screening.screen import screen

AS_OF = dt.date(2026, 11, 1)


def general() -> CompetencyModel:
    return parse_model(model_templates()["ai-trainer"])


def everything(reading: Reading) -> int:
    """All that is ever done with a text; the characters of it that were kept."""
    parse_row(reading)
    screen(reading.document.text, reading.resume, general(), as_of=AS_OF)
    return len(reading.document.text)


@pytest.mark.parametrize(
    "piece",
    [
        STRONG.replace("\n", "，"),
        "2019.01-2020.01 字节跳动\n",
        "2020.01-",
        "PyTorch、",
        "标注 ",
        "（3 周）",
        "\n- 训练模型",
        "工作经历\n",
        "从1到",
        "没有",
        "不",
        "张",
        "A",
        "Ab ",
        "1 ",
        "，",
        "( ",
        "Python",
        "张三年",
        "Python没有👍",
        "a@",
        "a.b@",
    ],
)
def test_no_text_takes_a_reader_longer_than_it_may(piece: str) -> None:
    size = DEFAULT_LIMITS.text_chars
    data = (piece * (size // len(piece) + 1))[: size - 1].encode()
    with ReaderPool(AS_OF, then=everything, workers=1) as pool:
        [outcome] = pool.read([Source("a.txt", data)])
    assert outcome.refusal is None
    assert outcome.value >= size * 0.9
