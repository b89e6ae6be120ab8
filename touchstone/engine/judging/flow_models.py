"""Data coming in, models fitted and used, data split, random numbers drawn."""

from __future__ import annotations

import ast
from dataclasses import replace

from touchstone.engine.judging import vocabulary as names_of
from touchstone.engine.judging.flow_columns import Columns
from touchstone.engine.judging.flow_reading import fixed_seed, part_of, same_each_run
from touchstone.engine.judging.flow_trace import Chance, Fit, Given, Metric, Split, Use
from touchstone.engine.judging.syntax import dotted
from touchstone.engine.judging.values import NO_LABEL, NOTHING, Value, joined, plain


class Models(Columns):
    # -- data coming in

    def came_in(self, given: Given, hint: str) -> Value | None:
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
            part = part_of(f"{text} {hint}" if not source.text else text)
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

    def fit(self, given: Given) -> Value:
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

    def trained(self, given: Given) -> Value:
        data = given.argument(1, "train_set", "dtrain")
        self.order += 1
        named = frozenset(given.name.split("."))
        self.trace.fits.append(Fit(self.order, given.line, "train", named, data, NOTHING, True))
        return Value(estimator=True, fitted=data.learnt_of(), learnt=data.facts(given.line))

    def predict(self, given: Given) -> Value:
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

    def parted(self, given: Given) -> Value:
        self.order += 1
        self.trace.splits.append(Split(self.order, given.line, given.arguments))
        sides: list[Value] = []
        for value in given.arguments:
            kept = replace(value, items=(), cell=0)
            sides.append(replace(kept, parts=frozenset({"train"})))
            sides.append(replace(kept, parts=frozenset({"held_out"})))
        return replace(joined(given.arguments), items=tuple(sides))

    def folds(self, given: Given) -> Value:
        """Rows of training and held-out parts, fold by fold."""
        data = given.argument(0, "X")
        self.order += 1
        self.trace.splits.append(Split(self.order, given.line, (data,)))
        sides = tuple(
            Value(roots=data.roots, parts=frozenset({p}), shape="index")
            for p in ("train", "held_out")
        )
        return Value(each=Value(items=sides))

    def crossed(self, given: Given) -> Value:
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

    def is_draw(self, given: Given) -> bool:
        return given.last in names_of.DRAWS and bool(self.family(given))

    def family(self, given: Given) -> str:
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

    def generator(self, given: Given) -> str:
        if given.last not in names_of.GENERATORS:
            return ""
        return "seeded" if fixed_seed(given.argument(0, "seed")) else "unseeded"

    def chance(self, given: Given) -> None:
        last = given.last
        if last in {"seed", "manual_seed"}:
            family = self.family(given)
            if family and fixed_seed(given.argument(0, "seed")):
                self.trace.chances.append(Chance(given.line, family, seeds=True))
        elif self.is_draw(given):
            self.trace.chances.append(Chance(given.line, self.family(given)))
        elif self.needs_state(given):
            own = self.has_state(given)
            self.trace.chances.append(Chance(given.line, "numpy", own_state=own))

    def has_state(self, given: Given) -> bool:
        state = given.keywords.get("random_state", NOTHING)
        stated = "random_state" in given.keywords and same_each_run(state)
        return given.open_ended or stated

    def needs_state(self, given: Given) -> bool:
        last = given.last
        if last in names_of.NEED_SEED:
            return given.keywords.get("shuffle", NOTHING).known is not False
        if last in names_of.NEED_SEED_IF_SHUFFLED:
            return given.keywords.get("shuffle", NOTHING).known is True
        if last == "shuffle" and given.name.startswith("sklearn."):
            return True
        return last == "sample" and bool(given.receiver.roots)
