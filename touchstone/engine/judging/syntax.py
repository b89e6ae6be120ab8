"""What a Python syntax tree says by itself: names, imports, complementary choices of rows."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from typing import TypeGuard

OPPOSITES = {ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt}
EQUALS = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
FIRST_OF_PAIR = (ast.Lt, ast.Gt, ast.NotEq)


def dotted(node: ast.expr) -> str:
    """``np.random.seed`` of a function's expression; calls in between are left out."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else node.attr
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return ""


def imported(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """Local name to full name, of one import statement; a star brings no names of its own."""
    if isinstance(node, ast.Import):
        return {
            a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0]
            for a in node.names
        }
    module = node.module or ""
    return {a.asname or a.name: f"{module}.{a.name}" for a in node.names if a.name != "*"}


def stars(tree: ast.AST) -> tuple[str, ...]:
    """Modules all of whose names were imported."""
    return tuple(
        node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)
    )


def stores(scope: ast.AST) -> Counter[str]:
    """How often each name is bound within a module or function, parameters included."""
    found: Counter[str] = Counter()
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found[node.id] += 1
        elif isinstance(node, ast.arg):
            found[node.arg] += 1
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] += 1
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names * 2)
    return found


def cut_points(tree: ast.AST) -> frozenset[str]:
    """Expressions that end one slice and begin another: ``x[:n]`` and ``x[n:]``."""
    ends, begins = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Slice) and node.step is None:
            if node.upper is not None:
                ends.add(ast.dump(node.upper))
            if node.lower is not None:
                begins.add(ast.dump(node.lower))
    return frozenset(ends & begins)


def mask_key(node: ast.expr) -> tuple[str, bool] | None:
    """Of a choice of rows: what its complement shares with it, and which of the two it is."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        inner = mask_key(node.operand)
        return (inner[0], not inner[1]) if inner else None
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        kind = type(node.ops[0])
        if kind in OPPOSITES or kind in EQUALS:
            other = OPPOSITES.get(kind) or EQUALS[kind]
            pair = "/".join(sorted((kind.__name__, other.__name__)))
            sides = f"{ast.dump(node.left)} {ast.dump(node.comparators[0])}"
            return f"{pair} {sides}", kind in FIRST_OF_PAIR
    if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        return ast.dump(node), True
    return None


def complements(tree: ast.AST) -> frozenset[str]:
    """Choices of rows that occur together with their complement: ``x[m]`` and ``x[~m]``."""
    seen: dict[str, set[bool]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            chosen = node.slice.elts[0] if _pair(node.slice) else node.slice
            key = mask_key(chosen)
            if key:
                seen.setdefault(key[0], set()).add(key[1])
    return frozenset(k for k, both in seen.items() if len(both) == 2)


def _pair(node: ast.expr) -> TypeGuard[ast.Tuple]:
    return isinstance(node, ast.Tuple) and len(node.elts) == 2


def carries(body: Iterable[ast.stmt], counters: frozenset[str]) -> bool:
    """Whether a turn of the loop needs what the turn before has worked out.

    A sum, a count or a list that only grows is no such need: an array operation gives the same.
    """
    statements = list(body)
    bound: set[str] = set()
    for name in _assigned(statements):
        events = list(_uses(statements, name))
        if events[:1] == ["read"] or {"grow", "read"} <= set(events):
            bound.add(name)
    return bool(bound - counters) or _reads_neighbour(statements, counters)


def _assigned(statements: list[ast.stmt]) -> set[str]:
    found = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


def _uses(statements: list[ast.stmt], name: str) -> Iterable[str]:
    """read, write or grow, in the order of execution."""
    for statement in statements:
        if isinstance(statement, ast.Assign) and _accumulates(statement, name):
            yield "grow"
        elif isinstance(statement, ast.AugAssign):
            yield from _reads(statement.value, name)
            if isinstance(statement.target, ast.Name) and statement.target.id == name:
                yield "grow"
            else:
                yield from _reads(statement.target, name)
        elif isinstance(statement, ast.Assign):
            yield from _reads(statement.value, name)
            for target in statement.targets:
                written = any(
                    isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
                    for n in ast.walk(target)
                )
                yield from ("write",) if written else _reads(target, name)
        elif isinstance(statement, ast.If | ast.While):
            yield from _reads(statement.test, name)
            yield from _uses([*statement.body, *statement.orelse], name)
        elif isinstance(statement, ast.For):
            yield from _reads(statement.iter, name)
            if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(statement.target)):
                yield "write"
            yield from _uses(statement.body, name)
        elif isinstance(statement, ast.With | ast.Try):
            yield from _uses(statement.body, name)
        else:
            yield from _reads(statement, name)


def _reads(node: ast.AST, name: str) -> Iterable[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Load):
            yield "read"


def _accumulates(node: ast.Assign, name: str) -> bool:
    """``total = total + x`` and ``best = max(best, x)``."""
    if not (isinstance(node.targets[0], ast.Name) and node.targets[0].id == name):
        return False
    value = node.value
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        parts: list[ast.expr] = [value.left, value.right]
    elif isinstance(value, ast.Call) and dotted(value.func) in {"max", "min"}:
        parts = list(value.args)
    else:
        return False
    own = [p for p in parts if isinstance(p, ast.Name) and p.id == name]
    return len(own) == 1 and not any(
        list(_reads(p, name)) for p in parts if not (isinstance(p, ast.Name) and p.id == name)
    )


def _reads_neighbour(statements: list[ast.stmt], counters: frozenset[str]) -> bool:
    """A cell is written and one beside it is read from the same table: ``d[i - 1]``."""
    written = {
        dotted(n)
        for s in statements
        for n in ast.walk(s)
        if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)
    }
    for statement in statements:
        for node in ast.walk(statement):
            if (
                isinstance(node, ast.Subscript)
                and isinstance(node.ctx, ast.Load)
                and dotted(node) in written
                and any(
                    isinstance(n, ast.BinOp)
                    and any(isinstance(m, ast.Name) and m.id in counters for m in ast.walk(n))
                    for n in ast.walk(node.slice)
                )
            ):
                return True
    return False
