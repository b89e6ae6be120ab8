"""A linear many-facet model of 0–10 scores, fitted by MAP.

    score = mean + ability[candidate] + profile[candidate, dimension] − difficulty[dimension]
            − severity[rater] + impression[candidate, rater] + noise

Ability, profile, impression and noise are normal; a rater's severity is normal around the
department's. With eleven ordered categories this is the linear equivalent of the many-facet
Rasch model (Linacre 1989, *Many-Facet Rasch Measurement*), in the units of the score sheet.

The six standard deviations are found by maximising the marginal posterior (mean, difficulties
and severities integrated out) under log-normal priors; everything else then has a closed form,
the best linear unbiased prediction of Henderson (1975, Biometrics 31, 423–447).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from touchstone.engine.calibration.ratings import Rating

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ABILITY, PROFILE, IMPRESSION, NOISE, RATER, DEPARTMENT = range(6)
# Prior medians in points of the 0–10 scale and spreads on the log scale: what structured
# interviews usually show, wide enough that a round of twenty candidates overrules them.
PRIOR_MEDIAN = np.array([1.2, 0.4, 0.4, 0.7, 0.6, 0.5])
PRIOR_LOG_SD = np.array([0.7, 0.7, 0.7, 0.7, 0.7, 0.8])
FLAT_PRECISION = 1e-6
Z_90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Design:
    """Ratings as numbers, candidates batched by how many ratings they have.

    Attributes:
        blocks: per batch ``(candidate indices (m,), rows (m, n))``; rows index the arrays below.
        dimension, rater: indices of each rating's dimension and rater.
        department: the department's index of each rater.
        design: one row a rating over ``[mean, dimensions 1…J−1, raters]``.
    """

    score: Floats
    candidate: Ints
    dimension: Ints
    rater: Ints
    department: Ints
    design: Floats
    blocks: tuple[tuple[Ints, Ints], ...]
    n_candidates: int
    n_dimensions: int
    n_raters: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Posterior of the linear functionals people read; every vector in index order.

    Attributes:
        sd: the six standard deviations (ABILITY … DEPARTMENT), in points.
        fair, fair_sd: candidates. severity, severity_cov: raters, centred on zero.
        dimension_fair, dimension_cov: candidates by dimension, and the posterior covariance of
            each candidate's dimensions, so that any weighted sum has an interval.
        difficulty, difficulty_sd: dimensions, centred on zero.
        residual, residual_variance: per rating, impression plus noise and its expectation.
    """

    sd: Floats
    fair: Floats
    fair_sd: Floats
    dimension_fair: Floats
    dimension_cov: Floats
    severity: Floats
    severity_cov: Floats
    difficulty: Floats
    difficulty_sd: Floats
    residual: Floats
    residual_variance: Floats


