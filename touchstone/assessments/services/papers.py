"""Papers assembled for a position, and candidates invited to them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from touchstone.assessments.models import (
    EXERCISES,
    Attempt,
    AttemptItem,
    Paper,
    PaperItem,
    TaskKind,
)
from touchstone.assessments.tasks import NOT_OF_BANK, exercises
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.engine.questions.question import Question
from touchstone.library import models as library
from touchstone.library.services import exposures_record
from touchstone.positions.models import Position
from touchstone.recruiting.letters import letter, moment_text
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.services.links import link_create
from touchstone.recruiting.services.outbox import Draft, message_queue
from touchstone.recruiting.stages import Stage

PREFERRED_PROBLEMS = ("standardise-missing-values", "linear-regression", "label-quality-sql")
CODING_MINUTES = 45
LEARNING_MINUTES = 50
LEVEL = 3
LINK_DAYS = 60  # the link also shows the way on after the assessment


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a paper."""

    kind: str
    code: str
    dimension: str
    minutes: int
    weight: float = 1.0


@transaction.atomic
def paper_save(
    *, actor: Actor, position: Position, title: str, tasks: Sequence[Task], at: dt.datetime
) -> Paper:
    """A paper open to candidates of the position. An earlier one is closed; sittings go on.

    Raises:
        InvalidInput: no task, or a task without time or with a weight of zero or less.
    """
    if not tasks:
        raise InvalidInput(say("assessments.no_tasks"), field="tasks")
    for number, task in enumerate(tasks, 1):
        if task.minutes < 1 or task.weight <= 0:
            raise InvalidInput(say("assessments.bad_task", number=number), field="tasks")
    position.papers.filter(status="open").update(status="closed")
    paper = Paper.objects.create(position=position, title=title[:120], status="open", created_at=at)
    PaperItem.objects.bulk_create(
        PaperItem(
            paper=paper,
            order=number,
            kind=task.kind,
            code=task.code,
            dimension=task.dimension,
            minutes=task.minutes,
            weight=task.weight,
        )
        for number, task in enumerate(tasks, 1)
    )
    audit_record(
        actor,
        "paper.saved",
        object_type="paper",
        object_ref=paper.ref,
        branch_ref=position.branch.ref,
        detail={"tasks": [task.code for task in tasks]},
    )
    return paper


def variant_seed(application: Application, paper: Paper) -> int:
    """The number that chooses this candidate's variants: the same for the same sitting."""
    text = f"{application.ref}/{paper.ref}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:6], "big")


@transaction.atomic
def attempt_invite(
    *,
    actor: Actor,
    application: Application,
    paper: Paper,
    at: dt.datetime,
    days: int = 7,
    extra_minutes: int = 0,
) -> Attempt:
    """Invites the candidate, with a letter; inviting twice gives the same attempt.

    Args:
        days: from now until the sitting must be finished.
        extra_minutes: added to every task, for those who need it.
    """
    attempt = Attempt.objects.filter(application=application).first()
    if attempt is not None:
        return attempt
    application_move(actor=actor, application=application, to=Stage.INVITED, at=at)
    seed = variant_seed(application, paper)
    attempt = Attempt.objects.create(
        application=application,
        paper=paper,
        seed=seed,
        extra_minutes=extra_minutes,
        invited_at=at,
        deadline=at + dt.timedelta(days=days),
    )
    items = list(paper.items.all())
    AttemptItem.objects.bulk_create(
        AttemptItem(attempt=attempt, item=item, variant=(seed >> (3 * number)) % 997)
        for number, item in enumerate(items)
    )
    exposures_record(
        codes=[item.code for item in items if item.kind not in NOT_OF_BANK],
        round_key=application.position.ref,
        application_ref=application.ref,
        at=at,
    )
    _invitation(actor, attempt, items, at)
    return attempt


def _invitation(
    actor: Actor, attempt: Attempt, items: Sequence[PaperItem], at: dt.datetime
) -> None:
    """The letter with the candidate's own link."""
    application = attempt.application
    candidate, position = application.candidate, application.position
    language = "en" if candidate.language == "en" else "zh"
    _link, url = link_create(
        actor=actor, application=application, purpose="portal", at=at, days=LINK_DAYS
    )
    branch = position.branch
    minutes = sum(item.minutes for item in items) + attempt.extra_minutes * len(items)
    until = moment_text(attempt.deadline, branch.time_zone, language)
    subject, body = letter(
        "assessment_invitation",
        language,
        company=branch.name_en if language == "en" and branch.name_en else branch.name,
        position=position.title_en if language == "en" and position.title_en else position.title,
        name=candidate.name,
        tasks=len(items),
        minutes=minutes,
        deadline=f"{until} ({branch.time_zone})",
        link=url,
        contact=settings.DEFAULT_FROM_EMAIL,
    )
    message_queue(
        key=f"assessment:{attempt.ref}",
        branch=branch,
        draft=Draft(
            channel="mail",
            template="assessment_invitation",
            language=language,
            subject=subject,
            body=body,
            address=candidate.email,
        ),
        at=at,
        application=application,
    )


