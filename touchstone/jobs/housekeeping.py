"""Work that comes back by the clock."""

from __future__ import annotations

import datetime as dt

from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from touchstone.assessments.services.sittings import attempts_close_expired
from touchstone.audit.files import files_expire
from touchstone.common.clock import utc_now
from touchstone.interviews.services.reminders import reminders_queue

KEEP_JOBS = dt.timedelta(days=14)


@task(queue_name="default")
def retention_sweep() -> int:
    """Deletes files whose time is over."""
    return files_expire(at=utc_now())


@task(queue_name="default")
def reminders_send() -> int:
    """Reminds raters of scorecards still open."""
    return reminders_queue(at=utc_now())


@task(queue_name="default")
def attempts_expire() -> int:
    """Hands in sittings whose time is over, as last saved."""
    return attempts_close_expired(at=utc_now())


@task(queue_name="default")
def old_jobs_prune() -> int:
    """Forgets tasks that ended well two weeks ago; failed ones stay."""
    old = DBTaskResult.objects.filter(
        status=TaskResultStatus.SUCCESSFUL, finished_at__lt=utc_now() - KEEP_JOBS
    )
    return int(old.delete()[0])
