"""One candidate's scores: interview and assessment weighed together, dimension by dimension.

The rule (decision record 0190): where a dimension has both, the fair interview score counts
60 % and the assessment 40 %; where it has one, that one counts alone; where it has neither, its
weight goes to the others in proportion, and the report says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

INTERVIEW_SHARE = 0.6
Z_90 = 1.6448536269514722
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a candidate on one dimension.

    Attributes:
        weight: of the competency model; any positive scale.
        raw, fair: interview scores, 0–10; None when nobody rated the dimension.
        variance: of ``fair`` in squared points; None when it was not adjusted.
        n: ratings.
        assessment: 0–100; None when not assessed.
    """

    id: str
    weight: float
    raw: float | None = None
    fair: float | None = None
    variance: float | None = None
    n: int = 0
    assessment: float | None = None

    @property
    def share(self) -> float:
        """Of the interview in this dimension's score, 0–1."""
        if self.fair is None:
            return 0.0
        return 1.0 if self.assessment is None else INTERVIEW_SHARE

    def blend(self, interview: float | None) -> float | None:
        """The dimension's score, 0–100, from an interview score of 0–10."""
        if interview is None:
            return self.assessment
        if self.assessment is None:
            return 10.0 * interview
        return self.share * 10.0 * interview + (1.0 - self.share) * self.assessment


@dataclass(frozen=True, slots=True)
class Scored:
    """A dimension on the 0–100 scale.

    Attributes:
        ci: 90 % interval; the assessment's part counts as exact. None without an adjusted
            interview score.
    """

    id: str
    weight: float
    raw: float | None
    fair: float | None
    ci: Interval | None


@dataclass(frozen=True, slots=True)
class Overall:
    """The weighted sum over the measured dimensions, 0–100.

    Attributes:
        missing: dimensions without any measurement; their weight went to the others.
    """

    raw: float | None
    fair: float | None
    ci: Interval | None
    dimensions: tuple[Scored, ...]
    missing: tuple[str, ...]


def combine(
    measured: Sequence[Measured], covariance: Mapping[tuple[str, str], float] | None = None
) -> Overall:
    """Weighs the dimensions together.

    Args:
        covariance: of the fair interview scores of two dimensions, squared points; without it
            they count as independent.

    Returns:
        Unrounded scores. With weights 40/30/20/10, interview 8/7/6/– and assessment 70/–/80/–,
        the dimensions are 76, 70 and 68 (learning is missing) and the overall score is
        (40·76 + 30·70 + 20·68) / 90 = 72.2.
    """
    dimensions = tuple(
        Scored(m.id, m.weight, m.blend(m.raw), m.blend(m.fair), _dimension_interval(m))
        for m in measured
    )
    present = [m for m in measured if m.blend(m.fair) is not None]
    missing = tuple(m.id for m in measured if m.blend(m.fair) is None)
    total = sum(m.weight for m in present)
    if not present or total <= 0:
        return Overall(None, None, None, dimensions, missing)
    raw = sum(m.weight * (m.blend(m.raw) or 0.0) for m in present) / total
    fair = sum(m.weight * (m.blend(m.fair) or 0.0) for m in present) / total
    return Overall(
        raw, fair, _overall_interval(present, total, fair, covariance), dimensions, missing
    )


def _dimension_interval(m: Measured) -> Interval | None:
    score = m.blend(m.fair)
    if m.fair is None or m.variance is None or score is None:
        return None
    return _around(score, 10.0 * m.share * math.sqrt(max(0.0, m.variance)))


def _overall_interval(
    present: Sequence[Measured],
    total: float,
    fair: float,
    covariance: Mapping[tuple[str, str], float] | None,
) -> Interval | None:
    rated = [m for m in present if m.fair is not None]
    if not rated or any(m.variance is None for m in rated):
        return None
    variance = 0.0
    for a in rated:
        for b in rated:
            shared = a.variance if a.id == b.id else (covariance or {}).get((a.id, b.id), 0.0)
            variance += a.weight * a.share * b.weight * b.share * (shared or 0.0)
    return _around(fair, 10.0 * math.sqrt(max(0.0, variance)) / total)


def _around(score: float, sd: float) -> Interval:
    return max(0.0, score - Z_90 * sd), min(100.0, score + Z_90 * sd)
