"""Fair scores of single dimensions, and any weighing of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.calibration.test_calibrate import panel
from touchstone.engine.calibration.calibrate import calibrate
from touchstone.engine.calibration.document import calibration_document, cells_document


def test_the_overall_score_is_the_mean_of_the_dimensions() -> None:
    ratings, _truth, _severity = panel(np.random.default_rng(5))
    result = calibrate(ratings)
    by_candidate: dict[str, list[float]] = {}
    for cell in result.cells:
        by_candidate.setdefault(cell.candidate, []).append(cell.fair)
    for candidate in result.candidates:
        assert np.mean(by_candidate[candidate.id]) == pytest.approx(candidate.fair, abs=1e-6)


def test_the_covariance_gives_the_overall_interval() -> None:
    ratings, _truth, _severity = panel(np.random.default_rng(6))
    result = calibrate(ratings)
    covariances = dict(result.covariances)
    for candidate in result.candidates:
        matrix = np.array(covariances[candidate.id])
        assert np.all(np.linalg.eigvalsh(matrix) > -1e-9)
        half = 1.6448536 * np.sqrt(matrix.mean())
        assert candidate.ci is not None
        if candidate.ci[0] > 0 and candidate.ci[1] < 10:
            assert candidate.ci[1] - candidate.ci[0] == pytest.approx(2 * half, abs=1e-5)


def test_ninety_per_cent_of_the_dimensions_intervals_hold() -> None:
    rng, hits = np.random.default_rng(7), []
    for _ in range(12):
        ratings, truth, severity = panel(rng)
        shift = np.mean(list(severity.values()))
        hits += [
            cell.ci[0] <= truth[cell.candidate] - shift <= cell.ci[1]
            for cell in calibrate(ratings).cells
            if cell.ci is not None
        ]
    assert 0.86 <= np.mean(hits) <= 0.96


def test_the_document_holds_everything_and_only_finite_numbers() -> None:
    ratings, _truth, _severity = panel(np.random.default_rng(8), candidates=12)
    result = calibrate(ratings)
    document = calibration_document(result, str) | cells_document(result)
    assert len(document["cells"]) == 48
    assert set(document["spread"]) == {
        "ability",
        "profile",
        "impression",
        "noise",
        "rater",
        "department",
    }
    assert "nan" not in str(document).lower()
