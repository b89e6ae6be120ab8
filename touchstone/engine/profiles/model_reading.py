"""MODEL.yaml read strictly: every refusal names path, line and reason."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Bilingual, Lang, say
from touchstone.engine.profiles.model import (
    WEIGHT_TOLERANCE,
    Anchor,
    CompetencyModel,
    Decision,
    Dimension,
    Indicator,
)

Place = tuple[str | int, ...]
Lines = Mapping[Place, int]
_MOST_VALUES = 20_000
_MOST_ITEMS = 200
_MODEL_KEYS = {
    "job_title",
    "job_title_en",
    "as_of",
    "decision",
    "dimensions",
    "notes",
    "lang",
}
_DIMENSION_KEYS = {"id", "name", "weight", "indicators"}
_INDICATOR_KEYS = {
    "id",
    "weight",
    "text",
    "name",
    "keywords",
    "anchors",
    "at_least",
    "unit",
}
_HAN = re.compile("[\u4e00-\u9fff]")


def read_yaml(text: str | bytes, source: str) -> tuple[Any, Lines]:
    """Data of one YAML document and the line of each value, by its path of keys and positions.

    Raises:
        InvalidInput: not text in UTF-8 or GB18030, or not YAML.
    """
    words = text if isinstance(text, str) else _decoded(text, source)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(words, Loader=loader)
        data = yaml.load(words, Loader=loader)  # noqa: S506 - safe loaders
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1 if mark else 1}"
        _refuse("model_not_yaml", where, str(getattr(error, "problem", None) or error))
    return data, _lines(node, source)


def _decoded(data: bytes, source: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _refuse("model_not_text", f"{source}:1", source)


def _lines(node: Any, source: str) -> Lines:
    """Walks the document as a tree, so that one of few bytes and many aliases is refused."""
    lines: dict[Place, int] = {}
    waiting: list[tuple[Place, Any]] = [((), node)] if node else []
    while waiting:
        at, current = waiting.pop()
        lines[at] = current.start_mark.line + 1
        if len(lines) > _MOST_VALUES:
            _refuse("model_too_many", f"{source}:1", "model", most=_MOST_VALUES)
        if isinstance(current, yaml.MappingNode):
            waiting += [((*at, str(key.value)), value) for key, value in current.value]
        elif isinstance(current, yaml.SequenceNode):
            waiting += [((*at, i), value) for i, value in enumerate(current.value)]
    return lines


def _refuse(name: str, where: str, what: str, **args: Any) -> NoReturn:
    raise InvalidInput(say(f"profiles.{name}", where=where, what=what, **args), field=what)


class ModelReader:
    """Reads one document; knows the line of each value where it came from a file."""

    def __init__(self, source: str, lines: Lines) -> None:
        self.source, self.lines = source, lines

    def refuse(self, name: str, at: Place, **args: Any) -> NoReturn:
        known = at
        while known and known not in self.lines:
            known = known[:-1]
        line = self.lines.get(known)
        where = f"{self.source}:{line}" if line else self.source
        _refuse(name, where or "MODEL", ".".join(map(str, at)) or "model", **args)

    def model(self, data: Any) -> CompetencyModel:
        if not isinstance(data, Mapping):
            self.refuse("model_not_a_mapping", ())
        title = self.words(data, "job_title", ())
        if data.get("job_title_en") is not None:
            title = Bilingual(title.zh, self.words(data, "job_title_en", ()).en)
        dimensions = tuple(
            self.dimension(item, ("dimensions", i))
            for i, item in enumerate(self.items(data, "dimensions", (), needed=True))
        )
        self.total([d.weight for d in dimensions], 100.0, ("dimensions",))
        self.unique([d.id for d in dimensions], ("dimensions",))
        self.unique([i.id for d in dimensions for i in d.indicators], ("dimensions",))
        return CompetencyModel(
            job_title=title,
            dimensions=dimensions,
            decision=self.decision(data.get("decision")),
            as_of=str(data.get("as_of") or ""),
            notes=tuple(str(note) for note in self.items(data, "notes", ())),
            lang=self.lang(data, title),
            extra=_others(data, _MODEL_KEYS),
        )

    def dimension(self, item: Any, at: Place) -> Dimension:
        if not isinstance(item, Mapping):
            self.refuse("model_not_a_mapping", at)
        identifier = self.identifier(item, at)
        weight = self.number(item, "weight", at, 0.0, 100.0)
        indicators = tuple(
            self.indicator(found, (*at, "indicators", i))
            for i, found in enumerate(self.items(item, "indicators", at, needed=True))
        )
        self.total([i.weight for i in indicators], weight, (*at, "indicators"))
        name = self.words(item, "name", at) if item.get("name") else Bilingual(*[identifier] * 2)
        return Dimension(identifier, name, weight, indicators, _others(item, _DIMENSION_KEYS))

    def indicator(self, item: Any, at: Place) -> Indicator:
        if not isinstance(item, Mapping):
            self.refuse("model_not_a_mapping", at)
        text = self.words(item, "text", at)
        at_least = None
        if item.get("at_least") is not None:
            at_least = self.number(item, "at_least", at, 0.0, 1e6)
        return Indicator(
            id=self.identifier(item, at),
            weight=self.number(item, "weight", at, 0.0, 100.0),
            text=text,
            name=self.words(item, "name", at) if item.get("name") else text,
            keywords=self.keywords(item, at),
            anchors=self.anchors(item.get("anchors"), (*at, "anchors")),
            at_least=at_least,
            unit=str(item.get("unit") or ""),
            extra=_others(item, _INDICATOR_KEYS),
        )

    def keywords(self, item: Mapping[str, Any], at: Place) -> tuple[str, ...]:
        """A list, or one list a language."""
        value = item.get("keywords")
        if isinstance(value, Mapping):
            lists = [self.items(value, lang, (*at, "keywords")) for lang in value]
            value = [word for words in lists for word in words]
        elif value is not None and not isinstance(value, list):
            self.refuse("model_not_a_list", (*at, "keywords"))
        found = [str(word).strip() for word in value or () if word is not None]
        return tuple(dict.fromkeys(word for word in found if word))

    def anchors(self, value: Any, at: Place) -> tuple[Anchor, ...]:
        if value is None:
            return ()
        if not isinstance(value, Mapping):
            self.refuse("model_not_a_mapping", at)
        found = []
        for key in value:
            score = str(key).strip()
            if not score.isdecimal() or not 0 <= int(score) <= 10:
                self.refuse("model_anchor_score", (*at, score))
            found.append(Anchor(int(score), self.words(value, key, at)))
        return tuple(sorted(found, key=lambda anchor: anchor.score))

    def decision(self, value: Any) -> Decision:
        if value is None:
            return Decision()
        if not isinstance(value, Mapping):
            self.refuse("model_not_a_mapping", ("decision",))
        advance = self.edge(value, "advance", "min")
        review = self.edge(value, "review", "min")
        top = self.edge(value, "review", "max")
        decline = self.edge(value, "decline", "max")
        for one, other, name in ((advance, top, "advance"), (review, decline, "review")):
            if one is not None and other is not None and abs(one - other) > WEIGHT_TOLERANCE:
                self.refuse(
                    "model_thresholds", ("decision", name), one=f"{one:g}", other=f"{other:g}"
                )
        default = Decision()
        upper = next((v for v in (advance, top) if v is not None), default.advance_min)
        lower = next((v for v in (review, decline) if v is not None), None)
        lower = min(default.review_min, upper) if lower is None else lower
        if lower > upper:
            self.refuse("model_thresholds", ("decision",), one=f"{lower:g}", other=f"{upper:g}")
        return Decision(upper, lower)

    def edge(self, decision: Mapping[str, Any], name: str, side: str) -> float | None:
        part = decision.get(name)
        if part is None:
            return None
        if not isinstance(part, Mapping):
            self.refuse("model_not_a_mapping", ("decision", name))
        if part.get(side) is None:
            return None
        return self.number(part, side, ("decision", name), 0.0, 100.0)

    def lang(self, data: Mapping[str, Any], title: Bilingual) -> Lang:
        given = data.get("lang")
        if given in ("zh", "en"):
            return "en" if given == "en" else "zh"
        return "zh" if _HAN.search(title.zh) else "en"

    def identifier(self, item: Mapping[str, Any], at: Place) -> str:
        value = item.get("id")
        if value is None or isinstance(value, (Mapping, list, bool)) or not str(value).strip():
            self.refuse("model_missing", (*at, "id"))
        return str(value).strip()

    def words(self, data: Mapping[Any, Any], key: Any, at: Place) -> Bilingual:
        """Words in one language, or a mapping of both."""
        value = data.get(key)
        if isinstance(value, Mapping):
            halves = [str(value.get(lang) or "").strip() for lang in ("zh", "en")]
            if not any(halves):
                self.refuse("model_missing", (*at, key))
            return Bilingual(halves[0] or halves[1], halves[1] or halves[0])
        if isinstance(value, (list, bool)):
            self.refuse("model_not_words", (*at, key))
        if value is None or not str(value).strip():
            self.refuse("model_missing", (*at, key))
        return Bilingual(str(value).strip(), str(value).strip())

    def items(
        self, data: Mapping[str, Any], key: str, at: Place, *, needed: bool = False
    ) -> Sequence[Any]:
        value = data.get(key)
        if not needed and (value is None or value == []):
            return ()
        if value is None or value == []:
            self.refuse("model_missing", (*at, key))
        if not isinstance(value, list):
            if isinstance(value, str) and not needed:
                return (value,)
            self.refuse("model_not_a_list", (*at, key))
        if len(value) > _MOST_ITEMS:
            self.refuse("model_too_many", (*at, key), most=_MOST_ITEMS)
        return value

    def number(
        self, data: Mapping[str, Any], key: str, at: Place, least: float, most: float
    ) -> float:
        value = data.get(key)
        if value is None:
            self.refuse("model_missing", (*at, key))
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.refuse("model_not_a_number", (*at, key))
        if not math.isfinite(value) or not least <= value <= most:
            self.refuse("model_out_of_range", (*at, key), least=f"{least:g}", most=f"{most:g}")
        return float(value)

    def total(self, weights: Sequence[float], wanted: float, at: Place) -> None:
        given = math.fsum(weights)
        if abs(given - wanted) > WEIGHT_TOLERANCE:
            self.refuse("model_weights", at, given=f"{given:g}", wanted=f"{wanted:g}")

    def unique(self, identifiers: Sequence[str], at: Place) -> None:
        for i, name in enumerate(identifiers):
            if name in identifiers[:i]:
                self.refuse("model_duplicate_id", at, id=name)


def _others(data: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    return {str(key): value for key, value in data.items() if key not in known}
