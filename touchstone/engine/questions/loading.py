"""Questions from and to the YAML of docs/question-bank.md."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Bilingual, say
from touchstone.engine.questions.question import (
    ANCHOR_SCORES,
    FOLLOW_UP_WHEN,
    FUNCTIONS,
    INDUSTRIES,
    KINDS,
    Anchor,
    FollowUp,
    KeyPoint,
    Material,
    Misconception,
    Phrases,
    Question,
    Rubric,
)

BUILT_IN = Path(__file__).resolve().parents[2] / "content" / "questions"


@functools.cache
def built_in_questions() -> tuple[Question, ...]:
    """The questions that come with the product, in file and then document order."""
    return load_questions(sorted(BUILT_IN.glob("*.yaml")))


def built_in_sha256() -> str:
    """Hash over the question files, in name order."""
    digest = hashlib.sha256()
    for path in sorted(BUILT_IN.glob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_questions(paths: Iterable[Path]) -> tuple[Question, ...]:
    """Reads files; ids are unique over all of them.

    Raises:
        InvalidInput: with path, line and reason.
    """
    questions: dict[str, Question] = {}
    for path in paths:
        for question in parse_questions(path.read_text("utf-8"), source=path.name):
            if question.id in questions:
                _refuse(path.name, "duplicate_id", question.id)
            questions[question.id] = question
    return tuple(questions.values())


def parse_questions(text: str, *, source: str = "") -> tuple[Question, ...]:
    """Questions of one YAML document: a list, or a mapping with the key ``questions``.

    Args:
        source: named in errors, with the line of the question that is wrong.

    Raises:
        InvalidInput: the YAML or a question in it is malformed.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
        data = yaml.load(text, Loader=loader)  # noqa: S506 - safe loaders
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1}" if mark else source
        _refuse(where, "not_yaml", str(getattr(error, "problem", error)))
    if data is None:
        return ()
    node: Any = root
    if isinstance(data, dict):
        if not isinstance(data.get("questions"), list):
            _refuse(f"{source}:1", "no_questions", "questions")
        node = next(value for key, value in node.value if key.value == "questions")
        data = data["questions"]
    if not isinstance(data, list):
        _refuse(f"{source}:1", "no_questions", "questions")
    return tuple(
        parse_question(item, source=f"{source}:{child.start_mark.line + 1}")
        for item, child in zip(data, node.value, strict=True)
    )


def parse_question(data: Mapping[str, Any], *, source: str = "") -> Question:
    """One question of plain data, as stored or uploaded.

    Raises:
        InvalidInput: a field is missing or out of range; names the field.
    """
    return _Reader(source).question(data)


def question_document(question: Question) -> dict[str, Any]:
    """Plain data of a question, as it stands in YAML: `parse_question` reads it back."""

    def both(words: Bilingual) -> dict[str, str]:
        return {"zh": words.zh, "en": words.en}

    def phrases(found: Phrases) -> dict[str, list[str]]:
        return {"zh": list(found.zh), "en": list(found.en)}

    document: dict[str, Any] = {
        "id": question.id,
        "dimension": question.dimension,
        "kind": question.kind,
        "industry": question.industry,
        "indicators": list(question.indicators),
        "function": question.function,
        "level": question.level,
        "difficulty": question.difficulty,
        "minutes": question.minutes,
        "family": question.family,
        "concepts": list(question.concepts),
        "title": both(question.title),
        "text": both(question.text),
    }
    if question.material:
        document["material"] = {
            "title": both(question.material.title),
            "text": both(question.material.text),
        }
    document["rubric"] = {
        "max_score": question.rubric.max_score,
        "key_points": [
            {
                "id": p.id,
                "weight": p.weight,
                "text": both(p.text),
                "accept": phrases(p.accept),
                "contradicted_by": phrases(p.contradicted_by),
            }
            for p in question.rubric.key_points
        ],
        "misconceptions": [
            {"id": m.id, "penalty": m.penalty, "text": both(m.text), "accept": phrases(m.accept)}
            for m in question.rubric.misconceptions
        ],
    }
    document["anchors"] = {anchor.score: both(anchor.text) for anchor in question.anchors}
    document["follow_ups"] = [both(f.text) | {"when": f.when} for f in question.follow_ups]
    return document


def _refuse(where: str, reason: str, what: str) -> NoReturn:
    raise InvalidInput(say(f"questions.{reason}", where=where, what=what), field=what)


