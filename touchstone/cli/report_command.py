"""`touchstone report verify`: recomputes issued reports from what was sealed with them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from touchstone.cli.batch import add_batch_arguments, emit
from touchstone.cli.site import start_django


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["verify"])
    parser.add_argument("applications", nargs="*", metavar="REF", help="of applications (all)")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the problems")
    add_batch_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """One line a report; 0 where all agree, 1 where one does not."""
    start_django()
    from touchstone.common.messages import render
    from touchstone.evaluation.models import Report
    from touchstone.evaluation.services.verification import report_verify

    def _status(report: Report, ok: bool) -> str:
        if not report.facts:
            return "partial"
        return "ok" if ok else "error"

    reports = Report.objects.filter(status="issued").select_related("application", "calibration")
    if args.applications:
        reports = reports.filter(application__ref__in=args.applications)
    checked: set[int] = set()

    def rows() -> Iterator[dict[str, Any]]:
        for report in reports.order_by("application_id", "number").iterator(chunk_size=50):
            fresh = report.calibration_id is not None and report.calibration_id not in checked
            if report.calibration_id is not None:
                checked.add(report.calibration_id)
            found = report_verify(report, recalibrate=fresh)
            yield {
                "application": report.application.ref,
                "number": report.number,
                "sha256": report.sha256,
                "status": _status(report, found.ok),
                "reason": "" if found.ok else found.problems[0].id.replace("reporting.", ""),
                "detail": " ".join(render(problem, args.lang) for problem in found.problems),
            }

    return emit(rows(), total=reports.count(), quiet=args.quiet)
