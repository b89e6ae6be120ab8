"""Hands work to the background in the same transaction as the change that causes it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.module_loading import import_string

from touchstone.common.clock import utc_now


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
        The job's id.
    """
    task = import_string(task_path)
    run_after = utc_now() + dt.timedelta(seconds=delay_s) if delay_s else None
    return str(task.using(priority=priority, run_after=run_after).enqueue(**kwargs).id)
