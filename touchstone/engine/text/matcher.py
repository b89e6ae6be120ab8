"""Finds aliases of concepts in a text: one pass of an Aho-Corasick automaton, then the guards.

An alias counts as a whole word where it begins or ends with a Latin letter or digit. Of aliases
within one another the longest stays. An alias that is also an ordinary word or a name carries a
`Guard`, which looks at its spelling and at what stands around it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick

from touchstone.engine.text.normalize import MASK, Normalized, key_of, normalized

_BEFORE_CHARS = 24
_AFTER_CHARS = 24
_PLURAL_LETTERS = 4
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_DIGITS = frozenset("0123456789")
_LIST_BEFORE = re.compile(
    r"(?:^|[,，、/|;；:：•·\t\n(（&+]|和|与|及|或|用|过|是|为|会|懂|学|写|熟悉|了解|掌握|\band|\bor|\bin|\bwith)\s*$"
)
_LIST_AFTER = re.compile(
    r"\s*(?:$|[,，、/|;；。\t\n)）&(（]|\.(?:\s|$)|等|和|与|及|或|语言|\band\b|\bor\b)"
)
# "北京云测数据科技有限公司" names a company, not what anyone can do.
_IN_A_NAME = re.compile(
    r"[^\s,，。;；:：、|/()（）]{0,10}?(?:有限公司|股份|集团|研究院|研究所|学院|大学|科技公司)"
)


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold for an alias to count.

    Attributes:
        case: how it must be spelt; "" for any way.
        after: must match just behind it, ``not_after`` must not.
        before: must match what leads up to it, ``not_before`` must not.
        near: must be found in the same line, around the alias; ``not_near`` must not.
        listed: it may also count as an item of a list beside another tool or skill.
    """

    case: str = ""
    after: str = ""
    not_after: str = ""
    before: str = ""
    not_before: str = ""
    near: str = ""
    not_near: str = ""
    listed: bool = False


class Alias(NamedTuple):
    """A spelling of a concept; ``practical`` ones beside it vouch for a doubtful item of a list."""

    text: str
    concept: str
    guard: Guard | None = None
    practical: bool = False


class Hit(NamedTuple):
    """A concept at ``text[start:end]`` of the original."""

    concept: str
    start: int
    end: int


class AliasMatcher:
    """The compiled form of many aliases; reading a text changes nothing in it."""

    def __init__(self, aliases: Iterable[Alias]) -> None:
        self._aliases: dict[str, list[Alias]] = {}
        for alias in aliases:
            for key in _keys(alias.text):
                if MASK in key:  # a name like an address is never seen in a text
                    continue
                claims = self._aliases.setdefault(key, [])
                if all(claim.concept != alias.concept for claim in claims):
                    claims.append(alias)
        self._automaton = ahocorasick.Automaton()
        for key in self._aliases:
            self._automaton.add_word(key, key)
        if self._aliases:
            self._automaton.make_automaton()

    def claims(self, name: str) -> tuple[str, ...]:
        """Concepts that have exactly this name or alias, guards left aside."""
        return tuple(alias.concept for alias in self._aliases.get(key_of(name), ()))

    def find(self, text: str) -> list[Hit]:
        """Concepts in a text in the order in which they stand."""
        return self.find_in(normalized(text))

    def find_in(self, normal: Normalized) -> list[Hit]:
        """The same of a text that has been normalised."""
        if not self._aliases or not normal.text:
            return []
        certain: list[Hit] = []
        doubtful: list[tuple[Alias, int, int]] = []
        practical: list[tuple[int, int]] = []
        for start, end, key in self._longest(normal.text):
            first, last = normal.span(start, end)
            for alias in self._aliases[key]:
                if alias.guard is not None:
                    doubtful.append((alias, first, last))
                elif not _IN_A_NAME.match(normal.flat, last):
                    certain.append(Hit(alias.concept, first, last))
                    if alias.practical:
                        practical.append((first, last))
        for alias, first, last in doubtful:
            if _allowed(alias, normal, first, last, practical):
                certain.append(Hit(alias.concept, first, last))
        certain.sort(key=lambda hit: (hit.start, hit.end))
        return certain

    def _longest(self, text: str) -> list[tuple[int, int, str]]:
        """Whole-word matches that lie in no longer one, by their start."""
        found: list[tuple[int, int, str]] = []
        size = len(text)
        for last, key in self._automaton.iter(text):
            end = last + 1
            start = end - len(key)
            if key[0] in _LATIN and start and text[start - 1] in _LATIN:
                continue
            if key[-1] in _LATIN and end < size and text[end] in _LATIN:
                tail = _tail(key, text, end)
                if not tail:
                    continue
                end += tail
            while found and found[-1][0] >= start:
                found.pop()
            if not found or found[-1][1] < end:
                found.append((start, end, key))
        return found


def _tail(key: str, text: str, end: int) -> int:
    """Length of a plural's "s" or a version number behind an alias; 0 where the word goes on."""
    if len(key) < _PLURAL_LETTERS and not (key.isalpha() and len(key) == 3):
        return 0
    stop = end
    if text[stop] == "s" and key[-1] not in _DIGITS:
        stop += 1
    elif key[-1] not in _DIGITS and len(key) >= _PLURAL_LETTERS:
        while stop < len(text) and text[stop] in _DIGITS:
            stop += 1
    whole = stop > end and (stop == len(text) or text[stop] not in _LATIN)
    return stop - end if whole else 0


def _keys(alias: str) -> set[str]:
    """Forms under which an alias is looked for: with a space for its hyphen, and closed up."""
    key = key_of(alias)
    keys = {key}
    if "-" in alias and " " in key and key.isascii():
        keys.add(key.replace(" ", ""))
    return keys


def _allowed(
    alias: Alias, normal: Normalized, start: int, end: int, practical: Sequence[tuple[int, int]]
) -> bool:
    guard = alias.guard
    if guard is None:
        return True
    flat = normal.flat
    if guard.case and not _spelt(guard.case, normal.original[start:end]):
        return False
    before = flat[max(0, start - _BEFORE_CHARS) : start]
    after = flat[end : end + _AFTER_CHARS]
    if guard.not_after and _compiled(guard.not_after).match(after):
        return False
    if guard.not_before and _compiled(guard.not_before).search(before):
        return False
    first = flat.rfind("\n", 0, start) + 1
    last = flat.find("\n", end)
    last = len(flat) if last < 0 else last
    if guard.not_near and _stands_near(guard.not_near, flat, (first, start), (end, last)):
        return False
    if not (guard.after or guard.before or guard.near or guard.listed):
        return True
    if guard.after and _compiled(guard.after).match(after):
        return True
    if guard.before and _compiled(guard.before).search(before):
        return True
    if guard.near and _stands_near(guard.near, flat, (first, start), (end, last)):
        return True
    if guard.listed and _LIST_BEFORE.search(before) and _LIST_AFTER.match(after):
        return any(first <= a < last for a, _ in practical)
    return False


def _stands_near(pattern: str, flat: str, *parts: tuple[int, int]) -> bool:
    near = _compiled(pattern)
    return any(near.search(flat, first, last) for first, last in parts)


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _spelt(case: str, written: str) -> bool:
    """Whether a word is written in this case, spaces and hyphens aside."""
    letters = [ch for ch in case if ch.isalnum()]
    return [
        chr(ord(ch) - 0xFEE0) if "\uff01" <= ch <= "\uff5e" else ch
        for ch in written
        if ch.isalnum()
    ][: len(letters)] == letters
