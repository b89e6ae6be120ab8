"""Runs background tasks: claims with one conditional update, holds them by a lease that a heartbeat
renews, tries again with growing pauses, and gives back what a killed worker held.

A task may run more than once (its worker may die after the work and before the last write), so the
services that tasks call are idempotent; only the bearer of the lease writes the task's end.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import random
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from touchstone.audit.webhooks import deliveries_write
from touchstone.common.clock import utc_now
from touchstone.common.errors import OutsideError, TouchstoneError
from touchstone.jobs.models import JobLease
from touchstone.jobs.schedules import schedules_run

log = logging.getLogger("touchstone.jobs")

LEASE_S = 30.0
MOST_ATTEMPTS = 6
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 600.0
SWEEP_S = 10.0
DRAIN_S = 8.0


def pause_s(attempts: int, wanted_s: float = 0.0) -> float:
    """Seconds before the next try: doubled each time, with jitter, at least ``wanted_s``."""
    pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (attempts - 1))
    return max(wanted_s, pause * random.uniform(0.5, 1.5))


def is_permanent(error: BaseException) -> bool:
    """Whether another try would fail the same way."""
    if isinstance(error, OutsideError):
        return error.permanent
    if isinstance(error, DatabaseError | OSError | MemoryError):
        return False
    return isinstance(error, TouchstoneError | ImportError | SuspiciousOperation)


class Worker:
    """One process's loop.

    Args:
        queues: names of the queues to serve; empty for all.
        lease_s: seconds a task stays ours without a heartbeat.
        drain_s: seconds a task may go on after `stop`; then it is handed back and the process
            ends.
    """

    def __init__(
        self,
        queues: tuple[str, ...] = (),
        *,
        lease_s: float = LEASE_S,
        drain_s: float = DRAIN_S,
    ) -> None:
        self.queues = queues
        self.lease_s = lease_s
        self.drain_s = drain_s
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}"
        self.stopping = threading.Event()
        self._swept_at: dt.datetime | None = None

    def run(self, *, until_empty: bool = False) -> int:
        """Works until told to stop, or until nothing is due; returns the number of tasks run."""
        done = 0
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self._housekeep()
                claimed = self.claim()
                if claimed is None:
                    if until_empty:
                        break
                    self.stopping.wait(0.5)
                    continue
                self.execute(*claimed)
                done += 1
            except DatabaseError:
                log.warning("database unavailable, waiting", extra={"worker": self.name})
                with contextlib.suppress(DatabaseError):
                    connection.close()
                self.stopping.wait(random.uniform(0.5, 2.0))
        return done

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Finishes the task at hand if it ends within ``drain_s``, hands it back otherwise."""
        self.stopping.set()

    def obey_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def claim(self) -> tuple[DBTaskResult[Any, Any], str, int] | None:
        """The next due task with its token and number of the attempt; None if there is none."""
        due = DBTaskResult.objects.ready()
        if self.queues:
            due = due.filter(queue_name__in=self.queues)
        for job_id in list(due.values_list("pk", flat=True)[:8]):
            token = secrets.token_hex(12)
            now = utc_now()
            with transaction.atomic():
                won = DBTaskResult.objects.filter(pk=job_id, status=TaskResultStatus.READY).update(
                    status=TaskResultStatus.RUNNING, started_at=now
                )
                if not won:
                    continue
                lease, made = JobLease.objects.get_or_create(
                    job_id=job_id,
                    defaults={
                        "token": token,
                        "holder": self.name,
                        "expires_at": now + dt.timedelta(seconds=self.lease_s),
                        "attempts": 1,
                    },
                )
                if not made:
                    lease.token, lease.holder = token, self.name
                    lease.expires_at = now + dt.timedelta(seconds=self.lease_s)
                    lease.attempts += 1
                    lease.save()
            return DBTaskResult.objects.get(pk=job_id), token, lease.attempts
        return None

    def execute(self, job: DBTaskResult[Any, Any], token: str, attempts: int) -> None:
        """Runs one task under its lease and writes how it ended, if the lease is still ours."""
        error: BaseException | None = None
        value = None
        with self._heartbeat(job, token):
            try:
                arguments = job.args_kwargs
                value = job.task.call(*arguments["args"], **arguments["kwargs"])
            except Exception as caught:  # noqa: BLE001 - whatever a task raises is kept with it
                error = caught
        if error is None:
            self._finish(job, token, status=TaskResultStatus.SUCCESSFUL, return_value=value)
            return
        self._failed(job, token, attempts, error)

    def _failed(
        self, job: DBTaskResult[Any, Any], token: str, attempts: int, error: BaseException
    ) -> None:
        label = error.message.id if isinstance(error, TouchstoneError) else type(error).__name__
        JobLease.objects.filter(job_id=job.pk, token=token).update(last_error=label[:200])
        gives_up = is_permanent(error) or attempts >= MOST_ATTEMPTS
        log.log(
            logging.ERROR if gives_up else logging.WARNING,
            "task failed",
            extra={"task": job.task_path, "attempts": attempts, "label": label},
            exc_info=error,
        )
        if gives_up:
            self._finish(
                job,
                token,
                status=TaskResultStatus.FAILED,
                exception_class_path=f"{type(error).__module__}.{type(error).__qualname__}",
                traceback=label,
            )
            return
        wanted_s = float(getattr(error, "retry_after_s", 0.0))
        later = utc_now() + dt.timedelta(seconds=pause_s(attempts, wanted_s))
        self._finish(job, token, status=TaskResultStatus.READY, run_after=later, finished=False)

    def _finish(
        self, job: DBTaskResult[Any, Any], token: str, *, finished: bool = True, **changes: object
    ) -> None:
        with transaction.atomic():
            held = JobLease.objects.filter(job_id=job.pk, token=token)
            ours = held.update(expires_at=utc_now())
            if not ours:
                log.warning("lease lost, result dropped", extra={"task": job.task_path})
                return
            if finished:
                changes["finished_at"] = utc_now()
            DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING).update(
                **changes
            )

    def _hand_back(self, job: DBTaskResult[Any, Any], token: str) -> None:
        """Gives the running task to another worker; being stopped does not count as a try."""
        try:
            with transaction.atomic():
                ours = JobLease.objects.filter(job_id=job.pk, token=token).update(
                    token=secrets.token_hex(12),
                    attempts=F("attempts") - 1,
                    last_error="handed_back",
                )
                if ours:
                    DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING).update(
                        status=TaskResultStatus.READY, run_after=get_date_max()
                    )
        except DatabaseError:
            log.warning("not handed back, the lease will expire", extra={"task": job.task_path})

    @contextlib.contextmanager
    def _heartbeat(self, job: DBTaskResult[Any, Any], token: str) -> Iterator[None]:
        over = threading.Event()

        def beat() -> None:
            renewed_s = time.monotonic()
            stopped_s: float | None = None
            while not over.wait(min(1.0, self.lease_s / 3)):
                now_s = time.monotonic()
                if self.stopping.is_set():
                    stopped_s = stopped_s or now_s
                    if now_s - stopped_s >= self.drain_s:
                        self._hand_back(job, token)
                        os._exit(0)
                if now_s - renewed_s < self.lease_s / 3:
                    continue
                try:
                    JobLease.objects.filter(job_id=job.pk, token=token).update(
                        expires_at=utc_now() + dt.timedelta(seconds=self.lease_s)
                    )
                    renewed_s = now_s
                except DatabaseError:
                    log.warning("heartbeat missed", extra={"task": job.task_path})
            connection.close()

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _housekeep(self) -> None:
        now = utc_now()
        if self._swept_at and (now - self._swept_at).total_seconds() < SWEEP_S:
            return
        self._swept_at = now
        leases_sweep()
        schedules_run(now)
        deliveries_write(at=now)


