"""What changed between two versions of a report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from touchstone.engine.reporting.sentence import named, points

Facts = Mapping[str, Any]
Change = dict[str, Any]


def differences(
    before: Facts,
    before_analysis: Sequence[Mapping[str, Any]],
    after: Facts,
    after_analysis: Sequence[Mapping[str, Any]],
) -> list[Change]:
    """Stored messages: changed scores, new scorecards, sentences that came or went."""
    return [
        *_scores(before, after),
        *_raters(before, after),
        *_sentences("reporting.added_sentence", before_analysis, after_analysis),
        *_sentences("reporting.removed_sentence", after_analysis, before_analysis),
    ]


def _message(id_: str, **args: Any) -> Change:
    return {"id": id_, "args": args}


def _scores(before: Facts, after: Facts) -> list[Change]:
    old = {row["id"]: row for row in before["scores"]["dimensions"]}
    pairs: list[tuple[Any, float | None, float | None]] = [
        (_message("reporting.total"), before["scores"]["fair"], after["scores"]["fair"])
    ]
    pairs += [
        (named(row["name"]), old.get(row["id"], {}).get("fair"), row["fair"])
        for row in after["scores"]["dimensions"]
    ]
    return [
        _message("reporting.changed_score", name=name, before=_shown(a), after=_shown(b))
        for name, a, b in pairs
        if _shown(a) != _shown(b)
    ]


def _shown(score: float | None) -> str:
    return "–" if score is None else points(score)


def _raters(before: Facts, after: Facts) -> list[Change]:
    known = {(r["ref"], r["interview"]) for r in before["raters"]}
    return [
        _message("reporting.added_rater", rater=r["name"])
        for r in after["raters"]
        if (r["ref"], r["interview"]) not in known
    ]


def _sentences(
    word: str, there: Sequence[Mapping[str, Any]], here: Sequence[Mapping[str, Any]]
) -> list[Change]:
    known = {json.dumps(s["message"], sort_keys=True) for s in there}
    return [
        _message(word, sentence=dict(s["message"]))
        for s in here
        if json.dumps(s["message"], sort_keys=True) not in known
    ]
