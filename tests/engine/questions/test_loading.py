from pathlib import Path
from typing import Any

import pytest
import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import render
from touchstone.engine.questions.loading import (
    built_in_questions,
    load_questions,
    parse_question,
    parse_questions,
    question_document,
)

from .sample import sample


def test_a_question_survives_writing_and_reading() -> None:
    question = parse_question(sample())
    written = yaml.safe_dump({"questions": [question_document(question)]}, allow_unicode=True)
    assert parse_questions(written) == (question,)


def test_rubric_is_the_one_of_the_formats_document() -> None:
    rubric = parse_question(sample()).rubric_document("en")
    assert rubric["max_score"] == 10
    assert [p["id"] for p in rubric["key_points"]] == ["k1", "k2"]
    assert rubric["lang"] == "en"
    assert rubric["question"].startswith("Two annotators")
    assert "material" not in rubric


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": ""}, "missing_field"),
        ({"kind": "riddle"}, "not_one_of"),
        ({"industry": "mining"}, "not_one_of"),
        ({"level": 6}, "out_of_range"),
        ({"difficulty": True}, "out_of_range"),
        ({"minutes": "8"}, "out_of_range"),
        ({"indicators": []}, "not_a_list"),
        ({"text": "only one language"}, "not_bilingual"),
        ({"anchors": {2: {"zh": "a", "en": "b"}}}, "anchor_scores"),
        ({"kind": "learning"}, "material_wanted"),
        ({"material": {"title": {}, "text": {}}}, "material_wanted"),
        ({"rubric": {"key_points": []}}, "missing_field"),
        ({"rubric": {"key_points": ["k"]}}, "not_a_list"),
        ({"rubric": None}, "not_a_mapping"),
    ],
)
def test_malformed_questions_are_refused_with_the_field(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_question(sample(**changes), source="mine.yaml:3")
    assert caught.value.message.id == f"questions.{reason}"
    assert "mine.yaml:3" in render(caught.value.message, "zh")


def test_the_line_of_the_wrong_question_is_named() -> None:
    good, bad = sample(), sample(id="second", level=9)
    text = yaml.safe_dump([good, bad], allow_unicode=True)
    line = text[: text.index("second")].count("\n")
    with pytest.raises(InvalidInput) as caught:
        parse_questions(text, source="bank.yaml")
    named = int(caught.value.message.args["where"].split(":")[1].split()[0])
    assert text.count("\n- ", 0, text.index("second")) == 1
    assert 1 < named <= line


@pytest.mark.parametrize("text", ["a: [", "just words", "questions: 3", "other: []"])
def test_what_is_no_bank_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_questions(text, source="x.yaml")


def test_an_empty_file_has_no_questions() -> None:
    assert parse_questions("") == ()


def test_an_id_is_unique_over_files(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(yaml.safe_dump([sample()], allow_unicode=True), "utf-8")
    with pytest.raises(InvalidInput, match="duplicate_id"):
        load_questions(sorted(tmp_path.glob("*.yaml")))


def test_the_built_in_bank_loads() -> None:
    ids = [question.id for question in built_in_questions()]
    assert len(ids) == len(set(ids))
