"""Whose a concept is and whether it is there: polarity by clause.

A sentence is cut into clauses at commas and at words of contrast. A cue speaks within its clause;
a clause that only goes on listing things ("没用过 Java、C++，Go") takes over the polarity of the
one before. Someone else as the subject stays the subject until another is named.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from touchstone.engine.text.cues import Cues, cues
from touchstone.engine.text.normalize import is_wrapped

Polarity = Literal["own", "negated", "wished", "other_person", "team", "past"]

_STOP = re.compile(r"[。！？!?；;\n.](?:(?<!\.)|(?=\s|$))")
_PEOPLE = frozenset({"people"})
_MOST_CHARS = 600  # of one sentence
_SUBJECT_REACH = 14  # characters of adverbials that may precede a clause's subject
_SUBJECT_CHARS = _SUBJECT_REACH + 40  # the longest such subject ends within
_ASIDE_CHARS = 14
_ASIDE = re.compile(r"\s?\((?!均|都|both|all\b)([^()]{1,40})\)")
_CUT = re.compile(
    r"[,，]|:(?=\s*[^\s\d])|(?<!合)并且|(?<![合兼归])并(?=[^且未没不非发行列网购])"
    r"|(?:但是|但|不过|然而|而是|可是|却(?!步)|反而|另外|此外|同时|目前(?=[负主在从])|现在(?=[负主用从]))"
    r"|\b(?:but|however|though|although|whereas|while)\b"
    r"|\band\s+(?=(?:i\s+)?(?:have|has|built|used|use|worked|led|am|know|now|then|handled|did|wrote|trained)\b)"
)
# "脱敏后由医院抽检": what stands before is still one's own.
_THEN = re.compile(r"(?:后|并|再|然后)\s*$")
_WHO = re.compile(r"\s*(?:who|which)\s")
# The group is empty where a word stands alone; a set of characters first lets `re` leap to it.
_LATIN_RUN = re.compile(r"[a-z'+#/]++((?:[^a-z\u4e00-\u9fff\n]{1,3}[a-z][a-z'+#/]*+)*)")
_VERB = re.compile(r"[a-z]+(?:-[a-z]+)?ed|清洗|标注|部署|上线|微调|评测|转写|质检|调参")
_RELATIVE = re.compile(r"\s+(?:who|that)\s+\w+")
_CONTRASTS = re.compile(
    r"但是|但|不过|然而|而是|可是|却|反而|另外|此外|同时|并|目前|现在|but|however|though|although|whereas|while|and"
)


class Sentence(NamedTuple):
    """``flat[start:end]``; ``line`` is where the line it stands in begins."""

    start: int
    end: int
    line: int


@functools.lru_cache(maxsize=4)
def sentences(flat: str) -> tuple[Sentence, ...]:
    """Sentences of a text; a line ends one unless it is wrapped."""
    return tuple(_sentences(flat))


def _sentences(flat: str) -> Iterator[Sentence]:
    start = line = 0
    for match in _STOP.finditer(flat):
        newline = match[0] == "\n"
        if newline and is_wrapped(flat, match.start()):
            continue
        yield from _bounded(flat, start, match.start(), line)
        start = match.end()
        if newline:
            line = start
    yield from _bounded(flat, start, len(flat), line)


def _bounded(flat: str, start: int, end: int, line: int) -> Iterator[Sentence]:
    """One sentence; one without end in several, cut behind commas, as reading takes a time that
    grows with the square of its length."""
    while end - start > _MOST_CHARS:
        comma = max(flat.rfind(sign, start, start + _MOST_CHARS) for sign in ",、 ")
        cut = comma + 1 if comma > start else start + _MOST_CHARS
        yield Sentence(start, cut, line)
        start = cut
    if end > start:
        yield Sentence(start, end, line)


def polarities(
    flat: str, sentence: Sentence, mentions: Sequence[tuple[int, int]]
) -> list[Polarity]:
    """The polarity of each mention of one sentence.

    Args:
        flat: the flattened text.
        sentence: whose mentions they are.
        mentions: offsets, in order.
    """
    words = cues()
    if not possible_cues(flat, sentence.start, sentence.end):
        return ["own"] * len(mentions)
    masked = _masked(flat, sentence, mentions)
    kinds = _kinds_in(masked)
    if not kinds:
        return ["own"] * len(mentions)
    return _SentenceReading(words, kinds, masked, sentence.start, mentions).judged()


def possible_cues(flat: str, start: int, end: int) -> frozenset[str]:
    """Which of negated, wished, past and people a stretch of text may have cues of."""
    return frozenset(
        kind
        for kind, places in _hints(flat).items()
        if (at := bisect_left(places, start)) < len(places) and places[at] < end
    )


@functools.lru_cache(maxsize=4)
def _hints(flat: str) -> dict[str, list[int]]:
    """Where a text has hints of each kind, found in one go."""
    found: dict[str, list[int]] = {}
    for end, kinds in cues().hints.iter(flat):
        for kind in kinds:
            found.setdefault(kind, []).append(end)
    latin = [match.span() for match in _LATIN_RUN.finditer(flat) if match[1]]
    for kind, pattern in cues().hints_en.items() if latin else ():
        places = [m.start() for start, end in latin for m in pattern.finditer(flat, start, end)]
        if places:
            found[kind] = sorted([*found.get(kind, ()), *places])
    return found


def _kinds_in(masked: str) -> frozenset[str]:
    """The same of one sentence whose mentions are blotted out."""
    found = {kind for _, kinds in cues().hints.iter(masked) for kind in kinds}
    if any(match[1] for match in _LATIN_RUN.finditer(masked)):
        found.update(k for k, pattern in cues().hints_en.items() if pattern.search(masked))
    return frozenset(found)


def _masked(flat: str, sentence: Sentence, mentions: Sequence[tuple[int, int]]) -> str:
    """The sentence with its mentions blotted out, so that no cue is seen inside a concept.

    One that names people ("算法团队") stays, as it may be the subject, and so does a verb, as it
    may be what the subject does or what is done with it ("带领").
    """
    parts: list[str] = []
    done = sentence.start
    for start, end in mentions:
        if end <= done:
            continue
        start, end = max(start, done), min(end, sentence.end)
        said = flat[start:end]
        parts.append(flat[done:start])
        parts.append(said if _tells(said) else "x" * (end - start))
        done = end
    parts.append(flat[done : sentence.end])
    return "".join(parts).replace("\n", " ")


@functools.lru_cache(maxsize=8192)
def _tells(said: str) -> bool:
    """Whether a mention's own words are needed to tell who does what."""
    words = cues()
    if words.others.search(said) or words.team.fullmatch(said) or _VERB.fullmatch(said):
        return True
    return words.no_subject.search(said + " ") is not None


