"""`touchstone serve` as a whole: it starts, heals, ends; and says plainly why it does not start."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, CommandLine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], bool], seconds: float = 40.0) -> bool:
    """Whether it became true in time; looks ten times a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        select.select([], [], [], 0.1)
    return False


def get(url: str) -> int:
    """The status; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


@contextlib.contextmanager
def serving(line: CommandLine, port: int, **extra: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        line.command("serve", "--port", str(port), "--web", "1", "--workers", "1"),
        cwd=ROOT,
        env=line.environment(extra),
        stderr=subprocess.PIPE,
    )
    try:
        assert until(lambda: get(f"http://127.0.0.1:{port}/readyz") == 200), "it did not start"
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        if process.stderr:
            process.stderr.close()


def test_it_serves_heals_and_ends_without_orphans(touchstone: CommandLine) -> None:
    port = free_port()
    with serving(touchstone, port) as process:
        assert get(f"http://127.0.0.1:{port}/setup/") == 200
        own = children(process.pid)
        assert len(own) == 2
        os.kill(own[0], signal.SIGKILL)
        assert until(lambda: len(set(children(process.pid)) - set(own)) >= 1)
        assert until(lambda: get(f"http://127.0.0.1:{port}/healthz") == 200)
        living = children(process.pid)
        process.terminate()
        assert process.wait(30) == 0
        assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in living), 10)
    assert get(f"http://127.0.0.1:{port}/healthz") == 0


def test_when_the_supervisor_is_killed_its_children_end(touchstone: CommandLine) -> None:
    port = free_port()
    with serving(touchstone, port) as process:
        living = children(process.pid)
        process.kill()
        process.wait(10)
        assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in living), 20)


def test_a_locked_database_is_a_503_that_passes(site: CommandLine) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with serving(site, port, TOUCHSTONE_SQLITE_PATIENCE_S="1", TOUCHSTONE_DEMO="1"):
        holder = sqlite3.connect(site.data_dir / "touchstone.sqlite3", timeout=20)
        holder.execute("BEGIN IMMEDIATE")
        try:
            door = urllib.request.urlopen(f"{base}/sign-in/")
            token = door.headers["Set-Cookie"].split("touchstone_csrf=")[1].split(";")[0]
            way = re.search(r"/sign-in/as/\w+/", door.read().decode())
            assert way
            asked = urllib.request.Request(
                base + way[0],
                data=f"csrfmiddlewaretoken={token}".encode(),
                headers={"Cookie": f"touchstone_csrf={token}", "Referer": base},
            )
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(asked, timeout=60)
            assert caught.value.code == 503
            assert caught.value.headers["Retry-After"] == "5"
            page = caught.value.read().decode()
            assert "数据库被占用" in page
            assert "Traceback" not in page
            assert get(f"{base}/sign-in/") == 200, "readers go on reading"
        finally:
            holder.rollback()
            holder.close()
        assert get(f"{base}/readyz") == 200


def test_a_port_in_use(touchstone: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = touchstone("serve", "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert not touchstone.data_dir.exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"TOUCHSTONE_DATA_DIR": "/dev/null/data"}, "cannot be written"),
        ({"DATABASE_URL": "mysql://x@y/z"}, "not supported"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "database cannot be used"),
        ({"TOUCHSTONE_WORKERS": "many"}, "expected a number"),
        ({"TOUCHSTONE_DEBUG": "perhaps"}, "expected 1 or 0"),
        ({"TOUCHSTONE_SECRET_KEY": "short"}, "too short"),
        ({"TOUCHSTONE_SECRET_KEY_FILE": "/nowhere"}, "TOUCHSTONE_SECRET_KEY_FILE=/nowhere"),
        ({"TOUCHSTONE_WEBHOOK_NETWORKS": "10.0.0.0/99"}, "TOUCHSTONE_WEBHOOK_NETWORKS"),
        ({"TOUCHSTONE_PRODUCTION": "1"}, "https"),
        (
            {
                "TOUCHSTONE_PRODUCTION": "1",
                "TOUCHSTONE_BASE_URL": "https://hire.example.com",
                "TOUCHSTONE_HOSTS": "*",
            },
            "named TOUCHSTONE_HOSTS",
        ),
    ],
)
def test_settings_that_cannot_be_used(
    touchstone: CommandLine, settings: dict[str, str], words: str
) -> None:
    done = touchstone("serve", "--port", str(free_port()), extra=settings)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_env_file(touchstone: CommandLine, tmp_path: Path) -> None:
    broken = tmp_path / "env"
    broken.write_text("A=1\n\nthis line\n")
    done = touchstone(
        "serve", "--port", str(free_port()), extra={"TOUCHSTONE_ENV_FILE": str(broken)}
    )
    assert done.returncode == 1
    assert "line 3" in done.stderr
    assert "Nothing was started" in done.stderr


def test_production_passes_djangos_own_checks(touchstone: CommandLine) -> None:
    done = touchstone(
        *("manage", "check", "--deploy", "--fail-level", "WARNING"),
        extra={
            "TOUCHSTONE_PRODUCTION": "1",
            "TOUCHSTONE_BASE_URL": "https://hire.example.com",
            "TOUCHSTONE_HOSTS": "hire.example.com",
        },
    )
    assert done.returncode == 0, done.stderr


def test_usage(touchstone: CommandLine) -> None:
    assert touchstone().returncode == 2
    assert touchstone("--help").returncode == 0
    unknown = touchstone("nothing")
    assert unknown.returncode == 2
    assert "no command 'nothing'" in unknown.stderr
    assert touchstone("serve", "--port", "x").returncode == 2
