"""How far each question serves a model's indicators and dimensions, and a candidate's probes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from touchstone.engine.profiles.model import CompetencyModel, Indicator
from touchstone.engine.questions.cover import Matrix
from touchstone.engine.questions.probes import Probe
from touchstone.engine.questions.question import Question
from touchstone.engine.text.taxonomy import Taxonomy, taxonomy

BY_RANK = (1.0, 0.6, 0.4)
BY_CONCEPT = 0.7
KEPT = 8


class QuestionPool:
    """Questions compiled against one model: everything that no candidate changes."""

    def __init__(
        self,
        model: CompetencyModel,
        questions: Sequence[Question],
        concepts: Taxonomy | None = None,
    ) -> None:
        self.model = model
        self.taxonomy = concepts or taxonomy()
        self.questions = tuple(questions)
        indicators = model.indicators
        self.indicator_weights = np.array([i.weight for i in indicators], dtype=np.float64)
        self.dimension_weights = np.array([d.weight for d in model.dimensions], dtype=np.float64)
        self.minutes = np.array([q.minutes for q in questions], dtype=np.float64)
        self.difficulty = np.array([q.difficulty for q in questions], dtype=np.float64)
        self.families = _families(questions)
        self._served: dict[str, Matrix] = {}
        self.concepts = [question_concepts(q, self.taxonomy) for q in questions]
        self.about: dict[str, list[int]] = {}
        for n, about in enumerate(self.concepts):
            for concept in about:
                self.about.setdefault(concept, []).append(n)
        self.indicators = self._indicators(indicators)
        self.dimensions = self._dimensions()
        names = [d.id for d in model.dimensions]
        self.dimension_rank = [
            names.index(q.dimension) if q.dimension in names else int(self.dimensions[n].argmax())
            for n, q in enumerate(questions)
        ]

    def _indicators(self, indicators: Sequence[Indicator]) -> Matrix:
        known = {i.id for i in indicators}
        wanted = [_indicator_concepts(i, self.taxonomy) for i in indicators]
        rows: Matrix = np.zeros((len(self.questions), len(indicators)))
        for n, question in enumerate(self.questions):
            for j, indicator in enumerate(indicators):
                if indicator.id in question.indicators:
                    rows[n, j] = _by_rank(question, indicator.id)
                elif not known & set(question.indicators) and wanted[j] & self.concepts[n]:
                    # A model with ids of its own: matched by what it speaks of.
                    rows[n, j] = BY_CONCEPT
        return rows

    def _dimensions(self) -> Matrix:
        rows: Matrix = np.zeros((len(self.questions), len(self.model.dimensions)))
        first = 0
        for d, dimension in enumerate(self.model.dimensions):
            last = first + len(dimension.indicators)
            own = np.array([q.dimension == dimension.id for q in self.questions], dtype=bool)
            if own.any():
                rows[own, d] = 1.0
            elif last > first:
                # A model with dimensions of its own: by the indicators inside.
                rows[:, d] = self.indicators[:, first:last].max(axis=1)
            first = last
        return rows

    def matches(self, probes: Sequence[Probe]) -> Matrix:
        """Questions × probes, 0..1: about the same concept, or at least the same indicator."""
        found: Matrix = np.zeros((len(self.questions), len(probes)))
        for k, probe in enumerate(probes):
            by_indicator = np.zeros(len(self.questions))
            for indicator in probe.indicators:
                by_indicator = np.maximum(by_indicator, self._serving(indicator))
            shared = np.zeros(len(self.questions))
            for concept in set(probe.concepts):
                shared[self.about.get(concept, [])] += 1.0
            by_concept = np.minimum(1.0, 0.35 * shared)
            if probe.kind == "claim":
                found[:, k] = 0.45 * by_indicator + 0.55 * by_concept
            else:
                found[:, k] = by_indicator * (0.7 + 0.3 * np.minimum(1.0, 2 * by_concept))
        return found

    def _serving(self, indicator: str) -> Matrix:
        """How far each question serves an indicator, whether or not the model has it."""
        served = self._served.get(indicator)
        if served is None:
            places = [i.id for i in self.model.indicators]
            if indicator in places:
                served = self.indicators[:, places.index(indicator)]
            else:
                served = np.array([_by_rank(q, indicator) for q in self.questions])
            self._served[indicator] = served
        return served


def _by_rank(question: Question, indicator: str) -> float:
    if indicator not in question.indicators:
        return 0.0
    return BY_RANK[min(question.indicators.index(indicator), len(BY_RANK) - 1)]


_pools: dict[tuple[CompetencyModel, Taxonomy, tuple[int, ...]], QuestionPool] = {}


def pool_of(
    model: CompetencyModel, questions: Sequence[Question], concepts: Taxonomy | None = None
) -> QuestionPool:
    """The compiled pool, made once for an equal model and the same question objects."""
    known = concepts or taxonomy()
    key = (model, known, tuple(map(id, questions)))
    pool = _pools.get(key)
    if pool is None:
        if len(_pools) >= KEPT:
            _pools.clear()
        # The pool holds the questions, so their ids are not given to others while it is kept.
        pool = _pools[key] = QuestionPool(model, questions, known)
    return pool


def _concepts_of(words: tuple[str, ...], known: Taxonomy) -> frozenset[str]:
    return _finder(known)(words)


@functools.lru_cache(2)
def _finder(known: Taxonomy) -> Callable[[tuple[str, ...]], frozenset[str]]:
    """Finds by one taxonomy, and keeps what it found as long as that one is kept."""
    return functools.lru_cache(4096)(functools.partial(_found_in, known=known))


def _found_in(words: tuple[str, ...], known: Taxonomy) -> frozenset[str]:
    found: set[str] = set()
    for word in words:
        found.update(known.find(word))
    return frozenset(found)


def question_concepts(question: Question, known: Taxonomy) -> frozenset[str]:
    """Ids of the taxonomy that a question is about: its own list, and what its title names."""
    return _concepts_of((*question.concepts, question.title.zh), known)


def _indicator_concepts(indicator: Indicator, known: Taxonomy) -> frozenset[str]:
    return _concepts_of((*indicator.keywords, indicator.name.zh, indicator.name.en), known)


def _families(questions: Sequence[Question]) -> NDArray[np.int64]:
    names: dict[str, int] = {}
    return np.array(
        [names.setdefault(q.family, len(names)) if q.family else -1 for q in questions],
        dtype=np.int64,
    )
