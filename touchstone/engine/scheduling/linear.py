"""Linear models that are written once and solved as they are, in whole numbers, or by CP-SAT."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array

Term = tuple[int, int]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The least cost in fractions, and what one more of each variable's limit would change."""

    value: float
    x: Vector
    worth: Vector


@dataclass(frozen=True, slots=True)
class Whole:
    """The best found in whole numbers, if any, and the least that any costs."""

    bound: float
    value: float | None
    x: Vector | None


@dataclass(slots=True)
class Linear:
    """Variables from 0 to a limit and rows with whole coefficients; the cost is minimized."""

    cost: list[int] = field(default_factory=list)
    limit: list[int] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[list[Term]] = field(default_factory=list)
    _known: tuple[int, int, Any] = (0, 0, None)

    def var(self, limit: int = 1, cost: int = 0) -> int:
        self.limit.append(limit)
        self.cost.append(cost)
        return len(self.cost) - 1

    def most(self, terms: Iterable[Term], high: int) -> None:
        self._row(terms, -np.inf, high)

    def equal(self, terms: Iterable[Term], value: int) -> None:
        self._row(terms, value, value)

    def _row(self, terms: Iterable[Term], low: float, high: float) -> None:
        self.rows.append(list(terms))
        self.low.append(low)
        self.high.append(high)

    def relax(self, time_limit_s: float) -> Relaxed | None:
        """The optimum in fractions; None if the time is over first."""
        high, low = np.array(self.high), np.array(self.low)
        same = high == low
        matrix = self._matrix()
        found = linprog(
            np.array(self.cost, float),
            A_ub=matrix[np.flatnonzero(~same)],
            b_ub=high[~same],
            A_eq=matrix[np.flatnonzero(same)],
            b_eq=high[same],
            bounds=np.column_stack([np.zeros(len(self.cost)), np.array(self.limit, float)]),
            method="highs",
            options={"time_limit": time_limit_s},
        )
        if found.status != 0:
            return None
        return Relaxed(float(found.fun), found.x, np.asarray(found.upper.marginals))

    def solve(self, time_limit_s: float, *, gap: float) -> Whole:
        from ortools.linear_solver import pywraplp

        solver: Any = pywraplp.Solver.CreateSolver("SCIP")
        own = [solver.IntVar(0, limit, "") for limit in self.limit]
        for terms, low, high in zip(self.rows, self.low, self.high, strict=True):
            row = solver.Constraint(-solver.infinity() if low != high else low, high)
            for k, factor in terms:
                # A variable named twice adds up.
                row.SetCoefficient(own[k], row.GetCoefficient(own[k]) + factor)
        goal = solver.Objective()
        for var, cost in zip(own, self.cost, strict=True):
            goal.SetCoefficient(var, cost)
        goal.SetMinimization()
        solver.SetTimeLimit(max(1, int(1000 * time_limit_s)))
        wanted = pywraplp.MPSolverParameters()
        wanted.SetDoubleParam(wanted.RELATIVE_MIP_GAP, gap)
        status = solver.Solve(wanted)
        if status not in (solver.OPTIMAL, solver.FEASIBLE):
            return Whole(-np.inf, None, None)
        x = np.round([var.solution_value() for var in own])
        return Whole(goal.BestBound(), goal.Value(), x)

    def _matrix(self) -> Any:
        size = (len(self.rows), len(self.cost))
        if self._known[:2] != size:
            columns = [k for row in self.rows for k, _ in row]
            values = [float(v) for row in self.rows for _, v in row]
            edges = np.cumsum([0, *(len(row) for row in self.rows)])
            self._known = (*size, csr_array((values, columns, edges), shape=size))
        return self._known[2]

    def write(self, model: Any) -> list[Any]:
        """The variables of a CP-SAT model that holds the same rows; the cost is left to it."""
        own = [model.new_int_var(0, limit, "") for limit in self.limit]
        for terms, low, high in zip(self.rows, self.low, self.high, strict=True):
            total = sum(factor * own[k] for k, factor in terms)
            if low == high:
                model.add(total == int(high))
            else:
                model.add(total <= int(high))
        return own
