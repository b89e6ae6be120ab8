"""The model editor's form: a document to fields and back."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from touchstone.positions.editing import ANCHORS, Document
from touchstone.ui.bilingual import choose

LONGEST = 2000
_SPLIT = re.compile(r"[,，、;；\n]+")
MOST_DIMENSIONS = 12
MOST_INDICATORS = 40


def document_from_form(form: Mapping[str, str], base: Document) -> Document:
    """The document as the form says; what the form does not show stays as in ``base``.

    Anything may be empty: `parse_model` tells what is missing when it is published.
    """
    fresh = copy.deepcopy(base)
    known_dimensions = {d["id"]: d for d in base["dimensions"]}
    known = {i["id"]: i for d in base["dimensions"] for i in d["indicators"]}
    fresh["job_title"] = form.get("job_title", fresh.get("job_title", ""))[:120]
    if form.get("job_title_en"):
        fresh["job_title_en"] = form["job_title_en"][:120]
    advance = _number(form.get("advance"), fresh["decision"]["advance"]["min"])
    review = _number(form.get("review"), fresh["decision"]["review"]["min"])
    fresh["decision"] = {
        "advance": {"min": advance},
        "review": {"min": review, "max": advance},
        "decline": {"max": review},
    }
    dimensions = []
    for d in range(MOST_DIMENSIONS):
        key = form.get(f"d{d}-id")
        if not key:
            break
        dimension = copy.deepcopy(known_dimensions.get(key, {"id": key}))
        dimension["name"] = _bilingual(form, f"d{d}-name", dimension.get("name", ""))
        dimension["weight"] = _number(form.get(f"d{d}-weight"), dimension.get("weight", 0))
        dimension["indicators"] = _indicators(form, d, known)
        dimensions.append(dimension)
    if dimensions:
        fresh["dimensions"] = dimensions
    return fresh


def _indicators(form: Mapping[str, str], d: int, known: Mapping[str, Document]) -> list[Document]:
    found = []
    for i in range(MOST_INDICATORS):
        prefix = f"d{d}-i{i}"
        key = form.get(f"{prefix}-id")
        if not key:
            break
        item = copy.deepcopy(known.get(key, {"id": key}))
        item["weight"] = _number(form.get(f"{prefix}-weight"), item.get("weight", 0))
        name = _bilingual(form, f"{prefix}-name", item.get("name", ""))
        if name:
            item["name"] = name
        item["text"] = _bilingual(form, f"{prefix}-text", item.get("text", ""))
        if f"{prefix}-keywords" in form:
            words = (" ".join(w.split()) for w in _SPLIT.split(form[f"{prefix}-keywords"]))
            item["keywords"] = list(dict.fromkeys(w[:60] for w in words if w))[:60]
        anchors = _anchors(form, prefix, item.get("anchors", {}))
        if anchors:
            item["anchors"] = anchors
        else:
            item.pop("anchors", None)
        found.append(item)
    return found


def _anchors(form: Mapping[str, str], prefix: str, before: Mapping[Any, Any]) -> dict[str, Any]:
    was = {str(score): words for score, words in before.items()}
    found = {}
    for score in ANCHORS:
        words = _bilingual(form, f"{prefix}-a{score}", was.get(score, ""))
        if words:
            found[score] = words
    return found


def _bilingual(form: Mapping[str, str], name: str, before: Any) -> Any:
    """Words in both languages; one string where both are the same or only one is given."""
    if f"{name}_zh" not in form and f"{name}_en" not in form:
        return before
    zh = form.get(f"{name}_zh", "").strip()[:LONGEST]
    en = form.get(f"{name}_en", "").strip()[:LONGEST]
    if not zh or not en or zh == en:
        return zh or en
    return {"zh": zh, "en": en}


def _number(words: str | None, default: float) -> float:
    try:
        value = float(words) if words else float(default)
    except ValueError:
        return float(default)
    return round(value, 1) if 0 <= value <= 100 else float(default)


def both(value: Any) -> dict[str, str]:
    """Words of a document as two fields."""
    if isinstance(value, Mapping):
        return {"zh": str(value.get("zh", "")), "en": str(value.get("en", ""))}
    return {"zh": str(value or ""), "en": ""}


def shown(words: Mapping[str, str], default: str) -> str:
    """The name in the reader's language, in the other where that is all there is."""
    zh, en = words["zh"], words["en"]
    return choose(zh or en, en or zh) or default


def fields_of(document: Document) -> list[dict[str, Any]]:
    """Dimensions and indicators with the names of their fields, for the template."""
    rows = []
    for d, dimension in enumerate(document["dimensions"]):
        rows.append(
            {
                "index": d,
                "prefix": f"d{d}",
                "id": dimension["id"],
                "name": both(dimension.get("name", dimension["id"])),
                "shown": shown(both(dimension.get("name", dimension["id"])), dimension["id"]),
                "weight": float(dimension["weight"]),
                "indicators": [
                    _indicator_fields(d, i, item) for i, item in enumerate(dimension["indicators"])
                ],
            }
        )
    return rows


def _indicator_fields(d: int, i: int, item: Document) -> dict[str, Any]:
    anchors = {str(score): both(words) for score, words in item.get("anchors", {}).items()}
    name = both(item.get("name") or item.get("text") or item["id"])
    return {
        "index": i,
        "prefix": f"d{d}-i{i}",
        "id": item["id"],
        "name": name,
        "shown": shown(name, item["id"]),
        "text": both(item.get("text", "")),
        "weight": float(item["weight"]),
        "keywords": "、".join(item.get("keywords", ())),
        "anchors": [(score, anchors.get(score, {"zh": "", "en": ""})) for score in ANCHORS],
        "anchored": sum(1 for score in ANCHORS if score in anchors),
    }
