"""Exercises in a real browser: labelled by keyboard alone on a desk, by finger on a phone."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
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
SAVED = re.compile(r"\d\d:\d\d 已存")
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """A server of its own with one invited candidate; each link opens one browser."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("TOUCHSTONE_")},
        "TOUCHSTONE_DATA_DIR": str(tmp_path_factory.mktemp("exercises")),
        "TOUCHSTONE_ENV_FILE": os.devnull,
        "TOUCHSTONE_BASE_URL": base,
        "DJANGO_SETTINGS_MODULE": "touchstone.config.settings",
    }
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.exercise_company"],
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
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{base}/readyz", timeout=2).close()
                break
            except OSError:
                web.poll()
                assert web.returncode is None
                continue
        yield json.loads(made.stdout.splitlines()[-1])["links"]
    finally:
        web.terminate()
        web.wait(30)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    said: list[str] = []
    yield said
    assert said == []


def come_in(context: BrowserContext, link: str, complaints: list[str]) -> Page:
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.goto(link)
    page.get_by_role("button").first.click()
    consent = page.locator("input[name=consent][value=assessment]")
    if consent.count():
        consent.check()
        page.locator("main form button.pri").first.click()
    expect(page.locator("ol.tasks")).to_be_visible()
    return page


def begin(page: Page, title: str) -> None:
    page.goto("/".join(page.url.split("/")[:3]) + "/p/")
    page.locator("ol.tasks li", has_text=title).get_by_role("link").click()
    start = page.get_by_role("button", name=re.compile("^开始，计时"))
    if start.count():
        start.click()
    expect(page.locator("form[data-autosave]")).to_be_visible()
    assert page.evaluate(OVERHANG) <= 0


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text(SAVED)


def test_a_desk_with_the_keyboard_alone(
    browser: Browser, links: list[str], complaints: list[str]
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = come_in(context, links.pop(), complaints)

    begin(page, "客服消息的意图")
    for key in ("1", "2", "3"):
        page.keyboard.press(key)
    expect(page.locator("[data-done]")).to_have_text("3")
    page.keyboard.press("q")
    page.keyboard.type("退款和质量都符合，标哪个？")
    page.keyboard.press("Escape")
    page.keyboard.press("6")
    expect(page.locator("[data-done]")).to_have_text("4")
    saved(page)
    page.reload()
    expect(page.locator("input[type=radio]:checked")).to_have_count(4)
    expect(page.locator("details.ask[open] textarea")).to_have_value("退款和质量都符合，标哪个？")

    begin(page, "商品标题里的实体")
    tokens = page.locator("[data-tokens]").first
    tokens.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    words = tokens.inner_text()[:2]
    expect(page.locator("[data-marks] q").first).to_have_text(words)
    expect(page.locator("[data-answer]").first).to_have_value("0-2:brand")
    saved(page)
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    expect(page.locator("[data-answer]").first).to_have_value("")
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("3")
    page.keyboard.press("j")
    expect(page.locator("[data-tokens]").nth(1)).to_be_focused()
    saved(page)

    begin(page, "路口画面的目标框")
    canvas = page.locator("[data-canvas]").first
    canvas.focus()
    page.keyboard.press("2")
    page.keyboard.press("n")
    expect(page.locator("[data-answer]").first).to_have_value("250,150,60,60:pedestrian")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("=")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-answer]").first).to_have_value("254,134,60,64:pedestrian")
    page.keyboard.press("1")
    expect(page.locator("[data-answer]").first).to_have_value("254,134,60,64:car")
    saved(page)
    page.reload()
    expect(page.locator("[data-canvas] rect")).to_have_count(1)

    begin(page, "银行知识助手")
    page.get_by_label("自己起名的原因 1").fill("示例太旧")
    page.locator(".bit .own", has_text="示例太旧").first.click()
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator("[data-done]")).to_have_text("2")
    page.get_by_label("第 1", exact=True).select_option(label="示例太旧")
    saved(page)
    page.get_by_role("button", name="交这一项").click()
    expect(page.locator("li.done", has_text="银行知识助手")).to_be_visible()
    context.close()


def test_a_phone_with_the_finger(browser: Browser, links: list[str], complaints: list[str]) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, locale="zh-CN"
    )
    page = come_in(context, links.pop(), complaints)

    begin(page, "客服消息的意图")
    target = page.locator(".bit").nth(9).locator(".pick").nth(3)
    assert (target.bounding_box() or {"height": 0})["height"] >= 44
    target.tap()
    expect(page.locator(".bit").nth(9).locator("input[value=refund]")).to_be_checked()
    saved(page)

    begin(page, "商品标题里的实体")
    bit = page.locator(".bit").nth(3)
    bit.locator("[data-n='0']").tap()
    bit.locator("[data-n='2']").tap()
    bit.locator("[data-label=product]").tap()
    expect(bit.locator("[data-answer]")).to_have_value("0-3:product")
    saved(page)
    bit.get_by_role("button", name=re.compile("^去掉")).tap()
    expect(bit.locator("[data-answer]")).to_have_value("")

    begin(page, "路口画面的目标框")
    bit = page.locator(".bit").nth(1)
    bit.locator("[data-label=cone]").tap()
    picture = bit.locator("[data-canvas]")
    picture.scroll_into_view_if_needed()
    bounds = picture.bounding_box()
    assert bounds is not None
    page.mouse.move(bounds["x"] + 40, bounds["y"] + 60)
    page.mouse.down()
    page.mouse.move(bounds["x"] + 90, bounds["y"] + 110, steps=4)
    page.mouse.up()
    expect(bit.locator("[data-answer]")).to_have_value(re.compile(r"^\d+,\d+,\d+,\d+:cone$"))
    saved(page)

    begin(page, "修提示词")
    prompt = page.get_by_label("改写后的提示词")
    original = prompt.input_value()
    prompt.fill("只输出 JSON。")
    saved(page)
    page.get_by_role("button", name="恢复原文").tap()
    expect(prompt).to_have_value(original)
    prompt.fill(original + "\n只输出 JSON。")
    page.get_by_label("说明你的改动").fill("程序读不了原来的输出。")
    page.get_by_role("button", name="交这一项").tap()
    expect(page.locator("li.done", has_text="修提示词")).to_be_visible()
    context.close()
