"""From how an answer matches the key points to the credit it gets for each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchstone.engine.grading.lexicon import read_json
from touchstone.engine.grading.matching import (
    Compiled,
    Matrix,
    PointReferences,
    Reference,
    coverage,
    in_order,
    turned,
)
from touchstone.engine.grading.reading import Reading, Span
from touchstone.engine.grading.vectors import window_vectors

FEATURES = (
    "best_phrase",
    "second_phrase",
    "text",
    "text_anywhere",
    "pieces",
    "characters",
    "mean_phrases",
    "turned",
    "sense_text",
    "sense_best",
    "sense_mean",
    "lead_words",
    "lead_sense",
    "lead_both",
    "length",
)
"""Words covered, characters shared, sense alike; how far a point leads the rubric's other points
in the window that carries it best; clauses of the answer for each point (1 at two and more)."""
TURNED = 0.3
SAID, DENIED = 0.5, 0.5
"""Coverage of a phrase in a clause that says or denies it; share of it that is then turned."""
SENSE_SHARE = 0.15
SATURATION = 0.7
SURE = 0.85
"""A probability this high is full credit, one as low as its opposite none; between them linear."""


@dataclass(frozen=True, slots=True)
class PointMatch:
    """A key point against an answer.

    Attributes:
        features: in the order of `FEATURES`.
        span: the window that carries it best.
        turned: share of the matched weight that the answer denies, 0..1.
        order: share of neighbouring matched words in the reference's order, 0..1; None when too
            few are matched to judge.
        best: coverage of the best phrase, 0..1.
        taken_back: the clause that denies what another clause says.
    """

    features: tuple[float, ...]
    span: Span
    turned: float
    order: float | None
    best: float
    reference: str
    taken_back: Span | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A reference in an answer: its best window, and how well each window covers it."""

    reference: Reference
    score: float
    at: int
    windows: Matrix


class Matcher:
    """One answer against one compiled rubric."""

    def __init__(
        self,
        compiled: Compiled,
        reading: Reading,
        similar: Matrix,
        spans: tuple[Span, ...],
        maxima: Matrix,
        heard: NDArray[np.bool_],
    ) -> None:
        self.compiled, self.reading, self.similar = compiled, reading, similar
        self.spans, self.maxima, self.heard = spans, maxima, heard
        lengths = np.array([s.last - s.first for s in spans], dtype=np.float64)
        self.cost = 0.004 * np.maximum(0.0, lengths - 6)
        self.anywhere = maxima.max(axis=0, keepdims=True)
        self.senses = window_vectors(reading, spans, heard)
        self.have = pairs(reading.text)

    def match(self, point: PointReferences) -> PointMatch:
        """One point alone, such as a misconception."""
        return self.matches([point])[0]

    def matches(self, points: Sequence[PointReferences]) -> list[PointMatch]:
        """Every point, each beside the others."""
        found = [[self._found(r) for r in (p.text, *p.accept)] for p in points]
        senses = [
            np.vstack([r.direction for r in (p.text, *p.accept)]) @ self.senses.T for p in points
        ]
        words = np.vstack([np.max([f.windows for f in group], axis=0) for group in found])
        meaning = np.vstack([s.max(axis=0) for s in senses])
        return [
            self._match(n, point, found[n], senses[n], words, meaning)
            for n, point in enumerate(points)
        ]

    def _match(
        self,
        number: int,
        point: PointReferences,
        found: list[_Found],
        senses: Matrix,
        words: Matrix,
        meaning: Matrix,
    ) -> PointMatch:
        text = found[0]
        phrases = sorted((f.score for f in found[1:]), reverse=True) or [text.score]
        pieces = [self._found(r).score for r in point.pieces] or [text.score]
        best = max(found, key=lambda f: f.score)
        by_sense = senses.max(axis=1)
        denied = self._denied(point, found, best.score)
        several = min(1.0, len(self.reading.clauses) / len(words) / 2)
        values = (
            phrases[0],
            phrases[1] if len(phrases) > 1 else phrases[0],
            text.score,
            float(coverage(self.anywhere, point.text)[0]),
            sum(pieces) / len(pieces),
            max(self._characters(f.reference) for f in found),
            sum(phrases) / len(phrases),
            denied,
            float(by_sense[0]),
            float(by_sense.max()),
            float(by_sense.mean()),
            lead(words, number),
            lead(meaning, number),
            lead(words + meaning, number),
            several,
        )
        return PointMatch(
            values,
            self.spans[best.at],
            denied,
            in_order(self.similar, self.spans[best.at], best.reference),
            best.score,
            best.reference.text,
            self._taken_back(found),
        )

    def _taken_back(self, found: Sequence[_Found]) -> Span | None:
        """The clause in which one phrase is denied that another clause says as it is."""
        clauses = self.reading.clauses  # the first windows
        for each in found:
            covering = [n for n in range(len(clauses)) if each.windows[n] >= SAID]
            if len(covering) < 2:
                continue
            signs = {
                n: turned(self.similar, self.reading, clauses[n], each.reference) for n in covering
            }
            denying = [n for n, share in signs.items() if share >= DENIED]
            if denying and min(signs.values()) < TURNED:
                return clauses[denying[0]]
        return None

    def _found(self, reference: Reference) -> _Found:
        covered = coverage(self.maxima, reference) - self.cost
        at = int(covered.argmax())
        return _Found(reference, float(max(0.0, covered[at] + self.cost[at])), at, covered)

    def _denied(self, point: PointReferences, found: list[_Found], best: float) -> float:
        """Denial of the best phrases: the least among those about as well covered."""
        near = [f for f in found if f.score >= best - 0.08]
        denied = min(
            turned(self.similar, self.reading, self.spans[f.at], f.reference) for f in near
        )
        for reference in point.against:
            against = self._found(reference)
            span = self.spans[against.at]
            agrees = turned(self.similar, self.reading, span, reference) < TURNED
            if against.score >= 0.75 and against.score >= best and agrees:
                return 1.0
        return denied

    def _characters(self, reference: Reference) -> float:
        """Share of the reference's letter or character pairs that the answer has."""
        wanted = pairs(reference.text)
        return len(wanted & self.have) / len(wanted) if wanted else 0.0


