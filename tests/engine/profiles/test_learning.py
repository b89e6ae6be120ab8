import math
import random
from dataclasses import replace
from typing import Any

import pytest

from touchstone.common.messages import render
from touchstone.engine.profiles.learning import DEFAULT_WEIGHTS, PastCase, learn_model
from touchstone.engine.profiles.statistics import (
    benjamini_hochberg,
    fisher_interval,
    log_odds_difference,
    restricted_correlation,
)

TRUE_LOG_ODDS = 1.2


def planted(seed: int, n: int = 400) -> list[PastCase]:
    """Hires of whom exactly a third are excellent; "pytorch" and projects ≥ 3 go with it."""
    rng = random.Random(seed)
    base = math.log(0.4 / 0.6)
    cases = []
    for i in range(n):
        excellent = i % 3 == 0
        odds = math.exp(base + (TRUE_LOG_ODDS if excellent else 0))
        features = {f"noise{k}" for k in range(10) if rng.random() < 0.4}
        if rng.random() < odds / (1 + odds):
            features.add("pytorch")
        projects = rng.choice([3, 4, 5, 2]) if excellent else rng.choice([0, 1, 2, 3])
        cases.append(
            PastCase(
                key=str(i),
                features=frozenset(features),
                facts={"projects": projects},
                scores={d: rng.uniform(3, 9) for d in DEFAULT_WEIGHTS},
                review=(8 if excellent else 4) + rng.random(),
            )
        )
    return cases


def test_a_planted_signal_is_found_with_the_right_sign_and_covered() -> None:
    held = signs = found = 0
    for seed in range(100):
        signal = next(s for s in learn_model(planted(seed)).signals if s.feature == "pytorch")
        held += signal.ci[0] <= TRUE_LOG_ODDS <= signal.ci[1]
        signs += signal.log_odds > 0
        found += signal.found
    assert held >= 88
    assert signs == 100
    assert found >= 95


def test_noise_is_seldom_taken_for_a_signal() -> None:
    false = sum(
        s.found
        for seed in range(20)
        for s in learn_model(planted(seed)).signals
        if s.feature.startswith("noise")
    )
    assert false <= 10


def test_counted_facts_become_at_least() -> None:
    model = learn_model(planted(1))
    proposal = next(p for p in model.proposals if p.signal.feature == "projects")
    assert proposal.signal.threshold == 3
    assert "projects ≥ 3" in render(proposal.text, "zh")
    assert render(proposal.text, "en")


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ([], "too_few"),
        (planted(1, n=12), "too_few"),
        ([replace(c, review=5.0) for c in planted(1, n=60)], "no_difference"),
        (
            [replace(c, review=1.0 if i < 5 else 9.0) for i, c in enumerate(planted(1, n=60))],
            "one_sided",
        ),
        ([replace(c, hired=False) for c in planted(1, n=60)], "too_few"),
    ],
)
def test_too_little_or_one_sided_history_is_refused(history: Any, reason: str) -> None:
    model = learn_model(history)
    assert [m.id for m in model.refused] == [f"profiles.{reason}"]
    assert {w.dimension: w.learned for w in model.weights} == dict(DEFAULT_WEIGHTS)
    assert model.signals == ()
    assert render(model.refused[0], "zh")
    assert render(model.refused[0], "en")


def with_scores(seed: int, n: int, truth: dict[str, float], noise: float) -> list[PastCase]:
    rng = random.Random(seed)
    cases = []
    for i in range(n):
        scores = {d: rng.gauss(6, 1.2) for d in truth}
        outcome = sum(w * scores[d] for d, w in truth.items()) / 100 + rng.gauss(0, noise)
        cases.append(PastCase(key=str(i), scores=scores, review=outcome, hired=outcome > 5))
    return cases


def test_weights_move_towards_what_pays_and_sum_to_a_hundred() -> None:
    truth = {"technical": 20.0, "business": 50.0, "communication": 20.0, "learning": 10.0}
    model = learn_model(with_scores(3, 800, truth, 0.5))
    learned = {w.dimension: w for w in model.weights}
    assert sum(w.learned for w in model.weights) == pytest.approx(100, abs=0.2)
    assert learned["business"].learned > 35
    assert learned["technical"].learned < 35
    assert all(w.ci[0] <= w.learned <= w.ci[1] for w in model.weights)


def test_without_scores_a_dimension_nothing_is_called_learned() -> None:
    cases = with_scores(3, 200, dict(DEFAULT_WEIGHTS), 0.5)
    assert learn_model(cases).weighed
    unscored = learn_model([replace(case, scores={}) for case in cases])
    assert not unscored.weighed
    assert {w.dimension: w.learned for w in unscored.weights} == DEFAULT_WEIGHTS
    assert "profiles.too_few_scores" in {message.id for message in unscored.warnings}


def test_one_score_for_the_whole_interview_still_says_how_valid_it_is() -> None:
    """The weights stay; a score without dimensions meets the outcome all the same."""
    cases = with_scores(3, 200, dict(DEFAULT_WEIGHTS), 0.5)
    apart = learn_model(cases).validity
    whole = [
        replace(
            c, scores={"overall": sum(DEFAULT_WEIGHTS[d] * s for d, s in c.scores.items()) / 100}
        )
        for c in cases
    ]
    model = learn_model(whole)
    assert not model.weighed
    assert apart is not None
    assert model.validity is not None
    assert model.validity.r == pytest.approx(apart.r)
    few = [c if i < 29 else replace(c, scores={}) for i, c in enumerate(whole)]
    assert learn_model(few).validity is None


def test_few_cases_hardly_move_the_prior() -> None:
    truth = {"technical": 10.0, "business": 10.0, "communication": 10.0, "learning": 70.0}
    model = learn_model(with_scores(4, 60, truth, 2.0))
    assert all(abs(w.learned - w.prior) < 15 for w in model.weights)


def test_validity_says_range_restriction_aloud() -> None:
    model = learn_model(with_scores(5, 400, dict(DEFAULT_WEIGHTS), 0.8))
    validity = model.validity
    assert validity is not None
    assert validity.corrected is not None
    assert validity.corrected > validity.r
    assert "profiles.selection_bias" in [w.id for w in model.warnings]


def test_scores_that_contradict_the_outcome_leave_the_weights_alone() -> None:
    scored = with_scores(6, 200, dict(DEFAULT_WEIGHTS), 0.5)
    cases = [replace(c, review=-(c.review or 0.0)) for c in scored]
    model = learn_model([replace(c, hired=True) for c in cases])
    assert [w.learned for w in model.weights] == list(DEFAULT_WEIGHTS.values())
    assert "profiles.prior_contradicted" in [w.id for w in model.warnings]


def test_statistics_of_the_papers() -> None:
    assert log_odds_difference(30, 50, 20, 100, 1 / 3) == pytest.approx((1.74, 0.37), abs=0.01)
    # Benjamini and Hochberg (1995), section 3.1: four of fifteen stand at .05.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert benjamini_hochberg(p, 0.05) == [True] * 4 + [False] * 11
    assert restricted_correlation(0.3, 2.0) == pytest.approx(0.53, abs=0.005)
    assert fisher_interval(0.5, 30) == pytest.approx((0.170, 0.729), abs=0.001)
    assert fisher_interval(0.9, 3) == (-1.0, 1.0)
