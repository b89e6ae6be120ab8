"""What the parts of the demo's round share: its calendar, its people, its progress."""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from touchstone.accounts.models import Department, Person
from touchstone.accounts.permissions import person_actor
from touchstone.common.actors import Actor
from touchstone.demo.company import Company
from touchstone.demo.people import Person as DemoPerson
from touchstone.demo.resumes import MOST_IMAGES
from touchstone.demo.wording import rng_for
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

ZONE = ZoneInfo("Asia/Shanghai")
WORKDAYS = 5
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days counted from the one on which the round opens."""

    opens: dt.date

    def at(self, workday: int, hour: int = 9, minute: int = 0) -> dt.datetime:
        """A moment of the company's clock; ``workday`` 0 is the first, below zero before it."""
        weeks, rest = divmod(self.opens.weekday() + workday, WORKDAYS)
        monday = self.opens - dt.timedelta(days=self.opens.weekday())
        day = monday + dt.timedelta(days=7 * weeks + rest)
        return dt.datetime.combine(day, dt.time(hour, minute), ZONE).astimezone(dt.UTC)

    def later(self, days: int, hour: int = 10) -> dt.datetime:
        """``days`` calendar days after the opening."""
        day = self.opens + dt.timedelta(days=days)
        return dt.datetime.combine(day, dt.time(hour), ZONE).astimezone(dt.UTC)


class Progress:
    """Says on a stream what is being done: a line that counts on a terminal, one line a step
    elsewhere, nothing when quiet."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.live = sys.stderr.isatty() and not quiet
        self.begun_s = time.monotonic()
        self._step_s = self.begun_s
        self._text = ""
        self._shown_s = 0.0

    def step(self, text: str) -> None:
        """A new step begins; the one before is done."""
        self.done()
        self._text, self._step_s = text, time.monotonic()
        self._write(f"{text} …")

    def count(self, done: int, total: int) -> None:
        """``done`` of ``total`` of the present step, with the time that is left."""
        now = time.monotonic()
        if not self.live or (now - self._shown_s < 0.2 and done < total):
            return
        self._shown_s = now
        left_s = (now - self._step_s) / max(done, 1) * (total - done)
        left = f", about {left_s:.0f} s left" if done and left_s >= 2 else ""
        self._write(f"{self._text} … {done}/{total}{left}")

    def each(self, items: Iterable[Item], total: int) -> Iterator[Item]:
        """The items, counted."""
        for number, item in enumerate(items, 1):
            yield item
            self.count(number, total)

    def done(self, note: str = "") -> None:
        """The present step is done."""
        if self._text:
            took = time.monotonic() - self._step_s
            self._write(f"{self._text}: {note + ', ' if note else ''}{took:.1f} s", end="\n")
        self._text = ""

    def _write(self, text: str, end: str = "") -> None:
        if self.quiet or (not end and not self.live):
            return
        start = "\r\x1b[2K  " if self.live else "  "
        sys.stderr.write(f"{start}{text}{end}")
        sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class Arrival:
    """Files that come in together: on which working day, from where, what share of all."""

    day: int
    source: str
    label: str
    share: float


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a round is.

    Attributes:
        invited: to the assessment, the best of those recommended.
        interviewed: by panels, the best of those assessed.
        images: resumes that are pictures.
    """

    arrivals: tuple[Arrival, ...] = (
        Arrival(0, "referral", "内推", 0.20),
        Arrival(0, "upload", "招聘网站导出（一）", 0.28),
        Arrival(1, "mail", "招聘邮箱", 0.24),
        Arrival(2, "upload", "招聘网站导出（二）", 0.20),
        Arrival(3, "campus", "校友与社群", 0.08),
    )
    invited: int = 100
    interviewed: int = 30
    images: int = MOST_IMAGES


@dataclass
class Scene:
    """The round as far as it has come.

    Attributes:
        staff: the company's key of a person → their account.
        departments: the company's key → department.
        applications: id of the demo's applicant → application.
        folder: where generated files lie.
    """

    company: Company
    calendar: Calendar
    folder: Path
    progress: Progress
    staff: dict[str, Person] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    position: Position = field(default_factory=Position)
    applications: dict[str, Application] = field(default_factory=dict)
    shape: Shape = field(default_factory=Shape)

    def actor(self, key: str) -> Actor:
        """A member of staff as the actor of a service."""
        return person_actor(self.staff[key])

    def who(self, application: Application) -> DemoPerson:
        """The demo's applicant behind an application."""
        return self._people()[application.pk]

    def rng(self, *parts: object) -> random.Random:
        """A generator of its own for each thing decided by chance."""
        return rng_for(self.company.seed, "round", *parts)

    def _people(self) -> dict[int, DemoPerson]:
        people = {person.id: person for person in self.company.people}
        return {row.pk: people[key] for key, row in self.applications.items()}

    def staff_with(self, role: str) -> str:
        """The key of the member of staff with the role."""
        return next(member.key for member in self.company.staff if member.role == role)


Part = Callable[[Scene], None]
