"""Decisions, what is sent of them, hires and outcomes."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.company import Company
from tests.evaluated import build_round
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import IllegalTransition, InvalidInput, NotAllowed
from touchstone.evaluation.models import Report
from touchstone.evaluation.services.decisions import (
    decision_make,
    decision_send,
    decision_undo,
    hire_confirm,
)
from touchstone.evaluation.services.outcomes import outcome_record, outcomes_ask
from touchstone.evaluation.services.reports import onboarding_plan, reports_issue
from touchstone.evaluation.services.round_context import past_means
from touchstone.positions.models import PastCase, Position
from touchstone.recruiting.models import Application, OutboxMessage
from touchstone.recruiting.services.applications import application_move


@pytest.fixture
def reports(company: Company, position: Position, now: dt.datetime) -> list[Report]:
    rows = build_round(company, position, now - dt.timedelta(days=6), count=6)
    for application in rows:
        application_move(
            actor=company.actor("recruiter"), application=application, to="evaluated", at=now
        )
    return reports_issue(actor=company.actor("recruiter"), position=position, at=now)


def test_a_decision_needs_a_person_and_a_reason(
    company: Company, reports: list[Report], now: dt.datetime
) -> None:
    application = reports[0].application
    manager = company.actor("hiring_manager")
    with pytest.raises(InvalidInput):
        decision_make(actor=manager, application=application, kind="reject", reason=" ", at=now)
    with pytest.raises(NotAllowed):
        decision_make(actor=SYSTEM, application=application, kind="reject", reason="x", at=now)
    application.refresh_from_db()
    assert application.stage == "evaluated"


def test_a_decision_can_be_taken_back_until_it_is_sent(
    company: Company, reports: list[Report], now: dt.datetime
) -> None:
    manager, application = company.actor("hiring_manager"), reports[0].application
    first = decision_make(
        actor=manager, application=application, kind="offer", reason="合适", at=now
    )
    decision_undo(actor=manager, decision=first, at=now + dt.timedelta(minutes=1))
    application.refresh_from_db()
    assert application.stage == "evaluated"
    second = decision_make(
        actor=manager,
        application=application,
        kind="reject",
        reason="名额已满",
        at=now + dt.timedelta(minutes=2),
        report=reports[0],
    )
    sent = decision_send(actor=company.actor("recruiter"), decision=second, at=now)
    again = decision_send(actor=company.actor("recruiter"), decision=sent, at=now)
    assert again.sent_at == sent.sent_at
    letters = OutboxMessage.objects.filter(template="rejection")
    assert letters.count() == 1
    assert "不是系统自动判定" in letters.get().body
    assert "名额已满" not in letters.get().body
    with pytest.raises(IllegalTransition):
        decision_undo(actor=manager, decision=second, at=now)


def test_outcomes_come_back_into_the_history(
    company: Company, position: Position, reports: list[Report], now: dt.datetime
) -> None:
    manager, report = company.actor("hiring_manager"), reports[0]
    application = report.application
    decision_make(actor=manager, application=application, kind="offer", reason="合适", at=now)
    hire = hire_confirm(
        actor=company.actor("recruiter"),
        application=application,
        starts_on=now.date(),
        manager=company.hiring_manager,
        onboarding=onboarding_plan(report),
        at=now,
    )
    outcomes = list(hire.outcomes.order_by("month"))
    assert [o.month for o in outcomes] == [1, 3, 6]
    with pytest.raises(InvalidInput):
        outcome_record(
            actor=manager,
            outcome=outcomes[1],
            projects_delivered=None,
            model_improvement=None,
            review=11,
            comment="",
            at=now,
        )
    for review in (7.0, 8.0):
        outcome_record(
            actor=manager,
            outcome=outcomes[1],
            projects_delivered=2,
            model_improvement=12.5,
            review=review,
            comment="上手快",
            at=now,
        )
    case = PastCase.objects.get(source_application=application.ref)
    assert (case.hired, case.review, case.projects_delivered) == (True, 8.0, 2)
    assert set(case.scores) == {"technical", "business", "communication", "learning"}
    assert application.candidate.name not in str(case.__dict__)
    assert past_means(position) == ({}, 0)
    assert Application.objects.get(pk=application.pk).stage == "hired"


def test_managers_are_asked_once_when_the_day_has_come(
    company: Company, reports: list[Report], now: dt.datetime
) -> None:
    manager, application = company.actor("hiring_manager"), reports[0].application
    decision_make(actor=manager, application=application, kind="offer", reason="合适", at=now)
    hire_confirm(
        actor=company.actor("recruiter"),
        application=application,
        starts_on=(now - dt.timedelta(days=31)).date(),
        manager=company.hiring_manager,
        onboarding=[],
        at=now,
    )
    assert outcomes_ask(at=now) == 1
    assert outcomes_ask(at=now + dt.timedelta(days=1)) == 0
    letter = OutboxMessage.objects.get(template="outcome_request")
    assert application.candidate.name in letter.subject
    assert "/outcomes/" in letter.body
