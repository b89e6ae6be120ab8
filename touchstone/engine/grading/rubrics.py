"""Rubrics: what a full answer says, in weighted parts, read strictly from RUBRIC.yaml."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Lang, say

if TYPE_CHECKING:
    from touchstone.engine.questions.question import Question

KINDS = ("business", "communication", "learning", "technical")
LANGS = ("zh", "en")
Lines = dict[tuple[str | int, ...], int]


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One part of a full answer.

    Attributes:
        text: what a full answer says about this point.
        weight: share of the score, relative to the other points; above 0.
        accept: phrases that also carry the point; hints, never exhaustive.
        contradicted_by: phrases that say the opposite of it.
    """

    id: str
    text: str
    weight: float = 1.0
    accept: tuple[str, ...] = ()
    contradicted_by: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Misconception:
    """A false belief worth ``penalty`` points of the score when an answer holds it."""

    id: str
    text: str
    penalty: float = 1.0
    accept: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Rubric:
    """A question with its key points. ``extra`` keeps the keys this version does not know."""

    id: str
    question: str
    key_points: tuple[KeyPoint, ...]
    kind: str = "business"
    dimension: str = ""
    lang: Lang = "zh"
    material: str = ""
    max_score: float = 10.0
    misconceptions: tuple[Misconception, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)


def load_rubric(data: bytes, path: str = "") -> Rubric:
    """The rubric of one RUBRIC.yaml, in UTF-8 or GB18030.

    Args:
        path: named in errors, with the line of what is wrong.

    Raises:
        InvalidInput: the message gives path, line and reason.
    """
    text = _decoded(data, path)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
        loaded = yaml.load(text, Loader=loader)  # noqa: S506 - safe loaders
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1 if mark else 1}"
        _refuse("not_yaml", where, str(getattr(error, "problem", None) or error))
    return _Reader(path, _lines(node)).rubric(loaded)


def rubric_from_mapping(data: Mapping[str, Any], path: str = "") -> Rubric:
    """The rubric of plain data with the keys of RUBRIC.yaml.

    Raises:
        InvalidInput: a key is missing or has a value that cannot be used.
    """
    return _Reader(path, {}).rubric(dict(data))


def rubric_from_question(question: Question, lang: Lang) -> Rubric:
    """The rubric of a question of the bank, in one of its languages."""
    return rubric_from_mapping(question.rubric_document(lang), question.id)


def _decoded(data: bytes, path: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refusal("not_text", f"{path}:1", "")


def _refusal(name: str, where: str, what: str) -> InvalidInput:
    return InvalidInput(say(f"grading.{name}", where=where, what=what), field=what)


def _refuse(name: str, where: str, what: str) -> NoReturn:
    raise _refusal(name, where, what)


def _lines(node: Any) -> Lines:
    """Line number of every value, by its path of keys and positions."""
    lines: Lines = {}
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), node)] if node else []
    while waiting:
        at, current = waiting.pop()
        lines[at] = current.start_mark.line + 1
        if isinstance(current, yaml.MappingNode):
            waiting += [((*at, str(key.value)), value) for key, value in current.value]
        elif isinstance(current, yaml.SequenceNode) and len(at) < 8:
            waiting += [((*at, i), value) for i, value in enumerate(current.value)]
    return lines


