"""A sentence of the analysis: a message with its evidence. And small reads of the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Message

Facts = Mapping[str, Any]
MOST_EVIDENCE = 3
KINDS = ("test", "answer", "score", "note", "resume", "view", "gap")


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


def of_dimension(facts: Facts, dimension: str, kinds: Sequence[str] = KINDS) -> tuple[str, ...]:
    """Evidence of a dimension, the strongest of each kind before the second of any."""
    return mixed(facts, (e for e in facts["evidence"] if e["dimension"] == dimension), kinds)


def of_indicator(facts: Facts, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What an indicator's score rests on: the raters' scores, then the strongest of the rest."""
    own = set(row["evidence"])
    pieces = [e for e in facts["evidence"] if e["id"] in own]
    scores = [e["id"] for e in pieces if e["kind"] == "score"]
    rest = strongest(facts, (e["id"] for e in pieces if e["kind"] != "score"), 1)
    return (*scores[: MOST_EVIDENCE + 1 - len(rest)], *rest)


def mixed(
    facts: Facts, pieces: Iterable[Mapping[str, Any]], kinds: Sequence[str] = KINDS
) -> tuple[str, ...]:
    """Ids of the strongest piece of each kind, then the next of each, at most three."""
    by_kind: dict[str, list[str]] = {kind: [] for kind in kinds}
    for piece in pieces:
        if piece["kind"] in by_kind:
            by_kind[piece["kind"]].append(piece["id"])
    ranked = [strongest(facts, ids) for ids in by_kind.values()]
    rounds = [[ids[k] for ids in ranked if k < len(ids)] for k in range(MOST_EVIDENCE)]
    return tuple(name for ids in rounds for name in ids)[:MOST_EVIDENCE]


def named(name: Mapping[str, str]) -> dict[str, Any]:
    """A name in both languages as a message, so that a sentence reads right in either."""
    return {"id": "reporting.words", "args": dict(name)}


def department_name(row: Mapping[str, Any]) -> str | dict[str, Any]:
    """A department's name as it enters a sentence: in both languages, or, where facts sealed
    earlier hold one only, as it is, so that their sentences are recomputed word for word."""
    if "name_en" not in row:
        return str(row["name"])
    return named({"zh": row["name"], "en": row["name_en"]})


def points(value: float) -> str:
    """A score as it is written: one decimal."""
    return f"{value:.1f}"
