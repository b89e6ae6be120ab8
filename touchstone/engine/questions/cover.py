"""Choosing questions by what they add: a weighted cover under a limit of minutes.

What a set of questions is worth is monotone and submodular (each further question adds less), so
a greedy choice is never far from the best, and the marginal gains of what was left out bound how
far: Leskovec et al. 2007, Cost-effective outbreak detection in networks, KDD, section 3.2.

    value(S) = 0.6 Σ_i w_i g(Σ_S r_qi) + 0.4 Σ_d W_d g(Σ_S r_qd) + Σ_k p_k max_S m_qk
    g(x) = 1 − exp(−1.2 x)

over indicators i, dimensions d (weights sum to 100) and probes k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
INDICATOR_SHARE, DIMENSION_SHARE = 0.6, 0.4
STEEPNESS = 1.2
ROUNDS = 4
EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Cover:
    """A choice of questions by their positions, best first, and what it is worth.

    Attributes:
        value: of the choice, in the points of the module's formula.
        greedy: of the greedy choice before questions were exchanged.
        bound: no choice within the limit is worth more than this.
    """

    chosen: tuple[int, ...]
    value: float
    greedy: float
    bound: float


class CoverProblem:
    """Relevance of n questions to indicators, dimensions and probes, with minutes and families.

    Args:
        indicators: n × I, each 0..1, with their weights; dimensions n × D; probes n × K.
        families: equal numbers exclude one another; −1 excludes nothing.
    """

    def __init__(
        self,
        *,
        indicators: Matrix,
        indicator_weights: Matrix,
        dimensions: Matrix,
        dimension_weights: Matrix,
        probes: Matrix,
        probe_weights: Matrix,
        minutes: Matrix,
        families: NDArray[np.int64],
        limit: float,
    ) -> None:
        # Indicators and dimensions share one formula, so they are columns of one matrix.
        self.relevance = np.hstack([indicators, dimensions])
        self.weights = np.concatenate(
            [INDICATOR_SHARE * indicator_weights, DIMENSION_SHARE * dimension_weights]
        )
        self.probes, self.probe_weights = probes, probe_weights
        self.minutes, self.families, self.limit = minutes, families, limit

    def value(self, chosen: Sequence[int]) -> float:
        """What the set is worth."""
        if not len(chosen):
            return 0.0
        rows = list(chosen)
        covered = -np.expm1(-STEEPNESS * self.relevance[rows].sum(axis=0))
        best = self.probes[rows].max(axis=0)
        return float(covered @ self.weights + best @ self.probe_weights)

    def gains(self, chosen: Sequence[int]) -> Matrix:
        """What each question would add to the set."""
        rows = list(chosen)
        left = np.exp(-STEEPNESS * self.relevance[rows].sum(axis=0))
        best = self.probes[rows].max(axis=0) if rows else np.zeros(self.probes.shape[1])
        added = -np.expm1(-STEEPNESS * self.relevance) @ (left * self.weights)
        gains: Matrix = added + np.maximum(0.0, self.probes - best) @ self.probe_weights
        gains[rows] = 0.0
        return gains

    def allowed(self, chosen: Sequence[int]) -> NDArray[np.bool_]:
        """Which questions still fit: minutes left, family not yet there."""
        rows = list(chosen)
        spare = self.limit - self.minutes[rows].sum()
        taken = self.families[rows]
        free = ~np.isin(self.families, taken[taken >= 0])
        free[rows] = False
        fits: NDArray[np.bool_] = free & (self.minutes <= spare + EPSILON)
        return fits

    def bound(self, chosen: Sequence[int], candidates: NDArray[np.bool_] | None = None) -> float:
        """At most this is any set worth: the set's value and the densest gains that fit."""
        gains = self.gains(chosen)
        if candidates is not None:
            gains = np.where(candidates, gains, 0.0)
        spare = self.limit if candidates is None else self.limit - self.minutes[list(chosen)].sum()
        order = np.argsort(-gains / self.minutes, kind="stable")
        before = np.concatenate([[0.0], np.cumsum(self.minutes[order])[:-1]])
        part = np.clip((spare - before) / self.minutes[order], 0.0, 1.0)
        return self.value(chosen) + float((gains[order] * part).sum())


def choose(problem: CoverProblem) -> Cover:
    """Greedy by gain a minute and by gain, the better of the two, then exchanges."""
    starts = [_greedy(problem, per_minute=flag) for flag in (True, False)]
    bound = min(problem.bound(chosen[:n]) for chosen in starts for n in range(len(chosen) + 1))
    values = [problem.value(chosen) for chosen in starts]
    best = max(range(2), key=lambda i: values[i])
    chosen = _exchange(problem, starts[best])
    value = problem.value(chosen)
    return Cover(tuple(chosen), value, values[0], max(bound, value))


def _greedy(problem: CoverProblem, *, per_minute: bool, start: Sequence[int] = ()) -> list[int]:
    chosen = list(start)
    while True:
        allowed = problem.allowed(chosen)
        if not allowed.any():
            return chosen
        gains = problem.gains(chosen)
        worth = gains / problem.minutes if per_minute else gains
        at = int(np.where(allowed, worth, -1.0).argmax())
        if gains[at] <= EPSILON:
            return chosen
        chosen.append(at)


def _exchange(problem: CoverProblem, chosen: list[int]) -> list[int]:
    """One out, the best others in, as long as that is worth more."""
    value = problem.value(chosen)
    for _ in range(ROUNDS):
        better = False
        for out in list(chosen):
            rest = [c for c in chosen if c != out]
            allowed = problem.allowed(rest)
            allowed[out] = False
            if not allowed.any():
                continue
            gains = np.where(allowed, problem.gains(rest), -1.0)
            tried = _greedy(problem, per_minute=False, start=[*rest, int(gains.argmax())])
            worth = problem.value(tried)
            if worth > value + 1e-6:
                chosen, value, better = tried, worth, True
        if not better:
            break
    return chosen
