"""Squeaky-wheel search: fill the days, see who came late, let those go first, fill again.

Each pass fills day after day with whoever can come: first those whose day it is by the relaxation,
then the most pressed. Candidates who end later than the relaxation would have them gain priority
for the next pass, those who end earlier lose some. A pass takes about half a second for four
hundred talks; the best plan of all passes is kept (Joslin and Clements, 1999).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from touchstone.engine.scheduling.calendar import Calendar, copy_of
from touchstone.engine.scheduling.compiled import Compiled, Talk
from touchstone.engine.scheduling.costs import plan_cost
from touchstone.engine.scheduling.timeline import DAY

MOST_PASSES = 400
PATIENCE = 60
FORGETTING = 0.97
RESTART_EVERY = 4


def squeaky_wheels(
    base: Calendar,
    day_of: Mapping[int, int],
    *,
    bound: int,
    left: Callable[[], float],
    polish: Callable[[Calendar], None],
    passes: int = MOST_PASSES,
    seed: int = 1,
) -> Calendar:
    """The best plan of many passes.

    Args:
        base: what stands already and stays.
        day_of: the relaxation's day for each talk.
        bound: no plan costs less; a plan at the bound ends the search.
        left: seconds left.
        polish: improves a finished plan in place.
        passes: the first is run whatever time is left.
    """
    rng = random.Random(seed)
    wheels = _Wheels(base.compiled, day_of)
    blame = dict.fromkeys(wheels.last, 0.0)
    best: Calendar | None = None
    best_cost, best_blame, since = 0, blame, 0
    for number in range(1, passes + 1):
        plan = wheels.fill(base, blame)
        polish(plan)
        cost = plan_cost(plan)
        since += 1
        if best is None or cost < best_cost:
            best, best_cost, best_blame, since = plan, cost, dict(blame), 0
        if best_cost <= bound or since >= PATIENCE or left() < 0.1:
            break
        if number % RESTART_EVERY == 0:
            blame = dict(best_blame)
        wheels.blame(plan, blame, rng)
    return best if best is not None else copy_of(base)


class _Wheels:
    """What the passes share: each talk's days, its day by the relaxation, who ends with it."""

    def __init__(self, compiled: Compiled, day_of: Mapping[int, int]) -> None:
        self.compiled = compiled
        self.days = {t.index: np.unique(t.starts // DAY) for t in compiled.talks}
        beyond = compiled.timeline.days
        self.target = {t.index: day_of.get(t.index, beyond) for t in compiled.talks}
        followed = {t.before for t in compiled.talks}
        self.last: dict[str, Talk] = {
            t.candidate: t for t in compiled.talks if t.index not in followed
        }

    def fill(self, base: Calendar, blame: Mapping[str, float]) -> Calendar:
        """One pass, day after day."""
        plan = copy_of(base)
        for day in range(self.compiled.timeline.days):
            wanted = [
                t
                for t in self.compiled.talks
                if t.index not in plan.placements and day in self.days[t.index]
            ]
            for talk in sorted(wanted, key=self._urgency(day, blame)):
                starts = plan.candidate_starts(talk)
                option = next(plan.options(talk, starts[starts // DAY == day]), None)
                if option is not None:
                    plan.place(option)
        return plan

    def _urgency(
        self, day: int, blame: Mapping[str, float]
    ) -> Callable[[Talk], tuple[bool, float, int]]:
        def key(talk: Talk) -> tuple[bool, float, int]:
            own = blame[talk.candidate]
            later = int((self.days[talk.index] > day).sum())
            return (self.target[talk.index] - own > day, later - own, talk.index)

        return key

    def blame(self, plan: Calendar, blame: dict[str, float], rng: random.Random) -> None:
        """Moves priorities by how late everybody ended."""
        for candidate, talk in self._in_order():
            placement = plan.placements.get(talk.index)
            day = self.compiled.timeline.days if placement is None else placement.start // DAY
            late = day - self.target[talk.index]
            if placement is None or late > 1:
                blame[candidate] += rng.random() * min(max(late, 2), 4) * 0.6
            elif late < 0:
                blame[candidate] -= rng.random() * 0.3
            blame[candidate] *= FORGETTING

    def _in_order(self) -> Iterable[tuple[str, Talk]]:
        return self.last.items()
