"""Applications: made, moved, undone, overridden. Every step is an event with who, when and why."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, IllegalTransition, InvalidInput
from touchstone.common.messages import say
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Candidate, Resume, Screening, StageEvent
from touchstone.recruiting.stages import FINAL, NEEDS_REASON, Stage, may_step


@transaction.atomic
def application_open(
    *,
    actor: Actor,
    candidate: Candidate,
    position: Position,
    resume: Resume | None,
    source: str,
    at: dt.datetime,
) -> Application:
    """The candidate's application for the position; the one that exists if there is one."""
    application, made = Application.objects.get_or_create(
        candidate=candidate,
        position=position,
        defaults={
            "branch_id": position.branch_id,
            "source": source,
            "applied_at": at,
            "stage_since": at,
            "resume": resume,
        },
    )
    if not made:
        return application
    StageEvent.objects.create(
        application=application,
        to_stage=Stage.APPLIED,
        actor_kind=actor.kind,
        person_id=actor.person_id,
        at=at,
    )
    audit_record(
        actor,
        "application.opened",
        object_type="application",
        object_ref=application.ref,
        branch_ref=position.branch.ref,
        after=Stage.APPLIED,
    )
    return application


@transaction.atomic
def application_move(
    *, actor: Actor, application: Application, to: str, at: dt.datetime, reason: str = ""
) -> StageEvent:
    """Takes one step.

    Args:
        application: as the caller read it; its stage must still be the stored one.
        reason: required for an offer and a rejection.

    Raises:
        IllegalTransition: there is no such step for this actor.
        InvalidInput: the reason is missing.
        Conflict: somebody moved it first.
    """
    origin = application.stage
    if not may_step(origin, to, actor.kind):
        raise IllegalTransition(
            say("recruiting.no_such_step", origin=_stage(origin), target=_stage(to))
        )
    if to in NEEDS_REASON and not reason.strip():
        raise InvalidInput(say("recruiting.reason_missing"), field="reason")
    _swap_stage(application, origin, to, at)
    event = StageEvent.objects.create(
        application=application,
        from_stage=origin,
        to_stage=to,
        actor_kind=actor.kind,
        person_id=actor.person_id,
        at=at,
        reason=reason.strip()[:500],
    )
    _log(actor, application, "application.moved", origin, to)
    return event


@transaction.atomic
def application_undo(*, actor: Actor, application: Application, at: dt.datetime) -> StageEvent:
    """Takes the last step back, as a new event that names the one it undoes.

    Raises:
        IllegalTransition: the last step cannot be taken back (the first one, an undo, or a
            candidate's own withdrawal).
        Conflict: somebody moved it meanwhile.
    """
    last = application.events.order_by("-at", "-id").first()
    if last is None or not last.from_stage or last.undoes_id or last.actor_kind == "candidate":
        raise IllegalTransition(say("recruiting.nothing_to_undo"))
    _swap_stage(application, last.to_stage, last.from_stage, at)
    event = StageEvent.objects.create(
        application=application,
        from_stage=last.to_stage,
        to_stage=last.from_stage,
        actor_kind=actor.kind,
        person_id=actor.person_id,
        at=at,
        undoes=last,
    )
    _log(actor, application, "application.step_undone", last.to_stage, last.from_stage)
    return event


@transaction.atomic
def screening_override(
    *, actor: Actor, screening: Screening, decision: str, reason: str, at: dt.datetime
) -> Screening:
    """A person's word above the recommendation, with a reason.

    Raises:
        InvalidInput: no reason, or not one of advance, review, decline.
    """
    if decision not in {"advance", "review", "decline"} or not reason.strip():
        raise InvalidInput(say("recruiting.reason_missing"), field="reason")
    before = screening.override or screening.decision
    screening.override = decision
    screening.override_by_id = actor.person_id
    screening.override_reason = reason.strip()[:500]
    screening.override_at = at
    screening.save(update_fields=["override", "override_by", "override_reason", "override_at"])
    Application.objects.filter(pk=screening.application_id, screening=screening).update(
        recommendation=decision, overridden=True
    )
    _log(actor, screening.application, "screening.overridden", before, decision)
    return screening


def _stage(stage: str) -> object:
    return say(f"recruiting.stage_{stage}")


def _swap_stage(application: Application, origin: str, to: str, at: dt.datetime) -> None:
    changed = Application.objects.filter(
        pk=application.pk, stage=origin, version=application.version
    ).update(stage=to, stage_since=at, version=application.version + 1)
    if not changed:
        fresh = Application.objects.get(pk=application.pk)
        message = say("recruiting.moved_meanwhile", stage=_stage(fresh.stage))
        raise Conflict(message, theirs=fresh.stage)
    application.stage = to
    application.stage_since = at
    application.version += 1


def _log(actor: Actor, application: Application, action: str, before: str, after: str) -> None:
    audit_record(
        actor,
        action,
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        before=before,
        after=after,
        detail={"from": before, "to": after},
    )


def is_final(stage: str) -> bool:
    """Whether no further step is expected."""
    return stage in FINAL
