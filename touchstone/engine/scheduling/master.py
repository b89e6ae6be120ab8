"""Which talk on which day: a relaxation that proves a bound and directs the plan.

Starts of a day at which the same candidates can come form a cell. A talk gets a cell; by the clock
it is told apart no further. What the people of a day can hold is added as cuts: no plan holds more
of these and those cells' talks than the day's own model (`supply`) does. First come the plain cuts,
then those that the relaxation's own plan breaks, until it breaks none (Benders, 1962).

Every real plan satisfies all of it, so its least cost is a bound.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from touchstone.engine.scheduling.calendar import Calendar
from touchstone.engine.scheduling.compiled import Talk, seat_groups
from touchstone.engine.scheduling.linear import Linear, Term
from touchstone.engine.scheduling.supply import Demand, Kind, Supply, kind_of, supply_of
from touchstone.engine.scheduling.timeline import DAY, Mask

MOST_CELLS = 8
FRACTION = 12
GAP = 0.0005
SLACK = 1e-4
SHARE = 0.5
CLOSE = 0.01


@dataclass(frozen=True, slots=True)
class Cell:
    """Starts of one day for talks of one kind."""

    day: int
    kind: Kind
    starts: tuple[int, ...]
    talks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A cell, or a fixed talk's own place (``cell`` −1), and its first and last start in it."""

    cell: int
    day: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The cell of each talk that got one, at the least cost the relaxation found.

    Attributes:
        close: within a hundredth of the bound for its last day; else the time was over first.
    """

    cell_of: dict[int, int]
    cost: int
    close: bool


@dataclass(slots=True)
class _Model:
    model: Linear
    on: dict[int, list[tuple[Option, int]]]
    cost: int


class Master:
    """The relaxation for what ``base`` leaves open; its talks keep their day.

    Attributes:
        cells: what the numbers in cuts and plans stand for.
        least: per last day, the least that plans which end there cost.
        rough: each talk's likeliest cell in fractions, for want of a day plan.
    """

    def __init__(self, base: Calendar, left: Callable[[], float]) -> None:
        self.base, self.left = base, left
        self.compiled = base.compiled
        self.talks = self.compiled.talks
        self._masks: dict[Kind, Mask] = {}
        self.cells = self._find_cells()
        self.options = self._find_options()
        self.of_day: dict[int, list[int]] = defaultdict(list)
        for number, cell in enumerate(self.cells):
            self.of_day[cell.day].append(number)
        self.supplies: dict[int, Supply] = {
            day: supply_of(
                base,
                day,
                [
                    Demand(self.talks[c.talks[0]], c.starts, len(c.talks))
                    for c in (self.cells[number] for number in numbers)
                ],
            )
            for day, numbers in self.of_day.items()
        }
        self.cuts: dict[tuple[tuple[int, int], ...], int] = {}
        self.least: dict[int, float] = {}
        self.rough: dict[int, int] = {}
        self._rough_cost = math.inf

    @property
    def bound(self) -> int:
        """No plan costs less."""
        return max(0, math.ceil(min(self.least.values(), default=0) - 0.01))

    def prepare(self) -> None:
        """The plain cuts, and a first bound for every last day."""
        for day, numbers in sorted(self.of_day.items()):
            self._cut(day, dict.fromkeys(numbers, 1))
            kinds: dict[Kind, list[int]] = defaultdict(list)
            for number in numbers:
                kinds[self.cells[number].kind].append(number)
            apart = self._apart(numbers)
            for some in (*kinds.values(), *apart):
                if len(some) < len(numbers):
                    self._cut(day, dict.fromkeys(some, 1))
        # Where nothing is held at all, the last day is none.
        first = max((p.start // DAY + 1 for p in self.base.placements.values()), default=0)
        possible = {o.day + 1 for options in self.options.values() for o in options}
        lasts = sorted({first, *(n for n in possible if n > first)})
        per_day = self.compiled.problem.weights.last_day
        self.least = dict.fromkeys(lasts, 0.0)
        best = self._relax(lasts[-1])
        # Ending earlier costs no less but for the last day itself, so the rest is halved again
        # and again, and a part that cannot be cheaper is left with that as its bound.
        waiting = [(0, len(lasts) - 2)]
        while waiting:
            low, high = waiting.pop()
            if low > high:
                continue
            above = self.least[lasts[high + 1]] - per_day * lasts[high + 1]
            for n in lasts[low : high + 1]:
                self.least[n] = max(self.least[n], above + per_day * n)
            if self.least[lasts[low]] >= best:
                continue
            middle = (low + high) // 2
            best = min(best, self._relax(lasts[middle]))
            waiting += [(low, middle - 1), (middle + 1, high)]

    def solve(self) -> DayPlan | None:
        """The cheapest day plan under the cuts so far; None if the time is over first."""
        best: DayPlan | None = None
        tried: set[int] = set()
        while True:
            last = min((n for n in self.least if n not in tried), key=self._rank, default=None)
            if last is None or (best is not None and self.least[last] >= best.cost - SLACK):
                return best
            tried.add(last)
            built = self._build(last)
            found = built.model.solve(max(0.05, SHARE * self.left()), gap=GAP)
            self.least[last] = max(self.least[last], found.bound + built.cost)
            if found.x is None or found.value is None:
                return best
            cost = round(found.value) + built.cost
            if best is None or cost < best.cost:
                x = found.x
                best = DayPlan(
                    {
                        talk: option.cell
                        for talk, options in built.on.items()
                        for option, var in options
                        if option.cell >= 0 and x[var] > 0.5
                    },
                    cost,
                    cost - self.least[last] <= CLOSE * cost,
                )

    def tighten(self, plan: DayPlan) -> bool:
        """Adds the cuts that a day plan breaks; whether there were any."""
        wanted = Counter(plan.cell_of.values())
        broken = False
        for day, numbers in sorted(self.of_day.items()):
            if self.left() < 0.1:
                break
            supply = self.supplies[day]
            model = supply.model
            kept = list(model.limit)
            for held, number in zip(supply.held, numbers, strict=True):
                model.limit[held], model.cost[held] = wanted[number], -1
            found = model.relax(max(0.05, self.left()))
            model.limit = kept
            model.cost = [0] * len(kept)
            if found is None or -found.value > sum(wanted[n] for n in numbers) - SLACK:
                continue
            weights = {
                number: max(0, round(FRACTION * (1 + found.worth[held])))
                for held, number in zip(supply.held, numbers, strict=True)
            }
            known = len(self.cuts)
            most = self._cut(day, weights)
            held_now = sum(weight * wanted[n] for n, weight in weights.items())
            broken |= len(self.cuts) > known and most is not None and held_now > most
        return broken

    def _rank(self, last: int) -> tuple[float, int]:
        return self.least[last], -last

    def _find_cells(self) -> list[Cell]:
        by_kind: dict[Kind, list[Talk]] = defaultdict(list)
        for talk in self.talks:
            if talk.index not in self.base.placements:
                by_kind[kind_of(talk)].append(talk)
        cells: list[Cell] = []
        for kind, talks in by_kind.items():
            who: dict[int, list[int]] = defaultdict(list)
            for talk in talks:
                for start in self._open(talk, talks[0]):
                    who[start].append(talk.index)
            days: dict[int, dict[tuple[int, ...], list[int]]] = defaultdict(dict)
            for start in sorted(who):
                days[start // DAY].setdefault(tuple(who[start]), []).append(start)
            for day, same in sorted(days.items()):
                parts = list(same.items())
                if len(parts) > MOST_CELLS:
                    # Too many to tell apart: neighbours are thrown together, which only loosens.
                    starts = sorted(s for part in same.values() for s in part)
                    parts = [
                        (tuple(sorted({t for s in part for t in who[int(s)]})), part.tolist())
                        for part in np.array_split(np.array(starts), MOST_CELLS)
                    ]
                cells += [Cell(day, kind, tuple(part), all_) for all_, part in parts]
        return cells

    def _open(self, talk: Talk, like: Talk) -> list[int]:
        """Starts at which the candidate and, for each seat, somebody could meet."""
        key = kind_of(like)
        if key not in self._masks:
            units = np.arange(self.compiled.timeline.length, dtype=np.int64)
            mask = np.ones(len(units), np.bool_)
            for seat in like.seats:
                one = np.zeros(len(units), np.bool_)
                for person in seat:
                    one |= self.base.person_starts(person, like, units)
                mask &= one
            self._masks[key] = mask
        return [int(s) for s in talk.starts[self._masks[key][talk.starts]]]

    def _find_options(self) -> dict[int, list[Option]]:
        options: dict[int, list[Option]] = {talk.index: [] for talk in self.talks}
        for index, placement in self.base.placements.items():
            start = placement.start
            options[index] = [Option(-1, start // DAY, start, start)]
        for number, cell in enumerate(self.cells):
            inside = np.array(cell.starts)
            for index in cell.talks:
                own = inside[np.isin(inside, self.talks[index].starts)]
                options[index].append(Option(number, cell.day, int(own[0]), int(own[-1])))
        return options

    def _apart(self, numbers: list[int]) -> list[list[int]]:
        """Cells of a day in groups that share no hour: a morning, an afternoon."""
        groups: list[list[int]] = []
        end = -1
        for number in sorted(numbers, key=lambda n: self.cells[n].starts[0]):
            cell = self.cells[number]
            if cell.starts[0] > end:
                groups.append([])
            groups[-1].append(number)
            end = max(end, cell.starts[-1])
        return groups

    def _cut(self, day: int, weights: Mapping[int, int]) -> int | None:
        """The most that the day holds of these cells, each with its weight; None: not found out."""
        factor = math.gcd(*weights.values())
        if not factor:
            return None
        key = tuple((n, weight // factor) for n, weight in sorted(weights.items()) if weight)
        if key not in self.cuts:
            supply = self.supplies[day]
            held = dict(zip(self.of_day[day], supply.held, strict=True))
            for number, weight in key:
                supply.model.cost[held[number]] = -weight
            found = supply.model.relax(max(0.05, self.left()))
            supply.model.cost = [0] * len(supply.model.cost)
            if found is None:
                return None
            self.cuts[key] = math.floor(-found.value + SLACK)
        return factor * self.cuts[key]

    def _relax(self, last: int) -> float:
        built = self._build(last)
        found = built.model.relax(max(0.05, self.left()))
        if found is None:
            return self.least[last]
        cost = found.value + built.cost
        if cost < self._rough_cost:
            self._rough_cost, x = cost, found.x
            self.rough = {
                talk: most.cell
                for talk, options in built.on.items()
                if options
                and (most := max(options, key=lambda option: float(x[option[1]]))[0]).cell >= 0
            }
        self.least[last] = max(self.least[last], cost)
        return self.least[last]

    def _build(self, last: int) -> _Model:
        """The model of plans that end by the ``last``-th day."""
        weights, days = self.compiled.problem.weights, self.compiled.timeline.days
        model = Linear()
        built = _Model(model, {}, weights.last_day * last)
        missing: dict[int, int] = {}
        inside: dict[int, list[int]] = defaultdict(list)
        for talk in self.talks:
            mine = [o for o in self.options[talk.index] if o.day < last]
            built.on[talk.index] = [(option, model.var()) for option in mine]
            # Who stands already cannot be missing.
            missing[talk.index] = model.var(
                0 if talk.index in self.base.placements else 1, weights.unplaced
            )
            chosen = [(var, 1) for _, var in built.on[talk.index]]
            model.equal([*chosen, (missing[talk.index], 1)], 1)
            for option, var in built.on[talk.index]:
                inside[option.cell].append(var)
        self._add_order(built, missing)
        self._add_finish(built, missing, days)
        for key, most in self.cuts.items():
            terms = [(var, weight) for n, weight in key for var in inside[n]]
            if sum(weight for _, weight in terms) > most:
                model.most(terms, most)
        self._add_totals(built)
        return built

    def _add_order(self, built: _Model, missing: Mapping[int, int]) -> None:
        model = built.model
        for talk in self.talks:
            if talk.before < 0 or talk.index in self.base.placements:
                continue
            before = self.talks[talk.before]
            model.most([(missing[before.index], 1), (missing[talk.index], -1)], 0)
            mine, theirs = built.on[talk.index], built.on[before.index]
            for end in sorted({option.last for option, _ in mine}):
                model.most(
                    [
                        *((var, 1) for option, var in mine if option.last <= end),
                        *(
                            (var, -1)
                            for option, var in theirs
                            if option.first + before.length + talk.gap <= end
                        ),
                    ],
                    0,
                )
            if talk.max_gap_days is None:
                continue
            for day in sorted({option.day for option, _ in mine}):
                model.most(
                    [
                        *((var, 1) for option, var in mine if option.day >= day),
                        *(
                            (var, -1)
                            for option, var in theirs
                            if option.day >= day - talk.max_gap_days
                        ),
                    ],
                    0,
                )

    def _add_finish(self, built: _Model, missing: Mapping[int, int], days: int) -> None:
        """A candidate is through with the last talk of all that no other follows."""
        model, weight = built.model, self.compiled.problem.weights.finish
        followed = {talk.before for talk in self.talks}
        ends: dict[str, list[int]] = defaultdict(list)
        for talk in self.talks:
            if talk.index not in followed:
                ends[talk.candidate].append(talk.index)
        for indices in ends.values():
            terms: list[list[Term]] = [
                [
                    *((var, option.day + 1) for option, var in built.on[index]),
                    (missing[index], days),
                ]
                for index in indices
            ]
            if len(terms) == 1:
                for var, day in terms[0]:
                    model.cost[var] += weight * day
                continue
            finish = model.var(days, weight)
            for some in terms:
                model.most([*some, (finish, -1)], 0)

    def _add_totals(self, built: _Model) -> None:
        """Nobody holds more over the whole horizon than they may."""
        seats = {seat for talk in self.talks for seat in talk.seats}
        for group in seat_groups(seats) if seats else []:
            limits = [self.compiled.people[p].max_total for p in group]
            if any(limit is None for limit in limits):
                continue
            left = sum(
                max(0, limit - self.base.load[p])
                for p, limit in zip(group, limits, strict=True)
                if limit is not None
            )
            built.model.most(
                [
                    (var, n)
                    for talk in self.talks
                    if talk.index not in self.base.placements
                    and (n := sum(1 for seat in talk.seats if seat <= group))
                    for _, var in built.on[talk.index]
                ],
                left,
            )
