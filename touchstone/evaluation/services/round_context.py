"""What every report of a round shares, read once: the model, the yardstick, all scores."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from touchstone.accounts.models import Department, Person
from touchstone.assessments.models import Attempt
from touchstone.engine.reporting.scores import Z_90, Measured, Overall, combine
from touchstone.evaluation.models import CalibrationRun, IndicatorScore, Scorecard
from touchstone.positions.history import past_cases
from touchstone.positions.models import Position


@dataclass(frozen=True, slots=True)
class RoundContext:
    """The round as a report needs it.

    Attributes:
        dimensions: of the competency model, in order: id, name, weight, indicators.
        overall: application ref → scores, of everybody somebody rated.
        measured: application ref → what is known per dimension.
        severities: rater ref → row of the calibration.
        names: ref → name, of raters and departments.
        indicator_sd: how far one rater's indicators of a dimension lie apart, points.
        past: dimension → mean 0–100 of past rounds; ``past_n`` cases.
    """

    position: Position
    run: CalibrationRun | None
    dimensions: list[dict[str, Any]]
    measured: dict[str, list[Measured]] = field(default_factory=dict)
    overall: dict[str, Overall] = field(default_factory=dict)
    severities: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    indicator_sd: float = 0.0
    past: dict[str, float] = field(default_factory=dict)
    past_n: int = 0

    def measures(self, application_ref: str, assessment: Mapping[str, float]) -> list[Measured]:
        """What is known of one candidate, rated or not."""
        known = self.measured.get(application_ref)
        return known or _measured(self.dimensions, {}, None, assessment)

    def covariance(self, application_ref: str) -> dict[tuple[str, str], float]:
        """Of the candidate's fair interview scores, by pairs of dimensions."""
        return _covariance(self.run.result, application_ref) if self.run else {}


def round_context(position: Position, run: CalibrationRun | None) -> RoundContext:
    """Reads the round; a fixed number of queries."""
    result = run.result if run else {}
    dimensions = model_dimensions(position, result)
    assessments = {
        ref: scores or {}
        for ref, scores in Attempt.objects.filter(application__position=position).values_list(
            "application__ref", "scores"
        )
    }
    cells: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for cell in result.get("cells", []):
        cells[cell["candidate"]][cell["dimension"]] = cell
    measured, overall = {}, {}
    for ref, own in cells.items():
        variances = _covariance(result, ref)
        measured[ref] = _measured(dimensions, own, variances, assessments.get(ref, {}))
        overall[ref] = combine(measured[ref], variances)
    severities = {row["id"]: row for row in result.get("raters", [])}
    raters = Person.objects.filter(ref__in=severities).values_list("ref", "name")
    departments = list(
        Department.objects.filter(branch_id=position.branch_id).values_list("ref", "name", "kind")
    )
    past, past_n = past_means(position)
    return RoundContext(
        position=position,
        run=run,
        dimensions=dimensions,
        measured=measured,
        overall=overall,
        severities=severities,
        names={**dict(raters), **{ref: name for ref, name, _kind in departments}},
        kinds={ref: kind for ref, _name, kind in departments},
        indicator_sd=_indicator_sd(position),
        past=past,
        past_n=past_n,
    )


