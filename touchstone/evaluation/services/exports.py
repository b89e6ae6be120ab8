"""Files that leave the house: who took what, when, stays in the log."""

from __future__ import annotations

from typing import Any

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.messages import Lang
from touchstone.evaluation.models import Report
from touchstone.evaluation.services.pdf import report_pdf_bytes
from touchstone.evaluation.services.xlsx import round_workbook
from touchstone.positions.models import Position


def round_export(*, actor: Actor, position: Position, hidden: set[int], lang: Lang) -> bytes:
    """The round as a workbook, without the hidden applications."""
    export_record(actor=actor, position=position, what="round.exported", hidden=len(hidden))
    return round_workbook(position, hidden=hidden, lang=lang)


def report_export(*, actor: Actor, report: Report, lang: Lang) -> bytes:
    """An issued report as PDF."""
    application = report.application
    audit_record(
        actor,
        "report.exported",
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        detail={"number": report.number, "language": lang},
    )
    return report_pdf_bytes(report, lang=lang)


def export_record(*, actor: Actor, position: Position, what: str, **detail: Any) -> None:
    """Keeps that somebody took a file of a round."""
    audit_record(
        actor,
        what,
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        detail=detail,
    )
