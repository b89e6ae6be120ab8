"""The patterns of `content/text/cues.yaml`, compiled when first needed."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ahocorasick

from touchstone.engine.text.lexicon import read_yaml


@dataclass(frozen=True, slots=True)
class Cues:
    """Each field is one pattern for all the words of its kind; see the file for their meaning.

    ``between`` holds pairs: what lies between the two is missing. ``hints`` is an automaton of
    Chinese words that gives the kinds of cue they hint at; ``hints_en`` holds a pattern a kind.
    """

    negated: re.Pattern[str]
    between: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    negated_back: re.Pattern[str]
    wished: re.Pattern[str]
    wished_back: re.Pattern[str]
    past: re.Pattern[str]
    past_back: re.Pattern[str]
    others: re.Pattern[str]
    follows: re.Pattern[str]
    no_subject: re.Pattern[str]
    done_by: re.Pattern[str]
    team: re.Pattern[str]
    own: re.Pattern[str]
    predicate: re.Pattern[str]
    contrast: re.Pattern[str]
    used: re.Pattern[str]
    done: re.Pattern[str]
    result: re.Pattern[str]
    company_line: re.Pattern[str]
    required_line: re.Pattern[str]
    list_line: re.Pattern[str]
    hints: Any
    hints_en: Mapping[str, re.Pattern[str]]


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _automaton(hints: Mapping[str, Mapping[str, str]]) -> Any:
    kinds: dict[str, list[str]] = {}
    for kind, hint in hints.items():
        for word in hint["zh"].split():
            kinds.setdefault(word, []).append(kind)
    automaton = ahocorasick.Automaton()
    for word, of in kinds.items():
        automaton.add_word(word, tuple(of))
    automaton.make_automaton()
    return automaton


@functools.cache
def cues() -> Cues:
    """The cues, compiled once a process."""
    data = read_yaml("cues.yaml")
    negated, wished, past, others = (data[k] for k in ("negated", "wished", "past", "others"))
    return Cues(
        negated=_any(negated["forward"]),
        between=tuple((re.compile(a), re.compile(b)) for a, b in negated["between"]),
        negated_back=_any(negated["backward"]),
        wished=_any(wished["forward"]),
        wished_back=_any(wished["backward"]),
        past=_any(past["forward"]),
        past_back=_any(past["backward"]),
        others=_any(others["subject"]),
        follows=_any(others["follows"]),
        no_subject=_any(others["not_subject_before"]),
        done_by=_any(others["by"]),
        team=_any(data["team"]["subject"]),
        own=_any(data["own"]),
        predicate=_any(data["predicate"]),
        contrast=_any(data["contrast"]),
        used=_any(data["used"]),
        done=_any(data["done"]),
        result=_any(data["result"]),
        company_line=_any(data["company_line"]),
        required_line=_any(data["required_line"]),
        list_line=_any(data["list_line"]),
        hints=_automaton(data["hints"]),
        hints_en={kind: re.compile(hint["en"]) for kind, hint in data["hints"].items()},
    )
