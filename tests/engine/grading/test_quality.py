"""Labelled answers: how well points are found, and what tricks must not earn."""

from __future__ import annotations

import pytest

from benchmarks.grading_quality import graded_for, measure_own, own_answers, unseen_answers
from touchstone.engine.grading.grade import grade


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    return measure_own(0)


def test_enough_answers_over_enough_rubrics(figures: dict[str, float]) -> None:
    assert figures["rubrics"] >= 20
    assert figures["answers"] >= 300


@pytest.mark.parametrize(
    ("figure", "least"), [("spearman", 0.80), ("pearson_within", 0.65), ("points_f1", 0.78)]
)
def test_agreement_with_people(figures: dict[str, float], figure: str, least: float) -> None:
    assert figures[figure] >= least


def test_tricks_earn_next_to_nothing(figures: dict[str, float]) -> None:
    assert figures["adversarial"] >= 150
    assert figures["adversarial_above_3"] <= 0.03


def test_unseen_answers_are_enough_and_kept_apart_from_training() -> None:
    sets = unseen_answers()
    answers = [a for _rubric, found in sets for a in found]
    trained_on = {a.text for _rubric, found in own_answers() for a in found}
    assert len({rubric.id for rubric, _answers in sets}) >= 32
    assert len({a.text for a in answers}) == len(answers) >= 170
    assert sum(bool(a.adversarial) for a in answers) >= 40
    assert not trained_on & {a.text for a in answers}


def test_unseen_labels_name_points_of_their_rubric() -> None:
    for rubric, answers in unseen_answers():
        named = {p.id for p in rubric.key_points}
        for answer in answers:
            assert set(answer.points) == named, answer.text


def test_every_quote_stands_where_it_says() -> None:
    sets = own_answers()
    for number, (rubric, _answers) in enumerate(sets):
        for answer in graded_for(number, sets):
            found = grade(rubric, answer.text)
            assert 0 <= found.score <= rubric.max_score
            assert set(found.points) == {p.id for p in rubric.key_points}
            for evidence in found.evidence:
                assert answer.text[evidence.start : evidence.end] == evidence.quote


def test_the_same_answer_gets_the_same_grading() -> None:
    rubric, answers = own_answers()[0]
    first = [grade(rubric, a.text).to_row() for a in answers]
    assert first == [grade(rubric, a.text).to_row() for a in reversed(answers)][::-1]
