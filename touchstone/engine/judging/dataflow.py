"""What a Python program does with its data, followed through its syntax tree.

The program is never run. Values carry where they come from (files, splits), whether the label is
among them, and what was learnt on the way to them; functions, classes and methods are followed
where they are called, code that is never reached is not looked at. Comments and words in strings
count for nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from touchstone.engine.judging import vocabulary as names_of
from touchstone.engine.judging.flow_calls import Calls
from touchstone.engine.judging.flow_columns import ARITHMETIC
from touchstone.engine.judging.flow_methods import MOST_TURNS
from touchstone.engine.judging.flow_reading import (
    all_elements,
    all_of,
    is_property,
    leaves,
    merged,
    texts_in,
)
from touchstone.engine.judging.flow_trace import Fit, Metric, Trace
from touchstone.engine.judging.flow_windows import is_list
from touchstone.engine.judging.syntax import carries, dotted, imported
from touchstone.engine.judging.values import NO_LABEL, NOTHING, UNKNOWN, Value, joined, plain

__all__ = ["Fit", "Metric", "Trace", "trace"]
MOST_STEPS = 20_000
DEEPEST_NESTING = 120


def trace(tree: ast.Module, label: str) -> Trace:
    """Follows a module from its first statement to its last.

    Args:
        label: the column that is to be predicted; empty when unknown.
    """
    follower = Follower(tree, label)
    follower.block(tree.body)
    return follower.trace


class Follower(Calls):
    """Statements, loops and expressions, from the first to the last."""

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
                        gone = texts_in(self.value(target.slice))
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
            value = self.moved_over(first, node.value, value)
        for target in node.targets:
            self.bind(target, value)

    def grow(self, node: ast.AugAssign) -> None:
        old, new = self.value(node.target), self.value(node.value)
        counted = new.element or all_elements(self.conditions)
        if isinstance(node.op, ARITHMETIC) and counted and not new.text and not new.items:
            self.walk(node.lineno, counted)
        made = self.combined(node.op, old, new, node.lineno)
        if new.roots and not is_list(new) and not is_list(old):
            made = self.without_windows(made)
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
            self.names = merged(before, after, self.names)
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
                return all_of([self.truth(v) for v in node.values], isinstance(node.op, ast.And))
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
                if self.block(node.body) and leaves(node.body):
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
        known = True
        for element in elements:
            value = self.value(element)
            spread = isinstance(element, ast.Starred)
            known &= not spread or bool(value.items)
            items += (value.items or (value,)) if spread else (value,)
        return replace(joined(items), items=tuple(items) if known else ())

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
            if method is not None and is_property(method):
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
                    out |= texts_in(self.value(part.comparators[0]))
                else:
                    sure = False
        if not sure:
            out |= source.label
        return replace(source, all_but=frozenset(out), cell=0)
