"""A question with its rubric, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Bilingual, Lang

KINDS = ("technical", "business", "scenario", "learning")
INDUSTRIES = (
    "",
    "ecommerce",
    "medical_imaging",
    "customer_service",
    "finance",
    "content_moderation",
    "autonomous_driving",
    "speech",
    "education",
)
FUNCTIONS = (
    "data_processing",
    "annotation",
    "operations",
    "business_analysis",
    "training",
    "system_design",
    "coaching",
)
ANCHOR_SCORES = (2, 5, 8, 10)
FOLLOW_UP_WHEN = ("always", "weak", "strong")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Ways people really say something, per language."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def of(self, lang: Lang) -> tuple[str, ...]:
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One part of a full answer.

    Attributes:
        weight: points of ``max_score`` it is worth.
        accept: ways to say it. contradicted_by: ways to say the opposite.
    """

    id: str
    weight: float
    text: Bilingual
    accept: Phrases
    contradicted_by: Phrases = Phrases()


@dataclass(frozen=True, slots=True)
class Misconception:
    """Something wrong that people say, and the points it costs."""

    id: str
    penalty: float
    text: Bilingual
    accept: Phrases = Phrases()


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a full answer says. Weights of the key points sum to ``max_score``."""

    max_score: float
    key_points: tuple[KeyPoint, ...]
    misconceptions: tuple[Misconception, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """What an answer worth ``score`` of 10 sounds like."""

    score: int
    text: Bilingual


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What to ask next: always, after a weak answer, or after a strong one."""

    text: Bilingual
    when: str = "always"


@dataclass(frozen=True, slots=True)
class Material:
    """What a quick-learning question gives to read."""

    title: Bilingual
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the bank; the fields are described in docs/question-bank.md.

    Attributes:
        level: of the national standard, 5 (五级, lowest) to 1 (一级, highest).
        difficulty: 1 easy to 5 hard.
        minutes: to ask, answer and follow up.
        family: questions of one family are variants; a kit holds at most one of them.
    """

    id: str
    dimension: str
    kind: str
    industry: str
    indicators: tuple[str, ...]
    function: str
    level: int
    difficulty: int
    minutes: int
    title: Bilingual
    text: Bilingual
    rubric: Rubric
    anchors: tuple[Anchor, ...]
    follow_ups: tuple[FollowUp, ...]
    material: Material | None = None
    family: str = ""
    concepts: tuple[str, ...] = ()

    def rubric_document(self, lang: Lang) -> dict[str, Any]:
        """The rubric in one language, as RUBRIC.yaml of the formats document."""
        document: dict[str, Any] = {
            "id": self.id,
            "kind": "communication" if self.kind == "scenario" else self.kind,
            "dimension": self.dimension,
            "lang": lang,
            "question": self.text.text(lang),
        }
        if self.material:
            document["material"] = self.material.text.text(lang)
        document["max_score"] = self.rubric.max_score
        document["key_points"] = [
            {
                "id": point.id,
                "text": point.text.text(lang),
                "weight": point.weight,
                "accept": list(point.accept.of(lang)),
                "contradicted_by": list(point.contradicted_by.of(lang)),
            }
            for point in self.rubric.key_points
        ]
        document["misconceptions"] = [
            {
                "id": wrong.id,
                "text": wrong.text.text(lang),
                "penalty": wrong.penalty,
                "accept": list(wrong.accept.of(lang)),
            }
            for wrong in self.rubric.misconceptions
        ]
        return document
