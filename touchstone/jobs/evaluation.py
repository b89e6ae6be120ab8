"""Background work of evaluation and of the talent pool."""

from __future__ import annotations

from django_tasks import task

from touchstone.common.clock import utc_now
from touchstone.evaluation.models import Report
from touchstone.evaluation.services.outcomes import outcomes_ask
from touchstone.evaluation.services.pdf import report_pdf_keep
from touchstone.evaluation.services.summary import summary_fulfil
from touchstone.insights.snapshots import large_positions, snapshot_renew
from touchstone.recruiting.services.pool import pool_ask_again, pool_expire


@task(queue_name="default")
def report_pdf(report_ref: str) -> str:
    """Sets an issued report's PDF, so that opening it costs nothing."""
    report = Report.objects.get(ref=report_ref)
    if report.status == "issued":
        report_pdf_keep(report)
    return report.ref


@task(queue_name="outside")
def report_summary(report_ref: str) -> int:
    """Asks the configured model for a summary of a draft."""
    return summary_fulfil(report_ref)


@task(queue_name="default")
def outcomes_request() -> int:
    """Asks managers how their hires are doing, once for each date."""
    return outcomes_ask(at=utc_now())


@task(queue_name="default")
def pool_sweep() -> int:
    """Asks whoever's time ends soon, and lets go of those whose time is over."""
    now = utc_now()
    pool_ask_again(at=now)
    return pool_expire(at=now)


@task(queue_name="default")
def insights_renew() -> int:
    """Computes the figures of large open rounds, so that their page opens at once."""
    positions = large_positions()
    for position in positions:
        snapshot_renew(position, utc_now())
    return len(positions)
