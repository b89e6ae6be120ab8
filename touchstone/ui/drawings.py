"""Charts drawn on the server: inline SVG with a sentence of its data, no style attribute.

The same mark means the same thing in all of them: interval in grey, point in ink, raw score as a
short tick, threshold or mean as a dashed teal line. Gold is evidence and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from touchstone.ui.bilingual import choose
from touchstone.ui.formats import Number, count, one, percent

STRENGTH_WORDS = (
    ("没有", "none"),
    ("提及", "mentioned"),
    ("做过", "did it"),
    ("有结果", "with result"),
    ("可核对", "verifiable"),
)
STROKE_PX = (1, 2, 3, 5, 8)
MOST_STROKES = 24


def strength_word(level: int) -> str:
    """The words for a thickness from 0 to 4."""
    return choose(*STRENGTH_WORDS[max(0, min(4, int(level)))])


def streak(level: int) -> SafeString:
    """One stroke with its word: 可核对. For keys and single marks."""
    return format_html("{}<span>{}</span>", streaks([level], ""), strength_word(level))


def streaks(levels: Sequence[int], label: str = "") -> SafeString:
    """Slanted strokes, one a piece of evidence, as thick as it is strong, strongest first.

    At most 24 are drawn; the sentence counts all.
    """
    ordered = sorted((max(0, min(4, int(level))) for level in levels), reverse=True)
    strokes, right = [], 0.0
    for level in ordered[:MOST_STROKES]:
        thick = STROKE_PX[level] + 1
        x = right + thick / 2 + 1
        right += thick + 3
        strokes.append((round(x, 1), round(x + 5, 1), STROKE_PX[level], "" if level else "miss"))
    width = math.ceil(right + 7) if strokes else 12
    counted = [
        choose(
            f"{strength_word(s)} {ordered.count(s)} 条", f"{ordered.count(s)} {strength_word(s)}"
        )
        for s in (4, 3, 2, 1, 0)
        if s in ordered
    ]
    words = choose("，", ", ").join(counted) or choose("没有证据", "no evidence")
    return format_html(
        '<svg class="streaks" viewBox="0 0 {} 20" width="{}" height="20" role="img" '
        'aria-label="{}">{}</svg>',
        width,
        width,
        f"{label} {words}".strip(),
        format_html_join(
            "",
            '<line x1="{}" x2="{}" y1="18" y2="2" stroke-width="{}" class="{}"></line>',
            strokes,
        ),
    )


def _line(name: str, x1: float, x2: float, half: float) -> SafeString:
    return format_html(
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"></line>', name, x1, x2, 7 - half, 7 + half
    )


def sbar(
    value: Number,
    low: Number = None,
    high: Number = None,
    raw: Number = None,
    threshold: Number = None,
    top: float = 100.0,
    bottom: float = 0.0,
) -> SafeString:
    """A score on its scale from ``bottom`` to ``top``, with interval, raw score and threshold."""
    if value is None:
        return format_html('<span class="nodata">{}</span>', choose("数据不够", "Not enough data"))

    def place(x: Number) -> float:
        share = (float(x or 0) - bottom) / ((top - bottom) or 1)
        return round(max(0.0, min(1.0, share)) * 200, 1)

    parts = [_line("t", 0, 200, 0)]
    sentence = choose("得分 {}", "score {}").format(one(value))
    if low is not None and high is not None:
        parts.append(_line("iv", place(low), place(high), 0))
        sentence += choose("，区间 {} 到 {}", ", interval {} to {}").format(one(low), one(high))
    if threshold is not None:
        parts.append(_line("th", place(threshold), place(threshold), 7))
        sentence += choose("，线 {}", ", line {}").format(one(threshold))
    if raw is not None:
        parts.append(_line("raw", place(raw), place(raw), 3))
        sentence += choose("，原始分 {}", ", raw {}").format(one(raw))
    parts.append(_line("pt", place(value), place(value), 6))
    return format_html(
        '<svg class="sbar" viewBox="0 0 200 14" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>',
        sentence,
        SafeString("".join(parts)),
    )


def _polygon(shares: Sequence[float], centre: tuple[float, float], radius: float) -> str:
    points = []
    for index, share in enumerate(shares):
        angle = -math.pi / 2 + 2 * math.pi * index / len(shares)
        reach = radius * max(0.0, min(1.0, share))
        points.append(
            f"{centre[0] + reach * math.cos(angle):.1f},{centre[1] + reach * math.sin(angle):.1f}"
        )
    return " ".join(points)


def radar(
    labels: Sequence[str],
    values: Sequence[Number],
    means: Sequence[Number],
    top: float = 100.0,
    intervals: Sequence[tuple[Number, Number] | None] = (),
) -> SafeString:
    """One person (ink) with interval (grey band) against the mean (dashed teal).

    Nothing for fewer than three dimensions or where a value is missing: its table says so.
    """
    n = len(labels)
    if n < 3 or any(v is None for v in values):
        return SafeString("")
    centre, radius = (180.0, 140.0), 100.0

    def shape(numbers: Sequence[Number]) -> str:
        return _polygon([float(v or 0) / top for v in numbers], centre, radius)

    rings = format_html_join(
        "",
        '<polygon class="ring" points="{}"/>',
        ((shape([top * k / 4] * n),) for k in range(1, 5)),
    )
    band = SafeString("")
    known = [pair for pair in intervals if pair and None not in pair]
    if len(known) == n:
        band = format_html(
            '<path class="band-iv" fill-rule="evenodd" d="M{}Z M{}Z"/>',
            shape([high for _low, high in known]).replace(" ", " L"),
            shape([low for low, _high in known]).replace(" ", " L"),
        )
    mean = SafeString("")
    if means and all(m is not None for m in means):
        mean = format_html('<polygon class="mean" points="{}"/>', shape(means))
    texts = []
    for index, label in enumerate(labels):
        angle = -math.pi / 2 + 2 * math.pi * index / n
        cosine, sine = math.cos(angle), math.sin(angle)
        anchor = "middle" if abs(cosine) < 0.2 else ("start" if cosine > 0 else "end")
        x = round(centre[0] + (radius + 10) * cosine, 1)
        y = round(centre[1] + (radius + 14) * sine + 4, 1)
        texts.append((x, y, anchor, label, one(values[index])))
    sentence = choose("，", ", ").join(
        f"{label} {one(v)} ({choose('平均', 'mean')} {one(m)})"
        for label, v, m in zip(labels, values, [*means] or [None] * n, strict=True)
    )
    return format_html(
        '<svg class="radar" viewBox="0 0 360 280" role="img" aria-label="{}">{}{}{}'
        '<polygon class="own" points="{}"/>{}</svg>',
        sentence,
        rings,
        band,
        mean,
        shape(values),
        format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="{}">{} <tspan class="v">{}</tspan></text>',
            texts,
        ),
    )


def bars(rows: Sequence[tuple[str, Number]], unit: str = "") -> SafeString:
    """Horizontal bars from zero, each with its label and number."""
    highest = max((float(v) for _label, v in rows if v is not None), default=0.0) or 1.0
    return format_html(
        '<ol class="bars">{}</ol>',
        format_html_join(
            "",
            '<li><span>{}</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" '
            'aria-hidden="true"><rect width="{}" height="10"/></svg><b class="num">{}{}</b></li>',
            (
                (
                    label,
                    0 if v is None else round(100 * float(v) / highest, 2),
                    "–" if v is None else f"{float(v):,g}",
                    unit if v is not None else "",
                )
                for label, v in rows
            ),
        ),
    )


def funnel(rows: Sequence[tuple[str, int]]) -> SafeString:
    """The stages of a round: how many reached each, and the share of the stage before."""
    highest = max((n for _label, n in rows), default=0) or 1
    lines = []
    for index, (label, n) in enumerate(rows):
        before = rows[index - 1][1] if index else 0
        share = percent(n / before) if before else ""
        lines.append((label, round(100 * n / highest, 2), count(n), share))
    return format_html(
        '<ol class="bars funnel">{}</ol>',
        format_html_join(
            "",
            '<li><span>{}</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" '
            'aria-hidden="true"><rect width="{}" height="10"/></svg>'
            '<b class="num">{}</b><small class="num">{}</small></li>',
            lines,
        ),
    )


def histogram(
    counts: Sequence[int],
    low: float,
    high: float,
    mark: Number = None,
    threshold: Number = None,
    label: str = "",
) -> SafeString:
    """How many fall into each equal step from ``low`` to ``high``; a person's mark, a line.

    The printed ends and the table behind it make it readable without the drawing.
    """
    n, highest, step = len(counts), max(counts, default=0) or 1, (high - low) / (len(counts) or 1)
    rects = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (
                "under"
                if threshold is not None and low + step * (i + 1) <= float(threshold)
                else "",
                round(600 * i / n + 1, 1),
                round(100 - 100 * c / highest, 1),
                round(600 / n - 2, 1),
                round(100 * c / highest, 1),
            )
            for i, c in enumerate(counts)
        ),
    )
    lines = format_html_join(
        "",
        '<line class="{0}" x1="{1}" x2="{1}" y1="0" y2="100"/>',
        (
            (name, round(600 * (float(x) - low) / ((high - low) or 1), 1))
            for name, x in (("th", threshold), ("pt", mark))
            if x is not None
        ),
    )
    steps = [
        (f"{one(low + step * i)}–{one(low + step * (i + 1))}", count(c))
        for i, c in enumerate(counts)
    ]
    sentence = choose(
        f"{label}：共 {count(sum(counts))}，从 {one(low)} 到 {one(high)}",
        f"{label}: {count(sum(counts))} in all, from {one(low)} to {one(high)}",
    )
    for words, x in ((("本人", "this person"), mark), (("线", "line"), threshold)):
        if x is not None:
            sentence += choose(f"，{words[0]} {one(x)}", f", {words[1]} {one(x)}")
    return format_html(
        '<figure class="hist"><svg viewBox="0 0 600 100" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}{}</svg><div class="ends num"><span>{}</span><span>{}</span></div>'
        '<details class="behind"><summary>{}</summary><table class="tbl"><tbody>{}</tbody></table>'
        "</details></figure>",
        sentence,
        rects,
        lines,
        one(low),
        one(high),
        choose("看数据", "Show the data"),
        format_html_join("", '<tr><th>{}</th><td class="r">{}</td></tr>', steps),
    )


def dots(
    rows: Sequence[tuple[str, Number, Number, Number]],
    low: float = 0.0,
    high: float = 100.0,
    threshold: Number = None,
) -> SafeString:
    """Aligned rows of (label, value, interval low, high) on one scale with printed ends."""
    lines = (
        (
            label,
            sbar(value, a, b, threshold=threshold, top=high, bottom=low),
            one(value),
            SafeString("") if a is None or b is None else interval(a, b),
        )
        for label, value, a, b in rows
    )
    return format_html(
        '<div class="dots"><ol>{}</ol>'
        '<div class="ends num"><span>{}</span><span>{}</span></div></div>',
        format_html_join(
            "",
            '<li><span>{}</span>{}<b class="num">{}</b>{}</li>',
            lines,
        ),
        one(low),
        one(high),
    )


def interval(low: Number, high: Number) -> SafeString:
    """``[79.2, 87.5]``, smaller and grey after its value; nothing where there is none."""
    if low is None or high is None:
        return SafeString("")
    return format_html('<span class="iv">[{}, {}]</span>', one(low), one(high))


def score(value: Number, low: Number = None, high: Number = None) -> SafeString:
    """A score with one decimal and its interval: **83.6** [79.2, 87.5]."""
    if value is None:
        return format_html('<span class="nodata">{}</span>', choose("数据不够", "Not enough data"))
    return format_html('<b class="num">{}</b> {}', one(value), interval(low, high))
