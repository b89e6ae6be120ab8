"""The exercises that come with the product: enough of them, in both languages, fair by design."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from touchstone.engine.grading.agreement import trivial_f1
from touchstone.engine.grading.bad_cases import grade_bad_cases
from touchstone.engine.grading.exercise import BAD_CASE, LABELLING, PROMPT_REPAIR, Exercise
from touchstone.engine.grading.exercise_loading import built_in_exercises
from touchstone.engine.grading.labelling import grade_labelling
from touchstone.engine.grading.prompt_repair import grade_prompt
from touchstone.engine.grading.rubrics import rubric_from_mapping

ALL = list(built_in_exercises().values())
LANGS = ("zh", "en")
IDLE = (
    "没有疑问，指南写得很清楚。",
    "指南没有什么没说清的地方，都按要求标了。",
    "时间有点紧，后面几条标得快。",
    "第 3 条我不确定。",
    "No questions, the guideline is clear.",
    "The guideline says everything that is needed, I labelled as it asks.",
    "I was short of time for the last items.",
    "Not sure about item 3.",
    "谢谢！",
)


def name(exercise: Exercise) -> str:
    return exercise.id


def of_kind(kind: str) -> list[Exercise]:
    return [exercise for exercise in ALL if exercise.kind == kind]


def perfect(exercise: Exercise, variant: int, lang: str) -> dict[str, str]:
    items = exercise.sample(variant).items
    default = {a.id: a.default for a in exercise.ambiguities}
    return {f"i.{i.id}": i.gold[lang][default.get(i.ambiguity, "")] for i in items}


def test_there_are_enough_over_enough_industries() -> None:
    assert len(ALL) >= 12
    assert len({exercise.industry for exercise in ALL}) >= 5
    forms = Counter(exercise.form for exercise in of_kind(LABELLING))
    assert forms["classes"] >= 3
    assert forms["spans"] >= 2
    assert forms["boxes"] >= 2
    assert len(of_kind(BAD_CASE)) >= 3
    assert len(of_kind(PROMPT_REPAIR)) >= 3


def test_variants_have_nothing_in_common() -> None:
    for exercise in of_kind(LABELLING):
        for lang in LANGS:
            first, second = (
                {i.text.text(lang) or (i.picture and i.picture.seed) for i in sample.items}
                for sample in exercise.samples
            )
            assert not first & second, exercise.id
    for exercise in of_kind(BAD_CASE):
        a, b = ({c.given.zh for c in heap.cases} for heap in exercise.heaps)
        assert not a & b, exercise.id
    for exercise in of_kind(PROMPT_REPAIR):
        assert exercise.prompts[0].prompt.zh != exercise.prompts[1].prompt.zh


@pytest.mark.parametrize("exercise", of_kind(LABELLING), ids=name)
@pytest.mark.parametrize("lang", LANGS)
def test_samples_are_long_enough_and_gold_is_perfect(exercise: Exercise, lang: Any) -> None:
    assert len(exercise.ambiguities) == 2
    for variant in (0, 1):
        sample = exercise.sample(variant)
        answers = perfect(exercise, variant, lang)
        marks = sum(a.count(";") + bool(a) for a in answers.values())
        assert 30 <= (len(sample.items) if exercise.form != "boxes" else marks) <= 80
        for ambiguity in exercise.ambiguities:
            touched = [i for i in sample.items if i.ambiguity == ambiguity.id]
            assert 2 <= len(touched) <= 7, (exercise.id, variant, ambiguity.id)
            for item in touched:
                assert len(set(item.gold[lang].values())) == len(ambiguity.readings)
        graded = grade_labelling(exercise, variant, answers, lang)
        assert graded.quality == 1
        assert graded.score == 7
        if exercise.form == "classes":
            counts = Counter(i.gold[lang].get("", "") for i in sample.items if not i.ambiguity)
            assert set(counts) == {label.id for label in exercise.labels}


@pytest.mark.parametrize("exercise", of_kind(LABELLING), ids=name)
@pytest.mark.parametrize("lang", LANGS)
def test_every_way_to_ask_is_heard(exercise: Exercise, lang: Any) -> None:
    for ambiguity in exercise.ambiguities:
        for phrase in ambiguity.accept.of(lang):
            said = {"questions": "→ " + phrase.replace("…", " ") + " ？"}
            graded = grade_labelling(exercise, 0, said, lang)
            noticed = {n.ambiguity: n for n in graded.noticed}
            assert noticed[ambiguity.id].raised, phrase
        for reading in ambiguity.readings:
            for phrase in reading.accept.of(lang):
                said = {"questions": "→ " + phrase.replace("…", " ") + " ."}
                graded = grade_labelling(exercise, 0, said, lang)
                noticed = {n.ambiguity: n for n in graded.noticed}
                assert reading.id in noticed[ambiguity.id].declared, phrase


@pytest.mark.parametrize("exercise", of_kind(LABELLING), ids=name)
@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_question_raises_nothing(exercise: Exercise, lang: Any) -> None:
    for idle in IDLE:
        graded = grade_labelling(exercise, 0, {"questions": idle}, lang)
        assert not any(n.raised or n.declared for n in graded.noticed), idle


@pytest.mark.parametrize("exercise", of_kind(BAD_CASE), ids=name)
def test_bad_cases_are_enough_and_no_single_cause_explains_them(exercise: Exercise) -> None:
    for variant in (0, 1):
        heap = exercise.heap(variant)
        gold = {case.id: case.causes[0] for case in heap.cases}
        assert 20 <= len(heap.cases) <= 30
        assert 4 <= len(set(gold.values())) < len(exercise.labels)
        assert trivial_f1(gold) < 0.6
        assert set(heap.worth) <= set(gold.values()) | {c for k in heap.cases for c in k.causes}
        answers = {f"g.{case}": cause for case, cause in gold.items()}
        best = sorted(heap.worth, key=lambda c: -heap.worth[c])[:3]
        answers |= {f"first.{n}": cause for n, cause in enumerate(best, 1)}
        graded = grade_bad_cases(exercise, variant, answers)
        assert (graded.grouping, graded.order, graded.rand) == (1, 1, 1)
        assert graded.score == 5.5
    first, second = (max(h.worth, key=lambda c: h.worth[c]) for h in exercise.heaps)
    assert first != second, "the variants want another cause mended first"


@pytest.mark.parametrize("exercise", of_kind(PROMPT_REPAIR), ids=name)
@pytest.mark.parametrize("lang", LANGS)
def test_a_prompt_that_says_everything_is_worth_everything(exercise: Exercise, lang: Any) -> None:
    for variant in (0, 1):
        broken = exercise.broken(variant)
        assert 10 <= len(broken.cases) <= 15
        assert any(case.passed for case in broken.cases)
        assert {t.kind for t in broken.traps} >= {"conflict", "leak", "injection"}
        demands = (*broken.add, *broken.keep)
        sentences = [d.accept.of(lang)[0].replace("…", " ") for d in demands]
        sentences += [
            t.fixed_by.of(lang)[0].replace("…", " ") for t in broken.traps if t.fixed_by.of(lang)
        ]
        mended = ("。\n" if lang == "zh" else ".\n").join(sentences)
        graded = grade_prompt(exercise, variant, {"prompt": mended}, lang)
        assert graded.prompt == 1, [s.id for s in (*graded.added, *graded.kept) if not s.met]
        same = grade_prompt(exercise, variant, {"prompt": broken.prompt.text(lang)}, lang)
        assert (same.prompt, same.shares[1], same.shares[2]) == (0, 1, 0)
        assert not any(s.how == "phrase" for s in same.added)


@pytest.mark.parametrize("exercise", [*of_kind(BAD_CASE), *of_kind(PROMPT_REPAIR)], ids=name)
def test_rubrics_are_in_both_languages(exercise: Exercise) -> None:
    for variant in (0, 1):
        zh, en = (
            rubric_from_mapping(exercise.rubric_document(variant, lang)) for lang in ("zh", "en")
        )
        assert [(p.id, p.weight) for p in zh.key_points] == [
            (p.id, p.weight) for p in en.key_points
        ]
        assert all(len(p.accept) >= 6 for rubric in (zh, en) for p in rubric.key_points)
