"""What a candidate does about an interview: takes a time, says none suits, comes or not."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.interviews.models import Interview, OfferedSlot
from touchstone.interviews.services.arranging import dimensions_of, focus_of, interview_arrange
from touchstone.interviews.services.booking import Seat
from touchstone.interviews.services.calendars import open_slots
from touchstone.recruiting.models import Application, CandidateRequest

REPLIES = ("accepted", "declined")


@transaction.atomic
def slot_take(
    *, actor: Actor, application: Application, slot_ref: str, at: dt.datetime
) -> Interview:
    """Books one of the times offered to this application; the other offers end.

    Raises:
        NotFound: no such offer to this application.
        Conflict: it is no longer free; the others still are.
    """
    slot = OfferedSlot.objects.filter(ref=slot_ref, application=application).first()
    if slot is None:
        raise NotFound(say("interviews.slot_unknown"))
    took = open_slots(at).filter(pk=slot.pk).update(taken_at=at)
    if not took:
        raise Conflict(say("interviews.slot_gone"))
    interview = interview_arrange(
        actor=actor,
        application=application,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        seats=_seats(slot, application),
        at=at,
        round_no=slot.round_no,
    )
    Interview.objects.filter(pk=interview.pk).update(candidate_reply="accepted")
    OfferedSlot.objects.filter(pk=slot.pk).update(interview=interview)
    open_slots(at).filter(application=application, round_no=slot.round_no).update(withdrawn_at=at)
    return interview


def _seats(slot: OfferedSlot, application: Application) -> list[Seat]:
    people = Person.objects.filter(ref__in=slot.panel, is_active=True).select_related("department")
    by_ref = {person.ref: person for person in people}
    dimensions = dimensions_of(application)
    chosen = [by_ref[ref] for ref in slot.panel if ref in by_ref]
    return [
        Seat(
            person,
            "lead" if number == 0 else "member",
            focus_of(person.department.kind if person.department else "", dimensions),
        )
        for number, person in enumerate(chosen)
    ]


@transaction.atomic
def slots_decline(
    *, actor: Actor, application: Application, note: str, at: dt.datetime
) -> CandidateRequest:
    """None of the offered times suits: the offers end, and a colleague is asked for others."""
    open_slots(at).filter(application=application).update(withdrawn_at=at)
    request = CandidateRequest.objects.create(
        application=application,
        candidate=application.candidate,
        kind="other_time",
        text=note.strip()[:1000],
        created_at=at,
    )
    audit_record(
        actor,
        "slots.declined",
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        detail={"request": request.ref},
    )
    return request


@transaction.atomic
def candidate_reply(
    *, actor: Actor, application: Application, interview_ref: str, reply: str, at: dt.datetime
) -> Interview:
    """Keeps whether the candidate comes.

    Raises:
        NotFound: no such interview of this application.
        InvalidInput: it is over or cancelled, or the reply is neither accepted nor declined.
    """
    interview = Interview.objects.filter(ref=interview_ref, application=application).first()
    if interview is None:
        raise NotFound(say("interviews.slot_unknown"))
    ahead = {Interview.Status.PLANNED, Interview.Status.INVITED}
    if reply not in REPLIES or interview.status not in ahead or interview.starts_at < at:
        raise InvalidInput(say("interviews.over"))
    Interview.objects.filter(pk=interview.pk).update(candidate_reply=reply)
    audit_record(
        actor,
        "interview.replied",
        object_type="interview",
        object_ref=interview.ref,
        branch_ref=application.branch.ref,
        detail={"reply": reply},
    )
    interview.candidate_reply = reply
    return interview
