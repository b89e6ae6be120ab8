"""The room: its clock, notes that land once, who is there, what was asked.

Every change raises `room_version` in the same transaction; browsers follow that number.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, NotAllowed
from touchstone.common.messages import say
from touchstone.interviews.models import Interview, PanelMember, RoomNote


def seat_of(interview: Interview, person_id: int | None) -> PanelMember:
    """The person's seat.

    Raises:
        NotAllowed: they have none, or were taken off the panel.
    """
    seat = interview.panel.filter(person_id=person_id, removed_at=None).first()
    if seat is None:
        raise NotAllowed(say("interviews.not_on_panel"))
    return seat


def room_touch(interview: Interview) -> None:
    """Tells everybody who follows the room that something changed."""
    Interview.objects.filter(pk=interview.pk).update(room_version=F("room_version") + 1)


@transaction.atomic
def room_start(*, actor: Actor, interview: Interview, at: dt.datetime) -> Interview:
    """Starts the room's clock; the first press counts, later ones change nothing."""
    seat_of(interview, actor.person_id)
    changed = Interview.objects.filter(
        pk=interview.pk, started_at=None, status__in=["planned", "invited"]
    ).update(started_at=at, status=Interview.Status.RUNNING)
    if changed:
        _log(actor, interview, "interview.started")
        room_touch(interview)
    interview.refresh_from_db()
    return interview


@transaction.atomic
def room_end(*, actor: Actor, interview: Interview, at: dt.datetime) -> Interview:
    """Stops the clock. Scores and notes stay open until each rater submits."""
    seat_of(interview, actor.person_id)
    changed = Interview.objects.filter(pk=interview.pk, status=Interview.Status.RUNNING).update(
        ended_at=at, status=Interview.Status.DONE
    )
    if changed:
        _log(actor, interview, "interview.ended")
        room_touch(interview)
    interview.refresh_from_db()
    return interview


@transaction.atomic
def note_save(
    *,
    actor: Actor,
    interview: Interview,
    client_key: str,
    text: str,
    at: dt.datetime,
    version: int = 0,
    at_second: int | None = None,
    question_code: str = "",
    indicator: str = "",
    private: bool = False,
) -> RoomNote:
    """Keeps a note. The browser's key makes a repeated request land once.

    Args:
        client_key: made by the browser for this note.
        version: of the note the author saw; 0 for a new one.
        at_second: of the room's clock.

    Raises:
        NotAllowed: not on the panel (any more).
        Conflict: the note was changed in another tab; `theirs` and `mine` are both kept.
    """
    seat_of(interview, actor.person_id)
    note = (
        RoomNote.objects.select_for_update()
        .filter(interview=interview, author_id=actor.person_id, client_key=client_key[:40])
        .first()
    )
    if note is None:
        note = RoomNote.objects.create(
            interview=interview,
            author_id=actor.person_id,
            client_key=client_key[:40],
            text=text,
            at_second=at_second,
            question_code=question_code[:60],
            indicator=indicator[:60],
            private=private,
            created_at=at,
            updated_at=at,
        )
    elif note.text == text and note.indicator == indicator[:60]:
        return note
    elif version != note.version:
        raise Conflict(say("interviews.note_changed"), theirs=note.text, mine=text)
    else:
        note.text, note.updated_at = text, at
        note.question_code, note.indicator = question_code[:60], indicator[:60]
        note.private = private
        note.version += 1
        note.save()
    room_touch(interview)
    return note


@transaction.atomic
def question_ask(*, actor: Actor, interview: Interview, code: str, at_second: int) -> Interview:
    """Marks a question of the kit as asked, once."""
    seat_of(interview, actor.person_id)
    locked = Interview.objects.select_for_update().get(pk=interview.pk)
    if code not in locked.asked:
        locked.asked = {**locked.asked, code: {"by": actor.ref, "at": at_second}}
        locked.save(update_fields=["asked"])
        room_touch(locked)
    return locked


@transaction.atomic
def panel_remove(*, actor: Actor, interview: Interview, seat: PanelMember, at: dt.datetime) -> None:
    """Takes somebody off the panel; what they wrote stays, their access ends at once."""
    PanelMember.objects.filter(pk=seat.pk, removed_at=None).update(removed_at=at)
    interview.quarters.filter(who=f"person:{seat.person.ref}").delete()
    _log(actor, interview, "interview.panel_changed")
    room_touch(interview)


def _log(actor: Actor, interview: Interview, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="interview",
        object_ref=interview.ref,
        branch_ref=interview.application.branch.ref,
    )