class _SentenceReading:
    """Goes through the clauses of one sentence, carrying polarity and subject along."""

    def __init__(
        self,
        words: Cues,
        kinds: frozenset[str],
        text: str,
        offset: int,
        mentions: Sequence[tuple[int, int]],
    ) -> None:
        self._words = words
        self._kinds = kinds
        self._mentions = [(start - offset, end - offset) for start, end in mentions]
        self._asides: dict[int, Polarity] = {}
        self._text = self._without_asides(text)
        self._carried: Polarity = "own"
        self._subject: Polarity = "own"
        self._searched: dict[tuple[re.Pattern[str], int], tuple[int, re.Match[str] | None]] = {}

    def _next(self, pattern: re.Pattern[str], start: int, end: int) -> re.Match[str] | None:
        """The first match between two offsets, looked for once for all mentions before it."""
        known = self._searched.get((pattern, end))
        if known is not None and known[0] <= start:
            match = known[1]
            if match is None or match.start() >= start:
                return match
        match = pattern.search(self._text, start, end)
        self._searched[pattern, end] = (start, match)
        return match

    def _without_asides(self, text: str) -> str:
        """The sentence with "(没写过项目)" blanked out, once it is known whose aside it is."""
        if "(" not in text:
            return text
        for index, (_, end) in enumerate(self._mentions):
            aside = _ASIDE.match(text, end)
            if not aside or any(aside.start() <= a < aside.end() for a, _ in self._mentions):
                continue
            inner = aside[1]
            for patterns, polarity in (
                ((self._words.negated, self._words.negated_back), "negated"),
                ((self._words.wished, self._words.wished_back), "wished"),
                ((self._words.past, self._words.past_back), "past"),
            ):
                if any(p.search(inner) or p.search(aside[0]) for p in patterns):
                    self._asides[index] = polarity  # type: ignore[assignment]
                    break
            blank = " " * (aside.end() - aside.start())
            text = text[: aside.start()] + blank + text[aside.end() :]
        return text

    def judged(self) -> list[Polarity]:
        verdicts: list[Polarity] = ["own"] * len(self._mentions)
        previous: list[int] = []
        for start, end, contrast in self._clauses():
            inside = [i for i, (a, _) in enumerate(self._mentions) if start <= a < end]
            spoken = self._clause(start, end, contrast, inside)
            for index, polarity in zip(inside, spoken, strict=True):
                verdicts[index] = polarity
            back = self._looks_back(start, end) if previous and not inside else "own"
            if back != "own":
                for index in previous:
                    verdicts[index] = back if verdicts[index] == "own" else verdicts[index]
            previous = inside or previous
        return verdicts

    def _clauses(self) -> Iterator[tuple[int, int, bool]]:
        start, contrast = 0, False
        for match in _CUT.finditer(self._text):
            if any(a < match.start() < b for a, b in self._mentions):
                continue
            if match.start() > start:
                yield start, match.start(), contrast
            contrast = bool(_CONTRASTS.match(match[0]))
            start = match.start() if match[0] in {"目前", "现在"} else match.end()
        if start < len(self._text):
            yield start, len(self._text), contrast

    def _looks_back(self, start: int, end: int) -> Polarity:
        """What a clause without mentions says of those before it: "…，已生疏", "…，正在学习中"."""
        words, text = self._words, self._text
        if "past" in self._kinds and words.past_back.search(text, start, end):
            return "past"
        if end - start > _ASIDE_CHARS:
            return "own"
        if "wished" in self._kinds and words.wished_back.search(text, start, end):
            return "wished"
        if "negated" in self._kinds and words.negated_back.search(text, start, end):
            return "negated"
        return "own"

    def _clause(self, start: int, end: int, contrast: bool, inside: list[int]) -> list[Polarity]:
        words, text = self._words, self._text
        subject = self._subject_of(start, end)
        # Where only people are spoken of, nothing is carried from clause to clause.
        carries = self._kinds != _PEOPLE
        returns = subject == "own" != self._subject
        own = (carries or returns) and words.own.search(text, start, end)
        if subject != "own":
            self._subject = subject
        elif own:
            self._subject = "own"
        forward = self._forward(start, end)
        bare = carries and not (forward or own or words.predicate.search(text, start, end))
        if contrast or not bare:
            self._carried = "own"
        verdicts = [self._one(i, start, end, forward, bare) for i in inside]
        if forward and self._speaks_on(max(forward)[0], end):
            self._carried = max(forward)[1]
        return verdicts

    def _speaks_on(self, cue: int, end: int) -> bool:
        """Whether a cue is about concepts, so that a list after it is as well."""
        return self._mention_after(cue, end) or end - cue <= 2

    def _subject_of(self, start: int, end: int) -> Polarity:
        """Whose doing the clause is, where someone else is named as its subject."""
        words, text = self._words, self._text
        if "people" not in self._kinds:
            return "own"
        done_by = words.done_by.search(text, start, end)
        if done_by and not _THEN.search(text, start, done_by.start()):
            return "other_person"
        if _WHO.match(text, start) and words.others.search(text, 0, start):
            return "other_person"
        for pattern, polarity in ((words.others, "other_person"), (words.team, "team")):
            for match in pattern.finditer(text, start, min(end, start + _SUBJECT_CHARS)):
                if match.start() - start > _SUBJECT_REACH:
                    break
                before = text[start : match.start()]
                if words.no_subject.search(before) or words.own.search(before):
                    continue
                if words.follows.match(text, match.end(), end):
                    return polarity  # type: ignore[return-value]
        return "own"

    def _forward(self, start: int, end: int) -> list[tuple[int, Polarity]]:
        """Where in the clause something begins to be negated, wished for or of the past."""
        words, text = self._words, self._text
        found: list[tuple[int, Polarity]] = []
        for pattern, polarity in (
            (words.negated, "negated"),
            (words.wished, "wished"),
            (words.past, "past"),
        ):
            if polarity not in self._kinds:
                continue
            found += [(m.end(), polarity) for m in pattern.finditer(text, start, end)]  # type: ignore[misc]
        return found

    def _one(
        self, index: int, start: int, end: int, forward: list[tuple[int, Polarity]], bare: bool
    ) -> Polarity:
        first, last = self._mentions[index]
        if index in self._asides:
            return self._asides[index]
        said = [cue for cue in forward if cue[0] <= first]
        if said:
            return max(said)[1]
        later = any(a > first for a, _ in self._mentions if a < end)
        words = self._words
        if "negated" in self._kinds and self._lies_between(first, last, start, end):
            return "negated"
        for pattern, polarity in (
            (words.negated_back, "negated"),
            (words.wished_back, "wished"),
            (words.past_back, "past"),
        ):
            if polarity not in self._kinds:
                continue
            match = self._next(pattern, last, end)
            if match and not (later and self._mention_after(match.end(), end)):
                return polarity  # type: ignore[return-value]
        if self._subject != "own":
            return self._subject
        if "people" in self._kinds and self._theirs_by_relation(start, first):
            return "other_person"
        return self._carried if bare else "own"

    def _theirs_by_relation(self, start: int, first: int) -> bool:
        """Whether "engineers who used" leads up to a mention."""
        return ("who" in self._text or "that" in self._text) and any(
            _RELATIVE.match(self._text, person.end())
            for person in self._words.others.finditer(self._text, start, first)
        )

    def _mention_after(self, offset: int, end: int) -> bool:
        return any(offset <= a < end for a, _ in self._mentions)

    def _lies_between(self, first: int, last: int, start: int, end: int) -> bool:
        for opening, closing in self._words.between:
            ends = [match.end() for match in opening.finditer(self._text, start, first)]
            # What closes the last that was opened closes those before it as well.
            if (
                ends
                and not closing.search(self._text, ends[-1], first)
                and self._next(closing, last, end)
            ):
                return True
        return False
