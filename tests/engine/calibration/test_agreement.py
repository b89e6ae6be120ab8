"""The papers' own worked examples."""

import pytest

from touchstone.engine.calibration.agreement import (
    intraclass_correlation,
    krippendorff_alpha,
    nominal_difference,
)

# Shrout and Fleiss (1979), table 2.
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
# Krippendorff (2011), section C: observers A–D, twelve units, gaps as None.
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = [[v for v in column if v is not None] for column in zip(*KRIPPENDORFF, strict=True)]


def test_icc_of_shrout_and_fleiss() -> None:
    icc = intraclass_correlation(SHROUT_FLEISS)
    assert icc.single == pytest.approx(0.29, abs=0.005)
    assert icc.average == pytest.approx(0.62, abs=0.005)


@pytest.mark.parametrize("table", [[], [[1, 2]], [[1], [2]], [[1, 2], [3]]])
def test_icc_refuses_what_is_no_table(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="complete table"):
        intraclass_correlation(table)


def test_icc_of_a_table_without_variance_is_unknown() -> None:
    assert intraclass_correlation([[5, 5], [5, 5]]).single is None


def test_alpha_of_krippendorff() -> None:
    assert krippendorff_alpha(UNITS, nominal_difference) == pytest.approx(0.743, abs=0.0005)
    assert krippendorff_alpha(UNITS) == pytest.approx(0.849, abs=0.0005)


def test_alpha_is_one_for_perfect_agreement_and_negative_for_systematic_disagreement() -> None:
    assert krippendorff_alpha([[1, 1], [5, 5], [9, 9]]) == 1.0
    opposed = krippendorff_alpha([[0, 10], [10, 0], [0, 10]])
    assert opposed is not None
    assert opposed < 0


@pytest.mark.parametrize("units", [[], [[3]], [[3], [4]], [[3, 3], [3, 3]]])
def test_alpha_is_unknown_without_pairs_or_variance(units: list[list[float]]) -> None:
    assert krippendorff_alpha(units) is None
