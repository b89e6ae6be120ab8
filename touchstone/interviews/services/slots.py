"""Times offered to a candidate, and what they do about them: take one, say none suits, come or not.

An offer ends when its day comes, when it is taken or withdrawn. It does not book anybody: whoever
takes a time first has it, the others are told and choose again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, IllegalTransition, InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.interviews.models import Interview, OfferedSlot
from touchstone.interviews.services.arranging import (
    dimensions_of,
    focus_of,
    interview_arrange,
    may_interview,
)
from touchstone.interviews.services.booking import Seat
from touchstone.interviews.services.calendars import open_slots
from touchstone.recruiting.letters import letter, moment_text, other_zone_text
from touchstone.recruiting.models import Application, CandidateRequest
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.services.links import link_create
from touchstone.recruiting.services.outbox import Draft, message_queue
from touchstone.recruiting.stages import Stage

REPLIES = ("accepted", "declined")


@dataclass(frozen=True, slots=True)
class SlotWish:
    """A time to offer, and who would sit on the panel."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    people: tuple[Person, ...]


@transaction.atomic
def slots_offer(
    *,
    actor: Actor,
    application: Application,
    slots: Sequence[SlotWish],
    at: dt.datetime,
    round_no: int = 1,
    days: int = 5,
) -> list[OfferedSlot]:
    """Offers times to a candidate, who gets a link to choose one. Earlier open offers end.

    Args:
        days: until the offer ends; a time also ends with its beginning.

    Raises:
        InvalidInput: no time that is still ahead, or nobody on a panel.
        IllegalTransition: the application is not at a stage from which people are interviewed.
    """
    ahead = [slot for slot in slots if slot.starts_at > at and slot.people]
    if not ahead:
        raise InvalidInput(say("interviews.no_slots"), field="slots")
    if not may_interview(application, actor.kind):
        raise IllegalTransition(say("interviews.not_at_this_stage"))
    if application.stage != Stage.INTERVIEWING:
        application_move(actor=actor, application=application, to=Stage.INTERVIEWING, at=at)
    open_slots(at).filter(application=application, round_no=round_no).update(withdrawn_at=at)
    over = at + dt.timedelta(days=days)
    offered = [
        OfferedSlot.objects.create(
            application=application,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            panel=[person.ref for person in slot.people],
            round_no=round_no,
            expires_at=min(over, slot.starts_at),
            created_at=at,
        )
        for slot in sorted(ahead, key=lambda s: s.starts_at)
    ]
    _invite_to_choose(actor, application, offered, over, at)
    audit_record(
        actor,
        "slots.offered",
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        detail={"slots": [slot.ref for slot in offered]},
    )
    return offered


def _invite_to_choose(
    actor: Actor,
    application: Application,
    offered: Sequence[OfferedSlot],
    over: dt.datetime,
    at: dt.datetime,
) -> None:
    candidate, position = application.candidate, application.position
    language, zone = candidate.language, position.branch.time_zone
    _link, url = link_create(actor=actor, application=application, purpose="portal", at=at)
    english = language == "en" and position.title_en
    subject, body = letter(
        "slots_offered",
        language,
        company=position.branch.name,
        position=position.title_en if english else position.title,
        name=candidate.name,
        times="\n".join(
            f"  {moment_text(slot.starts_at, zone, language)}"
            f"{other_zone_text(slot.starts_at, slot.ends_at, zone, candidate.time_zone, language)}"
            for slot in offered
        ),
        zone=zone,
        until=moment_text(over, zone, language),
        link=url,
        contact=settings.DEFAULT_FROM_EMAIL,
    )
    message_queue(
        key=f"slots:{offered[0].ref}",
        branch=position.branch,
        draft=Draft("mail", "slots_offered", language, subject, body, candidate.email),
        at=at,
        application=application,
    )


def slot_take(
    *, actor: Actor, application: Application, slot_ref: str, at: dt.datetime
) -> Interview:
    """Books one of the times offered to this application; the other offers end.

    Raises:
        NotFound: no such offer to this application.
        Conflict: it is no longer free; the others still are.
    """
    try:
        return _take(actor=actor, application=application, slot_ref=slot_ref, at=at)
    except Conflict as error:
        # Somebody of the panel is booked by now: the offer ends, the others stay.
        OfferedSlot.objects.filter(ref=slot_ref, application=application, taken_at=None).update(
            withdrawn_at=at
        )
        raise Conflict(say("interviews.slot_gone")) from error


@transaction.atomic
def _take(*, actor: Actor, application: Application, slot_ref: str, at: dt.datetime) -> Interview:
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
