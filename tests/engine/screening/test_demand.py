"""A model compiled, and the content it is compiled with."""

import re
from typing import Any

import pytest

from tests.engine.screening.labelled import models
from touchstone.engine.profiles.wishes import common_indicators
from touchstone.engine.screening.demand import demand_of, facets_of
from touchstone.engine.screening.telling import MANNERS, is_list
from touchstone.engine.screening.words import (
    WordFinder,
    facets,
    group_words,
    manners,
    pieces,
    read_content,
)
from touchstone.engine.text.normalize import normalized
from touchstone.engine.text.taxonomy import taxonomy


def test_behaviours_use_groups_that_exist_and_terms_are_concepts() -> None:
    groups = {group for _, group in group_words()}
    used = {g for facet in facets().values() for b in facet.behaviours for g in b.groups}
    assert used <= groups
    assert {f"_{manner}" for manner in MANNERS} <= groups
    known = taxonomy().matcher
    unknown = [t for f in facets().values() for t in f.terms if not known.claims(t)]
    assert len(unknown) <= 5, unknown


def test_there_is_a_facet_for_every_common_indicator() -> None:
    assert set(facets()) == {indicator.id for indicator in common_indicators()}


def test_patterns_of_content_compile() -> None:
    assert set(manners()) <= set(MANNERS)
    for patterns in read_content("suspicions.yaml").values():
        assert all(re.compile(pattern) for pattern in patterns)


@pytest.mark.parametrize("name", ["trainer-brief", "trainer-en"])
def test_indicators_of_any_id_are_known_by_their_words(name: str) -> None:
    wanted = {
        "t1": "tech.data",
        "t2": "tech.training",
        "t3": "tech.annotation",
        "b1": "biz.scenario",
        "b2": "biz.metric",
        "c1": "comm.collaborate",
        "l1": "learn.grasp",
    }
    for indicator in models()[name].indicators:
        found = facets_of(indicator)
        assert max(found, key=found.__getitem__) == wanted.get(indicator.id, indicator.id)


def test_what_stands_below_a_concept_speaks_for_it() -> None:
    demand = demand_of(models()["trainer-brief"])
    place = [i.id for i in demand.indicators].index("t2")
    shares = {c: dict(s).get(place, 0.0) for c, s in demand.concepts.items()}
    assert shares["pytorch"] == 1.0
    assert 0.5 <= shares["xgboost"] < 1.0
    assert shares["tensorflow"] >= 0.3
    assert shares.get("ecommerce", 0.0) == 0.0


@pytest.mark.parametrize("name", ["icu-nurse", "sales-engineer"])
def test_a_trade_that_the_taxonomy_does_not_know_has_hints(name: str) -> None:
    demand = demand_of(models()[name])
    assert {hint.indicator for hint in demand.hints} == set(range(len(demand.indicators)))


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("静脉穿刺、采血", ["静脉", "穿刺", "采血"]),
        ("熟练使用呼吸机和监护仪", ["呼吸机", "监护仪"]),
        ("tunes databases", ["tune*", "databas*"]),
        ("负责相关工作", []),
        ("", []),
    ],
)
def test_the_telling_parts_of_a_phrase(phrase: str, expected: Any) -> None:
    assert pieces(phrase) == expected


def test_latin_words_are_found_whole_and_stems_as_beginnings() -> None:
    finder = WordFinder([("label*", "a"), ("set", "b"), ("标注", "c")])
    found = finder.find(normalized("Labelled sets, asset 标注员"))
    assert [key for key, _, _ in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("sentence", "listed"),
    [
        ("机器学习、数据处理、跨团队协作、模型训练、推荐系统", True),
        ("machine learning, pytorch, sql, data cleaning, evaluation, llm", True),
        ("机器学习 数据处理 跨团队协作 模型训练 推荐系统 冷启动", True),
        ("python | sql | pytorch | label studio | 5 years", True),
        ("清洗日志、去重、按用户切分，训练双塔模型并上线，点击率提升 2%", False),
        ("wrote guidelines, trained annotators, and cut rework from 17% to 6%", False),
    ],
)
def test_a_list_is_told_from_a_story(sentence: str, listed: bool) -> None:
    assert is_list(sentence) is listed
