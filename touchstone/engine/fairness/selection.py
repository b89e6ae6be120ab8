"""How often the people of different groups are selected, with the doubt that small numbers deserve.

A ratio below four fifths alone means little: at equal true rates it comes up in most comparisons of
20 against 20. So the ratio, its interval, an exact test and n always go together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from touchstone.engine.fairness.exact import fisher_exact

LEAST = 20  # people a group needs before a ratio is shown
_Z = 1.959964
FOUR_FIFTHS = 0.8


@dataclass(frozen=True, slots=True)
class Group:
    """A group with how many it has and how many of them were selected."""

    key: str
    n: int
    selected: int

    @property
    def rate(self) -> float | None:
        """Share selected; None without people."""
        return self.selected / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class GroupRatio:
    """A group's selection rate against that of the group with the highest one.

    Attributes:
        rate_ci: 95 % Wilson interval of the rate.
        ratio: None for the group of comparison itself, and where data are not enough.
        ratio_ci: 95 % interval of the ratio on the log scale (Katz and others 1978).
        p: Fisher's exact test, two-sided.
        enough: whether the group has `LEAST` people.
        remarkable: the ratio is below four fifths and its interval leaves equality out.
    """

    group: Group
    rate_ci: tuple[float, float] | None
    ratio: float | None
    ratio_ci: tuple[float, float] | None
    p: float | None
    enough: bool
    remarkable: bool


def compare_groups(groups: Sequence[Group], least: int = LEAST) -> tuple[GroupRatio, ...]:
    """Each group against the one with the highest rate among those with ``least`` people.

    Groups stay in their order. With fewer than two large enough groups nothing is compared.
    """
    large = [group for group in groups if group.n >= least]
    best = max(large, key=lambda g: (g.selected / g.n, g.n), default=None)
    return tuple(_against(group, best if len(large) > 1 else None, least) for group in groups)


def _against(group: Group, best: Group | None, least: int) -> GroupRatio:
    enough = group.n >= least
    rate_ci = wilson_interval(group.selected, group.n) if group.n else None
    if best is None or not enough or group.key == best.key or not best.selected:
        return GroupRatio(group, rate_ci, None, None, None, enough, remarkable=False)
    ratio, ci = rate_ratio(group.selected, group.n, best.selected, best.n)
    p = fisher_exact(
        group.selected, group.n - group.selected, best.selected, best.n - best.selected
    )
    remarkable = ratio < FOUR_FIFTHS and ci[1] < 1 and p < 0.05
    return GroupRatio(group, rate_ci, ratio, ci, p, enough, remarkable)


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927). 8 of 10 gives .49 to .94."""
    share, z2 = hits / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return (max(0.0, centre - half), min(1.0, centre + half))


def rate_ratio(hits_a: int, n_a: int, hits_b: int, n_b: int) -> tuple[float, tuple[float, float]]:
    """Ratio of two shares with its 95 % interval on the log scale; half a case is added where a
    group has none. 20 of 100 against 40 of 100 gives 0.5, from 0.32 to 0.79."""
    ratio = (hits_a / n_a) / (hits_b / n_b)
    a, b = (hits_a, hits_b) if hits_a and hits_b else (hits_a + 0.5, hits_b + 0.5)
    middle = math.log((a / n_a) / (b / n_b))
    variance = max(0.0, 1 / a - 1 / n_a + 1 / b - 1 / n_b)
    half = _Z * math.sqrt(variance)
    return ratio, (math.exp(middle - half), math.exp(middle + half))
