"""What a text says about which concepts, whose they are and how strongly it speaks for them.

>>> [(m.concept, m.polarity) for m in find_mentions("熟悉 PyTorch，没用过 TensorFlow")]
[('pytorch', 'own'), ('tensorflow', 'negated')]
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from touchstone.engine.text.clauses import Polarity, Sentence, polarities, sentences
from touchstone.engine.text.cues import cues
from touchstone.engine.text.matcher import Hit
from touchstone.engine.text.normalize import Normalized, normalized
from touchstone.engine.text.taxonomy import Taxonomy, taxonomy

Strength = Literal["listed", "used", "result"]
SectionKind = Literal[
    "skills", "work", "project", "education", "summary", "wish", "reference", "other"
]
_NEXT_CHARS = 120  # how far on in the same line a result may stand
_BARE_LINE = 14
_ITEM = re.compile(r"\s*(?:[•●○◦▪■□◆◇➢►▶✓√★☆·*\-–—]|[(（]?\d{1,2}[)）.、]|[①-⑳])")
_OF_THE_SECTION: dict[str, Polarity] = {"wish": "wished", "reference": "other_person"}


@dataclass(frozen=True, slots=True)
class SectionSpan:
    """A part of a text, from ``start`` to ``end``, of a kind that tells how to read it."""

    start: int
    end: int
    kind: SectionKind


class Mention(NamedTuple):
    """A concept at ``text[start:end]``.

    Attributes:
        polarity: own | negated | wished | other_person | team | past.
        strength: listed | used | result: it only stands there, it was done, and something came
            of it. Saying it again adds nothing.
    """

    concept: str
    start: int
    end: int
    polarity: Polarity
    strength: Strength


def find_mentions(
    text: str, spans: Sequence[SectionSpan] = (), *, concepts: Taxonomy | None = None
) -> tuple[Mention, ...]:
    """Concepts in a text, in the order in which they stand.

    Args:
        text: as it is; offsets of the result are its own.
        spans: its sections, in order; what lies outside them counts as "other".
        concepts: another taxonomy than the built-in one.
    """
    normal = normalized(text)
    return judged_hits(normal, (concepts or taxonomy()).matcher.find_in(normal), spans)


def judged_hits(
    normal: Normalized, hits: Sequence[Hit], spans: Sequence[SectionSpan] = ()
) -> tuple[Mention, ...]:
    """Polarity and strength of whatever was found in a text, in the order in which it stands.

    Args:
        hits: of concepts or of anything else that may be had, negated or wished for, by start.
    """
    if not hits:
        return ()
    found: list[Mention] = []
    flat = normal.flat
    lines = _Lines(flat)
    starts = [span.start for span in spans]
    position = 0
    for sentence, following in _pairs(flat):
        first = position
        while position < len(hits) and hits[position].start < sentence.end:
            position += 1
        inside = hits[first:position]
        if not inside:
            continue
        kind = _kind_at(spans, starts, inside[0].start)
        whole = _OF_THE_SECTION.get(kind) or lines.polarity(sentence.line)
        strength = _strength(flat, sentence, following, kind)
        if whole:
            judged: list[Polarity] = [whole] * len(inside)
        else:
            judged = polarities(flat, sentence, [(h.start, h.end) for h in inside])
        found.extend(
            Mention(hit.concept, hit.start, hit.end, polarity, strength)
            for hit, polarity in zip(inside, judged, strict=True)
        )
    return tuple(found)


def _pairs(flat: str) -> list[tuple[Sentence, Sentence | None]]:
    every = list(sentences(flat))
    return list(zip(every, [*every[1:], None], strict=True))


def _kind_at(spans: Sequence[SectionSpan], starts: list[int], offset: int) -> str:
    index = bisect_right(starts, offset) - 1
    return spans[index].kind if index >= 0 and offset < spans[index].end else "other"


class _Lines:
    """Lines that speak of the company or of what it asks for, not of the person."""

    def __init__(self, flat: str) -> None:
        self._flat = flat
        words = cues()
        self._possible = bool(
            re.search(
                r"公司|企业|行业|主营|要求|资格|条件|希望你|需要|加分|compan|requir|qualif|looking|must|nice",
                flat,
            )
        )
        self._company, self._required = words.company_line, words.required_line

    def polarity(self, line: int) -> Polarity | None:
        if not self._possible:
            return None
        flat = self._flat
        end = flat.find("\n", line)
        text = flat[line : end if end >= 0 else len(flat)]
        if self._company.match(text):
            return "other_person"
        if self._required.match(text):
            return "wished"
        # Items below "任职要求：" belong to it.
        above = line
        while above > 0 and _ITEM.match(flat, above):
            above = flat.rfind("\n", 0, above - 1) + 1
            stop = flat.find("\n", above)
            if self._required.match(flat[above:stop]):
                return "wished"
        return None


def _strength(flat: str, sentence: Sentence, following: Sentence | None, kind: str) -> Strength:
    words = cues()
    start, end = sentence.start, sentence.end
    if kind in _OF_THE_SECTION or words.list_line.match(flat[sentence.line : end]):
        return "listed"
    verbs = words.done if kind in {"skills", "summary", "education"} else words.used
    if not verbs.search(flat, start, end):
        told = kind in {"work", "project"} and end - start > _BARE_LINE
        return "used" if told and _ITEM.match(flat, sentence.line) else "listed"
    if words.result.search(flat, start, end):
        return "result"
    near = following is not None and following.line == sentence.line
    if near and following is not None and following.start - start < _NEXT_CHARS:
        stop = min(following.end, following.start + _NEXT_CHARS)
        if words.result.search(flat, following.start, stop):
            return "result"
    return "used"
