"""Note typed → seen by a colleague: 50 rooms × 4 people, dropped requests, one server restart.

python -m benchmarks.room_live [--rooms 50] [--seconds 30] [--drop 0.05] [--restart]

Each room has four followers of the event stream who fetch what changed. In each somebody types a
note every few seconds; it is sent after the browser's pause of 0.25 s and again until the server
has it. Printed: how long until each colleague had it, and whether any note was lost or doubled;
the load of the machine and the processor time of server and browsers, since others' work on the
same processors makes every wait longer. With --timeline, the median wait of every five seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

PEOPLE = 4
PAUSE_S = 0.25  # these three as frontend/src/room-queue.ts, room.ts and the stream say
AGAIN_S = 0.3
STREAM_AGAIN_S = 1.0
TYPES_EVERY_S = 6.0
SETTLE_S = 12.0  # two hundred people come in within a second, which no morning brings
MARK = re.compile(r"m(\d+)-(\d+)\.")


@dataclass
class Run:
    """What is measured."""

    base: str
    drop: float
    typed: dict[str, float] = field(default_factory=dict)
    seen: dict[tuple[str, str], float] = field(default_factory=dict)
    again: int = 0
    typing_over: bool = False
    over: bool = False


def make_company(rooms: int) -> list[dict[str, Any]]:
    """Rooms with four people each, and a session for everybody; runs in a process of its own."""
    import datetime as dt

    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from tests.company import build_applications, build_company, build_position
    from touchstone.accounts.services import person_create
    from touchstone.common.actors import SYSTEM
    from touchstone.common.clock import utc_now
    from touchstone.interviews.services.booking import Seat, interview_book

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = utc_now().replace(minute=0, second=0, microsecond=0)
    company = build_company(now)
    position = build_position(company, now)
    application = build_applications(company, position, now)[0]
    found = []
    for n in range(rooms):
        people = [
            person_create(
                actor=SYSTEM,
                username=f"r{n}p{k}",
                name=f"面试官{n}-{k}",
                email=f"r{n}p{k}@example.com",
                branch=company.head,
                department=company.algorithm,
                at=now,
            )
            for k in range(PEOPLE)
        ]
        start = now + dt.timedelta(hours=1 + n)
        interview = interview_book(
            actor=company.actor("recruiter"),
            application=application,
            starts_at=start,
            ends_at=start + dt.timedelta(hours=1),
            seats=[Seat(person) for person in people],
            at=now,
        )
        sessions = []
        for person in people:
            client = Client()
            client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
            sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
        found.append({"ref": interview.ref, "sessions": sessions})
    return found


async def fetch(
    run: Run, http: httpx.AsyncClient, ref: str, cookies: dict[str, str]
) -> httpx.Response:
    """What changed in the room, asked for again as the page does when a request is lost."""
    pause = AGAIN_S
    while True:
        try:
            if random.random() >= run.drop:
                return await http.get(f"/interviews/{ref}/live/", headers=cookies)
        except httpx.HTTPError:
            if run.over:
                raise
        await asyncio.sleep(pause * random.uniform(0.75, 1.25))
        pause = min(4.0, pause * 2)


async def follow(run: Run, http: httpx.AsyncClient, ref: str, session: str) -> None:
    """One person's browser: the stream, and a fetch whenever it says that something changed."""
    cookies = {"Cookie": f"touchstone_session={session}"}
    last = ""
    while not run.over:
        try:
            async with http.stream(
                "GET", f"/interviews/{ref}/events/", headers=cookies, timeout=None
            ) as stream:
                async for line in stream.aiter_lines():
                    # As the page: a stream that begins again tells the version that is known.
                    if line.startswith("data:") and line != last:
                        last = line
                        page = await fetch(run, http, ref, cookies)
                        now = time.monotonic()
                        for mark in MARK.finditer(page.text):
                            run.seen.setdefault((mark[0], session), now)
        except httpx.HTTPError:
            await asyncio.sleep(STREAM_AGAIN_S)


async def type_notes(run: Run, http: httpx.AsyncClient, n: int, room: dict[str, Any]) -> None:
    """Somebody types a note every few seconds; each is sent until the server has it."""
    headers = {
        "Cookie": f"touchstone_session={room['sessions'][0]}; touchstone_csrf={'a' * 32}",
        "X-CSRFToken": "a" * 32,
        "Accept": "application/json",
    }
    count = 0
    await asyncio.sleep(random.uniform(0, TYPES_EVERY_S))
    while not run.typing_over:
        count += 1
        mark = f"m{n}-{count}."
        run.typed[mark] = time.monotonic()
        await asyncio.sleep(PAUSE_S)
        body = {"key": f"k{n}x{count}", "text": mark, "shared_now": True}
        pause = AGAIN_S
        while True:
            try:
                if random.random() < run.drop:
                    raise httpx.ConnectError("dropped")
                answer = await http.post(
                    f"/interviews/{room['ref']}/notes/", json=body, headers=headers
                )
                if answer.status_code == 200:
                    break
            except httpx.HTTPError:
                run.again += 1
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))
            pause = min(3.0, pause * 2)
        await asyncio.sleep(random.uniform(0.5, 1.5) * TYPES_EVERY_S)


