"""Small scheduling problems for the tests."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from touchstone.engine.scheduling.problem import (
    Candidate,
    Hours,
    Interviewer,
    Problem,
    Round,
    Seat,
    Window,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = dt.date(2026, 11, 30)
MORNING = tuple(Hours(weekday, 540, 720) for weekday in range(5))


def at(day: int, hour: float) -> dt.datetime:
    """A moment on the n-th day of the horizon."""
    midnight = dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(), tzinfo=SHANGHAI)
    return midnight + dt.timedelta(hours=hour)


def window(day: int, start: float, end: float) -> Window:
    return Window(at(day, start), at(day, end))


def problem(count: int = 3, /, **changes: Any) -> Problem:
    """One algorithm and one business interviewer, mornings of a working week, talks of an hour."""
    fields: dict[str, Any] = {
        "zone": "Asia/Shanghai",
        "first_day": MONDAY,
        "last_day": MONDAY + dt.timedelta(days=4),
        "interviewers": (
            Interviewer("ann", "algorithm", hours=MORNING),
            Interviewer("bo", "business", hours=MORNING),
        ),
        "rounds": (Round("first", 60, (Seat("algorithm"), Seat("business"))),),
        "candidates": tuple(Candidate(f"c{n}") for n in range(count)),
    }
    return Problem(**{**fields, **changes})
