"""Words thrown together are held back; lists, telegrams and clumsy grammar are not."""

from __future__ import annotations

import random

import pytest

from touchstone.common.messages import Lang
from touchstone.engine.grading.grade import grade
from touchstone.engine.grading.reading import read
from touchstone.engine.grading.rubrics import KeyPoint, Rubric
from touchstone.engine.grading.word_order import disorder, is_unlikely, kept_together

ZH = (
    "标注员对同一句话理解不同，先看规范里是不是写清楚了，再拿二十条样本一起讨论，最后请专家定下来。"
)
EN = (
    "The two raters read the same sentence in different ways, so I would first look whether the "
    "guideline is clear, then talk about twenty samples with them and let an expert decide."
)


@pytest.mark.parametrize(("text", "least"), [(ZH, 14), (EN, 18)])
def test_shuffled_prose_is_told_from_prose(text: str, least: int) -> None:
    assert disorder(read(text)) < 0.05
    words = [w for w in read(text).words if w[0].isalnum()]
    glue = " " if text.isascii() else ""
    caught = 0
    for seed in range(20):
        mixed = read(glue.join(random.Random(seed).sample(words, len(words))))
        caught += is_unlikely(mixed, disorder(mixed))
    assert caught >= least


@pytest.mark.parametrize(
    "text",
    [
        "because sand and flour they not mix well when I shake it",
        "I would be asking him why he label so and then we fixing the rule together",
        "First kappa. Then guideline. Then again both label. Then see better or not.",
        "check logs -> compare features -> retrain -> A/B 5% -> roll out",
        "It tells you when things happened.",
        "By looking very closely at it.",
        "先查日志→对特征→重训→灰度5%→全量",
        "这个我觉得吧就是先看看数据有没有问题然后再说模型的事情",
        "标注员他们不一致的话那我就去问他们为什么这样标的",
        "泄漏或者漂移吧。",
        "先 check 一下 retrieval 的 top-k，gold passage 有没有 hit，再看 generation 跟不跟 context",
        "1 对齐：谁用，哪种错最贵\n2 读样本300，顺手看标签\n3 先跑通LR，错例分堆",
        "1. 先抽样 2. 算一致率 3. 改规范 4. 复测",
        "数据不够，标注不准，模型太小，都有可能。",
    ],
)
def test_clumsy_and_brief_answers_are_prose(text: str) -> None:
    reading = read(text)
    assert not is_unlikely(reading, disorder(reading))


@pytest.mark.parametrize(
    ("reference", "answer", "least"),
    [
        ("组成：标签、阅读器和天线。", "天线、标签和阅读器，组成。", 1.0),
        ("5S 指整理、整顿、清扫、清洁、素养。", "素养、清洁、清扫、整顿、整理，5S 指。", 0.7),
        ("先量一致性，再改规范，最后复测。", "最后复测，先量一致性，再改规范。", 1.0),
        ("标注规范要写清边界例子和反例。", "标注规范一定要写清边界例子和反例。", 0.6),
        ("The rule and the sample are shown.", "The sample and the rule are shown.", 0.6),
        ("label again, revise the rule", "revise the rule, label again", 1.0),
    ],
)
def test_a_list_in_another_order_keeps_together(reference: str, answer: str, least: float) -> None:
    kept = kept_together(read(answer), read(reference))
    assert kept is not None
    assert kept >= least


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("标注规范要写清边界例子，分歧由专家裁决。", "裁决要规范边界，由例子标注专家写清分歧"),
        ("5S 指整理、整顿、清扫、清洁、素养。", "整顿清扫、素养5S、指、。清洁整理"),
        ("The rule must show an edge case.", "case the edge show must an rule"),
        (
            "Ask the expert to settle what the raters dispute.",
            "the to dispute expert what Ask the settle raters",
        ),
    ],
)
def test_a_shuffled_reference_is_held_for_a_person(reference: str, answer: str) -> None:
    lang: Lang = "en" if reference.isascii() else "zh"
    kept = kept_together(read(answer), read(reference))
    assert kept is not None
    assert kept <= 0.5
    found = grade(Rubric("r", "?", (KeyPoint("k1", reference),), lang=lang), answer)
    assert found.score <= 3
    assert "keyword_stuffing" in found.flags
    assert found.needs_human


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("标注规范要写清边界例子。", "把容易搞混的情况举出来"),  # other words
        ("先复测。", "复测先"),  # too few
    ],
)
def test_order_says_nothing_about_other_or_too_few_words(reference: str, answer: str) -> None:
    assert kept_together(read(answer), read(reference)) is None


POINTS = Rubric(
    "r",
    "两个人老是标不一致，怎么办？",
    (
        KeyPoint("k1", "先量化一致性，看分歧集中在哪", accept=("算 Kappa", "统计混淆矩阵")),
        KeyPoint("k2", "修订规范，补充边界例子", accept=("把含糊的地方写清楚",)),
        KeyPoint("k3", "有争议的样本请专家裁决", accept=("仲裁定成金标准",)),
    ),
)


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        (
            "先量化一致性看分歧集中在哪统计混淆矩阵修订规范补充边界例子把含糊的地方写清楚请专家裁决",
            True,
        ),
        (
            "裁决含糊的规范，统计分歧例子边界，争议先写清楚样本。量化专家补充一致性，混淆集中仲裁矩阵。",
            True,
        ),
        ("先量化一致性，看分歧集中在哪；再修订规范，补充边界例子；有争议的样本请专家裁决。", False),
        (
            "我会先抽两百张让两个人都标，算一下 Kappa，哪里吵得凶就把那里写清楚，定不下来请专家。",
            False,
        ),
    ],
)
def test_the_rubrics_own_words_strung_together(answer: str, held: bool) -> None:
    found = grade(POINTS, answer)
    assert ("keyword_stuffing" in found.flags) is held
    assert (found.score <= 3) is held
    assert found.needs_human or not held


def test_an_unsure_finding_is_capped_and_a_sure_one_waits_at_nothing() -> None:
    reference = "先抽两百张图双标算一致率，再看哪两类容易搞混，然后把规范写清楚。"
    rubric = Rubric("r", "?", (KeyPoint("k1", reference),))
    swapped = grade(rubric, "先抽两百张图双标，再算哪两类一致率，然后看规范容易搞混，把清楚写。")
    words = [w for w in read(reference).words if w[0].isalnum()]
    thrown = grade(rubric, "".join(random.Random(2).sample(words, len(words))))
    assert 0 <= thrown.score <= swapped.score <= 3
    assert swapped.needs_human
    assert thrown.needs_human
