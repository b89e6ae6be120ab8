"""Small readings of values and of expressions that the following of a program shares."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from touchstone.engine.judging import vocabulary as names_of
from touchstone.engine.judging.syntax import dotted
from touchstone.engine.judging.values import NOTHING, Value, joined


def part_of(text: str) -> str:
    """Which part a file holds, by its name."""
    name = re.split(r"[/\\]", text)[-1].lower()
    words = re.split(r"[^a-z]+", name)
    if any(w.startswith("test") for w in words):
        return "test"
    if any(w in {"valid", "validation", "val", "dev", "holdout"} for w in words):
        return "held_out"
    return "whole"


def texts_in(value: Value, *, deep: bool = False) -> frozenset[str]:
    """Text constants in a value, those in its items included."""
    found = {value.text} if value.text else set()
    for item in value.items:
        found |= texts_in(item, deep=deep) if deep or not item.items else set()
    if deep and value.mapping is not None:
        for _, inner in value.mapping:
            found |= texts_in(inner, deep=True)
    return frozenset(found)


def whole_number(node: ast.expr | None) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = whole_number(node.operand)
        return -inner if inner is not None else None
    return None


def turned_round(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and (whole_number(node.step) or 0) < 0


def has_slice(node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(p, ast.Slice) for p in parts)


def fixed_seed(seed: Value) -> bool:
    """A seed that is the same in every run."""
    return seed is not NOTHING and seed.known is not None and not seed.made_by & names_of.CLOCKS


def same_each_run(state: Value) -> bool:
    return state.known is not None and not state.made_by & names_of.CLOCKS


def all_elements(conditions: Iterable[Value]) -> frozenset[int]:
    return frozenset[int]().union(*(c.element for c in conditions))


def all_of(parts: Sequence[bool | None], every: bool) -> bool | None:
    deciding = not every
    if any(p is deciding for p in parts):
        return deciding
    return every if all(p is every for p in parts) else None


def merged(
    before: Mapping[str, Value], one: Mapping[str, Value], other: Mapping[str, Value]
) -> dict[str, Value]:
    """Names after a branch of which either side may have been taken."""
    names = dict(other)
    for name, value in one.items():
        held = other.get(name)
        if held is None or held is before.get(name):
            names[name] = value
        elif value is not before.get(name) and value != held:
            both = joined([value, held])
            names[name] = replace(both, ref=value.ref or held.ref, cell=value.cell)
    return names


def leaves(body: Sequence[ast.stmt]) -> bool:
    """A loop's body that ends with leaving the loop or the function."""
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Break)


def globals_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }


def is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(dotted(d).endswith("property") for d in function.decorator_list)
