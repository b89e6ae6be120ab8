"""A company's own layer: merged, judged, written and read, and what it does to a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import render
from touchstone.engine.text.layer import (
    layer_document,
    layer_sha256,
    layered,
    merged,
    new_id,
    parse_layer,
    pattern_words,
    words_pattern,
)
from touchstone.engine.text.layer_check import Finding, check_layer, has_errors, pattern_fault
from touchstone.engine.text.layer_files import layer_yaml, read_layer
from touchstone.engine.text.taxonomy import load_taxonomy, shipped, taxonomy

PROMPTER: dict[str, Any] = {
    "prompt_smith": {
        "new": True,
        "kind": "skill",
        "zh": "提示词工程师",
        "en": "prompt smith",
        "add": ["咒语师"],
        "is_a": ["prompt_engineering"],
    }
}


def findings(document: dict[str, Any], **args: Any) -> list[Finding]:
    return list(check_layer(parse_layer(document), **args))


def said(document: dict[str, Any], **args: Any) -> set[str]:
    return {f.message.id for f in findings(document, **args)}


def test_a_new_concept_is_found_and_speaks_for_what_stands_above() -> None:
    known = layered(PROMPTER)
    assert [h.concept for h in known.matcher.find("担任咒语师两年")] == ["prompt_smith"]
    assert "prompt_engineering" in known.ancestors("prompt_smith")
    assert taxonomy().find("咒语师") == ()


def test_an_alias_is_added_and_another_taken_away() -> None:
    alias = next(a for a in shipped().concepts["pytorch"].aliases)
    known = layered({"pytorch": {"add": ["火炬框架"], "remove": [alias]}})
    assert known.find("火炬框架") == ("pytorch",)
    assert "pytorch" not in known.matcher.claims(alias)
    assert known.matcher.claims("PyTorch") == ("pytorch",)


def test_what_is_said_of_one_concept_leaves_the_others_as_shipped() -> None:
    whole, base = merged(parse_layer(PROMPTER)), shipped()
    assert set(whole.concepts) - set(base.concepts) == {"prompt_smith"}
    assert all(whole.concepts[key] == base.concepts[key] for key in base.concepts)
    assert whole.guards == base.guards


def test_the_layer_is_named_and_built_once() -> None:
    known = layered(PROMPTER)
    assert known is layered(dict(PROMPTER))
    assert known.layer == layer_sha256(PROMPTER)
    assert known.sha256 != taxonomy().sha256
    assert layered({}) is taxonomy()


def test_a_document_survives_the_way_through_the_layer() -> None:
    document = {
        **PROMPTER,
        "golang": {"guards": {"Go": {"case": "Go", "near": "后端", "listed": True}}},
        "pytorch": {"zh": "火炬", "evidence_for": ["deep_learning"]},
    }
    assert layer_document(parse_layer(document)) == document


def test_words_near_let_an_alias_count_and_words_near_keep_it_out() -> None:
    guard = {"near": words_pattern(["模型", "Prompt"]), "not_near": words_pattern(["游戏"])}
    known = layered(
        {"prompt_smith": {**PROMPTER["prompt_smith"], "guards": {"咒语师": guard}}}
    ).matcher
    assert known.find("咒语师，为大模型写 prompt")[0].concept == "prompt_smith"
    assert not [h for h in known.find("扮演咒语师") if h.concept == "prompt_smith"]
    assert not [h for h in known.find("游戏里的咒语师，模型很美") if h.concept == "prompt_smith"]
    assert [
        h for h in known.find("游戏策划\n咒语师，为大模型写 prompt") if h.concept == "prompt_smith"
    ], "words of another line are not near"


def test_a_lifted_guard_lets_the_word_count_anywhere() -> None:
    assert "golang" not in {h.concept for h in taxonomy().matcher.find("Let us Go home")}
    known = layered({"golang": {"guards": {"Go": {}}}})
    assert "golang" in {h.concept for h in known.matcher.find("Let us Go home")}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"pytorch": {"add": ["TensorFlow"]}}, "taxonomy.alias_taken"),
        ({"pytorch": {"add": ["ＴｅｎｓｏｒＦｌｏｗ"]}}, "taxonomy.alias_taken"),
        ({"pytorch": {"add": ["PT"]}}, "taxonomy.alias_short"),
        ({"pytorch": {"add": ["火"]}}, "taxonomy.alias_short"),
        ({"pytorch": {"add": ["能力"]}}, "taxonomy.alias_ordinary"),
        ({"pytorch": {"add": ["·"]}}, "taxonomy.alias_empty"),
        ({"pytorch": {"add": ["a|b"]}}, "taxonomy.alias_malformed"),
        ({"pytorch": {"remove": ["火炬"]}}, "taxonomy.alias_not_there"),
        ({"pytorch": {"remove": ["PyTorch"]}}, "taxonomy.name_is_spelling"),
        ({"pytorch": {"is_a": ["pytorch"]}}, "taxonomy.relation_self"),
        ({"pytorch": {"is_a": ["nowhere"]}}, "taxonomy.relation_unknown"),
        ({"deep_learning": {"is_a": ["pytorch"]}}, "taxonomy.circle_way"),
        ({"pytorch": {"zh": ""}}, "taxonomy.name_missing_zh"),
        ({"pytorch": {"en": " "}}, "taxonomy.name_missing_en"),
        ({"pytorch": {"kind": "gadget"}}, "taxonomy.kind_unknown"),
        ({"pytorch": {"guards": {"PyTorch": {}}}}, "taxonomy.guard_empty"),
        ({"pytorch": {"guards": {"火炬": {"near": "模型"}}}}, "taxonomy.guard_of_nothing"),
        ({"pytorch": {"guards": {"PyTorch": {"case": "Torchy"}}}}, "taxonomy.guard_case"),
        ({"pytorch": {"guards": {"PyTorch": {"near": "("}}}}, "taxonomy.pattern_wrong"),
        ({"pytorch": {"guards": {"PyTorch": {"near": "(a+)+b"}}}}, "taxonomy.pattern_slow"),
        ({"pytorch": {"new": True}}, "taxonomy.id_taken"),
        ({"nowhere": {"add": ["某词某词"]}}, "taxonomy.no_such_concept"),
        ({"A-B": {**PROMPTER["prompt_smith"]}}, "taxonomy.id_wrong"),
        ({"pytorch": {"add": [f"火炬{n}号" for n in range(61)]}}, "taxonomy.aliases_many"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(document: dict[str, Any], message: str) -> None:
    found = findings(document, ordinary={"能力"})
    assert message in {f.message.id for f in found}
    assert has_errors(found)
    for finding in found:
        assert render(finding.message, "zh")
        assert render(finding.message, "en")


def test_a_guard_makes_a_short_alias_fit() -> None:
    guarded = {"pytorch": {"add": ["PT"], "guards": {"PT": {"case": "PT", "near": "模型"}}}}
    assert not has_errors(findings(guarded))


def test_an_alias_moves_where_the_other_concept_gives_it_up() -> None:
    alias = shipped().concepts["pytorch"].aliases[0]
    moved = {"pytorch": {"remove": [alias]}, "tensorflow": {"add": [alias]}}
    assert "taxonomy.alias_taken" not in said(moved)
    assert "taxonomy.alias_taken" in said({"tensorflow": {"add": [alias]}})


def test_what_may_go_wrong_is_only_a_warning() -> None:
    lonely = {"own_thing": {"new": True, "kind": "skill", "zh": "某某术", "en": "the some art"}}
    assert said(lonely) == {"taxonomy.relation_none"}
    assert said({"pytorch": {"add": ["pyt"]}}) == {"taxonomy.alias_unsure"}
    assert said({"annotation_guideline": {"add": ["提示词工程手册"]}}) == {"taxonomy.alias_within"}
    assert not has_errors(findings(lonely))


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("模型|大模型", ""),
        (r"\s?(?:语言|开发)", ""),
        (r"\w+\s*x", ""),
        ("(a|b*)*", "slow"),
        ("((ab)+c)+", "slow"),
        (".*x", "slow"),
        ("a+b+c+", "slow"),
        ("a" * 301, "slow"),
        ("[", "wrong"),
        ("a)", "wrong"),
    ],
)
def test_patterns_that_could_hold_up_screening_are_refused(pattern: str, fault: str) -> None:
    assert pattern_fault(pattern) == fault


def test_every_shipped_pattern_would_be_taken() -> None:
    for guards in shipped().guards.values():
        for guard in guards.values():
            for name in ("after", "not_after", "before", "not_before", "near"):
                pattern = getattr(guard, name)
                assert not pattern or pattern_fault(pattern) != "wrong"


@pytest.mark.parametrize("words", [("大模型", "Prompt"), ("C++", "node.js"), ("fine-tuning",)])
def test_words_become_a_pattern_and_come_back(words: tuple[str, ...]) -> None:
    pattern = words_pattern(words)
    back = pattern_words(pattern)
    assert back is not None
    assert words_pattern(back) == pattern
    assert len(back) == len(words)


def test_a_pattern_that_is_more_than_words_stays_one() -> None:
    assert pattern_words(r"\s?(?:语言|开发)") is None
    assert pattern_words(r"\d{2}") is None
    assert pattern_words("") == ()


def test_a_file_gives_the_layer_back_and_serves_as_a_folder(tmp_path: Path) -> None:
    document = {
        **PROMPTER,
        "golang": {"guards": {"Go": {"case": "Go", "near": "后端"}}},
        "python": {"add": ["蟒蛇语言"]},
    }
    text = layer_yaml(parse_layer(document))
    assert layer_document(read_layer([("ours.yaml", text.encode())])) == document
    (tmp_path / "ours.yaml").write_text(text, "utf-8")
    folder, own = load_taxonomy((tmp_path,)), layered(document)
    assert folder.concepts == own.concepts
    assert folder.guards == own.guards


def test_a_lifted_guard_survives_the_file() -> None:
    document: dict[str, Any] = {"golang": {"guards": {"Go": {}}}}
    text = layer_yaml(parse_layer(document))
    assert layer_document(read_layer([("ours.yaml", text.encode())])) == document


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "taxonomy.not_yaml"),
        ("- kind: gadget\n  items: {a_b: 甲 | A}\n", "taxonomy.unknown_kind"),
        ("nowhere:\n  x: {near: y}\n", "taxonomy.unknown_guarded"),
        ("python:\n  Py: {hear: y}\n", "taxonomy.unknown_guard"),
        ("[]\n", "taxonomy.file_says_nothing"),
        ("", "taxonomy.file_says_nothing"),
    ],
)
def test_a_malformed_file_is_refused_with_its_reason(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_layer([("ours.yaml", text.encode())])
    assert caught.value.message.id == message
    assert caught.value.text("zh")


def test_a_file_beyond_the_limit_is_not_read() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_layer([("ours.yaml", b" " * (2 * 1024 * 1024 + 1))])
    assert caught.value.message.id == "taxonomy.file_large"


@pytest.mark.parametrize(
    ("name", "taken", "found"),
    [
        ("Touchstone Annotator", (), "touchstone_annotator"),
        ("Touchstone Annotator", ("touchstone_annotator",), "touchstone_annotator_2"),
        ("提示词", (), "own"),
        ("3D Gaussian", (), "own_3d_gaussian"),
        ("R", (), "own_r"),
    ],
)
def test_an_id_comes_from_the_english_name(name: str, taken: tuple[str, ...], found: str) -> None:
    assert new_id(name, taken) == found
