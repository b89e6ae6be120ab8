"""From statements to scores: what each sentence says for each indicator, and what it adds up to.

For one indicator, a sentence is worth *affinity × value*:

* affinity (0–1): how surely the sentence is about the indicator;
* value (0–1): how firmly it is told. A term in a list 0.05; something done 0.26–0.68 and with a
  result 0.40–0.85, the more the sentence can be checked; less where somebody only helped, where it
  was the team's, an exercise, long ago, or only a summary's word.

Sentences join as independent grounds, best first, each next one counting `_DECAY` of the one
before, so that saying more of the same earns little: ``own = (1 − Π(1 − d·affinity·value))^0.8``.

What stands out is drawn towards the resume's own mean, as one lucky sentence in many is likelier in
a long resume: ``value − 0.4·max(0, value − firmness)``.

A resume does not say everything. A part of what an indicator lacks is lent by the others, most of
it within the same dimension, and the more, the firmer the resume tells what it tells:
``own + (1 − own)·lent·support``, set on a scale on which experts put the thresholds 45 and 70.

Worked example: one sentence with affinity 1 and value .6 gives own = .6^.8 = .66; a second one like
it makes that (1 − .4·(1 − .35·.6))^.8 = .74.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from touchstone.engine.screening.demand import Demand
from touchstone.engine.screening.statement import Entry, Statement

LISTED = 0.05
CERTIFIED = 0.5
_USED = (0.26, 0.42)
_RESULT = (0.40, 0.45)
_DECAY = 0.35
_CURVE = 0.8
_LENT, _MOST_LENT = 0.7, 0.95
_FIRM, _FIRM_POWER = 0.45, 3.0  # the mean value at which `_LENT` is lent, and how steeply it goes
_TOWARDS_MEAN = 0.4  # a sentence far firmer than the rest is believed by that much less
# What the scale gives a quarter of the way up, so that 45 and 70 stand where people put them.
_LIFT = 0.23
_FIRM_AFFINITY = 0.4
_NEAR, _FAR = 0.65, 0.35  # of what is lent: from the same dimension, from all
_LEAST_AFFINITY = 0.25
_MANNERS = {"helped": 0.55, "clerical": 0.7, "trait": 0.15, "owned": 1.12}
_SHARED = 0.5
_SECOND = 0.2
_NOT_ACTED = 0.45
# Affinity that one sentence can spend: by itself, by what can be checked, by its length.
_BUDGET, _BUDGET_GROUNDED, _BUDGET_CHARS = 1.3, 1.6, 45
_MORE_CONCEPTS = 0.08
_SECTIONS = {"summary": 0.45, "education": 0.5, "skills": 0.6, "wish": 0.0, "reference": 0.0}
_PARTS = {"campus": 0.6, "interests": 0.2, "languages": 0.3}
_ENTRIES = {"internship": 0.85, "part_time": 0.85}
_BEGINNER_PROJECT = 0.75
_RECENT_MONTHS, _OLD_MONTHS, _OLD = 36.0, 108.0, 0.6
_SHORT_MONTHS, _SHORT = 3.0, 0.9
_COUNTED = 0.55  # how much of a counted indicator the count itself can make up


@dataclass(frozen=True, slots=True)
class Ground:
    """One sentence as a ground for one indicator.

    Attributes:
        worth: affinity × value, 0–1.
        start, end: what to quote.
    """

    indicator: int
    statement: int
    worth: float
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the grounds add up to.

    Attributes:
        own: for each indicator, 0–1, by its grounds alone.
        scores: for each indicator, 0–1, with what the others lend.
        shares: for each ground, its part of the whole, in proportion.
    """

    grounds: tuple[Ground, ...]
    own: tuple[float, ...]
    scores: tuple[float, ...]
    shares: tuple[float, ...]

    def total(self, demand: Demand) -> float:
        """The whole score, 0–100."""
        return sum(i.weight * s for i, s in zip(demand.indicators, self.scores, strict=True))


