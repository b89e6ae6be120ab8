from __future__ import annotations

import statistics
from typing import Any

import pytest

from touchstone.demo.answers import write_answer
from touchstone.demo.cases import write_project_case
from touchstone.demo.company import Company
from touchstone.demo.notes import department_evaluation, interviewer_note

RUBRIC: dict[str, Any] = {
    "id": "R1",
    "kind": "business",
    "dimension": "business",
    "lang": "zh",
    "question": "新品没有行为数据，怎样让推荐模型给它们合理的曝光？",
    "max_score": 10,
    "key_points": [
        {"id": "k1", "text": "用内容特征补足新品表示", "weight": 3, "accept": ["用类目和图片"]},
        {"id": "k2", "text": "留出探索流量", "weight": 3, "accept": ["用 bandit 做探索"]},
        {"id": "k3", "text": "未曝光的不能当负样本", "weight": 2, "accept": []},
        {"id": "k4", "text": "用 A/B 实验看新品与大盘", "weight": 2, "accept": ["做对照实验"]},
    ],
    "misconceptions": [{"id": "m1", "text": "认为统一加权就可以", "penalty": 1.5, "accept": []}],
}
MATERIAL = "自注意力让每个词看到所有词。它的代价随长度平方增长。位置编码补上了次序。"
LEARNING = RUBRIC | {"id": "R2", "kind": "learning", "dimension": "learning", "material": MATERIAL}


def test_an_answer_is_the_same_each_time(company: Company) -> None:
    person = company.people[0]
    assert write_answer(person, RUBRIC, 11) == write_answer(person, RUBRIC, 11)


def test_the_able_cover_more_and_err_less(company: Company) -> None:
    people = [p for p in company.people if not p.duplicate_of]
    answers = [write_answer(p, RUBRIC, 11) for p in people]
    levels = [p.level("business") for p in people]
    assert statistics.correlation(levels, [float(len(a.covered)) for a in answers]) > 0.75
    assert not any(a.wrong for a, level in zip(answers, levels, strict=True) if level > 8)
    assert any(a.wrong for a in answers)
    assert {a.style for a in answers} >= {"own", "echo", "off_topic", "short", "keywords"}


def test_what_is_covered_is_said(company: Company) -> None:
    accepted = {"k2": ("探索",), "k3": ("负样本",), "k1": ("特征", "类目和图片")}
    for person in company.people[:80]:
        answer = write_answer(person, RUBRIC, 11)
        for point in set(answer.covered) & set(accepted):
            assert any(words in answer.text for words in accepted[point])


def test_an_echo_repeats_the_question(company: Company) -> None:
    answers = (write_answer(p, RUBRIC, 11) for p in company.people)
    echo = next(a for a in answers if a.style == "echo")
    assert RUBRIC["question"] in echo.text


def test_some_learners_copy_the_material(company: Company) -> None:
    answers = [write_answer(p, LEARNING, 11) for p in company.people]
    copied = [a for a in answers if a.style in {"copied", "partly_copied"}]
    assert copied
    for answer in copied:
        assert "自注意力让每个词看到所有词。" in answer.text


@pytest.mark.parametrize("dimension", ["unknown", None])
def test_a_dimension_nobody_knows_falls_back_to_the_kind(
    company: Company, dimension: str | None
) -> None:
    rubric = {k: v for k, v in RUBRIC.items() if k != "dimension"}
    given = rubric | ({"dimension": dimension} if dimension else {})
    person = company.people[3]
    assert write_answer(person, given, 11) == write_answer(person, RUBRIC, 11)


def test_english_rubrics_get_english_answers(company: Company) -> None:
    rubric = RUBRIC | {
        "lang": "en",
        "key_points": [{"id": "k1", "text": "Use content features", "weight": 10, "accept": []}],
        "misconceptions": [],
    }
    for person in company.people[:30]:
        answer = write_answer(person, rubric, 11)
        if answer.style == "own":
            # A project's Chinese name is all the Chinese that may stand in it.
            assert answer.text.isascii()


def test_only_weak_cases_boast_the_impossible(company: Company) -> None:
    cases = [(p, write_project_case(p, 11)) for p in company.people]
    boasts = [p for p, case in cases if case.implausible]
    assert 10 < len(boasts) < 120
    assert all((p.level("technical") + p.level("business")) / 2 < 4.2 for p in boasts)
    best = next(p for p in company.people if p.tier == "brilliant" and p.lang == "zh")
    assert len(write_project_case(best, 11).text) > 200


@pytest.mark.parametrize(
    ("score", "turns"), [(9.0, False), (6.0, True), (2.0, False)], ids=["praise", "but", "lack"]
)
def test_a_note_fits_its_score(company: Company, score: float, turns: bool) -> None:
    person = company.people[0]
    for interviewer in company.interviewers:
        note = interviewer_note(person, interviewer, "technical", score)
        assert note.endswith("。")
        assert any(f"，{word}" in note for word in ("但", "不过", "只是")) == turns


@pytest.mark.parametrize(
    ("score", "stance"), [(9.0, "hire"), (7.0, "lean_hire"), (5.5, "lean_no"), (2.0, "no")]
)
def test_a_department_takes_the_stance_of_its_scores(
    company: Company, score: float, stance: str
) -> None:
    for department in company.departments:
        scores = dict.fromkeys(company.people[0].ability, score)
        view = department_evaluation(company.people[0], department, scores)
        assert view.stance == stance
        assert view.text.endswith("。")


def test_a_department_without_scores_has_no_view(company: Company) -> None:
    with pytest.raises(ValueError, match="no view"):
        department_evaluation(company.people[0], company.departments[0], {})
