"""What is taken: people, rooms and candidates, with every rule of a placement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from touchstone.engine.scheduling.compiled import Compiled, Starts, Talk
from touchstone.engine.scheduling.problem import Assignment
from touchstone.engine.scheduling.timeline import DAY, Mask, fitting_starts

NO_ROOM = -1


@dataclass(frozen=True, slots=True)
class Placement:
    """One talk in the plan: start unit, people by index, room by index or NO_ROOM."""

    talk: int
    start: int
    panel: tuple[int, ...]
    room: int = NO_ROOM


class Calendar:
    """A plan under construction. Every placement it takes keeps every rule."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        n = len(compiled.people)
        self.placements: dict[int, Placement] = {}
        self.taken: list[Mask] = [np.zeros(compiled.timeline.length, np.bool_) for _ in range(n)]
        self.room_taken: list[Mask] = [~free for free in compiled.room_free]
        self.load = [0] * n
        self.day_load: list[dict[int, int]] = [defaultdict(int) for _ in range(n)]
        for index, person in enumerate(compiled.people):
            for window in person.booked:
                self.day_load[index][compiled.timeline.floor(window.start) // DAY] += 1
        self.of_person: list[set[int]] = [set() for _ in range(n)]
        self.of_candidate: dict[str, set[int]] = defaultdict(set)
        self._after: dict[int, list[int]] = defaultdict(list)
        for talk in compiled.talks:
            if talk.before >= 0:
                self._after[talk.before].append(talk.index)

    def place(self, placement: Placement) -> None:
        talk = self.compiled.talks[placement.talk]
        end = placement.start + talk.occupied
        for person in placement.panel:
            self.taken[person][placement.start : end] = True
            self.load[person] += 1
            self.day_load[person][placement.start // DAY] += 1
            self.of_person[person].add(talk.index)
        if placement.room != NO_ROOM:
            self.room_taken[placement.room][placement.start : placement.start + talk.length] = True
        self.of_candidate[talk.candidate].add(talk.index)
        self.placements[talk.index] = placement

    def remove(self, talk_index: int) -> Placement:
        placement = self.placements.pop(talk_index)
        talk = self.compiled.talks[talk_index]
        end = placement.start + talk.occupied
        for person in placement.panel:
            self.taken[person][placement.start : end] = False
            self.load[person] -= 1
            self.day_load[person][placement.start // DAY] -= 1
            self.of_person[person].discard(talk_index)
        if placement.room != NO_ROOM:
            self.room_taken[placement.room][placement.start : placement.start + talk.length] = False
        self.of_candidate[talk.candidate].discard(talk_index)
        return placement

    def candidate_starts(self, talk: Talk) -> Starts:
        """Starts that suit the candidate: their time, the order of rounds, no two talks at once."""
        starts = talk.starts
        talks = self.compiled.talks
        if talk.before >= 0:
            if talk.before not in self.placements:
                return starts[:0]
            before = self.placements[talk.before].start
            starts = starts[starts >= before + talks[talk.before].length + talk.gap]
            if talk.max_gap_days is not None:
                starts = starts[starts // DAY <= before // DAY + talk.max_gap_days]
        for later in self._after[talk.index]:
            if later in self.placements:
                after = self.placements[later].start
                starts = starts[starts + talk.length + talks[later].gap <= after]
                if (limit := talks[later].max_gap_days) is not None:
                    starts = starts[starts // DAY >= after // DAY - limit]
        for other in self.of_candidate[talk.candidate]:
            low = self.placements[other].start
            high = low + talks[other].length
            starts = starts[(starts + talk.length <= low) | (starts >= high)]
        return starts

    def person_starts(self, person: int, talk: Talk, starts: Starts) -> Mask:
        """Which of ``starts`` the person could take: hours, other talks, loads, travel."""
        member = self.compiled.people[person]
        if member.max_total is not None and self.load[person] >= member.max_total:
            return np.zeros(len(starts), np.bool_)
        fits = self.compiled.fits(person, talk.length)
        untaken = fitting_starts(~self.taken[person], talk.length)
        possible: Mask = fits[starts] & untaken[starts]
        # The pause afterwards may run past the working day, not into another talk.
        for shift in range(talk.length, talk.occupied):
            later = np.minimum(starts + shift, len(fits) - 1)
            possible &= ~self.taken[person][later]
        full = [day for day, n in self.day_load[person].items() if n >= member.max_per_day]
        if full:
            possible &= ~np.isin(starts // DAY, full)
        if talk.place and self.compiled.travel:
            for other in self.of_person[person]:
                possible &= self._reachable(talk, starts, other)
        return possible

    def _reachable(self, talk: Talk, starts: Starts, other: int) -> Mask:
        there = self.compiled.talks[other]
        travel = self.compiled.travel_units(talk.place, there.place)
        if not travel:
            return np.ones(len(starts), np.bool_)
        low = self.placements[other].start
        return (starts + talk.length + travel <= low) | (starts >= low + there.length + travel)

    def options(self, talk: Talk, starts: Starts | None = None) -> Iterator[Placement]:
        """Every start that works, earliest first, each with its least loaded panel."""
        starts = self.candidate_starts(talk) if starts is None else starts
        if not len(starts):
            return
        pool = sorted(frozenset().union(*talk.seats)) if talk.seats else []
        can = {person: self.person_starts(person, talk, starts) for person in pool}
        open_ = np.ones(len(starts), np.bool_)
        for seat in talk.seats:
            members = [can[person] for person in seat]
            open_ &= np.any(members, axis=0) if members else False
        for position in np.flatnonzero(open_):
            start = int(starts[position])
            room = self.free_room(talk, start)
            if talk.room and room == NO_ROOM:
                continue
            panel = self._panel(talk, {p for p in pool if can[p][position]})
            if panel is not None:
                yield Placement(talk.index, start, panel, room)

    def free_room(self, talk: Talk, start: int) -> int:
        """A free room of the kind the talk needs, or NO_ROOM."""
        if not talk.room:
            return NO_ROOM
        for room in self.compiled.rooms_of.get((talk.room, talk.place), []):
            if not self.room_taken[room][start : start + talk.length].any():
                return room
        return NO_ROOM

    def _panel(self, talk: Talk, present: set[int]) -> tuple[int, ...] | None:
        """Least loaded different people, seat by seat; backtracks when seats share people."""
        order = sorted(range(len(talk.seats)), key=lambda k: len(talk.seats[k] & present))
        chosen: dict[int, int] = {}

        def fill(position: int) -> bool:
            if position == len(order):
                return True
            seat = order[position]
            fitting = sorted(
                (talk.seats[seat] & present) - set(chosen.values()),
                key=lambda p: (self.load[p], p),
            )
            for person in fitting:
                chosen[seat] = person
                if fill(position + 1):
                    return True
                del chosen[seat]
            return False

        return tuple(chosen[k] for k in range(len(talk.seats))) if fill(0) else None

    def allows(self, placement: Placement) -> bool:
        """Whether a placement could be added now without breaking a rule."""
        talk = self.compiled.talks[placement.talk]
        starts = np.array([placement.start], dtype=np.int64)
        if placement.start not in self.candidate_starts(talk):
            return False
        if len(set(placement.panel)) != len(talk.seats):
            return False
        for seat, person in zip(talk.seats, placement.panel, strict=True):
            if person not in seat or not self.person_starts(person, talk, starts)[0]:
                return False
        if not talk.room:
            return placement.room == NO_ROOM
        pool = self.compiled.rooms_of.get((talk.room, talk.place), [])
        taken = self.room_taken[placement.room][placement.start : placement.start + talk.length]
        return placement.room in pool and not taken.any()


def fixed_calendar(compiled: Compiled, fixed: Mapping[int, Assignment]) -> Calendar:
    """A calendar that holds the fixed talks, rules or not: people already agreed to them."""
    calendar = Calendar(compiled)
    person_of = {person.id: i for i, person in enumerate(compiled.people)}
    room_of = {room.id: i for i, room in enumerate(compiled.problem.rooms)}
    for index, assignment in fixed.items():
        start = compiled.timeline.floor(assignment.start)
        if 0 <= start < compiled.timeline.length:
            panel = tuple(person_of[p] for p in assignment.panel if p in person_of)
            calendar.place(Placement(index, start, panel, room_of.get(assignment.room, NO_ROOM)))
    return calendar


def copy_of(calendar: Calendar, without: Iterable[int] = ()) -> Calendar:
    """A calendar with the same placements but some."""
    skipped = set(without)
    twin = Calendar(calendar.compiled)
    for index, placement in calendar.placements.items():
        if index not in skipped:
            twin.place(placement)
    return twin
