"""The report as the candidate may read it: fair, kind, nobody else's words, no comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from touchstone.engine.reporting.planning import training_for
from touchstone.engine.reporting.sentence import named

STRONG, GOOD = 75.0, 60.0


def candidate_version(facts: Mapping[str, Any]) -> dict[str, Any]:
    """For the portal: what was looked at with which weight, and one sentence a dimension.

    Holds no rater's name, score or word, no rank and no other candidate; the weights and the
    model's version are there because a candidate may ask how they were judged.
    """
    rows = facts["scores"]["dimensions"]
    return {
        "position": facts["basic"]["position"],
        "model": {"number": facts["model"]["number"]},
        "materials": {
            "resume": facts["screening"] is not None,
            "tasks": len((facts["assessment"] or {}).get("items", [])),
            "interviews": facts["process"]["interviews"],
            "raters": len({r["ref"] for r in facts["raters"]}),
        },
        "dimensions": [
            {k: row[k] for k in ("id", "name", "weight")} | {"said": _said(facts, row)}
            for row in rows
        ],
    }


def _said(facts: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    name, score = named(row["name"]), row["fair"]
    if score is None:
        return {"id": "reporting.kind_unseen", "args": {"dimension": name}}
    if score >= STRONG:
        return {
            "id": "reporting.kind_strong",
            "args": {"dimension": name, "sources": _sources(row)},
        }
    if score >= GOOD:
        return {"id": "reporting.kind_good", "args": {"dimension": name}}
    weak = min(
        (
            i
            for i in facts["scores"]["indicators"]
            if i["dimension"] == row["id"] and i["fair"] is not None
        ),
        key=lambda i: (i["fair"], i["id"]),
        default={"id": row["id"]},
    )
    step = named(training_at_home(weak["id"], row["id"]))
    return {"id": "reporting.kind_grow", "args": {"dimension": name, "step": step}}


def training_at_home(indicator: str, dimension: str) -> Mapping[str, str]:
    """A step somebody can take on their own."""
    return training_for(f"home.{indicator}", f"home.{dimension}")


def _sources(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["interview"] is not None and row["assessment"] is not None:
        name = "both"
    else:
        name = "interview" if row["interview"] is not None else "assessment"
    return {"id": f"reporting.kind_{name}", "args": {}}
