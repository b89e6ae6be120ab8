"""Facts of a report made from a seed, as `evaluation` writes them, right in every relation."""

from __future__ import annotations

import random
import statistics
from typing import Any

from touchstone.engine.reporting.scores import INTERVIEW_SHARE, Measured, combine

DIMENSIONS = (("technical", 40.0), ("business", 30.0), ("communication", 20.0), ("learning", 10.0))
DEPARTMENTS = (("d1", "算法部"), ("d2", "电商部"), ("d3", "人力资源部"))


def named(name: str) -> dict[str, str]:
    return {"zh": name, "en": name.upper()}


def make_facts(seed: int) -> dict[str, Any]:
    """Consistent facts: dimensions may be missing, raters one to four, tasks of every kind."""
    rng = random.Random(seed)
    raters = _raters(rng)
    evidence: list[dict[str, Any]] = []
    dimensions: list[dict[str, Any]] = []
    tested = {d: round(rng.uniform(20, 95), 2) for d, _w in DIMENSIONS if rng.random() < 0.7}
    measured = []
    for dimension, weight in DIMENSIONS:
        given = [r["dimensions"][dimension] for r in raters if dimension in r["dimensions"]]
        raw = round(statistics.fmean(given), 4) if given else None
        fair = None if raw is None else round(min(10.0, max(0.0, raw + rng.gauss(0, 0.6))), 4)
        variance = round(rng.uniform(0.02, 0.6), 4) if fair is not None else None
        if len(raters) == 1:
            variance = None
        measured.append(
            Measured(dimension, weight, raw, fair, variance, len(given), tested.get(dimension))
        )
    overall = combine(measured)
    for row, known in zip(overall.dimensions, measured, strict=True):
        dimensions.append(
            {
                "id": row.id,
                "name": named(row.id),
                "weight": row.weight,
                "raw": _two(row.raw),
                "fair": _two(row.fair),
                "ci": None if row.ci is None else [_two(row.ci[0]), _two(row.ci[1])],
                "n": known.n,
                "interview": None
                if known.fair is None
                else {"raw": known.raw, "fair": known.fair, "variance": known.variance},
                "assessment": known.assessment,
                "evidence": [],
            }
        )
    indicators = _indicators(rng, raters, evidence)
    items = _items(rng, evidence)
    n = rng.choice([0, 3, 6, 20, 44])
    vectors = [
        {d: _two(rng.uniform(30, 95)) if rng.random() < 0.95 else None for d, _w in DIMENSIONS}
        for _ in range(n)
    ]
    means: dict[str, float | None] = {"overall": 60.0}
    for scored in dimensions:
        seen = [x for v in vectors if (x := v[scored["id"]]) is not None]
        own = [scored["fair"]] if scored["fair"] is not None else []
        means[scored["id"]] = _two(statistics.fmean([*seen, *own])) if seen or own else None
    return {
        "basic": {"claims": _claims(rng), "position": "训练师"},
        "model": {"number": 1},
        "rule": {"interview_share": INTERVIEW_SHARE},
        "scores": {
            "raw": _two(overall.raw),
            "fair": _two(overall.fair),
            "ci": None if overall.ci is None else [_two(overall.ci[0]), _two(overall.ci[1])],
            "missing": list(overall.missing),
            "dimensions": dimensions,
            "indicators": indicators,
        },
        "round": {"n": n + 1, "vectors": vectors, "means": means, "overall": [], "intervals": []},
        "past": {"n": 0, "means": {}},
        "raters": raters,
        "departments": _departments(raters),
        "assessment": {"items": items} if items else None,
        "screening": {"dimensions": {d: _two(rng.uniform(20, 100)) for d, _w in DIMENSIONS}},
        "evidence": evidence,
        "process": {"blind_first": True, "interviews": 1, "scorecards": len(raters)},
    }


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _raters(rng: random.Random) -> list[dict[str, Any]]:
    rows = []
    for number in range(rng.choice([0, 1, 2, 3, 4])):
        ref, department = DEPARTMENTS[number % 3]
        level = rng.uniform(2, 9)
        rows.append(
            {
                "ref": f"p{number}",
                "name": f"面试官{number}",
                "department": department,
                "department_ref": ref,
                "interview": f"i{number % 2}",
                "severity": round(rng.gauss(0, 0.7), 4),
                "dimensions": {
                    d: round(min(10.0, max(0.0, level + rng.gauss(0, 1.5))), 2)
                    for d, _w in DIMENSIONS
                    if rng.random() < 0.8
                },
            }
        )
    return rows


def _departments(raters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for ref, name in DEPARTMENTS:
        own = [r for r in raters if r["department_ref"] == ref]
        if own:
            means: dict[str, list[float]] = {}
            for rater in own:
                for d, value in rater["dimensions"].items():
                    means.setdefault(d, []).append(value)
            dimensions = {d: round(statistics.fmean(v), 2) for d, v in means.items()}
            rows.append({"ref": ref, "name": name, "dimensions": dimensions, "text": ""})
    return rows


def _indicators(
    rng: random.Random, raters: list[dict[str, Any]], evidence: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    rows = []
    for dimension, weight in DIMENSIONS:
        for k in range(2):
            name = f"{dimension[:4]}.{k}"
            scorers = [r for r in raters if dimension in r["dimensions"] and rng.random() < 0.8]
            ids = []
            for rater in scorers:
                ids.append(f"s{len(evidence) + 1}")
                evidence.append(
                    _piece(ids[-1], "score", rng.choice([2, 3]), dimension, name)
                    | {"rater": rater["ref"]}
                )
            if not scorers:
                ids.append(f"g{len(evidence) + 1}")
                evidence.append(_piece(ids[-1], "gap", 0, dimension, name))
            rows.append(
                {
                    "id": name,
                    "name": named(name),
                    "dimension": dimension,
                    "weight": weight / 2,
                    "fair": round(rng.uniform(1, 10), 2) if scorers else None,
                    "n": len(scorers),
                    "not_observed": 0,
                    "evidence": ids,
                }
            )
    return rows


def _items(rng: random.Random, evidence: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for k in range(rng.choice([0, 2, 4])):
        name = f"t{k}"
        dimension = rng.choice(DIMENSIONS)[0]
        evidence.append(_piece(name, "answer", 3, dimension, ""))
        question = {"id": "reporting.words", "args": named(f"问{k}")}
        rows.append(
            {
                "kind": "case",
                "title": named(f"题{k}"),
                "dimension": dimension,
                "needs_human": rng.random() < 0.3,
                "plausibility": rng.choice(["", "plausible", "doubtful", "implausible"]),
                "claims": _claims(rng),
                "follow_up": [question] if rng.random() < 0.5 else [],
                "evidence": [name],
            }
        )
    return rows


def _claims(rng: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "quote": "准确率升到 90%",
            "metric": metric,
            "direction": "up",
            "value": rng.choice([80.0, 80.5, 90.0, None]),
            "unit": "percent",
        }
        for metric in rng.sample(["准确率", "召回率", "点击率"], 2)
    ]


def _piece(name: str, kind: str, level: int, dimension: str, indicator: str) -> dict[str, Any]:
    return {
        "id": name,
        "kind": kind,
        "level": level,
        "quote": "准确率升到 90%" if kind == "answer" else "",
        "fact": None,
        "dimension": dimension,
        "indicator": indicator,
    }
