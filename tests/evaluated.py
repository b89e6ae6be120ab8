"""A round whose panels have scored: candidates of known order, raters of known severity."""

from __future__ import annotations

import datetime as dt
import random

from tests.company import MODEL, Company, _application
from touchstone.accounts.models import Person
from touchstone.evaluation.models import IndicatorScore, Scorecard
from touchstone.evaluation.services.decisions import evaluation_save
from touchstone.interviews.models import Interview, PanelMember, RoomNote
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move

INDICATORS = [(d["id"], i["id"]) for d in MODEL["dimensions"] for i in d["indicators"]]
SEVERITY = {"algorithm_lead": 1.0, "business_lead": -0.8, "hr_interviewer": 0.0}


def hold_interview(
    company: Company,
    application: Application,
    at: dt.datetime,
    ability: float,
    raters: tuple[str, ...] = ("algorithm_lead", "business_lead"),
    seed: int = 0,
    submit: bool = True,
) -> Interview:
    """A talk that was held; each rater scores every indicator about ``ability``, less severity."""
    rng = random.Random(f"{application.pk}/{seed}")
    if application.stage != "interviewing":
        application_move(
            actor=company.actor("recruiter"), application=application, to="interviewing", at=at
        )
    interview = Interview.objects.create(
        application=application,
        status=Interview.Status.DONE,
        starts_at=at,
        ends_at=at + dt.timedelta(hours=1),
        started_at=at,
        ended_at=at + dt.timedelta(hours=1),
        created_at=at - dt.timedelta(days=2),
    )
    for name in raters:
        PanelMember.objects.create(interview=interview, person=company.people[name])
    for name in raters:
        card_of(interview, company.people[name], at, ability - SEVERITY[name], rng, submit=submit)
    return interview


def card_of(
    interview: Interview,
    person: Person,
    at: dt.datetime,
    level: float,
    rng: random.Random,
    submit: bool = True,
) -> Scorecard:
    """One rater's card with a score for every indicator."""
    submitted_at = at + dt.timedelta(hours=2) if submit else None
    card = Scorecard.objects.create(
        interview=interview,
        rater=person,
        department=person.department,
        status=Scorecard.Status.SUBMITTED if submit else Scorecard.Status.DRAFT,
        submitted_at=submitted_at,
        created_at=at,
    )
    IndicatorScore.objects.bulk_create(
        IndicatorScore(
            scorecard=card,
            dimension=dimension,
            indicator=indicator,
            score=round(2 * min(10.0, max(0.0, level + rng.gauss(0, 0.5)))) / 2,
            comment="讲清了口径" if indicator == "tech.data" else "",
            updated_at=at,
        )
        for dimension, indicator in INDICATORS
    )
    return card


def build_round(
    company: Company, position: Position, at: dt.datetime, count: int = 10
) -> list[Application]:
    """``count`` candidates, the first the best, each seen by two of three raters."""
    pairs = (
        ("algorithm_lead", "business_lead"),
        ("algorithm_lead", "hr_interviewer"),
        ("business_lead", "hr_interviewer"),
    )
    rows = []
    for number in range(count):
        application = _application(
            company,
            position,
            at,
            f"候选人{number}",
            f"c{number}@example.com",
            f"+86139000{number:05}",
            f"候选人{number}\n2022–2026 训练师\n清洗数据，准确率由 81% 升到 {85 + number}%。\n",
            90.0 - 4 * number,
            "advance",
        )
        hold_interview(
            company,
            application,
            at + dt.timedelta(days=2),
            9.0 - 5.0 * number / count,
            raters=pairs[number % 3],
        )
        rows.append(application)
    interview = rows[0].interviews.get()
    RoomNote.objects.create(
        interview=interview,
        author=company.people["algorithm_lead"],
        client_key="n1",
        text="说清了 81% 的口径，基数一千条",
        at_second=754,
        indicator="tech.data",
        created_at=at,
        updated_at=at,
    )
    evaluation_save(
        actor=company.actor("algorithm_lead"),
        application=rows[0],
        department=company.algorithm,
        text="标注质量超出预期。",
        stance="hire",
        version=0,
        at=at + dt.timedelta(days=3),
        submit=True,
    )
    return rows
