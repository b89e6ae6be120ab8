"""Re-plans with the fewest moves, and lists alternatives to one talk."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from touchstone.engine.scheduling.calendar import NO_ROOM, Calendar, Placement, copy_of
from touchstone.engine.scheduling.compiled import Compiled, Talk, compile_problem, fixed_of
from touchstone.engine.scheduling.day import solve_day
from touchstone.engine.scheduling.problem import Assignment, Problem, Schedule
from touchstone.engine.scheduling.solver import as_schedule, assignment_of
from touchstone.engine.scheduling.timeline import DAY

MOST_EJECTIONS = 400
REPAIR_EFFORT = 2.0


@dataclass(frozen=True, slots=True)
class Change:
    """A plan after a change, and the talks that stand elsewhere than before.

    Attributes:
        moved: those placed before whose start, panel or room is another now.
        kept: those that stand as they stood.
    """

    schedule: Schedule
    moved: tuple[Assignment, ...]
    kept: int


def replan(
    problem: Problem,
    plan: Sequence[Assignment],
    *,
    time_limit_s: float = 1.0,
    stopwatch: Callable[[], float] = time.monotonic,
) -> Change:
    """Keeps every talk of ``plan`` that the problem still allows; places the others around them.

    A talk without a place first takes a free one. Where there is none, one other talk makes room
    and finds another place itself; only then is a day solved anew, each move at a price.

    Args:
        plan: as it stood; the problem holds what changed (times, people, new talks).

    Raises:
        InvalidInput: the problem contradicts itself.
    """
    started = stopwatch()
    compiled = compile_problem(problem)
    fixed = set(fixed_of(compiled))
    calendar, before = _standing(compiled, (*problem.fixed, *plan))
    for talk in compiled.talks:
        if talk.index in calendar.placements:
            continue
        wished = before.get(talk.index)
        option = _nearest(calendar, talk, wished.start if wished else None)
        if option is not None:
            calendar.place(option)
        elif not _eject_one(calendar, talk, fixed):
            left = time_limit_s - (stopwatch() - started)
            if left > 0:
                _solve_around(calendar, talk, fixed, left)
    moved = [
        assignment_of(compiled, placement)
        for index, placement in sorted(calendar.placements.items())
        if index in before and not _same(before[index], placement)
    ]
    return Change(
        as_schedule(calendar, bound=0),
        tuple(moved),
        sum(1 for i, p in calendar.placements.items() if i in before and _same(before[i], p)),
    )


def alternatives(
    problem: Problem, plan: Sequence[Assignment], candidate: str, round_id: str, *, limit: int = 6
) -> tuple[Assignment, ...]:
    """Other places for one talk that disturb nobody, earliest first: at most two a half-day, apart
    by the talk's length."""
    compiled = compile_problem(problem)
    calendar, _before = _standing(compiled, (*problem.fixed, *plan))
    talk = next(
        (t for t in compiled.talks if (t.candidate, t.round) == (candidate, round_id)), None
    )
    if talk is None:
        return ()
    now = calendar.remove(talk.index) if talk.index in calendar.placements else None
    found: list[Assignment] = []
    of_half_day: dict[int, list[int]] = defaultdict(list)
    for option in calendar.options(talk):
        chosen = of_half_day[option.start // (DAY // 2)]
        close = chosen and option.start < chosen[-1] + talk.length
        if (now and option.start == now.start) or len(chosen) >= 2 or close:
            continue
        chosen.append(option.start)
        found.append(assignment_of(compiled, option))
        if len(found) == limit:
            break
    return tuple(found)


def _standing(
    compiled: Compiled, plan: Sequence[Assignment]
) -> tuple[Calendar, dict[int, Placement]]:
    """A calendar with every talk of the plan that is still allowed, and where all of them stood."""
    calendar = Calendar(compiled)
    index = {(talk.candidate, talk.round): talk for talk in compiled.talks}
    person_of = {person.id: i for i, person in enumerate(compiled.people)}
    room_of = {room.id: i for i, room in enumerate(compiled.problem.rooms)}
    before: dict[int, Placement] = {}
    for assignment in sorted(plan, key=lambda a: a.start):
        talk = index.get((assignment.candidate, assignment.round))
        if talk is None or talk.index in before:
            continue
        panel = tuple(person_of[p] for p in assignment.panel if p in person_of)
        placement = Placement(
            talk.index,
            compiled.timeline.floor(assignment.start),
            panel,
            room_of.get(assignment.room, NO_ROOM),
        )
        before[talk.index] = placement
        if len(panel) == len(talk.seats) and calendar.allows(placement):
            calendar.place(placement)
    return calendar, before


def _nearest(calendar: Calendar, talk: Talk, wished: int | None) -> Placement | None:
    """The free place nearest to where the talk stood; the earliest for a new talk."""
    if wished is None:
        return next(calendar.options(talk), None)
    return min(calendar.options(talk), key=lambda p: (abs(p.start - wished), p.start), default=None)


def _eject_one(calendar: Calendar, talk: Talk, fixed: set[int]) -> bool:
    """Lets one other talk make room, if it finds another place at once."""
    people = frozenset().union(*talk.seats, frozenset())
    days = set((talk.starts // DAY).tolist())
    rivals = [
        placement
        for placement in sorted(calendar.placements.values(), key=lambda p: (-p.start, p.talk))
        if placement.talk not in fixed
        and placement.start // DAY in days
        and (people & set(placement.panel) or (talk.room and placement.room != NO_ROOM))
    ]
    for rival in rivals[:MOST_EJECTIONS]:
        calendar.remove(rival.talk)
        option = next(calendar.options(talk), None)
        if option is not None:
            calendar.place(option)
            other = _nearest(calendar, calendar.compiled.talks[rival.talk], rival.start)
            if other is not None:
                calendar.place(other)
                return True
            calendar.remove(talk.index)
        calendar.place(rival)
    return False


def _solve_around(calendar: Calendar, talk: Talk, fixed: set[int], left_s: float) -> None:
    """Solves each day the candidate can come anew, and takes the one with the fewest moves."""
    days = sorted(set((calendar.candidate_starts(talk) // DAY).tolist()))
    best: tuple[int, dict[int, Placement]] | None = None
    for day in days:
        keep = {
            index: p
            for index, p in calendar.placements.items()
            if p.start // DAY == day and index not in fixed
        }
        base = copy_of(calendar, without=keep)
        talks = [talk, *(calendar.compiled.talks[index] for index in sorted(keep))]
        found = solve_day(
            base,
            day,
            talks,
            keep=keep,
            effort=REPAIR_EFFORT,
            time_limit_s=left_s / len(days),
            moves_cost=True,
        )
        if talk.index not in found or len(found) < len(talks):
            continue
        moves = sum(1 for index, p in keep.items() if not _same(p, found[index]))
        if best is None or moves < best[0]:
            best = (moves, found)
    if best is None:
        return
    for index in best[1]:
        if index in calendar.placements:
            calendar.remove(index)
    for placement in sorted(best[1].values(), key=lambda p: p.start):
        calendar.place(placement)


def _same(a: Placement, b: Placement) -> bool:
    return a.start == b.start and set(a.panel) == set(b.panel)
