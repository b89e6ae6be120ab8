"""A small demo round on a real server, and a real browser."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import ROOT, CommandLine

CHROMIUM = os.environ.get("TOUCHSTONE_CHROMIUM", "/usr/bin/chromium")
APPLICANTS = 24
# What the demo's people are called is fixed by its seed's company.
PEOPLE = {
    "recruiter": "江离",
    "hiring_manager": "何鸣",
    "algorithm_lead": "沈砚",
    "business_lead": "许念",
    "administrator": "周程",
    "auditor": "秦时",
}


@dataclass(frozen=True)
class Demo:
    """A served demo: its address and the table of its first round."""

    base: str
    table: dict[str, Any]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`touchstone demo` with few applicants, then `touchstone serve` on its data."""
    line = CommandLine(tmp_path_factory.mktemp("demo") / "data")
    made = subprocess.run(
        line.command(*("demo", "--no-serve", "--json", "--quiet", "--applicants", str(APPLICANTS))),
        cwd=ROOT,
        env=line.environment(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-3000:]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = line.environment({"TOUCHSTONE_DEMO": "1", "TOUCHSTONE_BASE_URL": base})
    server = subprocess.Popen(
        line.command("serve", "--port", str(port), "--web", "1", "--workers", "1"),
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            if _answers(f"{base}/readyz"):
                break
            select.select([], [], [], 0.1)
        else:
            raise AssertionError("the demo did not start")
        yield Demo(base, json.loads(made.stdout.splitlines()[-1]))
    finally:
        server.terminate()
        server.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained about: errors of scripts, blocked styles, missing files."""
    return []


@pytest.fixture
def come_in(demo: Demo, browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """``come_in("recruiter")``: a page signed in by the button of the sign-in page; ``""`` is
    nobody."""
    contexts = []

    def enter(who: str = "", width: int = 1280) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{said.text} {said.location.get('url', '')}")
                if said.type == "error"
                else None
            ),
        )
        page.goto(f"{demo.base}/sign-in/")
        if who:
            page.locator("tr", has_text=PEOPLE[who]).get_by_role("button").click()
            page.wait_for_url(lambda address: "/sign-in" not in address, wait_until="load")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert complaints == []
