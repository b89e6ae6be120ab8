"""Tags and filters of every template. Loaded everywhere, so no template says `load`."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from touchstone.common.messages import Message
from touchstone.ui.bilingual import active_language, choose, message_text
from touchstone.ui.icons import ICONS

register = template.Library()
Number = float | int | Decimal | None
STRENGTH_WORDS = (
    ("没有", "none"),
    ("提及", "mentioned"),
    ("做过", "did it"),
    ("有结果", "with result"),
    ("可核对", "verifiable"),
)
KIND_STRENGTH = {
    "result": 3,
    "used": 2,
    "listed": 1,
    "negated": 0,
    "wished": 0,
    "other_person": 0,
    "hidden": 0,
}


@register.simple_tag
def t(zh: str, en: str, **args: Any) -> str:
    """Words in the reader's language; ``{name}`` places take the escaped arguments."""
    words = choose(zh, en)
    return format_html(words, **args) if args else mark_safe(conditional_escape(words))  # noqa: S308


@register.filter
def say(message: Message | Mapping[str, Any] | str) -> str:
    """A message of an engine in the reader's language."""
    return message_text(dict(message) if isinstance(message, Mapping) else message)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A line drawing on a 24 grid; decorative, the word beside it says what it means."""
    return format_html(
        '<svg class="i{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        " i-s" if size == "s" else "",
        mark_safe(ICONS[name]),  # noqa: S308 - our own drawings
    )


@register.filter
def one(value: Number) -> str:
    """A score, weight, percentage or day with one decimal; a dash where there is none."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{float(value):.1f}".replace("-", "−")


@register.filter
def rating(value: Number) -> str:
    """A 0–10 rating as given: 8, 7.5."""
    return "–" if value is None or value == "" else f"{float(value):g}"


@register.filter
def count(value: int | None) -> str:
    """A count with a comma from 1,000 on."""
    return "–" if value is None else f"{value:,}"


@register.simple_tag
def interval(low: Number, high: Number) -> SafeString:
    """``[79.2, 87.5]``, smaller and grey after its value; nothing where there is none."""
    if low is None or high is None:
        return SafeString("")
    return format_html('<span class="iv">[{}, {}]</span>', one(low), one(high))


@register.filter
def day(value: dt.date | dt.datetime | str | None) -> str:
    """11 月 22 日 / 22 Nov, with the year where it is not this one."""
    if not value:
        return "–"
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    local = _local(value) if isinstance(value, dt.datetime) else value
    this_year = _local(dt.datetime.now(dt.UTC)).year  # noqa: TID251 - only to leave the year out
    if active_language() == "en":
        return f"{local.day} {local:%b}" + ("" if local.year == this_year else f" {local.year}")
    year = "" if local.year == this_year else f"{local.year} 年 "
    return f"{year}{local.month} 月 {local.day} 日"


@register.filter
def clock(value: dt.datetime | str | None) -> str:
    """The time of day, 24 hours."""
    if not value:
        return "–"
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    return f"{_local(value):%H:%M}"


@register.filter
def moment(value: dt.datetime | str | None) -> str:
    """Day and time of day."""
    return f"{day(value)} {clock(value)}" if value else "–"


