"""Scores predictions against held-out truth; everything here runs outside the sandbox."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message
from touchstone.engine.judging.problem import PredictionTask

MOST_ROWS = 2_000_000
MOST_CELL_CHARACTERS = 10_000
NPY_HEADER_BYTES = 10_000
EPSILON = 1e-15


class BadPredictions(InvalidInput):
    """The predictions cannot be scored; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Scored:
    """``value`` of the metric, ``points`` from 0 to 100 by the thresholds."""

    value: float
    points: float
    count: int


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric over truth and predictions in the same order."""

    compute: Callable[[Sequence[str], Sequence[str]], float]
    larger_is_better: bool = True


def score_predictions(task: PredictionTask, output: bytes, truth: bytes) -> Scored:
    """Reads predictions and truth and applies the thresholds.

    Args:
        task: metric, columns and thresholds.
        output: CSV (UTF-8, with a header) or NPY as the task says.
        truth: CSV with the id and the value column.

    Raises:
        BadPredictions: unreadable, a row missing or twice, a value that is no finite number
            where the metric needs one.
        InvalidInput: the truth itself is faulty.
    """
    expected = _table(truth, task)
    if task.output.endswith(".npy"):
        given = dict(zip(expected, _array(output, len(expected)), strict=True))
    else:
        given = _table(output, task)
    missing = [key for key in expected if key not in given]
    if missing:
        raise _bad("judging.prediction_missing", n=len(missing), id=missing[0][:40])
    if len(given) > len(expected):
        raise _bad("judging.prediction_extra", n=len(given) - len(expected))
    metric = METRICS[task.metric]
    value = _computed(metric, list(expected.values()), [given[key] for key in expected])
    return Scored(value, points_for(task, value), len(expected))


def _computed(metric: Metric, truth: list[str], given: list[str]) -> float:
    """The metric's value, which is finite: numbers that overflow it are refused like others."""
    try:
        value = metric.compute(truth, given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise _bad("judging.prediction_number", value=max(given, key=_size)[:40])
    return value


def _size(text: str) -> float:
    try:
        return abs(float(text))
    except ValueError:
        return 0.0


def points_for(task: PredictionTask, value: float) -> float:
    """The points of the best threshold that ``value`` reaches."""
    larger = METRICS[task.metric].larger_is_better
    reached = [
        step.points
        for step in task.thresholds
        if (value >= step.at if larger else value <= step.at)
    ]
    return max(reached, default=0.0)


def _bad(message_id: str, /, **args: object) -> BadPredictions:
    return BadPredictions(Message(message_id, args))


def _table(data: bytes, task: PredictionTask) -> dict[str, str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad("judging.prediction_not_text") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    values: dict[str, str] = {}
    try:
        columns = reader.fieldnames or []
        for column in (task.id_column, task.value_column):
            if column not in columns:
                raise _bad("judging.prediction_column", column=column)
        for row in reader:
            key, value = (row[task.id_column] or "").strip(), (row[task.value_column] or "").strip()
            if key in values:
                raise _bad("judging.prediction_twice", id=key[:40])
            values[key] = value
            if len(values) > MOST_ROWS:
                raise _bad("judging.prediction_too_many")
    except csv.Error as error:
        raise _bad("judging.prediction_not_text") from error
    return values


def _array(data: bytes, count: int) -> list[str]:
    import numpy as np

    try:
        array = np.load(io.BytesIO(data), allow_pickle=False, max_header_size=NPY_HEADER_BYTES)
    except Exception as error:  # a stranger's header makes the reader raise all sorts of things
        raise _bad("judging.prediction_not_array") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufU":
        raise _bad("judging.prediction_not_array")
    if array.size != count:
        raise _bad("judging.prediction_shape", got=array.size, expected=count)
    flat = array.reshape(-1)
    if array.dtype.kind == "f":
        return [repr(float(value)) for value in flat]
    return [str(value) for value in flat]


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise _bad("judging.prediction_number", value=text[:40]) from error
    if not math.isfinite(value):
        raise _bad("judging.prediction_number", value=text[:40])
    return value


def _label(text: str) -> str:
    """A class as text, so that 1 and 1.0 are the same class."""
    if not text:
        raise _bad("judging.prediction_number", value="")
    try:
        value = float(text)
    except ValueError:
        return text[:MOST_CELL_CHARACTERS]
    if not math.isfinite(value):
        raise _bad("judging.prediction_number", value=text[:40])
    return str(int(value)) if value.is_integer() else repr(value)


def _pairs(truth: Sequence[str], given: Sequence[str]) -> list[tuple[float, float]]:
    return [(_number(t), _number(g)) for t, g in zip(truth, given, strict=True)]


def _classes(truth: Sequence[str], given: Sequence[str]) -> list[tuple[str, str]]:
    return [(_label(t), _label(g)) for t, g in zip(truth, given, strict=True)]


def mean_absolute_error(truth: Sequence[str], given: Sequence[str]) -> float:
    pairs = _pairs(truth, given)
    return math.fsum(abs(t - g) for t, g in pairs) / len(pairs)


def root_mean_square_error(truth: Sequence[str], given: Sequence[str]) -> float:
    pairs = _pairs(truth, given)
    return math.sqrt(math.fsum((t - g) ** 2 for t, g in pairs) / len(pairs))


def r_squared(truth: Sequence[str], given: Sequence[str]) -> float:
    """1 - residual / total sum of squares; 0 where the truth is constant."""
    pairs = _pairs(truth, given)
    mean = math.fsum(t for t, _ in pairs) / len(pairs)
    total = math.fsum((t - mean) ** 2 for t, _ in pairs)
    return 1 - math.fsum((t - g) ** 2 for t, g in pairs) / total if total else 0.0


def accuracy(truth: Sequence[str], given: Sequence[str]) -> float:
    pairs = _classes(truth, given)
    return sum(t == g for t, g in pairs) / len(pairs)


def balanced_accuracy(truth: Sequence[str], given: Sequence[str]) -> float:
    """Mean recall over the classes of the truth."""
    right, total = Counter[str](), Counter[str]()
    for t, g in _classes(truth, given):
        total[t] += 1
        right[t] += t == g
    return math.fsum(right[c] / n for c, n in total.items()) / len(total)


def _f1_by_class(pairs: list[tuple[str, str]]) -> dict[str, float]:
    hits, truths, guesses = Counter[str](), Counter[str](), Counter[str]()
    for t, g in pairs:
        truths[t] += 1
        guesses[g] += 1
        hits[t] += t == g
    return {c: 2 * hits[c] / (truths[c] + guesses[c]) for c in truths | guesses}


def macro_f1(truth: Sequence[str], given: Sequence[str]) -> float:
    """Unweighted mean of F1 over all classes seen in truth or predictions."""
    by_class = _f1_by_class(_classes(truth, given))
    return math.fsum(by_class.values()) / len(by_class)


def f1(truth: Sequence[str], given: Sequence[str]) -> float:
    """F1 of the class "1"."""
    return _f1_by_class(_classes(truth, given)).get("1", 0.0)


def cohen_kappa(truth: Sequence[str], given: Sequence[str]) -> float:
    """Agreement beyond chance (Cohen, 1960); 0 where chance alone would agree fully."""
    pairs = _classes(truth, given)
    n = len(pairs)
    observed = sum(t == g for t, g in pairs) / n
    ours, theirs = Counter(t for t, _ in pairs), Counter(g for _, g in pairs)
    chance = sum(ours[c] * theirs[c] for c in ours) / n**2
    return (observed - chance) / (1 - chance) if chance < 1 else 0.0


def roc_auc(truth: Sequence[str], given: Sequence[str]) -> float:
    """Chance that a positive outranks a negative, ties half (Mann and Whitney, 1947)."""
    pairs = [(_label(t) == "1", _number(g)) for t, g in zip(truth, given, strict=True)]
    by_score: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for positive, score in pairs:
        by_score[score][positive] += 1
    wins, below = 0.0, 0
    for score in sorted(by_score):
        negatives, positives = by_score[score]
        wins += positives * (below + negatives / 2)
        below += negatives
    positives = len(pairs) - below
    return wins / (positives * below) if positives and below else 0.5


def log_loss(truth: Sequence[str], given: Sequence[str]) -> float:
    """Mean negative log likelihood of the class "1" with the predicted probability."""
    total = []
    for t, g in zip(truth, given, strict=True):
        probability = _number(g)
        if not 0 <= probability <= 1:
            raise _bad("judging.prediction_probability", value=g[:40])
        clipped = min(max(probability, EPSILON), 1 - EPSILON)
        total.append(-math.log(clipped if _label(t) == "1" else 1 - clipped))
    return math.fsum(total) / len(total)


METRICS: dict[str, Metric] = {
    "accuracy": Metric(accuracy),
    "balanced_accuracy": Metric(balanced_accuracy),
    "macro_f1": Metric(macro_f1),
    "f1": Metric(f1),
    "kappa": Metric(cohen_kappa),
    "auc": Metric(roc_auc),
    "r2": Metric(r_squared),
    "rmse": Metric(root_mean_square_error, larger_is_better=False),
    "mae": Metric(mean_absolute_error, larger_is_better=False),
    "log_loss": Metric(log_loss, larger_is_better=False),
}
