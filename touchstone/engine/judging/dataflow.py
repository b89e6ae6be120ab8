"""What a Python program does with its data, followed through its syntax tree.

The program is never run. Values carry where they come from (files, splits), whether the label is
among them, and what was learnt on the way to them; functions, classes and methods are followed
where they are called, code that is never reached is not looked at. Comments and words in strings
count for nothing.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from touchstone.engine.judging import vocabulary as names_of
from touchstone.engine.judging.syntax import (
    carries,
    complements,
    cut_points,
    dotted,
    imported,
    mask_key,
    stars,
    stores,
)
from touchstone.engine.judging.values import NOTHING, UNKNOWN, Value, joined, plain

MOST_STEPS = 20_000
DEEPEST_CALL = 8
DEEPEST_NESTING = 120
MOST_TURNS = 12
MOST_AT_ONCE = 2  # a function that calls itself: once more tells all there is
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Mod, ast.FloorDiv)
NO_LABEL: frozenset[str] = frozenset()
ALL_COLUMNS = (None, None)
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
class _Given:
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


def trace(tree: ast.Module, label: str) -> Trace:
    """Follows a module from its first statement to its last.

    Args:
        label: the column that is to be predicted; empty when unknown.
    """
    follower = _Follower(tree, label)
    follower.block(tree.body)
    return follower.trace


class _Follower:
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
        self.steps = self.depth = self.nesting = self.order = self.serial = 0

    def next(self) -> int:
        self.serial += 1
        return self.serial

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
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions[node.name] = node
                self.names.pop(node.name, None)
            case ast.ClassDef():
                self.classes[node.name] = node
                self.names.pop(node.name, None)
            case ast.Import() | ast.ImportFrom():
                self.imports.update(imported(node))
            case ast.Assign():
                self.assign(node)
            case ast.AugAssign():
                self.grow(node)
            case ast.AnnAssign():
                if node.value is not None:
                    self.bind(node.target, self.value(node.value, dotted(node.target)))
            case ast.Delete():
                for target in node.targets:
                    if isinstance(target, ast.Subscript):
                        owner = self.value(target.value)
                        gone = _texts(self.value(target.slice))
                        self.mutate(owner, replace(owner, label=owner.label - gone))
            case ast.Expr():
                self.value(node.value)
                if isinstance(node.value, ast.Call):
                    return self.resolved(node.value.func) in names_of.EXITS
            case ast.Return():
                self.returned.append(self.value(node.value) if node.value else NOTHING)
                return True
            case ast.Raise() | ast.Continue() | ast.Break():
                return True
            case ast.If():
                return self.branch(node)
            case ast.For() | ast.AsyncFor():
                self.turns(node)
            case ast.While():
                self.repeat(node)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    value = self.value(item.context_expr)
                    if item.optional_vars is not None:
                        self.bind(item.optional_vars, value)
                return self.block(node.body)
            case ast.Try():
                ended = self.block(node.body)
                for handler in node.handlers:
                    self.block(handler.body)
                if not ended:
                    ended = self.block(node.orelse)
                return self.block(node.finalbody) or ended
            case ast.Match():
                self.value(node.subject)
                for case in node.cases:
                    self.block(case.body)
            case _:
                pass
        return False

    def assign(self, node: ast.Assign) -> None:
        first = node.targets[0]
        if (
            isinstance(first, ast.Tuple)
            and isinstance(node.value, ast.Tuple)
            and len(first.elts) == len(node.value.elts)
        ):
            values = [
                self.value(v, dotted(t)) for t, v in zip(first.elts, node.value.elts, strict=True)
            ]
            value = replace(joined(values), items=tuple(values))
        else:
            value = self.value(node.value, dotted(first))
        for target in node.targets:
            self.bind(target, value)

    def grow(self, node: ast.AugAssign) -> None:
        old, new = self.value(node.target), self.value(node.value)
        counted = new.element or _all_elements(self.conditions)
        if isinstance(node.op, ARITHMETIC) and counted and not new.text and not new.items:
            self.walk(node.lineno, counted)
        made = self.combined(node.op, old, new, node.lineno)
        self.bind(node.target, made)

    def branch(self, node: ast.If) -> bool:
        known = self.truth(node.test)
        if known is not None:
            return self.block(node.body if known else node.orelse)
        test = self.value(node.test)
        self.conditions.append(test)
        before = dict(self.names)
        ended = self.block(node.body)
        after = self.names
        self.names = dict(before)
        otherwise = self.block(node.orelse)
        if otherwise:
            self.names = after if not ended else before
        elif not ended:
            self.names = _merged(before, after, self.names)
        self.conditions.pop()
        return ended and otherwise and bool(node.orelse)

    def truth(self, node: ast.expr) -> bool | None:
        """Whether a condition is always or never true; None when it depends."""
        match node:
            case ast.Constant():
                return bool(node.value)
            case ast.UnaryOp(op=ast.Not()):
                inner = self.truth(node.operand)
                return None if inner is None else not inner
            case ast.BoolOp():
                return _all_of([self.truth(v) for v in node.values], isinstance(node.op, ast.And))
            case ast.Name():
                return self.truth_of_name(node.id)
            case ast.Compare(ops=[op], comparators=[right]):
                return self.compared(node.left, op, right)
            case _:
                return None

    def truth_of_name(self, name: str) -> bool | None:
        if name == "TYPE_CHECKING":
            return False
        value = self.names.get(name, NOTHING)
        if value.known is UNKNOWN or not self.bound_once(name):
            return None
        return bool(value.known)

    def bound_once(self, name: str) -> bool:
        for times in reversed(self.bound_times):
            if name in times:
                return times[name] == 1
        return False

    def compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool | None:
        if isinstance(left, ast.Name) and left.id == "__name__" and "__name__" not in self.names:
            return isinstance(op, ast.Eq)
        sides: list[object] = []
        for side in (left, right):
            if isinstance(side, ast.Constant):
                sides.append(side.value)
            elif isinstance(side, ast.Name) and self.bound_once(side.id):
                value = self.names.get(side.id, NOTHING)
                something = value.known is UNKNOWN and (value.roots or value.ref or value.items)
                sides.append(value if something else value.known)
            else:
                return None
        if any(s is UNKNOWN for s in sides):
            return None
        if any(isinstance(s, Value) for s in sides) and None not in sides:
            return None
        equal = sides[0] == sides[1]
        if isinstance(op, ast.Eq | ast.Is):
            return equal
        if isinstance(op, ast.NotEq | ast.IsNot):
            return not equal
        return None

    # -- loops

    def turns(self, node: ast.For | ast.AsyncFor) -> None:
        source = self.value(node.iter)
        if source.items and len(source.items) <= MOST_TURNS and not source.rows_only:
            for item in source.items:
                self.bind(node.target, item)
                if self.block(node.body) and _leaves(node.body):
                    break
            self.block(node.orelse)
            return
        number = self.next()
        counters = frozenset(n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))
        self.carried[number] = carries(node.body, counters)
        self.bind(node.target, self.taken(source, number))
        self.within(number, node.body)
        self.block(node.orelse)

    def within(self, number: int, body: Iterable[ast.stmt]) -> None:
        self.active.add(number)
        outer, self.conditions = self.conditions, []
        self.block(body)
        self.conditions = outer
        self.active.discard(number)

    def repeat(self, node: ast.While) -> None:
        if self.truth(node.test) is False:
            return
        test = self.value(node.test)
        number = self.next()
        counters = {
            n.target.id
            for n in ast.walk(node)
            if isinstance(n, ast.AugAssign)
            and isinstance(n.target, ast.Name)
            and isinstance(n.value, ast.Constant)
            and n.target.id in {m.id for m in ast.walk(node.test) if isinstance(m, ast.Name)}
        }
        self.long[number] = test.length
        self.carried[number] = carries(node.body, frozenset(counters))
        for name in counters:
            self.names[name] = Value(loops=frozenset({number}), cell=self.next())
        self.within(number, node.body)
        self.block(node.orelse)

    def taken(self, source: Value, number: int) -> Value:
        """What one turn of a loop takes out of its source."""
        self.long.setdefault(number, False)
        mine = frozenset({number})
        if "range" in source.made_by and not source.roots:
            self.long[number] |= source.length
            return Value(loops=mine)
        if source.ref and self.method(source, "__iter__"):
            return self.on_instance(source, "__iter__", (), {}).each or NOTHING
        if source.items and "zip" in source.made_by:
            taken = tuple(self.taken(i, number) for i in source.items)
            return replace(joined(taken), items=taken)
        if source.items and "enumerate" in source.made_by:
            taken = (Value(loops=mine), self.taken(source.items[0], number))
            return replace(joined(taken), items=taken)
        if source.each is not None:
            return source.each
        if source.grouped:
            group = replace(plain(source), grouped=False)
            return replace(group, items=(NOTHING, group))
        if source.shape == "frame" or source.all_but is not None:
            return NOTHING
        if source.rows and source.roots:
            self.long[number] = True
            return replace(plain(source), element=source.element | mine)
        return plain(source)

    def walk(self, line: int, element: frozenset[int]) -> None:
        """Arithmetic on single cells or rows, unless a turn needs the turn before."""
        loops = element & self.active
        if not loops or any(self.carried.get(n, False) for n in loops):
            return
        if len(loops) > 1 or any(self.long.get(n, False) for n in loops):
            self.trace.walks.append(line)

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
                self.put(owner, _texts(self.value(target.slice)), value)
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

    # -- expressions

    def value(self, node: ast.expr | None, hint: str = "") -> Value:
        self.steps += 1
        if node is None or self.steps > MOST_STEPS or self.nesting > DEEPEST_NESTING:
            return NOTHING
        self.nesting += 1
        made = self.worked_out(node, hint)
        self.nesting -= 1
        return made

    def worked_out(self, node: ast.expr, hint: str) -> Value:
        match node:
            case ast.Name():
                return self.named(node.id)
            case ast.Constant():
                return Value(known=node.value)
            case ast.Tuple() | ast.List() | ast.Set():
                return self.listed(node.elts)
            case ast.Dict():
                return self.dictionary(node)
            case ast.Call():
                return self.call(node, hint)
            case ast.Subscript():
                return self.subscript(node)
            case ast.Attribute():
                return self.attribute(node)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                return self.comprehension(node)
            case ast.Lambda():
                name = f"<lambda {node.lineno}:{node.col_offset}>"
                self.functions[name] = node
                return Value(function=name)
            case ast.BinOp():
                return self.operation(node)
            case ast.Compare():
                return self.comparison(node)
            case ast.JoinedStr():
                return self.text_of(node)
            case ast.NamedExpr():
                value = self.value(node.value)
                self.bind(node.target, value)
                return value
            case ast.IfExp():
                known = self.truth(node.test)
                if known is not None:
                    return self.value(node.body if known else node.orelse, hint)
                self.value(node.test)
                return joined([self.value(node.body, hint), self.value(node.orelse, hint)])
            case ast.Yield() | ast.YieldFrom():
                given = self.value(node.value)
                self.returned.append(Value(each=given))
                return NOTHING
            case ast.Starred():
                return self.value(node.value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
                return Value(known=-number)
            case _:
                parts = [c for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
                return joined([self.value(c) for c in parts])

    def named(self, name: str) -> Value:
        if name in self.names:
            return self.names[name]
        if name in self.functions or name in self.classes:
            return Value(function=name)
        return Value(function=self.imports.get(name, name))

    def listed(self, elements: Sequence[ast.expr]) -> Value:
        items: list[Value] = []
        for element in elements:
            value = self.value(element)
            if isinstance(element, ast.Starred):
                items += value.items
            else:
                items.append(value)
        return replace(joined(items), items=tuple(items))

    def dictionary(self, node: ast.Dict) -> Value:
        pairs: list[tuple[str, Value]] = []
        values = []
        for key, inner in zip(node.keys, node.values, strict=True):
            value = self.value(inner)
            values.append(value)
            if key is None:
                pairs += value.mapping or ()
            else:
                pairs.append((self.value(key).text, value))
        return replace(joined(values), mapping=tuple(pairs))

    def text_of(self, node: ast.JoinedStr) -> Value:
        parts = []
        for piece in node.values:
            inner = piece.value if isinstance(piece, ast.FormattedValue) else piece
            parts.append(self.value(inner))
        texts = "".join(str(p.known) if p.known is not UNKNOWN else "" for p in parts)
        return Value(known=texts)

    def attribute(self, node: ast.Attribute) -> Value:
        owner = self.value(node.value)
        name = node.attr
        if owner.ref:
            held = self.instances[owner.ref].get(name)
            if held is not None:
                return held
            method = self.method(owner, name)
            if method is not None and _is_property(method):
                return self.on_instance(owner, name, (), {})
            return NOTHING
        if owner.function and not owner.roots:
            return Value(function=f"{owner.function}.{name}")
        if owner.shape == "bunch" and name in {"data", "target"}:
            kept = replace(plain(owner), shape="array")
            return replace(kept, label=NO_LABEL, target=name == "target")
        if name == "columns":
            return Value(all_but=NO_LABEL, label=owner.label)
        if name == "shape":
            return Value(length=owner.rows, items=(Value(length=owner.rows),) * 2)
        if name == "size":
            return Value(length=owner.rows)
        if name == "index":
            return replace(plain(owner), shape="index", label=NO_LABEL, cell=owner.cell)
        if owner.shape == "frame" and name not in names_of.FRAME_ATTRIBUTES:
            return self.columns_of(owner, frozenset({name}), single=True)
        if name == "values":
            return replace(plain(owner), shape="array")
        if name == "T":
            return replace(plain(owner), shape="transposed")
        if not owner.text and owner == NOTHING:
            return Value(known=dotted(node)) if name else NOTHING
        return replace(plain(owner), cell=owner.cell) if name in {"loc", "iloc"} else plain(owner)

    def comprehension(
        self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp
    ) -> Value:
        outer = dict(self.names)
        first = node.generators[0]
        source = self.value(first.iter)
        if (
            isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp)
            and len(node.generators) == 1
        ):
            chosen = self.columns_kept(first, source, node.elt)
            if chosen is not None:
                return chosen
            if source.items and len(source.items) <= MOST_TURNS and not source.rows_only:
                items = []
                for item in source.items:
                    self.bind(first.target, item)
                    items.append(self.value(node.elt))
                self.names = outer
                return replace(joined(items), items=tuple(items) if not first.ifs else ())
        numbers = []
        sources = []
        tests = []
        for position, generator in enumerate(node.generators):
            held = source if position == 0 else self.value(generator.iter)
            number = self.next()
            numbers.append(number)
            self.carried[number] = False
            sources.append(held)
            self.bind(generator.target, self.taken(held, number))
            self.active.add(number)
            tests += [self.value(test) for test in generator.ifs]
        if isinstance(node, ast.DictComp):
            each = joined([self.value(node.key), self.value(node.value)])
        else:
            each = self.value(node.elt)
        self.active -= set(numbers)
        self.names = outer
        made = joined([each, *(replace(s, label=NO_LABEL) for s in sources if s.rows)])
        line = node.lineno
        varied = {line} if any(t.drawn for t in tests) and made.rows else set()
        return replace(made, each=each, varied=made.varied | varied)

    def columns_kept(
        self, generator: ast.comprehension, source: Value, element: ast.expr
    ) -> Value | None:
        """``[c for c in table.columns if c not in (...)]``: which columns are left out."""
        target = generator.target
        if source.all_but is None or not isinstance(target, ast.Name):
            return None
        if not (isinstance(element, ast.Name) and element.id == target.id):
            return None
        out = set(source.all_but)
        sure = True
        for test in generator.ifs:
            parts = test.values if isinstance(test, ast.BoolOp) else [test]
            for part in parts:
                if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.NotEq | ast.NotIn):
                    out |= _texts(self.value(part.comparators[0]))
                else:
                    sure = False
        if not sure:
            out |= source.label
        return replace(source, all_but=frozenset(out), cell=0)

    # -- operations

    def operation(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Sub) and left.all_but is not None:
            return replace(left, all_but=left.all_but | _texts(right), cell=0)
        if isinstance(node.op, ast.Div) and right.text and not left.roots:
            return Value(known=right.text)
        if isinstance(node.op, ast.Add) and left.items and right.items:
            return replace(joined([left, right]), items=(*left.items, *right.items))
        if isinstance(node.op, ast.Sub):
            self.measured(node.lineno, left, right)
        made = self.combined(node.op, left, right, node.lineno)
        texts = left.text or right.text
        if isinstance(node.op, (*ARITHMETIC, ast.MatMult)) and made.element and not texts:
            self.walk(node.lineno, made.element)
        return made

    def combined(self, op: ast.operator, left: Value, right: Value, line: int) -> Value:
        made = joined([left, right])
        if isinstance(op, ast.MatMult) and left.shape == "transposed":
            return self.condensed(made, left, line)
        noise = (left.drawn and not left.rows and right.rows) or (
            right.drawn and not right.rows and left.rows
        )
        if noise and isinstance(op, ARITHMETIC):
            made = replace(made, varied=made.varied | {line})
        return made

    def condensed(self, made: Value, data: Value, line: int) -> Value:
        """Rows brought down to a few numbers: something was learnt from them."""
        told = frozenset() if data.target and not data.grouped else data.facts(line)
        return replace(
            plain(made),
            rows=False,
            label=NO_LABEL,
            target=False,
            grouped=False,
            learnt=made.learnt | told,
            shape="",
        )

    def comparison(self, node: ast.Compare) -> Value:
        left = self.value(node.left)
        rights = [self.value(c) for c in node.comparators]
        if left.all_but is not None and isinstance(node.ops[0], ast.NotEq):
            return replace(left, all_but=left.all_but | _texts(rights[0]), cell=0)
        if isinstance(node.ops[0], ast.Eq | ast.NotEq):
            self.measured(node.lineno, left, rights[0])
        return joined([left, *rights])

    def measured(self, line: int, left: Value, right: Value) -> None:
        """Predictions set against the label are an error worked out by hand."""
        for guess, truth in ((left, right), (right, left)):
            if not truth.target or guess.target or not guess.rows:
                continue
            learnt = frozenset((f.root, f.part) for f in guess.learnt)
            if guess.predicted or (learnt and truth.roots & guess.roots):
                fitted = guess.fitted or learnt
                self.trace.metrics.append(Metric(line, (guess, truth), fitted))
                return

    # -- choosing rows and columns

    def subscript(self, node: ast.Subscript) -> Value:
        owner = self.value(node.value)
        key = self.value(node.slice)
        if owner.mapping is not None and key.text:
            return dict(owner.mapping).get(key.text, plain(owner))
        if isinstance(key.known, int) and owner.items:
            if -len(owner.items) <= key.known < len(owner.items):
                return owner.items[key.known]
            return plain(owner)
        if owner.all_but is not None:
            return self.columns_sliced(owner, node.slice)
        if not owner.roots:
            return plain(owner)
        made = self.chosen(node, owner, key)
        if key.loops and owner.rows and not _has_slice(node.slice):
            made = replace(made, element=made.element | key.loops)
        # A choice of rows by what was learnt brings no number of theirs into the columns.
        return made if key.rows else replace(made, learnt=made.learnt | key.learnt)

    def columns_sliced(self, owner: Value, chosen: ast.expr) -> Value:
        if isinstance(chosen, ast.Slice) and chosen.upper is not None:
            return replace(owner, all_but=(owner.all_but or NO_LABEL) | owner.label, cell=0)
        return replace(owner, cell=0)

    def chosen(self, node: ast.Subscript, owner: Value, key: Value) -> Value:
        rows: ast.expr | None = node.slice
        columns: ast.expr | None = None
        by_place = isinstance(node.value, ast.Attribute) and node.value.attr in {"loc", "iloc"}
        if isinstance(node.slice, ast.Tuple) and (owner.shape != "frame" or by_place):
            rows = node.slice.elts[0]
            columns = node.slice.elts[1] if len(node.slice.elts) > 1 else None
            if any(_reversed(e) for e in node.slice.elts):
                owner = replace(owner, varied=owner.varied | {node.lineno})
        elif owner.shape in {"frame", "archive"} and not by_place:
            texts = _texts(key)
            if texts:
                return self.columns_of(owner, frozenset(texts), single=bool(key.text))
            if key.all_but is not None:
                return replace(plain(owner), label=owner.label - key.all_but)
        elif owner.grouped or owner.shape == "series":
            pass
        made = self.rows_of(owner, rows)
        if columns is not None:
            made = self.columns_at(made, columns)
        return made

    def columns_of(self, owner: Value, chosen: frozenset[str], *, single: bool) -> Value:
        label = owner.label & chosen
        shape = "series" if single else owner.shape
        if owner.shape == "archive":
            shape = "array"
        return replace(
            plain(owner),
            label=label,
            target=bool(label) and single,
            shape=shape,
            grouped=owner.grouped,
        )

    def columns_at(self, owner: Value, columns: ast.expr) -> Value:
        key = self.value(columns)
        if isinstance(columns, ast.Slice):
            span = (_whole(columns.lower), _whole(columns.upper))
            if span == ALL_COLUMNS and columns.lower is None and columns.upper is None:
                return owner
            if _whole(columns.lower) is None and columns.lower is not None:
                return replace(owner, label=NO_LABEL)
            if _whole(columns.upper) is None and columns.upper is not None:
                return replace(owner, label=NO_LABEL)
            return replace(owner, span=span)
        if isinstance(key.known, int):
            return replace(
                owner, position=key.known, target=bool(owner.label), shape="series", span=None
            )
        texts = _texts(key)
        if texts:
            return self.columns_of(owner, frozenset(texts), single=bool(key.text))
        if key.all_but is not None:
            return replace(owner, label=owner.label - key.all_but)
        if key.loops:
            return owner
        return replace(owner, label=NO_LABEL)

    def rows_of(self, owner: Value, chosen: ast.expr | None) -> Value:
        kept = replace(plain(owner), grouped=owner.grouped)
        if isinstance(chosen, ast.Slice):
            return self.cut(kept, chosen)
        if chosen is None:
            return kept
        key = self.value(chosen)
        if key.shape == "index" and key.sides:
            return replace(kept, parts=key.parts)
        mask = mask_key(chosen)
        if mask and mask[0] in self.pairs and not key.label and not key.loops:
            return self.side(kept, "low" if mask[1] else "high")
        return kept

    def cut(self, owner: Value, chosen: ast.Slice) -> Value:
        if chosen.step is not None:
            if _reversed(chosen):
                return replace(owner, varied=owner.varied | {chosen.step.lineno})
            return owner
        ends = chosen.upper is not None and ast.dump(chosen.upper) in self.cuts
        begins = chosen.lower is not None and ast.dump(chosen.lower) in self.cuts
        if not ends and not begins:
            return owner
        name = "low" if not begins else "middle" if ends else "high"
        return self.side(owner, name)

    def side(self, owner: Value, name: str) -> Value:
        """One side of a division by position or condition."""
        both = {"whole", "test"} <= owner.parts
        if both:
            return replace(owner, parts=frozenset({"whole" if name == "low" else "test"}))
        if "test" in owner.parts or not owner.rows:
            return owner
        return replace(owner, parts=frozenset({name}))

    # -- calls

    def call(self, node: ast.Call, hint: str = "") -> Value:
        func = node.func
        receiver = self.value(func.value) if isinstance(func, ast.Attribute) else NOTHING
        held = self.names.get(func.id, NOTHING) if isinstance(func, ast.Name) else NOTHING
        if isinstance(func, ast.Call | ast.Subscript | ast.IfExp):
            held = self.value(func)
        name = self.resolved(func)
        if held.function and isinstance(func, ast.Call | ast.Subscript | ast.IfExp):
            name = held.function
        given = self.given(node, name, receiver, held)
        if held.ref:
            return self.on_instance(held, "__call__", given.arguments, given.keywords)
        if receiver.ref and isinstance(func, ast.Attribute):
            attribute = self.instances[receiver.ref].get(func.attr)
            if attribute is not None and attribute.function:
                name = attribute.function
                given = replace(given, name=name, receiver=NOTHING)
            else:
                return self.on_instance(receiver, func.attr, given.arguments, given.keywords)
        if name in self.functions and not receiver.roots:
            return self.inside(self.functions[name], given.arguments, given.keywords)
        if name in self.classes:
            return self.construct(name, given.arguments, given.keywords)
        if isinstance(func, ast.Attribute) and dotted(func.value) == "super":
            return self.on_super(func.attr, given)
        self.chance(given)
        return self.known_call(given, hint)

    def given(self, node: ast.Call, name: str, receiver: Value, held: Value) -> _Given:
        arguments: list[Value] = []
        for argument in node.args:
            value = self.value(argument)
            if isinstance(argument, ast.Starred):
                arguments += value.items or (value,)
            else:
                arguments.append(value)
        keywords: dict[str, Value] = dict(held.bound)
        open_ended = False
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg:
                keywords[keyword.arg] = value
            elif value.mapping is not None:
                keywords.update(value.mapping)
            else:
                open_ended = True
        return _Given(node, name, receiver, tuple(arguments), keywords, open_ended)

    def known_call(self, given: _Given, hint: str) -> Value:
        """A call of a library, or of nothing that is known."""
        last, receiver = given.last, given.receiver
        if last in names_of.FITS and isinstance(given.node.func, ast.Attribute):
            return self.fit(given)
        if given.name.endswith(("lightgbm.train", "xgboost.train")):
            return self.trained(given)
        if last in names_of.PREDICTS and not receiver.rows:
            return self.predict(given)
        if last in {"transform", "inverse_transform"} and receiver.estimator:
            data = given.argument(0, "X")
            return replace(plain(data), learnt=data.learnt | receiver.learnt)
        if last == "train_test_split":
            return self.parted(given)
        if last == "split" and receiver.made_by & names_of.INDEX_MAKERS:
            return self.folds(given)
        if last in names_of.CROSS:
            return self.crossed(given)
        if last in names_of.METRICS:
            fitted = frozenset[tuple[str, str]]().union(*(v.fitted for v in given.every))
            self.trace.metrics.append(Metric(given.line, given.every, fitted))
        came_in = self.came_in(given, hint)
        if came_in is not None:
            return came_in
        handler = self.METHODS.get(last)
        if handler is not None:
            made = handler(self, given)
            if made is not None:
                return made
        return self.ordinary(given)

    def ordinary(self, given: _Given) -> Value:
        last, receiver = given.last, given.receiver
        self.callbacks(given)
        every = given.every
        condensed = self.statistic(given)
        if condensed is not None:
            return condensed
        made = joined([receiver, *every])
        if last in names_of.LEARNING_FUNCTIONS:
            data = given.argument(0)
            made = replace(made, learnt=made.learnt | data.facts(given.line))
        varies = last in names_of.AUGMENTS or "augment" in last.lower()
        if varies and made.rows:
            made = replace(made, varied=made.varied | {given.line})
        if last in {"array", "asarray", "DataFrame", "to_numpy", "Series"} and made.roots:
            shape = "frame" if last == "DataFrame" else "array"
            made = replace(made, rows=True, shape=shape)
        numeric = last in names_of.NUMERIC or given.name.startswith(names_of.NUMERIC_MODULES)
        if made.element and given.name.startswith("math."):
            self.walk(given.line, made.element)
        if made.element and not numeric and last not in names_of.COLLAPSES:
            made = replace(made, element=frozenset())
        if last == "sum" and every and every[0].each is not None and every[0].each.element:
            self.walk_inside(given.line, every[0].each.element)
        if last[:1].isupper() and last not in names_of.LOOKS_LIKE_A_CLASS:
            texts = frozenset().union(*(_texts(v, deep=True) for v in every))
            made = replace(made, estimator=True, texts=made.texts | texts)
        if last in {"make_pipeline", "make_union", "make_column_transformer", "clone", "deepcopy"}:
            texts = frozenset().union(*(_texts(v, deep=True) for v in every))
            estimator = any(v.estimator for v in every) or last.startswith("make_")
            made = replace(made, estimator=estimator, texts=made.texts | texts)
        drawn = made.drawn or self.is_draw(given)
        generator = self.generator(given)
        if self.needs_state(given) and not self.has_state(given):
            made = replace(made, seedless=made.seedless | {given.line})
        if given.keywords.get("inplace", NOTHING).known is True:
            self.mutate(receiver, replace(made, shape=receiver.shape))
        return replace(
            plain(made),
            made_by=made.made_by | {last},
            drawn=drawn,
            generator=generator,
            grouped=receiver.grouped,
        )

    def walk_inside(self, line: int, element: frozenset[int]) -> None:
        """A sum over cells taken one by one: the loop is over, its turns were the walk."""
        if any(self.long.get(n, False) for n in element):
            self.trace.walks.append(line)

    def statistic(self, given: _Given) -> Value | None:
        """A mean, a spread, a count: rows become few numbers."""
        last, receiver = given.last, given.receiver
        data = receiver if receiver.rows else given.argument(0, "a", "x")
        group = receiver.grouped and last in names_of.GROUP_STATISTICS
        told = group or last in names_of.COLLAPSES or last in names_of.SOLVES
        if not data.rows or not told:
            return None
        if last in {"min", "max", "minimum", "maximum"} and len(given.arguments) > 1:
            return None
        axis = given.keywords.get("axis", NOTHING)
        if axis.known in (1, -1, "columns") and not receiver.grouped:
            return None
        made = joined([receiver, *given.every])
        if last in {"count", "size", "nunique"} and not group:
            return Value(length=True, element=made.element)
        if last == "sum" and not group:
            if receiver is NOTHING and data.each is not None and data.each.element:
                self.walk_inside(given.line, data.each.element)
            return replace(plain(made), rows=False, label=NO_LABEL, target=False, shape="")
        condensed = self.condensed(made, data, given.line)
        if group and last in {"transform", "apply"}:
            return replace(condensed, rows=True, shape="series")
        return replace(condensed, made_by=made.made_by | {last}, element=made.element)

    def callbacks(self, given: _Given) -> None:
        """Functions of the program handed to a call are called by it."""
        functions = [v.function for v in given.every if v.function in self.functions]
        if not functions:
            return
        data = (
            given.receiver
            if given.receiver.rows
            else joined([v for v in given.every if not v.function])
        )
        number = self.next()
        self.carried[number] = False
        whole_rows = given.last in names_of.ELEMENTWISE and (
            data.shape != "frame" or given.keywords.get("axis", NOTHING).known in (1, "columns")
        )
        by_map = given.name in {"map", "filter"}
        if (whole_rows or by_map) and not data.grouped and data.rows:
            each = replace(plain(data), element=data.element | {number}, shape="array")
            self.long[number] = True
        else:
            each = data
        if data.shape == "frame" and whole_rows and data.rows and not data.grouped:
            self.trace.walks.append(given.line)
        self.active.add(number)
        for function in functions:
            self.inside(self.functions[function], (each,), {})
        self.active.discard(number)

    # -- calls of known names

    def m_drop(self, given: _Given) -> Value | None:
        owner = given.receiver
        key = given.argument(0, "columns", "labels", "index")
        if owner.all_but is not None:
            return replace(owner, all_but=owner.all_but | _texts(key), cell=0)
        if not owner.roots:
            return None
        if key.shape == "index":
            return self.complement(owner, key)
        texts = _texts(given.keywords.get("columns", key)) | _texts(key)
        made = replace(plain(owner), label=owner.label - texts)
        if given.keywords.get("inplace", NOTHING).known is True:
            self.mutate(owner, made)
            return NOTHING
        return made

    def complement(self, owner: Value, index: Value) -> Value:
        """``table.drop(part.index)`` is the other side of ``part``."""
        for scope in (self.names, *self.scopes):
            for held in list(scope.values()):
                if held.cell == index.cell and held.rows and not held.sides:
                    self.mutate(held, self.side(held, "low"))
        return self.side(plain(owner), "high")

    def m_pop(self, given: _Given) -> Value | None:
        owner = given.receiver
        texts = _texts(given.argument(0, "item"))
        if not owner.roots or not texts:
            return None
        out = self.columns_of(owner, frozenset(texts), single=True)
        self.mutate(owner, replace(owner, label=owner.label - texts))
        return out

    def m_assign(self, given: _Given) -> Value | None:
        owner = given.receiver
        if not owner.roots:
            return None
        label, learnt, varied = owner.label, owner.learnt, owner.varied
        for column, value in given.keywords.items():
            label -= {column}
            if value.label and value.rows:
                label |= {column}
            learnt, varied = learnt | value.learnt, varied | value.varied
        return replace(plain(owner), label=label, learnt=learnt, varied=varied)

    def m_rename(self, given: _Given) -> Value | None:
        owner = given.receiver
        mapping = given.keywords.get("columns", NOTHING).mapping
        if not owner.roots or mapping is None:
            return None
        names = {old: new.text for old, new in mapping if new.text}
        made = replace(plain(owner), label=frozenset(names.get(n, n) for n in owner.label))
        if given.keywords.get("inplace", NOTHING).known is True:
            self.mutate(owner, made)
        return made

    def m_copy(self, given: _Given) -> Value | None:
        return replace(given.receiver, cell=0) if given.receiver.roots else None

    def m_groupby(self, given: _Given) -> Value | None:
        if not given.receiver.roots:
            return None
        return replace(plain(given.receiver), grouped=True)

    def m_append(self, given: _Given) -> Value | None:
        owner = given.receiver
        if owner.roots and not given.arguments:
            return None
        if given.name.startswith("numpy."):
            return None
        made = joined([owner, *given.arguments])
        items = owner.items
        if given.last == "append" and items and not self.active and len(items) < MOST_TURNS:
            made = replace(made, items=(*items, *given.arguments))
        self.mutate(owner, made)
        return NOTHING

    def m_remove(self, given: _Given) -> Value | None:
        owner = given.receiver
        texts = _texts(given.argument(0))
        if owner.all_but is not None:
            self.mutate(owner, replace(owner, all_but=owner.all_but | texts))
        elif owner.items:
            kept = tuple(i for i in owner.items if i.text not in texts)
            self.mutate(owner, replace(owner, items=kept))
        return NOTHING

    def m_difference(self, given: _Given) -> Value | None:
        owner = given.receiver
        if owner.all_but is None:
            return None
        return replace(owner, all_but=owner.all_but | _texts(given.argument(0)), cell=0)

    def m_same(self, given: _Given) -> Value | None:
        """``list(table.columns)``, ``set(...)``, ``.tolist()``: the same things in other form."""
        inner = given.argument(0) if given.name == given.last else given.receiver
        if inner.all_but is not None or inner.items or inner.each is not None:
            return replace(inner, cell=0)
        return None

    def m_zip(self, given: _Given) -> Value | None:
        made = joined(given.arguments)
        known = given.arguments and all(
            a.items and a.each is None and not a.rows_only and not a.made_by & {"zip", "enumerate"}
            for a in given.arguments
        )
        if known:
            rows = zip(*(a.items for a in given.arguments), strict=False)
            if given.last == "zip":
                items = tuple(replace(joined(r), items=tuple(r)) for r in rows)
            else:
                items = tuple(
                    replace(plain(i), items=(Value(known=n), i))
                    for n, i in enumerate(given.arguments[0].items)
                )
            return replace(made, items=items)
        return replace(made, items=given.arguments, made_by=made.made_by | {given.last})

    def m_range(self, given: _Given) -> Value | None:
        length = any(a.length for a in given.arguments)
        return Value(length=length, made_by=frozenset({"range"}))

    def m_len(self, given: _Given) -> Value | None:
        data = given.argument(0)
        return Value(length=data.rows, drawn=False)

    def m_items(self, given: _Given) -> Value | None:
        mapping = given.receiver.mapping
        if mapping is None:
            return None
        if given.last == "values":
            items = tuple(v for _, v in mapping)
        elif given.last == "keys":
            items = tuple(Value(known=k) for k, _ in mapping)
        else:
            items = tuple(replace(plain(v), items=(Value(known=k), v)) for k, v in mapping)
        return replace(joined(items), items=items)

    def m_dict(self, given: _Given) -> Value | None:
        if given.arguments:
            return given.arguments[0] if given.arguments[0].mapping is not None else None
        return replace(joined(given.every), mapping=tuple(given.keywords.items()))

    def m_partial(self, given: _Given) -> Value | None:
        if not given.arguments or not given.arguments[0].function:
            return None
        return Value(function=given.arguments[0].function, bound=tuple(given.keywords.items()))

    def m_join(self, given: _Given) -> Value | None:
        texts = [a.text for a in given.arguments if a.text]
        return Value(known=texts[-1]) if texts and not joined(given.arguments).roots else None

    def m_set_params(self, given: _Given) -> Value | None:
        if "random_state" in given.keywords or given.open_ended:
            self.trace.seeded_later |= given.receiver.seedless
        return given.receiver

    def m_iterrows(self, given: _Given) -> Value | None:
        if not given.receiver.roots:
            return None
        self.trace.walks.append(given.line)
        row = replace(plain(given.receiver), shape="series", rows=False)
        if given.last == "iterrows":
            row = replace(row, items=(NOTHING, replace(row, rows=False)))
        return replace(plain(given.receiver), each=row)

    def m_sample(self, given: _Given) -> Value | None:
        owner = given.receiver
        if not owner.roots:
            return None
        made = plain(owner)
        if given.keywords.get("replace", NOTHING).known is True:
            made = replace(made, learnt=made.learnt | owner.facts(given.line))
        return made

    def m_select_dtypes(self, given: _Given) -> Value | None:
        return plain(given.receiver) if given.receiver.roots else None

    def m_super(self, given: _Given) -> Value | None:
        return self.names.get("self", NOTHING)

    METHODS: Mapping[str, Callable[[_Follower, _Given], Value | None]] = {
        "drop": m_drop,
        "pop": m_pop,
        "assign": m_assign,
        "rename": m_rename,
        "copy": m_copy,
        "groupby": m_groupby,
        "append": m_append,
        "extend": m_append,
        "remove": m_remove,
        "difference": m_difference,
        "list": m_same,
        "tuple": m_same,
        "set": m_same,
        "sorted": m_same,
        "tolist": m_same,
        "zip": m_zip,
        "enumerate": m_zip,
        "range": m_range,
        "len": m_len,
        "items": m_items,
        "values": m_items,
        "keys": m_items,
        "dict": m_dict,
        "partial": m_partial,
        "join": m_join,
        "set_params": m_set_params,
        "iterrows": m_iterrows,
        "itertuples": m_iterrows,
        "sample": m_sample,
        "select_dtypes": m_select_dtypes,
        "super": m_super,
    }

    # -- data coming in

    def came_in(self, given: _Given, hint: str) -> Value | None:
        """Data read from a file; their part by the file's name."""
        last = given.last
        table, numbers = last in names_of.TABLE_READERS, last in names_of.ARRAY_READERS
        lines = last in names_of.LINE_READERS
        binary = last.startswith(names_of.BINARY_READERS) and last not in {"loads", "load_model"}
        if not (table or numbers or lines or binary):
            return None
        if last == "open" and any("w" in a.text or "a" in a.text for a in given.arguments[1:2]):
            return NOTHING
        source = given.argument(0, "filepath_or_buffer", "file", "fname", "path")
        if source.roots:
            base = replace(plain(source), made_by=source.made_by | {last})
        else:
            text = source.text or (ast.unparse(given.node.args[0]) if given.node.args else "")
            root = text or f"{last}:{given.line}"
            part = _part_of(f"{text} {hint}" if not source.text else text)
            base = Value(
                roots=frozenset({root}), parts=frozenset({part}), made_by=frozenset({last})
            )
        if lines:
            return replace(base, rows=False, label=self.label_in(base))
        shape = "frame" if table else "archive" if binary and ".npz" in source.text else "array"
        if binary and not source.text and not source.roots:
            shape = "bunch"
        label = self.label_in(base) if table or numbers or shape == "archive" else NO_LABEL
        if numbers:
            label = frozenset({""}) if label else NO_LABEL
        made = replace(base, rows=True, shape=shape, label=label)
        if shape == "bunch" and given.keywords.get("return_X_y", NOTHING).known is True:
            array = replace(made, shape="array", label=NO_LABEL)
            return replace(made, items=(array, replace(array, target=True)))
        return made

    def label_in(self, data: Value) -> frozenset[str]:
        return frozenset({self.label}) if self.label and "test" not in data.parts else NO_LABEL

    # -- fitting, predicting, splitting

    def fit(self, given: _Given) -> Value:
        receiver, method = given.receiver, given.last
        data = given.argument(0, "X", "x")
        target = given.argument(1, "y")
        supervised = len(given.arguments) > 1 or "y" in given.keywords
        supervised = supervised and target.known is not None
        named = receiver.made_by | frozenset(dotted(given.node.func).split("."))
        words = " ".join(named).lower()
        stateless = any(w in words for w in names_of.STATELESS) or words.endswith("normalizer")
        stateless = stateless or "Normalizer" in named
        stateless = stateless and not any(w in words for w in names_of.PREPARES[:6])
        seen = data
        if named & {"ColumnTransformer", "make_column_transformer"}:
            seen = replace(data, label=data.label & receiver.texts)
        self.order += 1
        pure = data.target or stateless
        if not pure:
            self.trace.fits.append(
                Fit(self.order, given.line, method, named, seen, target, supervised)
            )
        if named & names_of.SEARCHES:
            self.trace.splits.append(Split(self.order, given.line, (data,)))
            self.trace.metrics.append(Metric(given.line, (data,), frozenset(), cross=True))
        told = frozenset() if pure else data.facts(given.line)
        earlier = receiver.fitted if method == "partial_fit" else frozenset()
        fitted = replace(
            receiver,
            estimator=True,
            fitted=earlier | data.learnt_of(),
            learnt=told | data.learnt,
        )
        self.mutate(receiver, fitted)
        if method in {"fit", "partial_fit"}:
            return fitted
        made = replace(plain(data), learnt=data.learnt | told)
        if method == "fit_resample":
            second = replace(plain(target), learnt=target.learnt | told)
            return replace(made, items=(replace(made), second))
        if method == "fit_predict":
            return replace(made, predicted=True, label=NO_LABEL, shape="array")
        return replace(made, shape=data.shape)

    def trained(self, given: _Given) -> Value:
        data = given.argument(1, "train_set", "dtrain")
        self.order += 1
        named = frozenset(given.name.split("."))
        self.trace.fits.append(Fit(self.order, given.line, "train", named, data, NOTHING, True))
        return Value(estimator=True, fitted=data.learnt_of(), learnt=data.facts(given.line))

    def predict(self, given: _Given) -> Value:
        receiver = given.receiver
        data = given.argument(0, "X", "x")
        self.order += 1
        self.trace.uses.append(
            Use(
                self.order,
                given.line,
                replace(data, learnt=data.learnt | receiver.learnt),
                receiver.fitted,
            )
        )
        if given.last == "score":
            self.trace.metrics.append(Metric(given.line, given.every, receiver.fitted))
            return NOTHING
        return replace(
            plain(data),
            predicted=True,
            fitted=receiver.fitted,
            learnt=data.learnt | receiver.learnt,
            label=NO_LABEL,
            target=False,
            shape="array",
            rows=True,
        )

    def parted(self, given: _Given) -> Value:
        self.order += 1
        self.trace.splits.append(Split(self.order, given.line, given.arguments))
        sides: list[Value] = []
        for value in given.arguments:
            kept = replace(value, items=(), cell=0)
            sides.append(replace(kept, parts=frozenset({"train"})))
            sides.append(replace(kept, parts=frozenset({"held_out"})))
        return replace(joined(given.arguments), items=tuple(sides))

    def folds(self, given: _Given) -> Value:
        """Rows of training and held-out parts, fold by fold."""
        data = given.argument(0, "X")
        self.order += 1
        self.trace.splits.append(Split(self.order, given.line, (data,)))
        sides = tuple(
            Value(roots=data.roots, parts=frozenset({p}), shape="index")
            for p in ("train", "held_out")
        )
        return Value(each=Value(items=sides))

    def crossed(self, given: _Given) -> Value:
        data = given.argument(1, "X")
        self.order += 1
        self.trace.splits.append(Split(self.order, given.line, (data,)))
        model = given.argument(0, "estimator")
        target = given.argument(2, "y")
        if model.made_by & {"ColumnTransformer", "make_column_transformer"}:
            data = replace(data, label=data.label & model.texts)
        self.trace.metrics.append(Metric(given.line, (data,), frozenset(), cross=True))
        sides = replace(data, parts=frozenset({"train"}))
        self.trace.fits.append(
            Fit(self.order, given.line, "fit", model.made_by, sides, target, True)
        )
        return NOTHING

    # -- chance

    def is_draw(self, given: _Given) -> bool:
        return given.last in names_of.DRAWS and bool(self.family(given))

    def family(self, given: _Given) -> str:
        if given.receiver.generator:
            return given.receiver.generator
        for family, start in (
            ("numpy", "numpy.random."),
            ("random", "random."),
            ("torch", "torch."),
        ):
            if given.name.startswith(start):
                return family
        return ""

    def generator(self, given: _Given) -> str:
        if given.last not in names_of.GENERATORS:
            return ""
        return "seeded" if _fixed(given.argument(0, "seed")) else "unseeded"

    def chance(self, given: _Given) -> None:
        last = given.last
        if last in {"seed", "manual_seed"}:
            family = self.family(given)
            if family and _fixed(given.argument(0, "seed")):
                self.trace.chances.append(Chance(given.line, family, seeds=True))
        elif self.is_draw(given):
            self.trace.chances.append(Chance(given.line, self.family(given)))
        elif self.needs_state(given):
            own = self.has_state(given)
            self.trace.chances.append(Chance(given.line, "numpy", own_state=own))

    def has_state(self, given: _Given) -> bool:
        state = given.keywords.get("random_state", NOTHING)
        stated = "random_state" in given.keywords and _same_each_run(state)
        return given.open_ended or stated

    def needs_state(self, given: _Given) -> bool:
        last = given.last
        if last in names_of.NEED_SEED:
            return given.keywords.get("shuffle", NOTHING).known is not False
        if last in names_of.NEED_SEED_IF_SHUFFLED:
            return given.keywords.get("shuffle", NOTHING).known is True
        if last == "shuffle" and given.name.startswith("sklearn."):
            return True
        return last == "sample" and bool(given.receiver.roots)

    # -- functions and classes of the program

    def inside(
        self,
        function: Function,
        arguments: Sequence[Value],
        keywords: Mapping[str, Value],
        owner: Value | None = None,
    ) -> Value:
        """Follows a function of the program with what it was given."""
        if self.depth >= DEEPEST_CALL or self.following.count(function) >= MOST_AT_ONCE:
            return joined([*arguments, *keywords.values()])
        self.scopes.append(self.names)
        outer_returned, self.returned = self.returned, []
        outer_conditions, self.conditions = self.conditions, []
        self.names = dict(self.names)
        self.depth += 1
        self.following.append(function)
        self.bound_times.append(self.stores_of(function))
        self.enter(function.args, arguments, keywords, owner)
        if isinstance(function, ast.Lambda):
            self.returned.append(self.value(function.body))
        else:
            self.block(function.body)
        self.bound_times.pop()
        self.following.pop()
        self.depth -= 1
        given, inner = self.returned, self.names
        self.names = self.scopes.pop()
        self.returned, self.conditions = outer_returned, outer_conditions
        if not isinstance(function, ast.Lambda):
            for name in _globals(function):
                if name in inner:
                    self.names[name] = inner[name]
        if len(given) == 1:
            return given[0]
        ref = next((g.ref for g in given if g.ref), 0)
        each = next((g.each for g in given if g.each is not None), None)
        items: tuple[Value, ...] = ()
        long = [g.items for g in given if g.items]
        if long and len({len(i) for i in long}) == 1:
            items = tuple(joined(p) for p in zip(*long, strict=True))
        return replace(joined(given), ref=ref, each=each, items=items)

    def stores_of(self, function: Function) -> Counter[str]:
        if function not in self.stored:
            self.stored[function] = stores(function)
        return self.stored[function]

    def enter(
        self,
        parameters: ast.arguments,
        arguments: Sequence[Value],
        keywords: Mapping[str, Value],
        owner: Value | None,
    ) -> None:
        positional = [*parameters.posonlyargs, *parameters.args]
        for parameter, default in zip(
            reversed(positional), reversed(parameters.defaults), strict=False
        ):
            self.names[parameter.arg] = self.value(default)
        for parameter, keyword in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            self.names[parameter.arg] = self.value(keyword)
        given = list(arguments) if owner is None else [owner, *arguments]
        for parameter, value in zip(positional, given, strict=False):
            self.names[parameter.arg] = value
        if parameters.vararg is not None:
            rest = tuple(given[len(positional) :])
            self.names[parameters.vararg.arg] = replace(joined(rest), items=rest)
        known = {p.arg for p in (*positional, *parameters.kwonlyargs)}
        self.names.update({k: v for k, v in keywords.items() if k in known})
        if parameters.kwarg is not None:
            rest_named = tuple((k, v) for k, v in keywords.items() if k not in known)
            self.names[parameters.kwarg.arg] = Value(mapping=rest_named)

    def construct(
        self, name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]
    ) -> Value:
        ref = self.next()
        self.instances[ref], self.kinds[ref] = {}, name
        instance = Value(ref=ref, cell=self.next())
        fields = []
        for statement in self.classes[name].body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                fields.append(statement.target.id)
                self.instances[ref][statement.target.id] = self.value(statement.value)
            elif isinstance(statement, ast.Assign):
                value = self.value(statement.value)
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        self.instances[ref][target.id] = value
        if self.method(instance, "__init__") is not None:
            self.on_instance(instance, "__init__", arguments, keywords)
        else:
            self.instances[ref].update(zip(fields, arguments, strict=False))
            self.instances[ref].update(keywords)
        if self.method(instance, "__post_init__") is not None:
            self.on_instance(instance, "__post_init__", (), {})
        return instance

    def method(
        self, instance: Value, name: str, above: bool = False
    ) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        waiting = [self.kinds.get(instance.ref, "")]
        seen: set[str] = set()
        while waiting:
            kind = waiting.pop(0)
            if kind in seen or kind not in self.classes:
                continue
            seen.add(kind)
            body = self.classes[kind].body
            if not (above and kind == self.kinds[instance.ref]):
                for statement in body:
                    if (
                        isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
                        and statement.name == name
                    ):
                        return statement
            waiting += [dotted(b) for b in self.classes[kind].bases]
        return None

    def on_instance(
        self,
        instance: Value,
        name: str,
        arguments: Sequence[Value],
        keywords: Mapping[str, Value],
    ) -> Value:
        method = self.method(instance, name)
        if method is not None:
            static = any(dotted(d) == "staticmethod" for d in method.decorator_list)
            return self.inside(method, arguments, keywords, None if static else instance)
        if name == "fit_transform" and self.method(instance, "transform") is not None:
            self.on_instance(instance, "fit", arguments, keywords)
            return self.on_instance(instance, "transform", arguments[:1], {})
        return joined([*arguments, *keywords.values()])

    def on_super(self, name: str, given: _Given) -> Value:
        instance = self.names.get("self", NOTHING)
        method = self.method(instance, name, above=True) if instance.ref else None
        if method is None:
            return NOTHING
        return self.inside(method, given.arguments, given.keywords, instance)


