import math

import pytest

from touchstone.engine.fairness.report import report_groups
from touchstone.engine.fairness.selection import Group


def test_figures_equal_those_worked_out_by_hand() -> None:
    # 24 of 48 = .5; 12 of 40 = .3; ratio .6; ln .6 = -.5108;
    # se = sqrt(1/12 - 1/40 + 1/24 - 1/48) = .28137; 1.96 se = .55147
    a, b = report_groups([Group("a", 48, 24), Group("b", 40, 12)]).rows
    assert (a.ratio, a.p) == (None, None)
    assert b.ratio == pytest.approx(0.6)
    assert b.ratio_ci == pytest.approx(
        (math.exp(-0.510826 - 0.551475), math.exp(-0.510826 + 0.551475)), abs=1e-4
    )
    assert b.rate_ci == pytest.approx((0.181, 0.454), abs=0.001)
    assert b.p == pytest.approx(0.0814, abs=0.0001)
    assert not b.remarkable


def test_a_clear_difference_is_pointed_out() -> None:
    _, b = report_groups([Group("a", 200, 100), Group("b", 200, 60)]).rows
    assert b.remarkable
    assert b.ratio_ci is not None
    assert b.ratio_ci[1] < 0.8
    assert b.p is not None
    assert b.p < 0.001


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [Group("a", 0, 0)],
        [Group("a", 50, 0), Group("b", 50, 0)],
        [Group("a", 1, 1)],
        [Group("", 30, 10)],
        [Group("a", 20, 10), Group("b", 12, 2)],
    ],
)
def test_nothing_is_divided_by_zero_and_few_people_give_no_verdict(groups: list[Group]) -> None:
    report = report_groups(groups)
    assert all(row.ratio is None and not row.remarkable for row in report.rows)


def test_nobody_selected_is_compared_where_there_are_enough_people() -> None:
    _, b = report_groups([Group("a", 100, 40), Group("b", 100, 0)]).rows
    assert b.ratio == 0.0
    assert b.ratio_ci is not None
    assert 0 < b.ratio_ci[0] < b.ratio_ci[1] < 0.3
    assert b.remarkable


def test_small_cells_are_kept_back_and_cannot_be_worked_out() -> None:
    one = report_groups([Group("a", 200, 90), Group("b", 150, 70), Group("c", 3, 0)])
    assert one.suppressed == ("b", "c")
    assert [row.group.key for row in one.rows] == ["a"]
    two = report_groups(
        [Group("a", 90, 30), Group("b", 80, 30), Group("c", 3, 0), Group("d", 2, 1)]
    )
    assert two.suppressed == ("c", "d")


def test_a_group_below_two_per_cent_is_shown_and_not_compared() -> None:
    rows = report_groups([Group("a", 1000, 500), Group("b", 900, 450), Group("c", 21, 4)]).rows
    assert [row.enough for row in rows] == [True, True, False]
    assert rows[2].ratio is None
    assert rows[2].rate_ci is not None


def test_the_unknown_are_counted_and_never_compared() -> None:
    report = report_groups([Group("a", 60, 30), Group("b", 60, 29), Group("", 17, 2)])
    assert report.unknown == 17
    assert [row.group.key for row in report.rows] == ["a", "b"]


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        report_groups([Group("a", 2, 3)])


def test_equal_rates_seldom_cry_wolf() -> None:
    """Of all pairs of 20 with 20 at a true rate of .5, weighted by how often they come up."""
    weights = [math.comb(20, k) / 2**20 for k in range(21)]
    alarms = 0.0
    for x, wx in enumerate(weights):
        for y, wy in enumerate(weights):
            report = report_groups([Group("a", 20, x), Group("b", 20, y)])
            alarms += wx * wy * any(row.remarkable for row in report.rows)
    assert alarms < 0.05