def build_design(
    ratings: Sequence[Rating],
    candidates: Sequence[str],
    raters: Sequence[str],
    departments: Sequence[str],
    dimensions: Sequence[str],
) -> Design:
    """Indexes ratings.

    Args:
        departments: the department of each rater, in the order of ``raters``.
    """
    c_of = {name: i for i, name in enumerate(candidates)}
    r_of = {name: i for i, name in enumerate(raters)}
    j_of = {name: i for i, name in enumerate(dimensions)}
    d_of = {name: i for i, name in enumerate(dict.fromkeys(departments))}
    candidate = np.array([c_of[r.candidate] for r in ratings])
    rater = np.array([r_of[r.rater] for r in ratings])
    dimension = np.array([j_of[r.dimension] for r in ratings])
    n, n_dim = len(ratings), len(dimensions)
    design = np.zeros((n, 1 + (n_dim - 1) + len(raters)))
    design[:, 0] = 1.0
    rows = np.arange(n)
    # Sum-to-zero coding: the last dimension is minus the others.
    for j in range(n_dim - 1):
        design[dimension == j, 1 + j] = 1.0
        design[dimension == n_dim - 1, 1 + j] = -1.0
    design[rows, n_dim + rater] = -1.0
    by_candidate: dict[int, list[int]] = defaultdict(list)
    for row, index in enumerate(candidate):
        by_candidate[int(index)].append(row)
    by_size: dict[int, list[int]] = defaultdict(list)
    for index, its_rows in by_candidate.items():
        by_size[len(its_rows)].append(index)
    blocks = tuple(
        (np.array(members), np.array([by_candidate[i] for i in members]))
        for _, members in sorted(by_size.items())
    )
    return Design(
        score=np.array([r.score for r in ratings], dtype=np.float64),
        candidate=candidate,
        dimension=dimension,
        rater=rater,
        department=np.array([d_of[name] for name in departments]),
        design=design,
        blocks=blocks,
        n_candidates=len(candidates),
        n_dimensions=n_dim,
        n_raters=len(raters),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """One batch at given standard deviations; the leading axis is the candidate."""

    members: Ints
    rows: Ints
    inverse: Floats  # (m, n, n)
    log_det: float
    x: Floats  # (m, n, p)
    y: Floats  # (m, n)


def _blocks(d: Design, sd: Floats) -> list[_Block]:
    var = sd**2
    blocks = []
    for members, rows in d.blocks:
        dim, rater = d.dimension[rows], d.rater[rows]
        cov = (
            var[ABILITY]
            + var[PROFILE] * (dim[:, :, None] == dim[:, None, :])
            + var[IMPRESSION] * (rater[:, :, None] == rater[:, None, :])
            + var[NOISE] * np.eye(rows.shape[1])
        )
        log_det = float(np.linalg.slogdet(cov)[1].sum())
        inverse = np.linalg.inv(cov)
        blocks.append(_Block(members, rows, inverse, log_det, d.design[rows], d.score[rows]))
    return blocks


def _prior_precision(d: Design, sd: Floats) -> tuple[Floats, float]:
    same = d.department[:, None] == d.department[None, :]
    cov = sd[RATER] ** 2 * np.eye(d.n_raters) + sd[DEPARTMENT] ** 2 * same
    precision = np.zeros((d.design.shape[1],) * 2)
    flat = d.n_dimensions
    precision[:flat, :flat] = FLAT_PRECISION * np.eye(flat)
    precision[flat:, flat:] = np.linalg.inv(cov)
    return precision, -float(np.linalg.slogdet(cov)[1])


def _global_posterior(
    d: Design, sd: Floats, blocks: Sequence[_Block]
) -> tuple[Floats, Floats, float]:
    """Mean and covariance of [mean, dimensions, severities], and the log marginal density."""
    precision, log_det_prior = _prior_precision(d, sd)
    rhs = np.zeros(d.design.shape[1])
    quadratic, log_det = 0.0, 0.0
    for block in blocks:
        weighted = np.matmul(block.inverse, block.x)
        precision += np.einsum("mnp,mnq->pq", block.x, weighted, optimize=True)
        rhs += np.einsum("mnp,mn->p", weighted, block.y)
        quadratic += float(np.einsum("mn,mnk,mk->", block.y, block.inverse, block.y, optimize=True))
        log_det += block.log_det
    covariance: Floats = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    mean: Floats = covariance @ rhs
    log_density = -0.5 * (
        log_det
        + float(np.linalg.slogdet(precision)[1])
        - log_det_prior
        + quadratic
        - float(rhs @ mean)
    )
    return mean, covariance, log_density


def fit(d: Design) -> Fit:
    """MAP fit; deterministic, about 0.1 s for 40 candidates with eight ratings each."""
    from scipy.optimize import minimize

    log_median = np.log(PRIOR_MEDIAN)

    def loss(log_sd: Floats) -> float:
        sd = np.exp(log_sd)
        _, _, log_density = _global_posterior(d, sd, _blocks(d, sd))
        return -log_density + 0.5 * float(np.sum(((log_sd - log_median) / PRIOR_LOG_SD) ** 2))

    found: Any = minimize(
        loss,
        log_median,
        method="L-BFGS-B",
        bounds=[(m - 4, m + 3) for m in log_median],
        options={"maxiter": 60, "ftol": 1e-9},
    )
    return _posterior(d, np.exp(np.asarray(found.x, dtype=np.float64)))


def _posterior(d: Design, sd: Floats) -> Fit:
    blocks = _blocks(d, sd)
    mean, cov, _ = _global_posterior(d, sd, blocks)
    flat, n_r, n_j = d.n_dimensions, d.n_raters, d.n_dimensions
    centre = np.eye(n_r) - 1.0 / n_r
    severity_cov = centre @ cov[flat:, flat:] @ centre.T
    expand = np.vstack([np.eye(n_j - 1), -np.ones((1, n_j - 1))]) if n_j > 1 else np.zeros((1, 0))
    dim_cov = expand @ cov[1:n_j, 1:n_j] @ expand.T
    # A candidate's targets are the means of each dimension over all raters of the round.
    level = np.zeros((n_j, len(mean)))
    level[:, 0] = 1.0
    level[:, 1:n_j] = expand
    level[:, flat:] = -1.0 / n_r
    own = sd[ABILITY] ** 2 + sd[PROFILE] ** 2 * np.eye(n_j)
    fair = np.zeros((d.n_candidates, n_j))
    variance = np.zeros((d.n_candidates, n_j, n_j))
    residual, expected = np.zeros(len(d.score)), np.zeros(len(d.score))
    for block in blocks:
        error = block.y - block.x @ mean
        shared = np.transpose(own[d.dimension[block.rows]], (0, 2, 1))
        weights = np.matmul(shared, block.inverse)
        gradient = level - np.matmul(weights, block.x)
        fair[block.members] = level @ mean + np.einsum("mjn,mn->mj", weights, error)
        variance[block.members] = (
            own
            - np.matmul(weights, np.transpose(shared, (0, 2, 1)))
            + np.einsum("mjp,pq,mkq->mjk", gradient, cov, gradient, optimize=True)
        )
        rater = d.rater[block.rows]
        noise = sd[IMPRESSION] ** 2 * (rater[:, :, None] == rater[:, None, :]) + sd[
            NOISE
        ] ** 2 * np.eye(block.rows.shape[1])
        smoothed = np.matmul(noise, block.inverse)
        residual[block.rows] = np.einsum("mnk,mk->mn", smoothed, error)
        expected[block.rows] = np.einsum("mnk,mkn->mn", smoothed, noise)
    return Fit(
        sd=sd,
        fair=fair.mean(axis=1),
        fair_sd=np.sqrt(np.maximum(variance.mean(axis=(1, 2)), 0.0)),
        dimension_fair=fair,
        dimension_cov=variance,
        severity=centre @ mean[flat:],
        severity_cov=severity_cov,
        difficulty=-(expand @ mean[1:n_j]),
        difficulty_sd=np.sqrt(np.maximum(np.diag(dim_cov), 0.0)),
        residual=residual,
        residual_variance=expected,
    )
