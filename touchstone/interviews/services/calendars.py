"""What is known of people's time: working hours, what they marked, what is booked, what is offered.

Everything that plans or proposes a time starts from here, so that all of it agrees.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max, Min, Q, QuerySet

from touchstone.accounts.models import Person, Role
from touchstone.engine.scheduling.problem import OFFICE_HOURS, Hours, Window
from touchstone.interviews.models import (
    Availability,
    BookedQuarter,
    Interview,
    OfferedSlot,
    WorkingHours,
)
from touchstone.interviews.services.booking import QUARTER
from touchstone.positions.models import Position

SITS_ON_PANELS = (Role.INTERVIEWER, Role.HIRING_MANAGER)
MEMBER_ROLES = ("interviewer", "hiring_manager")


@dataclass(slots=True)
class PersonTime:
    """One person's time within a span."""

    hours: tuple[Hours, ...] = OFFICE_HOURS
    busy: list[Window] = field(default_factory=list)
    booked: list[Window] = field(default_factory=list)


def panel_people(position: Position) -> list[Person]:
    """Who can sit on the position's panels: its interviewers and managers, and for kinds of
    departments that these do not cover, the branch's interviewers."""
    members = list(
        Person.objects.filter(
            is_active=True,
            memberships__position=position,
            memberships__role__in=MEMBER_ROLES,
        )
        .select_related("department")
        .distinct()
        .order_by("pk")
    )
    covered = {p.department.kind for p in members if p.department}
    others = (
        Person.objects.filter(is_active=True, roles__role__in=SITS_ON_PANELS)
        .filter(Q(roles__branch=position.branch) | Q(roles__branch=None))
        .exclude(pk__in=[p.pk for p in members])
        .exclude(department__kind__in=covered)
        .select_related("department")
        .distinct()
        .order_by("pk")
    )
    return [*members, *others]


def people_time(
    people: Sequence[Person],
    start: dt.datetime,
    end: dt.datetime,
    *,
    at: dt.datetime,
    without: Interview | None = None,
) -> dict[int, PersonTime]:
    """Hours, marks, bookings and open offers of each person within the span, by person's number.

    Four queries, however many people.

    Args:
        without: an interview whose own booking does not count, because it is to be moved.
    """
    found = {person.pk: PersonTime() for person in people}
    by_ref = {person.ref: person.pk for person in people}
    hours: dict[int, list[Hours]] = defaultdict(list)
    for row in WorkingHours.objects.filter(person__in=found):
        hours[row.person_id].append(Hours(row.weekday, row.start_minute, row.end_minute))
    for pk, own in hours.items():
        found[pk].hours = tuple(own)
    marks = Availability.objects.filter(
        person__in=found, kind="busy", starts_at__lt=end, ends_at__gt=start
    )
    for mark in marks:
        found[mark.person_id].busy.append(Window(mark.starts_at, mark.ends_at))
    booked = booked_windows([f"person:{ref}" for ref in by_ref], start, end, without=without)
    for who, windows in booked.items():
        found[by_ref[who.split(":", 1)[1]]].booked.extend(windows)
    for slot in open_slots(at).filter(starts_at__lt=end, ends_at__gt=start):
        for ref in slot.panel:
            if ref in by_ref:
                found[by_ref[ref]].busy.append(Window(slot.starts_at, slot.ends_at))
    return found


def booked_windows(
    who: Iterable[str],
    start: dt.datetime,
    end: dt.datetime,
    *,
    without: Interview | None = None,
) -> Mapping[str, list[Window]]:
    """Booked stretches by owner ("person:<ref>", "candidate:<ref>"), one for each interview."""
    found_rows = BookedQuarter.objects.filter(
        who__in=list(who), starts_at__gte=start, starts_at__lt=end
    )
    if without is not None:
        found_rows = found_rows.exclude(interview=without)
    rows = found_rows.values_list("who", "interview_id").annotate(
        first=Min("starts_at"), last=Max("starts_at")
    )
    found: dict[str, list[Window]] = defaultdict(list)
    for owner, _interview, first, last in rows:
        found[owner].append(Window(first, last + QUARTER))
    return found


def open_slots(at: dt.datetime) -> QuerySet[OfferedSlot]:
    """Offers to candidates that can still be taken."""
    return OfferedSlot.objects.filter(
        taken_at=None, withdrawn_at=None, expires_at__gt=at, starts_at__gt=at
    )