def leases_sweep() -> int:
    """Gives back running tasks whose holder went silent; returns how many.

    A task that has taken `MOST_ATTEMPTS` workers with it is failed instead: it is the cause.
    """
    now = utc_now()
    lost = JobLease.objects.filter(
        expires_at__lt=now, job__status=TaskResultStatus.RUNNING
    ).values_list("job_id", "token", "attempts")
    returned = 0
    for job_id, token, attempts in list(lost):
        with transaction.atomic():
            fenced = JobLease.objects.filter(job_id=job_id, token=token, expires_at__lt=now).update(
                token=secrets.token_hex(12), last_error="lease_expired"
            )
            if not fenced:
                continue
            running = DBTaskResult.objects.filter(pk=job_id, status=TaskResultStatus.RUNNING)
            if attempts >= MOST_ATTEMPTS:
                running.update(
                    status=TaskResultStatus.FAILED,
                    finished_at=now,
                    exception_class_path="touchstone.jobs.worker.WorkerLost",
                    traceback="lease_expired",
                )
                log.error("task gave up", extra={"job": str(job_id), "attempts": attempts})
            else:
                returned += running.update(status=TaskResultStatus.READY, run_after=get_date_max())
    if returned:
        log.warning("tasks given back", extra={"count": returned})
    return returned


class WorkerLost(Exception):
    """Named as the cause of a task that ended every worker that ran it."""
