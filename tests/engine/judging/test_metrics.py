from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as theirs

from touchstone.engine.judging.metrics import METRICS, BadPredictions, score_predictions
from touchstone.engine.judging.problem import PredictionTask, Threshold

TRUTH = b"id,y\na,1\nb,0\nc,1\nd,0\n"


def task(metric: str = "accuracy", output: str = "p.csv", at: float = 0.75) -> PredictionTask:
    return PredictionTask(output, metric, "id", "y", (Threshold(at, 100), Threshold(at / 2, 50)))


@pytest.mark.parametrize(
    ("metric", "reference"),
    [
        ("accuracy", theirs.accuracy_score),
        ("balanced_accuracy", theirs.balanced_accuracy_score),
        ("f1", theirs.f1_score),
        ("macro_f1", lambda t, g: theirs.f1_score(t, g, average="macro")),
        ("kappa", theirs.cohen_kappa_score),
        ("auc", theirs.roc_auc_score),
        ("r2", theirs.r2_score),
        ("rmse", theirs.root_mean_squared_error),
        ("mae", theirs.mean_absolute_error),
        ("log_loss", theirs.log_loss),
    ],
)
def test_metrics_agree_with_scikit_learn(metric: str, reference: Any) -> None:
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 2, 300)
    given: Any = rng.integers(0, 2, 300)
    if metric in {"auc", "r2", "rmse", "mae", "log_loss"}:
        given = np.round(rng.random(300), 2)
    mine = METRICS[metric].compute([str(t) for t in truth], [repr(float(g)) for g in given])
    assert mine == pytest.approx(reference(truth, given))


def test_thresholds_give_points() -> None:
    assert score_predictions(task(), b"y,id\n1,a\n0,b\n1,c\n1,d\n", TRUTH).points == 100
    assert score_predictions(task(), b"id,y\na,1\nb,0\nc,0\nd,1\n", TRUTH).points == 50
    assert score_predictions(task(), b"id,y\na,0\nb,1\nc,0\nd,1\n", TRUTH).points == 0
    lower = PredictionTask("p.csv", "mae", "id", "y", (Threshold(0.1, 100), Threshold(0.5, 40)))
    assert score_predictions(lower, b"id,y\na,1\nb,0\nc,1\nd,0.1\n", TRUTH).points == 100
    assert score_predictions(lower, b"id,y\na,1\nb,0\nc,0\nd,0.1\n", TRUTH).points == 40


@pytest.mark.parametrize(
    ("metric", "output", "reason"),
    [
        ("mae", b"id,y\na,nan\nb,0\nc,1\nd,0\n", "judging.prediction_number"),
        ("accuracy", b"id,y\na,NaN\nb,0\nc,1\nd,0\n", "judging.prediction_number"),
        ("mae", b"id,y\na,inf\nb,0\nc,1\nd,0\n", "judging.prediction_number"),
        ("auc", b"id,y\na,\nb,0\nc,1\nd,0\n", "judging.prediction_number"),
        ("accuracy", b"id,y\na,1\n", "judging.prediction_missing"),
        ("accuracy", b"id,y\na,1\nb,0\nc,1\nd,0\ne,1\n", "judging.prediction_extra"),
        ("accuracy", b"id,y\na,1\na,0\nc,1\nd,0\n", "judging.prediction_twice"),
        ("accuracy", b"id,z\na,1\n", "judging.prediction_column"),
        ("accuracy", b"", "judging.prediction_column"),
        ("accuracy", b"\xff\xfe\x00", "judging.prediction_not_text"),
        ("rmse", b"id,y\na,1e308\nb,-1e308\nc,1\nd,0\n", "judging.prediction_number"),
        ("mae", b"id,y\na,1.7e308\nb,-1.7e308\nc,1\nd,0\n", "judging.prediction_number"),
        ("r2", b"id,y\na,1e308\nb,-1e308\nc,1\nd,0\n", "judging.prediction_number"),
        ("log_loss", b"id,y\na,1.5\nb,0\nc,1\nd,0\n", "judging.prediction_probability"),
    ],
)
def test_bad_predictions_are_told(metric: str, output: bytes, reason: str) -> None:
    with pytest.raises(BadPredictions) as caught:
        score_predictions(task(metric), output, TRUTH)
    assert caught.value.message.id == reason


def saved(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def test_arrays_are_read() -> None:
    scored = score_predictions(task(output="p.npy"), saved(np.array([1, 0, 1, 0])), TRUTH)
    assert scored.value == 1.0
    floats = saved(np.array([[1.0], [0.0], [1.0], [0.0]]))
    assert score_predictions(task("mae", "p.npy", at=0.1), floats, TRUTH).points == 100


def headed(shape: str) -> bytes:
    """An array file that says it has this shape, and holds nothing."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}".encode()
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head


class Trap:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return print, ("unpickled",)


@pytest.mark.parametrize(
    "output",
    [
        saved(np.array([Trap()] * 4, dtype=object), allow_pickle=True),
        pickle.dumps(Trap()),
        saved(np.array([1, 0, 1])),
        saved(np.array([1, 0, 1, 0]))[:-3],
        saved(np.array([1, 0, 1, 0], dtype=complex)),
        b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535,
        headed("(" * 3000),
        headed("(10**12,)"),
        headed("(4294967296, 4294967296, 16)"),
        headed("(-4,)"),
        b"",
    ],
    ids=[
        "objects",
        "pickle",
        "shape",
        "cut",
        "complex",
        "bomb",
        "unclosed",
        "huge",
        "overflow",
        "negative",
        "empty",
    ],
)
def test_arrays_that_are_no_numbers_are_refused(
    output: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadPredictions):
        score_predictions(task(output="p.npy"), output, TRUTH)
    assert capsys.readouterr().out == ""
