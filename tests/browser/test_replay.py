"""A panel member goes through a finished talk: hears a note's moment, confirms a key point."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.own_server import own_server
from tests.browser.players import reached

CHROMIUM = os.environ.get("TOUCHSTONE_CHROMIUM", "/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]


@dataclass(frozen=True)
class Talk:
    """A server with one finished talk."""

    base: str
    room: str


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    folder = tmp_path_factory.mktemp("replay")
    with own_server(folder, "tests.browser.replay_company") as (base, facts):
        yield Talk(base, facts["room"])


def enter(browser: Browser, talk: Talk, name: str, width: int) -> tuple[Page, list[str]]:
    """The finished room as that person sees it, and what the browser complains about."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_init_script("localStorage.setItem('room-tour', '1')")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{talk.base}/sign-in/")
    page.locator("tr", has_text=name).get_by_role("button").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
    page.goto(f"{talk.base}/interviews/{talk.room}/")
    return page, complaints


def now_playing(page: Page) -> float:
    return float(page.evaluate("document.querySelector('[data-recording]').currentTime"))


@pytest.mark.parametrize(("name", "width"), [("沈砚", 1440), ("许念", 360)])
def test_a_note_is_heard_and_a_key_point_confirmed(
    browser: Browser, talk: Talk, name: str, width: int
) -> None:
    page, complaints = enter(browser, talk, name, width)
    page.get_by_role("link", name="文字、笔记与要点").click()
    page.wait_for_url(re.compile(r"/replay/$"))

    # A time plays that second, and the words said there are lit. The lead's note is the lead's.
    if name == "沈砚":
        moment = page.locator("[data-moment]")
        expect(moment.locator(".under .said")).to_be_visible()
        moment.locator("[data-hear]").click()
        first_s = 33.0
    else:
        expect(page.locator("[data-moment]")).to_have_count(0)
        page.locator("#w3 [data-hear]").click()
        first_s = 30.0
    expect(page.locator("#w3")).to_have_attribute("aria-current", "true")
    reached(page.locator("[data-recording]"), "timeupdate", f"player.currentTime > {first_s}")
    assert now_playing(page) < first_s + 20
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    # Search leaves what fits; Escape brings all back.
    page.keyboard.press("/")
    page.locator("[data-find]").fill("谢谢 27")
    expect(page.locator("[data-found]")).to_have_text("1 处")
    expect(page.locator("[data-lines] li:visible")).to_have_count(1)
    page.locator("[data-find]").press("Escape")
    expect(page.locator("[data-found]")).to_have_text("")

    # One key confirms, one declines, the same again takes it back; a reload shows it kept.
    proposals = page.locator("[data-proposal]")
    expect(proposals).to_have_count(3)
    if width > 760:
        page.keyboard.press("y")
        expect(proposals.nth(0)).to_have_attribute("data-decision", "yes")
        page.keyboard.press("n")
        expect(proposals.nth(1)).to_have_attribute("data-decision", "no")
        page.keyboard.press("k")
        page.keyboard.press("n")
        expect(proposals.nth(1)).to_have_attribute("data-decision", "")
    else:
        proposals.nth(0).get_by_role("button", name="是", exact=True).click()
        expect(proposals.nth(0)).to_have_attribute("data-decision", "yes")
    expect(page.locator("[data-undecided]")).to_contain_text("2 处待你定")
    page.reload()
    expect(proposals.nth(0)).to_have_attribute("data-decision", "yes")
    pressed = proposals.nth(0).get_by_role("button", name="是", exact=True)
    expect(pressed).to_have_attribute("aria-pressed", "true")
    # What the colleague confirmed stays closed: nobody has submitted a sheet.
    expect(page.locator(".heard")).not_to_contain_text("也确认了")

    # Without a network the decision is not pretended.
    page.context.set_offline(True)
    proposals.nth(2).get_by_role("button", name="不是", exact=True).click()
    expect(proposals.nth(2).get_by_role("alert")).to_contain_text("没有存上")
    expect(proposals.nth(2)).to_have_attribute("data-decision", "")
    assert complaints == []
