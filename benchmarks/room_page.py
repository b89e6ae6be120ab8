"""The room's first view: a resume of six pages, twelve questions, four raters.

python -m benchmarks.room_page [--views 20]

Printed: queries, the server's time for the page (waiting and processor time), and the bytes that a
browser with an empty cache gets for page, styles, scripts, fonts and the first look at what is
live, compressed as they are served.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LINES = 6 * 45
RATERS = 4
QUESTIONS = 12
FETCHED = re.compile(r'(?:src|href)="(/static/[^"?]+)')
GZIP = {"accept-encoding": "gzip"}


def make_room() -> tuple[Any, Any]:
    """A submitted panel of four in a room as full as the measure asks for, and a reader."""
    import datetime as dt

    from django.core.management import call_command

    from tests.company import build_applications, build_company, build_position
    from tests.views.test_room import KIT, submit
    from touchstone.accounts.services import person_create
    from touchstone.common.actors import SYSTEM
    from touchstone.common.clock import utc_now
    from touchstone.interviews.models import Interview
    from touchstone.interviews.services.booking import Seat, interview_book
    from touchstone.interviews.services.room import note_save
    from touchstone.recruiting.models import Resume

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = utc_now().replace(minute=0, second=0, microsecond=0)
    company = build_company(now)
    position = build_position(company, now)
    application = build_applications(company, position, now)[0]
    assert application.resume_id is not None
    lines = [
        f"{n} 负责电商场景的标注规范与一致性复核，带三人小组，产出可追溯" for n in range(LINES)
    ]
    Resume.objects.filter(pk=application.resume_id).update(text="\n".join(lines))
    fourth = person_create(
        actor=SYSTEM,
        username="fourth",
        name="第四位",
        email="fourth@example.com",
        branch=company.head,
        department=company.algorithm,
        at=now,
    )
    company.people["fourth"] = fourth
    names = ("algorithm_lead", "business_lead", "hr_interviewer", "fourth")
    interview = interview_book(
        actor=company.actor("recruiter"),
        application=application,
        starts_at=now + dt.timedelta(days=1),
        ends_at=now + dt.timedelta(days=1, hours=1),
        seats=[Seat(company.people[name]) for name in names],
        at=now,
    )
    Interview.objects.filter(pk=interview.pk).update(kit=KIT)
    interview.refresh_from_db()
    for name in names:
        submit(company, interview, name)
        for n in range(15):
            note_save(
                actor=company.actor(name),
                interview=interview,
                client_key=f"n{n}",
                text="内容向量借相似品点击率，思路清楚",
                at=now,
                at_second=n * 60,
            )
    return interview, company.algorithm_lead


def measure(views: int) -> dict[str, float]:
    """Figures of the first view."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    interview, reader = make_room()
    client = Client(headers=GZIP)
    client.force_login(reader)
    address = reverse("room", args=[interview.ref])
    page = client.get(address, secure=True)
    assert page.status_code == 200, page.status_code
    text = Client()
    text.force_login(reader)
    html = text.get(address, secure=True).content.decode()
    with CaptureQueriesContext(connection) as queries:
        client.get(address, secure=True)
    count = len(queries)  # now: the next request empties the list
    waits, used = [], []
    for _ in range(views):
        began, busy = time.perf_counter(), time.process_time()
        client.get(address, secure=True)
        waits.append(time.perf_counter() - began)
        used.append(time.process_time() - busy)
    sizes = {path: static_size(client, path) for path in sorted(set(FETCHED.findall(html)))}
    live = client.get(reverse("room-live", args=[interview.ref]), secure=True)
    for path, size in sizes.items():
        print(f"{size / 1000:8.1f} kB {path}")
    return {
        "queries": count,
        "server_s_median": round(statistics.median(waits), 3),
        "processor_s_median": round(statistics.median(used), 3),
        "page_kb": round(len(page.content) / 1000, 1),
        "live_kb": round(len(live.content) / 1000, 1),
        "first_view_kb": round(
            (len(page.content) + len(live.content) + sum(sizes.values())) / 1000, 1
        ),
        "load": round(os.getloadavg()[0], 1),
    }


def static_size(client: Any, path: str) -> int:
    """Bytes of a static file as served to a browser that takes gzip."""
    answer = client.get(path, secure=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--views", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="touchstone-room-") as folder:
        os.environ.update(
            TOUCHSTONE_DATA_DIR=folder,
            TOUCHSTONE_ENV_FILE=os.devnull,
            TOUCHSTONE_BASE_URL="http://testserver",
            DJANGO_SETTINGS_MODULE="touchstone.config.settings",
        )
        sys.path.insert(0, str(Path(__file__).parent.parent))
        import django

        django.setup()
        print(json.dumps(measure(args.views)))


if __name__ == "__main__":
    main()
