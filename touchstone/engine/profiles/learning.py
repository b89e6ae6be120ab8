"""What sets the excellent apart, learned from past hires, with the doubt the data deserve."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from touchstone.common.messages import Message, say
from touchstone.engine.profiles.statistics import (
    Interval,
    benjamini_hochberg,
    fisher_interval,
    log_odds_difference,
    normal_p_value,
    restricted_correlation,
)

DEFAULT_WEIGHTS: Mapping[str, float] = {
    "technical": 40.0,
    "business": 30.0,
    "communication": 20.0,
    "learning": 10.0,
}
OVERALL = "overall"  # an interview's score where the dimensions have none of their own
LEAST_CASES = 30
LEAST_A_SIDE = 10
EXCELLENT_SHARE = 1 / 3
FALSE_DISCOVERY = 0.10
# How far a weight may stray before data are in, as a share of the total (one standard deviation).
WEIGHT_SD = 0.08


@dataclass(frozen=True, slots=True)
class PastCase:
    """One past applicant: what was seen then, and what became of them.

    Attributes:
        features: concepts found in the resume.
        facts: things that can be counted, like ``{"training_projects": 3}``.
        scores: interview score per dimension, 0–10; under `OVERALL` one for the whole interview.
        projects_delivered, model_improvement, review: outcomes; None when unknown.
    """

    key: str
    features: frozenset[str] = frozenset()
    facts: Mapping[str, float] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    hired: bool = True
    projects_delivered: float | None = None
    model_improvement: float | None = None
    review: float | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """How a feature goes with being excellent.

    Attributes:
        threshold: for counted facts, "at least this many"; None for concepts.
        log_odds: of being excellent with the feature against without it; positive speaks for it.
        ci: 95 % interval of ``log_odds``.
        n_with, n_without: hires; excellent_with, excellent_without: of those.
        p: two-sided, times the number of thresholds tried.
        found: stands out after allowing for how many features were looked at.
    """

    feature: str
    threshold: float | None
    log_odds: float
    ci: Interval
    n_with: int
    n_without: int
    excellent_with: int
    excellent_without: int
    p: float
    found: bool


@dataclass(frozen=True, slots=True)
class LearnedWeight:
    """A dimension's weight of 100: prior, learned, and the 95 % interval of the learned one."""

    dimension: str
    prior: float
    learned: float
    ci: Interval


@dataclass(frozen=True, slots=True)
class Validity:
    """Correlation of the interview score with the outcome among the hired: the weighted one, or
    the overall one where too few have a score in each dimension.

    Attributes:
        corrected: for range restriction (Thorndike's case 2); None without unhired applicants.
    """

    r: float
    ci: Interval
    n: int
    corrected: float | None


@dataclass(frozen=True, slots=True)
class IndicatorProposal:
    """A quantified indicator that history suggests; a person decides."""

    text: Message
    signal: Signal


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """What history says.

    Attributes:
        refused: why nothing was learned; then weights are the prior's and signals are empty.
        warnings: what to keep in mind, selection bias always among them.
        n: hires with a known outcome. n_excellent: of those.
    """

    weights: tuple[LearnedWeight, ...]
    signals: tuple[Signal, ...]
    proposals: tuple[IndicatorProposal, ...]
    validity: Validity | None
    refused: tuple[Message, ...]
    warnings: tuple[Message, ...]
    n: int
    n_excellent: int

    @property
    def weighed(self) -> bool:
        """Whether the weights were learned; otherwise they are the prior, kept as it was."""
        return any(low < high for low, high in (weight.ci for weight in self.weights))


