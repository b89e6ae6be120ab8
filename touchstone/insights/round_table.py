"""The result table of one hiring round, computed from stored events."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef

from touchstone.evaluation.models import CalibrationRun, Decision, Report
from touchstone.insights.measures import Step, decision_days, funnel, stage_durations, summarise
from touchstone.interviews.models import Interview
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Screening, StageEvent

ABOVE = 80.0


@dataclass(frozen=True, slots=True)
class RoundTable:
    """What happened in a round.

    ``department_deviation_*`` are per cent of the ten-point scale: the mean absolute difference
    between departments' mean scores of the same candidate, over the dimensions both scored, before
    and after calibration.
    """

    applied: int
    recommended: int
    invited: int
    assessed: int
    interviewed: int
    above_80: int
    offered: int
    hired: int
    days_to_decision_median: float | None
    decided: int
    department_deviation_raw: float | None
    department_deviation_fair: float | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def position_steps(position: Position) -> list[Step]:
    """Every step of the position's applications; one query."""
    undone = StageEvent.objects.filter(undoes=OuterRef("pk"))
    rows = (
        StageEvent.objects.filter(application__position=position)
        .annotate(was_undone=Exists(undone))
        .values_list("application_id", "from_stage", "to_stage", "at", "was_undone", "undoes_id")
        .order_by("at", "id")
    )
    return [
        Step(application, origin, target, at, bool(was_undone or undoes))
        for application, origin, target, at, was_undone, undoes in rows
    ]


def round_table(position: Position) -> RoundTable:
    """The table of one position; a fixed number of queries."""
    steps = position_steps(position)
    counts = funnel(steps)
    applied = {s.application: s.at for s in steps if not s.from_stage}
    decided: dict[int, Any] = {}
    rows = Decision.objects.filter(
        application__position=position, undone_at=None, kind__in=["offer", "reject"]
    ).values_list("application_id", "at")
    for application, at in rows.order_by("at"):
        decided.setdefault(application, at)
    days = summarise("decision", [*decision_days(applied, decided).values()])
    agreement = _agreement(position)
    return RoundTable(
        applied=Application.objects.filter(position=position).count(),
        recommended=Screening.objects.filter(
            application__position=position,
            application__screening=F("pk"),
            decision="advance",
        ).count(),
        invited=counts["invited"],
        assessed=counts["assessed"],
        interviewed=interviewed_count(position),
        above_80=above_80_count(position),
        offered=counts["offered"],
        hired=counts["hired"],
        days_to_decision_median=_rounded(days.median_days),
        decided=days.n,
        department_deviation_raw=_percent(agreement.get("mean_abs_deviation_raw")),
        department_deviation_fair=_percent(agreement.get("mean_abs_deviation_fair")),
    )


def interviewed_count(position: Position) -> int:
    """Applications with an interview held; one query."""
    return (
        Interview.objects.filter(application__position=position, status=Interview.Status.DONE)
        .values("application")
        .distinct()
        .count()
    )


def above_80_count(position: Position) -> int:
    """Applications whose last issued report is above 80; one query."""
    later = Report.objects.filter(
        application=OuterRef("application"), status="issued", number__gt=OuterRef("number")
    )
    return (
        Report.objects.filter(application__position=position, status="issued", overall__gt=ABOVE)
        .exclude(Exists(later))
        .count()
    )


def _agreement(position: Position) -> dict[str, Any]:
    run = CalibrationRun.objects.filter(position=position).order_by("-created_at", "-id").first()
    agreement: dict[str, Any] = run.result.get("agreement", {}) if run else {}
    return agreement


def _percent(points: float | None) -> float | None:
    return None if points is None else round(points * 10, 1)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def stage_times(position: Position) -> list[Any]:
    """Median and quartiles of the time in each stage."""
    return stage_durations(position_steps(position))
