"""Strict shapes of request bodies: unknown fields and wrong types are refused, as the real do.

A shape is a mapping of field → kind; a field whose name ends in "!" is required. A kind is a
type, ``[kind]`` for a list, a mapping for an object, or a set of the values allowed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

Shape = Mapping[str, Any]


def fault_in(value: Any, shape: Any, path: str = "") -> str:
    """What is wrong with the value, as "path: reason"; empty when nothing is."""
    if isinstance(shape, Mapping):
        return _object(value, shape, path)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{path}: array expected"
        return next(
            (f for n, row in enumerate(value) if (f := fault_in(row, shape[0], f"{path}[{n}]"))),
            "",
        )
    if isinstance(shape, Set):
        return "" if value in shape else f"{path}: not an allowed value"
    if shape is bool:
        return "" if isinstance(value, bool) else f"{path}: bool expected"
    if shape is int:
        fine = isinstance(value, int) and not isinstance(value, bool)
        return "" if fine else f"{path}: int expected"
    if shape is object:
        return ""
    return "" if isinstance(value, shape) else f"{path}: {shape.__name__} expected"


def _object(value: Any, shape: Shape, path: str) -> str:
    if not isinstance(value, Mapping):
        return f"{path or 'body'}: object expected"
    known = {name.rstrip("!"): kind for name, kind in shape.items()}
    required = [name[:-1] for name in shape if name.endswith("!")]
    for name in required:
        if name not in value:
            return f"{path}.{name}: missing".lstrip(".")
    for name, inner in value.items():
        if name not in known:
            return f"{path}.{name}: unknown".lstrip(".")
        found = fault_in(inner, known[name], f"{path}.{name}".lstrip("."))
        if found:
            return found
    return ""


def too_long(value: str, limit: int, *, in_bytes: bool = False) -> bool:
    """Whether a text is longer than the limit, in characters or in UTF-8 bytes."""
    return len(value.encode() if in_bytes else value) > limit


USERS: Sequence[Any] = [{"userid!": str}]
