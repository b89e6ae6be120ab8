"""Papers assembled for a position, and candidates invited to them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from touchstone.assessments.models import Attempt, AttemptItem, Paper, PaperItem
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.stages import Stage


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
    """Invites the candidate; inviting twice gives the same attempt.

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
    AttemptItem.objects.bulk_create(
        AttemptItem(attempt=attempt, item=item, variant=(seed >> (3 * number)) % 997)
        for number, item in enumerate(paper.items.all())
    )
    return attempt


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
        item.deadline += delta
        if item.phase_deadline:
            item.phase_deadline += delta
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
