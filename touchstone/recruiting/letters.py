"""Letters in both languages: the words are in `content/letters`, the facts come as arguments."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
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


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter with examples for its facts.

    Attributes:
        subject, body: each as pieces of text with whether the piece is a fact.
    """

    subject: tuple[tuple[str, bool], ...]
    body: tuple[tuple[str, bool], ...]


def letter_preview(name: str, language: str, company: str) -> Preview:
    """What a letter looks like.

    Raises:
        KeyError: no such letter, or a fact without an example.
    """
    words = _letters()[name]["en" if language == "en" else "zh"]
    facts = {**EXAMPLES["zh"], **(EXAMPLES["en"] if language == "en" else {}), "company": company}
    return Preview(_pieces(words["subject"], facts), _pieces(words["body"], facts))


def _pieces(words: str, facts: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    for text, fact, _, _ in Formatter().parse(words.strip()):
        found += [(text, False)] if text else []
        found += [(facts[fact], True)] if fact else []
    return tuple(found)


EXAMPLES: dict[str, dict[str, str]] = {
    "zh": {
        "name": "林晓",
        "candidate": "林晓",
        "hire": "林晓",
        "position": "AI 训练师（电商）",
        "tasks": "5",
        "minutes": "110",
        "deadline": "11 月 29 日（周日）23:59",
        "until": "12 月 31 日",
        "link": "https://…/p/…",
        "links": "https://…/pool/…",
        "meeting_url": "https://meeting.tencent.com/dm/…",
        "contact": "hr@example.com",
        "round": "1",
        "date": "11 月 26 日",
        "start": "11 月 26 日（周四）14:00",
        "end": "15:00",
        "when": "11 月 26 日（周四）14:00",
        "zone": "北京时间",
        "other_zone": "；你所在时区（Europe/Berlin）：11 月 26 日（周四）07:00 – 08:00",
        "place": "线上，腾讯会议",
        "panel": "沈砚（算法部）、许念（电商部）",
        "materials": "一个你做过的数据项目，能说清楚你做了哪一部分",
        "times": "11 月 26 日（周四）14:00\n11 月 27 日（周五）10:00",
        "focus": "数据质量、业务理解",
        "interviews": "林晓，AI 训练师（电商），11 月 26 日（周四）14:00",
        "inviter": "江离",
        "username": "shen.yan",
        "manager": "何鸣",
        "month": "3",
        "count": "3",
        "people": "周遥、陈北、吴桐",
        "searches": "冷启动，懂标注质量：3 人",
    },
    "en": {
        "name": "Lin Xiao",
        "candidate": "Lin Xiao",
        "hire": "Lin Xiao",
        "position": "AI trainer (e-commerce)",
        "deadline": "Sun 29 Nov 2026, 23:59",
        "until": "31 Dec 2026",
        "date": "26 Nov",
        "start": "Thu 26 Nov 2026, 14:00",
        "when": "Thu 26 Nov 2026, 14:00",
        "zone": "China time",
        "other_zone": "; your time (Europe/Berlin): Thu 26 Nov 2026, 07:00 – 08:00",
        "place": "online, Tencent Meeting",
        "panel": "Shen Yan (algorithms), Xu Nian (e-commerce)",
        "materials": "a data project of yours, and which part of it you did",
        "times": "Thu 26 Nov 2026, 14:00\nFri 27 Nov 2026, 10:00",
        "focus": "data quality, business understanding",
        "interviews": "Lin Xiao, AI trainer (e-commerce), Thu 26 Nov 2026, 14:00",
        "inviter": "Jiang Li",
        "manager": "He Ming",
        "people": "Zhou Yao, Chen Bei, Wu Tong",
        "searches": "cold start, knows label quality: 3 people",
    },
}


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
