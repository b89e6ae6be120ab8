"""Where one score stands among others."""

from __future__ import annotations

from collections.abc import Sequence

Interval = tuple[float, float]
FEW = 5


def share_below(value: float, others: Sequence[float]) -> float | None:
    """Share of the others whose score is lower, 0–1, ties counted half; None without others."""
    if not others:
        return None
    lower = sum(1.0 for other in others if other < value)
    equal = sum(0.5 for other in others if other == value)
    return (lower + equal) / len(others)


def places(own: Interval | None, others: Sequence[Interval | None]) -> tuple[int, int] | None:
    """The best and the worst place a candidate may have, as far as the intervals tell.

    Two candidates whose intervals overlap are not ranked against each other. With own [78, 84]
    and others [85, 90], [80, 86], [60, 70] the place is 2 to 3.

    Returns:
        None when the candidate has no interval. Others without one may stand anywhere.
    """
    if own is None:
        return None
    above = sum(1 for other in others if other is not None and other[0] > own[1])
    below = sum(1 for other in others if other is not None and other[1] < own[0])
    return above + 1, len(others) + 1 - below


def rank(value: float, others: Sequence[float]) -> int:
    """1 + the number of strictly higher scores."""
    return 1 + sum(1 for other in others if other > value)
