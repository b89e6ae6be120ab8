"""What a company's layer does to a resume, before and after."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.company import MODEL
from touchstone.engine.profiles.model import parse_model
from touchstone.engine.resumes.document import Document
from touchstone.engine.resumes.parse import parse
from touchstone.engine.resumes.resume import ParsedResume
from touchstone.engine.screening.layer_effect import LayerEffect, ResumeEffect
from touchstone.engine.screening.screen import screen
from touchstone.engine.text.layer import layer_sha256, layered, parse_layer, words_pattern
from touchstone.engine.text.taxonomy import taxonomy

AS_OF = dt.date(2026, 11, 1)
ALIAS = "炼丹调校"
LAYER: dict[str, Any] = {"fine_tuning": {"add": [ALIAS]}}
TEXT = (
    "陆遥\n2022.03–至今 某公司 算法训练师\n"
    "负责排序模型的炼丹调校，离线 AUC 由 0.71 提升到 0.78，上线后点击率提升 12%。\n"
    "没有做过数据清洗。\n"
)


def resume_of(text: str) -> ParsedResume:
    return parse(Document(text=text, kind="txt", lang="zh"), AS_OF, filename="a.txt")


def effect_of(text: str, layer: dict[str, Any]) -> ResumeEffect | None:
    compare = LayerEffect(parse_model(MODEL), taxonomy(), layered(layer), parse_layer(layer))
    return compare.on(text, resume_of(text), as_of=AS_OF)


def test_a_new_alias_credits_what_was_not_seen_before() -> None:
    effect = effect_of(TEXT, LAYER)
    assert effect is not None
    assert effect.after.score > effect.before.score
    gains = {c.indicator: c.after - c.before for c in effect.indicators}
    assert gains["tech.training"] > 0
    (met,) = effect.gained
    assert TEXT[met.start : met.end] == ALIAS
    assert met.concept == "fine_tuning"
    assert met.polarity == "own"
    assert effect.lost == ()


def test_before_and_after_are_what_the_screening_itself_says() -> None:
    effect = effect_of(TEXT, LAYER)
    assert effect is not None
    model, resume = parse_model(MODEL), resume_of(TEXT)
    assert effect.before == screen(TEXT, resume, model, as_of=AS_OF)
    assert effect.after == screen(TEXT, resume, model, as_of=AS_OF, concepts=layered(LAYER))
    assert effect.after.receipt.taxonomy == layer_sha256(LAYER)
    assert effect.after.row()["receipt"]["taxonomy"] == layer_sha256(LAYER)
    assert "taxonomy" not in effect.before.row()["receipt"]


def test_a_resume_without_the_words_is_left_alone() -> None:
    assert effect_of("沈一鸣\n2024.07–至今 数据标注专员\n做过数据清洗。\n", LAYER) is None


def test_whose_it_is_and_what_stands_around_is_told() -> None:
    text = "李四\n没做过炼丹调校，做过标注规范\n\n爱好\n炼丹调校"
    effect = effect_of(text, LAYER)
    assert effect is not None
    assert next(m.polarity for m in effect.gained) == "negated"
    assert [m.alone for m in effect.gained] == [False, True]


def test_what_somebody_has_not_done_earns_nothing() -> None:
    effect = effect_of("李四\n2022.01–至今 某公司 训练师\n没有做过炼丹调校。\n", LAYER)
    assert effect is not None
    assert effect.gained[0].polarity == "negated"
    assert effect.after.score == effect.before.score


def test_what_a_guard_keeps_out_is_shown() -> None:
    guarded = {
        "fine_tuning": {"add": [ALIAS], "guards": {ALIAS: {"near": words_pattern(["大语言"])}}}
    }
    effect = effect_of(TEXT, guarded)
    assert effect is not None
    assert [TEXT[h.start : h.end] for h in effect.kept_out] == [ALIAS]
    assert effect.gained == ()
    assert effect.after.score == effect.before.score


def test_taking_an_alias_away_loses_what_rested_on_it() -> None:
    compare = LayerEffect(parse_model(MODEL), layered(LAYER), taxonomy(), {})
    effect = compare.on(TEXT, resume_of(TEXT), as_of=AS_OF)
    assert effect is not None
    assert [TEXT[m.start : m.end] for m in effect.lost] == [ALIAS]
    assert effect.after.score < effect.before.score


def test_a_relation_alone_changes_who_is_credited() -> None:
    text = "王五\n2021.01–至今 某公司 训练师\n用 Label Studio 搭建了标注流程，一致率提升 9%。\n"
    layer: dict[str, Any] = {"label_studio": {"evidence_for": ["data_annotation", "fine_tuning"]}}
    effect = effect_of(text, layer)
    assert effect is not None
    assert effect.gained == effect.lost == ()
    assert "tech.training" in {c.indicator for c in effect.indicators}
