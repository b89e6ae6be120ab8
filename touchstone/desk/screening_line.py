"""What a line does: who falls on which side, and the shares of groups that would be above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.engine.fairness.selection import LEAST, Group, GroupRatio, compare_groups
from touchstone.engine.profiles.model import CompetencyModel
from touchstone.recruiting.selectors import YEARS, Standing
from touchstone.ui.bilingual import choose

WIDTH = 1000.0
STEP = 2  # points a column of the plot covers


@dataclass(frozen=True, slots=True)
class Bar:
    """A column of the plot, in a field of 1000 by 100."""

    x: float
    y: float
    width: float
    height: float
    kind: str


def line_context(
    standings: Sequence[Standing],
    model: CompetencyModel | None,
    line: float,
) -> dict[str, Any]:
    """Counts on both sides, the plot, and the groups, for a template.

    Sides and plot are of those still in the round, as the list is. Shares of groups are of all
    who were scored: a share among those who are left tells nothing of what the line did.
    """
    review = min(model.decision.review_min if model else 45.0, line)
    sides: Counter[str] = Counter()
    left = [standing for standing in standings if not standing.ended]
    for standing in left:
        sides[_side(standing, line, review)] += standing.n
    current = model.decision.advance_min if model else None
    return {
        "line": line,
        "line_now": current,
        "line_moved": current is not None and line != current,
        "review_from": review,
        "sides": {name: sides.get(name, 0) for name in ("advance", "review", "decline")},
        "scored": sum(s.n for s in standings),
        "in_round": sum(s.n for s in left),
        "ended": sum(s.n for s in standings if s.ended),
        "plot": _bars(left, line, review),
        "line_x": round(line * WIDTH / 100, 1),
        "groupings": _groupings(standings, line),
        "least": LEAST,
        "overridden": sum(s.n for s in left if s.override),
    }


def _side(standing: Standing, line: float, review: float) -> str:
    """Where somebody falls; a person's word stands whatever the line."""
    if standing.override:
        return standing.override
    if standing.score >= line:
        return "advance"
    return "review" if standing.score >= review else "decline"


def _bars(standings: Sequence[Standing], line: float, review: float) -> list[Bar]:
    columns = [0] * (100 // STEP)
    for standing in standings:
        columns[min(int(standing.score // STEP), len(columns) - 1)] += standing.n
    highest = max(columns) or 1
    width = WIDTH / len(columns)
    bars = []
    for index, n in enumerate(columns):
        if not n:
            continue
        low = STEP * index
        height = round(max(1.5, 100 * n / highest), 1)
        kind = "hi" if low >= line else "mid" if low >= review else "lo"
        bars.append(Bar(round(index * width + 2, 1), 100 - height, width - 4, height, kind))
    return bars


def _groupings(
    standings: Sequence[Standing], line: float
) -> list[tuple[str, list[tuple[str, GroupRatio]]]]:
    """Groups that a resume itself names; who belongs to none is counted as such."""
    return [
        (choose("学历", "Degree"), _compare(standings, line, _degree, _DEGREES)),
        (choose("工作年限", "Experience"), _compare(standings, line, _years, _YEARS)),
        (choose("简历语言", "Language"), _compare(standings, line, lambda s: s.language, _LANGS)),
    ]


_DEGREES = (
    ("graduate", "硕士及以上", "Master and above"),
    ("bachelor", "本科", "Bachelor"),
    ("below", "专科及以下", "Below bachelor"),
    ("", "未写", "Not stated"),
)
_YEARS = (
    *((str(i), f"{a:g}–{b:g} 年", f"{a:g}–{b:g} years") for i, (a, b) in enumerate(YEARS[:-1])),
    (str(len(YEARS) - 1), f"{YEARS[-1][0]:g} 年以上", f"{YEARS[-1][0]:g}+ years"),
    ("", "未写", "Not stated"),
)
_LANGS = (("zh", "中文", "Chinese"), ("en", "英文", "English"))


def _degree(standing: Standing) -> str:
    if standing.degree in {"doctor", "master"}:
        return "graduate"
    if standing.degree == "bachelor":
        return "bachelor"
    return "below" if standing.degree in {"associate", "secondary"} else ""


def _years(standing: Standing) -> str:
    return str(standing.years) if standing.years >= 0 else ""


def _compare(
    standings: Sequence[Standing],
    line: float,
    group_of: Callable[[Standing], str],
    names: Sequence[tuple[str, str, str]],
) -> list[tuple[str, GroupRatio]]:
    n: Counter[str] = Counter()
    above: Counter[str] = Counter()
    for standing in standings:
        key = group_of(standing)
        n[key] += standing.n
        above[key] += standing.n if standing.score >= line else 0
    shown = [(key, choose(zh, en)) for key, zh, en in names if n[key]]
    rows = compare_groups([Group(key, n[key], above[key]) for key, _ in shown])
    return [(label, row) for (_, label), row in zip(shown, rows, strict=True)]
