"""Work that comes back by the clock."""

from __future__ import annotations

import datetime as dt

from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from touchstone.accounts.contacts import contacts_apply, contacts_read
from touchstone.accounts.models import Branch
from touchstone.assessments.services.sittings import attempts_close_expired
from touchstone.assessments.services.spoken import takes_expire
from touchstone.audit.files import files_expire
from touchstone.common.actors import SYSTEM
from touchstone.common.clock import utc_now
from touchstone.integrations.wecom.configured import wecom_ready
from touchstone.interviews.services.reminders import reminders_queue, upcoming_queue
from touchstone.interviews.services.transcripts import recordings_expire

KEEP_JOBS = dt.timedelta(days=14)


@task(queue_name="default")
def retention_sweep() -> int:
    """Deletes recordings with their words, and files, whose time is over."""
    now = utc_now()
    return recordings_expire(actor=SYSTEM, at=now) + takes_expire(at=now) + files_expire(at=now)


@task(queue_name="default")
def reminders_send() -> int:
    """Reminds of interviews within a day, and raters of scorecards still open."""
    now = utc_now()
    return upcoming_queue(at=now) + reminders_queue(at=now)


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


@task(queue_name="outside")
def contacts_synchronise() -> int:
    """Brings accounts in line with WeCom's contacts, where it is set up; returns the changes."""
    branch = Branch.objects.filter(parent=None).order_by("pk").first()
    if not wecom_ready() or branch is None:
        return 0
    found = contacts_apply(branch=branch, contacts=contacts_read(), at=utc_now())
    return sum(len(ids) for ids in vars(found).values())
