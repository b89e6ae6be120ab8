"""The best choice there is, by branch and bound: to show how good the quick one was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from touchstone.engine.questions.cover import CoverProblem, choose

NODES = 20_000


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best choice found. ``proven`` says that none is better (by more than ``gap``)."""

    chosen: tuple[int, ...]
    value: float
    proven: bool
    nodes: int


def optimum(problem: CoverProblem, *, nodes: int = NODES, gap: float = 1e-4) -> Optimum:
    """Searches all choices that could still beat the best known.

    Args:
        nodes: gives up after looking at so many partial choices.
        gap: a relative improvement that is not worth searching for.
    """
    quick = choose(problem)
    best, value = quick.chosen, quick.value
    every = np.ones(len(problem.minutes), dtype=bool)
    stack: list[tuple[tuple[int, ...], np.ndarray]] = [((), every)]
    looked = 0
    while stack and looked < nodes:
        chosen, open_ = stack.pop()
        looked += 1
        worth = problem.value(chosen)
        if worth > value:
            best, value = chosen, worth
        candidates = open_ & problem.allowed(chosen)
        if not candidates.any() or problem.bound(chosen, candidates) <= value * (1 + gap):
            continue
        gains = np.where(candidates, problem.gains(chosen), -1.0)
        at = int((gains / problem.minutes).argmax())
        without = candidates.copy()
        without[at] = False
        stack.append((chosen, without))
        stack.append(((*chosen, at), without))
    return Optimum(best, value, not stack, looked)
