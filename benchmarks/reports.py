"""What a report costs: its page, its PDF, and 500 PDFs on two processes.

    python -m benchmarks.reports [--reports 40] [--pdfs 500]

Reports of a round with two raters each, issued by the same services as in the product. The
baseline is the page of one application, which holds neither evidence nor analysis.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def prepare(count: int) -> tuple[list[int], list[tuple[str, str]]]:
    """Issued reports, and for each the addresses of its page and its application's."""
    import datetime as dt

    from django.urls import reverse

    from tests.company import build_company, build_position
    from tests.evaluated import build_round
    from touchstone.common.clock import utc_now
    from touchstone.evaluation.services.reports import report_draft, report_issue

    now = utc_now()
    company = build_company(now - dt.timedelta(days=30))
    position = build_position(company, now - dt.timedelta(days=10))
    keys, pages = [], []
    for application in build_round(company, position, now - dt.timedelta(days=6), count=count):
        application.refresh_from_db()
        draft = report_draft(application=application, at=now)
        report = report_issue(actor=company.actor("recruiter"), report=draft, at=now)
        keys.append(report.pk)
        pages.append(
            (
                reverse("report", args=[application.ref]),
                reverse("application", args=[application.ref]),
            )
        )
    return keys, pages


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def prepare_process() -> None:
    """Django in a process of its own."""
    from touchstone.cli.site import start_django

    start_django()


def render(keys: Sequence[int]) -> int:
    """Writes the PDF of each report; returns their bytes."""
    from touchstone.evaluation.models import Report
    from touchstone.evaluation.services.pdf import report_pdf_bytes

    return sum(len(report_pdf_bytes(Report.objects.get(pk=key))) for key in keys)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=40)
    parser.add_argument("--pdfs", type=int, default=500)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TOUCHSTONE_DATA_DIR"] = folder
        from touchstone.cli.site import prepare_database, start_django

        start_django()
        prepare_database()
        keys, pages = prepare(args.reports)
        from django.conf import settings
        from django.test import Client

        from touchstone.accounts.models import Person

        client = Client()
        client.force_login(
            Person.objects.get(username="recruiter"), backend=settings.AUTHENTICATION_BACKENDS[0]
        )
        for page, base in pages[:2]:
            assert client.get(page).status_code == client.get(base).status_code == 200
        web = statistics.median(seconds(partial(client.get, page)) for page, _ in pages)
        bare = statistics.median(seconds(partial(client.get, page)) for _, page in pages)
        render(keys[:1])
        pdf = statistics.median(seconds(partial(render, [key])) for key in keys)
        print(f"an application's page   {bare:8.3f} s")
        print(f"a report's page         {web:8.3f} s {web / bare:6.1f} x")
        print(f"a report's PDF          {pdf:8.3f} s {pdf / bare:6.1f} x")
        every = [keys[n % len(keys)] for n in range(args.pdfs)]
        began = time.perf_counter()
        with ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), prepare_process) as pool:
            size = sum(pool.map(render, [every[n : n + 25] for n in range(0, len(every), 25)]))
        took = time.perf_counter() - began
        print(
            f"{args.pdfs} PDFs, 2 processes  {took:8.1f} s, {size / args.pdfs / 1024:.0f} KiB each"
        )


if __name__ == "__main__":
    main()
