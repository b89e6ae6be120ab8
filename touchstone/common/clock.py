"""The one place that reads the time. Everything else is handed a clock or a moment."""

from __future__ import annotations

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    """Returns the current moment, aware, in UTC."""

    def __call__(self) -> dt.datetime: ...


def utc_now() -> dt.datetime:
    """The current moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - the one place


def today() -> dt.date:
    """Today's date in UTC."""
    return utc_now().date()
