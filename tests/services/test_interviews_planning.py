"""A round planned, accepted and announced."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.company import Company
from touchstone.accounts.models import Person, Role
from touchstone.accounts.services import person_create, role_grant
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import Conflict, IllegalTransition, InvalidInput
from touchstone.engine.scheduling.problem import Seat as SeatWish
from touchstone.interviews.models import Availability, BookedQuarter, Interview
from touchstone.interviews.services.arranging import (
    interview_arrange,
    interview_call_off,
    interview_rearrange,
)
from touchstone.interviews.services.booking import Seat
from touchstone.interviews.services.planning import (
    PanelWish,
    Plan,
    plan_accept,
    plan_apply,
    plan_keep,
    plan_of,
    round_plan,
)
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, OutboxMessage


def workday(now: dt.datetime, days: int = 1) -> dt.date:
    day = now.date() + dt.timedelta(days=days)
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    return day


def plan_for(
    position: Position, applications: tuple[Application, ...], now: dt.datetime, days: int = 14
) -> Plan:
    first = workday(now)
    return round_plan(
        position=position,
        applications=applications,
        panels=[PanelWish()],
        horizon=(first, first + dt.timedelta(days=days)),
        at=now,
    )


@pytest.fixture
def plan(position: Position, applications: tuple[Application, ...], now: dt.datetime) -> Plan:
    return plan_for(position, applications, now)


def test_everybody_gets_a_talk_with_one_of_each_department(plan: Plan) -> None:
    assert len(plan.proposals) == 3
    assert plan.unplaced == ()
    for proposal in plan.proposals:
        kinds = [p.department.kind for p in proposal.people if p.department]
        assert kinds == ["algorithm", "business", "hr"]
    assert plan.proven_best


def test_no_person_sits_in_two_talks_at_once(plan: Plan) -> None:
    taken = {(p.ref, proposal.starts_at) for proposal in plan.proposals for p in proposal.people}
    assert len(taken) == 9


def test_accepting_books_invites_and_moves_the_application(
    plan: Plan, company: Company, now: dt.datetime
) -> None:
    interviews = plan_apply(actor=company.actor("recruiter"), plan=plan, at=now)
    assert len(interviews) == 3
    assert {i.status for i in interviews} == {Interview.Status.INVITED}
    stages = Application.objects.values_list("stage", flat=True)
    assert set(stages) == {"interviewing"}
    # A candidate and three colleagues each.
    assert OutboxMessage.objects.filter(template__endswith="invitation").count() == 12
    lead = interviews[0].panel.get(seat="lead")
    assert lead.focus == ["technical", "learning"]


def test_a_plan_is_kept_read_back_and_accepted_once(
    plan: Plan, company: Company, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    kept = plan_keep(actor=actor, plan=plan, at=now)
    assert plan_of(kept).proposals == plan.proposals
    assert len(plan_accept(actor=actor, kept=kept, at=now)) == 3
    with pytest.raises(Conflict):
        plan_accept(actor=actor, kept=kept, at=now)
    assert Interview.objects.count() == 3


def test_a_time_taken_meanwhile_is_left_out(
    plan: Plan, company: Company, now: dt.datetime, applications: tuple[Application, ...]
) -> None:
    actor = company.actor("recruiter")
    first = plan.proposals[0]
    interview_arrange(
        actor=actor,
        application=first.application,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        seats=[Seat(first.people[0], "lead")],
        at=now,
    )
    booked = plan_apply(actor=actor, plan=plan, at=now)
    assert first.application.pk not in {i.application_id for i in booked}
    assert len(booked) == 2


def test_busy_marks_and_bookings_are_kept(
    position: Position,
    applications: tuple[Application, ...],
    company: Company,
    now: dt.datetime,
) -> None:
    first = workday(now)
    midnight = dt.datetime.combine(first, dt.time(), tzinfo=dt.UTC) - dt.timedelta(hours=12)
    Availability.objects.create(
        person=company.algorithm_lead,
        kind="busy",
        starts_at=midnight,
        ends_at=midnight + dt.timedelta(hours=40),
    )
    # The one other algorithm interviewer of the position's members is its manager.
    Availability.objects.create(
        person=company.hiring_manager,
        kind="busy",
        starts_at=midnight,
        ends_at=midnight + dt.timedelta(hours=40),
    )
    plan = plan_for(position, applications, now)
    assert len(plan.proposals) == 3
    assert min(p.starts_at for p in plan.proposals) >= midnight + dt.timedelta(hours=40)


def test_whoever_cannot_be_placed_has_a_reason(
    position: Position, applications: tuple[Application, ...], now: dt.datetime
) -> None:
    wish = PanelWish(seats=(SeatWish(department="algorithm", skills=frozenset({"没有人会的"})),))
    first = workday(now)
    plan = round_plan(
        position=position,
        applications=applications[:1],
        panels=[wish],
        horizon=(first, first + dt.timedelta(days=3)),
        at=now,
    )
    assert [u.reason.id for u in plan.unplaced] == ["scheduling.nobody_fits"]


def test_who_has_an_interview_is_not_planned_twice(
    plan: Plan, company: Company, position: Position, now: dt.datetime
) -> None:
    plan_apply(actor=company.actor("recruiter"), plan=plan, at=now)
    again = plan_for(position, tuple(p.application for p in plan.proposals), now)
    assert again.proposals == ()
    assert {u.reason.id for u in again.unplaced} == {"interviews.already_planned"}


def test_a_whole_round_is_planned_in_seconds(
    company: Company, position: Position, now: dt.datetime
) -> None:
    for index, department in enumerate(
        [company.algorithm] * 4 + [company.commerce] * 3 + [company.hr] * 2
    ):
        person = person_create(
            actor=SYSTEM,
            username=f"more{index}",
            name=f"面试官{index}",
            email=f"more{index}@company.example",
            branch=company.head,
            department=department,
            at=now,
        )
        role_grant(actor=SYSTEM, person=person, role=Role.INTERVIEWER, branch=company.head)
        position.members.create(person=person, role="interviewer")
    people = tuple(
        Application.objects.create(
            candidate=position.branch.candidates.create(name=f"候选人{n}", created_at=now),
            position=position,
            branch=position.branch,
            stage="screened",
            applied_at=now,
            stage_since=now,
        )
        for n in range(40)
    )
    plan = plan_for(position, people, now, days=11)
    assert len(plan.proposals) == 40
    assert plan.bound <= plan.objective
    assert Person.objects.count() >= 12


def test_an_interview_starts_from_the_right_stage_and_in_the_future(
    application: Application, company: Company, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    seats = [Seat(company.algorithm_lead, "lead")]
    with pytest.raises(InvalidInput):
        interview_arrange(
            actor=actor,
            application=application,
            starts_at=now - dt.timedelta(hours=1),
            ends_at=now,
            seats=seats,
            at=now,
        )
    Application.objects.filter(pk=application.pk).update(stage="rejected")
    application.refresh_from_db()
    with pytest.raises(IllegalTransition):
        interview_arrange(
            actor=actor,
            application=application,
            starts_at=now + dt.timedelta(hours=5),
            ends_at=now + dt.timedelta(hours=6),
            seats=seats,
            at=now,
        )
    assert not Interview.objects.exists()


def test_a_move_is_announced_with_a_higher_sequence(
    plan: Plan, company: Company, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    interview = plan_apply(actor=actor, plan=plan, at=now)[0]
    moved = interview_rearrange(
        actor=actor,
        interview=interview,
        starts_at=interview.starts_at + dt.timedelta(days=21),
        ends_at=interview.ends_at + dt.timedelta(days=21),
        at=now,
    )
    assert moved.ics_sequence == 1
    updates = OutboxMessage.objects.filter(template__endswith="_moved")
    assert updates.count() == 4
    assert all("SEQUENCE:1" in m.ics and "METHOD:REQUEST" in m.ics for m in updates)
    cancelled = interview_call_off(actor=actor, interview=moved, at=now)
    assert cancelled.ics_sequence == 2
    letters = OutboxMessage.objects.filter(template__endswith="_cancelled")
    assert all("METHOD:CANCEL" in m.ics and "SEQUENCE:2" in m.ics for m in letters)
    assert letters.count() == 4
    assert not BookedQuarter.objects.filter(interview=cancelled).exists()
