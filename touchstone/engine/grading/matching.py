"""How well the words of a reference phrase are covered somewhere in an answer.

Soft word matching: a word covers another fully when it has the same sense or stem, partly when
it shares characters (Chinese) or character trigrams (English). Weighted by how telling the words
are; words that the question already gives count less ("question demoting", Sultan, Salazar &
Sumner 2016, Fast and Easy Short Answer Grading with High Accuracy).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from touchstone.engine.grading.lexicon import stem
from touchstone.engine.grading.reading import Reading, Span, Token, read
from touchstone.engine.grading.rubrics import Rubric
from touchstone.engine.grading.vectors import passage_vector

Matrix = NDArray[np.float64]
DEMOTED = 0.1
PARTIAL = 0.75
REACH = 3
LISTING = 4
FEWEST_PAIRS = 4
_PARTS = re.compile(r"[、，,；;。：:/—–]")
_PIECES = re.compile(r"[、，,；;。/]|\s(?:and|or)\s|以及|和(?=[^，。]{2,})")


@dataclass(frozen=True, slots=True)
class Reference:
    """A phrase to look for: positions of its words in the compiled vocabulary and their weights,
    the direction of its sense, and in which part between marks each word stands."""

    text: str
    words: NDArray[np.int64]
    weights: Matrix
    signs: tuple[int, ...]
    direction: Matrix
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PointReferences:
    """A key point's own text, the pieces it lists, accepted phrases and contradicting phrases."""

    text: Reference
    pieces: tuple[Reference, ...]
    accept: tuple[Reference, ...]
    against: tuple[Reference, ...]


class Compiled:
    """A rubric's references over one vocabulary; remembers how answers' words compare with it."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self.vocabulary: dict[str, int] = {}
        self.words: list[str] = []
        asked = {t.key for t in read(rubric.question).tokens}
        self.asked = asked
        self.points = tuple(
            self._point(p.text, p.accept, p.contradicted_by) for p in rubric.key_points
        )
        self.wrong = tuple(self._point(m.text, m.accept, ()) for m in rubric.misconceptions)
        spoken = read("\n".join([rubric.question, *(p.text for p in rubric.key_points)])).tokens
        self.direction = passage_vector(spoken, [t.weight for t in spoken])
        """The sense of the whole rubric."""
        self.lists = any(len(p.pieces) >= LISTING for p in self.points)
        """Whether a full answer is a list, so that a list of terms is no sign of stuffing."""
        texts = [p.text for p in rubric.key_points]
        self.wholes = tuple(read(t) for t in dict.fromkeys([*texts, "\n".join(texts)]))
        """Each point's text, and all of them: what an answer may be a copy of."""
        self._rows: dict[tuple[str, str], Matrix] = {}

    def _point(
        self, text: str, accept: tuple[str, ...], against: tuple[str, ...]
    ) -> PointReferences:
        pieces = [p for p in _PIECES.split(text) if p and len(p.strip()) > 1]
        return PointReferences(
            self._reference(text),
            tuple(self._reference(p) for p in pieces) if len(pieces) > 1 else (),
            tuple(self._reference(a) for a in accept),
            tuple(self._reference(a) for a in against),
        )

    def _reference(self, text: str) -> Reference:
        read_tokens = read(text).tokens
        tokens: dict[str, Token] = {}
        signs: dict[str, set[int]] = {}
        for token in read_tokens:
            signs.setdefault(token.key, set()).add(token.sign)
            if token.weight > 0:
                tokens.setdefault(token.key, token)
        if not tokens:
            tokens = {t.key: t for t in read_tokens}
        for token in tokens.values():
            if token.key not in self.vocabulary:
                self.vocabulary[token.key] = len(self.vocabulary)
                self.words.append(token.text)
        cuts = [match.end() for match in _PARTS.finditer(text)]
        weights = [
            max(t.weight, 0.05) * (DEMOTED if t.key in self.asked else 1.0) for t in tokens.values()
        ]
        return Reference(
            text,
            np.array([self.vocabulary[k] for k in tokens], dtype=np.int64),
            np.array(weights, dtype=np.float64),
            # A word said both ways, "the more …, the less …", is turned by neither.
            tuple(t.sign if len(signs[t.key]) == 1 else 0 for t in tokens.values()),
            passage_vector(list(tokens.values()), weights),
            tuple(sum(cut <= t.start for cut in cuts) for t in tokens.values()),
        )

    def similarities(self, reading: Reading) -> Matrix:
        """Words of the answer × words of the vocabulary, each 0..1."""
        rows = [self._row(t) for t in reading.tokens]
        return np.vstack(rows) if rows else np.zeros((0, len(self.words)))

    def _row(self, token: Token) -> Matrix:
        at = (token.key, token.text)
        row = self._rows.get(at)
        if row is None:
            row = np.array(
                [
                    1.0 if key == token.key else alike(token.text, self.words[i])
                    for key, i in self.vocabulary.items()
                ]
            )
            if len(self._rows) > 20_000:
                self._rows.clear()
            self._rows[at] = row
        return row


