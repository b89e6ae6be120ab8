"""Measures of agreement against examples worked by hand."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.engine.grading.agreement import (
    Counts,
    adjusted_rand,
    b_cubed,
    class_counts,
    cohen_kappa,
    macro_f1,
    most_pairs,
    ndcg,
    trivial_f1,
    wilson,
)

GOLD = ["a", "a", "a", "b", "b", "c"]
GIVEN = ["a", "a", "b", "b", "", "c"]


def test_classes_by_hand() -> None:
    # a: 2 of 2 given, 3 gold → 4/5. b: 1 of 2 given, 2 gold → 2/4. c: 1.
    counts = class_counts(GOLD, GIVEN)
    assert counts == {"a": Counts(2, 2, 3), "b": Counts(1, 2, 2), "c": Counts(1, 1, 1)}
    assert macro_f1(GOLD, GIVEN) == pytest.approx((0.8 + 0.5 + 1.0) / 3)
    # observed 4/6; expected (3·2 + 2·2 + 1·1)/36 = 11/36.
    assert cohen_kappa(GOLD, GIVEN) == pytest.approx((24 / 36 - 11 / 36) / (25 / 36))


def test_kappa_of_the_textbook() -> None:
    """Cohen's example of two raters: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no gives 0.4."""
    gold = ["y"] * 25 + ["n"] * 25
    theirs = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert cohen_kappa(gold, theirs) == pytest.approx(0.4)


def test_nothing_given_is_worth_nothing() -> None:
    assert macro_f1(GOLD, [""] * 6) == 0
    assert cohen_kappa(GOLD, [""] * 6) == 0
    assert b_cubed({"x": "1", "y": "1"}, {}) == (0, 0, 0)
    assert Counts(0, 0, 4).f1 == 0


def test_wilson_of_the_textbook() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(0, 0) == (0, 1)


def test_b_cubed_by_hand() -> None:
    """Gold {1,2,3}{4,5}, given {1,2}{3,4}{5}."""
    gold = {"1": "A", "2": "A", "3": "A", "4": "B", "5": "B"}
    theirs = {"1": "x", "2": "x", "3": "y", "4": "y", "5": "z"}
    precision, recall, f1 = b_cubed(gold, theirs)
    assert precision == pytest.approx((1 + 1 + 0.5 + 0.5 + 1) / 5)
    assert recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 0.5 + 0.5) / 5)
    assert f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_groupings_without_thought() -> None:
    gold = {"1": "A", "2": "A", "3": "A", "4": "B", "5": "B"}
    # All in one: precision (9 + 4)/25, recall 1. Each alone: precision 1, recall 2/5.
    one, alone = 2 * 0.52 / 1.52, 2 * 0.4 / 1.4
    assert trivial_f1(gold) == pytest.approx(max(one, alone))


def test_adjusted_rand_by_hand() -> None:
    """Contingency 2·1 / 0·1·1: pairs together 1, gold pairs 4, given pairs 2, of 10."""
    gold = {"1": "A", "2": "A", "3": "A", "4": "B", "5": "B"}
    theirs = {"1": "x", "2": "x", "3": "y", "4": "y", "5": "z"}
    expected = 4 * 2 / 10
    assert adjusted_rand(gold, theirs) == pytest.approx((1 - expected) / (3 - expected))
    assert adjusted_rand(gold, gold) == 1
    assert adjusted_rand(gold, dict.fromkeys(gold, "all")) == 0


def test_order_by_hand() -> None:
    worth = {"r": 3.0, "f": 1.0}
    assert ndcg(worth, ["r", "f", ""]) == 1
    ideal = 3 + 1 / math.log2(3)
    assert ndcg(worth, ["f", "r", ""]) == pytest.approx((1 + 3 / math.log2(3)) / ideal)
    assert ndcg(worth, ["r", "r", "r"]) == pytest.approx(3 / ideal)
    assert ndcg(worth, ["t", "", ""]) == 0


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_pairs_are_the_most_possible(edges: set[tuple[int, int]]) -> None:
    found = most_pairs(5, 5, lambda a, b: (a, b) in edges)
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
    assert set(found) <= edges
    best = 0
    for size in range(len(edges), 0, -1):
        if size <= 5 and any(
            len({a for a, _ in some}) == len({b for _, b in some}) == size
            for some in combinations(edges, size)
        ):
            best = size
            break
    assert len(found) == best
