"""What a plan costs, and the figures people compare plans by."""

from __future__ import annotations

import math
from collections import defaultdict

from touchstone.engine.scheduling.calendar import Calendar
from touchstone.engine.scheduling.compiled import Compiled
from touchstone.engine.scheduling.problem import Figures
from touchstone.engine.scheduling.timeline import DAY


def fair_shares(compiled: Compiled) -> list[int]:
    """Per person, the load when every seat is spread evenly over those who may take it."""
    shares = [0.0] * len(compiled.people)
    for talk in compiled.talks:
        for seat in talk.seats:
            for person in seat:
                shares[person] += 1 / len(seat)
    return [math.ceil(share - 1e-9) for share in shares]


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
