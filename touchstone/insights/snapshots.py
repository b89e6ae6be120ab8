"""Figures of large rounds are computed in the background and kept; small ones are always fresh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from django.core.cache import cache
from django.db.models import Count

from touchstone.insights.figures import Figures, Times, figures, gaps_of, times
from touchstone.insights.gathering import round_data
from touchstone.insights.process import Gaps, deviations
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

LIVE_UP_TO = 2000
KEEP_S = 7 * 86400


def is_large(position: Position) -> bool:
    """Whether the round has more applications than are computed on every view."""
    return Application.objects.filter(position=position).count() > LIVE_UP_TO


SHAPE = 2  # raised whenever what is kept changes its fields: older ones are computed anew


def round_figures(
    position: Position, at: dt.datetime, hidden: Collection[int] = ()
) -> tuple[Figures, dt.datetime]:
    """The figures of a round and the moment they are of; two more queries where some are hidden.

    Args:
        hidden: applications whose scores the reader must not see yet.
    """
    large = is_large(position)
    found, of = snapshot(position, at) if large else (figures(round_data(position), at), at)
    if hidden:
        refs = position.applications.filter(pk__in=hidden).values_list("ref", flat=True)
        gaps = _kept_gaps(position, at) if large else gaps_of(round_data(position))
        found = replace(found, deviations=deviations(gaps, refs))
    return found, of


def round_times(position: Position, at: dt.datetime) -> Times:
    """Every length of time of a round: of the same moment as its figures."""
    if not is_large(position):
        return times(round_data(position))
    kept: Times | None = cache.get(_key(position, "times"))
    if kept is None:
        snapshot_renew(position, at)
        kept = cache.get(_key(position, "times"))
    return kept or times(round_data(position))


def snapshot(position: Position, at: dt.datetime) -> tuple[Figures, dt.datetime]:
    """The kept figures and the moment they are of; computed now where none are kept."""
    kept: tuple[Figures, dt.datetime] | None = cache.get(_key(position, "figures"))
    return kept if kept is not None else snapshot_renew(position, at)


def snapshot_renew(position: Position, at: dt.datetime) -> tuple[Figures, dt.datetime]:
    """Computes the figures and keeps them, with what parts of them are computed from."""
    data = round_data(position)
    fresh = (figures(data, at), at)
    cache.set(_key(position, "times"), times(data), KEEP_S)
    cache.set(_key(position, "gaps"), gaps_of(data), KEEP_S)
    cache.set(_key(position, "figures"), fresh, KEEP_S)
    return fresh


def large_positions() -> list[Position]:
    """Positions whose figures are kept and may be old: those open, and those closed of which none
    are kept."""
    large = (
        Application.objects.values("position")
        .annotate(n=Count("pk"))
        .filter(n__gt=LIVE_UP_TO)
        .values_list("position", flat=True)
    )
    return [
        position
        for position in Position.objects.filter(pk__in=list(large))
        if position.status == Position.Status.OPEN or _key(position, "figures") not in cache
    ]


def _kept_gaps(position: Position, at: dt.datetime) -> Gaps:
    kept: Gaps | None = cache.get(_key(position, "gaps"))
    if kept is None:
        snapshot_renew(position, at)
        kept = cache.get(_key(position, "gaps"))
    return kept if kept is not None else gaps_of(round_data(position))


def _key(position: Position, part: str) -> str:
    return f"insights:{SHAPE}:{part}:{position.ref}"
