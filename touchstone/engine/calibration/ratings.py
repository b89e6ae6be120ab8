"""What goes into a calibration and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from touchstone.common.messages import Message

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rating:
    """One score of one rater for one candidate on one dimension (or indicator).

    Attributes:
        score: 0–10, higher is better.
    """

    candidate: str
    rater: str
    department: str
    dimension: str
    score: float


@dataclass(frozen=True, slots=True)
class CandidateScore:
    """A candidate on the raw and on the calibrated scale, both 0–10.

    Attributes:
        raw: mean of the candidate's scores, every dimension counting the same.
        fair: the mean score expected had every rater of the round seen the candidate,
            shrunk towards the round's mean as far as the candidate's own data are few.
        ci: 90 % interval of ``fair``; None when nothing could be estimated.
        n: number of ratings.
        linked: False when no shared candidate or rater links this one to the rest of the
            round; then ``fair == raw``.
    """

    id: str
    raw: float
    fair: float
    ci: Interval | None
    n: int
    linked: bool


@dataclass(frozen=True, slots=True)
class CellScore:
    """A candidate on one dimension that was rated, raw and fair, both 0–10, as for candidates.

    Attributes:
        raw: mean of the scores given.
        n: number of ratings.
    """

    candidate: str
    dimension: str
    raw: float
    fair: float
    ci: Interval | None
    n: int


@dataclass(frozen=True, slots=True)
class RaterSeverity:
    """How much lower than the round's average rater this rater scores.

    Attributes:
        severity: points of the 0–10 scale; positive is strict. The severities of the linked
            raters have mean zero. Contains the department's part.
        ci: 90 % interval.
        misfit: mean square of the rater's unexplained residuals over their expectation; about 1
            when the rater orders candidates as the others do, above 1.5 erratic, below 0.5
            suspiciously uniform.
    """

    id: str
    department: str
    severity: float
    ci: Interval | None
    n: int
    misfit: float | None


@dataclass(frozen=True, slots=True)
class DepartmentSeverity:
    """The mean severity of a department's raters, in points, with its 90 % interval."""

    id: str
    severity: float
    ci: Interval | None
    n: int


@dataclass(frozen=True, slots=True)
class IndicatorDifficulty:
    """How much lower than the average dimension this one is scored, in points."""

    id: str
    difficulty: float
    ci: Interval | None
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agree; None where the data cannot say.

    Attributes:
        icc2_1: reliability of one rater's overall score (absolute agreement).
        icc2_k: reliability of the mean over the usual number of raters ``k``.
        krippendorff_alpha: interval alpha over candidate × dimension units.
        mean_abs_deviation_raw: mean over candidates and pairs of departments of the absolute
            difference between the departments' mean scores of that candidate, in points.
        mean_abs_deviation_fair: the same after each rater's severity is taken out.
        method: "anova" when every rater saw every candidate, else "variance_components".
    """

    icc2_1: float | None
    icc2_k: float | None
    krippendorff_alpha: float | None
    mean_abs_deviation_raw: float | None
    mean_abs_deviation_fair: float | None
    k: float
    method: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """The yardstick of a round. Every sequence keeps the order of first appearance.

    Attributes:
        cells: every candidate on every dimension somebody rated.
        covariances: per linked candidate the posterior covariance of the fair scores of the
            dimensions, in the order of ``indicators``.
        spread: the fitted standard deviations in points (ability, profile, impression, noise,
            rater, department); None when nothing was fitted.
    """

    candidates: tuple[CandidateScore, ...]
    raters: tuple[RaterSeverity, ...]
    departments: tuple[DepartmentSeverity, ...]
    indicators: tuple[IndicatorDifficulty, ...]
    agreement: Agreement
    connected: bool
    warnings: tuple[Message, ...]
    cells: tuple[CellScore, ...] = ()
    covariances: tuple[tuple[str, tuple[tuple[float, ...], ...]], ...] = ()
    spread: Mapping[str, float] | None = None