class _Reader:
    """Checks and converts; every refusal names the place and the field."""

    def __init__(self, source: str) -> None:
        self.where = source

    def question(self, data: object) -> Question:
        if not isinstance(data, Mapping):
            _refuse(self.where, "not_a_mapping", "question")
        identifier = self.string(data, "id")
        self.where = f"{self.where} {identifier}".strip()
        kind = self.choice(data, "kind", KINDS)
        material = data.get("material")
        if (kind == "learning") != bool(material):
            _refuse(self.where, "material_wanted", "material")
        return Question(
            id=identifier,
            dimension=self.string(data, "dimension"),
            kind=kind,
            industry=self.choice(data, "industry", INDUSTRIES, default=""),
            indicators=self.strings(data, "indicators", needed=True),
            function=self.choice(data, "function", FUNCTIONS),
            level=self.whole(data, "level", 1, 5),
            difficulty=self.whole(data, "difficulty", 1, 5),
            minutes=self.whole(data, "minutes", 1, 120),
            title=self.both(data, "title"),
            text=self.both(data, "text"),
            rubric=self.rubric(data.get("rubric")),
            anchors=self.anchors(data.get("anchors")),
            follow_ups=self.follow_ups(data.get("follow_ups")),
            material=self.material(material) if material else None,
            family=str(data.get("family") or ""),
            concepts=self.strings(data, "concepts"),
        )

    def rubric(self, data: object) -> Rubric:
        if not isinstance(data, Mapping):
            _refuse(self.where, "not_a_mapping", "rubric")
        points = tuple(
            KeyPoint(
                id=self.string(p, "id"),
                weight=self.number(p, "weight"),
                text=self.both(p, "text"),
                accept=self.phrases(p, "accept"),
                contradicted_by=self.phrases(p, "contradicted_by"),
            )
            for p in self.mappings(data, "key_points")
        )
        if not points:
            _refuse(self.where, "missing_field", "rubric.key_points")
        wrong = tuple(
            Misconception(
                id=self.string(m, "id"),
                penalty=self.number(m, "penalty"),
                text=self.both(m, "text"),
                accept=self.phrases(m, "accept"),
            )
            for m in self.mappings(data, "misconceptions")
        )
        ids = [p.id for p in points] + [m.id for m in wrong]
        if len(set(ids)) < len(ids):
            _refuse(self.where, "duplicate_id", "rubric")
        maximum = self.number(data, "max_score") if "max_score" in data else 10.0
        return Rubric(maximum, points, wrong)

    def anchors(self, data: object) -> tuple[Anchor, ...]:
        if not isinstance(data, Mapping):
            _refuse(self.where, "not_a_mapping", "anchors")
        found = {int(score): words for score, words in data.items() if str(score).isdigit()}
        if tuple(sorted(found)) != ANCHOR_SCORES:
            _refuse(self.where, "anchor_scores", "anchors")
        return tuple(
            Anchor(score, self.both(found, score, name=f"anchors.{score}"))
            for score in ANCHOR_SCORES
        )

    def follow_ups(self, data: object) -> tuple[FollowUp, ...]:
        if data is None:
            return ()
        if not isinstance(data, list):
            _refuse(self.where, "not_a_list", "follow_ups")
        return tuple(
            FollowUp(
                self.both({"follow_ups": item}, "follow_ups"),
                self.choice(item, "when", FOLLOW_UP_WHEN, default="always"),
            )
            for item in data
        )

    def material(self, data: object) -> Material:
        if not isinstance(data, Mapping):
            _refuse(self.where, "not_a_mapping", "material")
        return Material(self.both(data, "title"), self.both(data, "text"))

    def string(self, data: Mapping[Any, Any], key: str) -> str:
        value = data.get(key)
        if not isinstance(value, str) or not value.strip():
            _refuse(self.where, "missing_field", key)
        return value.strip()

    def choice(
        self,
        data: Mapping[Any, Any],
        key: str,
        allowed: Sequence[str],
        *,
        default: str | None = None,
    ) -> str:
        value = data.get(key)
        value = default if value is None else value
        if value not in allowed:
            wanted = ", ".join(filter(None, allowed))
            _refuse(self.where, "not_one_of", f"{key} = {value!r} ({wanted})")
        return str(value)

    def whole(self, data: Mapping[Any, Any], key: str, low: int, high: int) -> int:
        value = data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            _refuse(self.where, "out_of_range", f"{key} = {value!r} ({low}–{high})")
        return value

    def number(self, data: Mapping[Any, Any], key: str) -> float:
        value = data.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 100:
            _refuse(self.where, "out_of_range", f"{key} = {value!r} (0–100)")
        return float(value)

    def both(self, data: Mapping[Any, Any], key: object, *, name: str = "") -> Bilingual:
        value = data.get(key)
        if not isinstance(value, Mapping):
            _refuse(self.where, "not_bilingual", name or str(key))
        # A missing translation is a draft's right; the lint reports it.
        return Bilingual(str(value.get("zh") or "").strip(), str(value.get("en") or "").strip())

    def strings(
        self, data: Mapping[Any, Any], key: str, *, needed: bool = False
    ) -> tuple[str, ...]:
        value = data.get(key) or []
        if not isinstance(value, list) or (needed and not value):
            _refuse(self.where, "not_a_list", key)
        return tuple(str(item) for item in value)

    def phrases(self, data: Mapping[Any, Any], key: str) -> Phrases:
        value = data.get(key) or {}
        if not isinstance(value, Mapping):
            _refuse(self.where, "not_bilingual", key)
        return Phrases(self.strings(value, "zh"), self.strings(value, "en"))

    def mappings(self, data: Mapping[Any, Any], key: str) -> list[Mapping[Any, Any]]:
        value = data.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            _refuse(self.where, "not_a_list", key)
        return value
