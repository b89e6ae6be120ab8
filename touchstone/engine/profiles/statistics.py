"""Small statistics of learning from few cases, each from its paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

Interval = tuple[float, float]
# Pseudo-people per group at the background rate: enough to tame empty cells.
PRIOR_PEOPLE = 2.0


def log_odds_difference(
    hits_a: int, n_a: int, hits_b: int, n_b: int, background: float
) -> tuple[float, float]:
    """Log-odds of a feature in group A against group B, with an informative Dirichlet prior.

    The prior adds `PRIOR_PEOPLE` to each group at the background rate (Monroe, Colaresi and Quinn
    2008, equations 15–22, with presence per person in place of word counts).

    Args:
        background: the feature's rate among all applicants, 0–1.

    Returns:
        The difference and its standard deviation. 30 of 50 against 20 of 100 at a background of
        one third gives 1.74 and 0.37.
    """
    rate = min(max(background, 0.05), 0.95)
    a, b = PRIOR_PEOPLE * rate, PRIOR_PEOPLE * (1 - rate)
    cells = (hits_a + a, n_a - hits_a + b, hits_b + a, n_b - hits_b + b)
    difference = math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3])
    return difference, math.sqrt(sum(1 / cell for cell in cells))


def normal_p_value(z: float) -> float:
    """Two-sided p-value of a standard normal."""
    return 2 * NormalDist().cdf(-abs(z))


def benjamini_hochberg(p_values: Sequence[float], rate: float) -> list[bool]:
    """Which hypotheses stand at a false discovery rate (Benjamini and Hochberg 1995)."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    last = max(
        (rank for rank, i in enumerate(order, 1) if p_values[i] <= rate * rank / len(order)),
        default=0,
    )
    kept = set(order[:last])
    return [i in kept for i in range(len(p_values))]


def fisher_interval(r: float, n: int) -> Interval:
    """95 % interval of a correlation by Fisher's z; (−1, 1) below four cases."""
    if n < 4:
        return (-1.0, 1.0)
    z = math.atanh(max(-0.999999, min(0.999999, r)))
    half = 1.959964 / math.sqrt(n - 3)
    return (math.tanh(z - half), math.tanh(z + half))


def restricted_correlation(r: float, sd_ratio: float) -> float:
    """A correlation corrected for direct range restriction (Thorndike 1949, case 2).

    Args:
        sd_ratio: spread among all applicants over spread among the hired.

    Returns:
        ``r·u / √(1 + r²(u² − 1))``: .30 at a ratio of 2 becomes .53.
    """
    return r * sd_ratio / math.sqrt(1 + r * r * (sd_ratio**2 - 1))