@register.filter
def seconds(value: int | None) -> str:
    """31:05 of a meeting's clock; 1:02:03 from an hour on."""
    if value is None:
        return ""
    minutes, rest = divmod(int(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _local(value: dt.datetime) -> dt.datetime:
    return value.astimezone(ZoneInfo(settings.TIME_ZONE))


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """``mapping[key]``, or nothing."""
    return None if not mapping else mapping.get(key)


@register.filter
def strength(kind: str) -> int:
    """Thickness 0–4 of a piece of screening evidence by its kind."""
    return KIND_STRENGTH.get(kind, 1)


@register.filter
def strength_word(level: int) -> str:
    """The words for a thickness."""
    return choose(*STRENGTH_WORDS[max(0, min(4, int(level)))])


@register.simple_tag
def streaks(levels: Sequence[int], label: str = "") -> SafeString:
    """Slanted strokes, one a piece of evidence, as thick as it is strong."""
    levels = list(levels)[:12]
    width = 10 * max(1, len(levels)) + 6
    words = "、".join(strength_word(level) for level in levels) or choose("没有证据", "no evidence")
    strokes = format_html_join(
        "",
        '<line x1="{}" y1="18" x2="{}" y2="2" stroke-width="{}" class="{}"></line>',
        (
            (
                5 + 10 * i,
                11 + 10 * i,
                (1, 2, 3, 5, 8)[max(0, min(4, level))],
                "miss" if level <= 0 else "",
            )
            for i, level in enumerate(levels)
        ),
    )
    return format_html(
        '<svg class="streaks" viewBox="0 0 {} 20" width="{}" height="20" role="img" '
        'aria-label="{}">{}</svg>',
        width,
        width,
        f"{label} {words}".strip(),
        strokes,
    )


@register.simple_tag
def sbar(
    value: Number,
    low: Number = None,
    high: Number = None,
    raw: Number = None,
    threshold: Number = None,
    top: float = 100.0,
) -> SafeString:
    """A score on its scale: interval in grey, point in ink, raw as a short tick, threshold dashed."""
    if value is None:
        return format_html('<span class="nodata">{}</span>', choose("数据不够", "Not enough data"))
    parts = [SafeString('<line class="t" x1="0" x2="200" y1="7" y2="7"></line>')]
    place = lambda x: round(max(0.0, min(1.0, float(x) / top)) * 200, 1)  # noqa: E731
    if low is not None and high is not None:
        parts.append(
            format_html(
                '<line class="iv" x1="{}" x2="{}" y1="7" y2="7"></line>', place(low), place(high)
            )
        )
    for name, mark, half in (("th", threshold, 7), ("raw", raw, 3), ("pt", value, 6)):
        if mark is not None:
            parts.append(
                format_html(
                    '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"></line>',
                    name,
                    place(mark),
                    place(mark),
                    7 - half,
                    7 + half,
                )
            )
    sentence = choose("得分 {}", "score {}").format(one(value))
    if low is not None and high is not None:
        sentence += choose("，区间 {} 到 {}", ", interval {} to {}").format(one(low), one(high))
    if raw is not None:
        sentence += choose("，原始分 {}", ", raw {}").format(one(raw))
    return format_html(
        '<svg class="sbar" viewBox="0 0 200 14" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>',
        sentence,
        SafeString("".join(parts)),
    )


@register.simple_tag
def radar(
    labels: Sequence[str], values: Sequence[Number], means: Sequence[Number], top: float = 100.0
) -> SafeString:
    """One person (ink) against the mean (grey), drawn on the server; the table stands beside it."""
    n = len(labels)
    if n < 3 or any(v is None for v in values):
        return SafeString("")
    centre, radius = 130.0, 88.0

    def point(index: int, share: float) -> tuple[float, float]:
        angle = -math.pi / 2 + 2 * math.pi * index / n
        return (
            round(centre + radius * share * math.cos(angle), 1),
            round(centre + radius * share * math.sin(angle), 1),
        )

    def polygon(numbers: Sequence[Number]) -> str:
        shares = [max(0.0, min(1.0, float(v or 0) / top)) for v in numbers]
        return " ".join("{},{}".format(*point(i, share)) for i, share in enumerate(shares))

    rings = format_html_join(
        "",
        '<polygon class="ring" points="{}"></polygon>',
        ((polygon([top * k / 4] * n),) for k in (1, 2, 3, 4)),
    )
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{} {}</text>',
        ((*point(i, 1.22), labels[i], one(values[i])) for i in range(n)),
    )
    sentence = "，".join(
        f"{label} {one(v)}（{choose('平均', 'mean')} {one(m)}）"
        for label, v, m in zip(labels, values, means, strict=True)
    )
    return format_html(
        '<svg class="radar" viewBox="0 0 260 260" role="img" aria-label="{}">{}'
        '<polygon class="mean" points="{}"></polygon><polygon class="own" points="{}"></polygon>{}</svg>',
        sentence,
        rings,
        polygon(means),
        polygon(values),
        texts,
    )


@register.simple_tag
def bars(rows: Sequence[tuple[str, Number]], unit: str = "") -> SafeString:
    """Horizontal bars from zero, each with its label and number."""
    highest = max((float(v) for _label, v in rows if v is not None), default=0.0) or 1.0
    return format_html(
        '<ol class="bars">{}</ol>',
        format_html_join(
            "",
            '<li><span>{}</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect width="{}" height="10"></rect></svg><b class="num">{}{}</b></li>',
            (
                (
                    label,
                    0 if v is None else round(100 * float(v) / highest, 2),
                    "–" if v is None else f"{float(v):g}",
                    unit if v is not None else "",
                )
                for label, v in rows
            ),
        ),
    )


@register.filter
def highlight(text: str, marks: Sequence[Mapping[str, Any]]) -> SafeString:
    """The text with its evidence underlined in gold. Overlapping marks: the stronger stays.

    Args:
        marks: mappings with start, end (code points), kind, and optionally an id.
    """
    chosen: list[tuple[int, int, int, str]] = []
    ranked = sorted(marks, key=lambda m: (-strength(str(m.get("kind", ""))), m["start"]))
    for mark in ranked:
        start, end = int(mark["start"]), int(mark["end"])
        if 0 <= start < end <= len(text) and all(end <= s or start >= e for s, e, _k, _i in chosen):
            chosen.append(
                (start, end, strength(str(mark.get("kind", ""))), str(mark.get("id", "")))
            )
    parts, at = [], 0
    for start, end, level, name in sorted(chosen):
        parts.append(conditional_escape(text[at:start]))
        parts.append(
            format_html(
                '<mark data-s="{}" id="ev-{}" tabindex="-1">{}</mark>', level, name, text[start:end]
            )
        )
        at = end
    parts.append(conditional_escape(text[at:]))
    return SafeString("".join(parts))


@register.inclusion_tag("ui/parts/field.html")
def field(
    name: str,
    label: str,
    value: Any = "",
    kind: str = "text",
    hint: str = "",
    error: str = "",
    required: bool = False,
    rows: int = 4,
    options: Sequence[tuple[str, str]] = (),
    autocomplete: str = "",
) -> dict[str, Any]:
    """A labelled field; the hint and the error are tied to it."""
    return {
        "name": name,
        "label": label,
        "value": "" if value is None else value,
        "kind": kind,
        "hint": hint,
        "error": error,
        "required": required,
        "rows": rows,
        "options": options,
        "autocomplete": autocomplete,
    }


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's query string with some parameters changed; an empty value removes one."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return "?" + params.urlencode()
