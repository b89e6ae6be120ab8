"""Changing a competency model: weights that keep their sum, parts added and taken, differences.

Pure functions over MODEL.yaml as data; every result is a new document.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
ANCHORS = ("2", "5", "8", "10")
LEAST_WEIGHT = 0.5
_SLUG = re.compile(r"[^a-z0-9]+")


def balanced(weights: Sequence[float], total: float, fixed: int | None = None) -> list[float]:
    """Weights scaled to a total, in tenths; the one at ``fixed`` keeps its value.

    The others share what is left in proportion, at least `LEAST_WEIGHT` each; what rounding leaves
    goes to the largest of them. (50, 30, 20) to 100 with the first fixed at 60 gives 60, 24, 16.
    """
    if not weights:
        return []
    others = [i for i in range(len(weights)) if i != fixed]
    if not others:
        return [round(total, 1)]
    keep = 0.0
    if fixed is not None:
        most = total - LEAST_WEIGHT * len(others)
        keep = round(max(LEAST_WEIGHT, min(weights[fixed], most)), 1)
    rest = total - keep
    raw = [max(weights[i], 0.0) for i in others]
    whole = sum(raw) or float(len(raw))
    shares = [max(LEAST_WEIGHT, rest * (r if sum(raw) else 1.0) / whole) for r in raw]
    scale = rest / sum(shares)
    values = [max(LEAST_WEIGHT, round(share * scale, 1)) for share in shares]
    largest = max(range(len(values)), key=lambda k: values[k])
    values[largest] = round(values[largest] + rest - sum(values), 1)
    result = [0.0] * len(weights)
    for index, value in zip(others, values, strict=True):
        result[index] = value
    if fixed is not None:
        result[fixed] = keep
    return result


def rebalanced(document: Document, changed: tuple[int, int | None] | None = None) -> Document:
    """The document with dimensions summing to 100 and indicators to their dimension.

    Args:
        changed: the dimension (and indicator) whose weight a person just set; it is kept, and the
            others beside it make room.
    """
    fresh = copy.deepcopy(document)
    dimensions = fresh["dimensions"]
    fixed = changed[0] if changed and changed[1] is None else None
    weights = balanced([_weight(d) for d in dimensions], 100.0, fixed)
    for index, (dimension, weight) in enumerate(zip(dimensions, weights, strict=True)):
        dimension["weight"] = _plain(weight)
        own = dimension["indicators"]
        kept = changed[1] if changed and changed[0] == index else None
        for item, value in zip(own, balanced([_weight(i) for i in own], weight, kept), strict=True):
            item["weight"] = _plain(value)
    return fresh


def indicator_added(document: Document, dimension: int, indicator: Mapping[str, Any]) -> Document:
    """With one more indicator in a dimension, at the mean weight of those there; ids are unique."""
    fresh = copy.deepcopy(document)
    home = fresh["dimensions"][dimension]
    taken = {i["id"] for d in fresh["dimensions"] for i in d["indicators"]}
    own = home["indicators"]
    weight = _weight(home) / (len(own) + 1)
    name = unique_id(str(indicator.get("id") or f"{home['id']}.new"), taken)
    own.append({"keywords": [], "text": "", **indicator, "id": name, "weight": weight})
    return rebalanced(fresh)


def indicator_removed(document: Document, dimension: int, indicator: int) -> Document:
    """Without that indicator; the last one of a dimension stays."""
    fresh = copy.deepcopy(document)
    own = fresh["dimensions"][dimension]["indicators"]
    if len(own) > 1:
        del own[indicator]
    return rebalanced(fresh)


def dimension_added(document: Document, name: Mapping[str, str]) -> Document:
    """With one more dimension of 10 points and one indicator to be written."""
    fresh = copy.deepcopy(document)
    taken = {d["id"] for d in fresh["dimensions"]}
    key = unique_id(slug(name.get("en", "")) or "dimension", taken)
    fresh["dimensions"].append(
        {
            "id": key,
            "name": dict(name),
            "weight": 10,
            "indicators": [{"id": f"{key}.first", "weight": 10, "text": "", "keywords": []}],
        }
    )
    return rebalanced(fresh, (len(fresh["dimensions"]) - 1, None))


def dimension_removed(document: Document, dimension: int) -> Document:
    """Without that dimension; the last one stays."""
    fresh = copy.deepcopy(document)
    if len(fresh["dimensions"]) > 1:
        del fresh["dimensions"][dimension]
    return rebalanced(fresh)


def weights_set(document: Document, weights: Mapping[str, float]) -> Document:
    """With the dimensions at these weights, by id, their indicators in proportion."""
    fresh = copy.deepcopy(document)
    for dimension in fresh["dimensions"]:
        dimension["weight"] = weights.get(dimension["id"], dimension["weight"])
    return rebalanced(fresh)


def slug(words: str) -> str:
    """Words as an id: small Latin letters and digits."""
    return _SLUG.sub("-", words.lower()).strip("-")[:40]


def unique_id(wanted: str, taken: set[str]) -> str:
    """The id, or the first of id-2, id-3 … that is free."""
    if wanted not in taken:
        return wanted
    return next(f"{wanted}-{n}" for n in range(2, 1000) if f"{wanted}-{n}" not in taken)


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two models at one place.

    Attributes:
        kind: weight | text | keywords | anchors | name | threshold | added | removed | title.
        where: name of the indicator or dimension; "" for the model itself.
    """

    kind: str
    where: Any
    before: str
    after: str


