"""What a Python program does with its data, followed through its syntax tree.

The program is never run. Values carry where they come from (files, splits), whether the label is
among them, and what they were made from; functions are followed where they are called, code that
is never reached is not looked at. Comments and words in strings count for nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

MOST_STEPS = 20_000
DEEPEST_CALL = 8
FITS = {"fit", "fit_transform", "partial_fit", "fit_resample", "fit_predict"}
SPLITS = {"train_test_split"}
JOINS = {"concat", "concatenate", "vstack", "hstack", "append", "merge", "r_"}


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a value.

    Attributes:
        roots: places where its data came in.
        parts: train, test or held_out, as far as its data are that.
        label: the label is, or may be, among its columns.
        split: it is one side of a split.
        made_by: names of the calls it went through.
        fitted_on: of an estimator: roots it was fitted on.
    """

    roots: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    label: bool = False
    split: bool = False
    made_by: frozenset[str] = frozenset()
    items: tuple[Value, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimator or transformer fitted: with what, where."""

    line: int
    method: str
    estimator: frozenset[str]
    data: Value
    supervised: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was reached, with its dotted name and what it was given."""

    line: int
    name: str
    arguments: tuple[Value, ...]
    keywords: frozenset[str]
    receiver: Value = Value()


@dataclass
class Trace:
    """All that was reached, in order."""

    fits: list[Fit] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    splits: list[Call] = field(default_factory=list)
    loops: list[ast.For | ast.While] = field(default_factory=list)


def trace(tree: ast.Module, label: str) -> Trace:
    """Follows a module from its first statement to its last.

    Args:
        label: the column that is to be predicted; empty when unknown.
    """
    follower = _Follower(label)
    follower.block(tree.body)
    return follower.trace


class _Follower:
    def __init__(self, label: str) -> None:
        self.label = label
        self.trace = Trace()
        self.names: dict[str, Value] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self.steps = 0
        self.depth = 0
        self.returned: list[Value] = []

    # -- statements

    def block(self, body: Iterable[ast.stmt]) -> bool:
        """Follows statements; returns whether the end is not reached (return, raise, exit)."""
        for statement in body:
            self.steps += 1
            if self.steps > MOST_STEPS:
                return True
            if self.statement(statement):
                return True
        return False

    def statement(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.FunctionDef):
            self.functions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            self.block(s for s in node.body if isinstance(s, ast.FunctionDef))
        elif isinstance(node, ast.Assign):
            value = self.value(node.value)
            for target in node.targets:
                self.bind(target, value)
        elif isinstance(node, ast.AugAssign):
            self.bind(node.target, joined([self.value(node.target), self.value(node.value)]))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.bind(node.target, self.value(node.value))
        elif isinstance(node, ast.Expr):
            self.value(node.value)
        elif isinstance(node, ast.Return):
            self.returned.append(self.value(node.value) if node.value else Value())
            return True
        elif isinstance(node, ast.Raise):
            return True
        elif isinstance(node, ast.If):
            return self.branch(node)
        elif isinstance(node, ast.For | ast.While):
            self.loop(node)
        elif isinstance(node, ast.With):
            for item in node.items:
                value = self.value(item.context_expr)
                if item.optional_vars is not None:
                    self.bind(item.optional_vars, value)
            return self.block(node.body)
        elif isinstance(node, ast.Try):
            self.block(node.body)
            for handler in node.handlers:
                self.block(handler.body)
            return self.block(node.finalbody)
        return False

    def branch(self, node: ast.If) -> bool:
        known = constant(node.test)
        if known is not None:
            return self.block(node.body if known else node.orelse)
        self.value(node.test)
        ended = self.block(node.body)
        return self.block(node.orelse) and ended and bool(node.orelse)

    def loop(self, node: ast.For | ast.While) -> None:
        if isinstance(node, ast.While) and constant(node.test) is False:
            return
        self.trace.loops.append(node)
        if isinstance(node, ast.For):
            self.bind(node.target, self.value(node.iter))
        self.block(node.body)
        self.block(node.orelse)

    def bind(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            for number, part in enumerate(target.elts):
                each = (
                    value.items[number] if number < len(value.items) else replace(value, items=())
                )
                self.bind(part, each)
        elif isinstance(target, ast.Subscript | ast.Attribute):
            owner = target.value
            if isinstance(owner, ast.Name):
                self.names[owner.id] = joined([self.names.get(owner.id, Value()), value])

    # -- expressions

    def value(self, node: ast.expr | None) -> Value:
        self.steps += 1
        if node is None or self.steps > MOST_STEPS:
            return Value()
        if isinstance(node, ast.Name):
            return self.names.get(node.id, Value())
        if isinstance(node, ast.Constant):
            return Value(text=node.value if isinstance(node.value, str) else "")
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts = tuple(self.value(e) for e in node.elts)
            return replace(joined(parts), items=parts)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        if isinstance(node, ast.Attribute):
            return replace(self.value(node.value), items=())
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            return self.comprehension(node)
        if isinstance(node, ast.Lambda):
            return self.value(node.body)
        return joined(
            [self.value(c) for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
        )

    def comprehension(
        self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp
    ) -> Value:
        seen = []
        for generator in node.generators:
            source = self.value(generator.iter)
            seen.append(source)
            self.bind(generator.target, replace(source, items=()))
        if isinstance(node, ast.DictComp):
            seen += [self.value(node.key), self.value(node.value)]
        else:
            seen.append(self.value(node.elt))
        return joined(seen)

    def subscript(self, node: ast.Subscript) -> Value:
        owner = self.value(node.value)
        self.value(node.slice)
        chosen = strings(node.slice, self.names)
        if not owner.roots or not chosen:
            return replace(owner, items=())
        if self.label and isinstance(node.slice, ast.Constant):
            return replace(owner, label=False, items=())
        return replace(owner, label=owner.label and self.label in chosen, items=())

    def call(self, node: ast.Call) -> Value:
        name = dotted(node.func)
        receiver = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else Value()
        arguments = tuple(self.value(a) for a in node.args)
        keywords = {k.arg: self.value(k.value) for k in node.keywords if k.arg}
        last = name.rsplit(".", 1)[-1]
        every = (*arguments, *keywords.values())
        made = Call(node.lineno, name, every, frozenset(keywords), receiver)
        self.trace.calls.append(made)
        if last in self.functions and ("." not in name or name.startswith("self.")):
            return self.inside(self.functions[last], arguments, keywords)
        if last in FITS:
            return self.fit(node, last, receiver, arguments, keywords)
        if last in SPLITS:
            return self.parted(made, arguments)
        came_in = self.came_in(node, last, every)
        if came_in is not None:
            return came_in
        whole = joined([receiver, *every])
        if last == "drop":
            dropped = strings(node, self.names)
            whole = replace(whole, label=whole.label and self.label not in dropped)
        return replace(whole, made_by=whole.made_by | {last}, items=(), text="")

    def came_in(self, node: ast.Call, last: str, given: tuple[Value, ...]) -> Value | None:
        """Data read from a file; its part by the file's name."""
        if not (last.startswith(("read_", "load", "genfromtxt")) or last == "open"):
            return None
        path = next((v.text for v in given if v.text), "")
        if not path:
            return None
        lower = path.lower()
        part = "test" if "test" in lower else "train"
        return Value(
            roots=frozenset({f"{path}"}),
            parts=frozenset({part}),
            label=part == "train",
            made_by=frozenset({last}),
        )

    def fit(
        self,
        node: ast.Call,
        method: str,
        receiver: Value,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        data = arguments[0] if arguments else keywords.get("X", Value())
        supervised = len(arguments) > 1 or "y" in keywords
        named = receiver.made_by | frozenset(dotted(node.func).split("."))
        self.trace.fits.append(Fit(node.lineno, method, named, data, supervised))
        if method == "fit_transform":
            return replace(data, made_by=data.made_by | receiver.made_by, items=())
        return replace(receiver, roots=receiver.roots | data.roots, items=())

    def parted(self, made: Call, arguments: tuple[Value, ...]) -> Value:
        self.trace.splits.append(made)
        sides: list[Value] = []
        for value in arguments:
            kept = replace(value, items=(), split=True)
            sides.append(replace(kept, parts=frozenset({"train"})))
            sides.append(replace(kept, parts=frozenset({"held_out"})))
        return replace(joined(arguments), items=tuple(sides))

    def inside(
        self,
        function: ast.FunctionDef,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        """Follows a function of the program with what it was given."""
        if self.depth >= DEEPEST_CALL:
            return joined([*arguments, *keywords.values()])
        outer, outer_returned = dict(self.names), self.returned
        self.returned = []
        self.depth += 1
        for parameter, value in zip(function.args.args, arguments, strict=False):
            self.names[parameter.arg] = value
        self.names.update({k: v for k, v in keywords.items() if k})
        self.block(function.body)
        self.depth -= 1
        given = self.returned
        self.names, self.returned = outer, outer_returned
        if len(given) == 1:
            return replace(given[0], made_by=given[0].made_by | {function.name})
        return joined(given)


def joined(values: Iterable[Value]) -> Value:
    """What is known of something made from several values."""
    roots: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    label = split = False
    for value in values:
        roots |= value.roots
        parts |= value.parts
        made |= value.made_by
        label |= value.label
        split |= value.split
    return Value(roots, parts, label, split, made)


def dotted(node: ast.expr) -> str:
    """``np.random.seed`` of a function's expression; calls in between are left out."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else node.attr
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return ""


def constant(node: ast.expr) -> bool | None:
    """Whether a condition is always or never true; None when it depends."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    return None


def strings(node: ast.AST, names: dict[str, Value]) -> set[str]:
    """Text constants in an expression, those behind names included."""
    found = {
        n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in names:
            value = names[inner.id]
            found |= {v.text for v in (value, *value.items) if v.text}
    return found
