"""One day by the clock: starts, panels and rooms for the talks of a day, by CP-SAT."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from touchstone.engine.scheduling.calendar import NO_ROOM, Calendar, Placement
from touchstone.engine.scheduling.compiled import Starts, Talk, seat_groups
from touchstone.engine.scheduling.timeline import DAY

MISSING_COST = 4000
MOVE_COST = 100


@dataclass(slots=True)
class _Model:
    """Variables of a day's model; ``sits[talk][person]``."""

    cp: Any
    start: dict[int, Any] = field(default_factory=dict)
    placed: dict[int, Any] = field(default_factory=dict)
    sits: dict[int, dict[int, Any]] = field(default_factory=dict)
    seat: dict[tuple[int, frozenset[int]], dict[int, Any]] = field(default_factory=dict)


def solve_day(
    calendar: Calendar,
    day: int,
    talks: Sequence[Talk],
    *,
    keep: Mapping[int, Placement],
    effort: float,
    time_limit_s: float,
    moves_cost: bool = False,
    worth: Mapping[int, int] | None = None,
) -> dict[int, Placement]:
    """Places as many of ``talks`` on ``day`` as can be, around what the calendar holds.

    Args:
        keep: placements to start the search from; with ``moves_cost`` leaving one costs.
        effort: deterministic time, about seconds of one core.
        worth: cost of leaving a talk out; `MISSING_COST` for those not named.

    Returns:
        Placements by talk, rooms included; the calendar is left as it was.
    """
    from ortools.sat.python import cp_model

    allowed = allowed_starts(calendar, day, talks)
    talks = [talk for talk in talks if len(allowed[talk.index])]
    m = _Model(cp_model.CpModel())
    for talk in talks:
        _add_talk(m, cp_model, calendar, talk, allowed[talk.index])
    _add_people(m, cp_model, calendar, day, talks)
    _add_groups(m, calendar, day, talks)
    _add_rooms(m, cp_model, calendar, talks)
    _add_order(m, talks)
    price = worth or {}
    cost = [price.get(index, MISSING_COST) * (1 - placed) for index, placed in m.placed.items()]
    cost += _load_costs(m, calendar, talks)
    if moves_cost:
        cost += _move_costs(m, talks, keep)
    m.cp.minimize(sum(cost))
    _hint(m, talks, keep)
    solver: Any = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit_s
    solver.parameters.max_deterministic_time = effort
    solver.parameters.random_seed = 1
    solver.parameters.num_workers = 8
    solver.parameters.relative_gap_limit = 0.0 if moves_cost else 0.02
    if solver.solve(m.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {}
    return _read(solver, m, calendar, talks)


def allowed_starts(calendar: Calendar, day: int, talks: Sequence[Talk]) -> dict[int, Starts]:
    today = {talk.index for talk in talks}
    allowed = {}
    for talk in talks:
        starts = talk.starts
        if talk.before not in today:
            starts = calendar.candidate_starts(talk)
        allowed[talk.index] = starts[starts // DAY == day]
    return allowed


def _add_talk(m: _Model, cp_model: Any, calendar: Calendar, talk: Talk, starts: Starts) -> None:
    able = {
        person: starts[possible]
        for person in sorted(frozenset().union(*talk.seats, frozenset()))
        if (possible := calendar.person_starts(person, talk, starts)).any()
    }
    domain = cp_model.Domain.from_values([int(s) for s in starts])
    m.start[talk.index] = m.cp.new_int_var_from_domain(domain, "")
    m.placed[talk.index] = m.cp.new_bool_var("")
    m.sits[talk.index] = {}
    lits_of: dict[int, list[Any]] = defaultdict(list)
    for seat, count in Counter(talk.seats).items():
        lits = {person: m.cp.new_bool_var("") for person in sorted(seat) if person in able}
        m.seat[talk.index, seat] = lits
        m.cp.add(sum(lits.values()) == count * m.placed[talk.index])
        for person, lit in lits.items():
            lits_of[person].append(lit)
    for person, lits_here in lits_of.items():
        if len(lits_here) == 1:
            sits = lits_here[0]
        else:
            sits = m.cp.new_bool_var("")
            m.cp.add(sum(lits_here) == sits)
        m.sits[talk.index][person] = sits
        if len(able[person]) < len(starts):
            own = cp_model.Domain.from_values([int(s) for s in able[person]])
            m.cp.add_linear_expression_in_domain(m.start[talk.index], own).only_enforce_if(sits)


def _add_people(
    m: _Model, cp_model: Any, calendar: Calendar, day: int, talks: Sequence[Talk]
) -> None:
    people: dict[int, list[Talk]] = defaultdict(list)
    for talk in talks:
        for person in m.sits[talk.index]:
            people[person].append(talk)
    for person, theirs in people.items():
        m.cp.add_no_overlap(
            [
                m.cp.new_optional_fixed_size_interval_var(
                    m.start[talk.index], talk.occupied, m.sits[talk.index][person], ""
                )
                for talk in theirs
            ]
        )
        member = calendar.compiled.people[person]
        room = member.max_per_day - calendar.day_load[person][day]
        if member.max_total is not None:
            room = min(room, member.max_total - calendar.load[person])
        if len(theirs) > room:
            m.cp.add(sum(m.sits[talk.index][person] for talk in theirs) <= max(0, room))
    if calendar.compiled.travel:
        _add_travel(m, calendar, people)


def _add_groups(m: _Model, calendar: Calendar, day: int, talks: Sequence[Talk]) -> None:
    """Implied by the people's own times, but lets the search see a full hour at once."""
    span = slice(day * DAY, (day + 1) * DAY)
    for group in seat_groups({seat for talk in talks for seat in talk.seats}):
        intervals, demands = [], []
        for talk in talks:
            n = sum(1 for seat in talk.seats if seat <= group)
            if n:
                intervals.append(
                    m.cp.new_optional_fixed_size_interval_var(
                        m.start[talk.index], talk.length, m.placed[talk.index], ""
                    )
                )
                demands.append(n)
        if not intervals:
            continue
        for person in sorted(group):
            away = ~calendar.compiled.free[person][span] | calendar.taken[person][span]
            for low, high in runs(away):
                intervals.append(m.cp.new_fixed_size_interval_var(span.start + low, high - low, ""))
                demands.append(1)
        m.cp.add_cumulative(intervals, demands, len(group))


def _add_travel(m: _Model, calendar: Calendar, people: Mapping[int, Sequence[Talk]]) -> None:
    first: dict[tuple[int, int], Any] = {}
    for person, theirs in people.items():
        for a, b in ((a, b) for i, a in enumerate(theirs) for b in theirs[i + 1 :]):
            travel = calendar.compiled.travel_units(a.place, b.place)
            if not travel:
                continue
            lit = first.setdefault((a.index, b.index), m.cp.new_bool_var(""))
            both = [m.sits[a.index][person], m.sits[b.index][person]]
            sa, sb = m.start[a.index], m.start[b.index]
            m.cp.add(sb >= sa + a.length + travel).only_enforce_if([lit, *both])
            m.cp.add(sa >= sb + b.length + travel).only_enforce_if([lit.negated(), *both])


def _add_rooms(m: _Model, cp_model: Any, calendar: Calendar, talks: Sequence[Talk]) -> None:
    pools: dict[tuple[str, str], list[Talk]] = defaultdict(list)
    for talk in talks:
        if talk.room:
            pools[talk.room, talk.place].append(talk)
    for pool, theirs in pools.items():
        rooms = calendar.compiled.rooms_of.get(pool, [])
        intervals = [
            m.cp.new_optional_fixed_size_interval_var(
                m.start[talk.index], talk.length, m.placed[talk.index], ""
            )
            for talk in theirs
        ]
        demands = [1] * len(intervals)
        for room in rooms:
            for low, high in runs(calendar.room_taken[room]):
                intervals.append(m.cp.new_fixed_size_interval_var(low, high - low, ""))
                demands.append(1)
        m.cp.add_cumulative(intervals, demands, len(rooms))


def runs(mask: Any) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _add_order(m: _Model, talks: Sequence[Talk]) -> None:
    today = {talk.index: talk for talk in talks}
    by_candidate: dict[str, list[Talk]] = defaultdict(list)
    for talk in talks:
        by_candidate[talk.candidate].append(talk)
        if talk.before in today:
            first = today[talk.before]
            m.cp.add_implication(m.placed[talk.index], m.placed[first.index])
            both = [m.placed[talk.index], m.placed[first.index]]
            m.cp.add(
                m.start[talk.index] >= m.start[first.index] + first.length + talk.gap
            ).only_enforce_if(both)
    for theirs in by_candidate.values():
        if len(theirs) > 1:
            m.cp.add_no_overlap(
                [
                    m.cp.new_optional_fixed_size_interval_var(
                        m.start[talk.index], talk.length, m.placed[talk.index], ""
                    )
                    for talk in theirs
                ]
            )


def _load_costs(m: _Model, calendar: Calendar, talks: Sequence[Talk]) -> list[Any]:
    """A talk costs its person's load so far: the next goes to whoever has least."""
    theirs: dict[int, list[Any]] = defaultdict(list)
    for talk in talks:
        for person, lit in m.sits[talk.index].items():
            theirs[person].append(lit)
    least = min((calendar.load[person] for person in theirs), default=0)
    costs = []
    for person, lits in theirs.items():
        most = min(len(lits), calendar.compiled.people[person].max_per_day)
        steps = [m.cp.new_bool_var("") for _ in range(most)]
        m.cp.add(sum(lits) == sum(steps))
        so_far = min(calendar.load[person] - least, 40)
        costs += [(so_far + n + 1) * step for n, step in enumerate(steps)]
    return costs


def _move_costs(m: _Model, talks: Sequence[Talk], keep: Mapping[int, Placement]) -> list[Any]:
    costs = []
    for talk in talks:
        if talk.index not in keep:
            continue
        stays = m.cp.new_bool_var("")
        m.cp.add(m.start[talk.index] == keep[talk.index].start).only_enforce_if(stays)
        costs.append(MOVE_COST * (1 - stays))
        costs += [
            MOVE_COST // 4 * (1 - m.sits[talk.index][person])
            for person in keep[talk.index].panel
            if person in m.sits[talk.index]
        ]
    return costs


def _hint(m: _Model, talks: Sequence[Talk], keep: Mapping[int, Placement]) -> None:
    for talk in talks:
        placement = keep.get(talk.index)
        m.cp.add_hint(m.placed[talk.index], placement is not None)
        if placement is None:
            continue
        m.cp.add_hint(m.start[talk.index], placement.start)
        for person, lit in m.sits[talk.index].items():
            m.cp.add_hint(lit, person in placement.panel)


def _read(
    solver: Any, m: _Model, calendar: Calendar, talks: Sequence[Talk]
) -> dict[int, Placement]:
    found: dict[int, Placement] = {}
    in_use: dict[int, list[tuple[int, int]]] = defaultdict(list)
    ordered = sorted(
        (talk for talk in talks if solver.value(m.placed[talk.index])),
        key=lambda talk: (solver.value(m.start[talk.index]), talk.index),
    )
    for talk in ordered:
        start = solver.value(m.start[talk.index])
        left = {
            seat: [p for p, lit in m.seat[talk.index, seat].items() if solver.value(lit)]
            for seat in set(talk.seats)
        }
        panel = [left[seat].pop(0) for seat in talk.seats]
        room = NO_ROOM
        if talk.room:
            room = _room(calendar, talk, start, in_use)
            if room == NO_ROOM:
                continue
            in_use[room].append((start, start + talk.length))
        found[talk.index] = Placement(talk.index, start, tuple(panel), room)
    return found


def _room(
    calendar: Calendar, talk: Talk, start: int, in_use: Mapping[int, list[tuple[int, int]]]
) -> int:
    """A room of the pool that is free; rooms with other bookings first, they fit fewer talks."""
    end = start + talk.length
    pool = calendar.compiled.rooms_of[talk.room, talk.place]
    for room in sorted(pool, key=lambda r: (-int(calendar.room_taken[r].sum()), r)):
        if calendar.room_taken[room][start:end].any():
            continue
        if all(end <= low or start >= high for low, high in in_use.get(room, [])):
            return room
    return NO_ROOM
