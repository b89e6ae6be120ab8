"""Tasks that come back. One row each: whoever moves its time on enqueues it, and nobody else."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.common.background import enqueue
from touchstone.jobs.models import Schedule

EVERY: dict[str, tuple[dt.timedelta, str]] = {
    "retention": (dt.timedelta(hours=6), "touchstone.jobs.housekeeping.retention_sweep"),
    "reminders": (dt.timedelta(minutes=15), "touchstone.jobs.housekeeping.reminders_send"),
    "expiry": (dt.timedelta(minutes=1), "touchstone.jobs.housekeeping.attempts_expire"),
    "unread": (dt.timedelta(minutes=1), "touchstone.jobs.recruiting.unread_resumes_requeue"),
    "contacts": (dt.timedelta(hours=24), "touchstone.jobs.housekeeping.contacts_synchronise"),
    "outcomes": (dt.timedelta(hours=24), "touchstone.jobs.evaluation.outcomes_request"),
    "pool": (dt.timedelta(hours=24), "touchstone.jobs.evaluation.pool_sweep"),
    "pool_watch": (dt.timedelta(hours=24), "touchstone.jobs.recruiting.pool_watch"),
    "pool_index": (dt.timedelta(minutes=5), "touchstone.jobs.recruiting.pool_index_pack"),
    "insights": (dt.timedelta(minutes=15), "touchstone.jobs.evaluation.insights_renew"),
    "concepts": (dt.timedelta(minutes=5), "touchstone.jobs.recruiting.concept_tallies_count"),
    "mailbox": (dt.timedelta(minutes=5), "touchstone.jobs.recruiting.mail_sources_look"),
    "recordings": (dt.timedelta(hours=1), "touchstone.jobs.interviews.recordings_reconcile"),
    "old_jobs": (dt.timedelta(hours=24), "touchstone.jobs.housekeeping.old_jobs_prune"),
}


def schedules_run(now: dt.datetime) -> list[str]:
    """Enqueues what is due; returns the names. Several nodes at once enqueue each task once."""
    started = []
    known = dict(Schedule.objects.values_list("name", "next_at"))
    for name, (every, path) in EVERY.items():
        if name not in known:
            Schedule.objects.get_or_create(name=name, defaults={"next_at": now + every})
            continue
        if known[name] > now:
            continue
        with transaction.atomic():
            won = Schedule.objects.filter(name=name, next_at=known[name]).update(
                next_at=now + every
            )
            if won:
                enqueue(path)
                started.append(name)
    return started
