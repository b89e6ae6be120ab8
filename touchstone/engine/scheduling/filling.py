"""Fills day after day with the talks that are to be held there, by CP-SAT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from touchstone.engine.scheduling.calendar import Calendar, Placement
from touchstone.engine.scheduling.compiled import Talk
from touchstone.engine.scheduling.costs import fair_shares
from touchstone.engine.scheduling.day import allowed_starts
from touchstone.engine.scheduling.supply import Demand, Kind, Supply, kind_of, supply_of

EFFORT = 1.0
EVENNESS = 100
EVENING_OUT_S = 1.0


def fill_days(plan: Calendar, day_of: Mapping[int, int], left: Callable[[], float]) -> None:
    """Places talks on their days as far as they fit; the others stay open."""
    by_day: dict[int, list[Talk]] = defaultdict(list)
    for talk in plan.compiled.talks:
        if talk.index in day_of and talk.index not in plan.placements:
            by_day[day_of[talk.index]].append(talk)
    for number, day in enumerate(sorted(by_day)):
        _fill_day(plan, day, by_day[day], left() / (len(by_day) - number))


def _fill_day(plan: Calendar, day: int, talks: Sequence[Talk], time_limit_s: float) -> None:
    from ortools.sat.python import cp_model

    demands, who = _demands(plan, day, talks)
    supply = supply_of(plan, day, demands)
    _keep_order(supply, demands, who)
    model: Any = cp_model.CpModel()
    own = supply.model.write(model)
    model.maximize(sum(own[held] for held in supply.held))
    solver: Any = cp_model.CpSolver()
    # One worker within counted effort always finds the same.
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = EFFORT
    solver.parameters.max_time_in_seconds = max(0.05, time_limit_s)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return
    values = [solver.value(var) for var in own]
    if time_limit_s >= EVENING_OUT_S:
        values = _evened(plan, supply, model, solver, own, values)
    for placement in _read(plan, supply, demands, who, values):
        if plan.allows(placement):
            plan.place(placement)


def _evened(
    plan: Calendar,
    supply: Supply,
    model: Any,
    solver: Any,
    own: Sequence[Any],
    values: Sequence[int],
) -> list[int]:
    """As many talks as ``values`` hold, spread as evenly over the people as can be."""
    from ortools.sat.python import cp_model

    placed = sum(own[held] for held in supply.held)
    model.add(placed >= sum(values[held] for held in supply.held))
    for var, value in zip(own, values, strict=True):
        model.add_hint(var, value)
    model.minimize(sum(_unevenness(model, plan, supply, own)))
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(values)
    return [solver.value(var) for var in own]


def _demands(
    plan: Calendar, day: int, talks: Sequence[Talk]
) -> tuple[list[Demand], list[list[Talk]]]:
    """Talks that differ in nothing are one demand, unless their candidate has two that day."""
    allowed = allowed_starts(plan, day, talks)
    often: dict[str, int] = defaultdict(int)
    for talk in talks:
        often[talk.candidate] += 1
    classes: dict[tuple[Kind, tuple[int, ...], str], list[Talk]] = defaultdict(list)
    for talk in talks:
        starts = tuple(int(s) for s in allowed[talk.index])
        alone = talk.candidate if often[talk.candidate] > 1 else ""
        if starts:
            classes[kind_of(talk), starts, alone + "/" + talk.round if alone else ""].append(talk)
    return (
        [Demand(some[0], starts, len(some)) for (_, starts, _), some in classes.items()],
        list(classes.values()),
    )


def _keep_order(supply: Supply, demands: Sequence[Demand], who: Sequence[Sequence[Talk]]) -> None:
    """Two talks of one candidate on the day: never at once, and in their order."""
    of_candidate: dict[str, list[int]] = defaultdict(list)
    for number, some in enumerate(who):
        if len(some) == 1:
            of_candidate[some[0].candidate].append(number)
    for numbers in of_candidate.values():
        if len(numbers) < 2:
            continue
        spans = [(s, demands[n].talk.length, v) for n in numbers for s, v in supply.at[n].items()]
        for unit in sorted({start for start, _, _ in spans}):
            terms = [(v, 1) for s, length, v in spans if s <= unit < s + length]
            supply.model.most(terms, 1)
        index = {demands[n].talk.index: n for n in numbers}
        for number in numbers:
            talk = demands[number].talk
            if talk.before not in index:
                continue
            first = index[talk.before]
            ready = demands[first].talk.length + talk.gap
            for end in supply.at[number]:
                supply.model.most(
                    [
                        *((v, 1) for s, v in supply.at[number].items() if s <= end),
                        *((v, -1) for s, v in supply.at[first].items() if s + ready <= end),
                    ],
                    0,
                )


def _unevenness(model: Any, plan: Calendar, supply: Supply, own: Sequence[Any]) -> list[Any]:
    """Each further talk of a person costs by how full their fair share is."""
    shares = fair_shares(plan.compiled)
    theirs: dict[int, list[Any]] = defaultdict(list)
    for sitting in supply.sits.values():
        for person, var in sitting:
            theirs[person].append(own[var])
    costs = []
    for person, lits in sorted(theirs.items()):
        most = min(len(lits), plan.compiled.people[person].max_per_day)
        steps = [model.new_bool_var("") for _ in range(most)]
        model.add(sum(lits) == sum(steps))
        for n, step in enumerate(steps):
            costs.append(EVENNESS * (plan.load[person] + n + 1) // max(1, shares[person]) * step)
    return costs


def _read(
    plan: Calendar,
    supply: Supply,
    demands: Sequence[Demand],
    who: Sequence[Sequence[Talk]],
    values: Sequence[int],
) -> Iterable[Placement]:
    starting: dict[tuple[Kind, int], list[Talk]] = defaultdict(list)
    for number, demand in enumerate(demands):
        waiting = list(who[number])
        for start, var in supply.at[number].items():
            for _ in range(values[var]):
                starting[kind_of(demand.talk), start].append(waiting.pop(0))
    for (kind, start), talks in sorted(starting.items(), key=lambda item: item[0][1]):
        present = {
            seat: [p for p, var in supply.sits[kind, start, seat] if values[var]]
            for seat in set(kind[2])
        }
        for talk in talks:
            panel = tuple(present[seat].pop(0) for seat in talk.seats)
            yield Placement(talk.index, start, panel, plan.free_room(talk, start))
