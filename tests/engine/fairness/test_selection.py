"""Selection rates of groups against published and hand-worked figures."""

from __future__ import annotations

import pytest

from touchstone.engine.fairness.exact import fisher_exact
from touchstone.engine.fairness.selection import (
    Group,
    compare_groups,
    rate_ratio,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ((3, 1, 1, 3), 0.4857),  # Fisher's tea
        ((1, 9, 11, 3), 0.0028),
        ((0, 10, 0, 10), 1.0),
        ((300, 700, 400, 600), 0.0000034),
    ],
)
def test_exact_test(table: tuple[int, int, int, int], p: float) -> None:
    assert fisher_exact(*table) == pytest.approx(p, rel=0.02)


def test_intervals() -> None:
    assert wilson_interval(8, 10) == pytest.approx((0.490, 0.943), abs=0.001)
    ratio, interval = rate_ratio(20, 100, 40, 100)
    assert ratio == 0.5
    assert interval == pytest.approx((0.316, 0.791), abs=0.002)


def test_small_groups_are_not_compared() -> None:
    small, large, other = compare_groups([Group("a", 4, 0), Group("b", 50, 25), Group("c", 60, 33)])
    assert (small.enough, small.ratio) == (False, None)
    assert large.ratio == pytest.approx((25 / 50) / (33 / 60))
    assert other.ratio is None
    assert not large.remarkable


def test_a_clear_difference_is_remarkable() -> None:
    low, high = compare_groups([Group("a", 100, 20), Group("b", 100, 50)])
    assert low.remarkable
    assert low.ratio == 0.4
    assert low.p is not None
    assert low.p < 0.001
    assert not high.remarkable


def test_nobody_selected_divides_by_nothing() -> None:
    for row in compare_groups([Group("a", 100, 0), Group("b", 100, 0), Group("c", 0, 0)]):
        assert row.ratio is None


def test_one_group_is_compared_with_nobody() -> None:
    (row,) = compare_groups([Group("a", 100, 30)])
    assert row.ratio is None
    assert row.rate_ci is not None
