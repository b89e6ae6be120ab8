"""What the lint finds, rule by rule, and that the built-in bank has no errors."""

from __future__ import annotations

from typing import Any

import pytest

from touchstone.common.messages import render
from touchstone.engine.questions.lint import has_errors, lint_bank, lint_question
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.engine.text.taxonomy import taxonomy

from .sample import sample


def rules(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(f.rule, f.severity) for f in lint_question(parse_question(document))}


def bent(*path: Any, to: Any) -> dict[str, Any]:
    """The sample with one value changed."""
    document = sample()
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return document


POINT = ("rubric", "key_points", 0)
TEN_ZH = [f"第{n}种说得清楚的办法" for n in "一二三四五六七八九十"]


def test_a_sound_question_has_no_findings() -> None:
    assert rules(sample()) == set()


@pytest.mark.parametrize(
    ("document", "rule", "severity"),
    [
        (bent("text", "en", to=""), "missing_translation", "error"),
        (bent("anchors", 5, "zh", to=" "), "missing_translation", "error"),
        (bent(*POINT, "accept", "en", to=[]), "missing_translation", "error"),
        (bent(*POINT, "contradicted_by", "en", to=[]), "missing_translation", "error"),
        (bent("title", "zh", to="Two annotators"), "wrong_language", "error"),
        (bent("title", "en", to="两位标注员"), "wrong_language", "error"),
        (bent(*POINT, "accept", "en", 0, to="算 kappa"), "wrong_language", "error"),
        (bent(*POINT, "weight", to=5), "weights_sum", "error"),
        (bent(*POINT, "accept", "zh", 0, to="两位标注员"), "phrase_in_question", "error"),
        (bent(*POINT, "accept", "zh", 0, to="同一批图片，"), "phrase_in_question", "error"),
        (bent(*POINT, "accept", "en", 0, to="The same pictures"), "phrase_in_question", "error"),
        (bent(*POINT, "accept", "zh", 0, to="改规范"), "phrase_shared", "error"),
        (bent(*POINT, "accept", "en", 0, to="retrain people twice"), "phrase_overlap", "warning"),
        (bent(*POINT, "text", "zh", to="修订标注规范，并培训。"), "points_alike", "warning"),
        (bent(*POINT, "accept", "zh", to=["先看一致率"]), "few_phrases", "warning"),
        (
            bent(*POINT, "accept", "zh", to=[a + b for a in TEN_ZH for b in "甲乙丙"]),
            "many_phrases",
            "warning",
        ),
        (bent(*POINT, "accept", "zh", 0, to="看"), "short_phrase", "warning"),
        (bent("text", "zh", to="什么是标注一致性？"), "definition", "warning"),
        (bent("text", "en", to="What is agreement?"), "definition", "warning"),
        (bent("follow_ups", to=[]), "no_follow_up", "warning"),
        (
            sample(
                kind="learning",
                material={"title": {"zh": "题", "en": "t"}, "text": {"zh": "短文", "en": "text"}},
            ),
            "material_length",
            "warning",
        ),
    ],
)
def test_each_rule_finds_its_weakness(document: dict[str, Any], rule: str, severity: str) -> None:
    assert (rule, severity) in rules(document)


def test_a_part_of_an_english_word_is_not_the_word() -> None:
    document = bent(*POINT, "accept", "en", 0, to="same pict")
    assert "phrase_in_question" not in {rule for rule, _ in rules(document)}


def test_a_phrase_from_the_material_is_given_away() -> None:
    text = {"zh": "材料里写着量化一致程度的办法。" * 60, "en": "a text"}
    document = sample(kind="learning", material={"title": {"zh": "题", "en": "t"}, "text": text})
    assert ("phrase_in_question", "error") in rules(document)


def test_a_long_question_may_ask_what_something_is() -> None:
    long = "你接手的项目有三个标注团队，规则各写各的，交付还剩两周，业务每天都在催。" * 2
    assert "definition" not in {r for r, _ in rules(bent("text", "zh", to=f"{long}先做什么？"))}


def test_near_duplicates_are_found_unless_they_are_variants() -> None:
    def found(**changes: Any) -> list[str]:
        first, other = parse_question(sample(**changes)), parse_question(sample(id="b", **changes))
        return [f.question for f in lint_bank([first, other]) if f.rule == "near_duplicate"]

    assert found() == ["b"]
    assert found(family="agreement") == []


def test_findings_say_where_and_what_in_both_languages() -> None:
    document = bent(*POINT, "accept", "zh", 0, to="两位标注员")
    (finding,) = lint_question(parse_question(document))
    assert finding.field == "rubric.k1.accept.zh"
    assert "两位标注员" in render(finding.message, "zh")
    assert "Ways to say k1 (Chinese)" in render(finding.message, "en")


def test_the_built_in_bank_has_no_errors_and_no_duplicates() -> None:
    findings = lint_bank(built_in_questions())
    told = [f"{f.question}: {render(f.message, 'en')}" for f in findings if f.severity == "error"]
    told += [f"{f.question}: {f.rule}" for f in findings if f.rule == "near_duplicate"]
    assert told == []
    assert not has_errors(findings)


def test_the_technical_questions_speak_of_known_concepts() -> None:
    known = taxonomy()
    unknown = [
        (question.id, concept)
        for question in built_in_questions()
        if question.kind == "technical"
        for concept in question.concepts
        if not known.find(concept)
    ]
    assert unknown == []
