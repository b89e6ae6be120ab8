"""What a plan costs, and the figures people compare plans by."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
import numpy.typing as npt

from touchstone.engine.scheduling.calendar import Calendar
from touchstone.engine.scheduling.compiled import Compiled
from touchstone.engine.scheduling.problem import Figures
from touchstone.engine.scheduling.timeline import DAY

POURINGS = 200


def fair_shares(compiled: Compiled) -> list[int]:
    """Per person, the load when all seats are spread as evenly as those who may take them allow:
    the loads with the least sum of squares, rounded up.

    Seats with the same people are poured together, each kind to its least loaded people up to one
    level, again and again until the levels rest.
    """
    if compiled.shares:
        return compiled.shares
    kinds = Counter(seat for talk in compiled.talks for seat in talk.seats if seat)
    loads = np.zeros(len(compiled.people))
    poured = {seat: np.zeros(len(compiled.people)) for seat in kinds}
    for _ in range(POURINGS):
        before = loads.copy()
        for seat, count in kinds.items():
            people = sorted(seat)
            others = loads[people] - poured[seat][people]
            share = np.zeros(len(compiled.people))
            share[people] = np.maximum(0.0, _level(others, count) - others)
            loads += share - poured[seat]
            poured[seat] = share
        if np.abs(loads - before).max() < 1e-6:
            break
    compiled.shares = [math.ceil(load - 1e-4) for load in loads]
    return compiled.shares


def _level(loads: npt.NDArray[np.float64], amount: float) -> float:
    """How high ``amount`` reaches when it is poured over ``loads``."""
    ordered = np.sort(loads)
    for n in range(1, len(ordered) + 1):
        level = (amount + ordered[:n].sum()) / n
        if n == len(ordered) or level <= ordered[n]:
            return float(level)
    return 0.0


def plan_cost(calendar: Calendar) -> int:
    """The objective of docs/scheduling.md."""
    compiled = calendar.compiled
    weights = compiled.problem.weights
    finish: dict[str, int] = defaultdict(int)
    unplaced, last = 0, 0
    for talk in compiled.talks:
        placement = calendar.placements.get(talk.index)
        if placement is None:
            unplaced += 1
            finish[talk.candidate] = compiled.timeline.days
            continue
        day = placement.start // DAY + 1
        last = max(last, day)
        finish[talk.candidate] = max(finish[talk.candidate], day)
    excess = sum(
        max(0, load - share)
        for load, share in zip(calendar.load, fair_shares(compiled), strict=True)
    )
    return (
        weights.unplaced * unplaced
        + weights.finish * sum(finish.values())
        + weights.last_day * last
        + weights.load * excess
    )


def plan_figures(calendar: Calendar) -> Figures:
    """Days and loads of a plan."""
    compiled = calendar.compiled
    finish: dict[str, int] = defaultdict(int)
    open_: set[str] = set()
    for talk in compiled.talks:
        placement = calendar.placements.get(talk.index)
        if placement is None:
            open_.add(talk.candidate)
        else:
            finish[talk.candidate] = max(finish[talk.candidate], placement.start // DAY + 1)
    done = [day for candidate, day in finish.items() if candidate not in open_]
    seated = set().union(*(seat for talk in compiled.talks for seat in talk.seats), set())
    loads = [calendar.load[p] for p in sorted(seated)] or [0]
    mean = sum(loads) / len(loads)
    return Figures(
        days_to_finish=max(finish.values(), default=0),
        mean_days=round(sum(done) / len(done), 3) if done else 0.0,
        load_min=min(loads),
        load_max=max(loads),
        load_sd=round(math.sqrt(sum((x - mean) ** 2 for x in loads) / len(loads)), 3),
    )
