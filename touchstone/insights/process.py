"""Definitions about evaluation and collaboration: pure functions over recorded events.

Defined with worked examples in docs/insights.md.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touchstone.insights.comparing import Floats, correlation, mean_interval
from touchstone.insights.measures import Duration, days_between, summarise


@dataclass(frozen=True, slots=True)
class Card:
    """A submitted scorecard that counts.

    Attributes:
        ended_at: when the talk was over.
    """

    application: int
    interview: int
    rater: str
    department: str
    ended_at: dt.datetime
    submitted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """A department that has scored waits for another; over ``n`` interviews."""

    department: str
    waits_for: str
    n: int
    median_days: float


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far departments lie apart on one dimension, in per cent of the ten-point scale."""

    dimension: str
    raw: float | None
    fair: float | None
    raw_ci: tuple[float, float] | None
    fair_ci: tuple[float, float] | None
    n: int


@dataclass(frozen=True, slots=True)
class IndicatorUse:
    """How an indicator was used: number of scores, their mean and spread, "not observed"."""

    indicator: str
    n: int
    mean: float
    sd: float
    not_observed: int


@dataclass(frozen=True, slots=True)
class TaskQuality:
    """How a task of the assessment worked.

    Attributes:
        difficulty: mean score, 0–100; low is hard.
        discrimination: correlation with the rest of the assessment; None below eight answers.
        to_people: share of answers that had to be looked at by a person.
        judged: key points that people looked at; ``agreed``: those they left as the machine had
            them, within a quarter.
        seen: candidates of any round to whom it was opened.
    """

    code: str
    n: int
    difficulty: float
    discrimination: float | None
    to_people: float
    judged: int = 0
    agreed: int = 0
    seen: int = 0

    @property
    def agreement(self) -> float | None:
        """Share of the points that people left as they were."""
        return self.agreed / self.judged if self.judged else None


