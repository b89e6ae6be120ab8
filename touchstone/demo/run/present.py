"""A second round that is under way today, so that everybody who signs in finds work to do."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from touchstone.assessments.models import Attempt
from touchstone.assessments.services.grading import attempts_score, items_grade
from touchstone.assessments.services.judging import submissions_judge
from touchstone.common.clock import utc_now
from touchstone.demo.company import generate_company
from touchstone.demo.run.assessing import Sitting, invite_to_assessment
from touchstone.demo.run.before import bring_in_resumes
from touchstone.demo.run.meeting import Talk
from touchstone.demo.run.stage import Arrival, Calendar, Scene, Shape
from touchstone.evaluation.services.calibration import calibration_run
from touchstone.evaluation.services.reports import reports_issue
from touchstone.integrations.sandbox.runs import SandboxUnavailable
from touchstone.interviews.models import Interview
from touchstone.interviews.services.arranging import interview_arrange
from touchstone.interviews.services.booking import Seat
from touchstone.interviews.services.slots import SlotWish, slots_offer
from touchstone.positions.services import (
    member_add,
    model_version_save,
    position_create,
    position_status_set,
)
from touchstone.recruiting.models import Application
from touchstone.recruiting.stages import Stage

APPLICANTS = 44
OPENED_WORKDAYS_AGO = 8
SHAPE = Shape(
    arrivals=(
        Arrival(0, "upload", "招聘网站导出", 0.6),
        Arrival(1, "mail", "招聘邮箱", 0.4),
    ),
    invited=14,
    interviewed=6,
    images=0,
)
SITTING = 10
PANEL = ("shen_yan", "xu_nian", "lin_an")
OTHER_PANEL = ("qiao_yi", "bai_lu", "song_he")
HOUR = dt.timedelta(hours=1)
SATURDAY = 5


def run_present_round(scene: Scene) -> None:
    """Opens the second position and brings it to where it stands this minute."""
    now = utc_now()
    today = now.astimezone(dt.UTC).date()
    opens = _workdays_before(today, OPENED_WORKDAYS_AGO)
    company = generate_company(scene.company.seed + 1, applicants=APPLICANTS, as_of=opens)
    present = dataclasses.replace(
        scene,
        company=company,
        calendar=Calendar(opens),
        folder=scene.folder / "present",
        applications={},
        shape=SHAPE,
    )
    _open(scene, present)
    bring_in_resumes(present)
    invite_to_assessment(present)
    _sit(present)
    _meet(present, now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0))


def _workdays_before(day: dt.date, count: int) -> dt.date:
    while count:
        day -= dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _open(past: Scene, scene: Scene) -> None:
    recruiter = scene.actor(scene.staff_with("recruiter"))
    manager = scene.staff[scene.staff_with("hiring_manager")]
    department = scene.departments["algorithm"]
    at = scene.calendar.at(0, 9)
    scene.position = position_create(
        actor=recruiter,
        branch=department.branch,
        department=department,
        title="AI 训练师（大模型数据方向）",
        title_en="AI trainer (data for large language models)",
        description="负责大模型指令数据与偏好数据的构建、标注规范与评测。",
        industry="customer_service",
        headcount=1,
        at=at,
    )
    member_add(actor=recruiter, position=scene.position, person=manager, role="hiring_manager")
    for key in (*PANEL, *OTHER_PANEL):
        member_add(
            actor=recruiter, position=scene.position, person=scene.staff[key], role="interviewer"
        )
    version = past.position.model_version
    if version is not None:
        model_version_save(
            actor=recruiter,
            position=scene.position,
            document=version.document,
            learned=version.learned,
            note="沿用上一轮的画像",
            based_on=0,
            at=at,
        )
    position_status_set(actor=recruiter, position=scene.position, status="open", at=at)


def _sit(scene: Scene) -> None:
    """Ten have sat their paper; the others have the letter and the time still runs."""
    attempts = list(
        Attempt.objects.filter(paper__position=scene.position)
        .select_related("application__candidate", "application__branch", "paper")
        .order_by("pk")
    )
    by_id = {person.id: person for person in scene.company.people}
    people = {row.pk: by_id[key] for key, row in scene.applications.items()}
    for attempt in attempts[:SITTING]:
        person = people[attempt.application_id]
        hours = scene.rng("present", person.identity).uniform(3, 30)
        at = attempt.invited_at + dt.timedelta(hours=hours)
        Sitting(scene, person, attempt, at).work()
    last = scene.calendar.at(4, 12)
    for attempt in attempts[SITTING:]:
        # Their week has begun anew, so that the link opens something today.
        Attempt.objects.filter(pk=attempt.pk).update(deadline=utc_now() + dt.timedelta(days=6))
    try:
        submissions_judge(position=scene.position)
    except SandboxUnavailable:
        scene.progress.done("no sandbox here; programs wait for a judge")
    items_grade(position=scene.position)
    attempts_score(attempts=attempts[:SITTING], at=last)


def _meet(scene: Scene, now: dt.datetime) -> None:
    """Two talks are over, one waits for two sheets, one begins soon, one is tomorrow, and one
    candidate is choosing a time."""
    best = _best(scene)
    hour = now + dt.timedelta(minutes=15)
    yesterday, before = now - dt.timedelta(days=1), now - dt.timedelta(days=2)
    plan: Sequence[tuple[dt.datetime, tuple[str, ...], frozenset[str] | None, bool]] = (
        (before, PANEL, None, True),
        (yesterday, OTHER_PANEL, None, True),
        (now - 2 * HOUR, PANEL, frozenset({"xu_nian"}), True),
        (hour, PANEL, None, False),
        (now + dt.timedelta(days=1), OTHER_PANEL, None, False),
    )
    for application, (starts, panel, raters, held) in zip(best, plan, strict=False):
        interview = _arrange(scene, application, starts, panel)
        if held:
            person = scene.who(application)
            Talk(scene, person, interview, latest=now).hold(raters, record=starts >= yesterday)
    if len(best) > len(plan):
        _offer(scene, best[len(plan)], now)
    at = now - HOUR
    calibration_run(position=scene.position, at=at)
    reports_issue(
        actor=scene.actor(scene.staff_with("recruiter")),
        position=scene.position,
        applications=list(
            Application.objects.filter(position=scene.position, stage=Stage.EVALUATED)
        ),
        at=at,
    )


def _best(scene: Scene) -> list[Application]:
    assessed = Application.objects.filter(
        position=scene.position, stage=Stage.ASSESSED, attempt__score__isnull=False
    ).select_related(
        "attempt", "candidate", "branch", "position__branch", "position__model_version"
    )
    ranked = sorted(assessed, key=lambda a: (-(a.attempt.score or 0), a.pk))
    return ranked[: scene.shape.interviewed]


def _arrange(
    scene: Scene, application: Application, starts: dt.datetime, panel: tuple[str, ...]
) -> Interview:
    seats = [
        Seat(scene.staff[key], "lead" if number == 0 else "member")
        for number, key in enumerate(panel)
    ]
    return interview_arrange(
        actor=scene.actor(scene.staff_with("recruiter")),
        application=application,
        starts_at=starts,
        ends_at=starts + HOUR,
        seats=seats,
        title="综合面试",
        meeting_url=f"https://meeting.example.com/{application.ref}",
        materials="请准备一个你做过的项目，讲清楚数据、指标和你自己的部分。",
        at=min(starts, scene.calendar.at(6, 10)) - dt.timedelta(days=1),
    )


def _offer(scene: Scene, application: Application, now: dt.datetime) -> None:
    people = tuple(scene.staff[key] for key in OTHER_PANEL)
    today = now.astimezone(ZoneInfo(application.branch.time_zone)).replace(
        minute=0, second=0, microsecond=0
    )
    days = [today + dt.timedelta(days=days) for days in range(2, 7)]
    first, second, *_ = (day for day in days if day.weekday() < SATURDAY)
    begins = (first.replace(hour=12), first.replace(hour=17), second.replace(hour=12))
    slots = [SlotWish(at, at + HOUR, people) for at in begins]
    slots_offer(
        actor=scene.actor(scene.staff_with("recruiter")),
        application=application,
        slots=slots,
        at=now - 3 * HOUR,
    )
