"""Reports, decisions, hires, the talent pool, and what became of those hired."""

from __future__ import annotations

import datetime as dt

from touchstone.demo.run.stage import Scene
from touchstone.evaluation.models import Outcome, Report
from touchstone.evaluation.services.calibration import calibration_run
from touchstone.evaluation.services.decisions import (
    decision_make,
    decision_send,
    hire_confirm,
)
from touchstone.evaluation.services.outcomes import outcome_record
from touchstone.evaluation.services.reports import (
    onboarding_plan,
    report_draft,
    report_issue,
    reports_context,
)
from touchstone.recruiting.models import Application, CandidateRequest, Consent
from touchstone.recruiting.services.pool import pool_add
from touchstone.recruiting.stages import Stage

REPORTED_ON, DECIDED_ON, ACCEPTED_ON = 9, 9, 11
POOL_FROM = 72.0
OUTCOME_DAYS = {1: 34, 3: 95}


def write_reports(scene: Scene) -> None:
    """The yardstick of the round, then a report for everybody who was interviewed."""
    at = scene.calendar.at(REPORTED_ON, 10)
    calibration_run(position=scene.position, at=at)
    actor = scene.actor(scene.staff_with("recruiter"))
    evaluated = list(
        Application.objects.filter(position=scene.position, stage=Stage.EVALUATED)
        .select_related(
            "candidate",
            "branch",
            "position__branch",
            "position__department",
            "position__model_version",
            "resume",
            "screening",
        )
        .order_by("pk")
    )
    context = reports_context(position=scene.position, at=at)
    for application in scene.progress.each(evaluated, len(evaluated)):
        report = report_draft(application=application, at=at, context=context)
        report_issue(actor=actor, report=report, at=at + dt.timedelta(minutes=30))


def decide(scene: Scene) -> None:
    """The hiring manager decides in rank order; the recruiter tells everybody."""
    manager = scene.staff_with("hiring_manager")
    actor, at = scene.actor(manager), scene.calendar.at(DECIDED_ON, 14)
    ranked = list(
        Report.objects.filter(application__position=scene.position, status="issued")
        .select_related("application__candidate", "application__branch", "application__position")
        .order_by("-overall", "pk")
    )
    headcount = scene.position.headcount
    for rank, report in enumerate(ranked):
        application, overall = report.application, report.overall or 0.0
        minute = at + dt.timedelta(minutes=2 * rank)
        if rank < headcount:
            kind, reason = (
                "offer",
                f"综合 {overall:.1f} 分，这一轮第 {rank + 1}；各部门意见一致向好。",
            )
        elif overall >= POOL_FROM:
            kind, reason = "reject", f"综合 {overall:.1f} 分，名额已满；能力合适，建议进人才库。"
        else:
            kind, reason = "reject", f"综合 {overall:.1f} 分，低于这一轮录用的人。"
        decision = decision_make(
            actor=actor,
            application=application,
            kind=kind,
            reason=reason,
            report=report,
            at=minute,
        )
        decision_send(
            actor=scene.actor(scene.staff_with("recruiter")),
            decision=decision,
            at=minute + dt.timedelta(hours=1),
        )
        if kind == "reject" and overall >= POOL_FROM:
            _keep(scene, application, minute + dt.timedelta(hours=2))


def _keep(scene: Scene, application: Application, at: dt.datetime) -> None:
    agreed = Consent.objects.filter(
        candidate=application.candidate,
        purpose=Consent.Purpose.TALENT_POOL,
        granted=True,
        withdrawn_at=None,
    ).exists()
    if agreed:
        pool_add(
            actor=scene.actor(scene.staff_with("recruiter")),
            application=application,
            reason="这一轮名额已满，能力合适。",
            at=at,
        )


def hire(scene: Scene) -> None:
    """Those offered a place accept: the hire and a plan for their first months."""
    manager = scene.staff_with("hiring_manager")
    at = scene.calendar.at(ACCEPTED_ON, 11)
    offered = Application.objects.filter(
        position=scene.position, stage=Stage.OFFERED
    ).select_related("candidate", "branch", "position")
    for application in offered.order_by("pk"):
        report = application.reports.order_by("-number").first()
        hire_confirm(
            actor=scene.actor(scene.staff_with("recruiter")),
            application=application,
            starts_on=scene.calendar.at(ACCEPTED_ON + 10).date(),
            manager=scene.staff[manager],
            onboarding=onboarding_plan(report) if report else [],
            at=at,
        )


def look_back(scene: Scene) -> None:
    """What the manager says of each hire after one month and after three."""
    manager = scene.staff_with("hiring_manager")
    for outcome in Outcome.objects.filter(
        hire__application__position=scene.position, month__in=OUTCOME_DAYS
    ).select_related("hire__application__branch"):
        person = scene.who(outcome.hire.application)
        rng = scene.rng("outcome", person.identity, outcome.month)
        level = person.level()
        share = outcome.month / 3
        outcome_record(
            actor=scene.actor(manager),
            outcome=outcome,
            projects_delivered=max(0, round(rng.gauss(0.24 * level * share, 0.5))),
            model_improvement=round(max(0.0, rng.gauss((2.4 * level - 4) * share, 2.0)), 1),
            review=min(10.0, max(0.0, round((0.9 * level + 0.8 + rng.gauss(0, 0.4)) * 2) / 2)),
            comment=(
                "上手快，和业务部门对齐得好。" if level >= 8 else "按计划推进，评测方法还要再练。"
            ),
            at=dt.datetime.combine(outcome.due_on, dt.time(2, 30), dt.UTC),
        )


def answer_requests(scene: Scene) -> None:
    """One person who was not taken asks why; the recruiter answers."""
    refused = (
        Application.objects.filter(position=scene.position, stage=Stage.REJECTED)
        .exclude(attempt=None)
        .order_by("-score", "pk")
        .first()
    )
    if refused is None:
        return
    at = scene.calendar.at(DECIDED_ON + 2, 9, 20)
    CandidateRequest.objects.create(
        application=refused,
        candidate=refused.candidate,
        kind="explanation",
        text="想知道这次没有通过的原因，哪一部分需要加强？谢谢。",
        created_at=at,
    )
