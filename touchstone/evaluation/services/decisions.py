"""Departments' evaluations, decisions with a reason, hires, outcomes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from touchstone.accounts.models import Department, Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.evaluation.models import Decision, DepartmentEvaluation, Hire, Outcome, Report
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move, application_undo
from touchstone.recruiting.stages import Stage

OUTCOME_MONTHS = (1, 3, 6)


@transaction.atomic
def evaluation_save(
    *,
    actor: Actor,
    application: Application,
    department: Department,
    text: str,
    stance: str,
    version: int,
    at: dt.datetime,
    submit: bool = False,
) -> DepartmentEvaluation:
    """A department's written view, as typed or, with ``submit``, for the others to read.

    Args:
        version: of the text the author saw; 0 where there was none.

    Raises:
        Conflict: a colleague of the department wrote meanwhile; both texts are kept.
        NotAllowed: it was submitted already.
        InvalidInput: submitted without text.
    """
    row = (
        DepartmentEvaluation.objects.select_for_update()
        .filter(application=application, department=department)
        .first()
    )
    if submit and not text.strip():
        raise InvalidInput(say("evaluation.text_missing"), field="text")
    if row is None:
        row = DepartmentEvaluation(
            application=application, department=department, author_id=actor.person_id, version=0
        )
    elif row.submitted_at:
        raise NotAllowed(say("evaluation.locked"))
    elif row.version != version and row.text != text:
        raise Conflict(say("evaluation.text_changed"), theirs=row.text, mine=text)
    row.text, row.stance, row.updated_at = text, stance, at
    row.author_id = actor.person_id or row.author_id
    row.version += 1
    if submit:
        row.submitted_at = at
    row.save()
    if submit:
        _log(actor, application, "evaluation.submitted", {"department": department.ref})
    return row


@transaction.atomic
def decision_make(
    *,
    actor: Actor,
    application: Application,
    kind: str,
    reason: str,
    at: dt.datetime,
    report: Report | None = None,
) -> Decision:
    """A person's decision. An offer and a rejection move the application; hold and pool do not.

    Raises:
        InvalidInput: no reason.
        IllegalTransition: there is no such step from the application's stage.
    """
    if not reason.strip():
        raise InvalidInput(say("evaluation.reason_missing"), field="reason")
    if actor.kind != "person":
        raise NotAllowed(say("evaluation.people_decide"))
    decision = Decision.objects.create(
        application=application,
        kind=kind,
        reason=reason.strip(),
        by_id=actor.person_id,
        report=report,
        at=at,
    )
    target = {"offer": Stage.OFFERED, "reject": Stage.REJECTED}.get(kind)
    if target:
        application_move(actor=actor, application=application, to=target, reason=reason, at=at)
    _log(actor, application, "decision.made", {"kind": kind})
    return decision


@transaction.atomic
def decision_undo(*, actor: Actor, decision: Decision, at: dt.datetime) -> Decision:
    """Takes a decision back, as long as it was not sent to the candidate.

    Raises:
        IllegalTransition: it was sent, or undone before.
    """
    locked = Decision.objects.select_for_update().get(pk=decision.pk)
    if locked.sent_at or locked.undone_at:
        raise IllegalTransition(say("evaluation.decision_sent"))
    locked.undone_at = at
    locked.save(update_fields=["undone_at"])
    if locked.kind in {"offer", "reject"}:
        application_undo(actor=actor, application=locked.application, at=at)
    _log(actor, locked.application, "decision.undone", {"kind": locked.kind})
    return locked


@transaction.atomic
def hire_confirm(
    *,
    actor: Actor,
    application: Application,
    starts_on: dt.date,
    manager: Person | None,
    onboarding: list[dict[str, Any]],
    at: dt.datetime,
) -> Hire:
    """The candidate accepted: the hire, a plan for the first months, three outcomes to ask for."""
    application_move(actor=actor, application=application, to=Stage.HIRED, at=at)
    hire = Hire.objects.create(
        application=application,
        starts_on=starts_on,
        manager=manager,
        onboarding=onboarding,
        created_at=at,
    )
    Outcome.objects.bulk_create(
        Outcome(hire=hire, month=month, due_on=starts_on + dt.timedelta(days=30 * month))
        for month in OUTCOME_MONTHS
    )
    return hire


@transaction.atomic
def outcome_record(
    *,
    actor: Actor,
    outcome: Outcome,
    projects_delivered: float | None,
    model_improvement: float | None,
    review: float | None,
    comment: str,
    at: dt.datetime,
) -> Outcome:
    """What became of the hire.

    Args:
        projects_delivered: since joining.
        model_improvement: percentage points.
        review: 0–10.

    Raises:
        InvalidInput: a value is out of range.
    """
    if review is not None and not 0 <= review <= 10:
        raise InvalidInput(say("evaluation.bad_review"), field="review")
    if projects_delivered is not None and not 0 <= projects_delivered <= 1000:
        raise InvalidInput(say("evaluation.bad_projects"), field="projects_delivered")
    outcome.projects_delivered = projects_delivered
    outcome.model_improvement = model_improvement
    outcome.review = review
    outcome.comment = comment
    outcome.by_id = actor.person_id
    outcome.at = at
    outcome.save()
    _log(actor, outcome.hire.application, "outcome.recorded", {"month": outcome.month})
    return outcome


def _log(
    actor: Actor, application: Application, action: str, detail: dict[str, Any] | None = None
) -> None:
    audit_record(
        actor,
        action,
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        detail=detail,
    )
