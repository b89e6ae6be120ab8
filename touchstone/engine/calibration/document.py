"""A calibration as data: what the command line prints and what a round keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from touchstone.common.messages import Message
from touchstone.engine.calibration.ratings import Calibration

DIGITS = 4


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS) + 0.0


def _interval(ci: tuple[float, float] | None) -> list[float | None] | None:
    return None if ci is None else [_rounded(ci[0]), _rounded(ci[1])]


def calibration_document(result: Calibration, words: Callable[[Message], Any]) -> dict[str, Any]:
    """The object that `touchstone calibrate` prints; numbers rounded to four decimals.

    Args:
        words: turns a warning into what is kept: its sentence, or its id with arguments.
    """
    agreement = result.agreement
    return {
        "candidates": [
            {
                "id": c.id,
                "raw": _rounded(c.raw),
                "fair": _rounded(c.fair),
                "ci": _interval(c.ci),
                "n": c.n,
            }
            for c in result.candidates
        ],
        "raters": [
            {
                "id": r.id,
                "department": r.department,
                "severity": _rounded(r.severity),
                "ci": _interval(r.ci),
                "n": r.n,
                "misfit": _rounded(r.misfit),
            }
            for r in result.raters
        ],
        "departments": [
            {"id": d.id, "severity": _rounded(d.severity), "ci": _interval(d.ci)}
            for d in result.departments
        ],
        "indicators": [
            {"id": i.id, "difficulty": _rounded(i.difficulty), "ci": _interval(i.ci)}
            for i in result.indicators
        ],
        "agreement": {
            "icc2_1": _rounded(agreement.icc2_1),
            "icc2_k": _rounded(agreement.icc2_k),
            "krippendorff_alpha": _rounded(agreement.krippendorff_alpha),
            "mean_abs_deviation_raw": _rounded(agreement.mean_abs_deviation_raw),
            "mean_abs_deviation_fair": _rounded(agreement.mean_abs_deviation_fair),
        },
        "connected": result.connected,
        "warnings": [words(warning) for warning in result.warnings],
    }


def cells_document(result: Calibration) -> dict[str, Any]:
    """Candidate by dimension, with what is needed to weigh the dimensions together."""
    return {
        "cells": [
            {
                "candidate": c.candidate,
                "dimension": c.dimension,
                "raw": _rounded(c.raw),
                "fair": _rounded(c.fair),
                "ci": _interval(c.ci),
                "n": c.n,
            }
            for c in result.cells
        ],
        "covariances": {
            name: [[_rounded(value) for value in row] for row in rows]
            for name, rows in result.covariances
        },
        "spread": None
        if result.spread is None
        else {name: _rounded(value) for name, value in result.spread.items()},
    }
