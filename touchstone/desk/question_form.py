"""A question's document as form fields and back: one field a text, one line a phrase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from touchstone.engine.questions.question import ANCHOR_SCORES

LANGS = ("zh", "en")
POINTS, MISCONCEPTIONS, FOLLOW_UPS = 8, 4, 5
BLANK_POINTS = 4
WHOLE = ("level", "difficulty", "minutes")
PLAIN = ("id", "dimension", "kind", "industry", "function", "family")

EMPTY: dict[str, Any] = {
    "dimension": "technical",
    "kind": "technical",
    "industry": "",
    "indicators": [],
    "function": "training",
    "level": 3,
    "difficulty": 3,
    "minutes": 8,
    "concepts": [],
    "rubric": {"max_score": 10, "key_points": [], "misconceptions": []},
    "anchors": {},
    "follow_ups": [],
}


def form_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the editor's template shows: rows for what there is and blank ones to go on.

    Args:
        document: as `engine.questions.loading.question_document` gives it, or stored.
    """
    rubric = document.get("rubric") or {}
    anchors = {str(k): v for k, v in (document.get("anchors") or {}).items()}
    points = [_row("p", n, p) for n, p in enumerate(rubric.get("key_points") or [], 1)]
    points = _filled(points, "p", max(BLANK_POINTS, len(points) + 1), POINTS)
    wrong = [_row("m", n, m) for n, m in enumerate(rubric.get("misconceptions") or [], 1)]
    follow_ups = [_row("f", n, f) for n, f in enumerate(document.get("follow_ups") or [], 1)]
    return {
        **{name: document.get(name, "") for name in (*PLAIN, *WHOLE)},
        "indicators": list(document.get("indicators") or []),
        "concepts": "\n".join(document.get("concepts") or []),
        "title": document.get("title") or {},
        "text": document.get("text") or {},
        "max_score": f"{rubric.get('max_score', 10):g}",
        "points": points,
        "misconceptions": _filled(wrong, "m", len(wrong) + 1, MISCONCEPTIONS),
        "anchors": [
            {"key": f"a{score}", "score": score, "text": anchors.get(str(score)) or {}}
            for score in ANCHOR_SCORES
        ],
        "follow_ups": _filled(follow_ups, "f", max(2, len(follow_ups) + 1), FOLLOW_UPS),
        "material": document.get("material") or {},
    }


def _row(prefix: str, number: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    text = {lang: entry.get(lang, "") for lang in LANGS} if prefix == "f" else entry.get("text")
    value = entry.get("weight", entry.get("penalty", ""))
    return {
        "key": f"{prefix}{number}",
        "number": number,
        "id": entry.get("id", ""),
        "value": f"{value:g}" if isinstance(value, int | float) else value,
        "when": entry.get("when", "always"),
        "text": text or {},
        "accept": {k: "\n".join(v) for k, v in (entry.get("accept") or {}).items()},
        "against": {k: "\n".join(v) for k, v in (entry.get("contradicted_by") or {}).items()},
    }


def _filled(
    rows: list[dict[str, Any]], prefix: str, wanted: int, most: int
) -> list[dict[str, Any]]:
    blank = range(len(rows) + 1, min(wanted, most) + 1)
    return [*rows, *(_row(prefix, number, {}) for number in blank)]


def document_of(post: Mapping[str, str], indicators: list[str]) -> dict[str, Any]:
    """The document that a form describes; blank rows are left out, nothing is judged.

    Args:
        post: the form's fields.
        indicators: the boxes that are ticked, with the free ones behind them.
    """
    document: dict[str, Any] = {name: post.get(name, "").strip() for name in PLAIN}
    document |= {name: _number(post.get(name, "")) for name in WHOLE}
    document["indicators"] = indicators
    document["concepts"] = lines(post.get("concepts", ""))
    document |= {name: _both(post, name) for name in ("title", "text")}
    document["rubric"] = {
        "max_score": _number(post.get("max_score", "10")),
        "key_points": [
            _entry(post, f"p{n}", "weight") for n in range(1, POINTS + 1) if _any(post, f"p{n}")
        ],
        "misconceptions": [
            _entry(post, f"m{n}", "penalty")
            for n in range(1, MISCONCEPTIONS + 1)
            if _any(post, f"m{n}")
        ],
    }
    document["anchors"] = {score: _both(post, f"a{score}") for score in ANCHOR_SCORES}
    document["follow_ups"] = [
        {"when": post.get(f"f{n}_when", "always")} | _both(post, f"f{n}")
        for n in range(1, FOLLOW_UPS + 1)
        if _any(post, f"f{n}")
    ]
    material = {"title": _both(post, "material_title"), "text": _both(post, "material")}
    if document["kind"] == "learning" and any(material["text"].values()):
        document["material"] = material
    return document


def _entry(post: Mapping[str, str], key: str, value_name: str) -> dict[str, Any]:
    kind = "k" if key[0] == "p" else "m"
    entry: dict[str, Any] = {
        "id": post.get(f"{key}_id", "").strip() or f"{kind}{key[1:]}",
        value_name: _number(post.get(f"{key}_value", "")),
        "text": _both(post, key),
        "accept": {lang: lines(post.get(f"{key}_accept_{lang}", "")) for lang in LANGS},
    }
    if value_name == "weight":
        entry["contradicted_by"] = {
            lang: lines(post.get(f"{key}_against_{lang}", "")) for lang in LANGS
        }
    return entry


def _any(post: Mapping[str, str], key: str) -> bool:
    names = ("zh", "en", "accept_zh", "accept_en")
    return any(post.get(f"{key}_{name}", "").strip() for name in names)


def _both(post: Mapping[str, str], name: str) -> dict[str, str]:
    return {lang: post.get(f"{name}_{lang}", "").replace("\r\n", "\n").strip() for lang in LANGS}


def lines(text: str) -> list[str]:
    """The lines of a field, trimmed, without blank ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(text: str) -> int | float | str:
    """A number where it is one; otherwise the words, for the schema to refuse."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value
