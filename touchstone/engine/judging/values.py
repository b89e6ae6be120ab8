"""What is known of a value while a program is followed without running it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

UNKNOWN: Final = object()
SIDES = frozenset({"train", "held_out", "low", "middle", "high"})


@dataclass(frozen=True, slots=True)
class Learnt:
    """Something was learnt from data: at a line, from a root, from which part of it."""

    line: int
    root: str
    part: str


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a value.

    Attributes:
        roots: places where its data came in.
        parts: ``whole`` training file, ``test`` file, or a side of a split (`SIDES`).
        rows: it still has one entry per row of its data; false for a mean, a count, a model.
        shape: ``frame``, ``series``, ``array``, ``archive``, ``bunch``, ``index`` or unknown.
        label: names of its columns that hold the label; ``""`` where the column has no name.
        target: it is the label and nothing else.
        span: column positions kept by a slice, as (start, stop); None inside is an open end.
        position: the column that was picked by its position.
        learnt: what was learnt on the way to it.
        made_by: names of the calls it went through.
        items: the parts of a tuple or list, where they are known one by one.
        each: what comes out when it is iterated.
        mapping: values by text key, of a dictionary written out.
        known: its value where it is a constant.
        all_but: of a choice of columns: every column but these.
        function: the function or class it stands for, with arguments bound beforehand.
        estimator: it is something that can be fitted.
        fitted: of an estimator: (root, part) it has learnt from; of predictions: of what made them.
        predicted: it is the output of a fitted model.
        grouped: rows are grouped.
        drawn: random numbers went into it.
        generator: of a random generator: ``seeded`` or ``unseeded``.
        seedless: lines where a part of it was made that needs a seed and has none.
        varied: lines where rows were turned, moved, mirrored or given noise.
        length: it tells the number of rows or columns of data.
        loops: loops whose counter it is.
        texts: of an estimator: words it was made with, columns among them.
        element: loops that took it, a single cell or row, out of data.
        cell: the object it is; two names of one object share it.
        ref: of an instance of the program's own classes.
    """

    roots: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    rows: bool = False
    shape: str = ""
    label: frozenset[str] = frozenset()
    target: bool = False
    span: tuple[int | None, int | None] | None = None
    position: int | None = None
    learnt: frozenset[Learnt] = frozenset()
    made_by: frozenset[str] = frozenset()
    items: tuple[Value, ...] = ()
    each: Value | None = None
    mapping: tuple[tuple[str, Value], ...] | None = None
    known: object = UNKNOWN
    all_but: frozenset[str] | None = None
    function: str = ""
    bound: tuple[tuple[str, Value], ...] = ()
    estimator: bool = False
    fitted: frozenset[tuple[str, str]] = frozenset()
    predicted: bool = False
    grouped: bool = False
    drawn: bool = False
    generator: str = ""
    seedless: frozenset[int] = frozenset()
    varied: frozenset[int] = frozenset()
    length: bool = False
    loops: frozenset[int] = frozenset()
    element: frozenset[int] = frozenset()
    texts: frozenset[str] = frozenset()
    cell: int = field(default=0, compare=False)
    ref: int = 0

    @property
    def text(self) -> str:
        return self.known if isinstance(self.known, str) else ""

    @property
    def rows_only(self) -> bool:
        """Its items say how it was made, not what iterating it gives."""
        return bool(self.made_by & {"zip", "enumerate"}) and self.each is None

    @property
    def sides(self) -> frozenset[str]:
        return self.parts & SIDES

    def facts(self, line: int) -> frozenset[Learnt]:
        """What somebody learns who learns from this value at a line."""
        return frozenset(Learnt(line, r, p) for r in self.roots for p in self.parts)

    def learnt_of(self) -> frozenset[tuple[str, str]]:
        return frozenset((r, p) for r in self.roots for p in self.parts)


T = TypeVar("T")
NO_LABEL: frozenset[str] = frozenset()
NOTHING = Value()


def joined(values: Iterable[Value]) -> Value:
    """What is known of something made from several values."""
    given = [v for v in values if v is not NOTHING]
    if not given:
        return NOTHING
    if len(given) == 1:
        return plain(given[0])
    data = [v for v in given if v.rows] or given
    return Value(
        roots=_union(v.roots for v in data),
        parts=_union(v.parts for v in data),
        rows=any(v.rows for v in given),
        shape=next((v.shape for v in data if v.shape), ""),
        label=_union(v.label for v in data),
        target=all(v.target for v in given if v.rows) and any(v.target for v in given),
        span=next((v.span for v in given if v.span), None),
        position=next((v.position for v in given if v.position is not None), None),
        learnt=_union(v.learnt for v in given),
        made_by=_union(v.made_by for v in given),
        estimator=any(v.estimator for v in given),
        fitted=_union(v.fitted for v in given),
        predicted=any(v.predicted for v in given),
        drawn=any(v.drawn for v in given),
        seedless=_union(v.seedless for v in given),
        varied=_union(v.varied for v in given),
        length=any(v.length for v in given),
        loops=_union(v.loops for v in given),
        element=_union(v.element for v in given),
        texts=_union(v.texts for v in given),
    )


def plain(value: Value) -> Value:
    """The value as what an operation makes of it: a new object, no constant, no known parts."""
    return replace(
        value,
        items=(),
        each=None,
        mapping=None,
        known=UNKNOWN,
        function="",
        bound=(),
        generator="",
        cell=0,
        ref=0,
    )


def _union(sets: Iterable[frozenset[T]]) -> frozenset[T]:
    return frozenset().union(*sets)