def differences(before: Document | None, after: Document) -> list[Difference]:
    """Everything that changed, dimension by dimension; parts are matched by id."""
    if before is None:
        return []
    found = _plain_fields(before, after)
    old = {d["id"]: d for d in before["dimensions"]}
    new = {d["id"]: d for d in after["dimensions"]}
    found += [
        Difference("removed", part.get("name", key), _shown(part), "")
        for key, part in old.items()
        if key not in new
    ]
    for key, dimension in new.items():
        name = dimension.get("name", key)
        if key not in old:
            found.append(Difference("added", name, "", _shown(dimension)))
            continue
        found += _part(old[key], dimension, name, ("name",))
        found += _indicators(old[key], dimension)
    return found


def _plain_fields(before: Document, after: Document) -> list[Difference]:
    found = []
    if before.get("job_title") != after.get("job_title"):
        found.append(
            Difference("title", "", str(before.get("job_title")), str(after.get("job_title")))
        )
    for step in ("advance", "review"):
        was = before.get("decision", {}).get(step, {}).get("min")
        now = after.get("decision", {}).get(step, {}).get("min")
        if was != now:
            found.append(Difference("threshold", step, _number(was), _number(now)))
    return found


def _indicators(before: Document, after: Document) -> list[Difference]:
    old = {i["id"]: i for i in before["indicators"]}
    new = {i["id"]: i for i in after["indicators"]}
    found = [
        Difference("removed", _name(item), _shown(item), "")
        for key, item in old.items()
        if key not in new
    ]
    for key, item in new.items():
        if key not in old:
            found.append(Difference("added", _name(item), "", _shown(item)))
        else:
            found += _part(old[key], item, _name(item), ("name", "text", "keywords", "anchors"))
    return found


def _part(before: Document, after: Document, name: Any, fields: Sequence[str]) -> list[Difference]:
    found = []
    if abs(_weight(before) - _weight(after)) > 0.049:
        found.append(
            Difference("weight", name, _number(before["weight"]), _number(after["weight"]))
        )
    for field in fields:
        was, now = _words(before.get(field)), _words(after.get(field))
        if was != now:
            found.append(Difference(field, name, was, now))
    return found


def _name(indicator: Document) -> Any:
    return indicator.get("name") or indicator.get("text") or indicator["id"]


def _shown(part: Document) -> str:
    return _number(part.get("weight"))


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return "；".join(
            f"{key}: {_words(item)}" if str(key).isdigit() else _words(item)
            for key, item in value.items()
        )
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    return str(value or "")


def _number(value: Any) -> str:
    return f"{float(value):g}" if isinstance(value, int | float) else ""


def _weight(part: Mapping[str, Any]) -> float:
    return float(part.get("weight") or 0.0)


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 1)
