"""Claims of results: what moved, which way, by how much; and whether it can be true."""

from __future__ import annotations

import pytest

from benchmarks.claims_quality import cases, measure
from touchstone.engine.grading.claims import analyse_case


def test_figures_on_the_cases() -> None:
    figures = measure(show=False)
    assert figures["cases"] >= 80
    assert figures["claims_f1"] >= 0.88
    assert figures["direction"] >= 0.95
    assert figures["plausibility"] >= 0.85


def test_every_claim_stands_where_it_says() -> None:
    for text, _claims, _verdict in cases():
        for claim in analyse_case(text).claims:
            assert text[claim.start : claim.end] == claim.text


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("错误率降低了三成", 30, "percent"),
        ("错误率降低了三成五", 35, "percent"),
        ("错误率降低了四分之一", 25, "percent"),
        ("产量翻两番", 4, "times"),
        ("标注量达到 50 万条", 500_000, "count"),
        ("Errors fell by a third", 33.3, "percent"),
        ("accuracy rose by 2.5 percentage points", 2.5, "percentage_point"),
    ],
)
def test_amounts_as_people_write_them(text: str, value: float, unit: str) -> None:
    claim = next(c for c in analyse_case(text).claims if c.value is not None)
    assert claim.value == pytest.approx(value)
    assert claim.unit == unit


def test_doubts_lead_to_questions_never_to_accusations() -> None:
    analysis = analyse_case("我们团队的准确率达到 105%。")
    assert analysis.plausibility == "implausible"
    row = analysis.to_row("zh")
    assert row["follow_up"]
    assert not any(word in "".join(row["reasons"]) for word in ("造假", "撒谎", "欺骗", "作弊"))


def test_whose_doing_it_was() -> None:
    own, others = (
        analyse_case("我重写了规范，错误率下降 20%。").claims[0],
        analyse_case("算法同事换了模型，错误率下降 20%。").claims[0],
    )
    assert own.own
    assert not others.own


def test_a_change_without_a_named_metric_is_named_by_its_subject() -> None:
    claim = analyse_case("数据从申请到可用由 49 天降到 23 天，两次审查一次通过。").claims[0]
    assert (claim.direction, claim.value, claim.baseline) == ("down", 23, 49)
    assert "可用" in claim.metric
    assert not analyse_case("从 3 月到 5 月，我负责质检。").claims
