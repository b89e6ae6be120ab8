"""Whether resume, assessment and interview say the same of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from touchstone.common.messages import say
from touchstone.engine.reporting.sentence import (
    Facts,
    Sentence,
    dimensions,
    named,
    of_dimension,
    points,
    strongest,
)

PAPER_HIGH, SEEN_LOW = 75.0, 55.0
APART = 25.0
SAME_WITHIN = 0.02


def agreement_of_sources(facts: Facts) -> list[Sentence]:
    """Resume against what was measured, assessment against interview, numbers against numbers."""
    return [*_resume(facts), *_assessment_interview(facts), *_numbers(facts)]


def _resume(facts: Facts) -> list[Sentence]:
    screened: Mapping[str, float] = (facts["screening"] or {}).get("dimensions", {})
    sentences = []
    for row in dimensions(facts):
        paper, seen = screened.get(row["id"]), row["fair"]
        if paper is None or seen is None:
            continue
        args = {"dimension": named(row["name"]), "paper": points(paper), "seen": points(seen)}
        if paper >= PAPER_HIGH and seen < SEEN_LOW:
            message, evidence = "reporting.resume_above", of_dimension(facts, row["id"])
        elif paper < SEEN_LOW and seen >= PAPER_HIGH:
            message, evidence = "reporting.resume_below", of_dimension(facts, row["id"])
        elif paper >= PAPER_HIGH and seen >= PAPER_HIGH:
            message, evidence = "reporting.resume_confirmed", of_dimension(facts, row["id"])
        else:
            continue
        sentences.append(Sentence("consistency", say(message, **args), evidence, row["id"]))
    return sentences


def _assessment_interview(facts: Facts) -> list[Sentence]:
    sentences = []
    for row in dimensions(facts):
        if row["interview"] is None or row["assessment"] is None:
            continue
        talk, test = 10 * row["interview"]["fair"], row["assessment"]
        if abs(talk - test) < APART:
            continue
        word = "reporting.talk_above_test" if talk > test else "reporting.test_above_talk"
        message = say(word, dimension=named(row["name"]), talk=points(talk), test=points(test))
        evidence = of_dimension(facts, row["id"], ("test", "answer", "score"))
        sentences.append(Sentence("consistency", message, evidence, row["id"]))
    return sentences


def _numbers(facts: Facts) -> list[Sentence]:
    """The same metric with the same direction and unit, told twice with different values."""
    sentences = []
    told: Sequence[Mapping[str, Any]] = facts["basic"]["claims"]
    for item in (facts["assessment"] or {}).get("items", []):
        for claim in item["claims"]:
            match = next((c for c in told if _same_metric(c, claim)), None)
            if match is None:
                continue
            a, b = float(match["value"]), float(claim["value"])
            args = {"metric": claim["metric"], "resume": f"{a:g}", "case": f"{b:g}"}
            alike = abs(a - b) <= SAME_WITHIN * max(abs(a), abs(b))
            word = "reporting.number_same" if alike else "reporting.number_differs"
            quoted = [
                e["id"]
                for e in facts["evidence"]
                if e["kind"] == "resume" and _overlap(e["quote"], match["quote"] or "")
            ]
            evidence = strongest(facts, [*item["evidence"], *quoted])
            section = "consistency" if alike else "doubt"
            sentences.append(Sentence(section, say(word, **args), evidence, item["dimension"]))
    return sentences


def _same_metric(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    keys = ("metric", "direction", "unit")
    known = a.get("value") is not None and b.get("value") is not None and bool(a.get("metric"))
    return known and all(a.get(k) == b.get(k) for k in keys)


def _overlap(a: str, b: str) -> bool:
    return bool(a and b) and (a in b or b in a)
