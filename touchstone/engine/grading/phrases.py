"""Phrases looked for word by word: exact, quotable, the same for everybody.

A phrase may have gaps, written "…": its parts then stand in this order within one sentence. Case,
width of letters and spaces do not matter. A phrase that is waived ("no need to …", 不必……) does
not count as said.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

GAP_ZH = r"[^。！？!?;；\n]{0,24}?"
GAP_EN = r"(?:(?!\.\s)[^。！？!?;；\n]){0,60}?"
_WAIVED = re.compile(
    r"(?:无需|不必|不用|不需要|没必要|no need to|need not|needn't|don't have to|do not have to"
    r"|don't need to|do not need to)\s*\w{0,4}\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a phrase stands: ``text[start:end]`` are its words."""

    phrase: str
    start: int
    end: int


def plain(text: str) -> str:
    """The text in lower case and half width, letter for letter, so that offsets stay."""
    return "".join(_letter(c) for c in text)


@functools.lru_cache(8192)
def _letter(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter).lower()
    return folded if len(folded) == 1 else letter


def find_phrase(phrase: str, text: str) -> Found | None:
    """The first place where the phrase is said and not waived."""
    folded = plain(text)
    for match in _pattern(phrase).finditer(folded):
        if not _WAIVED.search(folded[max(0, match.start() - 20) : match.start()]):
            return Found(phrase, match.start(), match.end())
    return None


def first_phrase(phrases: Iterable[str], text: str) -> Found | None:
    """The earliest of the phrases that the text says; of two at one place the longer."""
    hits = [hit for phrase in phrases if (hit := find_phrase(phrase, text)) is not None]
    return min(hits, key=lambda hit: (hit.start, -hit.end), default=None)


@functools.lru_cache(8192)
def _pattern(phrase: str) -> re.Pattern[str]:
    parts = [_part(plain(part.strip())) for part in phrase.split("…") if part.strip()]
    gap = GAP_EN if phrase.isascii() or phrase.replace("…", "").isascii() else GAP_ZH
    return re.compile(gap.join(parts))


def _part(part: str) -> str:
    words = [re.escape(word) for word in part.split()]
    joined = r"\s+".join(words) if part.isascii() else r"\s*".join(words)
    return rf"(?<![a-z0-9]){joined}" if part[0].isascii() and part[0].isalnum() else joined
