"""What was reached when a program was followed, and what one call was given."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from touchstone.engine.judging.values import NOTHING, Value

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimator or transformer fitted: with what, where."""

    order: int
    line: int
    method: str
    estimator: frozenset[str]
    data: Value
    target: Value
    supervised: bool


@dataclass(frozen=True, slots=True)
class Split:
    """Data divided into training and held-out parts, by a call or within cross-validation."""

    order: int
    line: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A fitted model applied to data."""

    order: int
    line: int
    data: Value
    fitted: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Metric:
    """An error or a score worked out."""

    line: int
    values: tuple[Value, ...]
    fitted: frozenset[tuple[str, str]]
    cross: bool = False


@dataclass(frozen=True, slots=True)
class Chance:
    """Something random: a draw, or a thing that will draw; or a seed set for a family of draws."""

    line: int
    family: str
    seeds: bool = False
    own_state: bool = False


@dataclass
class Trace:
    """All that was reached, in order."""

    fits: list[Fit] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)
    chances: list[Chance] = field(default_factory=list)
    seeded_later: set[int] = field(default_factory=set)
    walks: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Given:
    """What a call is given: its node, names and values."""

    node: ast.Call
    name: str
    receiver: Value
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    open_ended: bool

    @property
    def last(self) -> str:
        return self.name.rsplit(".", 1)[-1]

    @property
    def line(self) -> int:
        return self.node.lineno

    @property
    def every(self) -> tuple[Value, ...]:
        return (*self.arguments, *self.keywords.values())

    def argument(self, number: int, *names: str) -> Value:
        if number < len(self.arguments):
            return self.arguments[number]
        return next((self.keywords[n] for n in names if n in self.keywords), NOTHING)
