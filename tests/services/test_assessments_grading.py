"""Answers graded by machine and people, programs judged, sittings scored."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.company import Company
from tests.engine.questions.sample import SAMPLE
from touchstone.assessments.models import Attempt, AttemptItem, Submission, TaskKind
from touchstone.assessments.services.grading import (
    attempt_score,
    grading_by_person,
    item_grade,
    items_grade,
    standing_score,
)
from touchstone.assessments.services.judging import (
    submission_take,
    submissions_judge,
    verdict_write,
)
from touchstone.assessments.services.papers import Task, attempt_invite, default_paper, paper_save
from touchstone.assessments.services.sittings import (
    attempt_start,
    attempt_submit,
    draft_save,
    item_start,
    program_submit,
)
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import InvalidInput
from touchstone.integrations.sandbox import SandboxUnavailable
from touchstone.library.models import Question
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.consents import consent_give

CANDIDATE = Actor("candidate")
PROBLEM = "standardise-missing-values"
REFERENCE = (
    Path(__file__).resolve().parents[2]
    / "touchstone/content/problems"
    / PROBLEM
    / "submissions/accepted/reference.py"
)
GOOD = (
    "我会先统计分歧比例，算一下 Kappa，看清楚是哪几类容易错，然后一起修订标注规范，再给大家做培训。"
)
CASE = (
    "我负责商品图标注质检，团队 5 人。原来错误率 8%，我抽检 2000 条找到三类歧义，"
    "修订规范后降到 3%，"
    "在同一个测试集上两人独立复核。局限是样本只来自两个类目。"
)


def bank(at: dt.datetime) -> None:
    for code, kind, dimension in (
        ("biz-1", "business", "business"),
        ("scn-1", "scenario", "communication"),
    ):
        document: dict[str, Any] = {
            **SAMPLE,
            "id": code,
            "kind": kind,
            "dimension": dimension,
            "industry": "ecommerce" if kind == "business" else "",
        }
        Question.objects.create(
            code=code,
            kind=kind,
            dimension=dimension,
            title=document["title"]["zh"],
            document=document,
            sha256=code * 8,
            created_at=at,
        )


@pytest.fixture
def attempt(
    company: Company, position: Position, application: Application, now: dt.datetime
) -> Attempt:
    """A sitting that has begun, of a program, a case and two scenarios."""
    bank(now)
    actor = company.actor("recruiter")
    paper = paper_save(
        actor=actor,
        position=position,
        title="测评",
        tasks=[
            Task(TaskKind.CODING, PROBLEM, "technical", 45, 2.0),
            Task(TaskKind.CASE, "case-main-project", "technical", 40),
            Task(TaskKind.SCENARIO, "biz-1", "business", 20),
            Task(TaskKind.COMMUNICATION, "scn-1", "communication", 20),
        ],
        at=now,
    )
    attempt = attempt_invite(actor=actor, application=application, paper=paper, at=now)
    consent_give(
        actor=CANDIDATE, candidate=application.candidate, purpose="assessment", granted=True, at=now
    )
    return attempt_start(attempt=attempt, at=now)


def answer(attempt: Attempt, kind: str, at: dt.datetime, **content: str) -> AttemptItem:
    item = attempt.items.get(item__kind=kind)
    item = item_start(item=item, at=at)
    return draft_save(item=item, content=content, version=item.version, at=at)


def sit(attempt: Attempt, at: dt.datetime) -> Submission:
    """Answers every task and hands the sitting in; returns the program."""
    answer(attempt, TaskKind.CASE, at, background=CASE)
    answer(attempt, TaskKind.SCENARIO, at, answer=GOOD)
    answer(attempt, TaskKind.COMMUNICATION, at, answer="先算一下 Kappa。")
    coding = item_start(item=attempt.items.get(item__kind=TaskKind.CODING), at=at)
    program = program_submit(
        item=coding, language="python", source=REFERENCE.read_text(), samples_only=False, at=at
    )
    attempt_submit(actor=SYSTEM, attempt=attempt, at=at)
    return program


def test_a_sitting_is_graded_and_scored(attempt: Attempt, now: dt.datetime) -> None:
    program = sit(attempt, now)
    try:
        submissions_judge(submissions=[program], at=now)
    except SandboxUnavailable as error:
        pytest.skip(error.text("en"))
    gradings = items_grade(items=attempt.items.all(), at=now)
    assert len(gradings) == 4
    program.refresh_from_db()
    assert (program.verdict, program.status) == ("AC", "judged")
    scenario = next(g for g in gradings if g.attempt_item.item.kind == TaskKind.SCENARIO)
    assert scenario.score > 8
    assert scenario.receipt["engine"]
    quotes = [e["quote"] for e in scenario.result["evidence"] if e["polarity"] == "supports"]
    assert any("Kappa" in q for q in quotes)
    case = next(g for g in gradings if g.attempt_item.item.kind == TaskKind.CASE)
    assert case.result["claims"]
    scored = attempt_score(attempt=attempt, at=now)
    assert set(scored.scores) == {"technical", "business", "communication"}
    assert scored.score is not None
    weights = {"technical": 40, "business": 30, "communication": 20}
    mean = sum(scored.scores[k] * w for k, w in weights.items()) / 90
    assert scored.score == pytest.approx(mean, abs=0.01)


def test_grading_twice_gives_the_grading_there_is(attempt: Attempt, now: dt.datetime) -> None:
    answer(attempt, TaskKind.SCENARIO, now, answer=GOOD)
    attempt_submit(actor=SYSTEM, attempt=attempt, at=now)
    item = attempt.items.get(item__kind=TaskKind.SCENARIO)
    first = item_grade(item=item, at=now)
    again = item_grade(item=item, at=now + dt.timedelta(hours=1))
    assert first is not None
    assert first == again
    assert item.gradings.count() == 1


def test_a_persons_word_stands_before_the_machines(
    company: Company, attempt: Attempt, now: dt.datetime
) -> None:
    answer(attempt, TaskKind.SCENARIO, now, answer=GOOD)
    attempt_submit(actor=SYSTEM, attempt=attempt, at=now)
    item = attempt.items.get(item__kind=TaskKind.SCENARIO)
    item_grade(item=item, at=now)
    grading_by_person(
        actor=company.actor("business_lead"), item=item, points={"k1": 1.0, "k2": 0.0}, at=now
    )
    item.refresh_from_db()
    assert item.score == pytest.approx(60.0)
    grading_by_person(actor=company.actor("algorithm_lead"), item=item, score=8, at=now)
    item.refresh_from_db()
    assert item.score == pytest.approx(70.0)
    assert not item.needs_human
    attempt.refresh_from_db()
    assert attempt.scores["business"] == pytest.approx(70.0)


@pytest.mark.parametrize(
    "bad", [{"score": 11}, {"score": float("nan")}, {"points": {"k1": 2}}, {"points": {"k9": 1}}]
)
def test_numbers_outside_their_range_are_refused(
    company: Company, attempt: Attempt, now: dt.datetime, bad: dict[str, Any]
) -> None:
    attempt_submit(actor=SYSTEM, attempt=attempt, at=now)
    item = attempt.items.get(item__kind=TaskKind.SCENARIO)
    with pytest.raises(InvalidInput):
        grading_by_person(actor=company.actor("business_lead"), item=item, at=now, **bad)
    assert not item.gradings.exists()


def test_nothing_is_graded_by_machine_when_the_candidate_refuses(
    attempt: Attempt, now: dt.datetime
) -> None:
    answer(attempt, TaskKind.SCENARIO, now, answer=GOOD)
    attempt_submit(actor=SYSTEM, attempt=attempt, at=now)
    Application.objects.filter(pk=attempt.application_id).update(human_only=True)
    item = attempt.items.get(item__kind=TaskKind.SCENARIO)
    assert item_grade(item=item, at=now) is None
    item.refresh_from_db()
    assert item.needs_human
    assert item.score is None


def test_only_the_holder_of_the_lease_writes_the_verdict(
    attempt: Attempt, now: dt.datetime
) -> None:
    program = sit(attempt, now)
    stale = Submission.objects.get(pk=program.pk)
    old = submission_take(submission=stale)
    taken_over = submission_take(submission=Submission.objects.get(pk=program.pk))
    assert old is not None
    assert taken_over is not None
    assert not verdict_write(submission=stale, token=old, report=None, at=now)
    program.refresh_from_db()
    assert program.status == Submission.Status.JUDGING
    assert verdict_write(submission=program, token=taken_over, report=None, at=now)
    assert submission_take(submission=Submission.objects.get(pk=program.pk)) is None


def test_two_workers_cannot_take_one_program(attempt: Attempt, now: dt.datetime) -> None:
    program = sit(attempt, now)
    one, other = (Submission.objects.get(pk=program.pk) for _ in range(2))
    assert submission_take(submission=one)
    assert submission_take(submission=other) is None


def test_people_average_and_the_machine_yields() -> None:
    from touchstone.assessments.models import Grading

    at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    rows = [
        Grading(pk=1, rater_kind="system", score=4, created_at=at),
        Grading(pk=2, rater_kind="person", person_id=1, score=6, created_at=at),
        Grading(pk=3, rater_kind="person", person_id=1, score=7, created_at=at),
        Grading(pk=4, rater_kind="person", person_id=2, score=9, created_at=at),
    ]
    assert standing_score(rows[:1]) == 4
    assert standing_score(rows) == 8
    assert standing_score([]) is None


def test_the_default_paper_follows_the_industry(position: Position, now: dt.datetime) -> None:
    bank(now)
    tasks = default_paper(position)
    assert [t.kind for t in tasks[:4]] == ["coding", "case", "scenario", "communication"]
    assert tasks[2].code == "biz-1"
    assert tasks == default_paper(position)