def model_dimensions(position: Position, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The model's dimensions with their indicators; those that were rated, equally weighted,
    where the position has no model."""
    version = position.model_version
    document = version.document if version else {}
    rows = [
        {
            "id": str(row["id"]),
            "name": both(row.get("name"), row.get("name_en"), str(row["id"])),
            "weight": float(row.get("weight") or 0),
            "indicators": [
                {
                    "id": str(i["id"]),
                    "name": both(i.get("name") or i.get("text"), None, str(i["id"])),
                    "weight": float(i.get("weight") or 0),
                }
                for i in row.get("indicators", [])
            ],
        }
        for row in document.get("dimensions", [])
    ]
    if rows:
        return rows
    rated = [row["id"] for row in result.get("indicators", [])]
    return [
        {
            "id": d,
            "name": {"zh": d, "en": d},
            "weight": round(100 / len(rated), 4),
            "indicators": [],
        }
        for d in rated
    ]


def both(name: Any, english: Any, instead: str) -> dict[str, str]:
    """A name of the model, given in one language or in both, as ``zh`` and ``en``."""
    if isinstance(name, Mapping):
        chinese = str(name.get("zh") or name.get("en") or instead)
        return {"zh": chinese, "en": str(name.get("en") or chinese)}
    chinese = str(name or instead)
    return {"zh": chinese, "en": str(english or chinese)}


def own_history_name(position: Position) -> str:
    """The name of the batch that holds a round's own lines."""
    return f"round {position.ref}"


def past_means(position: Position) -> tuple[dict[str, float], int]:
    """Mean interview score, 0–100, of the branch's past applicants per dimension, and how many."""
    values: dict[str, list[float]] = defaultdict(list)
    n = 0
    rows = past_cases(position).exclude(batch__name=own_history_name(position))
    for scores in rows.values_list("scores", flat=True):
        if scores:
            n += 1
        for dimension, score in (scores or {}).items():
            values[dimension].append(10 * float(score or 0))
    return {d: round(statistics.fmean(v), 2) for d, v in values.items()}, n


def _measured(
    dimensions: Sequence[Mapping[str, Any]],
    cells: Mapping[str, Mapping[str, Any]],
    variances: Mapping[tuple[str, str], float] | None,
    assessment: Mapping[str, float],
) -> list[Measured]:
    rows = []
    for dimension in dimensions:
        name = dimension["id"]
        cell = cells.get(name)
        tested = assessment.get(name)
        rows.append(
            Measured(
                id=name,
                weight=dimension["weight"],
                raw=cell["raw"] if cell else None,
                fair=cell["fair"] if cell else None,
                variance=(variances or {}).get((name, name)) if cell and cell["ci"] else None,
                n=cell["n"] if cell else 0,
                assessment=None if tested is None else float(tested),
            )
        )
    return rows


def _covariance(result: Mapping[str, Any], application_ref: str) -> dict[tuple[str, str], float]:
    rows = result.get("covariances", {}).get(application_ref)
    if not rows:
        return {}
    names = [row["id"] for row in result["indicators"] if row["ci"] is not None]
    return {(a, b): rows[i][j] for i, a in enumerate(names) for j, b in enumerate(names)}


def _indicator_sd(position: Position) -> float:
    """Pooled standard deviation of a rater's indicator scores about their dimension's mean."""
    cells: dict[tuple[int, str], list[float]] = defaultdict(list)
    rows = IndicatorScore.objects.filter(
        scorecard__interview__application__position=position,
        scorecard__status=Scorecard.Status.SUBMITTED,
        scorecard__counts=True,
        score__isnull=False,
    ).values_list("scorecard_id", "dimension", "score")
    for card, dimension, score in rows:
        cells[card, dimension].append(float(score or 0))
    several = [values for values in cells.values() if len(values) > 1]
    freedom = sum(len(values) - 1 for values in several)
    if not freedom:
        return 0.0
    return float((sum(statistics.variance(v) * (len(v) - 1) for v in several) / freedom) ** 0.5)


def indicator_interval(context: RoundContext, fair: float, n: int) -> tuple[float, float] | None:
    """90 % interval of an indicator's fair score, points: one rater's impression and noise, and
    the spread of indicators within a dimension, over ``n`` raters. Wide rather than narrow."""
    spread = (context.run.result.get("spread") if context.run else None) or None
    if spread is None:
        return None
    sd = ((spread["impression"] ** 2 + spread["noise"] ** 2 + context.indicator_sd**2) / n) ** 0.5
    return max(0.0, fair - Z_90 * sd), min(10.0, fair + Z_90 * sd)
