"""What changed from one revision of a question to the next, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Message
from touchstone.engine.questions.lint import place_of


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs; ``before`` or ``after`` is empty where it came or went.

    Of a list of phrases only those that came or went are given.
    """

    field: str
    before: str
    after: str

    @property
    def place(self) -> Message:
        return place_of(self.field)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Differences of two documents as docs/question-bank.md has them, in the order of fields."""
    before, after = dict(_fields(old)), dict(_fields(new))
    found = []
    for field in dict.fromkeys((*before, *after)):
        was, now = before.get(field, ""), after.get(field, "")
        if was == now:
            continue
        if isinstance(was, tuple) or isinstance(now, tuple):
            gone = [p for p in was or () if p not in (now or ())]
            come = [p for p in now or () if p not in (was or ())]
            if not gone and not come:
                continue  # only the order differs
            was, now = " · ".join(gone), " · ".join(come)
        found.append(Change(field, str(was), str(now)))
    return tuple(found)


def _fields(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if name == "rubric":
            yield from _rubric(value)
        elif name == "follow_ups":
            for number, follow_up in enumerate(value or (), 1):
                yield from _both(f"follow_ups.{number}", follow_up)
        elif name == "anchors":
            for score in sorted(value or {}, key=int):
                yield from _both(f"anchors.{score}", value[score])
        elif name == "material":
            for part in ("title", "text"):
                yield from _both(f"material.{part}", (value or {}).get(part) or {})
        elif isinstance(value, Mapping):
            yield from _both(name, value)
        elif isinstance(value, list):
            yield name, tuple(str(item) for item in value)
        else:
            yield name, _plain(value)


def _rubric(rubric: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "max_score", _plain(rubric.get("max_score"))
    for point in (*(rubric.get("key_points") or ()), *(rubric.get("misconceptions") or ())):
        at = f"rubric.{point.get('id')}"
        yield from _both(f"{at}.text", point.get("text") or {})
        yield f"{at}.weight", _plain(point.get("weight", point.get("penalty")))
        for name in ("accept", "contradicted_by"):
            for lang in ("zh", "en"):
                yield f"{at}.{name}.{lang}", tuple((point.get(name) or {}).get(lang) or ())


def _both(field: str, words: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for lang in ("zh", "en"):
        yield f"{field}.{lang}", str(words.get(lang) or "")


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value or "")
