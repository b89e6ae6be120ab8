"""Seats people in training beside a lead of their department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from touchstone.engine.scheduling.calendar import Calendar
from touchstone.engine.scheduling.problem import Assignment
from touchstone.engine.scheduling.timeline import DAY


def seat_shadows(calendar: Calendar, assignments: Sequence[Assignment]) -> list[Assignment]:
    """Adds at most one shadow to a talk, earliest talks first, until each has sat in enough.

    A shadow keeps their own hours and daily limit and only joins a talk that has a lead of their
    department on its panel.
    """
    compiled = calendar.compiled
    waiting = {
        i: person.shadow_sessions
        for i, person in enumerate(compiled.people)
        if person.training == "shadow" and person.shadow_sessions > 0
    }
    if not waiting:
        return list(assignments)
    department = {person.id: person.department for person in compiled.people}
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    today: dict[tuple[int, int], int] = defaultdict(int)
    occupied = {(t.candidate, t.round): t.occupied for t in compiled.talks}
    seated = []
    for talk in sorted(assignments, key=lambda a: (a.start, a.candidate)):
        start = compiled.timeline.floor(talk.start)
        length = compiled.timeline.ceil(talk.end) - start
        end = start + occupied[talk.candidate, talk.round]
        chosen = None
        for person in sorted(waiting, key=lambda p: (-waiting[p], p)):
            member = compiled.people[person]
            if (
                waiting[person] > 0
                and member.department in {department[p] for p in talk.panel}
                and today[person, start // DAY] < member.max_per_day
                and compiled.fits(person, length)[start]
                and all(end <= low or start >= high for low, high in taken[person])
            ):
                chosen = person
                break
        if chosen is None:
            seated.append(talk)
            continue
        waiting[chosen] -= 1
        today[chosen, start // DAY] += 1
        taken[chosen].append((start, end))
        seated.append(replace(talk, shadows=(compiled.people[chosen].id,)))
    return seated
