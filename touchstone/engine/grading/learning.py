"""What an answer shows about learning from a material: own words or copied, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from touchstone.common.messages import Message, say
from touchstone.engine.grading.gates import inspect
from touchstone.engine.grading.reading import read
from touchstone.engine.grading.rubrics import Rubric


@dataclass(frozen=True, slots=True)
class LearningAnalysis:
    """How much of an answer is the person's own, and how much of it is right.

    Attributes:
        copied: share of the answer that stands in the material nearly letter by letter, 0..1.
        own_words: the rest of it, 0..1, without what echoes the question.
        accuracy: mean credit of the key points by weight, 0..1.
    """

    copied: float
    own_words: float
    accuracy: float


def analyse_learning(
    text: str, rubric: Rubric, credits_by_point: Mapping[str, float]
) -> LearningAnalysis:
    """Own and copied share of an answer and its accuracy by the points' credits."""
    gates = inspect(read(text), rubric.question, rubric.material)
    return LearningAnalysis(
        round(gates.copied, 2), round(gates.own, 2), _accuracy(rubric, credits_by_point)
    )


def _accuracy(rubric: Rubric, credits_by_point: Mapping[str, float]) -> float:
    total = sum(p.weight for p in rubric.key_points)
    got = sum(p.weight * credits_by_point.get(p.id, 0.0) for p in rubric.key_points)
    return round(got / total, 2)


def growth(before: float, after: float) -> float:
    """Share of what was still to be learnt that was learnt, −1..1 (Hake's normalised gain).

    ``(after − before) / (1 − before)`` with both as shares of the full score, for example from
    0.2 to 0.6: 0.5; a loss is taken as a share of what was known before.
    """
    if after >= before:
        return 0.0 if before >= 1 else (after - before) / (1 - before)
    return (after - before) / before


def learning_messages(
    text: str, copied: float, rubric: Rubric, credits_by_point: Mapping[str, float]
) -> list[Message]:
    """Sentences about own words and accuracy; ``copied`` is the copied share of ``text``."""
    accuracy = _accuracy(rubric, credits_by_point)
    messages = [say("grading.accuracy", percent=round(100 * accuracy))]
    if rubric.material:
        name = "mostly_copied" if copied >= 0.5 else "some_copied" if copied > 0.1 else "own_words"
        messages.append(say(f"grading.{name}", percent=round(100 * copied)))
    return messages
