"""A program followed: its names, its objects, and the loops it is in."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from touchstone.engine.judging import vocabulary as names_of
from touchstone.engine.judging.flow_reading import texts_in
from touchstone.engine.judging.flow_trace import Function, Trace
from touchstone.engine.judging.syntax import complements, cut_points, dotted, stars, stores
from touchstone.engine.judging.values import Value, joined, plain


class Base(ABC):
    def __init__(self, tree: ast.Module, label: str) -> None:
        self.label = label
        self.trace = Trace()
        self.names: dict[str, Value] = {}
        self.scopes: list[dict[str, Value]] = []
        self.imports: dict[str, str] = {}
        self.stars = stars(tree)
        self.functions: dict[str, Function] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.instances: dict[int, dict[str, Value]] = {}
        self.kinds: dict[int, str] = {}
        self.cuts = cut_points(tree)
        self.pairs = complements(tree)
        self.bound_times = [stores(tree)]
        self.carried: dict[int, bool] = {}
        self.long: dict[int, bool] = {}
        self.active: set[int] = set()
        self.conditions: list[Value] = []
        self.returned: list[Value] = []
        self.following: list[Function] = []
        self.stored: dict[Function, Counter[str]] = {}
        self.windows: set[int] = set()
        self.fixed_windows: dict[frozenset[str], set[str]] = {}
        self.steps = self.depth = self.nesting = self.order = self.serial = 0

    def next(self) -> int:
        self.serial += 1
        return self.serial

    # -- what the parts below need of those above

    @abstractmethod
    def block(self, body: Iterable[ast.stmt]) -> bool:
        """Follows statements; returns whether the end is not reached (return, raise, exit)."""

    @abstractmethod
    def value(self, node: ast.expr | None, hint: str = "") -> Value:
        """What is known of an expression."""

    @abstractmethod
    def inside(
        self,
        function: Function,
        arguments: Sequence[Value],
        keywords: Mapping[str, Value],
        owner: Value | None = None,
    ) -> Value:
        """Follows a function of the program with what it was given."""

    # -- names and objects

    def bind(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name():
                self.names[target.id] = value if value.cell else replace(value, cell=self.next())
            case ast.Tuple() | ast.List():
                self.unpack(target.elts, value)
            case ast.Starred():
                self.bind(target.value, plain(value))
            case ast.Attribute():
                owner = self.value(target.value)
                if owner.ref:
                    kept = value if value.cell else replace(value, cell=self.next())
                    self.instances[owner.ref][target.attr] = kept
                elif owner.roots:
                    self.put(owner, {target.attr}, value)
            case ast.Subscript():
                base = target.value
                if isinstance(base, ast.Attribute) and base.attr in {"loc", "iloc", "at", "iat"}:
                    base = base.value
                owner = self.value(base)
                self.put(owner, texts_in(self.value(target.slice)), value)
            case _:
                pass

    def unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        for number, part in enumerate(targets):
            if number < len(value.items):
                self.bind(part, value.items[number])
            elif value.each is not None:
                self.bind(part, value.each)
            else:
                self.bind(part, plain(value))

    def put(self, owner: Value, columns: set[str] | frozenset[str], value: Value) -> None:
        """Writes into a column, a cell or a key."""
        if owner.mapping is not None and len(columns) == 1:
            (key,) = columns
            kept = tuple(p for p in owner.mapping if p[0] != key)
            self.mutate(owner, replace(owner, mapping=(*kept, (key, value))))
            return
        if not owner.roots:
            self.mutate(owner, joined([owner, value]))
            return
        label = owner.label - columns
        if value.label and value.rows:
            label |= columns or value.label
        self.mutate(
            owner,
            replace(
                owner,
                label=label,
                learnt=owner.learnt | value.learnt,
                varied=owner.varied | value.varied,
                items=(),
            ),
        )

    def mutate(self, old: Value, new: Value) -> None:
        """An object changed: whoever holds it holds the changed one."""
        if not old.cell:
            return
        new = replace(new, cell=old.cell)
        for scope in (self.names, *self.scopes, *self.instances.values()):
            for name, held in scope.items():
                if held.cell == old.cell:
                    scope[name] = new

    def resolved(self, node: ast.expr) -> str:
        """The full name behind a function's expression, imports and aliases followed."""
        name = dotted(node)
        head, _, rest = name.partition(".")
        held = self.names.get(head)
        if held is not None and held.function:
            head = held.function
        elif held is None and head in self.imports:
            head = self.imports[head]
        elif held is None and not rest and head in names_of.DRAWS:
            head = next(
                (f"{m}.{head}" for m in self.stars if m in {"random", "numpy.random"}), head
            )
        return f"{head}.{rest}" if rest else head

    def walk(self, line: int, element: frozenset[int]) -> None:
        """Arithmetic on single cells or rows, unless a turn needs the turn before."""
        loops = element & self.active
        if not loops or any(self.carried.get(n, False) for n in loops):
            return
        if len(loops) > 1 or any(self.long.get(n, False) for n in loops):
            self.trace.walks.append(line)
