"""`calibrate`: ratings in, raw and fair scores, severities and agreement out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message, say
from touchstone.engine.calibration.agreement import intraclass_correlation, krippendorff_alpha
from touchstone.engine.calibration.connectedness import linked_groups
from touchstone.engine.calibration.mixed_model import (
    ABILITY,
    IMPRESSION,
    NOISE,
    PROFILE,
    RATER,
    Z_90,
    Fit,
    build_design,
    fit,
)
from touchstone.engine.calibration.ratings import (
    Agreement,
    Calibration,
    CandidateScore,
    CellScore,
    DepartmentSeverity,
    IndicatorDifficulty,
    Interval,
    RaterSeverity,
    Rating,
)

MAIN_GROUP_SHARE = 0.8
FEW_RATINGS = 8
LOW_ALPHA = 0.4


def calibrate(ratings: Sequence[Rating]) -> Calibration:
    """Separates raters' severity from candidates' ability.

    Candidates and raters that nothing links to the rest are not adjusted. When no linked group
    holds four fifths of the candidates, nobody is: ``fair`` equals ``raw`` for all.

    Args:
        ratings: in any order; abstentions are simply left out.

    Raises:
        InvalidInput: there is no rating, or a score lies outside 0–10.
    """
    _check(ratings)
    groups = linked_groups(ratings)
    candidates = list(dict.fromkeys(r.candidate for r in ratings))
    main_candidates, main_raters = groups[0]
    usable = len(main_raters) > 1 and len(main_candidates) >= MAIN_GROUP_SHARE * len(candidates)
    department_of, warnings = _departments(ratings)
    if len(groups) > 1:
        warnings.append(
            say("calibration.main_group_only", n=len(candidates) - len(main_candidates))
            if usable
            else say("calibration.not_connected", n=len(groups))
        )
    elif not usable:
        warnings.append(say("calibration.single_rater"))
    linked = [r for r in ratings if r.candidate in main_candidates] if usable else []
    result = _Fitted(linked, department_of)
    severity = result.severity()
    counts = Counter(r.rater for r in ratings)
    warnings += [
        say("calibration.few_ratings", rater=rater, n=n)
        for rater, n in counts.items()
        if n < FEW_RATINGS and rater in severity
    ]
    agreement = _agreement(ratings, severity, result)
    if agreement.krippendorff_alpha is not None and agreement.krippendorff_alpha < LOW_ALPHA:
        warnings.append(
            say("calibration.low_agreement", alpha=f"{agreement.krippendorff_alpha:.2f}")
        )
    return Calibration(
        candidates=tuple(result.candidate(c, ratings) for c in candidates),
        raters=tuple(result.rater(r, department_of[r], counts[r]) for r in counts),
        departments=tuple(result.department_rows(ratings, department_of)),
        indicators=tuple(result.indicator_rows(ratings)),
        agreement=agreement,
        connected=len(groups) == 1,
        warnings=tuple(warnings),
        cells=tuple(result.cells(ratings)),
        covariances=tuple(result.covariances()),
        spread=result.spread(),
    )


def raw_scores(ratings: Iterable[Rating]) -> dict[str, float]:
    """Each candidate's mean over dimensions of the mean score of that dimension."""
    cells: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for r in ratings:
        cells[r.candidate][r.dimension].append(r.score)
    return {
        candidate: _mean([_mean(scores) for scores in by_dimension.values()])
        for candidate, by_dimension in cells.items()
    }


