"""Background work as people see it: what waits, runs and failed; another try for what failed."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import IllegalTransition, NotFound
from touchstone.common.messages import say

STATES = {
    "waiting": TaskResultStatus.READY,
    "running": TaskResultStatus.RUNNING,
    "failed": TaskResultStatus.FAILED,
    "done": TaskResultStatus.SUCCESSFUL,
}


@dataclass(frozen=True, slots=True)
class Work:
    """One task.

    Attributes:
        task: what it does, as the last two words of its path: "outbox.message_send".
        tries: how often a worker has taken it.
        error: the label of the last failure; empty where there was none.
        due_at: when a waiting one may start again; None for at once.
    """

    id: uuid.UUID
    task: str
    queue: str
    state: str
    tries: int
    holder: str
    error: str
    enqueued_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    due_at: dt.datetime | None


def work_counts() -> dict[str, int]:
    """How many tasks there are in each state; one query."""
    rows = dict(DBTaskResult.objects.values_list("status").annotate(n=Count("pk")))
    return {state: rows.get(status, 0) for state, status in STATES.items()}


def work_rows(state: str) -> QuerySet[DBTaskResult[Any, Any]]:
    """Tasks of one state, or all that did not end well; the newest first."""
    rows = DBTaskResult.objects.select_related("lease")
    if state in STATES:
        rows = rows.filter(status=STATES[state])
    else:
        rows = rows.filter(~Q(status=TaskResultStatus.SUCCESSFUL))
    return rows.order_by("-enqueued_at")


def work_of(row: DBTaskResult[Any, Any]) -> Work:
    """A row as the page shows it."""
    lease: Any = getattr(row, "lease", None)
    status = TaskResultStatus(row.status)
    waiting = status == TaskResultStatus.READY
    later = waiting and row.run_after and row.run_after < get_date_max()
    return Work(
        id=row.pk,
        task=".".join(row.task_path.split(".")[-2:]),
        queue=row.queue_name,
        state=next(name for name, value in STATES.items() if value == status),
        tries=lease.attempts if lease else 0,
        holder=lease.holder if lease else "",
        error=lease.last_error if lease and status != TaskResultStatus.SUCCESSFUL else "",
        enqueued_at=row.enqueued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        due_at=row.run_after if later else None,
    )


@transaction.atomic
def work_retry(*, actor: Actor, job_id: uuid.UUID) -> None:
    """Puts a failed task back in the queue, with its tries counted from the start.

    Raises:
        NotFound: there is no such task.
        IllegalTransition: it has not failed.
    """
    row = DBTaskResult.objects.select_related("lease").filter(pk=job_id).first()
    if row is None:
        raise NotFound(say("background.not_found"))
    changed = DBTaskResult.objects.filter(pk=job_id, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY,
        run_after=get_date_max(),
        finished_at=None,
        exception_class_path="",
        traceback="",
    )
    if not changed:
        raise IllegalTransition(say("background.not_failed"))
    lease: Any = getattr(row, "lease", None)
    if lease is not None:
        lease.attempts = 0
        lease.save(update_fields=["attempts"])
    audit_record(
        actor,
        "work.retried",
        object_type="task",
        object_ref=str(job_id),
        detail={"task": row.task_path},
    )


def overdue_count(since: dt.datetime) -> int:
    """How many tasks could have started before that moment and still wait."""
    return (
        DBTaskResult.objects.ready()
        .filter(enqueued_at__lt=since)
        .filter(Q(run_after=get_date_max()) | Q(run_after__lt=since))
        .count()
    )
