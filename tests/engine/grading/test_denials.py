"""What is denied, what only looks denied, and what denying is worth."""

from __future__ import annotations

import pytest

from touchstone.common.messages import Lang
from touchstone.engine.grading.grade import Grading, grade
from touchstone.engine.grading.parity import denied
from touchstone.engine.grading.reading import read
from touchstone.engine.grading.rubrics import KeyPoint, Rubric


def graded(reference: str, answer: str) -> Grading:
    """The answer beside a rubric whose only point is the reference."""
    lang: Lang = "en" if reference.isascii() else "zh"
    return grade(Rubric("r", "?", (KeyPoint("k1", reference),), lang=lang), answer)


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("标注规范要写清边界例子。", "标注规范不要写清边界例子。"),
        ("标注规范要写清边界例子。", "标注规范无法写清边界例子。"),
        ("标注规范要写清边界例子。", "标注规范从来没要写清边界例子。"),
        ("先量一致性，再改规范，最后复测。", "先量一致性，再改规范，最后不复测。"),
        ("先量一致性，再改规范，最后复测。", "并非先量一致性，再改规范，最后复测。"),
        ("验收只看三项：智能化程度、误报率、时延。", "验收只看三项：智不能化程度、误报率、时延。"),
        ("测试集不能参与训练。", "测试集可以参与训练。"),
        ("分数没有上限。", "分数没没有上限。"),
        ("The circuit is not complete.", "The circuit is complete."),
        ("Recall rises because the cut is lower.", "Recall rises because the cut is not lower."),
        ("The bulb stays lit at night.", "The bulb fails to stay lit at night."),
        ("The model has access to test data.", "The model has no access to test data."),
        ("The model has access to test data.", "The model lacks access to test data."),
        (
            "The model has access to test data.",
            "It is not true that the model has access to test data.",
        ),
        ("The test set must not be used here.", "The test set must be used here."),
        ("More labels help, and the error falls.", "More labels help, and the error falls not."),
    ],
)
def test_a_reference_denied_is_held_for_a_person(reference: str, answer: str) -> None:
    found = graded(reference, answer)
    assert found.score <= 3
    assert "contradiction" in found.flags
    assert found.needs_human
    assert [e.polarity for e in found.evidence] == ["contradicts"]


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("标注规范要写清边界例子。", "标注规范不仅要写清边界例子，而且要配图。"),
        ("标注规范要写清边界例子。", "难道标注规范不要写清边界例子吗？"),
        ("标注规范要写清边界例子。", "标注规范不能不写清边界例子。"),
        ("数据泄漏是可能的原因。", "不能排除数据泄漏是可能的原因。"),
        ("数据泄漏是可能的原因。", "这不是数据泄漏吗？数据泄漏是可能的原因。"),
        ("测试集不能参与训练。", "测试集不能参与训练，一条都不行。"),
        ("两个指标没有明显差异。", "两个指标没有明显差异，所以不用换模型。"),
        ("定期抽检、不定期抽检都要做。", "要做定期抽检、不定期抽检。"),
        ("接口要求：非阻塞、低时延、高并发。", "非阻塞、低时延、高并发是接口要求。"),
        ("没授权就得先征得用户同意。", "没授权就得先征得用户同意才行。"),
        ("Leakage is a likely cause.", "Leakage is not only a likely cause but the main one."),
        ("Leakage is a likely cause.", "Isn't leakage a likely cause?"),
        ("Leakage is a likely cause.", "Leakage cannot be ruled out as a likely cause."),
        ("Leakage is a likely cause.", "No doubt leakage is a likely cause."),
        ("The circuit is not complete.", "The circuit isn't complete."),
        ("The circuit is not complete.", "circuit no complete"),
        ("The test set must not be used for training.", "Never use the test set for training."),
        ("As recall increases, precision decreases.", "When recall increases precision decreases."),
    ],
)
def test_what_only_looks_denied(reference: str, answer: str) -> None:
    found = graded(reference, answer)
    assert found.score > 6
    assert "contradiction" not in found.flags


@pytest.mark.parametrize(
    ("reference", "answer", "clause"),
    [
        ("先量一致性，再改规范。", "先量一致性，再不改规范。", "再不改规范"),
        # said both ways, asked, or turned together with its condition: left to other rules
        ("先量一致性，再改规范。", "不要先量一致性？先量一致性，再改规范。", None),
        ("先改规范再复测。", "先不改规范再复测。不，先改规范再复测。", None),
        ("如果样本不平衡，就要重采样一次。", "如果样本平衡，就不要重采样一次。", None),
        (
            "如果样本不平衡，就要重采样一次。",
            "如果样本不平衡，就不要重采样一次。",
            "就不要重采样一次",
        ),
        (
            "If A is closed, the bulb B lights.",
            "If A is not closed, the bulb B does not light.",
            None,
        ),
        (
            "Drift is slow but steady here.",
            "Drift is slow but not steady here.",
            "not steady here",
        ),
        ("Drift is slow and steady here.", "Drift is neither slow nor steady here.", None),
        ("别的班组识别率更高。", "识别率别的班组更高。", None),
    ],
)
def test_clauses_are_compared_without_their_negators(
    reference: str, answer: str, clause: str | None
) -> None:
    found = denied(answer, reference)
    assert (answer[found.start : found.end] if found else None) == clause


def test_a_denied_point_among_several_costs_that_point() -> None:
    rubric = Rubric(
        "r",
        "怎么办？",
        (KeyPoint("k1", "先量化两人的一致性"), KeyPoint("k2", "把规范里含糊的地方写清楚")),
    )
    found = grade(rubric, "先量化两人的一致性，但不把规范里含糊的地方写清楚。")
    assert found.points["k2"] == 0
    assert found.points["k1"] > 0.7
    assert found.needs_human


def test_one_word_of_several_denied_denies_no_phrase() -> None:
    rubric = Rubric("r", "怎么算？", (KeyPoint("k1", "按成本折算", accept=("每通人工多少钱",)),))
    found = grade(rubric, "上个月四成对话没转人工，每通八块，乘下来扣掉维护的成本。")
    assert "contradiction" not in found.flags


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("非接触、低成本", {"接触"}),
        ("不用审核、登记", {"审核", "登记"}),
        ("难道不用登记吗？", set()),
        ("没登记就得补", {"登记"}),
        ("没转人工就结束", {"转人工"}),
        ("定期抽检、不定期巡检、复测", {"巡检"}),
        ("（1）非接触（2）低成本", {"接触"}),
        ("Isn't drift likely?", set()),
        ("No drift here, right?", {"drift"}),
        ("规范不用修改，样本要复核", {"规范", "修改"}),
        ("专家仲裁没必要，样本要复核", {"专家", "仲裁"}),
        ("Measuring drift is pointless, label again", {"measuring", "drift"}),
        ("Does it matter? Drift needs watching", set()),
    ],
)
def test_how_far_a_negator_reaches(text: str, turned: set[str]) -> None:
    found = {t.text for t in read(text).tokens if t.sign < 0 and t.weight > 0}
    assert found - {"不用", "没必要", "no", "isn't"} == turned
