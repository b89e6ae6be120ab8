"""Whether an answer is about the question at all, however fluent and expert it sounds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from touchstone.engine.grading.credit import FEATURES, Matcher, PointMatch, pairs
from touchstone.engine.grading.gates import on_topic
from touchstone.engine.grading.lexicon import read_json
from touchstone.engine.grading.reading import Span
from touchstone.engine.grading.rubrics import Rubric
from touchstone.engine.grading.vectors import window_vectors

TOPIC_FEATURES = (
    "sense_of_all",
    "strongest",
    "mean_best",
    "best_sense",
    "two_senses",
    "phrases",
    "characters",
    "text",
    "shared_pairs",
    "length",
    "lead",
)
AWAY = 0.25
"""Below this probability an answer is taken to be about something else."""


def topic_features(
    rubric: Rubric, matcher: Matcher, matches: Sequence[PointMatch]
) -> tuple[float, ...]:
    """An answer beside the whole rubric, in the order of `TOPIC_FEATURES`."""
    reading = matcher.reading
    table = np.array([m.features for m in matches])
    everything = Span(0, len(reading.tokens), 0, len(reading.text))
    whole = window_vectors(reading, [everything], matcher.heard)[0]
    senses = np.sort(table[:, FEATURES.index("sense_best")])
    best = [m.best for m in matches]
    return (
        float(whole @ matcher.compiled.direction),
        max(best),
        sum(best) / len(best),
        float(senses[-1]),
        float(senses[-2:].mean()),
        float(table[:, FEATURES.index("mean_phrases")].max()),
        float(table[:, FEATURES.index("characters")].max()),
        float(table[:, FEATURES.index("text")].max()),
        on_topic(reading, wanted_pairs(rubric)),
        math.log1p(len(reading.tokens)) / 5,
        float(table[:, FEATURES.index("lead_both")].max()),
    )


def wanted_pairs(rubric: Rubric) -> frozenset[str]:
    """Character pairs of the question and of all that a full answer says."""
    texts = [rubric.question]
    for point in rubric.key_points:
        texts += [point.text, *point.accept]
    return frozenset().union(*(pairs(text) for text in texts))


def on_topic_probability(features: tuple[float, ...]) -> float:
    """Probability 0..1, from a logistic regression over answers to this and to other questions
    (`benchmarks/grading_training.py points`)."""
    model = read_json("point_model.json")["topic"]
    total = model["intercept"] + sum(w * f for w, f in zip(model["weights"], features, strict=True))
    return 1 / (1 + math.exp(-total))
