"""The figures of one round, computed from what was read: what the page, the files and the
one-pager show alike."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from touchstone.engine.fairness.report import FairnessReport, report_groups
from touchstone.engine.fairness.selection import Group
from touchstone.engine.profiles.statistics import fisher_interval, restricted_correlation
from touchstone.insights.comparing import Difference, Floats, compare_medians, correlation
from touchstone.insights.gathering import RoundData, workload
from touchstone.insights.measures import (
    STAGE_ORDER,
    Duration,
    days_between,
    decision_days,
    funnel,
    stage_durations,
    summarise,
    wilson,
)
from touchstone.insights.process import (
    Deviation,
    Gaps,
    IndicatorUse,
    TaskQuality,
    Wait,
    by_department,
    collaboration_days,
    department_gaps,
    deviations,
    indicator_use,
    task_quality,
    waits,
    weekly_flow,
)

Times = dict[str, tuple[Floats, Floats]]
"""Per length of time when the application was made (seconds, NaN where unknown), and the days."""
FEW_HIRES = 10
INVITED = STAGE_ORDER.index("invited")


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A stage with how many reached it, and the share of the stage before with its interval."""

    stage: str
    n: int
    share: float | None
    ci: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Source:
    """A source of applications: how many came, were recommended, interviewed, offered."""

    name: str
    n: int
    recommended: int
    interviewed: int
    offered: int
    ci: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Validity:
    """How the fair score goes with the manager's review.

    Attributes:
        r: among the hired; ``corrected`` for the restricted range of scores among them.
        enough: at least ten hires with a review.
    """

    n: int
    r: float | None
    ci: tuple[float, float] | None
    corrected: float | None
    enough: bool


