"""Arithmetic on data, and the choice of rows and columns."""

from __future__ import annotations

import ast
from dataclasses import replace

from touchstone.engine.judging.flow_reading import has_slice, texts_in, turned_round, whole_number
from touchstone.engine.judging.flow_trace import Metric
from touchstone.engine.judging.flow_windows import Windows, is_list
from touchstone.engine.judging.syntax import mask_key
from touchstone.engine.judging.values import NO_LABEL, Value, joined, plain

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Mod, ast.FloorDiv)
ALL_COLUMNS = (None, None)


class Columns(Windows):
    # -- operations

    def operation(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Sub) and left.all_but is not None:
            return replace(left, all_but=left.all_but | texts_in(right), cell=0)
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
        if left.roots and right.roots and not is_list(left) and not is_list(right):
            made = self.without_windows(made)
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
            plain(self.without_windows(made)),
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
            return replace(left, all_but=left.all_but | texts_in(rights[0]), cell=0)
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
        if key.loops and owner.rows and not has_slice(node.slice):
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
            if any(turned_round(e) for e in node.slice.elts):
                owner = replace(owner, varied=owner.varied | {node.lineno})
            elif self.windowed(node.slice, owner):
                owner = self.window(owner, node.lineno)
        elif owner.shape in {"frame", "archive"} and not by_place:
            texts = texts_in(key)
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
            span = (whole_number(columns.lower), whole_number(columns.upper))
            if span == ALL_COLUMNS and columns.lower is None and columns.upper is None:
                return owner
            if whole_number(columns.lower) is None and columns.lower is not None:
                return replace(owner, label=NO_LABEL)
            if whole_number(columns.upper) is None and columns.upper is not None:
                return replace(owner, label=NO_LABEL)
            return replace(owner, span=span)
        if isinstance(key.known, int):
            return replace(
                owner, position=key.known, target=bool(owner.label), shape="series", span=None
            )
        texts = texts_in(key)
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
            if turned_round(chosen):
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
