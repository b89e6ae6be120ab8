"""Two web processes on one database: what is written at one is heard at the other."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.own_server import wait_for
from tests.conftest import ROOT
from tests.postgres import program_folder
from tests.postgres import server as postgres_server

pytestmark = pytest.mark.slow
TOKEN = "a" * 32
PATIENCE_S = 30.0


@dataclass
class Nodes:
    """Two addresses of one installation, and a room with four people's sessions."""

    bases: list[str]
    processes: list[subprocess.Popen[bytes]]
    room: str
    sessions: list[str]

    def browser(self, node: int, person: int) -> httpx.Client:
        """A person's browser that talks to one of the nodes."""
        headers = {
            "Cookie": f"touchstone_session={self.sessions[person]}; touchstone_csrf={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Accept": "application/json",
        }
        base = f"{self.bases[node]}/interviews/{self.room}/"
        return httpx.Client(base_url=base, headers=headers, timeout=PATIENCE_S, trust_env=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(params=["sqlite", "postgresql"])
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nodes]:
    with contextlib.ExitStack() as stack:
        ports = [free_port(), free_port()]
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("TOUCHSTONE_", "DJANGO_", "DATABASE_URL"))
            },
            "TOUCHSTONE_DATA_DIR": str(tmp_path),
            "TOUCHSTONE_ENV_FILE": os.devnull,
            "TOUCHSTONE_BASE_URL": f"http://127.0.0.1:{ports[0]}",
            "DJANGO_SETTINGS_MODULE": "touchstone.config.settings",
        }
        if request.param == "postgresql":
            programs = program_folder()
            if programs is None:
                pytest.skip("PostgreSQL is not installed")
            environment["DATABASE_URL"] = stack.enter_context(postgres_server(programs))
        made = subprocess.run(
            [sys.executable, "-m", "benchmarks.room_live", "--make", "--rooms", "1"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr[-3000:]
        (room,) = json.loads(made.stdout.splitlines()[-1])
        processes = [stack.enter_context(web_process(port, environment)) for port in ports]
        bases = [f"http://127.0.0.1:{port}" for port in ports]
        for base in bases:
            wait_for(f"{base}/healthz")
        yield Nodes(bases, processes, room["ref"], room["sessions"])


@contextlib.contextmanager
def web_process(port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "touchstone.config.asgi:application"),
            *("--port", str(port), "--log-level", "error", "--timeout-graceful-shutdown", "1"),
        ],
        cwd=ROOT,
        env=environment,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def versions(stream: httpx.Response) -> Iterator[int]:
    """The room's versions as the stream tells them."""
    for line in stream.iter_lines():
        if line.startswith("data:"):
            yield int(line.removeprefix("data:"))


def write(browser: httpx.Client, key: str, text: str) -> None:
    body: dict[str, Any] = {"key": key, "text": text, "shared_now": True}
    answer = browser.post("notes/", json=body)
    assert answer.status_code == 200, answer.text


def heard(browser: httpx.Client, told: Iterator[int], words: str) -> None:
    """Fetches what changed whenever the stream says so, until the words are there."""
    for _version in told:
        if words in browser.get("live/").text:
            return
    raise AssertionError(f"the stream ended before {words!r} was heard")


def test_a_note_written_at_one_node_is_heard_at_the_other(nodes: Nodes) -> None:
    with (
        nodes.browser(0, 0) as first,
        nodes.browser(1, 1) as second,
        first.stream("GET", "events/") as at_first,
        second.stream("GET", "events/") as at_second,
    ):
        told_first, told_second = versions(at_first), versions(at_second)
        write(first, "k1", "第一台写的")
        heard(second, told_second, "第一台写的")
        write(second, "k2", "第二台写的")
        heard(first, told_first, "第二台写的")


def test_one_node_goes_and_the_other_carries_on(nodes: Nodes) -> None:
    with nodes.browser(0, 0) as first, nodes.browser(1, 0) as moved, nodes.browser(1, 1) as second:
        write(first, "k1", "之前")
        nodes.processes[0].kill()
        nodes.processes[0].wait(30)
        with pytest.raises(httpx.TransportError):
            first.get("live/")
        with second.stream("GET", "events/") as stream:
            told = versions(stream)
            # What was not answered is sent again, to the node that is left.
            write(moved, "k1", "之前")
            write(moved, "k2", "之后")
            heard(second, told, "之后")
        assert second.get("live/").text.count("之前") == 1
