from dataclasses import replace

import numpy as np
import pytest

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import render
from touchstone.engine.calibration.calibrate import calibrate
from touchstone.engine.calibration.ratings import Rating


def panel(
    rng: np.random.Generator, candidates: int = 40, gap: float = 1.5, linked: bool = True
) -> tuple[list[Rating], dict[str, float], dict[str, float]]:
    severity = {
        f"{d}{r}": s * gap / 2 + 0.6 * (r - 1) for d, s in (("A", 1), ("B", -1)) for r in range(3)
    }
    truth = {f"c{i}": float(rng.normal(5.5, 1.2)) for i in range(candidates)}
    ratings = []
    for i, (name, ability) in enumerate(truth.items()):
        if linked:
            panel_of = [f"A{i % 3}", f"B{(i // 3) % 3}"]
        else:
            panel_of = [f"A{i % 3}"] if i % 2 else [f"B{i % 3}"]
        for rater in panel_of:
            for j in range(4):
                score = np.clip(ability - severity[rater] + rng.normal(0, 0.6), 0, 10)
                ratings.append(Rating(name, rater, rater[0], f"d{j}", float(score)))
    return ratings, truth, severity


def test_severity_and_ability_are_told_apart() -> None:
    ratings, truth, severity = panel(np.random.default_rng(1))
    result = calibrate(ratings)
    estimated = {r.id: r.severity for r in result.raters}
    assert np.corrcoef([severity[r] for r in estimated], list(estimated.values()))[0, 1] > 0.97
    true = [truth[c.id] for c in result.candidates]
    fair = np.corrcoef(true, [c.fair for c in result.candidates])[0, 1]
    raw = np.corrcoef(true, [c.raw for c in result.candidates])[0, 1]
    assert fair > raw + 0.015
    agreement = result.agreement
    assert agreement.mean_abs_deviation_raw is not None
    assert agreement.mean_abs_deviation_fair is not None
    assert agreement.mean_abs_deviation_fair < 0.45 * agreement.mean_abs_deviation_raw
    assert result.connected
    assert sum(r.severity for r in result.raters) == pytest.approx(0, abs=1e-9)
    departments = {d.id: d.severity for d in result.departments}
    assert departments["A"] == pytest.approx(0.75, abs=0.3)


def test_ninety_per_cent_intervals_hold_the_truth_nine_times_in_ten() -> None:
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(12):
        ratings, truth, severity = panel(rng)
        shift = np.mean(list(severity.values()))
        hits += [
            c.ci[0] <= truth[c.id] - shift <= c.ci[1]
            for c in calibrate(ratings).candidates
            if c.ci is not None
        ]
    assert 0.86 <= np.mean(hits) <= 0.94


def test_without_a_link_nothing_is_adjusted() -> None:
    ratings, _, _ = panel(np.random.default_rng(3), linked=False)
    result = calibrate(ratings)
    assert not result.connected
    assert all(c.fair == c.raw and c.ci is None and not c.linked for c in result.candidates)
    assert all(r.severity == 0 and r.ci is None for r in result.raters)
    assert [w.id for w in result.warnings] == ["calibration.not_connected"]


def test_a_straggler_without_link_keeps_the_raw_score_and_the_rest_is_adjusted() -> None:
    ratings, _, _ = panel(np.random.default_rng(4))
    ratings.append(Rating("late", "guest", "C", "d0", 9.0))
    result = calibrate(ratings)
    late = next(c for c in result.candidates if c.id == "late")
    assert not result.connected
    assert (late.raw, late.fair, late.linked) == (9.0, 9.0, False)
    assert any(abs(c.fair - c.raw) > 0.3 for c in result.candidates)
    assert "calibration.main_group_only" in [w.id for w in result.warnings]


def test_a_single_rater_is_not_adjusted_and_said() -> None:
    ratings = [Rating(f"c{i}", "only", "A", "d0", float(i)) for i in range(5)]
    result = calibrate(ratings)
    assert [c.fair for c in result.candidates] == [c.raw for c in result.candidates]
    assert [w.id for w in result.warnings] == ["calibration.single_rater"]
    assert result.agreement.icc2_1 is None


def test_an_erratic_rater_misfits() -> None:
    rng = np.random.default_rng(5)
    ratings, _, _ = panel(rng)
    ratings = [
        replace(r, score=float(rng.uniform(2, 9))) if r.rater == "A1" else r for r in ratings
    ]
    misfit = {r.id: r.misfit or 0.0 for r in calibrate(ratings).raters}
    assert misfit["A1"] == max(misfit.values())
    assert misfit["A1"] > 1.2


def test_order_of_ratings_does_not_move_scores() -> None:
    ratings, _, _ = panel(np.random.default_rng(6), candidates=12)
    one = {c.id: c.fair for c in calibrate(ratings).candidates}
    two = {c.id: c.fair for c in calibrate(ratings[::-1]).candidates}
    assert one == pytest.approx(two, abs=1e-3)


def test_complete_tables_use_the_published_anova() -> None:
    rng = np.random.default_rng(7)
    ratings = [
        Rating(f"c{i}", f"r{k}", "A", "d", float(np.clip(i + k + rng.normal(0, 0.3), 0, 10)))
        for i in range(8)
        for k in range(2)
    ]
    assert calibrate(ratings).agreement.method == "anova"


@pytest.mark.parametrize("ratings", [[], [Rating("a", "b", "c", "d", 10.5)]])
def test_unusable_ratings_are_refused(ratings: list[Rating]) -> None:
    with pytest.raises(InvalidInput) as caught:
        calibrate(ratings)
    assert render(caught.value.message, "zh")
    assert render(caught.value.message, "en")


@pytest.mark.parametrize("n_ratings", [1, 2, 3])
def test_tiny_rounds_give_finite_numbers(n_ratings: int) -> None:
    rows = [
        Rating("a", "r1", "A", "d", 10.0),
        Rating("a", "r2", "B", "d", 0.0),
        Rating("b", "r2", "B", "d", 5.0),
    ]
    result = calibrate(rows[:n_ratings])
    assert all(np.isfinite(c.fair) for c in result.candidates)
