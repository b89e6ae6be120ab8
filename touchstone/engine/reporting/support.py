"""Checks sentences against the facts, each claim computed anew from the numbers it names.

`analysis` decides what to say; this module decides whether it may be said. They share no
computation but `share_below`'s definition, restated here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

Facts = Mapping[str, Any]
Args = Mapping[str, Any]
TOLERANCE = 0.051  # numbers in sentences are rounded to one decimal


def unsupported(facts: Facts, analysis: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sentences the facts do not bear out; empty for an honest report."""
    return [sentence for sentence in analysis if not supported(facts, sentence)]


def supported(facts: Facts, sentence: Mapping[str, Any]) -> bool:
    """Whether the sentence rests on evidence that exists and its claim follows from the facts."""
    known = {e["id"] for e in facts["evidence"]}
    if not sentence["evidence"] or not set(sentence["evidence"]) <= known:
        return False
    check = CHECKS.get(sentence["message"]["id"])
    return check is not None and check(facts, sentence["message"]["args"], sentence["dimension"])


def _near(a: float | None, b: str | float) -> bool:
    return a is not None and abs(a - float(str(b).replace("−", "-"))) <= TOLERANCE


def _dimension(facts: Facts, name: str) -> Mapping[str, Any]:
    rows: list[Mapping[str, Any]] = facts["scores"]["dimensions"]
    return next((row for row in rows if row["id"] == name), {})


def _indicator(facts: Facts, name: Mapping[str, Any]) -> Mapping[str, Any]:
    rows: list[Mapping[str, Any]] = facts["scores"]["indicators"]
    return next((row for row in rows if row["name"] == name["args"]), {})


def _against_round(facts: Facts, args: Args, name: str) -> bool:
    score = _dimension(facts, name).get("fair")
    mean = facts["round"]["means"].get(name)
    right = _near(score, args["score"]) and _near(mean, args["mean"])
    return right and args["n"] == facts["round"]["n"]


def _above_most(facts: Facts, args: Args, name: str) -> bool:
    score = _dimension(facts, name).get("fair")
    others = [v[name] for v in facts["round"]["vectors"] if v.get(name) is not None]
    if score is None or not others:
        return False
    below = len([o for o in others if o < score]) + len([o for o in others if o == score]) / 2
    share = 100 * below / len(others)
    return _against_round(facts, args, name) and abs(share - float(args["share"])) <= 0.51


def _clearly_below(facts: Facts, args: Args, name: str) -> bool:
    ci = _dimension(facts, name).get("ci")
    mean = facts["round"]["means"].get(name)
    if ci is None or mean is None:
        return False
    return _against_round(facts, args, name) and _near(ci[1], args["high"]) and bool(ci[1] < mean)


def _below_mean(facts: Facts, args: Args, name: str) -> bool:
    score, mean = _dimension(facts, name).get("fair"), facts["round"]["means"].get(name)
    if score is None or mean is None:
        return False
    return _against_round(facts, args, name) and bool(score < mean)


def _indicator_at(low: float, high: float) -> Callable[[Facts, Args, str], bool]:
    def check(facts: Facts, args: Args, _name: str) -> bool:
        row = _indicator(facts, args["indicator"])
        fair = row.get("fair")
        right = fair is not None and _near(fair, args["score"]) and low <= fair <= high
        return right and ("n" not in args or args["n"] == row["n"])

    return check


def _single_rater(facts: Facts, _args: Args, name: str) -> bool:
    scored = {
        rater["ref"] for rater in facts["raters"] if rater["dimensions"].get(name) is not None
    }
    return len(scored) == 1


def _chinese(name: str | Mapping[str, Any]) -> str:
    """A department's name; reports issued earlier hold it as it is, in one language."""
    return name if isinstance(name, str) else str(name["args"]["zh"])


def _split(facts: Facts, args: Args, name: str) -> bool:
    means = {d["name"]: d["dimensions"].get(name) for d in facts["departments"]}
    low, high = (means.get(_chinese(args[key])) for key in ("low_name", "high_name"))
    if low is None or high is None:
        return False
    told = _near(low, args["low"]) and _near(high, args["high"]) and _near(high - low, args["gap"])
    return told and high - low >= 2.0 - 1e-9


