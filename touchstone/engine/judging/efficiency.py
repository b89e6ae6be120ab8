"""Efficiency from processor time relative to the reference, and how it grows with the input."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

GRANULARITY_S = 0.01  # start-up and clock noise; below this a difference means nothing
FULL_RATIO = 1.5  # up to half more than the reference is as good
ZERO_RATIO = 12.0
LEAST_SIZES = 4
LEAST_SPAN = 8.0
LEAST_SIGNAL_S = 0.03
CLEARER = 0.8  # a faster-growing law must cut the error by a fifth to be believed


@dataclass(frozen=True, slots=True)
class Timing:
    """Processor seconds of submission and reference on the same test, best of the repeats."""

    size: float
    cpu_s: float
    reference_s: float


GROWTH_LAWS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("1", lambda n: 0.0),
    ("log n", lambda n: math.log2(n + 1)),
    ("n", lambda n: n),
    ("n log n", lambda n: n * math.log2(n + 1)),
    ("n²", lambda n: n**2),
    ("n³", lambda n: n**3),
)


def efficiency(timings: Sequence[Timing]) -> float:
    """0 to 100 from the ratio on the heaviest test.

    100 up to 1.5 times the reference's time, 0 from 12 times on, linear in the logarithm between.
    Example: three times the reference gives 66.7.
    """
    if not timings:
        return 0.0
    ratio = time_ratio(timings)
    if ratio <= FULL_RATIO:
        return 100.0
    share = math.log(ZERO_RATIO / ratio) / math.log(ZERO_RATIO / FULL_RATIO)
    return 100 * max(0.0, share)


def time_ratio(timings: Sequence[Timing]) -> float:
    """Submission over reference on the test where the larger of the two is largest."""
    heaviest = max(timings, key=lambda t: max(t.cpu_s, t.reference_s))
    return (heaviest.cpu_s + GRANULARITY_S) / (heaviest.reference_s + GRANULARITY_S)


def fit_growth(points: Sequence[tuple[float, float]]) -> str | None:
    """The law that fits seconds over size best, e.g. ``n log n``; None: too little to tell.

    Each law is fitted as ``a + b f(n)``, a and b ≥ 0, by least squares on relative errors. Sizes
    must span a factor of eight and the times rise above the noise; of two laws that fit about
    equally the slower-growing one is told.

    Args:
        points: (size of the input, processor seconds).
    """
    largest: dict[float, float] = {}
    for size, seconds in points:
        largest[size] = max(seconds, largest.get(size, 0.0))
    sizes = sorted(size for size in largest if size > 0)
    if len(sizes) < LEAST_SIZES or sizes[-1] < LEAST_SPAN * sizes[0]:
        return None
    times = [largest[size] for size in sizes]
    if max(times) - min(times) < LEAST_SIGNAL_S:
        return None
    best, least = "1", _misfit(sizes, times, GROWTH_LAWS[0][1])
    for name, law in GROWTH_LAWS[1:]:
        error = _misfit(sizes, times, law)
        if error < CLEARER * least:
            best, least = name, error
    return best


def _misfit(
    sizes: Sequence[float], seconds: Sequence[float], law: Callable[[float], float]
) -> float:
    weights = [1 / (s + GRANULARITY_S) ** 2 for s in seconds]
    top = law(sizes[-1]) or 1.0
    xs = [law(size) / top for size in sizes]
    total = math.fsum(weights)
    mean_x = math.fsum(w * x for w, x in zip(weights, xs, strict=True)) / total
    mean_y = math.fsum(w * y for w, y in zip(weights, seconds, strict=True)) / total
    spread = math.fsum(w * (x - mean_x) ** 2 for w, x in zip(weights, xs, strict=True))
    together = math.fsum(
        w * (x - mean_x) * (y - mean_y) for w, x, y in zip(weights, xs, seconds, strict=True)
    )
    slope = max(0.0, together / spread) if spread else 0.0
    base = max(0.0, mean_y - slope * mean_x)
    if base == 0.0 and slope:
        slope = math.fsum(w * x * y for w, x, y in zip(weights, xs, seconds, strict=True)) / (
            math.fsum(w * x * x for w, x in zip(weights, xs, strict=True))
        )
    return math.fsum(
        w * (y - base - slope * x) ** 2 for w, x, y in zip(weights, xs, seconds, strict=True)
    )
