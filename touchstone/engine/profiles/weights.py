"""Weights that always sum to 100, whatever is changed."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

STEP = 0.5


def apportioned(shares: Sequence[float], total: float, step: float = STEP) -> list[float]:
    """The shares scaled to sum exactly to ``total`` in steps, by largest remainder (Hamilton).

    >>> apportioned([1, 1, 1], 100, 1)
    [34, 33, 33]

    Args:
        shares: not negative; all zero counts as equal.
        total: a multiple of ``step``.
    """
    if not shares:
        return []
    units = round(total / step)
    sum_of = sum(shares)
    exact = [units * (s / sum_of if sum_of else 1 / len(shares)) for s in shares]
    floors = [int(x) for x in exact]
    order = sorted(range(len(shares)), key=lambda i: (floors[i] - exact[i], i))
    for index in order[: units - sum(floors)]:
        floors[index] += 1
    return [unit * step for unit in floors]


def reweighted(document: Mapping[str, Any], weights: Mapping[str, float]) -> dict[str, Any]:
    """The model with other weights of its dimensions, which then sum to 100.

    Indicators keep their share of their dimension. Dimensions that are not named keep theirs.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    dimensions = changed["dimensions"]
    wanted = [float(weights.get(d["id"], d["weight"])) for d in dimensions]
    for dimension, weight in zip(dimensions, apportioned(wanted, 100), strict=True):
        own = [float(i["weight"]) for i in dimension["indicators"]]
        dimension["weight"] = weight
        for indicator, share in zip(dimension["indicators"], apportioned(own, weight), strict=True):
            indicator["weight"] = share
    return changed
