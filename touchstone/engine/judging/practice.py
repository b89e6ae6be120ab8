"""How a program works, as a colleague reading it would see: by data flow, not by words.

Each check passes or fails with the line that decides; a check that does not apply to the program
(no randomness, nothing fitted) passes. Checks speak about Python only.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from touchstone.common.messages import say
from touchstone.engine.judging.dataflow import Fit, Metric, Trace, trace
from touchstone.engine.judging.problem import Problem
from touchstone.engine.judging.report import PracticeFinding
from touchstone.engine.judging.values import SIDES
from touchstone.engine.judging.vocabulary import PREPARES

UNSEEN = SIDES | {"test"}
PIPELINES = frozenset({"Pipeline", "make_pipeline", "ColumnTransformer"})

Check = Callable[[Trace], PracticeFinding]


def practice_findings(source: bytes, problem: Problem) -> Sequence[PracticeFinding]:
    """The checks that the problem asks for, in its order; none for what is not Python."""
    called = problem.extension.kind == "function"
    return check_source(source, problem.extension.practice, label_of(problem), called=called)


def label_of(problem: Problem) -> str:
    """The column that is predicted."""
    task = problem.extension.prediction
    return task.value_column if task else ""


def check_source(
    source: bytes, checks: Sequence[str], label: str = "", *, called: bool = False
) -> tuple[PracticeFinding, ...]:
    """Runs the named checks over a Python source; a name that is not known is left out.

    Args:
        label: the column that is to be predicted.
        called: a driver calls what the source defines, each argument being data.
    """
    if not checks:
        return ()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    if called:
        tree.body += _driver(tree)
    followed = trace(tree, label)
    return tuple(CHECKS[name](followed) for name in checks if name in CHECKS)


def _driver(tree: ast.Module) -> list[ast.stmt]:
    """Calls of every public function, and of every public method of an instance of every class."""
    lines = ["import numpy as __numpy"]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            lines.append(f"{node.name}({_data(node.args.args)})")
        if isinstance(node, ast.ClassDef):
            methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
            made = next((m for m in methods if m.name == "__init__"), None)
            lines.append(f"__made = {node.name}({', '.join('2' for _ in _given(made))})")
            lines += [f"__made.{m.name}({_data(_given(m))})" for m in methods if m.name[:1] != "_"]
    return ast.parse("\n".join(lines)).body


def _given(method: ast.FunctionDef | None) -> list[ast.arg]:
    return method.args.args[1:] if method else []


def _data(arguments: Sequence[ast.arg]) -> str:
    return ", ".join(f'__numpy.load("{a.arg}.npy")' for a in arguments)


def _finding(check: str, line: int | None, *, passed: bool | None = None) -> PracticeFinding:
    ok = line is None if passed is None else passed
    return PracticeFinding(
        check, ok, line, say(f"judging.practice_{check}_{'ok' if ok else 'bad'}", line=line or 0)
    )


def split_before_fit(followed: Trace) -> PracticeFinding:
    """Nothing learnt from data that are split into training and held-out parts afterwards."""
    lines = [
        fact.line
        for split in followed.splits
        for value in split.values
        if not value.target
        for fact in value.learnt
        if fact.root in value.roots and fact.part == "whole"
    ]
    lines += [
        fit.line
        for fit in followed.fits
        if _prepares(fit) and "whole" in fit.data.parts
        for split in followed.splits
        if split.order > fit.order and any(fit.data.roots & v.roots for v in split.values)
    ]
    parted = [*(u.data for u in followed.uses), *(f.data for f in followed.fits)]
    lines += [
        fact.line
        for data in parted
        if data.sides
        for fact in data.learnt
        if fact.root in data.roots and fact.part == "whole"
    ]
    return _finding("split_before_fit", min(lines, default=None))


def _prepares(fit: Fit) -> bool:
    if fit.supervised and fit.method == "fit" and fit.estimator & PIPELINES:
        return False
    words = " ".join(fit.estimator).lower()
    return fit.method == "fit_resample" or any(p in words for p in PREPARES)


def no_test_fit(followed: Trace) -> PracticeFinding:
    """Nothing fitted on test or held-out data, nor on training and test data put together.

    A last fit on training and held-out data together is good practice as long as nothing is
    measured on the held-out data afterwards.
    """
    lines = []
    for fit in followed.fits:
        outright = "test" in fit.data.parts or fit.data.sides == {"held_out"}
        shared = "held_out" in fit.data.parts and _measured_afterwards(fit, followed)
        if outright or shared:
            lines.append(fit.line)
    for data in (*(u.data for u in followed.uses), *(f.data for f in followed.fits)):
        lines += [f.line for f in data.learnt if f.part == "test" and f.root in data.roots]
        lines += [
            f.line
            for f in data.learnt
            if f.part == "held_out"
            and f.root in data.roots
            and not any(o.line == f.line and o.part != "held_out" for o in data.learnt)
        ]
    return _finding("no_test_fit", min(lines, default=None))


def _measured_afterwards(fit: Fit, followed: Trace) -> bool:
    return any(
        use.order > fit.order
        and use.data.sides == {"held_out"}
        and use.data.roots & fit.data.roots
        and fit.data.learnt_of() <= use.fitted
        for use in followed.uses
    )


def no_label_in_features(followed: Trace) -> PracticeFinding:
    """The column to be predicted is not among the columns a model learns from."""
    for fit in followed.fits:
        if fit.supervised and _holds_label(fit):
            return _finding("no_label_in_features", fit.line)
    return _finding("no_label_in_features", None)


def _holds_label(fit: Fit) -> bool:
    if not fit.data.label or fit.data.target:
        return bool(fit.data.label)
    if fit.data.span is None:
        return True
    position = fit.target.position
    return position is not None and _spans(fit.data.span, position)


def _spans(span: tuple[int | None, int | None], position: int) -> bool:
    """Whether a slice of columns holds a position; a negative one counts from the end."""
    start, stop = span
    if position < 0:
        return stop is None and (start is None or start >= 0 or start <= position)
    if start is not None and (start < 0 or start > position):
        return False
    return stop is None or stop < 0 or stop > position


def seeds(followed: Trace) -> PracticeFinding:
    """Whatever draws random numbers says from which seed."""
    seeded = {"seeded"}
    for chance in followed.chances:
        if chance.seeds:
            seeded.add(chance.family)
        elif not (
            chance.own_state or chance.family in seeded or chance.line in followed.seeded_later
        ):
            return _finding("seeds", chance.line)
    return _finding("seeds", None)


def vectorised(followed: Trace) -> PracticeFinding:
    """No walking through data row by row or cell by cell where arrays would do it at once."""
    return _finding("vectorised", next(iter(followed.walks), None))


def held_out_evaluation(followed: Trace) -> PracticeFinding:
    """The error is estimated on data the model has not learnt from."""
    for metric in followed.metrics:
        if metric.cross or _on_unseen(metric):
            return _finding("held_out_evaluation", metric.line, passed=True)
    first = next((m.line for m in followed.metrics), _last_model(followed))
    return _finding("held_out_evaluation", first, passed=False)


def _on_unseen(metric: Metric) -> bool:
    guesses = [v for v in metric.values if v.predicted] or list(metric.values)
    measured = frozenset[tuple[str, str]]().union(*(v.learnt_of() for v in guesses))
    measured = frozenset((r, p) for r, p in measured if p in UNSEEN)
    if not measured or measured & metric.fitted:
        return False
    roots = {r for r, _ in measured}
    whole = any(r in roots and p == "whole" for r, p in metric.fitted)
    seen_side = any(p == "train" for _, p in measured) and not metric.fitted
    return not whole and not seen_side


def _last_model(followed: Trace) -> int | None:
    return next((f.line for f in reversed(followed.fits) if f.supervised), None)


def augmentation(followed: Trace) -> PracticeFinding:
    """Training data are varied: turned, moved, mirrored, given noise."""
    for fit in followed.fits:
        if fit.data.varied:
            return _finding("augmentation", min(fit.data.varied), passed=True)
    return _finding("augmentation", _last_model(followed), passed=False)


CHECKS: dict[str, Check] = {
    "split_before_fit": split_before_fit,
    "no_test_fit": no_test_fit,
    "no_label_in_features": no_label_in_features,
    "seeds": seeds,
    "vectorised": vectorised,
    "held_out_evaluation": held_out_evaluation,
    "augmentation": augmentation,
}