def value_of(statement: Statement, *, beginner: bool) -> float:
    """How firmly a sentence tells what it tells, 0–1.

    Args:
        beginner: nothing in the resume is full-time work, so projects are exercises.
    """
    if statement.copied or not _SECTIONS.get(statement.section, 1.0):
        return 0.0
    if statement.part == "certificates":
        return CERTIFIED
    if statement.strength == "listed":
        return LISTED
    base, more = _RESULT if statement.strength == "result" else _USED
    value = base + more * statement.grounding
    for manner in statement.manner:
        value *= _MANNERS[manner]
    value *= _SECTIONS.get(statement.section, 1.0) * _PARTS.get(statement.part, 1.0)
    if beginner and statement.section == "project":
        value *= _BEGINNER_PROJECT
    return min(1.0, value * _of_the_entry(statement.entry))


def _of_the_entry(entry: Entry) -> float:
    factor = _ENTRIES.get(entry.kind, 1.0)
    if entry.months is not None and entry.months < _SHORT_MONTHS:
        factor *= _SHORT
    if entry.months_ago is not None and entry.months_ago > _RECENT_MONTHS:
        gone = min(1.0, (entry.months_ago - _RECENT_MONTHS) / (_OLD_MONTHS - _RECENT_MONTHS))
        factor *= 1 - (1 - _OLD) * gone
    return factor


def affinities(statement: Statement, demand: Demand) -> dict[int, float]:
    """How surely a sentence is about each indicator; only those it is about."""
    best: dict[int, float] = {}
    count: dict[int, int] = {}
    done = {behaviour.facet for behaviour in statement.behaviours}
    acts, shares_of = demand.acts, demand.concepts
    for concept in {c for c, _, _ in statement.concepts}:
        shared = concept in statement.shared
        for number, affinity in shares_of.get(concept, ()):
            if number in acts and acts[number] not in done:
                affinity *= _NOT_ACTED
            if shared:
                affinity *= _SHARED
            count[number] = count.get(number, 0) + 1
            if affinity > best.get(number, 0.0):
                best[number] = affinity
    found: dict[int, list[float]] = {
        number: [min(1.0, affinity + _MORE_CONCEPTS * (count[number] - 1))]
        for number, affinity in best.items()
    }
    disowned = bool(statement.foreign) and not statement.concepts
    if statement.spoken in {"own", "team", "past"} and not disowned:
        factor = 1.0 if statement.spoken == "own" else _SHARED
        for number, affinity in _behaved(statement).items():
            found.setdefault(number, []).append(affinity * factor)
        for number, affinity in _hinted(statement, demand).items():
            found.setdefault(number, []).append(affinity * factor)
    joined = {}
    for number, several in found.items():
        several.sort(reverse=True)
        joined[number] = min(1.0, several[0] + _SECOND * sum(several[1:]))
    budget = _BUDGET + _BUDGET_GROUNDED * statement.grounding
    budget += (statement.end - statement.start) / _BUDGET_CHARS
    spent = sum(joined.values())
    if spent > budget:
        joined = {number: affinity * budget / spent for number, affinity in joined.items()}
    return {n: affinity for n, affinity in joined.items() if affinity >= _LEAST_AFFINITY}


def _behaved(statement: Statement) -> dict[int, float]:
    found: dict[int, float] = {}
    for sign in statement.behaviours:
        for number, affinity in sign.shares:
            if affinity > found.get(number, 0.0):
                found[number] = affinity
    return found


def _hinted(statement: Statement, demand: Demand) -> dict[int, float]:
    found: dict[int, list[float]] = {}
    for number, parts in statement.hints.items():
        hint = demand.hints[number]
        coverage = len(parts) / hint.parts
        found.setdefault(hint.indicator, []).append(hint.weight * coverage)
    return {
        number: min(1.0, max(several) + 0.25 * (sum(several) - max(several)))
        for number, several in found.items()
    }


