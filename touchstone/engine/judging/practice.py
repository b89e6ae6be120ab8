"""How a program works, as a colleague reading it would see: by data flow, not by words.

Each check passes or fails with the line that decides; a check that does not apply to the program
(no randomness, nothing fitted) passes. Checks speak about Python only.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from touchstone.common.messages import say
from touchstone.engine.judging.dataflow import Call, Fit, Trace, trace
from touchstone.engine.judging.problem import Problem
from touchstone.engine.judging.report import PracticeFinding

PREPARES = (
    *("scaler", "imputer", "pca", "vectorizer", "encoder", "selectk", "selectpercentile"),
    *("normalizer", "discretizer", "transformer", "truncatedsvd", "smote", "oversampler"),
)
RANDOM_USERS = (
    *("train_test_split", "RandomForestClassifier", "RandomForestRegressor", "MLPClassifier"),
    *("MLPRegressor", "GradientBoostingClassifier", "GradientBoostingRegressor", "KMeans"),
    *("SGDClassifier", "SGDRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor"),
    *("BaggingClassifier", "ShuffleSplit", "StratifiedShuffleSplit", "MiniBatchKMeans"),
)
DRAWS = (
    *("shuffle", "permutation", "choice", "choices", "sample", "normal", "randint", "rand"),
    *("randn", "random", "uniform", "integers", "standard_normal"),
)
SEEDS = ("seed", "default_rng", "RandomState", "manual_seed")
METRICS = (
    *("score", "accuracy_score", "f1_score", "mean_squared_error", "mean_absolute_error"),
    *("roc_auc_score", "precision_score", "recall_score", "classification_report", "log_loss"),
    *("cross_val_score", "cross_validate", "cross_val_predict", "GridSearchCV", "r2_score"),
    *("balanced_accuracy_score", "confusion_matrix", "cohen_kappa_score", "RandomizedSearchCV"),
)
CROSS = (
    *("cross_val_score", "cross_validate", "cross_val_predict", "GridSearchCV"),
    "RandomizedSearchCV",
)
AUGMENTS = (
    *("flip", "fliplr", "flipud", "rot90", "rotate", "roll", "shift", "zoom", "affine_transform"),
    *("RandomRotation", "RandomHorizontalFlip", "ImageDataGenerator", "Compose", "resample"),
)
ROWWISE = ("iterrows", "itertuples")

Check = Callable[[Trace], PracticeFinding]


def practice_findings(source: bytes, problem: Problem) -> Sequence[PracticeFinding]:
    """The checks that the problem asks for, in its order; none for what is not Python."""
    return check_source(source, problem.extension.practice, label_of(problem))


def label_of(problem: Problem) -> str:
    """The column that is predicted."""
    task = problem.extension.prediction
    return task.value_column if task else ""


def check_source(
    source: bytes, checks: Sequence[str], label: str = ""
) -> tuple[PracticeFinding, ...]:
    """Runs the named checks over a Python source; a name that is not known is left out."""
    if not checks:
        return ()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    followed = trace(tree, label)
    return tuple(CHECKS[name](followed) for name in checks if name in CHECKS)


def _finding(check: str, line: int | None, *, passed: bool | None = None) -> PracticeFinding:
    ok = line is None if passed is None else passed
    return PracticeFinding(
        check, ok, line, say(f"judging.practice_{check}_{'ok' if ok else 'bad'}", line=line or 0)
    )


def split_before_fit(followed: Trace) -> PracticeFinding:
    """Nothing learnt from data that are split into training and held-out parts afterwards."""
    for fit in followed.fits:
        later = [s for s in followed.splits if s.line > fit.line]
        whole = not fit.data.split and bool(fit.data.roots)
        shared = any(fit.data.roots & a.roots for s in later for a in s.arguments)
        if whole and shared and _prepares(fit):
            return _finding("split_before_fit", fit.line)
    return _finding("split_before_fit", None)


def _prepares(fit: Fit) -> bool:
    words = " ".join(fit.estimator).lower()
    return fit.method in {"fit_transform", "fit_resample"} or any(p in words for p in PREPARES)


def no_test_fit(followed: Trace) -> PracticeFinding:
    """Nothing fitted on test or held-out data, nor on training and test data put together."""
    for fit in followed.fits:
        if fit.data.parts & {"test", "held_out"}:
            return _finding("no_test_fit", fit.line)
    return _finding("no_test_fit", None)


def no_label_in_features(followed: Trace) -> PracticeFinding:
    """The column to be predicted is not among the columns a model learns from."""
    for fit in followed.fits:
        if fit.data.label and fit.supervised:
            return _finding("no_label_in_features", fit.line)
    return _finding("no_label_in_features", None)


def seeds(followed: Trace) -> PracticeFinding:
    """Whatever draws random numbers says from which seed."""
    names = [c.name.rsplit(".", 1)[-1] for c in followed.calls]
    seeded = any(
        name in SEEDS and (call.arguments or call.keywords)
        for name, call in zip(names, followed.calls, strict=True)
    ) or any(_seed_with_number(c) for c in followed.calls)
    for name, call in zip(names, followed.calls, strict=True):
        if name in RANDOM_USERS and "random_state" not in call.keywords:
            return _finding("seeds", call.line)
        draws = name in DRAWS and ("random" in call.name or call.name.startswith("rng"))
        if draws and not seeded and "random_state" not in call.keywords:
            return _finding("seeds", call.line)
    return _finding("seeds", None)


def _seed_with_number(call: Call) -> bool:
    return call.name.rsplit(".", 1)[-1] in SEEDS and bool(call.arguments)


def vectorised(followed: Trace) -> PracticeFinding:
    """No walking through a table row by row, no loop in a loop that only does arithmetic."""
    for call in followed.calls:
        if call.name.rsplit(".", 1)[-1] in ROWWISE and call.receiver.roots:
            return _finding("vectorised", call.line)
    for loop in followed.loops:
        inner = [n for n in ast.walk(loop) if isinstance(n, ast.For) and n is not loop]
        for nested in inner:
            sums = [n for n in ast.walk(nested) if isinstance(n, ast.AugAssign | ast.BinOp)]
            cells = [n for n in ast.walk(nested) if isinstance(n, ast.Subscript)]
            if _counts(nested) and len(cells) >= 2 and sums:
                return _finding("vectorised", nested.lineno)
    return _finding("vectorised", None)


def _counts(loop: ast.For) -> bool:
    return (
        isinstance(loop.iter, ast.Call)
        and isinstance(loop.iter.func, ast.Name)
        and loop.iter.func.id == "range"
    )


def held_out_evaluation(followed: Trace) -> PracticeFinding:
    """The error is estimated on data the model has not learnt from."""
    first: int | None = None
    for call in followed.calls:
        name = call.name.rsplit(".", 1)[-1]
        if name not in METRICS:
            continue
        if name in CROSS or any("held_out" in a.parts for a in call.arguments):
            return _finding("held_out_evaluation", call.line, passed=True)
        first = first or call.line
    return _finding("held_out_evaluation", first, passed=False)


def augmentation(followed: Trace) -> PracticeFinding:
    """Training data are varied: turned, moved, mirrored, given noise."""
    for call in followed.calls:
        name = call.name.rsplit(".", 1)[-1]
        data = (call.receiver, *call.arguments)
        varied = name in AUGMENTS or "augment" in name.lower()
        noisy = name == "normal" and "random" in call.name
        if (varied and any(v.roots for v in data)) or noisy:
            fitted = any(
                name in f.data.made_by or (noisy and "normal" in f.data.made_by)
                for f in followed.fits
            )
            if fitted:
                return _finding("augmentation", call.line, passed=True)
    return _finding("augmentation", None, passed=False)


CHECKS: dict[str, Check] = {
    "split_before_fit": split_before_fit,
    "no_test_fit": no_test_fit,
    "no_label_in_features": no_label_in_features,
    "seeds": seeds,
    "vectorised": vectorised,
    "held_out_evaluation": held_out_evaluation,
    "augmentation": augmentation,
}
