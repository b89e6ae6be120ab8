"""Who sits on a panel: added with their time claimed and told, taken off with their access."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.interviews.models import Interview, PanelMember
from touchstone.interviews.services.booking import quarters_claim
from touchstone.interviews.services.invitations import colleague_announce
from touchstone.interviews.services.room import panel_remove, room_touch

SEATS = ("lead", "member", "shadow")
AHEAD = frozenset({Interview.Status.PLANNED, Interview.Status.INVITED})


@transaction.atomic
def panel_add(
    *,
    actor: Actor,
    interview: Interview,
    person: Person,
    seat: str,
    focus: tuple[str, ...],
    at: dt.datetime,
) -> PanelMember:
    """Gives somebody a seat, claims their time, and tells them where others were told already.

    Somebody who was taken off comes back to what they wrote.

    Raises:
        InvalidInput: no such seat, they sit there already, or the interview is over.
        Conflict: they are booked then; nothing was written.
    """
    if interview.status not in AHEAD | {Interview.Status.RUNNING}:
        raise InvalidInput(say("interviews.over"), field="person")
    if seat not in SEATS:
        raise InvalidInput(say("interviews.no_panel"), field="seat")
    row, made = PanelMember.objects.get_or_create(
        interview=interview, person=person, defaults={"seat": seat, "focus": list(focus)}
    )
    if not made and row.removed_at is None:
        raise InvalidInput(say("interviews.sits_already", name=person.name), field="person")
    if not made:
        row.seat, row.focus, row.removed_at, row.reply = seat, list(focus), None, ""
        row.save(update_fields=["seat", "focus", "removed_at", "reply"])
    quarters_claim(interview, [f"person:{person.ref}"])
    if interview.status != Interview.Status.PLANNED:
        colleague_announce(interview=interview, seat=row, what="invited", at=at)
    _log(actor, interview, "interview.panel_joined", person)
    room_touch(interview)
    return row


@transaction.atomic
def panel_dismiss(
    *, actor: Actor, interview: Interview, seat: PanelMember, at: dt.datetime
) -> None:
    """Takes somebody off the panel and out of their calendar; what they wrote stays.

    Raises:
        InvalidInput: they are the last one of it.
    """
    if interview.panel.filter(removed_at=None).exclude(pk=seat.pk).count() == 0:
        raise InvalidInput(say("interviews.no_panel"), field="person")
    panel_remove(actor=actor, interview=interview, seat=seat, at=at)
    if interview.status == Interview.Status.INVITED:
        colleague_announce(interview=interview, seat=seat, what="cancelled", at=at)


def _log(actor: Actor, interview: Interview, action: str, person: Person) -> None:
    audit_record(
        actor,
        action,
        object_type="interview",
        object_ref=interview.ref,
        branch_ref=interview.application.branch.ref,
        detail={"person": person.ref},
    )
