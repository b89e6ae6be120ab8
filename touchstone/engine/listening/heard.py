"""Which key points of the asked questions may be heard in a talk, with the words and the second.

A proposal for a person: it confirms nothing and scores nothing. The matching is the one that
grades written answers; of a talk only the candidate's words count, as far as speakers are known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from touchstone.engine.grading.grade import points_said
from touchstone.engine.grading.rubrics import Rubric
from touchstone.engine.listening.segments import Segment

LEAST_CREDIT = 0.6
WHOLE_CREDIT = 0.8
EARLY_S = 5.0
"""A question is marked as asked a moment late: what was said just before counts with it."""
NO_WORD = re.compile(r"[\W_]+")
READ_OUT, TOGETHER = 0.5, 3
"""Share of a question's pairs of letters that up to three segments running must hold."""
LONGEST_PIECE = 3_000
SHARED = 4
"""Segments that two neighbouring pieces of a long talk share, so that no answer is cut in two."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of the kit; ``at_s`` of the recording where it was marked as asked."""

    code: str
    rubric: Rubric
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A key point that may be heard.

    Attributes:
        quote: the words of ``segments`` that carry it.
        start_s: where its first segment begins.
        credit: 0..1, how well the words carry the point.
        whole: enough for "heard"; otherwise "in part".
        segments: numbers of the transcript's segments, in order.
    """

    question: str
    point: str
    quote: str
    start_s: float
    end_s: float
    credit: float
    whole: bool
    segments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the talk as one text; ``places`` are (number, start, end) of its segments."""

    text: str
    places: tuple[tuple[int, int, int], ...]


def points_heard(
    questions: Sequence[AskedQuestion],
    segments: Sequence[Segment],
    *,
    others: Collection[str] = (),
) -> tuple[Heard, ...]:
    """The key points that may be heard, in the order of the questions and their points.

    Where somebody marked which questions were asked, or they were read out, only those are listened
    for, each until the next; otherwise all of them in the whole talk, which finds more that is not
    meant (`benchmarks/points_heard.py`).

    Args:
        segments: of the whole talk, by time.
        others: labels of speakers who are not the candidate. Words without a speaker count.
    """
    spoken = [(n, s) for n, s in enumerate(segments) if not s.speaker or s.speaker not in others]
    placed = [_placed(question, segments) for question in questions]
    marked = [question for question in placed if question.at_s is not None]
    found: list[Heard] = []
    for question in marked or questions:
        start, end = _window(question, marked)
        within = [(n, s) for n, s in spoken if s.end_s > start and s.start_s < end]
        best: dict[str, Heard] = {}
        for piece in _pieces(within):
            for heard in _heard(question, piece, segments):
                known = best.get(heard.point)
                if known is None or heard.credit > known.credit:
                    best[heard.point] = heard
        found += [best[p.id] for p in question.rubric.key_points if p.id in best]
    return tuple(found)


def _placed(question: AskedQuestion, segments: Sequence[Segment]) -> AskedQuestion:
    """The question with the second at which it was read out, where nobody marked it."""
    wanted = _pairs(question.rubric.question)
    if question.at_s is not None or not wanted:
        return question
    pairs = [_pairs(segment.text) for segment in segments]
    best, at_s = READ_OUT, None
    for first in range(len(segments)):
        share = len(wanted & pairs[first].union(*pairs[first + 1 : first + TOGETHER])) / len(wanted)
        if share >= best:
            best, at_s = share, segments[first].start_s
    return replace(question, at_s=at_s)


def _pairs(text: str) -> frozenset[str]:
    plain = NO_WORD.sub("", text).casefold()
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))


def _window(question: AskedQuestion, questions: Sequence[AskedQuestion]) -> tuple[float, float]:
    """From a question to the next one that was marked; the whole talk where it was not."""
    if question.at_s is None:
        return -1.0, float("inf")
    later = [q.at_s for q in questions if q.at_s is not None and q.at_s > question.at_s]
    return question.at_s - EARLY_S, min(later, default=float("inf"))


def _pieces(rows: Sequence[tuple[int, Segment]]) -> list[_Piece]:
    pieces: list[_Piece] = []
    first = 0
    while first < len(rows):
        text, places, at = "", [], first
        while at < len(rows) and (at == first or len(text) + len(rows[at][1].text) < LONGEST_PIECE):
            number, segment = rows[at]
            text += "\n" if text else ""
            places.append((number, len(text), len(text) + len(segment.text)))
            text += segment.text
            at += 1
        pieces.append(_Piece(text, tuple(places)))
        if at >= len(rows):
            break
        first = max(first + 1, at - SHARED)
    return pieces


def _heard(question: AskedQuestion, piece: _Piece, segments: Sequence[Segment]) -> list[Heard]:
    found = []
    for evidence, credit in points_said(question.rubric, piece.text):
        if credit < LEAST_CREDIT:
            continue
        inside = [
            n for n, start, end in piece.places if start < evidence.end and end > evidence.start
        ]
        if not inside:
            continue
        found.append(
            Heard(
                question.code,
                evidence.point,
                " ".join(evidence.quote.split()),
                segments[inside[0]].start_s,
                segments[inside[-1]].end_s,
                credit,
                credit >= WHOLE_CREDIT,
                tuple(inside),
            )
        )
    return found
