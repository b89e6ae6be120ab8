"""Choosing questions by what they add: a weighted cover under a limit of minutes.

What a set of questions is worth is monotone and submodular (each further question adds less), so
a greedy choice is never far from the best, and the marginal gains of what was left out bound how
far: Leskovec et al. 2007, Cost-effective outbreak detection in networks, KDD, section 3.2.

    value(S) = 0.5 Σ_i w_i g(Σ_S r_qi) + 0.5 Σ_d W_d g(Σ_S r_qd) + Σ_k p_k max_S m_qk
    g(x) = 1 − exp(−1.2 x)

over indicators i, dimensions d (weights sum to 100) and probes k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
INDICATOR_SHARE, DIMENSION_SHARE = 0.5, 0.5
STEEPNESS = 1.2
ROUNDS = 8
STARTS = 4
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

        # expm1 of every question's relevance, once: gains are products with what is left.
        self._steps: Matrix = -np.expm1(-STEEPNESS * self.relevance)
        known = families >= 0
        self._conflicts: NDArray[np.bool_] = (families[:, None] == families) & known
        np.fill_diagonal(self._conflicts, val=True)

    def value(self, chosen: Sequence[int]) -> float:
        """What the set is worth."""
        return _Set(self, chosen).value()

    def gains(self, chosen: Sequence[int]) -> Matrix:
        """What each question would add to the set."""
        return _Set(self, chosen).gains()

    def allowed(self, chosen: Sequence[int]) -> NDArray[np.bool_]:
        """Which questions still fit: minutes left, family not yet there."""
        return _Set(self, chosen).allowed()

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


class _Set:
    """A set of questions that grows: what it covers is kept, not computed anew."""

    def __init__(self, problem: CoverProblem, chosen: Sequence[int] = ()) -> None:
        self.problem = problem
        self.chosen: list[int] = []
        self.covered: Matrix = np.zeros(problem.relevance.shape[1])
        self.best: Matrix = np.zeros(problem.probes.shape[1])
        self.spare = problem.limit + EPSILON
        self.free: NDArray[np.bool_] = np.ones(len(problem.minutes), dtype=bool)
        for n in chosen:
            self.add(n)

    def add(self, n: int) -> None:
        problem = self.problem
        self.chosen.append(n)
        self.covered = self.covered + problem.relevance[n]
        self.best = np.maximum(self.best, problem.probes[n])
        self.spare -= float(problem.minutes[n])
        self.free = self.free & ~problem._conflicts[n]

    def value(self) -> float:
        if not self.chosen:
            return 0.0
        covered = -np.expm1(-STEEPNESS * self.covered)
        return float(covered @ self.problem.weights + self.best @ self.problem.probe_weights)

    def gains(self) -> Matrix:
        problem = self.problem
        left = np.exp(-STEEPNESS * self.covered) * problem.weights
        gains: Matrix = problem._steps @ left
        if self.best.size:
            gains += np.maximum(problem.probes - self.best, 0.0) @ problem.probe_weights
        gains[self.chosen] = 0.0
        return gains

    def allowed(self) -> NDArray[np.bool_]:
        fits: NDArray[np.bool_] = self.free & (self.problem.minutes <= self.spare)
        return fits

    def fill(self, *, per_minute: bool) -> _Set:
        """Adds greedily until nothing fits or helps."""
        while True:
            worth = np.where(self.allowed(), self.gains(), 0.0)
            if per_minute:
                worth /= self.problem.minutes
            at = int(worth.argmax())
            if worth[at] <= EPSILON:
                return self
            self.add(at)


def choose(problem: CoverProblem) -> Cover:
    """Greedy by gain a minute and by gain, the better of the two, then exchanges."""
    starts = [_Set(problem).fill(per_minute=flag) for flag in (True, False)]
    bound = min(
        problem.bound(found.chosen[:n]) for found in starts for n in range(len(found.chosen) + 1)
    )
    best = max(starts, key=_Set.value)
    found = _exchange(problem, best)
    return Cover(tuple(found.chosen), found.value(), starts[0].value(), max(bound, found.value()))


def _exchange(problem: CoverProblem, found: _Set) -> _Set:
    """One or two out, the best others in, as long as that is worth more."""
    for _ in range(ROUNDS):
        chosen, value = found.chosen, found.value()
        for out in (*combinations(chosen, 1), *combinations(chosen, 2)):
            tried = _refilled(problem, [c for c in chosen if c not in out], out)
            if tried.value() > value + 1e-6:
                found = tried
                break
        else:
            return found
    return found


def _refilled(problem: CoverProblem, rest: list[int], out: tuple[int, ...]) -> _Set:
    """The set filled up greedily, starting with each of the best that did not just leave it."""
    kept = _Set(problem, rest)
    allowed = kept.allowed()
    allowed[list(out)] = False
    gains = np.where(allowed, kept.gains(), 0.0)
    ranked = np.argpartition(-gains, min(STARTS, len(gains) - 1))[:STARTS]
    first = [int(n) for n in ranked if gains[n] > EPSILON]
    if not first:
        return kept
    tried = [_Set(problem, [*rest, n]).fill(per_minute=False) for n in sorted(first)]
    return max(tried, key=_Set.value)
