"""What became of a hire, and its way back into the history that models are learned from."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.evaluation.models import Outcome
from touchstone.evaluation.services.reports import latest_report
from touchstone.evaluation.services.round_context import own_history_name
from touchstone.positions.history import concepts_of
from touchstone.positions.models import HistoryBatch, PastCase, Position
from touchstone.recruiting.letters import letter
from touchstone.recruiting.models import Application, OutboxMessage
from touchstone.recruiting.services.outbox import Draft, message_queue


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
    """What the manager says of a hire after some months; it joins the branch's history.

    Args:
        projects_delivered: since joining, 0–1000.
        model_improvement: percentage points, −100 … 100.
        review: 0–10.

    Raises:
        InvalidInput: a value is out of range, or nothing was said at all.
    """
    if review is not None and not 0 <= review <= 10:
        raise InvalidInput(say("evaluation.bad_review"), field="review")
    if projects_delivered is not None and not 0 <= projects_delivered <= 1000:
        raise InvalidInput(say("evaluation.bad_projects"), field="projects_delivered")
    if model_improvement is not None and not -100 <= model_improvement <= 100:
        raise InvalidInput(say("evaluation.bad_improvement"), field="model_improvement")
    values = (projects_delivered, model_improvement, review)
    if all(value is None for value in values) and not comment.strip():
        raise InvalidInput(say("evaluation.outcome_empty"), field="review")
    outcome.projects_delivered = projects_delivered
    outcome.model_improvement = model_improvement
    outcome.review = review
    outcome.comment = comment.strip()
    outcome.by_id = actor.person_id
    outcome.at = at
    outcome.save()
    application = outcome.hire.application
    history_keep(application=application, at=at)
    audit_record(
        actor,
        "outcome.recorded",
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        detail={"month": outcome.month},
    )
    return outcome


@transaction.atomic
def history_keep(*, application: Application, at: dt.datetime) -> PastCase | None:
    """Writes (or renews) the application's line of the branch's history: what was seen then, and
    what became of it. Nothing for somebody who was never scored. The line carries no name.
    """
    report = latest_report(application)
    if report is None:
        return None
    scores = {
        row["id"]: row["interview"]["fair"]
        for row in report.facts["scores"]["dimensions"]
        if row["interview"] is not None
    }
    if not scores:
        return None
    position = application.position
    outcomes = list(
        Outcome.objects.filter(hire__application=application, at__isnull=False).order_by("month")
    )
    latest = outcomes[-1] if outcomes else None
    case, _made = PastCase.objects.update_or_create(
        source_application=application.ref,
        batch=_batch(position, at),
        defaults={
            "branch_id": application.branch_id,
            "key": application.ref,
            "round_name": position.title[:80],
            "year_month": f"{application.applied_at:%Y-%m}",
            "features": _features(application),
            "scores": scores,
            "hired": hasattr(application, "hire"),
            "projects_delivered": latest.projects_delivered if latest else None,
            "model_improvement": latest.model_improvement if latest else None,
            "review": latest.review if latest else None,
        },
    )
    return case


def _batch(position: Position, at: dt.datetime) -> HistoryBatch:
    batch, _made = HistoryBatch.objects.get_or_create(
        branch_id=position.branch_id,
        position=None,
        name=own_history_name(position),
        defaults={"created_at": at, "confirmed_at": at},
    )
    return batch


def _features(application: Application) -> list[str]:
    resume = application.resume
    if resume is None:
        return []
    return concepts_of(resume.parsed.get("skills") or [], resume.text)


def outcomes_ask(*, at: dt.datetime) -> int:
    """Writes to each manager whose answer is due, once for each date; returns how many."""
    due = Outcome.objects.filter(
        at=None, due_on__lte=at.date(), hire__manager__isnull=False
    ).select_related(
        "hire__manager", "hire__application__candidate", "hire__application__position__branch"
    )
    asked = 0
    for outcome in due:
        asked += _ask(outcome, at)
    return asked


@transaction.atomic
def _ask(outcome: Outcome, at: dt.datetime) -> int:
    manager = outcome.hire.manager
    key = f"outcome:{outcome.ref}"
    address = (manager.wecom_userid or manager.email) if manager else ""
    if manager is None or not address or OutboxMessage.objects.filter(key=key).exists():
        return 0
    application = outcome.hire.application
    language = "en" if manager.language.startswith("en") else "zh"
    subject, body = letter(
        "outcome_request",
        language,
        name=manager.name_en or manager.name if language == "en" else manager.name,
        hire=application.candidate.name,
        month=outcome.month,
        link=f"{settings.BASE_URL}{reverse('outcome', args=[outcome.ref])}",
    )
    message_queue(
        key=key,
        branch=application.position.branch,
        draft=Draft(
            channel="wecom" if manager.wecom_userid else "mail",
            template="outcome_request",
            language=language,
            subject=subject,
            body=body,
            address=address,
        ),
        at=at,
        person=manager,
    )
    return 1