def learn_model(
    history: Sequence[PastCase], prior: Mapping[str, float] = DEFAULT_WEIGHTS
) -> LearnedModel:
    """Learns signals and weights, or says why it will not.

    The excellent are the third of the hired with the best outcome (mean rank of the measures
    known). Signals are log-odds with an informative Dirichlet prior at the rate of all applicants
    (Monroe, Colaresi and Quinn 2008, Political Analysis 16, 372–403). Weights are the posterior
    mean of a regression whose prior is the given weights.

    Args:
        prior: weight of each dimension, summing to 100.
    """
    known = [case for case in history if case.hired and _measures(case)]
    outcome = _outcomes(known)
    excellent = _excellent(outcome)
    n, top = len(known), sum(excellent)
    refused = _refusals(n, top, outcome)
    kept = tuple(LearnedWeight(d, w, w, (w, w)) for d, w in prior.items())
    warnings = [say("profiles.selection_bias", n=n, applicants=len(history))]
    if refused:
        return LearnedModel(kept, (), (), None, tuple(refused), tuple(warnings), n, top)
    signals = _signals(history, known, excellent)
    weights, validity = kept, None
    scored = [
        (case, y)
        for case, y in zip(known, outcome, strict=True)
        if all(d in case.scores for d in prior)
    ]
    if len(scored) < LEAST_CASES:
        warnings.append(say("profiles.too_few_scores", n=len(scored), least=LEAST_CASES))
        whole = [(c, y) for c, y in zip(known, outcome, strict=True) if OVERALL in c.scores]
        if len(whole) >= LEAST_CASES:
            validity = _validity(history, whole, {OVERALL: 100.0})
    else:
        validity = _validity(history, scored, prior)
        if validity.r <= 0:
            warnings.append(say("profiles.prior_contradicted", r=f"{validity.r:.2f}", n=validity.n))
        else:
            weights = _weights(scored, prior)
    proposals = tuple(
        IndicatorProposal(_proposal(signal), signal)
        for signal in signals
        if signal.found and signal.log_odds > 0
    )
    return LearnedModel(weights, signals, proposals, validity, (), tuple(warnings), n, top)


def _measures(case: PastCase) -> list[float]:
    values = (case.projects_delivered, case.model_improvement, case.review)
    return [value for value in values if value is not None]


def _outcomes(cases: Sequence[PastCase]) -> list[float]:
    """Mean over the known measures of the standard score of each."""
    columns = [
        [case.projects_delivered for case in cases],
        [case.model_improvement for case in cases],
        [case.review for case in cases],
    ]
    total, count = [0.0] * len(cases), [0] * len(cases)
    for column in columns:
        values = [value for value in column if value is not None]
        mean = sum(values) / len(values) if values else 0.0
        sd = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)) if values else 0.0
        for i, value in enumerate(column):
            if value is not None:
                total[i] += (value - mean) / sd if sd else 0.0
                count[i] += 1
    return [t / c for t, c in zip(total, count, strict=True)]


def _excellent(outcome: Sequence[float]) -> list[bool]:
    if not outcome:
        return []
    cut = sorted(outcome, reverse=True)[max(0, round(len(outcome) * EXCELLENT_SHARE) - 1)]
    return [value >= cut for value in outcome]


def _refusals(n: int, top: int, outcome: Sequence[float]) -> list[Message]:
    refused = []
    if n < LEAST_CASES:
        refused.append(say("profiles.too_few", n=n, least=LEAST_CASES))
    elif len(set(outcome)) < 2:
        refused.append(say("profiles.no_difference", n=n))
    elif min(top, n - top) < LEAST_A_SIDE:
        refused.append(say("profiles.one_sided", excellent=top, others=n - top, least=LEAST_A_SIDE))
    return refused


def _signals(
    history: Sequence[PastCase], known: Sequence[PastCase], excellent: Sequence[bool]
) -> tuple[Signal, ...]:
    concepts = sorted({feature for case in known for feature in case.features})
    signals = [
        signal
        for feature in concepts
        if (
            signal := _signal(
                feature,
                None,
                [feature in case.features for case in known],
                excellent,
                sum(feature in case.features for case in history) / len(history),
            )
        )
    ]
    for fact in sorted({name for case in known for name in case.facts}):
        signals += _fact_signal(fact, history, known, excellent)
    flags = benjamini_hochberg([signal.p for signal in signals], FALSE_DISCOVERY)
    marked = [replace(s, found=flag) for s, flag in zip(signals, flags, strict=True)]
    return tuple(sorted(marked, key=lambda s: (s.p, s.feature)))


def _signal(
    feature: str,
    threshold: float | None,
    present: Sequence[bool],
    excellent: Sequence[bool],
    background: float,
    tries: int = 1,
) -> Signal | None:
    n_with = sum(present)
    n_without = len(present) - n_with
    if min(n_with, n_without) < LEAST_A_SIDE // 2:
        return None
    both = sum(p and e for p, e in zip(present, excellent, strict=True))
    top = sum(excellent)
    log_odds, sd = log_odds_difference(both, top, n_with - both, len(present) - top, background)
    return Signal(
        feature=feature,
        threshold=threshold,
        log_odds=log_odds,
        ci=(log_odds - 1.959964 * sd, log_odds + 1.959964 * sd),
        n_with=n_with,
        n_without=n_without,
        excellent_with=both,
        excellent_without=top - both,
        p=min(1.0, tries * normal_p_value(log_odds / sd)),
        found=False,
    )


