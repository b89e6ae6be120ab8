"""Hands work to the background in the same transaction as the change that causes it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from touchstone.common.clock import utc_now


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that `held_back` kept from the table."""

    task_path: str
    kwargs: dict[str, Any]


_held: ContextVar[list[HeldJob] | None] = ContextVar("held_jobs", default=None)


def enqueue(
    task_path: str,
    *,
    delay_s: float = 0,
    priority: int = 0,
    **kwargs: Any,
) -> str:
    """Writes a job row; it exists if, and only if, the surrounding transaction commits.

    Args:
        task_path: dotted path of a task in `touchstone.jobs`, by name because domain packages
            lie below it.
        delay_s: not before this many seconds from now.
        priority: −100 … 100, higher first.
        kwargs: small JSON values: refs and numbers, never personal data.

    Returns:
        The job's id; empty inside `held_back`.
    """
    held = _held.get()
    if held is not None:
        held.append(HeldJob(task_path, kwargs))
        return ""
    task = import_string(task_path)
    run_after = utc_now() + dt.timedelta(seconds=delay_s) if delay_s else None
    return str(task.using(priority=priority, run_after=run_after).enqueue(**kwargs).id)


@contextlib.contextmanager
def held_back() -> Iterator[list[HeldJob]]:
    """Collects jobs instead of writing them, for a caller that does the work itself.

    The demo's round does so: a job would read today's clock, and the round lies in the past.
    """
    jobs: list[HeldJob] = []
    token = _held.set(jobs)
    try:
        yield jobs
    finally:
        _held.reset(token)