def weigh(
    grounds: Sequence[Ground], counted: Mapping[int, float], demand: Demand, firmness: float
) -> Weighed:
    """Joins grounds to scores and says what each is worth of the whole.

    Args:
        counted: how far an indicator that asks for a number reaches it, 0–1.
        firmness: of the whole resume, see `firmness_of`.
    """
    own, parts = [0.0] * len(demand.indicators), [0.0] * len(grounds)
    by_indicator: dict[int, list[int]] = {}
    for g, ground in enumerate(grounds):
        by_indicator.setdefault(ground.indicator, []).append(g)
    for number, mine in by_indicator.items():
        mine.sort(key=lambda g: (-grounds[g].worth, grounds[g].start))
        missing = 1.0
        for rank, g in enumerate(mine):
            parts[g] = missing * _DECAY**rank * grounds[g].worth
            missing -= parts[g]
        told = 1 - missing
        reached = counted.get(number)
        if reached is not None:
            missing *= 1 - _COUNTED * reached
        own[number] = (1 - missing) ** _CURVE
        for g in mine:
            parts[g] *= own[number] / told if told else 0.0
    lent = min(_MOST_LENT, _LENT * (firmness / _FIRM) ** _FIRM_POWER)
    return _with_lent(grounds, own, parts, demand, lent)


def drawn_to_mean(value: float, firmness: float) -> float:
    """The value of what stands out drawn towards the firmness of the whole."""
    return value - _TOWARDS_MEAN * max(0.0, value - firmness)


def firmness_of(values: Iterable[tuple[Statement, float, float]]) -> float:
    """The mean value of the sentences that tell of something asked for, 0–1.

    Args:
        values: sentences with their value and their highest affinity.
    """
    told = [
        value
        for statement, value, affinity in values
        if statement.strength != "listed" and affinity >= _FIRM_AFFINITY
    ]
    return sum(told) / len(told) if told else 0.0


def _with_lent(
    grounds: Sequence[Ground],
    own: Sequence[float],
    parts: Sequence[float],
    demand: Demand,
    lent: float,
) -> Weighed:
    weights = [i.weight for i in demand.indicators]
    group = _groups(demand)
    scores = list(own)
    share_of = [weights[ground.indicator] * parts[g] for g, ground in enumerate(grounds)]
    everything = sum(w * o for w, o in zip(weights, own, strict=True))
    whole = sum(weights)
    core = _core(demand, own)
    lent_to_all = 0.0
    lent_within: dict[int, float] = {}
    weight_inside, own_inside = [0.0] * (max(group) + 1), [0.0] * (max(group) + 1)
    for number, mine in enumerate(own):
        weight_inside[group[number]] += weights[number]
        own_inside[group[number]] += weights[number] * mine
    far = min(everything / whole, core) if whole else 0.0
    for number, mine in enumerate(own):
        weight = weight_inside[group[number]]
        near = own_inside[group[number]] / weight if weight else 0.0
        gap = (1 - mine) * lent
        scores[number] = mine + gap * (_NEAR * near + _FAR * far)
        lent_within[group[number]] = (
            lent_within.get(group[number], 0.0) + weights[number] * gap * _NEAR * near
        )
        lent_to_all += weights[number] * gap * _FAR * far
    totals: dict[int, float] = {}
    for g, ground in enumerate(grounds):
        totals[group[ground.indicator]] = totals.get(group[ground.indicator], 0.0) + share_of[g]
    told = sum(totals.values())
    shares = []
    for g, ground in enumerate(grounds):
        mine = group[ground.indicator]
        share = share_of[g]
        if share:
            share += lent_within[mine] * share_of[g] / totals[mine]
            share += lent_to_all * share_of[g] / told
        shares.append(share)
    lifted = tuple(min(1.0, s + _LIFT * 256 / 27 * s * (1 - s) ** 3) for s in scores)
    return Weighed(tuple(grounds), tuple(own), lifted, tuple(shares))


def _core(demand: Demand, own: Sequence[float]) -> float:
    """The mean of the weightiest dimension: what else is there cannot stand in for it."""
    heaviest = max(demand.model.dimensions, key=lambda d: d.weight)
    inside = [
        (i.weight, o)
        for i, o in zip(demand.indicators, own, strict=True)
        if i in heaviest.indicators
    ]
    return sum(w * o for w, o in inside) / heaviest.weight if heaviest.weight else 0.0


def _groups(demand: Demand) -> list[int]:
    return [
        number
        for number, dimension in enumerate(demand.model.dimensions)
        for _ in dimension.indicators
    ]
