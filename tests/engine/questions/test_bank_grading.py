"""The built-in rubrics do what they are for: they tell a full answer from an empty one."""

from __future__ import annotations

import pytest

from benchmarks.grading_quality import tricks
from touchstone.common.messages import Lang
from touchstone.engine.grading.grade import grade
from touchstone.engine.grading.rubrics import Rubric, rubric_from_question
from touchstone.engine.questions.loading import built_in_questions
from touchstone.engine.questions.question import Question

EMPTY = {
    "zh": "我觉得这个问题很重要，要认真对待，多学习、多合作，相信大家努力就一定可以做好。",
    "en": "I think this is an important question. With hard work and a good team all will be well.",
}
CHOSEN = built_in_questions()[::9]


def full_answer(rubric: Rubric, lang: Lang) -> str:
    """Two of each key point's phrases, each in a sentence."""
    said = [
        point.accept[(number + step) % len(point.accept)]
        for step in (0, 3)
        for number, point in enumerate(rubric.key_points)
    ]
    if lang == "zh":
        return "".join(f"我的做法是{phrase}，然后记下来。" for phrase in said)
    return " ".join(f"I would say that {phrase}." for phrase in said)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("question", CHOSEN, ids=lambda q: q.id)
def test_full_answers_score_and_empty_ones_do_not(question: Question, lang: Lang) -> None:
    rubric = rubric_from_question(question, lang)
    full = grade(rubric, full_answer(rubric, lang))
    assert full.score >= 0.45 * rubric.max_score
    held = {m.id for m in rubric.misconceptions}
    assert not held & {e.point for e in full.evidence}
    assert grade(rubric, EMPTY[lang]).score <= 0.25 * rubric.max_score


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_key_points_denied_or_shuffled_are_held(lang: Lang) -> None:
    points = [
        ("", point.text)
        for question in CHOSEN
        for point in rubric_from_question(question, lang).key_points
    ]
    found = tricks("bank", points, lang)
    assert len(points) > 100
    assert all(share <= 0.02 for share in found.values()), found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sample_answers_are_in_order(lang: Lang) -> None:
    for question in CHOSEN:
        rubric = rubric_from_question(question, lang)
        for anchor in question.anchors:
            text = anchor.text.zh if lang == "zh" else anchor.text.en
            assert "keyword_stuffing" not in grade(rubric, text).flags