@transaction.atomic
def extra_time_give(*, actor: Actor, attempt: Attempt, minutes: int, at: dt.datetime) -> Attempt:
    """More minutes for every task not yet handed in, those already running included.

    Raises:
        InvalidInput: not between 1 and 600.
    """
    if not 1 <= minutes <= 600:
        raise InvalidInput(say("assessments.bad_extra"), field="minutes")
    attempt.extra_minutes += minutes
    attempt.version += 1
    attempt.save(update_fields=["extra_minutes", "version"])
    delta = dt.timedelta(minutes=minutes)
    for item in attempt.items.filter(submitted_at=None).exclude(deadline=None):
        item.deadline = item.deadline + delta if item.deadline else None
        item.phase_deadline = item.phase_deadline + delta if item.phase_deadline else None
        item.save(update_fields=["deadline", "phase_deadline"])
    audit_record(
        actor,
        "attempt.extra_time",
        object_type="attempt",
        object_ref=attempt.ref,
        branch_ref=attempt.application.branch.ref,
        detail={"minutes": minutes, "at": at.isoformat()},
    )
    return attempt


def default_paper(position: Position, *, with_exercises: bool = False) -> Sequence[Task]:
    """Tasks chosen by the position's industry, the least shown first.

    The same bank and the same position give the same paper. A kind of task that the bank has
    nothing for is left out.

    Args:
        with_exercises: adds a labelling sample, a bad-case analysis and a prompt repair, of the
            position's industry where there is one.
    """
    questions = _questions()
    tasks = [_coding(), Task(TaskKind.CASE, "case-main-project", "technical", 40, 1.0)]
    for kind, dimension, minutes in (
        (TaskKind.SCENARIO, "business", 20),
        (TaskKind.COMMUNICATION, "communication", 20),
        (TaskKind.LEARNING, "learning", LEARNING_MINUTES),
    ):
        chosen = _chosen(questions, kind, position.industry)
        if chosen is not None:
            tasks.append(Task(kind, chosen.id, dimension, minutes, 1.0))
    if with_exercises:
        tasks += [exercise_task(position, kind) for kind in TaskKind.values if kind in EXERCISES]
    return [task for task in tasks if task is not None]


def exercise_task(position: Position, kind: str) -> Task | None:
    """The exercise of a kind nearest to the position's industry."""
    fitting = exercises(kind)
    if not fitting:
        return None
    chosen = min(fitting, key=lambda e: (e.industry != position.industry, e.id))
    return Task(kind, chosen.id, "technical", chosen.minutes, 1.0)


def _coding() -> Task | None:
    known = {
        row.code: row for row in library.Problem.objects.filter(status="active").order_by("code")
    }
    preferred = [code for code in PREFERRED_PROBLEMS if code in known]
    easy = sorted(known.values(), key=lambda row: (abs(row.difficulty - LEVEL), row.code))
    code = next(iter([*preferred, *(row.code for row in easy)]), PREFERRED_PROBLEMS[0])
    return Task(TaskKind.CODING, code, "technical", CODING_MINUTES, 2.0)


def _questions() -> list[tuple[Question, int]]:
    """Active questions with how often they were shown; the built-in ones before any is loaded."""
    rows = library.Question.objects.filter(status=library.Question.Status.ACTIVE).order_by(
        "code", "-revision"
    )
    found: dict[str, tuple[Question, int]] = {}
    for row in rows:
        if row.code not in found:
            found[row.code] = (parse_question(row.document, source=row.code), row.exposures)
    return list(found.values()) or [(q, 0) for q in built_in_questions()]


def _chosen(questions: Iterable[tuple[Question, int]], kind: str, industry: str) -> Question | None:
    def fits(question: Question) -> bool:
        if kind == TaskKind.LEARNING:
            return question.kind == "learning"
        if kind == TaskKind.COMMUNICATION:
            return question.kind == "scenario"
        return question.kind == "business"

    def rank(entry: tuple[Question, int]) -> tuple[int, int, int, str]:
        question, shown = entry
        near = 0 if question.industry == industry else 1 if not question.industry else 2
        return near, shown, abs(question.difficulty - LEVEL), question.id

    fitting = [entry for entry in questions if fits(entry[0])]
    return min(fitting, key=rank)[0] if fitting else None
