"""Calls: of libraries, of the program's own functions, classes and methods."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from touchstone.engine.judging import vocabulary as names_of
from touchstone.engine.judging.flow_methods import Methods
from touchstone.engine.judging.flow_reading import globals_of, texts_in
from touchstone.engine.judging.flow_trace import Function, Given, Metric
from touchstone.engine.judging.syntax import dotted, stores
from touchstone.engine.judging.values import NO_LABEL, NOTHING, Value, joined, plain

DEEPEST_CALL = 8
MOST_AT_ONCE = 2  # a function that calls itself: once more tells all there is


class Calls(Methods):
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

    def given(self, node: ast.Call, name: str, receiver: Value, held: Value) -> Given:
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
        return Given(node, name, receiver, tuple(arguments), keywords, open_ended)

    def known_call(self, given: Given, hint: str) -> Value:
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

    def ordinary(self, given: Given) -> Value:
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
            texts = frozenset().union(*(texts_in(v, deep=True) for v in every))
            made = replace(made, estimator=True, texts=made.texts | texts)
        if last in {"make_pipeline", "make_union", "make_column_transformer", "clone", "deepcopy"}:
            texts = frozenset().union(*(texts_in(v, deep=True) for v in every))
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

    def statistic(self, given: Given) -> Value | None:
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
            summed = plain(self.without_windows(made))
            return replace(summed, rows=False, label=NO_LABEL, target=False, shape="")
        condensed = self.condensed(made, data, given.line)
        if group and last in {"transform", "apply"}:
            return replace(condensed, rows=True, shape="series")
        return replace(condensed, made_by=made.made_by | {last}, element=made.element)

    def callbacks(self, given: Given) -> None:
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
            for name in globals_of(function):
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

    def on_super(self, name: str, given: Given) -> Value:
        instance = self.names.get("self", NOTHING)
        method = self.method(instance, name, above=True) if instance.ref else None
        if method is None:
            return NOTHING
        return self.inside(method, given.arguments, given.keywords, instance)
