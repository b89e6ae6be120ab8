"""A candidate in real browsers: a lost network, a reload, a second device, the keyboard alone."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import ROOT

CHROMIUM = os.environ.get("TOUCHSTONE_CHROMIUM", "/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]


@dataclass
class Server:
    """A server of its own with one invited candidate; each link opens one browser."""

    base: str
    links: list[str] = field(default_factory=list)

    def link(self) -> str:
        return self.links.pop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("TOUCHSTONE_")},
        "TOUCHSTONE_DATA_DIR": str(tmp_path_factory.mktemp("sitting")),
        "TOUCHSTONE_ENV_FILE": os.devnull,
        "TOUCHSTONE_BASE_URL": base,
        "DJANGO_SETTINGS_MODULE": "touchstone.config.settings",
    }
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.candidate_company"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    web = subprocess.Popen(
        [sys.executable, "-m", "touchstone.cli", "serve", "--port", str(port), "--web", "1"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{base}/readyz", timeout=2).close()
                break
            except OSError:
                continue
        yield Server(base, json.loads(made.stdout.splitlines()[-1])["links"])
    finally:
        web.terminate()
        web.wait(30)


def opened(browser: Browser, link: str, width: int = 1280) -> tuple[BrowserContext, Page]:
    """A browser that pressed the button behind the link."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(link)
    page.get_by_role("button", name=re.compile("在这台设备上打开")).click()
    page.wait_for_url(re.compile(r"/p/$"))
    return context, page


@pytest.fixture(scope="module")
def first(server: Server, browser: Browser) -> Iterator[Page]:
    """The candidate's first device, agreed and inside the project case."""
    context, page = opened(browser, server.link())
    page.locator("input[value=assessment]").check()
    page.get_by_role("button", name=re.compile("同意并进入")).click()
    page.get_by_role("link", name=re.compile("一个你做过的项目")).click()
    page.get_by_role("button", name=re.compile("开始，计时")).click()
    expect(page.get_by_label("怎么做的")).to_be_visible()
    yield page
    context.close()


def test_what_is_typed_without_a_network_survives_a_reload(first: Page) -> None:
    saved = first.locator("[data-saved]")
    first.get_by_label("背景与目标").fill("原来错误率 8%")
    expect(saved).to_contain_text("已存")
    first.context.set_offline(True)
    first.get_by_label("怎么做的").fill("抽检两千条")
    expect(first.locator("#offline")).to_be_visible()
    expect(saved).to_contain_text("存在本机")
    first.context.set_offline(False)
    expect(saved).to_contain_text("已存", timeout=15_000)
    expect(first.locator("#offline")).to_be_hidden()
    first.reload()
    expect(first.get_by_label("怎么做的")).to_have_value("抽检两千条")


def test_the_clock_goes_on_over_a_reload(first: Page) -> None:
    clock = first.get_by_role("timer")
    expect(clock).to_have_text(re.compile(r"^3\d:\d\d$"))
    before = clock.text_content() or ""
    first.reload()
    expect(clock).to_have_text(re.compile(r"^3\d:\d\d$"))
    assert (clock.text_content() or "") <= before


def test_two_devices_see_both_texts_and_choose(
    first: Page, server: Server, browser: Browser
) -> None:
    context, second = opened(browser, server.link(), width=360)
    second.goto(first.url)
    expect(second.get_by_label("怎么做的")).to_have_value("抽检两千条")
    second.get_by_label("怎么做的").fill("第二台设备写的")
    expect(second.locator("[data-saved]")).to_contain_text("已存")
    first.get_by_label("怎么做的").fill("第一台设备写的")
    note = first.locator(".note.conflict")
    expect(note).to_contain_text("第二台设备写的")
    first.get_by_role("button", name="用这里写的").click()
    expect(first.locator("[data-saved]")).to_contain_text("已存")
    second.reload()
    expect(second.get_by_label("怎么做的")).to_have_value("第一台设备写的")
    overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert second.evaluate(overhang) <= 0
    context.close()


def test_handing_in_without_a_network_keeps_the_page(first: Page) -> None:
    first.get_by_label("没做成的与重来会怎样").fill("样本只来自两个类目")
    expect(first.locator("[data-saved]")).to_contain_text("已存")
    first.context.set_offline(True)
    first.get_by_label("没做成的与重来会怎样").fill("样本只来自两个类目，下次先补采")
    first.get_by_role("button", name=re.compile("交这一项")).click()
    expect(first.locator("[data-saved]")).to_contain_text("还没有交")
    first.context.set_offline(False)
    expect(first.locator("[data-saved]")).to_contain_text("已存", timeout=15_000)
    first.get_by_role("button", name=re.compile("交这一项")).click()
    first.wait_for_url(re.compile(r"/p/$"))
    first.get_by_role("link", name=re.compile("^已交 一个")).click()
    expect(first.get_by_text("下次先补采")).to_be_visible()


def test_a_program_is_written_and_the_editor_left_by_keyboard(first: Page, server: Server) -> None:
    first.goto(f"{server.base}/p/")
    first.get_by_role("link", name=re.compile("缺失值与标准化")).click()
    first.get_by_role("button", name=re.compile("开始，计时")).click()
    editor = first.locator(".cm-content")
    expect(editor).to_be_visible()
    editor.click()
    first.keyboard.type("print(1)")
    expect(first.locator("[data-saved]")).to_contain_text("已存")
    first.keyboard.press("Escape")
    first.keyboard.press("Tab")
    assert first.evaluate("!document.activeElement.closest('.cm-editor')")
    first.reload()
    expect(first.locator(".cm-content")).to_contain_text("print(1)")


def test_a_paste_is_noted_and_shown(first: Page, server: Server) -> None:
    first.locator(".cm-content").click()
    first.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text/plain', 'x'.repeat(80));
          document.querySelector('.cm-content').dispatchEvent(
            new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(first.locator("[data-saved]")).to_contain_text("已存")
    first.goto(f"{server.base}/p/")
    expect(first.get_by_text("粘贴了 80 个字")).to_be_visible()
