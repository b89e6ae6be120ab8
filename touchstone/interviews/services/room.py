"""The room: its clock, notes that land once, who is there, what was asked.

Every change raises `room_version` in the same transaction; browsers follow that number.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.interviews.models import Interview, PanelMember, PointMark, RoomNote

AWAY_AFTER = dt.timedelta(seconds=45)
OLDEST_OFFLINE = dt.timedelta(days=3)
MARKS = frozenset({"full", "part", "none", ""})


def seat_of(interview: Interview, person_id: int | None) -> PanelMember:
    """The person's seat.

    Raises:
        NotAllowed: they have none, or were taken off the panel.
    """
    seat = None
    if person_id is not None:
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
    shared_now: bool = False,
    written_at: dt.datetime | None = None,
) -> RoomNote:
    """Keeps a note. The browser's key makes a repeated request land once.

    A text that goes on where the stored one ends is no conflict, whatever version its author saw:
    they typed on after an answer was lost, and nothing of the stored text is gone.

    Args:
        client_key: made by the browser for this note.
        version: of the note the author saw; 0 for a new one.
        at_second: of the room's clock.
        private: never shown to anybody else.
        shared_now: shown to the panel at once, before scores are in.
        written_at: when it was typed, where that was without a network; never in the future.

    Raises:
        NotAllowed: not on the panel (any more).
        Conflict: the note was changed in another tab; `theirs` and `mine` are both kept.
    """
    author_id = seat_of(interview, actor.person_id).person_id
    note = (
        RoomNote.objects.select_for_update()
        .filter(interview=interview, author_id=author_id, client_key=client_key[:40])
        .first()
    )
    if note is None:
        note = RoomNote.objects.create(
            interview=interview,
            author_id=author_id,
            client_key=client_key[:40],
            text=text,
            at_second=at_second,
            question_code=question_code[:60],
            indicator=indicator[:60],
            private=private,
            shared_now=shared_now,
            created_at=_moment(written_at, at),
            updated_at=at,
        )
    elif (note.text, note.indicator, note.shared_now) == (text, indicator[:60], shared_now):
        return note
    elif version != note.version and not text.startswith(note.text):
        raise Conflict(
            say("interviews.note_changed"),
            theirs={"text": note.text, "version": note.version},
            mine={"text": text},
        )
    else:
        note.text, note.updated_at = text, at
        note.question_code, note.indicator = question_code[:60], indicator[:60]
        note.private, note.shared_now = private, shared_now
        note.deleted_at = None if text else at
        note.version += 1
        note.save()
    if _others_see(note, interview):
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
def question_claim(*, actor: Actor, interview: Interview, code: str, claimed: bool) -> PanelMember:
    """Says who will ask a question, so that two people do not ask it twice."""
    seat = seat_of(interview, actor.person_id)
    locked = PanelMember.objects.select_for_update().get(pk=seat.pk)
    others = [own for own in locked.asks if own != code]
    asks = [*others, code[:60]] if claimed else others
    if asks != locked.asks:
        locked.asks = asks
        locked.save(update_fields=["asks"])
        room_touch(interview)
    return locked


@transaction.atomic
def mark_save(
    *, actor: Actor, interview: Interview, code: str, point: str, mark: str, at: dt.datetime
) -> PointMark:
    """Marks whether a key point was heard: "full", "part", "none", or "" to take it back.

    Raises:
        InvalidInput: no such mark.
        NotAllowed: not on the panel (any more).
    """
    if mark not in MARKS:
        raise InvalidInput(say("interviews.bad_mark"), field="mark")
    seat = seat_of(interview, actor.person_id)
    row, made = PointMark.objects.get_or_create(
        interview=interview,
        person_id=seat.person_id,
        question_code=code[:60],
        point=point[:40],
        defaults={"mark": mark, "updated_at": at},
    )
    if not made and row.mark != mark:
        row.mark, row.updated_at = mark, at
        row.version += 1
        row.save()
    return row


def presence_beat(*, seat: PanelMember, looking_at: str, at: dt.datetime) -> bool:
    """Notes that somebody is in the room and which question they have before them.

    Returns whether the others should be told: they came in, or look at another question.
    """
    was_away = seat.last_seen_at is None or at - seat.last_seen_at > AWAY_AFTER
    elsewhere = seat.looking_at != looking_at[:60]
    PanelMember.objects.filter(pk=seat.pk).update(last_seen_at=at, looking_at=looking_at[:60])
    if was_away or elsewhere:
        Interview.objects.filter(pk=seat.interview_id).update(room_version=F("room_version") + 1)
    return was_away or elsewhere


def is_present(seat: PanelMember, at: dt.datetime) -> bool:
    """Whether the person was heard of a moment ago."""
    return seat.last_seen_at is not None and at - seat.last_seen_at <= AWAY_AFTER


@transaction.atomic
def panel_reply(*, actor: Actor, interview: Interview, reply: str) -> PanelMember:
    """Says whether a panel member comes.

    Raises:
        InvalidInput: neither "accepted" nor "declined", or the interview is over or cancelled.
        NotAllowed: not on the panel (any more).
    """
    seat = seat_of(interview, actor.person_id)
    ahead = {Interview.Status.PLANNED, Interview.Status.INVITED}
    if reply not in {"accepted", "declined"} or interview.status not in ahead:
        raise InvalidInput(say("interviews.over"), field="reply")
    if seat.reply != reply:
        seat.reply = reply
        seat.save(update_fields=["reply"])
        _log(actor, interview, f"interview.panel_{reply}")
        room_touch(interview)
    return seat


@transaction.atomic
def panel_remove(*, actor: Actor, interview: Interview, seat: PanelMember, at: dt.datetime) -> None:
    """Takes somebody off the panel; what they wrote stays, their access ends at once."""
    PanelMember.objects.filter(pk=seat.pk, removed_at=None).update(removed_at=at)
    interview.quarters.filter(who=f"person:{seat.person.ref}").delete()
    _log(actor, interview, "interview.panel_changed")
    room_touch(interview)


def _others_see(note: RoomNote, interview: Interview) -> bool:
    """Whether somebody else's page may change by this note."""
    if note.private:
        return False
    over = interview.status == Interview.Status.DONE
    return note.shared_now or over or not interview.application.position.blind_first


def _moment(written_at: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    if written_at is None:
        return at
    return min(at, max(written_at, at - OLDEST_OFFLINE))


def _log(actor: Actor, interview: Interview, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="interview",
        object_ref=interview.ref,
        branch_ref=interview.application.branch.ref,
    )
