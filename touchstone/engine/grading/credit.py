"""From how an answer matches a key point to the credit it gets for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

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

FEATURES = (
    "best_phrase",
    "second_phrase",
    "text",
    "text_anywhere",
    "pieces",
    "characters",
    "mean_phrases",
    "best_squared",
    "text_squared",
)
TURNED = 0.3


@dataclass(frozen=True, slots=True)
class PointMatch:
    """A key point against an answer.

    Attributes:
        features: in the order of `FEATURES`, each 0..1.
        span: the window that carries it best.
        turned: share of the matched weight that the answer denies, 0..1.
        order: share of neighbouring matched words in the reference's order, 0..1.
        best: coverage of the best phrase, 0..1.
    """

    features: tuple[float, ...]
    span: Span
    turned: float
    order: float
    best: float
    reference: str


class Matcher:
    """One answer against one compiled rubric."""

    def __init__(
        self,
        compiled: Compiled,
        reading: Reading,
        similar: Matrix,
        spans: tuple[Span, ...],
        maxima: Matrix,
    ) -> None:
        self.compiled, self.reading, self.similar = compiled, reading, similar
        self.spans, self.maxima = spans, maxima
        lengths = np.array([s.last - s.first for s in spans], dtype=np.float64)
        self.cost = 0.004 * np.maximum(0.0, lengths - 6)
        self.anywhere = maxima.max(axis=0, keepdims=True)

    def match(self, point: PointReferences) -> PointMatch:
        """Features of one key point and where it is best said."""
        phrases = [self._best(r) for r in point.accept]
        text, text_at = self._best(point.text)
        pieces = [self._best(r)[0] for r in point.pieces] or [text]
        scores = sorted((score for score, _ in phrases), reverse=True) or [text]
        choices = [(text, text_at, point.text)]
        choices += [(score, at, r) for (score, at), r in zip(phrases, point.accept, strict=True)]
        best, at, reference = max(choices, key=lambda c: c[0])
        span = self.spans[at]
        anywhere = float(coverage(self.anywhere, point.text)[0])
        values = (
            scores[0],
            scores[1] if len(scores) > 1 else scores[0],
            text,
            anywhere,
            sum(pieces) / len(pieces),
            max(self._characters(r) for r in (point.text, *point.accept)),
            sum(scores) / len(scores),
            scores[0] ** 2,
            text**2,
        )
        denied = self._denied(point, choices, best)
        return PointMatch(
            values,
            span,
            denied,
            in_order(self.similar, span, reference),
            best,
            reference.text,
        )

    def _best(self, reference: Reference) -> tuple[float, int]:
        covered = coverage(self.maxima, reference) - self.cost
        at = int(covered.argmax())
        return float(max(0.0, covered[at] + self.cost[at])), at

    def _denied(
        self, point: PointReferences, choices: list[tuple[float, int, Reference]], best: float
    ) -> float:
        """Denial of the best phrases: the least among those about as well covered."""
        near = [c for c in choices if c[0] >= best - 0.08]
        denied = min(turned(self.similar, self.reading, self.spans[at], r) for _, at, r in near)
        for reference in point.against:
            score, at = self._best(reference)
            agrees = turned(self.similar, self.reading, self.spans[at], reference) < TURNED
            if score >= 0.75 and score >= best and agrees:
                return 1.0
        return denied

    def _characters(self, reference: Reference) -> float:
        """Share of the reference's letter or character pairs that the answer has."""
        wanted = pairs(reference.text)
        have = pairs(self.reading.text)
        return len(wanted & have) / len(wanted) if wanted else 0.0


def pairs(text: str) -> frozenset[str]:
    """Adjacent pairs of Chinese characters, trigrams of other letters; marks left out."""
    plain = "".join(c for c in text.lower() if c.isalnum())
    width = 3 if plain.isascii() else 2
    return frozenset(plain[i : i + width] for i in range(len(plain) - width + 1))


def credit(features: tuple[float, ...], *, phrases: bool) -> float:
    """Credit 0..1 for a key point that is not denied.

    A logistic regression over `FEATURES`, trained on labelled answers to other questions
    (`benchmarks/grading_training.py`); one set of weights for points with accepted phrases, one
    for points that have only their text.
    """
    model = read_json("point_model.json")["phrases" if phrases else "text_only"]
    total = model["intercept"] + sum(w * f for w, f in zip(model["weights"], features, strict=True))
    return 1 / (1 + math.exp(-total))
