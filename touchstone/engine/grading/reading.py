"""An answer read into tokens with offsets, clauses and sentences, each token with its polarity."""

from __future__ import annotations

import functools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from touchstone.engine.grading.lexicon import (
    cues,
    segmenter,
    stem,
    synonyms,
    weight,
)

_RUN = re.compile(
    r"(?P<han>[㐀-鿿]+)|(?P<word>[^\W_㐀-鿿]+(?:[.'’+#/%-]*[^\W_㐀-鿿]+)*[+#%]*)"
    r"|(?P<mark>[^\w\s]|_)|(?P<line>\n)"
)
_CLAUSE_END = frozenset("，,；;。！？!?\n:：.…—")
_SENTENCE_END = frozenset("。！？!?\n;；.…")
_MAX_TERM = 3
_PREFIXES = frozenset("非无未")
"""They turn one item of a list: 非接触性、同时性."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it stands at ``start:end``; ``key`` is its sense or stem, ``sign`` its polarity."""

    text: str
    key: str
    start: int
    end: int
    sign: int
    weight: float


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens ``first:last`` of a reading, and the characters they cover."""

    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its tokens (marks left out), clauses, sentences and classes for word order."""

    text: str
    tokens: tuple[Token, ...]
    clauses: tuple[Span, ...]
    sentences: tuple[Span, ...]
    words: tuple[str, ...]
    """Every word and mark in order, lower case, for judging word order."""


def normalised(text: str) -> str:
    """Lower case, full width to half width, character by character: offsets stay the same."""
    return "".join(_normal_character(c) for c in text)


@functools.cache
def _normal_character(c: str) -> str:
    if c in "，。；：！？（）":
        return c
    n = unicodedata.normalize("NFKC", c).lower()
    return n if len(n) == 1 else c


def read(text: str) -> Reading:
    """Reads a text in Chinese, English or both. Offsets count code points of ``text``."""
    normal = normalised(text)
    pieces = _pieces(normal)
    raw: list[tuple[str, str, int, int, int]] = []
    breaks: list[int] = []
    stops: list[int] = []
    words: list[str] = []
    for index, (word, start, end) in enumerate(pieces):
        words.append(word)
        if not word[0].isalnum() or word == "\n":
            if word in _CLAUSE_END:
                breaks.append(len(raw))
            if word in _SENTENCE_END:
                stops.append(len(raw))
            continue
        _append(raw, pieces, index, word, start, end)
    signs = _signs(normal, raw, breaks, stops)
    tokens = tuple(
        Token(word, key, start, end, sign * signs[i], weight(word))
        for i, (word, key, start, end, sign) in enumerate(raw)
    )
    return Reading(text, tokens, _spans(tokens, breaks), _spans(tokens, stops), tuple(words))


def _append(
    raw: list[tuple[str, str, int, int, int]],
    pieces: list[tuple[str, int, int]],
    index: int,
    word: str,
    start: int,
    end: int,
) -> None:
    senses = synonyms()
    if word.isascii():
        for length in range(_MAX_TERM, 1, -1):
            term = " ".join(p[0] for p in pieces[index : index + length])
            if term in senses:
                raw.append((word, senses[term].name, start, end, senses[term].sign))
                return
        sense = senses.get(word) or senses.get(stem(word))
        key = sense.name if sense else stem(word)
    else:
        sense = senses.get(word)
        key = sense.name if sense else word
    raw.append((word, key, start, end, sense.sign if sense else 1))


def _pieces(normal: str) -> list[tuple[str, int, int]]:
    pieces: list[tuple[str, int, int]] = []
    for match in _RUN.finditer(normal):
        if match.lastgroup != "han":
            pieces.append((match.group(), match.start(), match.end()))
            continue
        at = match.start()
        for word in segmenter().cut(match.group(), HMM=False):
            pieces.append((word, at, at + len(word)))
            at += len(word)
    return pieces


def _spans(tokens: tuple[Token, ...], breaks: list[int]) -> tuple[Span, ...]:
    spans: list[Span] = []
    first = 0
    for last in [*breaks, len(tokens)]:
        if last > first:
            spans.append(Span(first, last, tokens[first].start, tokens[last - 1].end))
            first = last
    return tuple(spans)


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    def joined(name: str) -> str:
        words = cues()[name]
        zh = sorted(map(str, words["zh"]), key=len, reverse=True)
        en = sorted(map(str, words["en"]), key=len, reverse=True)
        ends = "|".join(rf"\b{re.escape(w)}\b" for w in en)
        return "|".join([*map(re.escape, zh), ends])

    negators = (
        f"(?P<skip>{joined('not_negation')})|(?P<unsure>{joined('unsure')})"
        f"|(?P<negator>{joined('negation')})"
    )
    return re.compile(negators), re.compile(joined("scope_end")), re.compile(joined("denial"))


