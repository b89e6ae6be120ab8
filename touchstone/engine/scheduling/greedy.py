"""The baseline: what a careful coordinator does by hand; and the same again in other orders."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from touchstone.engine.scheduling.calendar import Calendar, copy_of
from touchstone.engine.scheduling.compiled import Talk
from touchstone.engine.scheduling.costs import plan_cost

MOST_ORDERS = 200
PATIENCE = 60


def place_greedily(calendar: Calendar, talks: Iterable[Talk]) -> None:
    """Candidate by candidate, round by round: the earliest start, the least loaded panel."""
    for talk in talks:
        if talk.index in calendar.placements:
            continue
        option = next(calendar.options(talk), None)
        if option is not None:
            calendar.place(option)


def try_orders(
    base: Calendar,
    *,
    bound: int,
    left: Callable[[], float],
    polish: Callable[[Calendar], None],
    seed: int = 1,
) -> Calendar:
    """The best greedy plan of many orders: whoever had no place goes first the next time, the
    others as chance has it.

    Args:
        base: what stands already and stays.
        bound: no plan costs less; a plan at the bound ends the search.
        left: seconds left.
        polish: improves a finished plan in place.
    """
    rng = random.Random(seed)
    talks = base.compiled.talks
    order = list(dict.fromkeys(talk.candidate for talk in talks))
    best, best_cost, since = base, plan_cost(base), 0
    for _ in range(MOST_ORDERS):
        if best_cost <= bound or since >= PATIENCE or left() < 0.1:
            break
        rank = {candidate: n for n, candidate in enumerate(order)}
        plan = copy_of(base)
        # The sort is stable: the rounds of a candidate stay in their order.
        place_greedily(plan, sorted(talks, key=lambda talk: rank[talk.candidate]))
        polish(plan)
        since += 1
        if (cost := plan_cost(plan)) < best_cost:
            best, best_cost, since = plan, cost, 0
        open_ = {talk.candidate for talk in talks if talk.index not in plan.placements}
        rng.shuffle(order)
        order.sort(key=lambda candidate: candidate not in open_)
    return best
