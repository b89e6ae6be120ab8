"""500 candidates open the paper in the same minute, type and autosave: what is lost, how long.

    python benchmarks/portal_load.py [--candidates 500] [--seconds 120] [--restart]

Makes a company in a data directory of its own, serves it with two web processes, and drives it
over HTTP. Every save that was acknowledged must be in the database afterwards. With ``--restart``
the server is stopped and started half-way; candidates keep trying, as their browsers do.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
HEADERS = {"accept": "application/json"}


@dataclass
class Sitting:
    """One simulated candidate."""

    cookie: str
    item_pk: int
    item_ref: str
    version: int
    acknowledged: str = ""
    opening: float = float("nan")
    times: list[float] = field(default_factory=list)
    failures: int = 0


def prepare(count: int) -> list[Sitting]:
    """A position with a paper, and candidates with a task begun and a browser tied to a link."""
    from django.core import signing

    from tests.company import build_company, build_position
    from touchstone.assessments.models import AttemptItem, TaskKind
    from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
    from touchstone.assessments.services.sittings import attempt_start, item_start
    from touchstone.common.actors import Actor
    from touchstone.common.clock import utc_now
    from touchstone.portal.access import SALT
    from touchstone.recruiting.models import Candidate
    from touchstone.recruiting.services.applications import application_move, application_open
    from touchstone.recruiting.services.consents import consent_give
    from touchstone.recruiting.services.links import link_create, link_redeem

    now = utc_now()
    company = build_company(now)
    position = build_position(company, now)
    actor = company.actor("recruiter")
    paper = paper_save(
        actor=actor,
        position=position,
        title="load",
        tasks=[Task(TaskKind.CASE, "case-main-project", "technical", 60)],
        at=now,
    )
    sittings = []
    for number in range(count):
        candidate = Candidate.objects.create(
            branch=company.head, name=f"c{number}", email=f"c{number}@example.com", created_at=now
        )
        application = application_open(
            actor=actor, candidate=candidate, position=position, resume=None, source="", at=now
        )
        application_move(actor=actor, application=application, to="screened", at=now)
        attempt = attempt_invite(actor=actor, application=application, paper=paper, at=now)
        who = Actor("candidate", candidate.ref)
        consent_give(actor=who, candidate=candidate, purpose="assessment", granted=True, at=now)
        attempt_start(attempt=attempt, at=now)
        item = item_start(item=AttemptItem.objects.get(attempt=attempt), at=now)
        _link, url = link_create(actor=actor, application=application, purpose="portal", at=now)
        link, secret = link_redeem(token=url.rstrip("/").rsplit("/", 1)[-1], at=now)
        cookie = signing.dumps(f"{link.ref}.{secret}", salt=SALT)
        sittings.append(Sitting(cookie, item.pk, item.ref, item.version))
    return sittings


async def sit(
    client: httpx.AsyncClient, sitting: Sitting, open_within: float, until: float
) -> None:
    """Opens the page some time within ``open_within`` s, then saves at every pause."""
    rng = random.Random(sitting.item_ref)
    await asyncio.sleep(rng.uniform(0, open_within))
    cookies = {"touchstone_portal": sitting.cookie, "touchstone_csrf": "x" * 32}
    page = f"/p/task/{sitting.item_ref}/"
    text = ""
    first = True
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            if first:
                answer = await client.get(page, cookies=cookies)
                first = answer.status_code != 200
                sitting.opening = time.monotonic() - began
            else:
                text += "再写一句，说清楚从多少到多少。"
                answer = await client.post(
                    f"{page}draft/",
                    data={"version": sitting.version, "method": text},
                    cookies=cookies,
                    headers={**HEADERS, "x-csrftoken": "x" * 32},
                )
                if answer.status_code == 200:
                    sitting.version = int(answer.json()["version"])
                    sitting.acknowledged = text
                elif answer.status_code == 409:
                    sitting.version = int(answer.json()["version"])
            if answer.status_code not in {200, 409}:
                sitting.failures += 1
            else:
                sitting.times.append(time.monotonic() - began)
        except httpx.HTTPError:
            sitting.failures += 1
        await asyncio.sleep(rng.uniform(2, 6))


def serve(port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The server, once it answers."""
    command = [sys.executable, "-m", "touchstone.cli", "serve", "--port", str(port)]
    server = subprocess.Popen([*command, "--workers", "0"], env=environment, cwd=ROOT)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    raise SystemExit("the server did not start")


async def drive(args: argparse.Namespace, sittings: list[Sitting]) -> None:
    until = time.monotonic() + args.seconds
    async with contextlib.AsyncExitStack() as stack:
        work = []
        for sitting in sittings:  # a connection of its own for everybody, as browsers have
            client = httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{args.port}", timeout=30, verify=False, trust_env=False
            )
            await stack.enter_async_context(client)
            work.append(asyncio.create_task(sit(client, sitting, args.open_within, until)))
        if args.restart:
            await asyncio.sleep(args.seconds / 2)
            await asyncio.to_thread(args.bounce)
        await asyncio.gather(*work)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--candidates", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--open-within", type=float, default=60)
    parser.add_argument("--port", type=int, default=8391)
    parser.add_argument("--restart", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TOUCHSTONE_DATA_DIR": folder}
        os.environ["TOUCHSTONE_DATA_DIR"] = folder
        from touchstone.cli.site import prepare_database, start_django

        start_django()
        prepare_database()
        sittings = prepare(args.candidates)
        server = serve(args.port, environment)

        def bounce() -> None:
            nonlocal server
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            server.wait()
            stopped = time.monotonic()
            server = serve(args.port, environment)
            answered = time.monotonic()
            print(
                f"restart: stopped in {stopped - began:.1f} s, up {answered - stopped:.1f} s later"
            )

        args.bounce = bounce
        try:
            asyncio.run(drive(args, sittings))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
        from touchstone.assessments.models import AttemptItem

        stored = dict(AttemptItem.objects.values_list("pk", "content"))
        lost = sum(len(stored[s.item_pk].get("method", "")) < len(s.acknowledged) for s in sittings)
        times = np.array([t for s in sittings for t in s.times])
        saved = sum(bool(s.acknowledged) for s in sittings)
        print(f"requests {len(times)}, failed and tried again {sum(s.failures for s in sittings)}")
        print(f"candidates with saved text {saved} of {len(sittings)}, lost {lost}")
        opening = np.array([s.opening for s in sittings])
        for what, seconds in (("opening", opening), ("all requests", times)):
            print(
                f"{what}: p50 {np.nanpercentile(seconds, 50):.3f} s, "
                f"p95 {np.nanpercentile(seconds, 95):.3f} s"
            )


if __name__ == "__main__":
    main()
