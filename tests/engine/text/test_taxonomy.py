"""The concepts: complete, unambiguous, tied together; and what is said of a malformed file."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from touchstone.common.errors import InvalidInput
from touchstone.engine.text.taxonomy import KINDS, Taxonomy, load_taxonomy, taxonomy

LEAST_CONCEPTS = 1200


@pytest.fixture(scope="module")
def known() -> Taxonomy:
    return taxonomy()


def test_enough_concepts_of_every_kind(known: Taxonomy) -> None:
    kinds = Counter(concept.kind for concept in known.concepts.values())
    assert len(known.concepts) >= LEAST_CONCEPTS
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 40


def test_every_concept_has_both_names(known: Taxonomy) -> None:
    for concept in known.concepts.values():
        assert concept.zh, concept.id
        assert concept.en.isascii() or not any("\u4e00" <= ch <= "\u9fff" for ch in concept.en)


def test_no_alias_is_claimed_twice_without_a_guard(known: Taxonomy) -> None:
    aliases = {
        alias for c in known.concepts.values() for alias in (c.zh, c.en, *c.aliases) if alias
    }
    unguarded = {
        alias: claims
        for alias in aliases
        if len(claims := known.matcher.claims(alias)) > 1
        and not all(known.guards.get(claim) for claim in claims)
    }
    assert unguarded == {}


def test_relations_lead_up(known: Taxonomy) -> None:
    assert "deep_learning" in known.ancestors("pytorch")
    assert "machine_learning" in known.ancestors("pytorch")
    assert "pytorch" in known.children("deep_learning")
    assert "data_annotation" in known.ancestors("label_studio")
    for concept_id in known.concepts:
        assert concept_id not in known.ancestors(concept_id)


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        ("PyTorch", "pytorch"),
        ("标注规范", "annotation_guideline"),
        ("inter-annotator agreement", "inter_annotator"),
        ("大模型", "large_language_models"),
        ("熟练使用 SQL 取数", "sql"),
        ("數據清洗", "data_cleaning"),
    ],
)
def test_find_by_name_alias_or_phrase(known: Taxonomy, words: str, concept: str) -> None:
    assert concept in known.find(words)


def test_names_in_both_languages(known: Taxonomy) -> None:
    assert known.name("fine_tuning", "zh") == "微调"
    assert known.name("fine_tuning", "en") == "fine-tuning"


def test_a_companys_own_folder_adds_and_replaces(tmp_path: Path, known: Taxonomy) -> None:
    (tmp_path / "ours.yaml").write_text(
        "- kind: tool\n  evidence_for: [data_annotation]\n  items:\n"
        "    our_tool: 试金标注台 | Touchstone Annotator | TSA平台\n",
        "utf-8",
    )
    extended = load_taxonomy((tmp_path,))
    assert extended.find("TSA平台") == ("our_tool",)
    assert len(extended.concepts) == len(known.concepts) + 1
    assert extended.sha256 != known.sha256


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- kind: tool\n  items: {a_b: only one name}\n", "taxonomy.malformed_item"),
        ("- kind: gadget\n  items: {a_b: 甲 | A}\n", "taxonomy.unknown_kind"),
        ("- kind: tool\n  items: {A-B: 甲 | A}\n", "taxonomy.malformed_id"),
        ("- kind: tool\n  is_a: [nowhere]\n  items: {a_b: 甲 | A}\n", "taxonomy.unknown_parent"),
        ("- kind: tool\n  items: {a_b: 甲 | A | | is_a=a_b}\n", "taxonomy.circle"),
        ("a: [", "taxonomy.not_yaml"),
        ("a: 1\n", "taxonomy.not_groups"),
    ],
)
def test_a_malformed_file_is_refused_with_its_reason(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "ours.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_taxonomy((tmp_path,))
    assert caught.value.message.id == message
    assert caught.value.text("zh")
    assert caught.value.text("en")


def test_every_pattern_of_the_guards_compiles(known: Taxonomy) -> None:
    for guards in known.guards.values():
        for guard in guards.values():
            for pattern in (
                guard.after,
                guard.not_after,
                guard.before,
                guard.not_before,
                guard.near,
            ):
                assert re.compile(pattern)


def test_a_bad_pattern_of_a_companys_own_is_refused(tmp_path: Path) -> None:
    (tmp_path / "guards.yaml").write_text("python:\n  Py: {near: '('}\n", "utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_taxonomy((tmp_path,))
    assert caught.value.message.id == "taxonomy.bad_pattern"