class _Reader:
    """Reads one document; knows the line of each value."""

    def __init__(self, path: str, lines: Lines) -> None:
        self.path, self.lines = path, lines

    def refuse(self, name: str, at: tuple[str | int, ...], what: str = "") -> NoReturn:
        known = at
        while known and known not in self.lines:
            known = known[:-1]
        where = f"{self.path}:{self.lines.get(known, 1)}"
        _refuse(name, where, what or ".".join(str(part) for part in at))

    def rubric(self, data: Any) -> Rubric:
        if not isinstance(data, dict):
            self.refuse("not_a_mapping", (), "rubric")
        points = self.items(data, "key_points", required=True)
        key_points = tuple(self.key_point(item, ("key_points", i)) for i, item in points)
        wrong = tuple(
            self.misconception(item, ("misconceptions", i))
            for i, item in self.items(data, "misconceptions")
        )
        self.unique([p.id for p in key_points] + [m.id for m in wrong])
        known = {"id", "question", "key_points", "kind", "dimension", "lang", "material"}
        known |= {"max_score", "misconceptions"}
        kind = self.choice(data, "kind", KINDS, "business")
        return Rubric(
            id=self.text(data, "id", ()),
            question=self.text(data, "question", ()),
            key_points=key_points,
            kind=kind,
            dimension=self.text(data, "dimension", (), required=False),
            lang="en" if self.choice(data, "lang", LANGS, "zh") == "en" else "zh",
            material=self.text(data, "material", (), required=False),
            max_score=self.number(data, "max_score", (), 10.0),
            misconceptions=wrong,
            extra={k: v for k, v in data.items() if k not in known},
        )

    def key_point(self, item: Any, at: tuple[str | int, ...]) -> KeyPoint:
        if not isinstance(item, dict):
            self.refuse("not_a_mapping", at)
        known = {"id", "text", "weight", "accept", "contradicted_by"}
        return KeyPoint(
            id=self.text(item, "id", at),
            text=self.text(item, "text", at),
            weight=self.number(item, "weight", at, 1.0),
            accept=self.phrases(item, "accept", at),
            contradicted_by=self.phrases(item, "contradicted_by", at),
            extra={k: v for k, v in item.items() if k not in known},
        )

    def misconception(self, item: Any, at: tuple[str | int, ...]) -> Misconception:
        if not isinstance(item, dict):
            self.refuse("not_a_mapping", at)
        return Misconception(
            id=self.text(item, "id", at),
            text=self.text(item, "text", at),
            penalty=self.number(item, "penalty", at, 1.0, zero=True),
            accept=self.phrases(item, "accept", at),
            extra={k: v for k, v in item.items() if k not in {"id", "text", "penalty", "accept"}},
        )

    def items(self, data: dict[str, Any], key: str, *, required: bool = False) -> Any:
        value = data.get(key)
        if value is None and not required:
            return []
        if value is None:
            self.refuse("missing_field", (key,))
        if not isinstance(value, list) or (required and not value):
            self.refuse("not_a_list", (key,))
        return list(enumerate(value))

    def text(
        self, data: dict[str, Any], key: str, at: tuple[str | int, ...], *, required: bool = True
    ) -> str:
        value = data.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.refuse("missing_field", (*at, key))
            return ""
        if not isinstance(value, str):
            self.refuse("not_text_value", (*at, key))
        return value.strip()

    def number(
        self,
        data: dict[str, Any],
        key: str,
        at: tuple[str | int, ...],
        default: float,
        *,
        zero: bool = False,
    ) -> float:
        value = data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.refuse("not_a_number", (*at, key))
        if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
            self.refuse("out_of_range", (*at, key))
        return float(value)

    def phrases(self, data: dict[str, Any], key: str, at: tuple[str | int, ...]) -> tuple[str, ...]:
        value = data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.refuse("not_a_list", (*at, key))
        return tuple(
            self.text({i: phrase}, i, (*at, key))  # type: ignore[dict-item, arg-type]
            for i, phrase in enumerate(value)
        )

    def choice(self, data: dict[str, Any], key: str, allowed: tuple[str, ...], default: str) -> str:
        value = data.get(key)
        if value is None:
            return default
        if value not in allowed:
            self.refuse("not_one_of", (key,), f"{key}: {value} ({'|'.join(allowed)})")
        return str(value)

    def unique(self, ids: list[str]) -> None:
        for i, name in enumerate(ids):
            if name in ids[:i]:
                self.refuse("duplicate_id", ("key_points",), name)
