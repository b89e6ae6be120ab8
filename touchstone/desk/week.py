"""A position's interviews laid out on a week's board: days, quarters of an hour, lanes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from touchstone.interviews.models import Interview, PanelMember

FIRST_HOUR, LAST_HOUR = 8, 20
WEEK = re.compile(r"(\d{4})-W(\d{2})\Z")


@dataclass(slots=True)
class Block:
    """One interview on the board; ``row`` and ``span`` are quarters of an hour from 8:00."""

    interview: Interview
    seats: list[PanelMember]
    row: int
    span: int
    lane: int = 1

    @property
    def declined(self) -> list[str]:
        return [s.person.name for s in self.seats if s.reply == "declined"]

    @property
    def all_coming(self) -> bool:
        replied = self.interview.candidate_reply == "accepted"
        return replied and all(s.reply == "accepted" for s in self.seats)


@dataclass(slots=True)
class Day:
    """A day with its blocks, in as many lanes as overlap."""

    date: dt.date
    blocks: list[Block] = field(default_factory=list)
    today: bool = False


@dataclass(slots=True)
class Week:
    """A week of the board, Monday first; the weekend only where something is on it."""

    monday: dt.date
    days: list[Day]

    @property
    def before(self) -> str:
        return week_name(self.monday - dt.timedelta(days=7))

    @property
    def after(self) -> str:
        return week_name(self.monday + dt.timedelta(days=7))

    @property
    def last(self) -> dt.date:
        return self.days[-1].date

    @property
    def total(self) -> int:
        return sum(len(day.blocks) for day in self.days)


def week_name(day: dt.date) -> str:
    """2026-W48, as in ISO 8601."""
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02}"


def monday_of(name: str, today: dt.date) -> dt.date:
    """The Monday of a named week; of this one where the name is none."""
    match = WEEK.match(name)
    if match:
        try:
            return dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        except ValueError:
            pass
    return today - dt.timedelta(days=today.weekday())


def week_of(
    interviews: Iterable[Interview], monday: dt.date, zone: ZoneInfo, today: dt.date
) -> Week:
    """Lays the interviews out; each with ``panel`` prefetched."""
    days = {monday + dt.timedelta(days=n): Day(monday + dt.timedelta(days=n)) for n in range(7)}
    for interview in sorted(interviews, key=lambda i: (i.starts_at, i.pk)):
        start = interview.starts_at.astimezone(zone)
        day = days.get(start.date())
        if day is None:
            continue
        minutes = (start.hour - FIRST_HOUR) * 60 + start.minute
        length = (interview.ends_at - interview.starts_at).total_seconds() / 60
        block = Block(
            interview=interview,
            seats=[seat for seat in interview.panel.all() if seat.removed_at is None],
            row=min(max(0, minutes // 15), (LAST_HOUR - FIRST_HOUR) * 4 - 2),
            span=max(2, min(16, round(length / 15))),
        )
        _into_lane(day, block)
    shown = [d for d in days.values() if d.date.weekday() < 5 or d.blocks]
    for day in shown:
        day.today = day.date == today
    return Week(monday, shown)


def _into_lane(day: Day, block: Block) -> None:
    lane = 1
    while any(
        other.lane == lane
        and other.row < block.row + block.span
        and block.row < other.row + other.span
        for other in day.blocks
    ):
        lane += 1
    block.lane = min(lane, 6)
    day.blocks.append(block)
