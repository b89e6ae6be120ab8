"""Clocks as numbers: five-minute units from the first midnight of the horizon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from touchstone.engine.scheduling.problem import Hours, Problem, Window

UNIT_MINUTES = 5
DAY = 24 * 60 // UNIT_MINUTES
Mask = npt.NDArray[np.bool_]


class Timeline:
    """Converts between moments and units for one problem.

    A unit's day is ``unit // DAY``; on the day of a clock change the hours after it are shifted by
    the change, which moves no start off its grid because changes are whole hours.
    """

    def __init__(self, problem: Problem) -> None:
        self.zone = ZoneInfo(problem.zone)
        self.first_day = problem.first_day
        self.days = (problem.last_day - problem.first_day).days + 1
        self.length = self.days * DAY
        self.origin = dt.datetime.combine(
            problem.first_day, dt.time(), tzinfo=self.zone
        ).astimezone(dt.UTC)
        self.step = max(1, problem.step_minutes // UNIT_MINUTES)

    def floor(self, moment: dt.datetime) -> int:
        """The unit that contains a moment; may lie outside the horizon."""
        return int((moment - self.origin).total_seconds() // (60 * UNIT_MINUTES))

    def ceil(self, moment: dt.datetime) -> int:
        """The first unit that begins at or after a moment."""
        return -int((self.origin - moment).total_seconds() // (60 * UNIT_MINUTES))

    def moment(self, unit: int) -> dt.datetime:
        """The start of a unit, in the problem's zone."""
        return (self.origin + dt.timedelta(minutes=unit * UNIT_MINUTES)).astimezone(self.zone)

    def mask(self, windows: Iterable[Window]) -> Mask:
        """Units that lie wholly in one of the windows."""
        mask = np.zeros(self.length, dtype=np.bool_)
        for window in windows:
            low, high = max(0, self.ceil(window.start)), self.floor(window.end)
            if high > low:
                mask[low:high] = True
        return mask

    def touched(self, windows: Iterable[Window]) -> Mask:
        """Units that overlap any of the windows."""
        mask = np.zeros(self.length, dtype=np.bool_)
        for window in windows:
            low, high = max(0, self.floor(window.start)), self.ceil(window.end)
            if high > low:
                mask[low:high] = True
        return mask

    def hours(self, hours: Sequence[Hours], zone: str) -> Mask:
        """Units within weekly hours of a zone."""
        own = ZoneInfo(zone) if zone else self.zone
        windows = []
        for offset in range(-1, self.days + 1):
            day = self.first_day + dt.timedelta(days=offset)
            midnight = dt.datetime.combine(day, dt.time())
            windows += [
                Window(
                    (midnight + dt.timedelta(minutes=h.start_minute)).replace(tzinfo=own),
                    (midnight + dt.timedelta(minutes=h.end_minute)).replace(tzinfo=own),
                )
                for h in hours
                if h.weekday == day.weekday()
            ]
        return self.mask(windows)


def fitting_starts(free: Mask, length: int) -> Mask:
    """Units from which ``length`` units in a row are free."""
    total = np.concatenate([[0], np.cumsum(free)])
    fits = np.zeros(len(free), dtype=np.bool_)
    if length <= len(free):
        fits[: len(free) - length + 1] = total[length:] - total[:-length] == length
    return fits
