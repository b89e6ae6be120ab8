"""Background work: leases, redelivery, retries, poison, schedules."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from touchstone.common.background import enqueue
from touchstone.common.clock import utc_now
from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.jobs.models import JobLease, Schedule
from touchstone.jobs.schedules import EVERY, schedules_run
from touchstone.jobs.worker import MOST_ATTEMPTS, Worker, is_permanent, leases_sweep, pause_s

pytestmark = pytest.mark.django_db
done: list[str] = []


@task(queue_name="default")
def note_down(words: str) -> str:
    done.append(words)
    return words


@task(queue_name="default")
def fail_for_now() -> None:
    raise TemporaryOutsideError(say("mail.unreachable"), retry_after_s=90)


@task(queue_name="default")
def fail_for_good() -> None:
    raise PermanentOutsideError(say("mail.bad_address"))


@pytest.fixture(autouse=True)
def fresh() -> None:
    done.clear()


def add(name: str, **arguments: Any) -> DBTaskResult[Any, Any]:
    job = enqueue(f"tests.services.test_jobs.{name}", **arguments)
    return DBTaskResult.objects.get(pk=uuid.UUID(job))


def test_a_task_runs_once(run_jobs: Callable[[], int]) -> None:
    job = add("note_down", words="one")
    assert run_jobs() == 1
    assert run_jobs() == 0
    job.refresh_from_db()
    assert job.status == TaskResultStatus.SUCCESSFUL
    assert done == ["one"]


def test_a_task_of_a_change_that_was_taken_back_is_not_there(run_jobs: Callable[[], int]) -> None:
    with transaction.atomic():
        add("note_down", words="never")
        transaction.set_rollback(True)
    assert run_jobs() == 0
    assert done == []


def test_what_may_go_well_later_is_tried_again_later() -> None:
    job = add("fail_for_now")
    worker = Worker()
    claimed = worker.claim()
    assert claimed is not None
    worker.execute(*claimed)
    job.refresh_from_db()
    assert job.status == TaskResultStatus.READY
    assert job.run_after > utc_now() + dt.timedelta(seconds=80)
    assert job.lease.last_error == "mail.unreachable"
    assert worker.claim() is None


def test_what_cannot_go_well_fails_at_once() -> None:
    job = add("fail_for_good")
    worker = Worker()
    claimed = worker.claim()
    assert claimed is not None
    worker.execute(*claimed)
    job.refresh_from_db()
    assert job.status == TaskResultStatus.FAILED
    assert "bad_address" in job.traceback


def test_it_gives_up_after_six_tries() -> None:
    job = add("fail_for_now")
    worker = Worker()
    for _ in range(MOST_ATTEMPTS):
        DBTaskResult.objects.filter(pk=job.pk).update(run_after=utc_now())
        claimed = worker.claim()
        assert claimed is not None
        worker.execute(*claimed)
    job.refresh_from_db()
    assert job.status == TaskResultStatus.FAILED
    assert job.lease.attempts == MOST_ATTEMPTS


def test_what_a_killed_worker_held_is_given_back(run_jobs: Callable[[], int]) -> None:
    job = add("note_down", words="again")
    killed = Worker()
    assert killed.claim() is not None
    assert Worker().claim() is None
    assert leases_sweep() == 0
    JobLease.objects.filter(job=job).update(expires_at=utc_now() - dt.timedelta(seconds=1))
    assert leases_sweep() == 1
    assert run_jobs() == 1
    assert done == ["again"]


def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    job = add("note_down", words="late")
    slow = Worker()
    claimed = slow.claim()
    assert claimed is not None
    JobLease.objects.filter(job=job).update(expires_at=utc_now() - dt.timedelta(seconds=1))
    leases_sweep()
    quick = Worker().claim()
    assert quick is not None
    slow.execute(*claimed)
    job.refresh_from_db()
    assert job.status == TaskResultStatus.RUNNING
    assert job.lease.token == quick[1]


def test_a_task_that_ends_every_worker_is_set_aside(run_jobs: Callable[[], int]) -> None:
    job = add("note_down", words="poison")
    other = add("note_down", words="fine")
    for _ in range(MOST_ATTEMPTS):
        DBTaskResult.objects.filter(pk=other.pk).update(run_after=utc_now() + dt.timedelta(hours=1))
        assert Worker().claim() is not None
        JobLease.objects.filter(job=job).update(expires_at=utc_now() - dt.timedelta(seconds=1))
        leases_sweep()
    job.refresh_from_db()
    assert job.status == TaskResultStatus.FAILED
    DBTaskResult.objects.filter(pk=other.pk).update(run_after=utc_now())
    assert run_jobs() == 1
    assert done == ["fine"]


def test_being_stopped_is_no_try() -> None:
    job = add("note_down", words="handed back")
    worker = Worker()
    claimed = worker.claim()
    assert claimed is not None
    worker._hand_back(claimed[0], claimed[1])
    job.refresh_from_db()
    assert job.status == TaskResultStatus.READY
    assert job.lease.attempts == 0


def test_priority_goes_first() -> None:
    enqueue("tests.services.test_jobs.note_down", words="later", priority=0)
    enqueue("tests.services.test_jobs.note_down", words="first", priority=50)
    Worker().run(until_empty=True)
    assert done == ["first", "later"]


def test_a_worker_of_one_queue_leaves_the_others() -> None:
    add("note_down", words="x")
    assert Worker(("judge",)).run(until_empty=True) == 0
    assert Worker(("default",)).run(until_empty=True) == 1


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (ValueError("x"), False),
        (OSError("x"), False),
        (ImportError("x"), True),
        (PermanentOutsideError(say("mail.bad_address")), True),
        (TemporaryOutsideError(say("mail.unreachable")), False),
    ],
)
def test_which_errors_are_final(error: Exception, permanent: bool) -> None:
    assert is_permanent(error) is permanent


def test_pauses_grow_and_keep_to_what_was_asked() -> None:
    assert 1.0 <= pause_s(1) <= 3.0
    assert 16.0 <= pause_s(5) <= 48.0
    assert pause_s(30) <= 900.0
    assert pause_s(1, wanted_s=60) == 60


def test_schedules_start_once_and_come_back(now: dt.datetime) -> None:
    assert schedules_run(now) == []
    assert Schedule.objects.count() == len(EVERY)
    later = now + dt.timedelta(minutes=2)
    assert "expiry" in schedules_run(later)
    assert schedules_run(later) == []
    assert "expiry" in schedules_run(later + dt.timedelta(minutes=2))


def test_every_schedule_names_a_task() -> None:
    from django.utils.module_loading import import_string

    for _every, path in EVERY.values():
        assert import_string(path).queue_name


def test_every_task_has_words_for_the_page() -> None:
    import importlib
    import pkgutil

    import touchstone.jobs
    from touchstone.insights.task_names import TASK_NAMES

    tasks = set()
    for module in pkgutil.iter_modules(touchstone.jobs.__path__):
        if module.name in {"migrations", "worker", "models", "apps", "schedules"}:
            continue
        loaded = importlib.import_module(f"touchstone.jobs.{module.name}")
        for name, value in vars(loaded).items():
            path = getattr(value, "module_path", "")
            if path.startswith("touchstone.jobs."):
                tasks.add(f"{module.name}.{name}")
    assert tasks
    assert sorted(tasks - set(TASK_NAMES)) == []
