"""Whether a candidate's place hangs on a weight or on one rater."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from touchstone.common.messages import say
from touchstone.engine.reporting.sentence import (
    Facts,
    Sentence,
    dimensions,
    mixed,
    points,
    strongest,
)
from touchstone.engine.reporting.standing import FEW, rank

STEP = 5.0
LINE = 80.0
NOTABLE = 3.0


def robustness(facts: Facts) -> list[Sentence]:
    """One sentence on the weights; one on the rater whose leaving would change most."""
    return [*_weights(facts), *_dropped_rater(facts)]


def weighted(vector: Mapping[str, float | None], weights: Mapping[str, float]) -> float | None:
    """The weighted mean of the known dimensions."""
    known = [(w, v) for d, w in weights.items() if (v := vector.get(d)) is not None and w > 0]
    total = sum(w for w, _ in known)
    return sum(w * v for w, v in known) / total if total else None


def shifted_weights(weights: Mapping[str, float]) -> Iterator[dict[str, float]]:
    """The weights, then every way of moving five points from one dimension to another."""
    yield dict(weights)
    for source, target in permutations(weights, 2):
        if weights[source] >= STEP:
            yield {**weights, source: weights[source] - STEP, target: weights[target] + STEP}


def rank_range(facts: Facts) -> tuple[int, int, bool] | None:
    """Best and worst rank over the shifted weights, and whether 80 points are crossed."""
    rows = dimensions(facts)
    own = {row["id"]: row["fair"] for row in rows}
    weights = {row["id"]: float(row["weight"]) for row in rows}
    others: Sequence[Mapping[str, float | None]] = facts["round"]["vectors"]
    if len(others) < FEW:
        return None
    ranks, sides = [], set()
    for variant in shifted_weights(weights):
        score = weighted(own, variant)
        if score is None:
            return None
        scores = [s for v in others if (s := weighted(v, variant)) is not None]
        ranks.append(rank(round(score, 6), [round(s, 6) for s in scores]))
        sides.add(score > LINE)
    return min(ranks), max(ranks), len(sides) > 1


def _weights(facts: Facts) -> list[Sentence]:
    found = rank_range(facts)
    if found is None:
        return []
    best, worst, crosses = found
    evidence = mixed(facts, facts["evidence"])
    args = {"best": best, "worst": worst, "n": facts["round"]["n"]}
    word = "reporting.rank_same" if best == worst else "reporting.rank_moves"
    sentences = [Sentence("robustness", say(word, **args), evidence)]
    if crosses:
        sentences.append(Sentence("robustness", say("reporting.line_crossed"), evidence))
    return sentences


def without_rater(facts: Facts, rater: str) -> float | None:
    """How far the overall score moves when one rater's scores are left out, 0–100 points.

    Severity is taken out of every score first; a dimension only that rater scored keeps its
    interview score. None when nobody else rated the candidate.
    """
    rows = dimensions(facts)
    total = sum(float(r["weight"]) for r in rows if r["fair"] is not None)
    if total <= 0 or len({r["ref"] for r in facts["raters"]}) < 2:
        return None
    moved = 0.0
    for row in rows:
        if row["interview"] is None:
            continue
        corrected = [
            (r["ref"], r["dimensions"][row["id"]] + float(r["severity"] or 0.0))
            for r in facts["raters"]
            if r["dimensions"].get(row["id"]) is not None
        ]
        rest = [score for ref, score in corrected if ref != rater]
        if not rest or len(rest) == len(corrected):
            continue
        share = 1.0 if row["assessment"] is None else facts["rule"]["interview_share"]
        change = statistics.fmean(rest) - statistics.fmean(score for _, score in corrected)
        moved += float(row["weight"]) / total * share * 10.0 * change
    return moved


def _dropped_rater(facts: Facts) -> list[Sentence]:
    fair = facts["scores"]["fair"]
    changes: list[tuple[float, Mapping[str, Any]]] = []
    for rater in {r["ref"]: r for r in facts["raters"]}.values():
        change = without_rater(facts, rater["ref"])
        if change is not None:
            changes.append((change, rater))
    if not changes or fair is None:
        return []
    change, rater = max(changes, key=lambda pair: (abs(pair[0]), pair[1]["ref"]))
    evidence = strongest(
        facts, (e["id"] for e in facts["evidence"] if e.get("rater") == rater["ref"])
    )
    args = {"rater": rater["name"], "change": f"{change:+.1f}".replace("-", "−")}
    crosses = (fair > LINE) != (fair + change > LINE)
    if abs(change) < NOTABLE and not crosses:
        message = say("reporting.raters_steady", change=points(abs(change)))
        return [Sentence("robustness", message, evidence)]
    word = "reporting.rater_crosses" if crosses else "reporting.rater_moves"
    return [Sentence("robustness", say(word, **args), evidence)]
