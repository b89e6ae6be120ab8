"""Figures of large rounds are computed in the background and kept; small ones are always fresh."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache

from touchstone.insights.figures import Figures, figures
from touchstone.insights.gathering import round_data
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

LIVE_UP_TO = 5000
KEEP_S = 3600


def is_large(position: Position) -> bool:
    """Whether the round has more applications than are computed on every view."""
    return Application.objects.filter(position=position).count() > LIVE_UP_TO


def snapshot(position: Position, at: dt.datetime) -> tuple[Figures, dt.datetime]:
    """The kept figures and the moment they are of; computed now where none are kept."""
    kept: tuple[Figures, dt.datetime] | None = cache.get(_key(position))
    return kept if kept is not None else snapshot_renew(position, at)


def snapshot_renew(position: Position, at: dt.datetime) -> tuple[Figures, dt.datetime]:
    """Computes the figures and keeps them for an hour."""
    fresh = (figures(round_data(position), at), at)
    cache.set(_key(position), fresh, KEEP_S)
    return fresh


def large_positions() -> list[Position]:
    """Open positions whose figures are kept."""
    return [p for p in Position.objects.filter(status=Position.Status.OPEN) if is_large(p)]


def _key(position: Position) -> str:
    return f"insights:{position.ref}"
