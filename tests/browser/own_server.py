"""A server of its own on a company that a module of the tests makes."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conftest import ROOT


@contextlib.contextmanager
def own_server(folder: Path, module: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Runs the module, which prints facts as JSON, and serves what it made: address and facts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("TOUCHSTONE_", "DJANGO_"))},
        "TOUCHSTONE_DATA_DIR": str(folder),
        "TOUCHSTONE_ENV_FILE": os.devnull,
        "TOUCHSTONE_DEMO": "1",
        "TOUCHSTONE_BASE_URL": base,
        "DJANGO_SETTINGS_MODULE": "touchstone.config.settings",
    }
    made = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "touchstone.config.asgi:application"),
            *("--port", str(port), "--log-level", "error", "--timeout-graceful-shutdown", "1"),
        ],
        cwd=ROOT,
        env=environment,
    )
    try:
        wait_for(f"{base}/healthz")
        yield base, json.loads(made.stdout.splitlines()[-1])
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str) -> None:
    """Until the address answers."""
    for _ in range(480):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"{url} did not answer")