def _part_of(text: str) -> str:
    """Which part a file holds, by its name."""
    name = re.split(r"[/\\]", text)[-1].lower()
    words = re.split(r"[^a-z]+", name)
    if any(w.startswith("test") for w in words):
        return "test"
    if any(w in {"valid", "validation", "val", "dev", "holdout"} for w in words):
        return "held_out"
    return "whole"


def _texts(value: Value, *, deep: bool = False) -> frozenset[str]:
    """Text constants in a value, those in its items included."""
    found = {value.text} if value.text else set()
    for item in value.items:
        found |= _texts(item, deep=deep) if deep or not item.items else set()
    if deep and value.mapping is not None:
        for _, inner in value.mapping:
            found |= _texts(inner, deep=True)
    return frozenset(found)


def _whole(node: ast.expr | None) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _whole(node.operand)
        return -inner if inner is not None else None
    return None


def _reversed(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and (_whole(node.step) or 0) < 0


def _has_slice(node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(p, ast.Slice) for p in parts)


def _fixed(seed: Value) -> bool:
    """A seed that is the same in every run."""
    return seed is not NOTHING and seed.known is not None and not seed.made_by & names_of.CLOCKS


def _same_each_run(state: Value) -> bool:
    return state.known is not None and not state.made_by & names_of.CLOCKS


def _all_elements(conditions: Iterable[Value]) -> frozenset[int]:
    return frozenset[int]().union(*(c.element for c in conditions))


def _all_of(parts: Sequence[bool | None], every: bool) -> bool | None:
    deciding = not every
    if any(p is deciding for p in parts):
        return deciding
    return every if all(p is every for p in parts) else None


def _merged(
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


def _leaves(body: Sequence[ast.stmt]) -> bool:
    """A loop's body that ends with leaving the loop or the function."""
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Break)


def _globals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }


def _is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(dotted(d).endswith("property") for d in function.decorator_list)
