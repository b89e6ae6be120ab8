"""Times at which a panel and a candidate can meet, for a person to choose from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from touchstone.accounts.models import Person
from touchstone.engine.scheduling.change import alternatives
from touchstone.engine.scheduling.problem import (
    Assignment,
    Candidate,
    Interviewer,
    Problem,
    Round,
    Seat,
    Window,
)
from touchstone.interviews.models import Interview
from touchstone.interviews.services.calendars import booked_windows, people_time
from touchstone.interviews.services.planning import NOTICE
from touchstone.recruiting.models import Application

DAYS = 14


def free_times(
    *,
    application: Application,
    people: Sequence[Person],
    minutes: int,
    at: dt.datetime,
    days: int = DAYS,
    limit: int = 12,
    moving: Interview | None = None,
) -> tuple[Assignment, ...]:
    """Starts at which all of them are free, at most two a half-day, earliest first.

    Working hours, marks, bookings, daily limits and open offers of everybody are kept, and the
    candidate's waking hours in their own time zone.

    Args:
        moving: the interview that is to be moved; its present time counts as free.
    """
    if not people:
        return ()
    zone = ZoneInfo(application.position.branch.time_zone)
    first = at.astimezone(zone).date()
    last = first + dt.timedelta(days=days - 1)
    start = dt.datetime.combine(first, dt.time(), tzinfo=zone)
    end = start + dt.timedelta(days=days)
    times = people_time(people, start, end, at=at, without=moving)
    owner = f"candidate:{application.candidate.ref}"
    taken = booked_windows([owner], start, end, without=moving).get(owner, [])
    problem = Problem(
        zone=application.position.branch.time_zone,
        first_day=first,
        last_day=last,
        interviewers=tuple(
            Interviewer(
                id=person.ref,
                skills=frozenset({person.ref}),
                zone=person.time_zone,
                hours=times[person.pk].hours,
                busy=tuple(times[person.pk].busy),
                booked=tuple(times[person.pk].booked),
                max_per_day=person.max_interviews_per_day,
            )
            for person in people
        ),
        rounds=(Round("talk", minutes, tuple(Seat(skills=frozenset({p.ref})) for p in people)),),
        candidates=(
            Candidate(
                id=application.ref,
                busy=(Window(start, max(at + NOTICE, start + NOTICE)), *taken),
                zone=application.candidate.time_zone,
            ),
        ),
    )
    found = alternatives(problem, (), application.ref, "talk", limit=limit + 1)
    return tuple(a for a in found if moving is None or a.start != moving.starts_at)[:limit]
