"""Competency models (岗位画像): what a position asks for, in weighted dimensions and indicators."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from touchstone.common.messages import Bilingual, Lang

TEMPLATES = Path(__file__).resolve().parents[2] / "content" / "templates"
WEIGHT_TOLERANCE = 0.05
Recommendation = Literal["advance", "review", "decline"]
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What an answer or a career of this score (1–10) looks like."""

    score: int
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Indicator:
    """One observable thing.

    Attributes:
        weight: points of the whole model's 100.
        text: one sentence saying what good looks like.
        keywords: a few hints by a busy person, never a complete list.
        anchors: by rising score; may be empty.
        at_least, unit: a quantity asked for, like 3 and "projects"; None and "" without.
        extra: keys this version does not know, kept.
    """

    id: str
    weight: float
    text: Bilingual
    name: Bilingual
    keywords: tuple[str, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    at_least: float | None = None
    unit: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A group of indicators whose weights sum to its own."""

    id: str
    name: Bilingual
    weight: float
    indicators: tuple[Indicator, ...]
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """Scores (0–100) from which a resume is recommended, and below which it is not."""

    advance_min: float = 70.0
    review_min: float = 45.0

    def of(self, score: float) -> Recommendation:
        """The recommendation for a score; a score on a threshold belongs above it."""
        if score >= self.advance_min:
            return "advance"
        return "review" if score >= self.review_min else "decline"


@dataclass(frozen=True, slots=True)
class CompetencyModel:
    """A competency model. ``lang`` is the language its author wrote it in.

    Words given in one language only stand in both halves of their `Bilingual`.
    """

    job_title: Bilingual
    dimensions: tuple[Dimension, ...]
    decision: Decision = Decision()
    as_of: str = ""
    notes: tuple[str, ...] = ()
    lang: Lang = "zh"
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __hash__(self) -> int:
        """Of the names alone: a model is looked up for every resume, and all of it takes long."""
        return hash((self.job_title, self.as_of, self.notes, len(self.dimensions)))

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, in the order of the dimensions."""
        return tuple(i for dimension in self.dimensions for i in dimension.indicators)

    def indicator(self, identifier: str) -> Indicator | None:
        """The indicator of that id."""
        return next((i for i in self.indicators if i.id == identifier), None)


def parse_model(document: Mapping[str, Any], *, source: str = "") -> CompetencyModel:
    """The model of plain data with the keys of MODEL.yaml, as stored or uploaded.

    Args:
        source: named in errors.

    Raises:
        InvalidInput: a field is missing or out of range, weights do not sum, or thresholds
            contradict one another; the message names place, field and reason.
    """
    from touchstone.engine.profiles.model_reading import ModelReader

    return ModelReader(source, {}).model(document)


def load_model_yaml(text: str | bytes, source: str = "") -> CompetencyModel:
    """The model of one MODEL.yaml, in UTF-8 or GB18030.

    Args:
        source: named in errors, with the line of what is wrong.

    Raises:
        InvalidInput: as `parse_model`, and when the text is no YAML.
    """
    from touchstone.engine.profiles.model_reading import ModelReader, read_yaml

    data, lines = read_yaml(text, source)
    return ModelReader(source, lines).model(data)


def model_document(model: CompetencyModel) -> dict[str, Any]:
    """Plain data of a model, as it stands in MODEL.yaml: `parse_model` reads it back."""
    document: dict[str, Any] = {"job_title": model.job_title.zh}
    if model.job_title.en != model.job_title.zh:
        document["job_title_en"] = model.job_title.en
    if model.lang != _language(model.job_title.zh):
        document["lang"] = model.lang
    if model.as_of:
        document["as_of"] = model.as_of
    document["decision"] = {
        "advance": {"min": _number(model.decision.advance_min)},
        "review": {
            "min": _number(model.decision.review_min),
            "max": _number(model.decision.advance_min),
        },
        "decline": {"max": _number(model.decision.review_min)},
    }
    document["dimensions"] = [_dimension_document(d) for d in model.dimensions]
    if model.notes:
        document["notes"] = list(model.notes)
    return {**document, **model.extra}


def model_sha256(model: CompetencyModel) -> str:
    """SHA-256 of the model's canonical JSON: the same from file, database and upload."""
    text = json.dumps(model_document(model), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def model_yaml(model: CompetencyModel) -> str:
    """MODEL.yaml as text, to save and to hand on."""
    import yaml

    return yaml.safe_dump(model_document(model), allow_unicode=True, sort_keys=False, width=100)


@functools.cache
def _template_texts() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in sorted(TEMPLATES.glob("*.yaml"))}


def model_templates() -> dict[str, dict[str, Any]]:
    """Documents of the built-in models by key, the general one ("ai-trainer") first."""
    return {
        key: model_document(load_model_yaml(text, f"{key}.yaml"))
        for key, text in sorted(
            _template_texts().items(), key=lambda item: (item[0] != "ai-trainer", item[0])
        )
    }


def _dimension_document(dimension: Dimension) -> dict[str, Any]:
    return {
        "id": dimension.id,
        "name": _words(dimension.name),
        "weight": _number(dimension.weight),
        "indicators": [_indicator_document(i) for i in dimension.indicators],
        **dimension.extra,
    }


def _indicator_document(indicator: Indicator) -> dict[str, Any]:
    document: dict[str, Any] = {"id": indicator.id, "weight": _number(indicator.weight)}
    if indicator.name != indicator.text:
        document["name"] = _words(indicator.name)
    document["text"] = _words(indicator.text)
    document["keywords"] = list(indicator.keywords)
    if indicator.anchors:
        document["anchors"] = {str(a.score): _words(a.text) for a in indicator.anchors}
    if indicator.at_least is not None:
        document["at_least"] = _number(indicator.at_least)
    if indicator.unit:
        document["unit"] = indicator.unit
    return {**document, **indicator.extra}


def _words(words: Bilingual) -> str | dict[str, str]:
    return words.zh if words.zh == words.en else {"zh": words.zh, "en": words.en}


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _language(text: str) -> Lang:
    return "zh" if _HAN.search(text) else "en"
