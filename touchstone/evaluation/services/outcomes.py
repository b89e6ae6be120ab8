"""What became of a hire, and its way back into the history that models are learned from."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.evaluation.models import Outcome
from touchstone.evaluation.services.reports import latest_report
from touchstone.evaluation.services.round_context import own_history_name
from touchstone.positions.history import concepts_of
from touchstone.positions.models import HistoryBatch, PastCase, Position
from touchstone.recruiting.models import Application


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
