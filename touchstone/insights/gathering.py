"""Reads what the figures are made of: a fixed number of queries, whatever the round's size."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Subquery

from touchstone.assessments.models import AttemptItem, Grading
from touchstone.assessments.selectors import agreement_of
from touchstone.evaluation.models import (
    CalibrationRun,
    Decision,
    IndicatorScore,
    Outcome,
    Report,
    Scorecard,
)
from touchstone.insights.measures import Step
from touchstone.insights.process import Card
from touchstone.insights.round_table import position_steps
from touchstone.interviews.models import Interview, PanelMember
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Screening


@dataclass(frozen=True, slots=True)
class Talk:
    """An interview: when it was booked, held, and for how long."""

    application: int
    status: str
    created_at: dt.datetime
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known of an application for grouping; no name."""

    application: int
    source: str
    language: str
    degree: str
    stage: str
    recommendation: str
    override: str


@dataclass(slots=True)
class RoundData:
    """Everything the figures of one position are computed from."""

    position: Position
    steps: list[Step] = field(default_factory=list)
    applicants: list[Applicant] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    reported: dict[int, dt.datetime] = field(default_factory=dict)
    decided: dict[int, dt.datetime] = field(default_factory=dict)
    seats: list[tuple[str, str, float]] = field(default_factory=list)
    scores: list[tuple[str, float | None, bool]] = field(default_factory=list)
    answers: list[tuple[int, str, float | None, bool]] = field(default_factory=list)
    judged: dict[str, tuple[int, int]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    run: dict[str, Any] | None = None
    outcomes: list[tuple[float, float]] = field(default_factory=list)
    overall: list[float] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def applied(self) -> dict[int, dt.datetime]:
        """When each application was made."""
        return {s.application: s.at for s in self.steps if not s.from_stage}


def round_data(position: Position) -> RoundData:
    """Reads one position; twelve queries."""
    data = RoundData(position)
    data.steps = position_steps(position)
    data.applicants = _applicants(position)
    data.cards, data.names = _cards(position)
    data.talks = [
        Talk(*row)
        for row in Interview.objects.filter(application__position=position).values_list(
            "application_id", "status", "created_at", "starts_at", "ends_at"
        )
    ]
    data.reported = dict(
        Report.objects.filter(application__position=position, status="issued")
        .values_list("application_id")
        .annotate(at=Min("issued_at"))
    )
    for application, at in (
        Decision.objects.filter(
            application__position=position, undone_at=None, kind__in=["offer", "reject"]
        )
        .order_by("at")
        .values_list("application_id", "at")
    ):
        data.decided.setdefault(application, at)
    data.seats = _seats(position)
    data.scores = [
        (indicator, None if score is None else float(score), unseen)
        for indicator, score, unseen in IndicatorScore.objects.filter(
            scorecard__interview__application__position=position,
            scorecard__status=Scorecard.Status.SUBMITTED,
            scorecard__counts=True,
        ).values_list("indicator", "score", "not_observed")
    ]
    data.answers = list(
        AttemptItem.objects.filter(
            attempt__application__position=position, submitted_at__isnull=False
        ).values_list("attempt_id", "item__code", "score", "needs_human")
    )
    data.judged, data.seen = _judged(position), _seen(position)
    run = CalibrationRun.objects.filter(position=position).order_by("-created_at", "-pk").first()
    data.run = run.result if run else None
    data.overall, data.outcomes = _outcomes(position)
    return data


def _judged(position: Position) -> dict[str, tuple[int, int]]:
    """By task: key points of the round's answers that people looked at, and those left as the
    machine had them."""
    by_person = Grading.objects.filter(attempt_item=OuterRef("attempt_item"), rater_kind="person")
    rows = (
        Grading.objects.filter(
            Exists(by_person),
            attempt_item__attempt__application__position=position,
            rater_kind__in=("system", "person"),
        )
        .select_related("attempt_item__item")
        .only("rater_kind", "points", "attempt_item__item__code")
        .order_by("pk")
    )
    by_code: dict[str, list[Grading]] = defaultdict(list)
    for row in rows:
        by_code[row.attempt_item.item.code].append(row)
    found = {code: agreement_of(gradings) for code, gradings in by_code.items()}
    return {code: (agreement.n, agreement.same) for code, agreement in found.items()}


def _seen(position: Position) -> dict[str, int]:
    """By task of the round: candidates of any round to whom it was opened."""
    asked = AttemptItem.objects.filter(attempt__application__position=position)
    return dict(
        AttemptItem.objects.filter(
            item__code__in=asked.values("item__code"), started_at__isnull=False
        )
        .order_by()
        .values_list("item__code")
        .annotate(people=Count("attempt__application__candidate", distinct=True))
    )


def _applicants(position: Position) -> list[Applicant]:
    overridden = dict(
        Screening.objects.filter(application__position=position)
        .exclude(override="")
        .values_list("application_id", "override")
    )
    rows = Application.objects.filter(position=position).values_list(
        "pk", "source", "resume__language", "resume__degree", "stage", "recommendation"
    )
    return [
        Applicant(pk, source, language or "", degree or "", stage, decision, overridden.get(pk, ""))
        for pk, source, language, degree, stage, decision in rows
    ]


def _cards(position: Position) -> tuple[list[Card], dict[str, str]]:
    rows = (
        Scorecard.objects.filter(
            interview__application__position=position,
            status=Scorecard.Status.SUBMITTED,
            counts=True,
            submitted_at__isnull=False,
        )
        .exclude(interview__status=Interview.Status.CANCELLED)
        .values_list(
            "interview__application_id",
            "interview_id",
            "rater__name",
            "department__name",
            "interview__ended_at",
            "interview__ends_at",
            "submitted_at",
            "rater__ref",
            "department__ref",
        )
    )
    names: dict[str, str] = {}
    cards = []
    for application, interview, rater, department, ended, ends, submitted, ref, dep in rows:
        names[ref] = rater
        names[dep or ""] = department or ""
        cards.append(
            Card(application, interview, rater, department or "–", ended or ends, submitted or ends)
        )
    return cards, names


def _seats(position: Position) -> list[tuple[str, str, float]]:
    """(person, department, minutes) of every seat in a talk that was held."""
    rows = (
        PanelMember.objects.filter(
            interview__application__position=position,
            interview__status=Interview.Status.DONE,
            removed_at=None,
        )
        .exclude(seat="shadow")
        .values_list(
            "person__name",
            "person__department__name",
            "interview__starts_at",
            "interview__ends_at",
        )
    )
    return [
        (name, department or "–", (end - start).total_seconds() / 60)
        for name, department, start, end in rows
    ]


def _outcomes(position: Position) -> tuple[list[float], list[tuple[float, float]]]:
    """The branch's last reported fair scores, and (fair score, last review) of its hires."""
    latest = _known(
        Report.objects.filter(
            application__branch_id=position.branch_id, status="issued", overall__isnull=False
        )
        .order_by("number")
        .values_list("application_id", "overall")
    )
    reviews = _known(
        Outcome.objects.filter(
            hire__application__branch_id=position.branch_id, review__isnull=False
        )
        .order_by("month")
        .values_list("hire__application_id", "review")
    )
    pairs = [(latest[a], review) for a, review in sorted(reviews.items()) if a in latest]
    return list(latest.values()), pairs


def _known(rows: Iterable[tuple[int, float | None]]) -> dict[int, float]:
    """The last value of each, where there is one."""
    return {key: value for key, value in rows if value is not None}


def past_deviations(position: Position) -> list[tuple[Position, dict[str, Any]]]:
    """How far departments lay apart in the last calibration of each position of the branch, in
    the order they opened; two queries. The ratings themselves, which may be many, are not read."""
    latest = CalibrationRun.objects.filter(position=OuterRef("pk")).order_by("-created_at", "-pk")
    positions = {
        row.last_run: row
        for row in Position.objects.filter(branch_id=position.branch_id).annotate(
            last_run=Subquery(latest.values("pk")[:1])
        )
        if row.last_run is not None
    }
    rows = CalibrationRun.objects.filter(pk__in=list(positions)).values_list(
        "pk", "result__agreement"
    )
    return sorted(
        ((positions[pk], agreement or {}) for pk, agreement in rows),
        key=lambda pair: (pair[0].opened_at or pair[0].created_at, pair[0].pk),
    )


def workload(seats: list[tuple[str, str, float]]) -> list[tuple[str, str, int, float]]:
    """(person, department, talks, hours), the busiest first."""
    talks: Counter[tuple[str, str]] = Counter()
    minutes: dict[tuple[str, str], float] = defaultdict(float)
    for person, department, length in seats:
        talks[person, department] += 1
        minutes[person, department] += length
    return sorted(
        ((p, d, n, minutes[p, d] / 60) for (p, d), n in talks.items()),
        key=lambda row: (-row[3], row[0]),
    )