def department_deviation(ratings: Iterable[Rating], severity: dict[str, float]) -> float | None:
    """Mean absolute difference between departments' mean scores of the same candidate.

    Args:
        severity: added to each score of that rater; empty for the raw deviation.

    Returns:
        Points of the 0–10 scale, averaged over candidates and pairs of departments; compared on
        the dimensions both scored. None when no candidate was seen by two departments.
    """
    cells: dict[str, dict[str, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for r in ratings:
        cells[r.candidate][r.department][r.dimension].append(r.score + severity.get(r.rater, 0.0))
    gaps = []
    for by_department in cells.values():
        for a, b in combinations(by_department.values(), 2):
            shared = [dimension for dimension in a if dimension in b]
            if shared:
                gaps.append(abs(_mean([_mean(a[j]) - _mean(b[j]) for j in shared])))
    return _mean(gaps) if gaps else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _check(ratings: Sequence[Rating]) -> None:
    if not ratings:
        raise InvalidInput(say("calibration.no_ratings"))
    for rating in ratings:
        if not 0 <= rating.score <= 10:
            raise InvalidInput(
                say("calibration.score_range", candidate=rating.candidate, score=rating.score)
            )


def _departments(ratings: Sequence[Rating]) -> tuple[dict[str, str], list[Message]]:
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for r in ratings:
        seen[r.rater][r.department] += 1
    warnings = [
        say("calibration.two_departments", rater=rater)
        for rater, departments in seen.items()
        if len(departments) > 1
    ]
    return {rater: counts.most_common(1)[0][0] for rater, counts in seen.items()}, warnings


class _Fitted:
    """Names around a fit; an empty set of linked ratings adjusts nothing."""

    def __init__(self, linked: Sequence[Rating], department_of: dict[str, str]) -> None:
        self.candidates = list(dict.fromkeys(r.candidate for r in linked))
        self.raters = list(dict.fromkeys(r.rater for r in linked))
        self.dimensions = list(dict.fromkeys(r.dimension for r in linked))
        self.of_rater = np.array([self.raters.index(r.rater) for r in linked], dtype=np.int64)
        self.fit: Fit | None = None
        if linked:
            departments = [department_of[r] for r in self.raters]
            self.fit = fit(
                build_design(linked, self.candidates, self.raters, departments, self.dimensions)
            )
        self.raw: dict[str, float] | None = None

    def severity(self) -> dict[str, float]:
        if self.fit is None:
            return {}
        return dict(zip(self.raters, map(float, self.fit.severity), strict=True))

    def candidate(self, name: str, ratings: Sequence[Rating]) -> CandidateScore:
        if self.raw is None:
            self.raw = raw_scores(ratings)
            self.n = Counter(r.candidate for r in ratings)
            self.index = {c: i for i, c in enumerate(self.candidates)}
        raw = self.raw[name]
        if self.fit is None or name not in self.index:
            return CandidateScore(name, raw, raw, None, self.n[name], linked=False)
        i = self.index[name]
        fair = _in_scale(float(self.fit.fair[i]))
        ci = _interval(float(self.fit.fair[i]), float(self.fit.fair_sd[i]))
        clipped = (_in_scale(ci[0]), _in_scale(ci[1]))
        return CandidateScore(name, raw, fair, clipped, self.n[name], linked=True)

    def cells(self, ratings: Sequence[Rating]) -> list[CellScore]:
        by_cell: dict[tuple[str, str], list[float]] = defaultdict(list)
        for r in ratings:
            by_cell[r.candidate, r.dimension].append(r.score)
        index = {c: i for i, c in enumerate(self.candidates)}
        rows = []
        for (candidate, dimension), scores in by_cell.items():
            raw, n = _mean(scores), len(scores)
            if self.fit is None or candidate not in index:
                rows.append(CellScore(candidate, dimension, raw, raw, None, n))
                continue
            i, j = index[candidate], self.dimensions.index(dimension)
            mean = float(self.fit.dimension_fair[i, j])
            sd = float(np.sqrt(max(0.0, self.fit.dimension_cov[i, j, j])))
            low, high = _interval(mean, sd)
            clipped = (_in_scale(low), _in_scale(high))
            rows.append(CellScore(candidate, dimension, raw, _in_scale(mean), clipped, n))
        return rows

    def covariances(self) -> list[tuple[str, tuple[tuple[float, ...], ...]]]:
        if self.fit is None:
            return []
        return [
            (name, tuple(tuple(map(float, row)) for row in self.fit.dimension_cov[i]))
            for i, name in enumerate(self.candidates)
        ]

    def spread(self) -> dict[str, float] | None:
        if self.fit is None:
            return None
        names = ("ability", "profile", "impression", "noise", "rater", "department")
        return dict(zip(names, map(float, self.fit.sd), strict=True))

    def rater(self, name: str, department: str, n: int) -> RaterSeverity:
        if self.fit is None or name not in self.raters:
            return RaterSeverity(name, department, 0.0, None, n, None)
        i = self.raters.index(name)
        mine = self.of_rater == i
        expected = float(self.fit.residual_variance[mine].sum())
        misfit = float((self.fit.residual[mine] ** 2).sum()) / expected if expected > 0 else None
        severity = float(self.fit.severity[i])
        sd = float(np.sqrt(max(0.0, self.fit.severity_cov[i, i])))
        return RaterSeverity(name, department, severity, _interval(severity, sd), n, misfit)

    def department_rows(
        self, ratings: Sequence[Rating], department_of: dict[str, str]
    ) -> list[DepartmentSeverity]:
        counts = Counter(r.department for r in ratings)
        rows = []
        for department, n in counts.items():
            weights = np.array([float(department_of[rater] == department) for rater in self.raters])
            if self.fit is None or not weights.any():
                rows.append(DepartmentSeverity(department, 0.0, None, n))
                continue
            weights /= weights.sum()
            severity = float(weights @ self.fit.severity)
            sd = float(np.sqrt(max(0.0, weights @ self.fit.severity_cov @ weights)))
            rows.append(DepartmentSeverity(department, severity, _interval(severity, sd), n))
        return rows

    def indicator_rows(self, ratings: Sequence[Rating]) -> list[IndicatorDifficulty]:
        counts = Counter(r.dimension for r in ratings)
        rows = []
        for dimension, n in counts.items():
            if self.fit is None or dimension not in self.dimensions:
                rows.append(IndicatorDifficulty(dimension, 0.0, None, n))
                continue
            j = self.dimensions.index(dimension)
            difficulty = float(self.fit.difficulty[j])
            ci = _interval(difficulty, float(self.fit.difficulty_sd[j]))
            rows.append(IndicatorDifficulty(dimension, difficulty, ci, n))
        return rows

    def reliability(self, k: float) -> tuple[float, float] | None:
        """ICC(2,1) and ICC(2,k) from the variance components (McGraw and Wong 1996)."""
        if self.fit is None:
            return None
        var = self.fit.sd**2
        n_j = len(self.dimensions)
        signal = float(var[ABILITY] + var[PROFILE] / n_j)
        severities = float(np.var(self.fit.severity, ddof=1)) if len(self.raters) > 1 else 0.0
        spread = max(severities, float(var[RATER]))
        noise = spread + float(var[IMPRESSION] + var[NOISE] / n_j)
        return signal / (signal + noise), signal / (signal + noise / k)


def _in_scale(score: float) -> float:
    return min(10.0, max(0.0, score))


def _interval(mean: float, sd: float) -> Interval:
    return (mean - Z_90 * sd, mean + Z_90 * sd)


def _agreement(ratings: Sequence[Rating], severity: dict[str, float], result: _Fitted) -> Agreement:
    units: dict[tuple[str, str], list[float]] = defaultdict(list)
    overall: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for r in ratings:
        units[r.candidate, r.dimension].append(r.score)
        overall[r.candidate][r.rater].append(r.score)
    raters = list(dict.fromkeys(r.rater for r in ratings))
    sizes = [len(row) for row in overall.values()]
    k = len(sizes) / sum(1 / size for size in sizes)
    complete = min(sizes) == len(raters) >= 2 and len(sizes) >= 2
    single: float | None
    average: float | None
    if complete:
        icc = intraclass_correlation(
            [[_mean(row[rater]) for rater in raters] for row in overall.values()]
        )
        single, average = icc.single, icc.average
    else:
        single, average = result.reliability(k) or (None, None)
    return Agreement(
        icc2_1=single,
        icc2_k=average,
        krippendorff_alpha=krippendorff_alpha(list(units.values())),
        mean_abs_deviation_raw=department_deviation(ratings, {}),
        mean_abs_deviation_fair=department_deviation(ratings, severity),
        k=k,
        method="anova" if complete else "variance_components",
    )
