"""Interviews booked, moved and cancelled. A table of quarters of an hour, each with at most one
owner, makes double booking impossible whatever happens at the same moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.interviews.models import BookedQuarter, Interview, PanelMember
from touchstone.recruiting.models import Application

QUARTER = dt.timedelta(minutes=15)
LONGEST = dt.timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Seat:
    """One chair of a panel: who, as what, asking about which dimensions."""

    person: Person
    seat: str = "member"
    focus: tuple[str, ...] = ()


def quarters(starts_at: dt.datetime, ends_at: dt.datetime) -> list[dt.datetime]:
    """The quarters of an hour that the time touches, on the clock's grid, in UTC.

    Raises:
        InvalidInput: it ends before it starts, or lasts more than eight hours.
    """
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise InvalidInput(say("interviews.bad_times"), field="starts_at")
    first = starts_at.astimezone(dt.UTC)
    moment = first - dt.timedelta(
        minutes=first.minute % 15, seconds=first.second, microseconds=first.microsecond
    )
    found = []
    while moment < ends_at:
        found.append(moment)
        moment += QUARTER
    return found


@transaction.atomic
def interview_book(
    *,
    actor: Actor,
    application: Application,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    seats: Sequence[Seat],
    at: dt.datetime,
    round_no: int = 1,
    title: str = "",
    rooms: Iterable[str] = (),
    materials: str = "",
) -> Interview:
    """Books the candidate, every seat of the panel and the rooms or meeting licences.

    Raises:
        InvalidInput: nobody on the panel, or impossible times.
        Conflict: somebody is booked then; nothing was written.
    """
    if not seats:
        raise InvalidInput(say("interviews.no_panel"), field="panel")
    interview = Interview.objects.create(
        application=application,
        round_no=round_no,
        title=title[:120],
        starts_at=starts_at,
        ends_at=ends_at,
        materials=materials,
        created_at=at,
        created_by_id=actor.person_id,
    )
    interview.ics_uid = f"{interview.ref}@touchstone"
    interview.save(update_fields=["ics_uid"])
    PanelMember.objects.bulk_create(
        PanelMember(interview=interview, person=s.person, seat=s.seat, focus=list(s.focus))
        for s in seats
    )
    who = [f"person:{s.person.ref}" for s in seats]
    who += [f"candidate:{application.candidate.ref}", *(f"room:{room}" for room in rooms)]
    quarters_claim(interview, who)
    _log(actor, interview, "interview.booked")
    return interview


@transaction.atomic
def interview_move(
    *,
    actor: Actor,
    interview: Interview,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> Interview:
    """Moves an interview with everybody in it; the calendar's sequence rises.

    Raises:
        Conflict: somebody is booked then, or a colleague changed it first; nothing was written.
        InvalidInput: it is over or cancelled.
    """
    _require_ahead(interview)
    before = interview.starts_at.isoformat()
    who = list(interview.quarters.values_list("who", flat=True).distinct())
    changed = Interview.objects.filter(pk=interview.pk, version=interview.version).update(
        starts_at=starts_at,
        ends_at=ends_at,
        version=interview.version + 1,
        ics_sequence=interview.ics_sequence + 1,
    )
    if not changed:
        raise Conflict(say("interviews.changed_meanwhile"))
    interview.refresh_from_db()
    interview.quarters.all().delete()
    quarters_claim(interview, who)
    audit_record(
        actor,
        "interview.moved",
        object_type="interview",
        object_ref=interview.ref,
        branch_ref=interview.application.branch.ref,
        before=before,
        after=starts_at.isoformat(),
    )
    return interview


@transaction.atomic
def interview_cancel(*, actor: Actor, interview: Interview, reason: str = "") -> Interview:
    """Cancels it and frees everybody's time; the calendar's sequence rises.

    Raises:
        InvalidInput: it is over or already cancelled.
    """
    _require_ahead(interview)
    interview.status = Interview.Status.CANCELLED
    interview.ics_sequence += 1
    interview.version += 1
    interview.save(update_fields=["status", "ics_sequence", "version"])
    interview.quarters.all().delete()
    _log(actor, interview, "interview.cancelled")
    return interview


def _require_ahead(interview: Interview) -> None:
    if interview.status in {Interview.Status.DONE, Interview.Status.CANCELLED}:
        raise InvalidInput(say("interviews.over"))


def quarters_claim(interview: Interview, who: Sequence[str]) -> None:
    """Books the interview's time for some owners ("person:<ref>", "candidate:<ref>", "room:…").

    Raises:
        Conflict: somebody is booked then, by name; nothing was written.
    """
    moments = quarters(interview.starts_at, interview.ends_at)
    rows = [
        BookedQuarter(who=owner, starts_at=moment, interview=interview)
        for owner in sorted(set(who))
        for moment in moments
    ]
    try:
        with transaction.atomic():
            BookedQuarter.objects.bulk_create(rows)
    except IntegrityError as error:
        taken = BookedQuarter.objects.filter(who__in=who, starts_at__in=moments).exclude(
            interview=interview
        )
        refs = {w.split(":", 1)[1] for w in taken.values_list("who", flat=True)}
        names = list(Person.objects.filter(ref__in=refs).values_list("name", flat=True))
        raise Conflict(
            say("interviews.already_booked", names="、".join(sorted(names)) or "—")
        ) from error


def _log(actor: Actor, interview: Interview, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="interview",
        object_ref=interview.ref,
        branch_ref=interview.application.branch.ref,
        after=interview.starts_at.isoformat(),
    )
