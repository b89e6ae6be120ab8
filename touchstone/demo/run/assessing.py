"""Candidates are invited, sit their paper each in their own hours, and are graded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from touchstone.assessments.models import Attempt, AttemptItem, TaskKind
from touchstone.assessments.services.grading import attempts_score, grading_by_person, items_grade
from touchstone.assessments.services.judging import submissions_judge
from touchstone.assessments.services.papers import attempt_invite, default_paper, paper_save
from touchstone.assessments.services.sittings import (
    attempt_start,
    attempt_submit,
    draft_save,
    item_start,
    item_submit,
    learning_phase_next,
    program_submit,
)
from touchstone.assessments.tasks import question_rubric, task_text
from touchstone.common.actors import Actor
from touchstone.common.messages import Lang, render
from touchstone.demo.answers import write_answer
from touchstone.demo.cases import write_project_case
from touchstone.demo.code import write_submission
from touchstone.demo.exercises import exercise_answers
from touchstone.demo.people import Person
from touchstone.demo.run.stage import Scene
from touchstone.integrations.sandbox.runs import SandboxUnavailable
from touchstone.recruiting.models import Application, Consent
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.services.consents import consent_give
from touchstone.recruiting.stages import Stage

STAYS_AWAY = 0.08
READERS_NOISE = 0.6
KEEPS_FOR_POOL = 0.8
ALLOWS_RECORDING = 0.85
ALLOWS_WORDS = 0.9


def invite_to_assessment(scene: Scene) -> None:
    """The recruiter invites the best of those recommended, the morning after they were read."""
    calendar, position = scene.calendar, scene.position
    actor = scene.actor(scene.staff_with("recruiter"))
    paper = paper_save(
        actor=actor,
        position=position,
        title="AI 训练师测评",
        tasks=default_paper(position),
        at=calendar.at(1, 9),
    )
    best = list(
        Application.objects.filter(
            position=position, stage=Stage.SCREENED, recommendation="advance"
        )
        .select_related("candidate", "branch", "position")
        .order_by("-score", "pk")[: scene.shape.invited]
    )
    for application in scene.progress.each(best, len(best)):
        day = 1 + max(0, (application.applied_at - calendar.at(0)).days)
        attempt_invite(
            actor=actor, application=application, paper=paper, at=calendar.at(day, 10, 30)
        )


def sit_assessments(scene: Scene) -> None:
    """Each candidate opens the link within two days, agrees, and works through the tasks."""
    attempts = list(
        Attempt.objects.filter(paper__position=scene.position)
        .select_related("application__candidate", "application__branch", "paper")
        .order_by("pk")
    )
    people = {row.pk: key for key, row in scene.applications.items()}
    by_id = {person.id: person for person in scene.company.people}
    for attempt in scene.progress.each(attempts, len(attempts)):
        person = by_id[people[attempt.application_id]]
        rng = scene.rng("sitting", person.identity)
        if rng.random() < STAYS_AWAY:
            if rng.random() < 0.5:
                _withdraw(attempt, attempt.invited_at + dt.timedelta(hours=20))
            continue
        at = attempt.invited_at + dt.timedelta(hours=rng.uniform(2, 44))
        Sitting(scene, person, attempt, at).work()


def _withdraw(attempt: Attempt, at: dt.datetime) -> None:
    application = attempt.application
    candidate = application.candidate
    application_move(
        actor=Actor("candidate", candidate.ref, candidate.name),
        application=application,
        to=Stage.WITHDRAWN,
        at=at,
    )


class Sitting:
    """One candidate at the paper; ``self.at`` is the clock on their wall."""

    def __init__(self, scene: Scene, person: Person, attempt: Attempt, at: dt.datetime) -> None:
        self.scene, self.person, self.attempt, self.at = scene, person, attempt, at
        self.rng = scene.rng("work", person.identity)
        candidate = attempt.application.candidate
        self.actor = Actor("candidate", candidate.ref, candidate.name)

    def work(self) -> None:
        candidate = self.attempt.application.candidate
        scene_words = self.scene.rng("words", self.person.identity)
        consents = {
            Consent.Purpose.ASSESSMENT: True,
            Consent.Purpose.RECORDING: self.rng.random() < ALLOWS_RECORDING,
            Consent.Purpose.TRANSCRIPT: scene_words.random() < ALLOWS_WORDS,
            Consent.Purpose.TALENT_POOL: self.rng.random() < KEEPS_FOR_POOL,
        }
        for purpose, granted in consents.items():
            consent_give(
                actor=self.actor,
                candidate=candidate,
                purpose=purpose,
                granted=granted,
                at=self.at,
            )
        attempt_start(attempt=self.attempt, at=self.at)
        for item in self.attempt.items.select_related("item", "attempt").order_by("item__order"):
            self.task(item)
        attempt_submit(actor=self.actor, attempt=self.attempt, at=self.at)

    def task(self, item: AttemptItem) -> None:
        item = item_start(item=item, at=self.at)
        minutes = item.item.minutes
        if item.item.kind == TaskKind.CODING:
            self.pass_time(minutes * self.rng.uniform(0.4, 0.9))
            written = write_submission(self.person, item.item.code, self.scene.company.seed)
            program_submit(
                item=item,
                language=written.language,
                source=written.source,
                samples_only=False,
                at=self.at,
            )
        else:
            if item.item.kind == TaskKind.LEARNING:
                self.pass_time(2)
                item = learning_phase_next(item=item, at=self.at)
                self.pass_time(self.rng.uniform(12, 26))
                item = learning_phase_next(item=item, at=self.at)
            self.pass_time(minutes * self.rng.uniform(0.2, 0.45))
            item = draft_save(
                item=item, content=self.content(item), version=item.version, at=self.at
            )
        item_submit(item=item, at=self.at)

    def content(self, item: AttemptItem) -> dict[str, str]:
        seed, lang = self.scene.company.seed, self.attempt.application.candidate.language
        if item.item.kind == TaskKind.CASE:
            case = write_project_case(self.person, seed)
            return {"title": case.title, "text": case.text}
        exercise = task_text(item.item.kind, item.item.code).exercise
        if exercise is not None:
            known: Lang = "en" if lang == "en" else "zh"
            return exercise_answers(self.person, exercise, item.variant, seed, known)
        rubric: dict[str, Any] = question_rubric(item.item.code, "en" if lang == "en" else "zh")
        return {"answer": write_answer(self.person, rubric, seed).text}

    def pass_time(self, minutes: float) -> None:
        self.at += dt.timedelta(minutes=minutes)


def grade_assessments(scene: Scene) -> None:
    """The judge runs the programs, the engines grade the answers, people read the doubtful ones,
    the paper is summed up."""
    position = scene.position
    try:
        submissions_judge(position=position, progress=scene.progress.count)
    except SandboxUnavailable as error:
        scene.progress.done(
            f"no sandbox here ({render(error.message, 'en')}); programs wait for a judge"
        )
        scene.progress.step("Grading answers")
    items_grade(position=position)
    read_doubtful(scene)
    attempts = list(
        Attempt.objects.filter(paper__position=position, status=Attempt.Status.SUBMITTED)
    )
    last = max((a.submitted_at for a in attempts if a.submitted_at), default=None)
    attempts_score(attempts=attempts, at=(last or scene.calendar.at(5)) + dt.timedelta(minutes=5))


def read_doubtful(scene: Scene) -> None:
    """Answers on which the machine is unsure are read by somebody of the algorithm department."""
    by_id = {person.id: person for person in scene.company.people}
    people = {row.pk: by_id[key] for key, row in scene.applications.items()}
    readers = [i.key for i in scene.company.interviewers if i.department == "algorithm"]
    waiting = AttemptItem.objects.filter(
        attempt__paper__position=scene.position, needs_human=True, submitted_at__isnull=False
    ).select_related("attempt__application__branch", "item")
    for number, item in enumerate(waiting.order_by("pk")):
        person = people[item.attempt.application_id]
        rng = scene.rng("read", person.identity, item.item.code)
        seen = person.level(item.item.dimension) + rng.gauss(0, READERS_NOISE)
        handed_in = item.submitted_at or item.attempt.invited_at
        grading_by_person(
            actor=scene.actor(readers[number % len(readers)]),
            item=item,
            score=min(10.0, max(0.0, round(seen * 2) / 2)),
            note="机器没有把握，人读过一遍。",
            at=handed_in + dt.timedelta(hours=rng.uniform(1, 7)),
        )
