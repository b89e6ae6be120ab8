"""A sentence of the analysis: a message with its evidence. And small reads of the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Message

Facts = Mapping[str, Any]
MOST_EVIDENCE = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement about the candidate.

    Attributes:
        section: strength, risk, doubt, consistency, robustness, ask or plan.
        evidence: ids of pieces in the facts; never empty.
        dimension: that it is about; empty for the whole.
    """

    section: str
    message: Message
    evidence: tuple[str, ...]
    dimension: str = ""

    def document(self) -> dict[str, Any]:
        """As kept in a report."""
        return {
            "section": self.section,
            "message": {"id": self.message.id, "args": dict(self.message.args)},
            "evidence": list(self.evidence),
            "dimension": self.dimension,
        }


def dimensions(facts: Facts) -> Sequence[Mapping[str, Any]]:
    """Rows of the dimensions, in the model's order."""
    rows: Sequence[Mapping[str, Any]] = facts["scores"]["dimensions"]
    return rows


def strongest(facts: Facts, ids: Iterable[str], most: int = MOST_EVIDENCE) -> tuple[str, ...]:
    """The strongest pieces among ids, in order of strength and then of appearance."""
    level = {e["id"]: e["level"] for e in facts["evidence"]}
    known = [i for i in dict.fromkeys(ids) if i in level]
    return tuple(sorted(known, key=lambda i: -level[i])[:most])


def of_dimension(facts: Facts, dimension: str, kinds: Iterable[str] = ()) -> tuple[str, ...]:
    """Evidence of a dimension, the strongest first; of some kinds only where they are given."""
    wanted = set(kinds)
    ids = [
        e["id"]
        for e in facts["evidence"]
        if e["dimension"] == dimension and (not wanted or e["kind"] in wanted)
    ]
    return strongest(facts, ids)


def named(name: Mapping[str, str]) -> dict[str, Any]:
    """A name in both languages as a message, so that a sentence reads right in either."""
    return {"id": "reporting.words", "args": dict(name)}


def points(value: float) -> str:
    """A score as it is written: one decimal."""
    return f"{value:.1f}"