def lead(scores: Matrix, number: int) -> float:
    """How far one point leads the others in its best window; 0.3 when there are no others.

    Args:
        scores: points × windows.
    """
    at = int(scores[number].argmax())
    others = np.delete(scores[:, at], number)
    return float(scores[number, at] - others.max()) if len(others) else 0.3


def pairs(text: str) -> frozenset[str]:
    """Adjacent pairs of Chinese characters, trigrams of other letters; marks left out."""
    plain = "".join(c for c in text.lower() if c.isalnum())
    width = 3 if plain.isascii() else 2
    return frozenset(plain[i : i + width] for i in range(len(plain) - width + 1))


def probability(features: tuple[float, ...], *, phrases: bool, alone: bool) -> float:
    """Probability 0..1 that the answer makes the point.

    A logistic regression over `FEATURES`, trained on labelled answers to other questions
    (`benchmarks/grading_training.py points`): one set of weights for points with accepted phrases
    and one for points that have only their text, each for rubrics of several points and of one.
    """
    name = f"{'phrases' if phrases else 'text_only'}_{'alone' if alone else 'several'}"
    model = read_json("point_model.json")[name]
    total = model["intercept"] + sum(w * f for w, f in zip(model["weights"], features, strict=True))
    return 1 / (1 + math.exp(-total))


def credit(features: tuple[float, ...], *, phrases: bool, alone: bool, listed: bool) -> float:
    """Credit 0..1 for a key point that is not denied.

    A rubric of one point with no phrases is a reference answer: credit follows how much of it was
    said, ``1.7 c / (c + 0.7)`` with c the share of its words (85 %) and its sense (15 %), so that
    half of it is worth 0.7. Otherwise it follows the probability that the point was made.

    Args:
        listed: the point's text lists several things; then credit follows how many were named.
    """
    if alone and not phrases:
        said = features[FEATURES.index("text_anywhere")]
        meant = max(0.0, features[FEATURES.index("sense_text")])
        share = (1 - SENSE_SHARE) * said + SENSE_SHARE * meant
        return min(1.0, (1 + SATURATION) * share / (share + SATURATION))
    likely = probability(features, phrases=phrases, alone=alone)
    sure = min(1.0, max(0.0, (likely - (1 - SURE)) / (2 * SURE - 1)))
    if listed:
        named = features[FEATURES.index("pieces")]
        return min(1.0, 0.5 * sure + 0.5 * named) if sure > 0 else 0.5 * named
    return sure
