"""Departments' evaluations, decisions with a reason, hires."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction

from touchstone.accounts.models import Department, Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.evaluation.models import Decision, DepartmentEvaluation, Hire, Outcome, Report
from touchstone.recruiting.letters import letter
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move, application_undo
from touchstone.recruiting.services.links import link_create
from touchstone.recruiting.services.outbox import Draft, message_queue
from touchstone.recruiting.stages import Stage

OUTCOME_MONTHS = (1, 3, 6)
LETTERS = {"offer": "offer", "reject": "rejection"}
LINK_DAYS = 60


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
    Application.objects.select_for_update().get(pk=application.pk)
    row = (
        DepartmentEvaluation.objects.select_for_update()
        .filter(application=application, department=department)
        .first()
    )
    if submit and not text.strip():
        raise InvalidInput(say("evaluation.text_missing"), field="text")
    if row is None:
        row = DepartmentEvaluation(
            application=application, department=department, author_id=_person(actor), version=0
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
        by_id=_person(actor),
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
def decision_send(*, actor: Actor, decision: Decision, at: dt.datetime) -> Decision:
    """Tells the candidate of an offer or a rejection; from now on it cannot be taken back.

    Sending twice writes one letter.

    Raises:
        IllegalTransition: it was undone, or it is of a kind that is not sent.
    """
    locked = Decision.objects.select_for_update().get(pk=decision.pk)
    if locked.sent_at:
        return locked
    if locked.undone_at or locked.kind not in LETTERS:
        raise IllegalTransition(say("evaluation.not_to_send"))
    locked.sent_at = at
    locked.save(update_fields=["sent_at"])
    _write_to_candidate(actor, locked, at)
    _log(actor, locked.application, "decision.sent", {"kind": locked.kind})
    return locked


def _write_to_candidate(actor: Actor, decision: Decision, at: dt.datetime) -> None:
    application = decision.application
    candidate, position = application.candidate, application.position
    branch = position.branch
    english = candidate.language == "en"
    language = "en" if english else "zh"
    _link, url = link_create(
        actor=actor, application=application, purpose="portal", at=at, days=LINK_DAYS
    )
    template = LETTERS[decision.kind]
    subject, body = letter(
        template,
        language,
        company=branch.name_en if english and branch.name_en else branch.name,
        position=position.title_en if english and position.title_en else position.title,
        name=candidate.name,
        manager=decision.by.name_en if english and decision.by.name_en else decision.by.name,
        link=url,
        contact=settings.DEFAULT_FROM_EMAIL,
    )
    message_queue(
        key=f"decision:{decision.ref}",
        branch=branch,
        draft=Draft("mail", template, language, subject, body, address=candidate.email),
        at=at,
        application=application,
    )


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotAllowed(say("evaluation.people_decide"))
    return actor.person_id


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
