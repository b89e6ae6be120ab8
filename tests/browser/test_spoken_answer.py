"""A spoken answer in real browsers: recorded on a phone over a bad network, heard by its grader."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.own_server import own_server
from tests.browser.players import reached

CHROMIUM = os.environ.get("TOUCHSTONE_CHROMIUM", "/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]
expect.set_options(timeout=30_000)  # pictures are encoded by the processor here
FAKE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@dataclass
class Server:
    """A server of its own with one invited candidate and a grader."""

    base: str
    links: list[str]
    item: str
    points: list[str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("spoken")
    with own_server(folder, "tests.browser.spoken_company") as (base, facts):
        yield Server(base, **facts)


@pytest.fixture(scope="module")
def speaking(browser: Browser) -> Iterator[Browser]:
    """A second browser, with a camera and a microphone that are pretended."""
    started = browser.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox", *FAKE])
    yield started
    started.close()


def opened(browser: Browser, link: str) -> Page:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(link)
    page.get_by_role("button", name=re.compile("在这台设备上打开")).click()
    page.wait_for_url(re.compile(r"/p/$"))
    return page


def begin(page: Page) -> None:
    """Agrees, starts the sitting and the task."""
    page.locator("input[name=consent][value=assessment]").check()
    page.get_by_role("button", name=re.compile("同意并进入")).click()
    page.get_by_role("link", name=re.compile("看一看")).click()
    page.get_by_role("button", name=re.compile("开始，计时")).click()
    expect(page.get_by_role("heading", name="写，还是说？")).to_be_visible()


def no_wider(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def record(page: Page) -> None:
    """Checks the devices and records until two pieces are in the browser's store."""
    if page.locator("[data-check]").is_visible():
        page.locator("[data-check]").click()
    page.locator("[data-record]").click()
    expect(page.locator("[data-gone]")).to_contain_text(re.compile("00:0[5-9]"))
    no_wider(page)
    page.locator("[data-stop]").click()


def refused_devices(page: Page) -> None:
    """Agrees to be recorded, and the browser gives no microphone: the way to writing is shown."""
    begin(page)
    page.get_by_role("link", name="录下来").click()
    expect(page.get_by_role("heading", name="录下我对沟通题的回答")).to_be_visible()
    no_wider(page)
    page.get_by_role("button", name="同意，开始准备").click()
    page.wait_for_url(re.compile("form=spoken"))
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    page.locator("[data-check]").click()
    expect(page.get_by_role("alert")).to_contain_text("没有拿到麦克风或摄像头的许可")
    no_wider(page)
    page.get_by_role("link", name="改用文字回答").click()
    expect(page.locator("#f-answer")).to_be_visible()


def test_recorded_on_a_phone_over_a_bad_network_and_graded_by_its_words(
    server: Server, speaking: Browser
) -> None:
    refused_devices(opened(speaking, server.links[1]))
    page = opened(speaking, server.links[0])
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.get_by_role("link", name=re.compile("继续")).first.click()
    page.get_by_role("link", name="录下来").click()
    record(page)
    expect(page.locator("[data-told]")).to_contain_text("传完了")
    expect(page.locator("[data-takes-left]")).to_contain_text("还可以录 2 次")

    # Once more, and this time the network goes while it is sent.
    def lost(route: Route) -> None:
        route.abort("internetdisconnected")

    page.context.route("**/take/**", lost)
    record(page)
    expect(page.locator("[data-told]")).to_contain_text("网断了")
    assert page.locator("[data-listen]").evaluate("player => player.readyState >= 0")
    page.reload()
    expect(page.locator("[data-told]")).to_contain_text("网断了")
    page.get_by_role("button", name="交这一项").click()
    expect(page.locator("[data-told]")).to_contain_text(re.compile("传完就自动交|网断了"))
    page.context.unroute("**/take/**", lost)
    page.reload()
    page.wait_for_url(re.compile(r"/p/$"))
    expect(page.get_by_text("已交").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^已交")).click()
    reached(page.locator(".speak video"), "loadedmetadata", "player.readyState >= 1")
    assert complaints == []

    desk = speaking.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN").new_page()
    desk.set_default_timeout(30_000)
    desk.on("pageerror", lambda error: complaints.append(str(error)))
    desk.goto(f"{server.base}/sign-in/")
    desk.locator("tr", has_text="许念").get_by_role("button").click()
    desk.wait_for_url(lambda address: "/sign-in" not in address)
    desk.goto(f"{server.base}/attempt-items/{server.item}/grade/")
    expect(desk.locator(".screen .mark")).to_contain_text("许念")
    reached(desk.locator("[data-recording]"), "loadedmetadata", "player.readyState >= 1")
    expect(desk.get_by_text("还没有文字")).to_be_visible()
    desk.locator("#f-words").fill(f"00:01 {server.points[0]}。\n00:04 {server.points[1]}。")
    desk.get_by_role("button", name="存下文字，按它评").click()
    expect(desk.get_by_text("机器建议")).to_be_visible()
    expect(desk.locator(".lines mark").first).to_be_visible()
    desk.locator("[data-hear]").last.click()
    reached(desk.locator("[data-recording]"), "timeupdate", "player.currentTime >= 3.5")
    assert complaints == []