async def measure(run: Run, rooms: list[dict[str, Any]], seconds: float, restart: Any) -> None:
    async with contextlib.AsyncExitStack() as stack:

        async def browser() -> httpx.AsyncClient:
            client = httpx.AsyncClient(base_url=run.base, timeout=20, verify=False, trust_env=False)
            return await stack.enter_async_context(client)

        tasks = [
            asyncio.create_task(follow(run, await browser(), room["ref"], session))
            for room in rooms
            for session in room["sessions"]
        ]
        await asyncio.sleep(SETTLE_S)
        typing = [
            asyncio.create_task(type_notes(run, await browser(), n, room))
            for n, room in enumerate(rooms)
        ]
        if restart is not None:
            await asyncio.sleep(seconds / 2)
            await asyncio.to_thread(restart)
            await asyncio.sleep(seconds / 2)
        else:
            await asyncio.sleep(seconds)
        run.typing_over = True
        await asyncio.gather(*typing)
        await asyncio.sleep(4)
        run.over = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def serve(port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "touchstone.config.asgi:application"),
            *("--port", str(port), "--workers", "2", "--log-level", "critical"),
            *("--timeout-graceful-shutdown", "1"),
        ],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=1).status_code == 200:
                return process
        time.sleep(0.2)
    raise SystemExit("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--drop", type=float, default=0.0)
    parser.add_argument("--restart", action="store_true")
    parser.add_argument("--timeline", action="store_true")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make:
        print(json.dumps(make_company(args.rooms)))
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="touchstone-live-") as folder:
        environment = {
            **os.environ,
            "TOUCHSTONE_DATA_DIR": folder,
            "TOUCHSTONE_ENV_FILE": os.devnull,
            "TOUCHSTONE_BASE_URL": f"http://127.0.0.1:{port}",
            "DJANGO_SETTINGS_MODULE": "touchstone.config.settings",
        }
        made = subprocess.run(
            [sys.executable, "-m", "benchmarks.room_live", "--make", "--rooms", str(args.rooms)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        rooms = json.loads(made.stdout.splitlines()[-1])
        before, begun, load = _used(), time.monotonic(), os.getloadavg()[0]
        server = [serve(port, environment)]
        run = Run(f"http://127.0.0.1:{port}", args.drop)

        def restart() -> None:
            began = time.monotonic()
            server[0].terminate()
            server[0].wait(30)
            stopped = time.monotonic()
            server[0] = serve(port, environment)
            print(
                f"restart: stopped in {stopped - began:.1f} s, "
                f"answers after {time.monotonic() - began:.1f} s"
            )

        try:
            asyncio.run(measure(run, rooms, args.seconds, restart if args.restart else None))
        finally:
            server[0].terminate()
            server[0].wait(30)
        spent = time.monotonic() - begun
        own, served = (after - was for after, was in zip(_used(), before, strict=True))
        report(run, rooms, folder)
        print(
            f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after; processor time of the server "
            f"{served:.1f} s, of the browsers' side {own:.1f} s, in {spent:.1f} s"
        )
        if args.timeline:
            timeline(run)


def _used() -> tuple[float, float]:
    """Processor seconds of this process, and of the children that have ended."""
    whole = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, children = (usage.ru_utime + usage.ru_stime for usage in whole)
    return own, children


def timeline(run: Run) -> None:
    """The median wait of notes typed in each five seconds."""
    first = min(run.typed.values())
    waits: dict[int, list[float]] = {}
    for (mark, _session), seen in run.seen.items():
        if mark in run.typed:
            waits.setdefault(int((run.typed[mark] - first) // 5), []).append(seen - run.typed[mark])
    for step, found in sorted(waits.items()):
        print(f"{step * 5:4d} s: {statistics.median(found):.2f} s of {len(found)}")


def report(run: Run, rooms: list[dict[str, Any]], folder: str) -> None:
    import sqlite3

    with sqlite3.connect(f"{folder}/touchstone.sqlite3") as database:
        rows = database.execute("SELECT text FROM interviews_roomnote").fetchall()
    stored = [text for (text,) in rows]
    colleagues = {f"m{n}": room["sessions"][1:] for n, room in enumerate(rooms)}
    waits = [
        run.seen[mark, session] - at
        for mark, at in run.typed.items()
        for session in colleagues[mark.split("-")[0]]
        if (mark, session) in run.seen and mark in stored
    ]
    expected = sum(PEOPLE - 1 for mark in run.typed if mark in stored)
    waits.sort()
    p95 = waits[int(0.95 * len(waits))] if waits else float("nan")
    print(
        f"notes typed {len(run.typed)}, sent again {run.again}, stored {len(set(stored))}, doubled "
        f"{len(stored) - len(set(stored))}; views {len(waits)} of {expected}; "
        f"median {statistics.median(waits):.2f} s, p95 {p95:.2f} s, most {waits[-1]:.2f} s"
    )


if __name__ == "__main__":
    main()
