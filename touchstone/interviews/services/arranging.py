"""An interview from booking to invitation, and every later change with what follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import IllegalTransition, InvalidInput
from touchstone.common.messages import say
from touchstone.interviews.models import Interview
from touchstone.interviews.services.booking import (
    Seat,
    interview_book,
    interview_cancel,
    interview_move,
)
from touchstone.interviews.services.invitations import interview_announce
from touchstone.interviews.services.kits import kit_document, kit_keep
from touchstone.interviews.services.meetings import (
    FOLLOW_TASK,
    MANUAL,
    SERVICES,
    default_provider,
    interview_invite,
)
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.stages import Stage, may_step

ALREADY_THERE = frozenset({Stage.INTERVIEWING})
FOCUS = {
    "algorithm": ("technical", "learning"),
    "business": ("business", "communication"),
    "hr": ("communication", "learning"),
}


def may_interview(application: Application, actor_kind: str = "person") -> bool:
    """Whether there is a step from the application's stage to an interview."""
    stage = application.stage
    return stage in ALREADY_THERE or may_step(stage, Stage.INTERVIEWING, actor_kind)


def focus_of(kind: str, dimensions: Sequence[str]) -> tuple[str, ...]:
    """The dimensions a department's people ask about; all of them where nothing is agreed."""
    own = tuple(d for d in FOCUS.get(kind, ()) if d in dimensions)
    return own or tuple(dimensions)


def dimensions_of(application: Application) -> list[str]:
    """Ids of the model's dimensions, in its order."""
    version = application.position.model_version
    return [str(d["id"]) for d in version.document.get("dimensions", ())] if version else []


def interview_arrange(
    *,
    actor: Actor,
    application: Application,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    seats: Sequence[Seat],
    at: dt.datetime,
    round_no: int = 1,
    title: str = "",
    provider: str = "",
    meeting_url: str = "",
    place: str = "",
    materials: str = "",
    kit: dict[str, Any] | None = None,
) -> Interview:
    """Books an interview, moves the application to it, keeps its kit and invites everybody.

    Args:
        provider: "tencent" or "manual"; empty for what is set up.
        kit: as `kit_document` gives it; None to build it here.

    Raises:
        IllegalTransition: the application is not at a stage from which people are interviewed.
        InvalidInput: nobody on the panel, impossible times, a time that has passed.
        Conflict: somebody is booked then; nothing was written.
    """
    if not may_interview(application, actor.kind):
        raise IllegalTransition(say("interviews.not_at_this_stage"))
    if starts_at <= at:
        raise InvalidInput(say("interviews.in_the_past"), field="starts_at")
    if kit is None:
        minutes = int((ends_at - starts_at).total_seconds() // 60)
        kit = kit_document(application, minutes=minutes)
    with transaction.atomic():
        interview = interview_book(
            actor=actor,
            application=application,
            starts_at=starts_at,
            ends_at=ends_at,
            seats=seats,
            at=at,
            round_no=round_no,
            title=title,
            materials=materials,
        )
        if application.stage not in ALREADY_THERE:
            application_move(actor=actor, application=application, to=Stage.INTERVIEWING, at=at)
        chosen = provider or (MANUAL if meeting_url or place else default_provider())
        interview.meeting_provider = chosen
        interview.meeting_url, interview.place = meeting_url[:400], place[:120]
        interview.save(update_fields=["meeting_provider", "meeting_url", "place"])
        if kit:
            kit_keep(interview=interview, document=kit, at=at)
        interview_invite(actor=actor, interview=interview, at=at)
    return interview


@transaction.atomic
def interview_rearrange(
    *,
    actor: Actor,
    interview: Interview,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    at: dt.datetime,
) -> Interview:
    """Moves an interview and tells everybody: an update of the calendar's entry, and of the
    meeting where a service holds it.

    Raises:
        InvalidInput: it is over, or the new time has passed.
        Conflict: somebody is booked then, or a colleague was faster; nothing was written.
    """
    if starts_at <= at:
        raise InvalidInput(say("interviews.in_the_past"), field="starts_at")
    if (starts_at, ends_at) == (interview.starts_at, interview.ends_at):
        return interview
    interview = interview_move(
        actor=actor, interview=interview, starts_at=starts_at, ends_at=ends_at
    )
    interview.candidate_reply = ""
    interview.save(update_fields=["candidate_reply"])
    interview.panel.update(reply="")
    if interview.status != Interview.Status.PLANNED:
        interview_announce(actor=actor, interview=interview, what="moved", at=at)
    if interview.meeting_provider in SERVICES:
        enqueue(FOLLOW_TASK, interview_ref=interview.ref)
    return interview


@transaction.atomic
def interview_call_off(
    *, actor: Actor, interview: Interview, at: dt.datetime, reason: str = ""
) -> Interview:
    """Cancels an interview and tells everybody who was invited.

    Raises:
        InvalidInput: it is over or cancelled already.
    """
    invited = interview.status != Interview.Status.PLANNED
    interview = interview_cancel(actor=actor, interview=interview, reason=reason)
    if invited:
        interview_announce(actor=actor, interview=interview, what="cancelled", at=at)
    if interview.meeting_provider in SERVICES:
        enqueue(FOLLOW_TASK, interview_ref=interview.ref)
    return interview
