"""A problem with names replaced by numbers and every availability worked out once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.scheduling.problem import (
    WAKING_HOURS,
    Assignment,
    Candidate,
    Interviewer,
    Problem,
    Round,
    Seat,
)
from touchstone.engine.scheduling.timeline import DAY, UNIT_MINUTES, Mask, Timeline, fitting_starts

MOST_GROUPS = 40
Starts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Talk:
    """One talk to place.

    Attributes:
        length: units of the talk; ``occupied`` adds the panel's pause.
        seats: per person wanted, who may sit there.
        starts: units at which the candidate could start (their time only).
        before: the talk of the same candidate that must be over first, or −1.
        gap: units from its end; max_gap_days: days from its day, or None.
    """

    index: int
    candidate: str
    round: str
    length: int
    occupied: int
    seats: tuple[frozenset[int], ...]
    starts: Starts
    place: str
    room: str
    before: int
    gap: int
    max_gap_days: int | None


@dataclass(slots=True)
class Compiled:
    """Numbers for the solvers; people, rooms and talks by index.

    `shares` is worked out by `costs.fair_shares` when it is first asked for.
    """

    problem: Problem
    timeline: Timeline
    people: tuple[Interviewer, ...]
    free: list[Mask]
    talks: list[Talk]
    rooms_of: dict[tuple[str, str], list[int]]
    room_free: list[Mask]
    travel: dict[tuple[str, str], int]
    _fits: dict[tuple[int, int], Mask] = field(default_factory=dict)
    _packed: dict[tuple[int, int, int], int] = field(default_factory=dict)
    shares: list[int] = field(default_factory=list)

    def fits(self, person: int, length: int) -> Mask:
        """Units at which a talk of this length lies within the person's free time."""
        key = (person, length)
        if key not in self._fits:
            self._fits[key] = fitting_starts(self.free[person], length)
        return self._fits[key]

    def travel_units(self, a: str, b: str) -> int:
        """Units between two places; online is everywhere."""
        return 0 if a == b or not a or not b else self.travel.get((a, b), 0)

    def day_limit(self, person: int, day: int) -> int:
        """Talks a person may still take on a day, after those of other plans."""
        member = self.people[person]
        booked = sum(1 for w in member.booked if self.timeline.floor(w.start) // DAY == day)
        return max(0, member.max_per_day - booked)

    def capacity(self, person: int, day: int, length: int) -> int:
        """The most talks of at least this length that fit into a person's day."""
        key = (person, day, length)
        if key not in self._packed:
            fits = self.fits(person, length)[day * DAY : (day + 1) * DAY]
            count, unit = 0, 0
            possible = np.flatnonzero(fits)
            for start in possible:
                if start >= unit:
                    count, unit = count + 1, int(start) + length
            self._packed[key] = min(count, self.day_limit(person, day))
        return self._packed[key]


def compile_problem(problem: Problem) -> Compiled:
    """Works out who can when.

    Raises:
        InvalidInput: an id is unknown or used twice, or the horizon is empty or too long.
    """
    _check(problem)
    timeline = Timeline(problem)
    people = problem.interviewers
    free = [
        timeline.hours(person.hours, person.zone)
        & ~timeline.touched((*person.busy, *person.booked))
        for person in people
    ]
    rooms_of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, room in enumerate(problem.rooms):
        rooms_of[room.kind, room.branch if room.kind == "room" else ""].append(index)
    travel: dict[tuple[str, str], int] = {}
    for leg in problem.travel:
        units = -(-leg.minutes // UNIT_MINUTES)
        travel[leg.origin, leg.destination] = travel[leg.destination, leg.origin] = units
    compiled = Compiled(
        problem=problem,
        timeline=timeline,
        people=people,
        free=free,
        talks=[],
        rooms_of=dict(rooms_of),
        room_free=[~timeline.touched(room.busy) for room in problem.rooms],
        travel=travel,
    )
    _add_talks(compiled)
    return compiled


def eligible(people: tuple[Interviewer, ...], seat: Seat) -> frozenset[int]:
    """Who may take a seat: leads who fit its department, skills and seniority."""
    return frozenset(
        i
        for i, person in enumerate(people)
        if person.training != "shadow"
        and (not seat.department or person.department == seat.department)
        and seat.skills <= person.skills
        and person.seniority >= seat.min_seniority
    )


def seat_groups(seats: set[frozenset[int]]) -> list[frozenset[int]]:
    """Sets of people whom only certain seats compete for (Hall's condition), most telling first."""
    found = set(seats)
    for seat in sorted(seats, key=sorted):
        found |= {seat | other for other in found}
        if len(found) > MOST_GROUPS:
            break
    found.add(frozenset().union(*seats))
    return sorted(found, key=lambda group: (len(group), sorted(group)))


def _add_talks(compiled: Compiled) -> None:
    problem, timeline = compiled.problem, compiled.timeline
    rounds = _in_order(problem.rounds)
    seats = {
        r.id: tuple(eligible(compiled.people, seat) for seat in r.seats for _ in range(seat.count))
        for r in rounds
    }
    for candidate in problem.candidates:
        if candidate.offered:
            own = timeline.mask(candidate.offered)
        else:
            own = timeline.hours(WAKING_HOURS, candidate.zone)
        own &= ~timeline.touched(candidate.busy)
        index_of: dict[str, int] = {}
        for r in rounds:
            if candidate.rounds and r.id not in candidate.rounds:
                continue
            length = -(-r.minutes // UNIT_MINUTES)
            starts = np.flatnonzero(fitting_starts(own, length))
            index_of[r.id] = len(compiled.talks)
            compiled.talks.append(
                Talk(
                    index=len(compiled.talks),
                    candidate=candidate.id,
                    round=r.id,
                    length=length,
                    occupied=length + -(-r.break_minutes // UNIT_MINUTES),
                    seats=seats[r.id],
                    starts=starts[starts % timeline.step == 0],
                    place=candidate.branch if r.room == "room" else "",
                    room=r.room,
                    before=index_of.get(r.after, -1),
                    gap=-(-r.min_gap_minutes // UNIT_MINUTES),
                    max_gap_days=r.max_gap_days,
                )
            )


def _in_order(rounds: tuple[Round, ...]) -> list[Round]:
    """Rounds with those they follow first."""
    placed: list[Round] = []
    names: set[str] = set()
    waiting = list(rounds)
    while waiting:
        ready = [r for r in waiting if not r.after or r.after in names]
        if not ready:
            raise InvalidInput(say("scheduling.round_cycle"), field="rounds")
        placed += ready
        names |= {r.id for r in ready}
        waiting = [r for r in waiting if r.id not in names]
    return placed


def _check(problem: Problem) -> None:
    days = (problem.last_day - problem.first_day).days + 1
    if not 1 <= days <= 62:
        raise InvalidInput(say("scheduling.horizon", days=days), field="horizon")
    people: tuple[tuple[str, tuple[Interviewer | Candidate | Round, ...]], ...] = (
        ("interviewers", problem.interviewers),
        ("candidates", problem.candidates),
        ("rounds", problem.rounds),
    )
    for name, rows in people:
        ids = [row.id for row in rows]
        twice = next((i for i in ids if ids.count(i) > 1), None) if len(set(ids)) < len(ids) else ""
        if twice:
            raise InvalidInput(say("scheduling.id_twice", what=name, id=twice), field=name)
    known = {r.id for r in problem.rounds}
    wanted = {r.after for r in problem.rounds if r.after}
    wanted |= {r for c in problem.candidates for r in c.rounds}
    if wanted - known:
        raise InvalidInput(say("scheduling.unknown_round", id=min(wanted - known)), field="rounds")


def fixed_of(compiled: Compiled) -> dict[int, Assignment]:
    """The fixed assignments by talk; those of talks nobody asks for are left out."""
    index = {(talk.candidate, talk.round): talk.index for talk in compiled.talks}
    return {
        index[a.candidate, a.round]: a
        for a in compiled.problem.fixed
        if (a.candidate, a.round) in index
    }