def weekly_flow(
    applied: Iterable[dt.datetime],
    interviewed: Iterable[dt.datetime],
    decided: Iterable[dt.datetime],
    zone: dt.tzinfo,
) -> list[tuple[dt.date, int, int, int]]:
    """Per week, from its Monday in the company's zone: applications, interviews held, decisions.
    Weeks without anything between the first and the last are there with zeros."""
    counts: dict[dt.date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for column, moments in enumerate((applied, interviewed, decided)):
        for moment in moments:
            day = moment.astimezone(zone).date()
            counts[day - dt.timedelta(days=day.weekday())][column] += 1
    if not counts:
        return []
    week, last = min(counts), max(counts)
    rows = []
    while week <= last:
        a, b, c = counts.get(week, [0, 0, 0])
        rows.append((week, a, b, c))
        week += dt.timedelta(days=7)
    return rows


def by_department(cards: Sequence[Card]) -> dict[str, Duration]:
    """Evaluation time per department."""
    groups: dict[str, list[float]] = defaultdict(list)
    for card in cards:
        groups[card.department].append(days_between(card.ended_at, card.submitted_at))
    return {name: summarise(name, days) for name, days in sorted(groups.items())}


def waits(cards: Sequence[Card]) -> list[Wait]:
    """Who waits for whom: in one interview, from a department's last card to the last card of
    each department that submitted later. Longest median first."""
    last: dict[int, dict[str, dt.datetime]] = defaultdict(dict)
    for card in cards:
        held = last[card.interview].get(card.department)
        if held is None or card.submitted_at > held:
            last[card.interview][card.department] = card.submitted_at
    gaps: dict[tuple[str, str], list[float]] = defaultdict(list)
    for departments in last.values():
        for a, at in departments.items():
            for b, later in departments.items():
                if later > at:
                    gaps[a, b].append(days_between(at, later))
    rows = [
        Wait(a, b, len(days), summarise("", days).median_days or 0.0)
        for (a, b), days in gaps.items()
    ]
    return sorted(rows, key=lambda w: (-w.median_days, w.department, w.waits_for))


def collaboration_days(
    cards: Iterable[Card], reported: Mapping[int, dt.datetime]
) -> dict[int, float]:
    """Days from an application's first scorecard to its first issued report."""
    first: dict[int, dt.datetime] = {}
    for card in cards:
        held = first.get(card.application)
        if held is None or card.submitted_at < held:
            first[card.application] = card.submitted_at
    return {
        application: days_between(at, reported[application])
        for application, at in sorted(first.items())
        if application in reported and reported[application] >= at
    }


Gaps = dict[str, tuple[npt.NDArray[np.str_], Floats, Floats]]
"""Per dimension whose score, and the difference of each two departments before and after."""


def department_gaps(ratings: Iterable[Sequence[object]], severity: Mapping[str, float]) -> Gaps:
    """Absolute differences between departments' mean scores of the same candidate, before and
    after each rater's severity is taken out, in per cent of the scale.

    Args:
        ratings: (candidate, rater, department, dimension, score 0–10).
    """
    cells: dict[str, dict[str, dict[str, list[tuple[float, float]]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for candidate, rater, department, dimension, score in ratings:
        value = float(str(score))
        fair = value + severity.get(str(rater), 0.0)
        cells[str(dimension)][str(candidate)][str(department)].append((value, fair))
    found = {}
    for dimension, candidates in cells.items():
        rows: list[tuple[str, float, float]] = []
        for candidate, departments in candidates.items():
            means = [
                (sum(v for v, _ in s) / len(s), sum(f for _, f in s) / len(s))
                for s in departments.values()
            ]
            for i, (a_raw, a_fair) in enumerate(means):
                for b_raw, b_fair in means[i + 1 :]:
                    rows.append((candidate, 10 * abs(a_raw - b_raw), 10 * abs(a_fair - b_fair)))
        found[dimension] = (
            np.array([row[0] for row in rows], dtype=np.str_),
            np.array([row[1] for row in rows], dtype=np.float64),
            np.array([row[2] for row in rows], dtype=np.float64),
        )
    return found


def deviations(gaps: Gaps, without: Iterable[str] = ()) -> list[Deviation]:
    """Per dimension the mean of the differences.

    Args:
        without: candidates who are left out; a dimension nobody else was scored on goes with them.
    """
    left_out = np.array(sorted(without), dtype=np.str_)
    rows = []
    for dimension, (candidates, raw, fair) in gaps.items():
        if len(left_out):
            kept = ~np.isin(candidates, left_out)
            raw, fair = raw[kept], fair[kept]
        n = len(raw)
        rows.append(
            Deviation(
                dimension,
                float(raw.mean()) if n else None,
                float(fair.mean()) if n else None,
                mean_interval(raw),
                mean_interval(fair),
                n,
            )
        )
    return rows


def indicator_use(scores: Iterable[tuple[str, float | None, bool]]) -> list[IndicatorUse]:
    """Mean and spread of each indicator's scores, sample standard deviation.

    Args:
        scores: (indicator, score 0–10 or None, not observed).
    """
    values: dict[str, list[float]] = defaultdict(list)
    unseen: dict[str, int] = defaultdict(int)
    for indicator, score, not_observed in scores:
        if score is not None:
            values[indicator].append(score)
        elif not_observed:
            unseen[indicator] += 1
    rows = []
    for indicator in sorted(values.keys() | unseen.keys()):
        own = values.get(indicator, [])
        mean = sum(own) / len(own) if own else 0.0
        sd = (sum((x - mean) ** 2 for x in own) / (len(own) - 1)) ** 0.5 if len(own) > 1 else 0.0
        rows.append(IndicatorUse(indicator, len(own), mean, sd, unseen.get(indicator, 0)))
    return rows


def task_quality(
    answers: Iterable[tuple[int, str, float | None, bool]],
    judged: Mapping[str, tuple[int, int]] | None = None,
    seen: Mapping[str, int] | None = None,
    least: int = 8,
) -> list[TaskQuality]:
    """Difficulty, discrimination, agreement and exposure of each task.

    Args:
        answers: (attempt, code, score 0–100 or None, needed a person).
        judged: by code, points that people looked at and those they left as they were.
        seen: by code, candidates who saw the task.
        least: pairs from which a correlation is told.
    """
    by_attempt: dict[int, dict[str, float]] = defaultdict(dict)
    people: dict[str, list[bool]] = defaultdict(list)
    for attempt, code, score, needed in answers:
        people[code].append(needed)
        if score is not None:
            by_attempt[attempt][code] = score
    rows = []
    for code, flags in sorted(people.items()):
        own, rest = [], []
        for scores in by_attempt.values():
            others = [s for c, s in scores.items() if c != code]
            if code in scores:
                own.append((scores[code], sum(others) / len(others) if others else None))
        paired = [(a, b) for a, b in own if b is not None]
        rest = [b for _, b in paired]
        enough = len(paired) >= least
        rows.append(
            TaskQuality(
                code,
                len(own),
                sum(a for a, _ in own) / len(own) if own else 0.0,
                correlation([a for a, _ in paired], rest) if enough else None,
                sum(flags) / len(flags),
                *(judged or {}).get(code, (0, 0)),
                (seen or {}).get(code, 0),
            )
        )
    return rows
