"""The baseline: what a careful coordinator does by hand."""

from __future__ import annotations

from collections.abc import Iterable

from touchstone.engine.scheduling.calendar import Calendar
from touchstone.engine.scheduling.compiled import Talk


def place_greedily(calendar: Calendar, talks: Iterable[Talk]) -> None:
    """Candidate by candidate, round by round: the earliest start, the least loaded panel."""
    for talk in talks:
        if talk.index in calendar.placements:
            continue
        option = next(calendar.options(talk), None)
        if option is not None:
            calendar.place(option)