def _no_measure(facts: Facts, _args: Args, name: str) -> bool:
    row = _dimension(facts, name)
    return row.get("interview") is None and row.get("assessment") is None


def _nothing_found(facts: Facts, args: Args, _name: str) -> bool:
    gaps = [e["indicator"] for e in facts["evidence"] if e["kind"] == "gap"]
    unseen = all(row["n"] == 0 for row in facts["scores"]["indicators"] if row["id"] in gaps)
    found = {e["indicator"] for e in facts["evidence"] if e["kind"] != "gap"}
    return unseen and len(gaps) == args["count"] and not found & set(gaps)


def _item(facts: Facts, test: Callable[[Mapping[str, Any]], bool]) -> bool:
    return any(test(item) for item in (facts["assessment"] or {}).get("items", []))


def _plausible(level: str) -> Callable[[Facts, Args, str], bool]:
    def check(facts: Facts, args: Args, _name: str) -> bool:
        title = args["title"]["args"]
        return _item(facts, lambda i: i["plausibility"] == level and i["title"] == title)

    return check


def _needs_human(facts: Facts, args: Args, _name: str) -> bool:
    title = args["title"]["args"]
    return _item(facts, lambda i: bool(i["needs_human"]) and i["title"] == title)


def _paper(test: Callable[[float, float], bool]) -> Callable[[Facts, Args, str], bool]:
    def check(facts: Facts, args: Args, name: str) -> bool:
        paper = (facts["screening"] or {}).get("dimensions", {}).get(name)
        seen = _dimension(facts, name).get("fair")
        if paper is None or seen is None:
            return False
        return _near(paper, args["paper"]) and _near(seen, args["seen"]) and test(paper, seen)

    return check


def _talk(sign: int) -> Callable[[Facts, Args, str], bool]:
    def check(facts: Facts, args: Args, name: str) -> bool:
        row = _dimension(facts, name)
        if not row.get("interview") or row.get("assessment") is None:
            return False
        talk, test = 10 * row["interview"]["fair"], row["assessment"]
        told = _near(talk, args["talk"]) and _near(test, args["test"])
        return told and sign * (talk - test) >= 25.0

    return check


def _alike(a: float, b: float) -> bool:
    return abs(a - b) <= 0.02 * max(abs(a), abs(b))


def _number(same: bool) -> Callable[[Facts, Args, str], bool]:
    def check(facts: Facts, args: Args, _name: str) -> bool:
        written = [c for c in facts["basic"]["claims"] if c["metric"] == args["metric"]]
        cases = [
            c
            for item in (facts["assessment"] or {}).get("items", [])
            for c in item["claims"]
            if c["metric"] == args["metric"]
        ]
        return any(
            f"{a['value']:g}" == args["resume"]
            and f"{b['value']:g}" == args["case"]
            and _alike(a["value"], b["value"]) == same
            for a, b in itertools.product(written, cases)
            if a["value"] is not None and b["value"] is not None
        )

    return check


def _totals(facts: Facts, weights: Mapping[str, float]) -> tuple[float | None, list[float]]:
    def total(vector: Mapping[str, float | None]) -> float | None:
        known = {d: v for d, v in vector.items() if v is not None and weights.get(d, 0) > 0}
        mass = sum(weights[d] for d in known)
        return sum(weights[d] * v for d, v in known.items()) / mass if mass else None

    own = total({row["id"]: row["fair"] for row in facts["scores"]["dimensions"]})
    others = [t for vector in facts["round"]["vectors"] if (t := total(vector)) is not None]
    return own, others


def _variants(facts: Facts) -> list[dict[str, float]]:
    base = {row["id"]: float(row["weight"]) for row in facts["scores"]["dimensions"]}
    moved = [
        base | {a: base[a] - 5.0, b: base[b] + 5.0}
        for a in base
        for b in base
        if a != b and base[a] >= 5.0
    ]
    return [base, *moved]


def _rank(facts: Facts, args: Args, _name: str) -> bool:
    ranks = []
    for weights in _variants(facts):
        own, others = _totals(facts, weights)
        if own is None:
            return False
        ranks.append(1 + len([o for o in others if o > own + 1e-6]))
    low, high = min(ranks), max(ranks)
    told = low == args["best"] and high == args["worst"]
    return bool(told and args["n"] == facts["round"]["n"])


