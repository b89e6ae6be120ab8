"""Definitions of the process figures: pure functions over recorded events.

Each is defined, with a worked example, in docs/insights.md; the pages only show what stands here.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

STAGE_ORDER = (
    "applied",
    "screened",
    "invited",
    "assessed",
    "interviewing",
    "evaluated",
    "offered",
    "hired",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded step of an application; ``undone`` where a later event took it back."""

    application: int
    from_stage: str
    to_stage: str
    at: dt.datetime
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something took, in days: median, quartiles, number of cases."""

    name: str
    n: int
    median_days: float | None
    q1_days: float | None
    q3_days: float | None


def days_between(start: dt.datetime, end: dt.datetime) -> float:
    """Elapsed days, 24 hours each; never negative."""
    return max(0.0, (end - start).total_seconds() / 86400)


def summarise(name: str, days: Sequence[float]) -> Duration:
    """Median and quartiles (inclusive method); quartiles from four cases on."""
    if not days:
        return Duration(name, 0, None, None, None)
    middle = statistics.median(days)
    if len(days) < 4:
        return Duration(name, len(days), middle, None, None)
    q1, _median, q3 = statistics.quantiles(days, n=4, method="inclusive")
    return Duration(name, len(days), middle, q1, q3)


def funnel(steps: Iterable[Step]) -> dict[str, int]:
    """Applications that ever reached each stage by a step that still stands.

    A stage passed over (an assessment waived) counts as reached when a later one was.
    """
    furthest: dict[int, int] = defaultdict(lambda: -1)
    for step in steps:
        if not step.undone and step.to_stage in STAGE_ORDER:
            place = STAGE_ORDER.index(step.to_stage)
            furthest[step.application] = max(furthest[step.application], place)
    return {
        stage: sum(1 for place in furthest.values() if place >= index)
        for index, stage in enumerate(STAGE_ORDER)
    }


def stage_durations(steps: Iterable[Step]) -> list[Duration]:
    """Time spent in each stage, over the stays that have ended."""
    by_application: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        if not step.undone:
            by_application[step.application].append(step)
    stays: dict[str, list[float]] = defaultdict(list)
    for own in by_application.values():
        own.sort(key=lambda step: step.at)
        for before, after in itertools.pairwise(own):
            stays[before.to_stage].append(days_between(before.at, after.at))
    return [summarise(stage, stays.get(stage, [])) for stage in STAGE_ORDER[:-1]]


def decision_days(
    applied: Mapping[int, dt.datetime], decided: Mapping[int, dt.datetime]
) -> dict[int, float]:
    """Days from application to the first decision that stands, per decided application."""
    return {
        key: days_between(applied[key], at) for key, at in sorted(decided.items()) if key in applied
    }


def wilson(successes: int, n: int, z: float = 1.6448536) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927); 90 % by default.

    >>> tuple(round(x, 3) for x in wilson(8, 10))
    (0.541, 0.931)
    """
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    centre = share + z * z / (2 * n)
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
