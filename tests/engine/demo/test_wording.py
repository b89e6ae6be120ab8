from __future__ import annotations

import random
import re

import pytest

from touchstone.demo.wording import BANKS, Wording, bank


def wording(seed: int = 1, **slots: str) -> Wording:
    return Wording(random.Random(seed), slots)


@pytest.mark.parametrize(
    ("phrase", "shape"),
    [
        ("没有括号", r"没有括号"),
        ("{甲|乙}", r"[甲乙]"),
        ("{甲{一|二}|乙}", r"甲[一二]|乙"),
        ("{#3-5} 人", r"[345] 人"),
        ("{#0.61-0.64}", r"0\.6[1-4]"),
        ("{#1000-3000/500}", r"[123][05]00"),
        ("{x=#10-10}，又是 {@x}", r"10，又是 10"),
        ("{x=#10-10} 到 {@x+5-5}", r"10 到 15"),
        ("{x=#0.50-0.50} 到 {@x-0.20-0.20}", r"0\.50 到 0\.30"),
        ("{$who}说", r"我说"),
    ],
)
def test_a_phrase_is_filled(phrase: str, shape: str) -> None:
    for seed in range(20):
        assert re.fullmatch(shape, wording(seed, who="我").write(phrase))


@pytest.mark.parametrize("phrase", ["{$nobody}", "{@unset}"])
def test_what_was_never_set_cannot_be_recalled(phrase: str) -> None:
    with pytest.raises(KeyError):
        wording().write(phrase)


def test_an_open_brace_is_refused() -> None:
    with pytest.raises(ValueError, match="unbalanced"):
        wording().write("{甲|乙")


def phrases_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [p for inner in value.values() for p in phrases_of(inner)]
    if isinstance(value, list):
        return [p for inner in value for p in phrases_of(inner)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("name", sorted(p.stem for p in BANKS.glob("*.yaml")))
def test_every_phrase_of_every_bank_can_be_filled(name: str) -> None:
    words = wording(point="要点", project="项目", expert="专家", split="对照")
    for phrase in phrases_of(bank(name)):
        filled = words.write(phrase)
        assert not set(filled) & set("{}"), phrase
        assert not re.search(r"[#@$][a-z0-9]*[+-]?[0-9.]*-", filled), phrase
