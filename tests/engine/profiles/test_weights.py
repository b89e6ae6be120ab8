"""Weights sum to 100 after every change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.engine.profiles.model import model_templates, parse_model
from touchstone.engine.profiles.weights import apportioned, reweighted


@pytest.mark.parametrize(
    ("shares", "total", "step", "expected"),
    [
        ([1, 1, 1], 100, 1, [34, 33, 33]),
        ([0, 0], 10, 0.5, [5, 5]),
        ([3, 1], 100, 0.5, [75, 25]),
        ([], 100, 1, []),
    ],
)
def test_apportioned(shares: list[float], total: float, step: float, expected: list[float]) -> None:
    assert apportioned(shares, total, step) == expected


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=12))
def test_the_sum_is_exact(shares: list[float]) -> None:
    found = apportioned(shares, 100)
    assert sum(found) == 100
    assert min(found) >= 0


@given(st.dictionaries(st.sampled_from(["technical", "business", "learning"]), st.floats(1, 99)))
def test_a_reweighted_template_is_a_valid_model(weights: dict[str, float]) -> None:
    model = parse_model(reweighted(model_templates()["ai-trainer"], weights))
    assert sum(d.weight for d in model.dimensions) == pytest.approx(100)
