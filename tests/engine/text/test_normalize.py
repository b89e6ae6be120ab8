"""The two normal forms and the way back."""

from __future__ import annotations

import pytest

from touchstone.engine.text.normalize import flattened, key_of, normalized


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("ＰｙＴｏｒｃｈ", "pytorch"),
        ("數據標註", "数据标注"),
        ("数 据 标 注", "数据标注"),
        ("AI 训练师", "ai训练师"),
        ("fine-tuning", "fine tuning"),
        ("scikit_learn", "scikit learn"),
        ("C++ 开发", "c++开发"),
        ("数据标注\n质检", "数据标注\n质检"),
    ],
)
def test_forms(written: str, form: str) -> None:
    assert normalized(written).text == form
    assert key_of(written.replace("\n", "、")) == form.replace("\n", "、")


@pytest.mark.parametrize(
    "written", ["İstanbul ﬁne 數據\tＡＢ", "数 据 标 注 Fine-Tuning", "", "😀 标 注"]
)
def test_flat_keeps_the_length(written: str) -> None:
    assert len(flattened(written)) == len(written)


def test_spans_lead_back_to_the_original() -> None:
    written = "负责 大 模 型 Fine-Tuning 与标注"
    normal = normalized(written)
    for word, original in (("大模型", "大 模 型"), ("fine tuning", "Fine-Tuning")):
        at = normal.text.index(word)
        start, end = normal.span(at, at + len(word))
        assert written[start:end] == original


def test_addresses_are_blanked() -> None:
    normal = normalized("python@example.com 见 https://example.com/sql 与 github.com/me/spark")
    assert "python" not in normal.text
    assert "sql" not in normal.text
    assert "spark" not in normal.text