@functools.lru_cache(200_000)
def alike(one: str, other: str) -> float:
    """How alike two different words look, 0..`PARTIAL`: shared characters or letter trigrams."""
    if one.isascii() != other.isascii() or one.isdigit() or other.isdigit():
        return 0.0
    if one.isascii():
        if min(len(one), len(other)) < 4:
            return 0.0
        a, b = _trigrams(stem(one)), _trigrams(stem(other))
    else:
        if len(one) == 1 and len(other) == 1:
            return 0.0
        a, b = frozenset(one), frozenset(other)
    share = 2 * len(a & b) / (len(a) + len(b))
    return PARTIAL * share if share >= (0.5 if one.isascii() else 0.4) else 0.0


def _trigrams(word: str) -> frozenset[str]:
    padded = f"^{word}"
    return frozenset(padded[i : i + 3] for i in range(max(1, len(padded) - 2)))


def windows(reading: Reading) -> tuple[Span, ...]:
    """Where a point may be said: each clause, two or three clauses running, each sentence."""
    clauses = reading.clauses
    spans = dict.fromkeys(clauses)
    for width in (2, 3):
        for i in range(len(clauses) - width + 1):
            first, last = clauses[i], clauses[i + width - 1]
            spans[Span(first.first, last.last, first.start, last.end)] = None
    spans |= dict.fromkeys(reading.sentences)
    return tuple(spans)


def window_maxima(similar: Matrix, spans: tuple[Span, ...]) -> Matrix:
    """Best similarity of each vocabulary word within each window."""
    return np.vstack([similar[s.first : s.last].max(axis=0) for s in spans])


def coverage(maxima: Matrix, reference: Reference) -> Matrix:
    """Share of the reference's weight covered in each window, 0..1."""
    found = maxima[:, reference.words] @ reference.weights
    covered: Matrix = found / reference.weights.sum()
    return covered


def turned(similar: Matrix, reading: Reading, span: Span, reference: Reference) -> float:
    """Share of the covered weight whose words stand with the opposite polarity, 0..1.

    Each word of the reference looks at the words of the window that cover it well; it counts as
    turned when none of them has its polarity. Unknown polarity agrees with both. Where reference
    and answer deny a word of the same part alike, how far either denial reaches is left open: "must
    never be used for training" and "never use it for training" are one.
    """
    part = similar[span.first : span.last][:, reference.words]
    total, covered = 0.0, 0
    flipped: list[tuple[int, float]] = []
    denied_alike: set[int] = set()
    for column, (weight, sign) in enumerate(zip(reference.weights, reference.signs, strict=True)):
        best = part[:, column].max()
        if best < 0.55:
            continue
        total += weight
        covered += 1
        near = np.flatnonzero(part[:, column] >= best - 1e-9)
        signs = [reading.tokens[span.first + i].sign * sign for i in near]
        if not any(s >= 0 for s in signs):
            flipped.append((reference.parts[column], weight))
        elif sign < 0 and any(s > 0 for s in signs):
            denied_alike.add(reference.parts[column])
    if covered < min(2, len(reference.words)):
        return 0.0  # one word of several is another matter: "skip the manual check", "manual cost"
    lost = sum(weight for place, weight in flipped if place not in denied_alike)
    return float(lost / total) if total else 0.0


def in_order(similar: Matrix, span: Span, reference: Reference) -> float | None:
    """Share of neighbouring words of the reference that stand in the same order in the window,
    at most `REACH` words apart; words on both sides of a mark are no neighbours, for lists may be
    told in any order.

    None when fewer than four pairs are covered: too few to judge.
    """
    part = similar[span.first : span.last][:, reference.words]
    places = [
        (piece, int(part[:, j].argmax()))
        for j, piece in enumerate(reference.parts)
        if part[:, j].max() >= 0.55
    ]
    steps = [0 < b - a <= REACH for (p, a), (q, b) in pairwise(places) if p == q]
    return sum(steps) / len(steps) if len(steps) >= FEWEST_PAIRS else None
