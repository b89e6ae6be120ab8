"""What the people and rooms of one day can hold, as a linear model.

Talks that need the same people, minutes and room are of one kind, and talks of a kind that could
start at the same times are counted, not told apart. A person's talks are intervals in a row, so
the model in fractions is nearly always as tight as the one in whole numbers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from touchstone.engine.scheduling.calendar import Calendar
from touchstone.engine.scheduling.compiled import Talk
from touchstone.engine.scheduling.linear import Linear, Term

Kind = tuple[int, int, tuple[frozenset[int], ...], str, str]
Sitting = tuple[int, int, int]


def kind_of(talk: Talk) -> Kind:
    """Talks of a kind differ only in their candidate's times."""
    return talk.length, talk.occupied, talk.seats, talk.room, talk.place


@dataclass(frozen=True, slots=True)
class Demand:
    """At most ``most`` talks like ``talk``, each at one of ``starts``."""

    talk: Talk
    starts: tuple[int, ...]
    most: int


@dataclass(slots=True)
class Supply:
    """A day's model.

    Attributes:
        held: per demand, how many are held.
        at: per demand and start, how many start then.
        sits: per kind, start and seat: (person, variable) of whoever may sit there.
    """

    model: Linear = field(default_factory=Linear)
    held: list[int] = field(default_factory=list)
    at: list[dict[int, int]] = field(default_factory=list)
    sits: dict[tuple[Kind, int, frozenset[int]], list[tuple[int, int]]] = field(
        default_factory=dict
    )


def supply_of(calendar: Calendar, day: int, demands: Sequence[Demand]) -> Supply:
    """What can be held on ``day`` around what the calendar holds. Travel is left out."""
    found = Supply()
    model = found.model
    by_kind: dict[Kind, list[int]] = defaultdict(list)
    for number, demand in enumerate(demands):
        found.held.append(model.var(demand.most))
        found.at.append({})
        by_kind[kind_of(demand.talk)].append(number)
    busy: dict[int, list[Sitting]] = defaultdict(list)
    rooms: dict[tuple[str, str], list[Sitting]] = defaultdict(list)
    for kind, numbers in by_kind.items():
        _add_kind(found, calendar, kind, numbers, demands, busy)
        talk = demands[numbers[0]].talk
        if talk.room:
            rooms[talk.room, talk.place] += [
                (start, talk.length, var) for n in numbers for start, var in found.at[n].items()
            ]
    for number, held in enumerate(found.held):
        model.equal([(held, -1), *((var, 1) for var in found.at[number].values())], 0)
    for person, sittings in sorted(busy.items()):
        for terms in _at_once(sittings):
            if len(terms) > 1:
                model.most(terms, 1)
        member = calendar.compiled.people[person]
        left = member.max_per_day - calendar.day_load[person][day]
        if member.max_total is not None:
            left = min(left, member.max_total - calendar.load[person])
        model.most([(var, 1) for _, _, var in sittings], max(0, left))
    for pool, sittings in rooms.items():
        taken = [calendar.room_taken[r] for r in calendar.compiled.rooms_of.get(pool, [])]
        starts = sorted({start for start, _, _ in sittings})
        for start, terms in zip(starts, _at_once(sittings), strict=True):
            model.most(terms, sum(1 for mask in taken if not mask[start]))
    return found


def _add_kind(
    found: Supply,
    calendar: Calendar,
    kind: Kind,
    numbers: Sequence[int],
    demands: Sequence[Demand],
    busy: dict[int, list[Sitting]],
) -> None:
    model, talk = found.model, demands[numbers[0]].talk
    starts = np.array(sorted({s for n in numbers for s in demands[n].starts}), dtype=np.int64)
    people = sorted(frozenset().union(*talk.seats, frozenset()))
    can = {person: calendar.person_starts(person, talk, starts) for person in people}
    wanted = Counter(talk.seats)
    for position, unit in enumerate(starts):
        start = int(unit)
        if any(sum(can[p][position] for p in seat) < n for seat, n in wanted.items()):
            continue
        held: list[Term] = []
        for number in numbers:
            if start in demands[number].starts:
                found.at[number][start] = model.var(demands[number].most)
                held.append((found.at[number][start], 1))
        for seat, count in wanted.items():
            sitting = [(p, model.var()) for p in sorted(seat) if can[p][position]]
            found.sits[kind, start, seat] = sitting
            model.equal([*((v, 1) for _, v in sitting), *((v, -count) for v, _ in held)], 0)
            for person, var in sitting:
                busy[person].append((start, talk.occupied, var))


def _at_once(sittings: Sequence[Sitting]) -> Iterable[list[Term]]:
    """Per start, earliest first, those that are held then: what overlaps, overlaps at a start."""
    for unit in sorted({start for start, _, _ in sittings}):
        yield [(var, 1) for start, length, var in sittings if start <= unit < start + length]