def _signs(
    normal: str, raw: list[tuple[str, str, int, int, int]], breaks: list[int], stops: list[int]
) -> list[int]:
    """+1, −1 or 0 (unknown) for every token: a negator turns what follows it in its clause.

    A negator right before a colon governs the list behind the colon; a denied statement, all of
    the sentence. Words whose opposite is already in their sense are not turned twice.
    """
    signs = [1] * len(raw)
    if not raw:
        return signs
    negators, scope_end, denials = _patterns()
    denied = [match.span() for match in denials.finditer(normal)]
    starts = [start for _, _, start, _, _ in raw]
    then = [start for word, _, start, _, _ in raw if word == "就"]
    for match in negators.finditer(normal):
        inside = any(start <= match.start() < end for start, end in denied)
        if match.lastgroup == "skip" or inside or _asks(normal, match):
            continue
        clause_end = _scope(normal, match.end(), scope_end)
        after = bisect_right(then, match.end())
        clause_end = min([clause_end, _item_end(normal, match), *then[after : after + 1]])
        for i in range(bisect_left(starts, match.end()), bisect_left(starts, clause_end)):
            if raw[i][3] <= clause_end:
                signs[i] = 0 if match.lastgroup == "unsure" else -signs[i]
    _turn_topics(signs, normal, raw)
    for match in denials.finditer(normal):
        forward = match.end() < len(normal) - 2
        for i, (_, _, start, _, _) in enumerate(raw):
            if (start >= match.end()) if forward else (start < match.start()):
                signs[i] = -signs[i]
    return signs


def _item_end(normal: str, match: re.Match[str]) -> int:
    """Where the item of a list ends that alone is denied: by a prefix, or behind the first one."""
    inside = _ITEM.search(normal, max(0, match.start() - REACH), match.start())
    if match.group() not in _PREFIXES and inside is None:
        return len(normal)
    end = _ITEM_END.search(normal, match.end())
    return end.start() if end else len(normal)


_ITEM = re.compile(r"、[^，,；;。！!？?\n]*$")
_ITEM_END = re.compile(r"[、（(和与及]")
_NEXT_TO = 3
_ANNOUNCES = re.compile(r"以下|下列|下面|如下|这些|这几|following|these|below|any of")
_STOP = re.compile(r"[。！!？?\n]")
SCOPE = 300
"""Characters that a negator reaches at the most; sentences end sooner."""
REACH = 120
"""Characters of a sentence that are looked at around a negator."""
_SENTENCE = re.compile(r"[^。！!？?\n.]*$")
_RHETORICAL = re.compile(r"难道|何尝|岂|莫非")


def _turn_topics(signs: list[int], normal: str, raw: list[tuple[str, str, int, int, int]]) -> None:
    """A clause whose topic comes first and is then waved away: 规范不用改, "X is pointless"."""
    for match in _waved().finditer(normal):
        if _asks(normal, match):
            continue
        before = _CLAUSE.search(normal, max(0, match.start() - REACH), match.start())
        first = before.start() if before else match.start()
        for i, (_, _, start, end, _) in enumerate(raw):
            if start >= first and end <= match.start():
                signs[i] = -1 if signs[i] > 0 else signs[i]


@functools.cache
def _waved() -> re.Pattern[str]:
    words = cues()["waved_away"]
    english = "|".join(rf"\b{re.escape(w)}\b" for w in words["en"])
    return re.compile("|".join([*map(re.escape, words["zh"]), english]))


_CLAUSE = re.compile(r"[^，,；;。！!？?\n.：:]*$")


def _asks(normal: str, match: re.Match[str]) -> bool:
    """Whether the negator only makes a question of its sentence: "Isn't it …?", 难道不……吗."""
    stop = _STOP.search(normal, match.end(), match.end() + REACH)
    if stop is None or stop.group() not in "？?":
        return False
    end = stop.start()
    opened = _SENTENCE.search(normal, max(0, match.start() - REACH), match.start())
    before = opened.group() if opened else ""
    if match.group().isascii():
        return not before.strip() and match.group().endswith(("n't", "n’t"))
    tagged = match.group() == "不是" and normal[end - 1] == "吗"
    return tagged or bool(_RHETORICAL.search(before))


def _scope(normal: str, start: int, scope_end: re.Pattern[str]) -> int:
    """Where the scope of a negator that ends at ``start`` stops."""
    listing = False
    last = min(len(normal), start + SCOPE)
    for at in range(start, last):
        c = normal[at]
        if c in "：:" and not listing:
            if at - start > _NEXT_TO and not _ANNOUNCES.search(normal, start, at):
                return at
            listing = True
            continue
        if c in "。！？!?\n" or (c == "." and not normal[at + 1 : at + 2].isdigit()):
            return at
        if c in "，,；;" and not listing:
            return at
        match = scope_end.match(normal, at)
        if match and at > start and not listing:
            return at
    return last
