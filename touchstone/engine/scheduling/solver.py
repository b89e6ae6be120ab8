"""`schedule`: a relaxation by days gives bound and direction, the days are filled by the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from touchstone.engine.scheduling.calendar import (
    NO_ROOM,
    Calendar,
    Placement,
    copy_of,
    fixed_calendar,
)
from touchstone.engine.scheduling.compiled import Compiled, compile_problem, fixed_of
from touchstone.engine.scheduling.costs import plan_cost, plan_figures
from touchstone.engine.scheduling.filling import fill_days
from touchstone.engine.scheduling.greedy import place_greedily, try_orders
from touchstone.engine.scheduling.master import Master
from touchstone.engine.scheduling.problem import Assignment, Problem, Schedule, Unassigned
from touchstone.engine.scheduling.pulling import pull_candidates
from touchstone.engine.scheduling.reasons import why_not
from touchstone.engine.scheduling.shadows import seat_shadows
from touchstone.engine.scheduling.squeaky import squeaky_wheels

Stopwatch = Callable[[], float]
FILL_SHARE = 0.4
RESERVE = 0.1
CLOSE = 0.005


def schedule(
    problem: Problem, time_limit_s: float = 30.0, *, stopwatch: Stopwatch = time.monotonic
) -> Schedule:
    """Plans every talk it can, at the least cost found, with a proven bound.

    Within the limit the same problem gives the same plan unless the limit cuts a search short.

    Args:
        time_limit_s: for all of it; a feasible plan is there within about a second.
        stopwatch: seconds, only differences count.

    Raises:
        InvalidInput: the problem contradicts itself.
    """
    started = stopwatch()
    compiled = compile_problem(problem)
    base = fixed_calendar(compiled, fixed_of(compiled))
    fixed = set(base.placements)

    def left() -> float:
        return time_limit_s - (stopwatch() - started)

    best = copy_of(base)
    place_greedily(best, compiled.talks)
    _balance(best, fixed)
    master = Master(base, lambda: left() - FILL_SHARE * time_limit_s)
    master.prepare()
    cell_of = master.rough
    while (days := master.solve()) is not None and days.close:
        cell_of = days.cell_of
        if not master.tighten(days):
            break
    day_of = {talk: master.cells[cell].day for talk, cell in cell_of.items()}
    if plan_cost(best) > master.bound:

        def polish(plan: Calendar) -> None:
            place_greedily(plan, compiled.talks)
            _balance(plan, fixed)

        bound = master.bound
        # One pass is quick and leaves hardly anybody open, should the time be too short to fill.
        plan = squeaky_wheels(base, day_of, bound=bound, left=left, polish=polish, passes=1)
        best = min(best, plan, key=plan_cost)
        plan = copy_of(base)
        fill_days(plan, day_of, lambda: left() - RESERVE * time_limit_s)
        polish(plan)
        best = min(best, plan, key=plan_cost)
        far = plan_cost(best) - bound > CLOSE * plan_cost(best)
        if far and left() > RESERVE * time_limit_s:
            plan = squeaky_wheels(base, day_of, bound=bound, left=left, polish=polish)
            best = min(best, plan, key=plan_cost)
            plan = try_orders(base, bound=bound, left=left, polish=polish)
            best = min(best, plan, key=plan_cost)
            plan = copy_of(best)
            pull_candidates(plan, fixed, day_of, left)
            _balance(plan, fixed)
            best = min(best, plan, key=plan_cost)
    return as_schedule(best, bound=master.bound)


def schedule_greedily(problem: Problem) -> Schedule:
    """The baseline's plan; its bound is zero."""
    compiled = compile_problem(problem)
    calendar = fixed_calendar(compiled, fixed_of(compiled))
    place_greedily(calendar, compiled.talks)
    return as_schedule(calendar, bound=0)


def as_schedule(calendar: Calendar, *, bound: int) -> Schedule:
    """A calendar in the words of the problem, with reasons and shadows."""
    compiled = calendar.compiled
    assignments = [assignment_of(compiled, p) for p in calendar.placements.values()]
    assignments = seat_shadows(calendar, assignments)
    cost = plan_cost(calendar)
    bound = min(bound, cost)
    return Schedule(
        assignments=tuple(sorted(assignments, key=lambda a: (a.start, a.candidate, a.round))),
        unassigned=tuple(
            Unassigned(talk.candidate, talk.round, why_not(calendar, talk))
            for talk in compiled.talks
            if talk.index not in calendar.placements
        ),
        objective=cost,
        bound=bound,
        gap=round((cost - bound) / cost, 6) if cost else 0.0,
        figures=plan_figures(calendar),
    )


def assignment_of(compiled: Compiled, placement: Placement) -> Assignment:
    """A placement with names and moments."""
    talk = compiled.talks[placement.talk]
    return Assignment(
        candidate=talk.candidate,
        round=talk.round,
        start=compiled.timeline.moment(placement.start),
        end=compiled.timeline.moment(placement.start + talk.length),
        panel=tuple(compiled.people[p].id for p in placement.panel),
        room="" if placement.room == NO_ROOM else compiled.problem.rooms[placement.room].id,
    )


def _balance(plan: Calendar, fixed: set[int]) -> None:
    """Hands single seats from loaded people to idle ones at the same time of the same talk."""
    for _ in range(3):
        changed = False
        for index in sorted(plan.placements):
            if index not in fixed and _hand_over(plan, index):
                changed = True
        if not changed:
            return


def _hand_over(plan: Calendar, index: int) -> bool:
    talk = plan.compiled.talks[index]
    placement = plan.placements[index]
    for k, person in enumerate(placement.panel):
        lightest = min(
            (p for p in talk.seats[k] if p not in placement.panel),
            key=lambda p: (plan.load[p], p),
            default=person,
        )
        if plan.load[lightest] + 1 >= plan.load[person]:
            continue
        for other in sorted(talk.seats[k] - set(placement.panel), key=lambda p: (plan.load[p], p)):
            if plan.load[other] + 1 >= plan.load[person]:
                break
            panel = (*placement.panel[:k], other, *placement.panel[k + 1 :])
            plan.remove(index)
            swapped = replace(placement, panel=panel)
            if plan.allows(swapped):
                plan.place(swapped)
                return True
            plan.place(placement)
    return False
