"""Finds groups of words and a model's own words in one pass over a normalised text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ahocorasick
import yaml

from touchstone.engine.text.normalize import Normalized, key_of

CONTENT = Path(__file__).resolve().parents[2] / "content" / "screening"
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Groups of words that, in one sentence, speak for a facet as fully as ``weight`` says."""

    facet: str
    groups: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Facet:
    """What speaks for an indicator of the common vocabulary: concepts by name, behaviours.

    With ``acts``, a concept counts fully only where one of the behaviours stands beside it.
    """

    id: str
    terms: tuple[str, ...]
    behaviours: tuple[Behaviour, ...]
    acts: bool = False


def read_content(name: str) -> dict[str, Any]:
    """A file of `touchstone/content/screening/`."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load((CONTENT / name).read_bytes(), Loader=loader)  # noqa: S506
    return loaded


@functools.cache
def _content() -> dict[str, Any]:
    return read_content("facets.yaml")


@functools.cache
def manners() -> dict[str, re.Pattern[str]]:
    """How a sentence may be told, with how one begins that is."""
    return {
        name: re.compile("|".join(f"(?:{p})" for p in patterns))
        for name, patterns in read_content("manner.yaml").items()
    }


@functools.cache
def facets() -> dict[str, Facet]:
    """The facets by id."""
    return {
        name: Facet(
            name,
            tuple(data["terms"]),
            tuple(_behaviour(name, line) for line in data["behaviours"]),
            bool(data.get("acts")),
        )
        for name, data in _content()["facets"].items()
    }


def _behaviour(facet: str, line: str) -> Behaviour:
    groups, _, weight = line.partition("=")
    return Behaviour(facet, frozenset(groups.split()), float(weight or 1))


@functools.cache
def group_words() -> tuple[tuple[str, str], ...]:
    """Every word of the groups with the group it belongs to."""
    return tuple(
        (str(word), group)
        for group, words in _content()["words"].items()
        for lang in ("zh", "en")
        for word in words[lang]
    )


class WordFinder:
    """Words with keys; unlike concepts, words within other words count too.

    Args:
        words: pairs of a word and its key. A Latin word counts as a whole word or its plural, one
            with a trailing ``*`` as the beginning of a word.
    """

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        keys: dict[str, set[tuple[str, bool]]] = {}
        for word, key in words:
            open_ended = word.endswith("*")
            form = key_of(word.rstrip("*"))
            if form:
                keys.setdefault(form, set()).add((key, open_ended))
        self._automaton = ahocorasick.Automaton()
        for form, claims in sorted(keys.items()):
            opens, closes = form[0] in _LATIN, form[-1] in _LATIN
            self._automaton.add_word(form, (len(form), opens, closes, tuple(sorted(claims))))
        self._empty = not keys
        if keys:
            self._automaton.make_automaton()

    def find(self, normal: Normalized) -> list[tuple[str, int, int]]:
        """Keys with the offsets in the original of the word that showed them, by where it ends."""
        found: list[tuple[str, int, int]] = []
        if self._empty or not normal.text:
            return found
        text, size, offsets, latin = normal.text, len(normal.text), normal.offsets, _LATIN
        for last, (length, opens, closes, claims) in self._automaton.iter(text):
            start = last + 1 - length
            if opens and start and text[start - 1] in latin:
                continue
            whole = True
            if closes and last + 1 < size and text[last + 1] in latin:
                whole = text[last + 1] == "s" and (last + 2 >= size or text[last + 2] not in latin)
            first, end = offsets[start], offsets[last] + 1
            for key, open_ended in claims:
                if whole or open_ended:
                    found.append((key, first, end))
        return found


_STOP_ZH = re.compile(
    r"[的地得了着过和与及或等能会可以有在把将从对向给为是做到上下中里并且也都及其很较"
    r"，。、；：！？（）()《》“”\"',.;:!?/\s\d+%≥>=～~—\-]+"
)


@functools.cache
def _vague_zh() -> re.Pattern[str]:
    return re.compile("|".join(sorted(word for word in vague() if not word.isascii())))


_WORD = re.compile(r"[a-z][a-z0-9+#./-]*[a-z0-9+#]|[a-z]")
_HAN = re.compile("[\u4e00-\u9fff]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s", "e", "y")
_LEAST_STEM = 4


@functools.cache
def vague() -> frozenset[str]:
    """Words that say nothing about a trade, in both languages."""
    return frozenset(f"{_content()['vague']['zh']} {_content()['vague']['en']}".split())


def stem(word: str) -> str:
    """An English word without its ending, as the beginning that its forms share."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word


def pieces(phrase: str) -> list[str]:
    """The telling parts of a phrase, as `WordFinder` takes them.

    Han: words between function words, those of four and more characters in pairs; Latin: stems.

    >>> pieces("静脉穿刺、采血")
    ['静脉', '穿刺', '采血']
    >>> pieces("tunes databases")
    ['tune*', 'databas*']
    """
    folded = key_of(phrase)
    found: list[str] = []
    for chunk in _STOP_ZH.split(folded):
        for run in _HAN.findall(_vague_zh().sub(" ", chunk)):
            found += _han_pieces(run)
    for word in _WORD.findall(folded):
        if word not in vague() and len(word) > 1:
            short = len(word) <= _LEAST_STEM
            found.append(word if short else stem(word) + "*")
    return list(dict.fromkeys(found))


def _han_pieces(run: str) -> list[str]:
    if len(run) < 2 or run in vague():
        return []
    if len(run) <= 3:
        return [run]
    if len(run) == 4:
        halves = [run[:2], run[2:]]
    else:
        halves = [run[i : i + 2] for i in range(0, len(run) - 1, 2)]
        if len(run) % 2:
            halves.append(run[-2:])
    return [half for half in halves if half not in vague()]
