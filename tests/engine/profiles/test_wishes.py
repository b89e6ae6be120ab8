from typing import Any

import pytest

from touchstone.engine.profiles.wishes import common_indicators, wishes_to_indicators
from touchstone.engine.questions.question import FUNCTIONS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("必须懂电商业务，最好带过团队。", [("biz.scenario", "must"), ("comm.coach", "nice")]),
        ("熟悉 PyTorch 微调", [("tech.training", "wanted")]),
        ("不要求写代码，能和产品经理协作", [("comm.collaborate", "wanted")]),
        (
            "Must know data annotation; LLM prompting is a plus",
            [("tech.annotation", "must"), ("tech.llm", "nice")],
        ),
        ("参与过至少 3 个训练项目", [("", "must")]),
        ("今天天气不错", []),
        ("", []),
    ],
)
def test_wishes_become_proposals(text: str, expected: Any) -> None:
    assert [(p.indicator, p.strength) for p in wishes_to_indicators(text)] == expected


def test_each_proposal_quotes_its_words() -> None:
    text = "做过标注质检，3 年以上项目落地经验；\n学习能力强、上手快。"
    proposals = wishes_to_indicators(text)
    assert all(text[p.start : p.end] == p.quote for p in proposals)
    years = next(p for p in proposals if p.indicator == "biz.delivery")
    assert (years.at_least, years.unit) == (3.0, "年")
    assert {p.indicator for p in proposals} >= {"tech.annotation", "biz.delivery", "learn.grasp"}


def test_a_must_does_not_leak_into_the_next_sentence() -> None:
    first, second = wishes_to_indicators("必须会 Python。会做数据清洗")
    assert (first.strength, second.strength) == ("must", "wanted")


def test_the_vocabulary_is_bilingual_and_belongs_to_four_dimensions() -> None:
    indicators = common_indicators()
    assert {i.dimension for i in indicators} == {
        "technical",
        "business",
        "communication",
        "learning",
    }
    assert all(i.name.zh and i.name.en and i.cues for i in indicators)


def test_functions_of_the_national_standard_exist_at_their_level() -> None:
    junior = {"data_processing", "annotation", "operations"}
    for indicator in common_indicators():
        if not indicator.function:
            assert indicator.level == 0
            continue
        assert indicator.function in FUNCTIONS
        assert indicator.level in ({5, 4} if indicator.function in junior else {3, 2, 1})
