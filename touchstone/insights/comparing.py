"""Two periods, two departments, two spreads: differences with the interval they deserve.

Intervals are percentile bootstraps (Efron 1979) with a fixed seed, so the same data give the same
interval; 90 %, 1,000 resamples. The median of a resample of many values is drawn from the
distribution it has, without drawing the resample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
SEED = 20260101
LEAST = 8
LEVELS = (5.0, 95.0)
MANY = 2000
Floats = npt.NDArray[np.float64]
Values = Sequence[float] | Floats


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure before and after.

    Attributes:
        change: after − before; None without cases on both sides.
        ci: 90 % interval of ``change``; None with fewer than eight cases on a side.
    """

    name: str
    before: float | None
    after: float | None
    n_before: int
    n_after: int
    change: float | None
    ci: tuple[float, float] | None

    @property
    def share(self) -> float | None:
        """The change as a share of before: 15.0 → 10.0 is −0.333."""
        if self.change is None or not self.before:
            return None
        return self.change / self.before


def compare_medians(name: str, before: Values, after: Values) -> Difference:
    """Medians of two samples and their difference.

    Of 10, 12, 14 and 6, 8, 10 the medians are 12 and 8, the change −4.
    """
    if not len(before) or not len(after):
        return Difference(
            name,
            float(np.median(before)) if len(before) else None,
            float(np.median(after)) if len(after) else None,
            len(before),
            len(after),
            None,
            None,
        )
    a, b = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    ci = None
    if min(len(a), len(b)) >= LEAST:
        rng = np.random.default_rng(SEED)
        spread = _medians(rng, b) - _medians(rng, a)
        low, high = np.percentile(spread, LEVELS)
        ci = (float(low), float(high))
    x, y = float(np.median(a)), float(np.median(b))
    return Difference(name, x, y, len(a), len(b), y - x, ci)


def _medians(rng: np.random.Generator, values: Floats) -> Floats:
    if len(values) > MANY:
        return _medians_of_many(rng, np.sort(values))
    picked = rng.integers(0, len(values), (RESAMPLES, len(values)))
    return np.asarray(np.median(values[picked], axis=1))


def _medians_of_many(rng: np.random.Generator, ordered: Floats) -> Floats:
    """The k-th smallest of n values drawn from n is the value at n × the k-th smallest of n uniform
    numbers, which is beta distributed; the one after it, given the k-th, is too."""
    n = len(ordered)
    k = (n + 1) // 2
    lower = rng.beta(k, n + 1 - k, RESAMPLES)
    upper = lower if n % 2 else lower + (1 - lower) * rng.beta(1, n - k, RESAMPLES)
    below, above = (
        ordered[np.minimum(n - 1, (n * share).astype(np.int64))] for share in (lower, upper)
    )
    return np.asarray((below + above) / 2)


def mean_interval(values: Values) -> tuple[float, float] | None:
    """90 % interval of a mean; None with fewer than eight values."""
    if len(values) < LEAST:
        return None
    array = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(SEED)
    if len(array) > MANY:
        # A mean of so many is normal to within the width of a line on the page.
        means = rng.normal(array.mean(), array.std() / len(array) ** 0.5, RESAMPLES)
    else:
        means = array[rng.integers(0, len(array), (RESAMPLES, len(array)))].mean(axis=1)
    low, high = np.percentile(means, LEVELS)
    return float(low), float(high)


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's correlation; None with fewer than three pairs or without spread."""
    if len(x) < 3:
        return None
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if float(a.std()) == 0.0 or float(b.std()) == 0.0:
        return None
    return float(np.corrcoef(a, b)[0, 1])
