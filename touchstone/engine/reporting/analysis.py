"""The sentences of a report, each resting on evidence that is in the facts.

The order of sections is the order of reading. Nothing is said that `support` could not check
against the facts alone.
"""

from __future__ import annotations

from typing import Any

from touchstone.common.messages import say
from touchstone.engine.reporting.consistency import agreement_of_sources
from touchstone.engine.reporting.planning import next_questions, training_plan
from touchstone.engine.reporting.robustness import robustness
from touchstone.engine.reporting.sentence import (
    Facts,
    Sentence,
    department_name,
    dimensions,
    named,
    of_dimension,
    of_indicator,
    points,
    strongest,
)
from touchstone.engine.reporting.standing import FEW, share_below

HIGH_SHARE = 0.7
HIGH_INDICATOR, LOW_INDICATOR = 8.0, 5.0
MOST_INDICATORS = 3
SPLIT_POINTS = 2.0


def analyse(facts: Facts) -> tuple[Sentence, ...]:
    """Strengths, risks, doubts, consistency, robustness, what to ask, what to plan."""
    found = [
        *_standing(facts),
        *_indicators(facts),
        *_doubts(facts),
        *agreement_of_sources(facts),
        *robustness(facts),
        *next_questions(facts),
        *training_plan(facts),
    ]
    order = ("strength", "risk", "doubt", "consistency", "robustness", "ask", "plan")
    return tuple(sorted((s for s in found if s.evidence), key=lambda s: order.index(s.section)))


def analysis_document(facts: Facts) -> list[dict[str, Any]]:
    """The analysis as kept in a report."""
    return [sentence.document() for sentence in analyse(facts)]


def _standing(facts: Facts) -> list[Sentence]:
    """Each dimension against the round: above most, clearly below, or below within the interval."""
    sentences = []
    n = facts["round"]["n"]
    for row in dimensions(facts):
        score, name = row["fair"], row["id"]
        others = [v[name] for v in facts["round"]["vectors"] if v.get(name) is not None]
        mean = facts["round"]["means"].get(name)
        if score is None or mean is None or len(others) < FEW:
            continue
        share = share_below(score, others)
        evidence = of_dimension(facts, name)
        args = {
            "dimension": named(row["name"]),
            "score": points(score),
            "mean": points(mean),
            "n": n,
        }
        if share is not None and share >= HIGH_SHARE:
            args["share"] = f"{100 * share:.0f}"
            message = say("reporting.above_most", **args)
            sentences.append(Sentence("strength", message, evidence, name))
        elif row["ci"] is not None and row["ci"][1] < mean:
            message = say("reporting.clearly_below", **args, high=points(row["ci"][1]))
            sentences.append(Sentence("risk", message, evidence, name))
        elif score < mean:
            message = say("reporting.below_mean", **args)
            sentences.append(Sentence("doubt", message, evidence, name))
    return sentences


def _indicators(facts: Facts) -> list[Sentence]:
    rated = [row for row in facts["scores"]["indicators"] if row["fair"] is not None]
    high = sorted(
        (r for r in rated if r["fair"] >= HIGH_INDICATOR), key=lambda r: (-r["fair"], r["id"])
    )
    low = sorted(
        (r for r in rated if r["fair"] <= LOW_INDICATOR), key=lambda r: (r["fair"], r["id"])
    )
    sentences = []
    for section, word, rows in (
        ("strength", "reporting.indicator_high", high),
        ("risk", "reporting.indicator_low", low),
    ):
        for row in rows[:MOST_INDICATORS]:
            message = say(word, indicator=named(row["name"]), score=points(row["fair"]), n=row["n"])
            evidence = of_indicator(facts, row)
            sentences.append(Sentence(section, message, evidence, row["dimension"]))
    return sentences


def _doubts(facts: Facts) -> list[Sentence]:
    return [*_single_rater(facts), *_split(facts), *_missing(facts), *_assessment(facts)]


def _single_rater(facts: Facts) -> list[Sentence]:
    return [
        Sentence(
            "doubt",
            say("reporting.single_rater", dimension=named(row["name"])),
            of_dimension(facts, row["id"], ("score",)),
            row["id"],
        )
        for row in dimensions(facts)
        if row["n"] == 1
    ]


def _split(facts: Facts) -> list[Sentence]:
    """Two departments whose mean scores of a dimension lie two points or more apart."""
    sentences = []
    for row in dimensions(facts):
        seen = sorted(
            (d["dimensions"][row["id"]], d["name"], d["ref"])
            for d in facts["departments"]
            if d["dimensions"].get(row["id"]) is not None
        )
        if len(seen) < 2 or seen[-1][0] - seen[0][0] < SPLIT_POINTS:
            continue
        (low, _, low_ref), (high, _, high_ref) = seen[0], seen[-1]
        names = {d["ref"]: department_name(d) for d in facts["departments"]}
        evidence = (
            *_scores_of(facts, row["id"], low_ref)[:1],
            *_scores_of(facts, row["id"], high_ref)[:1],
        )
        message = say(
            "reporting.departments_split",
            dimension=named(row["name"]),
            low_name=names[low_ref],
            low=points(low),
            high_name=names[high_ref],
            high=points(high),
            gap=points(high - low),
        )
        sentences.append(Sentence("doubt", message, evidence, row["id"]))
    return sentences


def _scores_of(facts: Facts, dimension: str, department: str) -> tuple[str, ...]:
    """A department's scores on a dimension, those with a comment first."""
    raters = {r["ref"] for r in facts["raters"] if r["department_ref"] == department}
    return strongest(
        facts,
        (
            e["id"]
            for e in facts["evidence"]
            if e["kind"] == "score" and e["dimension"] == dimension and e["rater"] in raters
        ),
    )


def _missing(facts: Facts) -> list[Sentence]:
    sentences = []
    for row in dimensions(facts):
        if row["fair"] is None:
            gaps = [e["id"] for e in facts["evidence"] if e["dimension"] == row["id"]]
            message = say("reporting.no_measure", dimension=named(row["name"]))
            sentences.append(Sentence("doubt", message, strongest(facts, gaps), row["id"]))
    gaps = [e for e in facts["evidence"] if e["kind"] == "gap"]
    if gaps:
        names = {i["id"]: i["name"] for i in facts["scores"]["indicators"]}
        listed = [names[e["indicator"]] for e in gaps[:4]]
        words = {
            "zh": "、".join(name["zh"] for name in listed),
            "en": ", ".join(name["en"] for name in listed),
        }
        message = say("reporting.nothing_found", indicators=named(words), count=len(gaps))
        sentences.append(Sentence("doubt", message, tuple(e["id"] for e in gaps[:4])))
    return sentences


def _assessment(facts: Facts) -> list[Sentence]:
    """Tasks a person should look at, and numbers that are hard to believe."""
    sentences = []
    for item in (facts["assessment"] or {}).get("items", []):
        evidence = tuple(item["evidence"][:4])
        title = named(item["title"])
        if item["plausibility"] in {"doubtful", "implausible"}:
            message = say(f"reporting.case_{item['plausibility']}", title=title)
            sentences.append(Sentence("doubt", message, evidence, item["dimension"]))
        elif item["needs_human"]:
            message = say("reporting.needs_human", title=title)
            sentences.append(Sentence("doubt", message, evidence, item["dimension"]))
    return sentences
