"""Lets candidates who end late end earlier, one at a time, at nobody's expense.

A candidate's last talk, and the one before it, are taken out and placed anew on earlier days. Where
a day is full, one other talk may make room, if it finds another place by which its own candidate
does not end later. Whatever does not help is put back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from touchstone.engine.scheduling.calendar import Calendar, Placement
from touchstone.engine.scheduling.compiled import Starts, Talk
from touchstone.engine.scheduling.timeline import DAY


@dataclass(slots=True)
class _Step:
    """What a placement changed: talks to take out again, placements to put back."""

    added: list[int] = field(default_factory=list)
    moved: list[Placement] = field(default_factory=list)


def pull_candidates(
    plan: Calendar, fixed: set[int], day_of: Mapping[int, int], left: Callable[[], float]
) -> int:
    """Improves ``plan`` in place until nobody who ends late can end earlier or the time is over;
    returns how often somebody did.

    Args:
        day_of: days by the relaxation; a last talk on its day is not late.
    """
    pulling = _Pulling(plan, fixed, day_of)
    total = 0
    while left() > 0.1:
        helped = 0
        for last in pulling.latest_first():
            if left() < 0.1:
                break
            helped += pulling.pull(last)
        total += helped
        if not helped:
            break
    return total


class _Pulling:
    def __init__(self, plan: Calendar, fixed: set[int], day_of: Mapping[int, int]) -> None:
        self.plan, self.fixed, self.day_of = plan, fixed, day_of
        self.talks = plan.compiled.talks
        self.days = {t.index: [int(d) for d in np.unique(t.starts // DAY)] for t in self.talks}
        self.followers: dict[int, int] = defaultdict(int)
        for talk in self.talks:
            if talk.before >= 0:
                self.followers[talk.before] += 1

    def latest_first(self) -> list[Talk]:
        """Last talks of their candidates that stand after their day, the latest first."""
        placements = self.plan.placements
        last = [
            t
            for t in self.talks
            if t.index in placements
            and not self.followers[t.index]
            and placements[t.index].start // DAY > self.day_of.get(t.index, -1)
        ]
        return sorted(last, key=lambda t: (-placements[t.index].start, t.index))

    def pull(self, last: Talk) -> bool:
        """Whether the candidate of this last talk ends on an earlier day now."""
        chain = [last.index]
        if last.before >= 0 and self.followers[last.before] == 1:
            chain.insert(0, last.before)
        if self.fixed & set(chain) or any(n not in self.plan.placements for n in chain):
            return False
        day = self.plan.placements[last.index].start // DAY
        kept = [self.plan.remove(n) for n in reversed(chain)]
        for wish in self._wishes(chain, day):
            steps: list[_Step] = []
            for number, on in zip(chain, wish, strict=True):
                step = self._place(self.talks[number], on, set(chain))
                if step is None:
                    break
                steps.append(step)
            if len(steps) == len(chain):
                return True
            for step in reversed(steps):
                self._undo(step)
        for placement in reversed(kept):
            self.plan.place(placement)
        return False

    def _wishes(self, chain: list[int], day: int) -> Iterator[tuple[int, ...]]:
        """Days for the talks of the chain that end it before ``day``, the earliest end first."""
        for end in self.days[chain[-1]]:
            if end >= day:
                return
            if len(chain) == 1:
                yield (end,)
                continue
            for start in self.days[chain[0]]:
                if start > end:
                    break
                yield (start, end)

    def _place(self, talk: Talk, day: int, protected: set[int]) -> _Step | None:
        starts = self.plan.candidate_starts(talk)
        starts = starts[starts // DAY == day]
        if not len(starts):
            return None
        option = next(self.plan.options(talk, starts), None)
        if option is not None:
            self.plan.place(option)
            return _Step([talk.index])
        for rival in self._rivals(talk, day, starts, protected):
            step = self._change_places(talk, starts, rival, day)
            if step is not None:
                return step
        return None

    def _rivals(self, talk: Talk, day: int, starts: Starts, protected: set[int]) -> list[Placement]:
        """Talks of the day that hold somebody whom this one could use, at a time it could use."""
        people = frozenset().union(*talk.seats, frozenset())
        low, high = int(starts.min()), int(starts.max()) + talk.length
        return [
            p
            for p in sorted(self.plan.placements.values(), key=lambda p: p.talk)
            if p.start // DAY == day
            and p.talk not in protected
            and p.talk not in self.fixed
            and p.start < high
            and p.start + self.talks[p.talk].occupied > low
            and people & set(p.panel)
        ]

    def _change_places(
        self, talk: Talk, starts: Starts, rival: Placement, day: int
    ) -> _Step | None:
        other = self.talks[rival.talk]
        self.plan.remove(other.index)
        option = next(self.plan.options(talk, starts), None)
        if option is not None:
            self.plan.place(option)
            elsewhere = self.plan.candidate_starts(other)
            if not self.followers[other.index]:
                elsewhere = elsewhere[elsewhere // DAY <= day]
            place = next(self.plan.options(other, elsewhere), None) if len(elsewhere) else None
            if place is not None:
                self.plan.place(place)
                return _Step([talk.index, other.index], [rival])
            self.plan.remove(talk.index)
        self.plan.place(rival)
        return None

    def _undo(self, step: _Step) -> None:
        for number in step.added:
            self.plan.remove(number)
        for placement in step.moved:
            self.plan.place(placement)