def _fact_signal(
    fact: str,
    history: Sequence[PastCase],
    known: Sequence[PastCase],
    excellent: Sequence[bool],
) -> list[Signal]:
    """The threshold of a counted fact that tells the excellent apart best."""
    values = sorted({case.facts.get(fact, 0.0) for case in known})[1:]
    if len(values) > 12:
        values = [values[len(values) * k // 12] for k in range(12)]
    tried = [
        signal
        for t in values
        if (
            signal := _signal(
                fact,
                t,
                [case.facts.get(fact, 0.0) >= t for case in known],
                excellent,
                sum(case.facts.get(fact, 0.0) >= t for case in history) / len(history),
                tries=len(values),
            )
        )
    ]
    return [min(tried, key=lambda s: s.p)] if tried else []


def _proposal(signal: Signal) -> Message:
    counts = {
        "with_rate": round(100 * signal.excellent_with / signal.n_with),
        "without_rate": round(100 * signal.excellent_without / signal.n_without),
        "n": signal.n_with + signal.n_without,
        "feature": signal.feature,
    }
    if signal.threshold is None:
        return say("profiles.has_feature", **counts)
    return say("profiles.at_least", threshold=f"{signal.threshold:g}", **counts)


def _validity(
    history: Sequence[PastCase],
    scored: Sequence[tuple[PastCase, float]],
    prior: Mapping[str, float],
) -> Validity:
    def composite(case: PastCase) -> float:
        return sum(weight * case.scores[d] for d, weight in prior.items()) / sum(prior.values())

    x = [composite(case) for case, _ in scored]
    y = [outcome for _, outcome in scored]
    r = _correlation(x, y)
    everyone = [composite(case) for case in history if all(d in case.scores for d in prior)]
    corrected = None
    if len(everyone) > len(x) and _sd(x) > 0:
        corrected = restricted_correlation(r, _sd(everyone) / _sd(x))
    return Validity(r, fisher_interval(r, len(x)), len(x), corrected)


def _weights(
    scored: Sequence[tuple[PastCase, float]], prior: Mapping[str, float]
) -> tuple[LearnedWeight, ...]:
    """Posterior mean of the weights around the prior.

    Outcome = scale · Σ weight · score + noise; the scale is the regression of the outcome on the
    prior's own composite, so that only the weights' proportions are learned.
    """
    import numpy as np

    names = list(prior)
    x = np.array([[case.scores[d] for d in names] for case, _ in scored], dtype=np.float64)
    y = np.array([outcome for _, outcome in scored], dtype=np.float64)
    x -= x.mean(axis=0)
    y -= y.mean()
    w0 = np.array([prior[d] for d in names]) / sum(prior.values())
    composite = x @ w0
    scale = float(composite @ y / (composite @ composite))
    noise = float(np.var(y - scale * composite)) or 1e-9
    design = scale * x
    precision = design.T @ design / noise + np.eye(len(names)) / WEIGHT_SD**2
    covariance = np.linalg.inv(precision)
    weights = w0 + covariance @ (design.T @ (y - design @ w0)) / noise
    floored = np.maximum(weights, 0.02)
    learned = 100 * floored / floored.sum()
    sd = 100 * np.sqrt(np.diag(covariance)) / floored.sum()
    return tuple(
        LearnedWeight(
            d,
            prior[d],
            round(float(w), 1),
            (round(float(max(0.0, w - 1.96 * s)), 1), round(float(min(100.0, w + 1.96 * s)), 1)),
        )
        for d, w, s in zip(names, learned, sd, strict=True)
    )


def _sd(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))


def _correlation(x: Sequence[float], y: Sequence[float]) -> float:
    mx, my = sum(x) / len(x), sum(y) / len(y)
    sx, sy = _sd(x), _sd(y)
    if not sx or not sy:
        return 0.0
    return sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / (len(x) * sx * sy)