def _line(facts: Facts, _args: Args, _name: str) -> bool:
    totals = [own for w in _variants(facts) if (own := _totals(facts, w)[0]) is not None]
    return min(totals) <= 80.0 < max(totals)


def _without(facts: Facts, rater: str) -> float:
    """The change of the total without one rater, as docs/reports.md defines it."""
    rows = [row for row in facts["scores"]["dimensions"] if row["fair"] is not None]
    mass = sum(row["weight"] for row in rows)
    change = 0.0
    for row in rows:
        marks = {
            (r["ref"], r["interview"]): r["dimensions"][row["id"]] + (r["severity"] or 0.0)
            for r in facts["raters"]
            if row["id"] in r["dimensions"]
        }
        rest = [v for (ref, _), v in marks.items() if ref != rater]
        if row["interview"] is None or not rest:
            continue
        part = 1.0 if row["assessment"] is None else facts["rule"]["interview_share"]
        every = list(marks.values())
        shift = sum(rest) / len(rest) - sum(every) / len(every)
        change += row["weight"] * part * 10.0 * shift / mass
    return change


def _steady(facts: Facts, args: Args, _name: str) -> bool:
    changes = [abs(_without(facts, r["ref"])) for r in facts["raters"]]
    return bool(changes) and _near(max(changes), args["change"])


def _rater(crosses: bool) -> Callable[[Facts, Args, str], bool]:
    def check(facts: Facts, args: Args, _name: str) -> bool:
        fair = facts["scores"]["fair"]
        for r in facts["raters"]:
            change = _without(facts, r["ref"])
            if r["name"] == args["rater"] and _near(change, args["change"]):
                return bool(((fair > 80.0) != (fair + change > 80.0)) == crosses)
        return False

    return check


def _unseen(facts: Facts, args: Args, _name: str) -> bool:
    return bool(_indicator(facts, args["indicator"]).get("n") == 0)


def _case_question(facts: Facts, args: Args, _name: str) -> bool:
    def asked(item: Mapping[str, Any]) -> bool:
        plain = args["question"]["args"].get("zh")
        return any(q in (args["question"], plain) for q in item["follow_up"])

    return _item(facts, asked)


CHECKS: dict[str, Callable[[Facts, Args, str], bool]] = {
    "reporting.above_most": _above_most,
    "reporting.clearly_below": _clearly_below,
    "reporting.below_mean": _below_mean,
    "reporting.indicator_high": _indicator_at(8.0, 10.0),
    "reporting.indicator_low": _indicator_at(0.0, 5.0),
    "reporting.single_rater": _single_rater,
    "reporting.departments_split": _split,
    "reporting.no_measure": _no_measure,
    "reporting.nothing_found": _nothing_found,
    "reporting.case_doubtful": _plausible("doubtful"),
    "reporting.case_implausible": _plausible("implausible"),
    "reporting.needs_human": _needs_human,
    "reporting.resume_above": _paper(lambda paper, seen: paper >= 75 and seen < 55),
    "reporting.resume_below": _paper(lambda paper, seen: paper < 55 and seen >= 75),
    "reporting.resume_confirmed": _paper(lambda paper, seen: paper >= 75 and seen >= 75),
    "reporting.talk_above_test": _talk(1),
    "reporting.test_above_talk": _talk(-1),
    "reporting.number_same": _number(same=True),
    "reporting.number_differs": _number(same=False),
    "reporting.rank_same": lambda f, a, n: _rank(f, {**a, "worst": a["best"]}, n),
    "reporting.rank_moves": _rank,
    "reporting.line_crossed": _line,
    "reporting.raters_steady": _steady,
    "reporting.rater_moves": _rater(crosses=False),
    "reporting.rater_crosses": _rater(crosses=True),
    "reporting.ask_weak": _indicator_at(0.0, 6.0),
    "reporting.ask_unseen": _unseen,
    "reporting.ask_case": _case_question,
    "reporting.plan": _indicator_at(0.0, 7.0),
}
