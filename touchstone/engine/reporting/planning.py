"""What to ask next, and what somebody who joins should learn first."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from touchstone.common.messages import say
from touchstone.engine.reporting.sentence import Facts, Sentence, named, of_indicator, points

TRAINING = Path(__file__).resolve().parents[2] / "content" / "reporting" / "training.yaml"
ASK_BELOW, TRAIN_BELOW = 6.0, 7.0
MOST_QUESTIONS, MOST_STEPS = 4, 4


def next_questions(facts: Facts) -> list[Sentence]:
    """Indicators nobody saw or that were weak, then the follow-ups of doubtful cases."""
    sentences: list[Sentence] = []
    rows = facts["scores"]["indicators"]
    unseen = [r for r in rows if r["n"] == 0]
    weak = sorted(
        (r for r in rows if r["fair"] is not None and r["fair"] < ASK_BELOW),
        key=lambda r: (r["fair"], r["id"]),
    )
    for row in (*weak, *unseen):
        evidence = of_indicator(facts, row)
        if len(sentences) == MOST_QUESTIONS or not evidence:
            continue
        if row["fair"] is None:
            message = say("reporting.ask_unseen", indicator=named(row["name"]))
        else:
            message = say(
                "reporting.ask_weak", indicator=named(row["name"]), score=points(row["fair"])
            )
        sentences.append(Sentence("ask", message, evidence, row["dimension"]))
    for item in (facts["assessment"] or {}).get("items", []):
        for question in item["follow_up"][:2]:
            message = say("reporting.ask_case", question=_plain(question))
            sentences.append(
                Sentence("ask", message, tuple(item["evidence"][:4]), item["dimension"])
            )
    return sentences


def training_plan(facts: Facts) -> list[Sentence]:
    """The weakest indicators, each with what the first three months should hold."""
    weak = sorted(
        (r for r in facts["scores"]["indicators"] if r["fair"] is not None),
        key=lambda r: (r["fair"], -r["weight"], r["id"]),
    )
    sentences = []
    for row in weak[:MOST_STEPS]:
        if row["fair"] >= TRAIN_BELOW:
            break
        words = training_for(row["id"], row["dimension"])
        message = say(
            "reporting.plan",
            indicator=named(row["name"]),
            score=points(row["fair"]),
            step=named(words),
        )
        evidence = of_indicator(facts, row)
        sentences.append(Sentence("plan", message, evidence, row["dimension"]))
    return sentences


def training_for(indicator: str, dimension: str) -> Mapping[str, str]:
    """The step for an indicator, or its dimension's, or the general one; ``zh`` and ``en``."""
    steps = _steps()
    for key in (indicator, dimension, "general"):
        if key in steps:
            return steps[key]
    return {"zh": "", "en": ""}


@functools.cache
def _steps() -> dict[str, dict[str, str]]:
    with TRAINING.open("rb") as file:
        loaded: dict[str, dict[str, str]] = yaml.safe_load(file)
    return loaded


def _plain(question: Any) -> Any:
    """A stored message, or words as they are in both languages."""
    if isinstance(question, Mapping) and "id" in question:
        return dict(question)
    return named({"zh": str(question), "en": str(question)})
