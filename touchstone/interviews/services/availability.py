"""A person's own time: working hours, what they mark as busy, what their calendar says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from icalendar import Calendar

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.scheduling.problem import OFFICE_HOURS, Hours
from touchstone.interviews.models import Availability, WorkingHours

LARGEST_CALENDAR = 2 * 2**20
MOST_EVENTS = 2000
AHEAD = dt.timedelta(days=120)


def hours_of(person: Person) -> tuple[Hours, ...]:
    """The person's working hours; office hours where they set none."""
    rows = WorkingHours.objects.filter(person=person)
    own = tuple(Hours(r.weekday, r.start_minute, r.end_minute) for r in rows)
    return own or OFFICE_HOURS


@transaction.atomic
def hours_set(*, actor: Actor, person: Person, hours: Sequence[Hours]) -> None:
    """Replaces the working hours.

    Raises:
        InvalidInput: a span ends before it begins.
    """
    if any(not 0 <= h.start_minute < h.end_minute <= 1440 for h in hours):
        raise InvalidInput(say("interviews.bad_hours"), field="hours")
    WorkingHours.objects.filter(person=person).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(
            person=person, weekday=h.weekday, start_minute=h.start_minute, end_minute=h.end_minute
        )
        for h in hours
    )
    _log(actor, person, "availability.hours_set")


@transaction.atomic
def busy_add(
    *, actor: Actor, person: Person, starts_at: dt.datetime, ends_at: dt.datetime, label: str = ""
) -> Availability:
    """Marks a stretch as busy.

    Raises:
        InvalidInput: it ends before it begins.
    """
    if not starts_at < ends_at:
        raise InvalidInput(say("interviews.bad_hours"), field="ends_at")
    mark = Availability.objects.create(
        person=person, kind="busy", starts_at=starts_at, ends_at=ends_at, label=label.strip()[:80]
    )
    _log(actor, person, "availability.busy_added")
    return mark


@transaction.atomic
def busy_remove(*, actor: Actor, person: Person, pk: int) -> None:
    """Takes a mark away; one that is gone already stays gone."""
    Availability.objects.filter(person=person, pk=pk).delete()
    _log(actor, person, "availability.busy_removed")


@transaction.atomic
def calendar_import(*, actor: Actor, person: Person, data: bytes, at: dt.datetime) -> int:
    """Takes the busy stretches of an .ics file, in place of those of the file before; returns how
    many. Titles are not kept: only when, not what.

    Events marked as free or cancelled are left out; of repeating ones only the first is taken.

    Raises:
        InvalidInput: no calendar, or a very large one; nothing was changed.
    """
    if len(data) > LARGEST_CALENDAR:
        raise InvalidInput(say("interviews.bad_calendar"), field="file")
    try:
        calendar = Calendar.from_ical(data)
    except (ValueError, IndexError, KeyError) as error:
        raise InvalidInput(say("interviews.bad_calendar"), field="file") from error
    zone = ZoneInfo(person.time_zone)
    found = []
    for event in calendar.walk("VEVENT")[:MOST_EVENTS]:
        span = _span(event, zone)
        if span is None or span[1] <= at or span[0] > at + AHEAD:
            continue
        found.append(
            Availability(
                person=person,
                kind="busy",
                source="ics",
                starts_at=span[0],
                ends_at=span[1],
                uid=str(event.get("UID", ""))[:200],
            )
        )
    Availability.objects.filter(person=person, source="ics").delete()
    Availability.objects.bulk_create(found)
    _log(actor, person, "availability.calendar_imported")
    return len(found)


def _span(event: object, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime] | None:
    get = event.get  # type: ignore[attr-defined]
    if str(get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    if str(get("STATUS", "")).upper() == "CANCELLED":
        return None
    start = getattr(get("DTSTART"), "dt", None)
    end = getattr(get("DTEND"), "dt", None)
    length = getattr(get("DURATION"), "dt", None)
    if start is None:
        return None
    if end is None:
        day = dt.timedelta(days=1) if not isinstance(start, dt.datetime) else dt.timedelta(0)
        end = start + (length or day)
    first, last = _moment(start, zone), _moment(end, zone)
    return (first, last) if first < last else None


def _moment(value: dt.date | dt.datetime, zone: ZoneInfo) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time(), tzinfo=zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _log(actor: Actor, person: Person, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="person",
        object_ref=person.ref,
        branch_ref=person.branch.ref if person.branch else "",
    )
