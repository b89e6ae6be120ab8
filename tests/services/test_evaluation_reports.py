"""Reports drafted, issued, sealed, recomputed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.company import Company
from tests.evaluated import build_round, hold_interview
from touchstone.audit.models import AuditEvent
from touchstone.common.errors import InvalidInput
from touchstone.engine.reporting.support import unsupported
from touchstone.evaluation.models import Report
from touchstone.evaluation.selectors import round_rows
from touchstone.evaluation.services.calibration import calibration_run, position_ratings
from touchstone.evaluation.services.erasure import candidate_erase
from touchstone.evaluation.services.reports import (
    candidate_report,
    latest_report,
    onboarding_plan,
    report_changes,
    report_draft,
    report_issue,
    reports_issue,
)
from touchstone.evaluation.services.verification import report_verify
from touchstone.evaluation.services.xlsx import round_workbook
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, PoolPosting, PoolRecent
from touchstone.recruiting.services.consents import consent_give
from touchstone.recruiting.services.pool import pool_add
from touchstone.ui.bilingual import message_text


@pytest.fixture
def scored(company: Company, position: Position, now: dt.datetime) -> list[Application]:
    return build_round(company, position, now - dt.timedelta(days=6))


def issued(company: Company, application: Application, now: dt.datetime) -> Report:
    report = report_draft(application=application, at=now)
    return report_issue(actor=company.actor("recruiter"), report=report, at=now)


def test_the_yardstick_is_kept_until_a_score_changes(
    position: Position, scored: list[Application], now: dt.datetime
) -> None:
    first = calibration_run(position=position, at=now)
    assert calibration_run(position=position, at=now).pk == first.pk
    card = scored[0].interviews.get().scorecards.order_by("pk")[0]
    row = card.scores.order_by("pk")[0]
    row.score = Decimal(3)
    row.save()
    assert calibration_run(position=position, at=now).pk != first.pk


def test_strict_and_mild_raters_are_told_apart(
    company: Company, position: Position, scored: list[Application], now: dt.datetime
) -> None:
    result = calibration_run(position=position, at=now).result
    severity = {row["id"]: row["severity"] for row in result["raters"]}
    strict, mild = company.algorithm_lead.ref, company.business_lead.ref
    assert severity[strict] > 0.5 > -0.3 > severity[mild]
    agreement = result["agreement"]
    assert agreement["mean_abs_deviation_fair"] < 0.6 * agreement["mean_abs_deviation_raw"]


def test_drafts_of_raters_and_shadows_do_not_count(
    company: Company, position: Position, scored: list[Application], now: dt.datetime
) -> None:
    before = position_ratings(position)
    hold_interview(company, scored[1], now, 9.9, raters=("hr_interviewer",), submit=False)
    assert position_ratings(position) == before


def test_a_report_holds_every_part_and_only_what_its_facts_support(
    company: Company, scored: list[Application], now: dt.datetime
) -> None:
    report = issued(company, scored[0], now)
    facts = report.facts
    assert [d["id"] for d in facts["scores"]["dimensions"]] == [
        "technical",
        "business",
        "communication",
        "learning",
    ]
    low, high = facts["scores"]["ci"]
    assert low < report.overall < high
    assert facts["round"]["n"] == 10
    assert len(facts["raters"]) == 2
    assert facts["departments"][0]["text"] == "标注质量超出预期。"
    kinds = {e["kind"] for e in facts["evidence"]}
    assert {"resume", "score", "note", "view"} <= kinds
    assert report.analysis
    assert unsupported(facts, report.analysis) == []
    words = [message_text(s["message"]) for s in report.analysis]
    assert any("高于本轮其余候选人" in sentence for sentence in words)
    assert {s["section"] for s in report.analysis} >= {"strength", "robustness"}


def test_the_weakest_gets_risks_and_a_plan(
    company: Company, scored: list[Application], now: dt.datetime
) -> None:
    report = issued(company, scored[-1], now)
    sections = [s["section"] for s in report.analysis]
    assert "risk" in sections or "doubt" in sections
    assert "plan" in sections
    plan = onboarding_plan(report)
    assert plan
    assert all(message_text(step["message"]) for step in plan)


def test_issued_reports_are_sealed_and_every_change_of_them_is_found(
    company: Company, scored: list[Application], now: dt.datetime
) -> None:
    report = issued(company, scored[0], now)
    assert report_verify(report).ok
    again = Report.objects.get(pk=report.pk)
    assert report_verify(again).ok
    again.facts["scores"]["dimensions"][0]["fair"] += 1
    problems = {p.id for p in report_verify(again).problems}
    assert "reporting.seal_broken" in problems
    assert "reporting.scores_differ" in problems
    third = Report.objects.get(pk=report.pk)
    third.analysis[0]["message"]["args"]["score"] = "99.0"
    problems = {p.id for p in report_verify(third).problems}
    assert {"reporting.seal_broken", "reporting.analysis_differs"} <= problems
    run = report.calibration
    assert run is not None
    run.result["ratings"][0][4] = 0.0
    assert {p.id for p in report_verify(report).problems} >= {"reporting.scores_differ"}


def test_issuing_twice_changes_nothing_and_is_logged_once(
    company: Company, scored: list[Application], now: dt.datetime
) -> None:
    report = issued(company, scored[0], now)
    later = now + dt.timedelta(hours=1)
    again = report_issue(actor=company.actor("recruiter"), report=report, at=later)
    assert (again.sha256, again.issued_at) == (report.sha256, report.issued_at)
    assert AuditEvent.objects.filter(action="report.issued").count() == 1
    assert report_draft(application=scored[0], at=later).pk == report.pk


def test_a_new_scorecard_gives_the_next_version_and_says_what_changed(
    company: Company, scored: list[Application], now: dt.datetime
) -> None:
    first = issued(company, scored[0], now)
    hold_interview(company, scored[0], now, 4.0, raters=("hr_interviewer",), seed=1)
    second = issued(company, scored[0], now + dt.timedelta(hours=1))
    assert (first.number, second.number) == (1, 2)
    changes = [message_text(c) for c in report_changes(second)]
    assert any(change.startswith("总分") for change in changes)
    assert any("宋禾" in change for change in changes)
    assert report_verify(Report.objects.get(pk=first.pk)).ok


def test_the_candidates_version_has_no_other_peoples_words(
    company: Company, scored: list[Application], now: dt.datetime
) -> None:
    version = candidate_report(issued(company, scored[0], now))
    text = str(version)
    for person in company.people.values():
        assert person.name not in text
    assert "讲清了口径" not in text
    assert "标注质量" not in text
    assert all(message_text(row["said"]) for row in version["dimensions"])


def test_nothing_to_report_is_said(application: Application, now: dt.datetime) -> None:
    with pytest.raises(InvalidInput) as error:
        report_draft(application=application, at=now)
    assert error.value.message.id == "reporting.nothing_to_report"


def test_a_single_rater_and_an_open_dimension_are_said_aloud(
    company: Company, application: Application, now: dt.datetime
) -> None:
    interview = hold_interview(company, application, now, 7.0, raters=("hr_interviewer",))
    card = interview.scorecards.get()
    card.scores.filter(dimension="learning").update(score=None, not_observed=True)
    report = report_draft(application=application, at=now)
    assert report.facts["scores"]["missing"] == ["learning"]
    ids = {s["message"]["id"] for s in report.analysis}
    assert "reporting.single_rater" in ids
    assert report.facts["scores"]["ci"] is None
    assert report.overall is not None


def test_a_whole_round_is_issued_at_once(
    company: Company, position: Position, now: dt.datetime
) -> None:
    build_round(company, position, now - dt.timedelta(days=6), count=40)
    reports = reports_issue(actor=company.actor("recruiter"), position=position, at=now)
    assert len(reports) == 40
    assert all(r.sha256 for r in reports)


def test_what_was_erased_is_gone_from_reports_ranking_and_files(
    company: Company, position: Position, scored: list[Application], now: dt.datetime
) -> None:
    consent_give(
        actor=company.actor("recruiter"),
        candidate=scored[0].candidate,
        purpose="talent_pool",
        granted=True,
        at=now,
    )
    pool_add(actor=company.actor("recruiter"), application=scored[0], reason="好", at=now)
    report = issued(company, scored[0], now)
    issued(company, scored[1], now)
    candidate_erase(actor=company.actor("administrator"), candidate=scored[0].candidate, at=now)
    gone = Report.objects.get(pk=report.pk)
    assert gone.facts == {}
    assert [p.id for p in report_verify(gone).problems] == ["reporting.erased"]
    application = Application.objects.get(pk=scored[0].pk)
    assert latest_report(application) is None
    assert scored[0].pk not in {row.application.pk for row in round_rows(position) if row.fair}
    assert round_workbook(position, hidden=set())[:2] == b"PK"
    assert not PoolPosting.objects.exclude(ids=b"").exists()
    assert not PoolRecent.objects.exists()
    with pytest.raises(InvalidInput):
        report_draft(application=application, at=now)
    again = reports_issue(actor=company.actor("recruiter"), position=position, at=now)
    assert application.pk not in {r.application_id for r in again}
