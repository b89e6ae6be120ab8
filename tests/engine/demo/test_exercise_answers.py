"""Simulated candidates do exercises as well as they are, in a form that can be measured."""

from __future__ import annotations

import statistics

import pytest

from touchstone.assessments.services.exercises import answer_fits, exercise_fields
from touchstone.demo.exercises import exercise_answers
from touchstone.demo.people import generate_people
from touchstone.engine.grading.exercise import Exercise
from touchstone.engine.grading.exercise_loading import built_in_exercises
from touchstone.engine.grading.work import Work, grade_work

PEOPLE = sorted(generate_people(7, 60), key=lambda p: p.level("technical"))
CODES = (
    "lab-service-intents",
    "lab-product-spans",
    "lab-street-boxes",
    "bad-bank-assistant",
    "prompt-refund-helper",
)


def score(exercise: Exercise, number: int) -> float:
    answers = exercise_answers(PEOPLE[number], exercise, number, 7)
    work = Work(exercise.kind, answers, None, "zh", exercise=exercise, variant=number)
    return grade_work(work).score


@pytest.mark.parametrize("code", CODES)
def test_better_people_do_better(code: str) -> None:
    exercise = built_in_exercises()[code]
    weak = [score(exercise, number) for number in range(8)]
    strong = [score(exercise, number) for number in range(52, 60)]
    assert statistics.mean(strong) > statistics.mean(weak) + 0.5


@pytest.mark.parametrize("code", CODES)
def test_answers_fit_the_form_and_repeat(code: str) -> None:
    exercise = built_in_exercises()[code]
    for number, person in enumerate(PEOPLE[::12]):
        answers = exercise_answers(person, exercise, number, 7)
        assert answers == exercise_answers(person, exercise, number, 7)
        names = {*exercise_fields(exercise, number), "lang"}
        assert set(answers) <= names
        for name, value in answers.items():
            assert name == "lang" or answer_fits(exercise, number, name, value, "zh"), (name, value)
