"""Recomputes an issued report from what was sealed with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from touchstone import __version__
from touchstone.common.messages import Message, say
from touchstone.engine.reporting.analysis import analysis_document
from touchstone.engine.reporting.scores import Measured, combine
from touchstone.engine.reporting.support import unsupported
from touchstone.evaluation.models import Report
from touchstone.evaluation.services.calibration import calibration_result, input_sha256
from touchstone.evaluation.services.reports import ISSUED, canonical, seal

NEAR = 0.011  # scores in the facts have two decimals


@dataclass(frozen=True, slots=True)
class Verification:
    """What recomputing found.

    Attributes:
        problems: empty when everything is as it was issued.
    """

    report: Report
    problems: tuple[Message, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def report_verify(report: Report, *, recalibrate: bool = True) -> Verification:
    """Checks the seal, recomputes scores and analysis, and checks each sentence on its own.

    An analysis written by an earlier version of the engine is checked sentence by sentence only.

    Args:
        recalibrate: also run the calibration again from the ratings it kept, about 0.2 s.
    """
    if report.status != ISSUED:
        return Verification(report, (say("reporting.not_issued"),))
    if not report.facts:
        return Verification(report, (say("reporting.erased"),))
    problems: list[Message] = []
    if seal(report) != report.sha256:
        problems.append(say("reporting.seal_broken"))
    same_engine = report.facts.get("engine") == __version__
    if same_engine and canonical(analysis_document(report.facts)) != canonical(report.analysis):
        problems.append(say("reporting.analysis_differs"))
    problems += [
        say("reporting.unsupported", sentence=sentence["message"]["id"])
        for sentence in unsupported(report.facts, report.analysis)
    ]
    problems += _scores(report)
    if recalibrate and report.calibration is not None:
        problems += _calibration(report)
    return Verification(report, tuple(problems))


def _scores(report: Report) -> list[Message]:
    """The total and every dimension from the parts named in the facts."""
    scores = report.facts["scores"]
    measured = [
        Measured(
            id=row["id"],
            weight=row["weight"],
            raw=row["interview"]["raw"] if row["interview"] else None,
            fair=row["interview"]["fair"] if row["interview"] else None,
            assessment=row["assessment"],
        )
        for row in scores["dimensions"]
    ]
    found = combine(measured)
    pairs: list[tuple[Any, float | None, float | None]] = [
        (say("reporting.total"), found.fair, scores["fair"]),
        (say("reporting.total"), found.raw, scores["raw"]),
        (say("reporting.total"), found.fair, report.overall),
    ]
    for row, again in zip(scores["dimensions"], found.dimensions, strict=True):
        pairs += [
            (row["name"]["zh"], again.fair, row["fair"]),
            (row["name"]["zh"], again.raw, row["raw"]),
        ]
    return [
        say("reporting.scores_differ", what=name) for name, a, b in pairs if not _alike(a, b, NEAR)
    ]


def _calibration(report: Report) -> list[Message]:
    run = report.calibration
    if run is None:
        return []
    ratings = run.result.get("ratings", [])
    again = calibration_result(ratings)
    problems = []
    if input_sha256(ratings) != run.input_sha256:
        problems.append(say("reporting.seal_broken"))
    stored = {(c["candidate"], c["dimension"]): c for c in run.result["cells"]}
    own = report.application.ref
    rows = {row["id"]: row for row in report.facts["scores"]["dimensions"]}
    for cell in again["cells"]:
        kept = stored.get((cell["candidate"], cell["dimension"]))
        if kept is None or not _alike(cell["fair"], kept["fair"], 0.002):
            problems.append(say("reporting.scores_differ", what=cell["dimension"]))
        row = rows.get(cell["dimension"])
        told = row["interview"]["fair"] if row and row["interview"] else None
        if cell["candidate"] == own and row and not _alike(cell["fair"], told, 0.002):
            problems.append(say("reporting.scores_differ", what=row["name"]["zh"]))
    return problems


def _alike(a: float | None, b: float | None, near: float) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= near
