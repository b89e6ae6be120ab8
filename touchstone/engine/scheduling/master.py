"""Which talk in which three hours: a relaxation that forgets the clock and so proves a bound.

Every real plan satisfies it: no more talks start within a block, and none more are held on a day,
than the people who may take their seats could hold were each talk as short as the shortest; and
no more minutes are held than they have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from touchstone.engine.scheduling.calendar import Calendar
from touchstone.engine.scheduling.compiled import Compiled, Starts, Talk, seat_groups
from touchstone.engine.scheduling.timeline import DAY, fitting_starts

BLOCK = DAY // 8


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A block for each talk that got one, and the least that any plan costs."""

    block_of: dict[int, int]
    bound: int


def possible_starts(compiled: Compiled, talk: Talk) -> Starts:
    """Starts at which the candidate and, for each seat, somebody could meet."""
    starts = talk.starts
    for seat in talk.seats:
        if not len(starts):
            break
        together = np.zeros(len(starts), np.bool_)
        for person in seat:
            together |= compiled.fits(person, talk.length)[starts]
        starts = starts[together]
    return starts


def plan_days(
    calendar: Calendar, *, hint: Mapping[int, int], time_limit_s: float, seed: int = 1
) -> DayPlan:
    """Solves the relaxation; talks already in ``calendar`` keep their day.

    Args:
        hint: a start for each talk of a known plan.
    """
    from ortools.sat.python import cp_model

    compiled = calendar.compiled
    model: Any = cp_model.CpModel()
    on: dict[int, dict[int, Any]] = {}
    missing: dict[int, Any] = {}
    for talk in compiled.talks:
        fixed = calendar.placements.get(talk.index)
        starts = np.array([fixed.start]) if fixed else possible_starts(compiled, talk)
        blocks = [int(block) for block in np.unique(starts // BLOCK)]
        on[talk.index] = {block: model.new_bool_var("") for block in blocks}
        missing[talk.index] = model.new_bool_var("")
        model.add_exactly_one([*on[talk.index].values(), missing[talk.index]])
        if fixed:
            model.add(missing[talk.index] == 0)
        if talk.index in hint:
            for block, lit in on[talk.index].items():
                model.add_hint(lit, block == hint[talk.index] // BLOCK)
            model.add_hint(missing[talk.index], 0)
    _order(model, compiled, calendar, on, missing)
    _capacity(model, compiled, on)
    _rooms(model, compiled, on)
    cost = _cost(model, compiled, on, missing)
    model.minimize(cost)
    solver: Any = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit_s
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 8
    solver.parameters.relative_gap_limit = 0.001
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return DayPlan(
            {talk: start // BLOCK for talk, start in hint.items()},
            max(0, int(solver.best_objective_bound)),
        )
    block_of = {
        index: block
        for index, lits in on.items()
        for block, lit in lits.items()
        if solver.value(lit)
    }
    return DayPlan(block_of, int(np.ceil(solver.best_objective_bound - 1e-6)))


def _order(
    model: Any,
    compiled: Compiled,
    calendar: Calendar,
    on: Mapping[int, Mapping[int, Any]],
    missing: Mapping[int, Any],
) -> None:
    for talk in compiled.talks:
        if talk.before < 0 or talk.index in calendar.placements:
            continue
        first = compiled.talks[talk.before]
        model.add_implication(missing[talk.before], missing[talk.index])
        for block, lit in on[talk.index].items():
            latest_end = int(talk.starts[talk.starts // BLOCK == block].max()) - talk.gap
            day = block * BLOCK // DAY
            fitting = [
                on[first.index][b]
                for b in on[first.index]
                if b <= block
                and (talk.max_gap_days is None or day - b * BLOCK // DAY <= talk.max_gap_days)
                and _earliest(first, b) + first.length <= latest_end
            ]
            model.add_bool_or([*fitting, lit.negated()])


def _earliest(talk: Talk, block: int) -> int:
    starts = talk.starts[talk.starts // BLOCK == block]
    return int(starts.min()) if len(starts) else block * BLOCK


def _capacity(model: Any, compiled: Compiled, on: Mapping[int, Mapping[int, Any]]) -> None:
    for group in seat_groups({seat for talk in compiled.talks for seat in talk.seats}):
        inside = [
            (talk, n)
            for talk in compiled.talks
            if (n := sum(1 for seat in talk.seats if seat <= group))
        ]
        if not inside:
            continue
        shortest = min(talk.length for talk, _ in inside)
        closest = min(talk.occupied for talk, _ in inside)
        for day in range(compiled.timeline.days):
            span = slice(day * DAY, (day + 1) * DAY)
            terms = _within(inside, on, span)
            if not terms:
                continue
            talks = sum(_most(compiled, p, span, shortest, closest) for p in group)
            model.add(sum(n * lit for lit, n, _ in terms) <= talks)
            units = sum(int(compiled.free[p][span].sum()) for p in group)
            model.add(sum(n * t.length * lit for lit, n, t in terms) <= units)
            for low in range(day * DAY, (day + 1) * DAY, BLOCK):
                block = slice(low, low + BLOCK)
                if terms := _within(inside, on, block):
                    talks = sum(_most(compiled, p, block, shortest, closest) for p in group)
                    model.add(sum(n * lit for lit, n, _ in terms) <= talks)
        limits = [compiled.people[p].max_total for p in group]
        if all(limit is not None for limit in limits):
            total = sum(limit for limit in limits if limit is not None)
            model.add(sum(n * lit for t, n in inside for lit in on[t.index].values()) <= total)


def _within(
    inside: Sequence[tuple[Talk, int]], on: Mapping[int, Mapping[int, Any]], span: slice
) -> list[tuple[Any, int, Talk]]:
    blocks = range(span.start // BLOCK, span.stop // BLOCK)
    return [(on[t.index][b], n, t) for t, n in inside for b in blocks if b in on[t.index]]


def _most(compiled: Compiled, person: int, span: slice, shortest: int, closest: int) -> int:
    """Most talks that can start within a span; the pause keeps starts ``closest`` apart."""
    possible = np.flatnonzero(compiled.fits(person, shortest)[span])
    return min(_spaced(possible, closest), compiled.day_limit(person, span.start // DAY))


def _spaced(possible: Starts, distance: int) -> int:
    count, unit = 0, 0
    for start in possible:
        if start >= unit:
            count, unit = count + 1, int(start) + distance
    return count


def _rooms(model: Any, compiled: Compiled, on: Mapping[int, Mapping[int, Any]]) -> None:
    pools: dict[tuple[str, str], list[tuple[Talk, int]]] = defaultdict(list)
    for talk in compiled.talks:
        if talk.room:
            pools[talk.room, talk.place].append((talk, 1))
    for pool, inside in pools.items():
        rooms = [compiled.room_free[room] for room in compiled.rooms_of.get(pool, [])]
        shortest = min(talk.length for talk, _ in inside)
        for day in range(compiled.timeline.days):
            span = slice(day * DAY, (day + 1) * DAY)
            units = sum(int(free[span].sum()) for free in rooms)
            terms = _within(inside, on, span)
            if not terms:
                continue
            model.add(sum(t.length * lit for lit, _, t in terms) <= units)
            for low in range(day * DAY, (day + 1) * DAY, BLOCK):
                block = slice(low, low + BLOCK)
                if terms := _within(inside, on, block):
                    possible = (np.flatnonzero(fitting_starts(r, shortest)[block]) for r in rooms)
                    talks = sum(_spaced(p, shortest) for p in possible)
                    model.add(sum(lit for lit, _, _ in terms) <= talks)


def _cost(
    model: Any,
    compiled: Compiled,
    on: Mapping[int, Mapping[int, Any]],
    missing: Mapping[int, Any],
) -> Any:
    weights, days = compiled.problem.weights, compiled.timeline.days
    last = model.new_int_var(0, days, "")
    finish: dict[str, Any] = {}
    followed = {talk.before for talk in compiled.talks}
    for talk in compiled.talks:
        day = sum((b * BLOCK // DAY + 1) * lit for b, lit in on[talk.index].items())
        model.add(last >= day)
        if talk.index in followed:
            continue
        # Only the end of a chain of rounds can be a candidate's last talk.
        if talk.candidate not in finish:
            finish[talk.candidate] = model.new_int_var(0, days, "")
        model.add(finish[talk.candidate] >= day + days * missing[talk.index])
    return (
        weights.unplaced * sum(missing.values())
        + weights.finish * sum(finish.values())
        + weights.last_day * last
    )
