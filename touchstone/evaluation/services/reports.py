"""Reports: drafted from the facts, issued once, sealed, recomputed on demand."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from touchstone import __version__
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.reporting.analysis import analysis_document
from touchstone.engine.reporting.candidate import candidate_version
from touchstone.engine.reporting.differences import differences
from touchstone.evaluation.models import CalibrationRun, Report
from touchstone.evaluation.services.calibration import calibration_run, position_ratings
from touchstone.evaluation.services.report_facts import report_facts
from touchstone.evaluation.services.round_context import RoundContext, round_context
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

ISSUED = "issued"


def reports_context(*, position: Position, at: dt.datetime) -> RoundContext:
    """The round as it stands, calibrated where anybody was scored; share it among many drafts."""
    run: CalibrationRun | None = None
    if position_ratings(position):
        run = calibration_run(position=position, at=at)
    return round_context(position, run)


@transaction.atomic
def report_draft(
    *, application: Application, at: dt.datetime, context: RoundContext | None = None
) -> Report:
    """The next version of the application's report, not yet issued.

    The draft that exists is written anew. When nothing changed since the last issued version,
    that version itself is returned.

    Args:
        context: of the round, from `reports_context`, when many are drafted.

    Raises:
        InvalidInput: there is neither a submitted scorecard nor a finished assessment, or the
            candidate's data were erased.
    """
    if application.candidate.erased_at is not None:
        raise InvalidInput(say("reporting.erased"))
    context = context or reports_context(position=application.position, at=at)
    facts = report_facts(application, context)
    if not facts["raters"] and not facts["assessment"]:
        raise InvalidInput(say("reporting.nothing_to_report"))
    analysis = analysis_document(facts)
    Application.objects.select_for_update().get(pk=application.pk)
    last = application.reports.select_for_update().order_by("-number").first()
    if last and last.status == ISSUED and _same(last, facts, analysis):
        return last
    if last and last.status != ISSUED:
        draft = last
    else:
        draft = Report(application=application, number=last.number + 1 if last else 1)
    draft.facts, draft.analysis = facts, analysis
    draft.overall = facts["scores"]["fair"]
    draft.overall_raw = facts["scores"]["raw"]
    draft.calibration = context.run
    draft.created_at = at
    draft.save()
    return draft


@transaction.atomic
def report_issue(*, actor: Actor, report: Report, at: dt.datetime) -> Report:
    """Seals the draft: from now on nothing of it changes. Issuing twice changes nothing."""
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if locked.status == ISSUED:
        return locked
    locked.status = ISSUED
    locked.issued_at = at
    locked.issued_by_id = actor.person_id
    locked.sha256 = seal(locked)
    locked.save(update_fields=["status", "issued_at", "issued_by", "sha256"])
    application = locked.application
    audit_record(
        actor,
        "report.issued",
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        after=locked.sha256,
        detail={"number": locked.number, "sha256": locked.sha256},
    )
    enqueue("touchstone.jobs.evaluation.report_pdf", report_ref=locked.ref)
    return locked


def reports_issue(
    *,
    actor: Actor,
    position: Position,
    at: dt.datetime,
    applications: Sequence[Application] | None = None,
) -> list[Report]:
    """Drafts and issues the report of everybody who was scored (or of those given)."""
    context = reports_context(position=position, at=at)
    rows = applications or (
        Application.objects.filter(
            position=position, ref__in=list(context.overall), candidate__erased_at=None
        )
        .select_related(
            "candidate",
            "position__branch",
            "position__department",
            "position__model_version",
            "branch",
            "resume",
            "screening",
        )
        .order_by("pk")
    )
    return [
        report_issue(
            actor=actor,
            report=report_draft(application=application, at=at, context=context),
            at=at,
        )
        for application in rows
    ]


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same text for the same value, on any database."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def seal(report: Report) -> str:
    """SHA-256 over everything the report says, and over when and for whom it says it."""
    content = {
        "application": report.application.ref,
        "number": report.number,
        "facts": report.facts,
        "analysis": report.analysis,
        "overall": report.overall,
        "overall_raw": report.overall_raw,
        "calibration": report.calibration.input_sha256 if report.calibration else "",
        "issued_at": report.issued_at.isoformat() if report.issued_at else "",
        "product": "touchstone",
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _same(report: Report, facts: dict[str, Any], analysis: list[dict[str, Any]]) -> bool:
    known = {key: value for key, value in report.facts.items() if key != "machine"}
    return canonical([known, report.analysis]) == canonical([facts, analysis])


def report_changes(report: Report) -> list[dict[str, Any]]:
    """What changed since the version before, as stored messages; nothing for the first."""
    before = report.application.reports.filter(number=report.number - 1).first()
    if before is None:
        return []
    return differences(before.facts, before.analysis, report.facts, report.analysis)


def candidate_report(report: Report) -> dict[str, Any]:
    """The candidate's version of an issued report."""
    return candidate_version(report.facts) | {
        "issued_at": report.issued_at,
        "number": report.number,
        "engine": __version__,
    }


def report_for_candidate(application: Application) -> dict[str, Any] | None:
    """The candidate's version, once an offer or a rejection was sent; None before that."""
    told = application.decisions.filter(sent_at__isnull=False, undone_at=None).exists()
    report = latest_report(application) if told else None
    return candidate_report(report) if report else None


def onboarding_plan(report: Report | None) -> list[dict[str, Any]]:
    """The first months of somebody who joins, from the report's gaps: one row a step."""
    if report is None:
        return []
    return [
        {"message": sentence["message"], "dimension": sentence["dimension"], "done": False}
        for sentence in report.analysis
        if sentence["section"] == "plan"
    ]


def latest_report(application: Application) -> Report | None:
    """The last issued version."""
    return application.reports.filter(status=ISSUED).exclude(facts={}).order_by("-number").first()
