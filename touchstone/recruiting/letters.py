"""Letters in both languages: the words are in `content/letters`, the facts come as arguments."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "content" / "letters"
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


@functools.cache
def _letters() -> dict[str, dict[str, dict[str, str]]]:
    letters: dict[str, dict[str, dict[str, str]]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        letters.update(yaml.safe_load(path.read_text("utf-8")))
    return letters


def letter_names() -> list[str]:
    """The templates there are, by name."""
    return sorted(_letters())


def letter(name: str, language: str, /, **facts: Any) -> tuple[str, str]:
    """Subject and body.

    Raises:
        KeyError: no such letter, or a fact is missing.
    """
    words = _letters()[name]["en" if language == "en" else "zh"]
    return words["subject"].format(**facts).strip(), words["body"].format(**facts).strip() + "\n"


def moment_text(moment: dt.datetime, zone: str, language: str) -> str:
    """A moment as written in letters: 11 月 26 日（周四）14:00, or Thu 26 Nov 2026, 14:00."""
    local = moment.astimezone(ZoneInfo(zone))
    if language == "en":
        return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"
    weekday = WEEKDAYS[local.weekday()]
    return f"{local.month} 月 {local.day} 日（周{weekday}）{local:%H:%M}"


def other_zone_text(
    start: dt.datetime, end: dt.datetime, zone: str, own: str, language: str
) -> str:
    """The same time in the reader's own zone, where it differs; otherwise empty."""
    here, there = start.astimezone(ZoneInfo(zone)), start.astimezone(ZoneInfo(own))
    if here.utcoffset() == there.utcoffset():
        return ""
    last = end.astimezone(ZoneInfo(own))
    if language == "en":
        return f"; your time ({own}): {moment_text(start, own, 'en')} – {last:%H:%M}"
    return f"；你所在时区（{own}）：{moment_text(start, own, 'zh')} – {last:%H:%M}"