@dataclass(frozen=True, slots=True)
class Attendance:
    """Interviews held, called off, and not held though their time has passed."""

    held: int
    cancelled: int
    missed: int
    ci: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one round."""

    funnel: list[FunnelStep]
    stages: list[Duration]
    decision: Duration
    evaluation: Duration
    evaluation_by_department: dict[str, Duration]
    collaboration: Duration
    scheduling: Duration
    report_to_decision: Duration
    waits: list[Wait]
    attendance: Attendance
    sources: list[Source]
    workload: list[tuple[str, str, int, float]]
    deviations: list[Deviation]
    deviation_raw: float | None
    deviation_fair: float | None
    indicators: list[IndicatorUse]
    tasks: list[TaskQuality]
    fairness: list[tuple[str, FairnessReport]]
    overrides: tuple[int, int]
    validity: Validity
    waiting_decisions: list[float]
    weeks: list[tuple[dt.date, int, int, int]]


def figures(data: RoundData, at: dt.datetime) -> Figures:
    """Computes everything; no query."""
    agreement = (data.run or {}).get("agreement", {})
    lengths = times(data)
    return Figures(
        funnel=funnel_steps(data),
        stages=stage_durations(data.steps),
        decision=_summary("decision", lengths),
        evaluation=_summary("evaluation", lengths),
        evaluation_by_department=by_department(data.cards),
        collaboration=_summary("collaboration", lengths),
        scheduling=_summary("scheduling", lengths),
        report_to_decision=_summary("report_to_decision", lengths),
        waits=waits(data.cards),
        attendance=attendance(data, at),
        sources=sources(data),
        workload=workload(data.seats),
        deviations=deviations(gaps_of(data)),
        deviation_raw=_percent(agreement.get("mean_abs_deviation_raw")),
        deviation_fair=_percent(agreement.get("mean_abs_deviation_fair")),
        indicators=indicator_use(data.scores),
        tasks=task_quality(data.answers, data.judged, data.seen),
        fairness=fairness(data),
        overrides=(sum(1 for a in data.applicants if a.override), len(data.applicants)),
        validity=validity(data),
        waiting_decisions=[
            days_between(issued, at)
            for application, issued in data.reported.items()
            if application not in data.decided
        ],
        weeks=weekly_flow(
            data.applied().values(),
            (t.starts_at for t in data.talks if t.status == "done"),
            data.decided.values(),
            ZoneInfo(data.position.branch.time_zone),
        ),
    )


def _percent(points: float | None) -> float | None:
    return None if points is None else points * 10


def funnel_steps(data: RoundData) -> list[FunnelStep]:
    """The stages reached, each with the share of the one before."""
    steps: list[FunnelStep] = []
    before: int | None = None
    for stage, n in funnel(data.steps).items():
        share = n / before if before else None
        ci = wilson(n, before) if before else None
        steps.append(FunnelStep(stage, n, share, ci))
        before = n
    return steps


def scheduling_days(data: RoundData) -> dict[int, float]:
    """Days from being ready for a talk (the step before "interviewing") to the first talk that
    was not called off."""
    ready: dict[int, dt.datetime] = {}
    previous: dict[int, dt.datetime] = {}
    for step in sorted((s for s in data.steps if not s.undone), key=lambda s: s.at):
        if step.to_stage == "interviewing" and step.application in previous:
            ready.setdefault(step.application, previous[step.application])
        previous[step.application] = step.at
    first: dict[int, dt.datetime] = {}
    for talk in data.talks:
        if talk.status != "cancelled":
            held = first.get(talk.application)
            if held is None or talk.starts_at < held:
                first[talk.application] = talk.starts_at
    return {a: days_between(at, first[a]) for a, at in sorted(ready.items()) if a in first}


def decision_waits(data: RoundData) -> dict[int, float]:
    """Days from the first issued report to the decision that stands."""
    return {
        a: days_between(issued, data.decided[a])
        for a, issued in sorted(data.reported.items())
        if a in data.decided and data.decided[a] >= issued
    }


def attendance(data: RoundData, at: dt.datetime) -> Attendance:
    """Held, called off, and passed without being started."""
    held = sum(1 for t in data.talks if t.status in {"done", "running"})
    cancelled = sum(1 for t in data.talks if t.status == "cancelled")
    missed = sum(1 for t in data.talks if t.status in {"planned", "invited"} and t.ends_at < at)
    over = held + missed
    return Attendance(held, cancelled, missed, wilson(missed, over) if over else None)


def _reached(data: RoundData, stage: str) -> set[int]:
    place = STAGE_ORDER.index(stage)
    return {
        s.application
        for s in data.steps
        if not s.undone and s.to_stage in STAGE_ORDER and STAGE_ORDER.index(s.to_stage) >= place
    }


def sources(data: RoundData) -> list[Source]:
    """Quality of each source, the largest first; the interval is of the share interviewed."""
    interviewed, offered = _reached(data, "interviewing"), _reached(data, "offered")
    names = sorted({a.source for a in data.applicants})
    rows = []
    for name in names:
        own = [a for a in data.applicants if a.source == name]
        talked = sum(1 for a in own if a.application in interviewed)
        rows.append(
            Source(
                name,
                len(own),
                sum(1 for a in own if a.recommendation == "advance"),
                talked,
                sum(1 for a in own if a.application in offered),
                wilson(talked, len(own)),
            )
        )
    return sorted(rows, key=lambda s: (-s.n, s.name))


def fairness(data: RoundData) -> list[tuple[str, FairnessReport]]:
    """Invited or not, by what the resume itself shows: its language and the degree. Nothing
    about sex, age or origin is collected, so nothing is compared there."""
    invited = _reached(data, "invited")
    reports = []
    for name, key in (("language", "language"), ("degree", "degree"), ("source", "source")):
        values = sorted({getattr(a, key) for a in data.applicants})
        groups = []
        for value in values:
            own = [a for a in data.applicants if getattr(a, key) == value]
            selected = sum(1 for a in own if a.application in invited)
            groups.append(Group(value, len(own), selected))
        if len(groups) > 1:
            reports.append((name, report_groups(groups)))
    return reports


def validity(data: RoundData) -> Validity:
    """Correlation of the fair score with the last review among the branch's hires. Their scores
    vary less than all reported ones, which hides part of it: the corrected value says how much."""
    scores = [a for a, _ in data.outcomes]
    reviews = [b for _, b in data.outcomes]
    n = len(scores)
    if n < FEW_HIRES:
        return Validity(n, None, None, None, enough=False)
    r = correlation(scores, reviews)
    if r is None:
        return Validity(n, None, None, None, enough=False)
    ratio = _sd(data.overall) / _sd(scores) if _sd(scores) else 1.0
    corrected = restricted_correlation(r, ratio) if ratio > 1 else r
    return Validity(n, r, fisher_interval(r, n), corrected, enough=True)


def _sd(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    return float((sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5)


def times(data: RoundData) -> Times:
    """Every length of time the round is judged by, with when its application was made."""
    applied = data.applied()
    moments = {a: at.timestamp() for a, at in applied.items()}
    pairs: dict[str, Iterable[tuple[int, float]]] = {
        "decision": decision_days(applied, data.decided).items(),
        "scheduling": scheduling_days(data).items(),
        "evaluation": (
            (card.application, days_between(card.ended_at, card.submitted_at))
            for card in data.cards
        ),
        "collaboration": collaboration_days(data.cards, data.reported).items(),
        "report_to_decision": decision_waits(data).items(),
    }
    found = {}
    for name, rows in pairs.items():
        held = [(moments.get(a, math.nan), days) for a, days in rows]
        found[name] = (np.array([m for m, _ in held]), np.array([d for _, d in held]))
    return found


def gaps_of(data: RoundData) -> Gaps:
    """Differences between departments in the last calibration."""
    run = data.run or {}
    severity = {r["id"]: float(r["severity"]) for r in run.get("raters", [])}
    return department_gaps(run.get("ratings", []), severity)


def compare(before: Times, after: Times) -> list[Difference]:
    """The times of two periods or rounds side by side."""
    return [compare_medians(name, days, after[name][1]) for name, (_at, days) in before.items()]


def split(whole: Times, day: dt.datetime) -> tuple[Times, Times]:
    """Those who applied before a moment, and those from it on."""
    edge = day.timestamp()
    early = {name: (at[at < edge], days[at < edge]) for name, (at, days) in whole.items()}
    late = {name: (at[at >= edge], days[at >= edge]) for name, (at, days) in whole.items()}
    return early, late


def _summary(name: str, lengths: Times) -> Duration:
    return summarise(name, lengths[name][1].tolist())
