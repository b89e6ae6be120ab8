"""Four people in one interview at once, in real browsers, against a real server.

Algorithm lead, business lead, HR and a late joiner: notes travel, a lost network loses nothing,
two tabs on one sheet show both, scores stay blind until submitted, the debrief opens afterwards.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.own_server import own_server

CHROMIUM = os.environ.get("TOUCHSTONE_CHROMIUM", "/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]


@dataclass(frozen=True)
class Server:
    """A server of its own with one interview in an hour."""

    base: str
    room: str

    @property
    def room_url(self) -> str:
        return f"{self.base}/interviews/{self.room}/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with own_server(tmp_path_factory.mktemp("room"), "tests.browser.room_company") as (base, facts):
        yield Server(base, facts["room"])


def enter(browser: Browser, server: Server, name: str, width: int = 1440) -> Page:
    """The room as that person sees it, with the tour behind them."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_init_script("localStorage.setItem('room-tour', '1')")
    page = context.new_page()
    page.goto(f"{server.base}/sign-in/")
    page.locator("tr", has_text=name).get_by_role("button").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
    page.goto(server.room_url)
    return page


def note(page: Page, text: str, *, share: bool = False) -> None:
    """Types a note and keeps it with Enter."""
    box = page.locator("[data-note]")
    if share:
        page.locator("[data-note-share]").check()
    box.fill(text)
    box.press("Enter")
    if share:
        page.locator("[data-note-share]").uncheck()


def saved(page: Page) -> None:
    line = page.locator("#compose [data-saved]")
    expect(line).to_have_text(re.compile(r"\d\d:\d\d 已存"), timeout=30_000)


def rate(page: Page, indicator: str, key: str) -> None:
    """Scores an indicator from the keyboard."""
    page.locator(f"[data-ind='{indicator}'] [data-rate]").press(key)


def test_a_whole_interview(browser: Browser, server: Server) -> None:
    lead = enter(browser, server, "沈砚")
    business = enter(browser, server, "许念")
    hr = enter(browser, server, "宋禾", width=360)

    # One key starts the clock, for everybody.
    lead.keyboard.press("Alt+s")
    expect(business.locator("#room-clock [data-since]")).to_be_visible(timeout=20_000)
    expect(business.locator("#room-presence .av.on")).to_have_count(3, timeout=30_000)

    # A shared note comes to the colleague by itself.
    note(lead, "内容向量借相似品点击率，思路清楚", share=True)
    expect(business.locator("#room-shared")).to_contain_text("内容向量", timeout=20_000)

    # Who asks what is seen by the others, in place.
    lead.locator("[data-q]:not([hidden]) [data-claim]").click()
    expect(business.locator("[data-q]:not([hidden]) [data-q-state]")).to_contain_text(
        "沈砚", timeout=20_000
    )

    # The network goes; typing goes on; nothing is lost, not even over a reload of the page.
    lead.context.set_offline(True)
    for n in range(5):
        note(lead, f"断网第 {n} 条")
    rate(lead, "tech.data", "7")
    expect(lead.locator("#offline")).to_be_visible(timeout=30_000)
    expect(lead.locator("[data-offline-text]")).to_contain_text("6 处")
    lead.context.set_offline(False)
    saved(lead)
    lead.reload()
    expect(lead.locator("[data-notes] li")).to_have_count(6)
    expect(lead.locator("[data-ind='tech.data'] [data-value]")).to_have_value("7")

    # What waited in the browser survives a closed laptop.
    lead.context.set_offline(True)
    note(lead, "合上电脑前的一条")
    lead.context.set_offline(False)
    lead.goto(server.room_url)
    expect(lead.locator("[data-notes]")).to_contain_text("合上电脑前的一条")
    expect(lead.locator("[data-notes] li[data-waiting]")).to_have_count(0, timeout=30_000)
    lead.reload()
    expect(lead.locator("[data-notes]")).to_contain_text("合上电脑前的一条")

    # Two tabs on one sheet: both scores are shown, a person chooses.
    tab = lead.context.new_page()
    tab.goto(server.room_url)
    rate(tab, "tech.data", "8")
    saved(tab)
    rate(lead, "tech.data", "5")
    clash = lead.locator("[data-ind='tech.data'] .clash")
    expect(clash).to_contain_text("8", timeout=30_000)
    expect(clash).to_contain_text("5")
    clash.get_by_role("button", name="用那边的").click()
    expect(lead.locator("[data-ind='tech.data'] [data-value]")).to_have_value("8")
    tab.close()

    # Scores from the keyboard, half points with a dot; the rest not observed; submitted and locked.
    rate(lead, "tech.training", "9")
    rate(lead, "tech.training", ".")
    expect(lead.locator("[data-ind='tech.training'] [data-value]")).to_have_value("9.5")
    lead.locator("[data-rest]").click()
    saved(lead)
    lead.locator("[data-submit]").click()
    expect(lead.get_by_text("你的评分表已提交并锁定")).to_be_visible(timeout=30_000)

    # Blind first: the colleague learns that, not what.
    expect(business.locator("#room-lock")).to_contain_text("沈砚已提交", timeout=30_000)
    assert "9.5" not in business.locator(".room").inner_text()
    finish(business, "4")

    # On the phone: three tabs, the same sheet.
    hr.get_by_role("button", name="评分", exact=True).click()
    finish(hr, "6")
    lead.reload()
    debrief = lead.locator(".debrief")
    expect(debrief).to_contain_text("分歧最大的在前")
    expect(debrief.locator("tbody tr").first).to_be_visible()
    for page in (lead, business, hr):
        page.context.close()


def finish(page: Page, key: str) -> None:
    """Scores everything the person is asked for, and submits."""
    for block in page.locator("[data-ind][data-required]").all():
        block.locator("[data-rate]").press(key)
    saved(page)
    page.locator("[data-submit]").click()
    expect(page.get_by_text("你的评分表已提交并锁定")).to_be_attached(timeout=30_000)


def test_tabs_that_close_crash_or_are_duplicated_lose_nothing(
    browser: Browser, server: Server
) -> None:
    texts = ("第一个标签页断网时写的", "还没存上的一条", "第二个标签页写的")
    hr = enter(browser, server, "宋禾")
    hr.context.route("**/notes/", lambda route: route.abort())
    for text in texts[:2]:
        note(hr, text)
    # A duplicated tab begins with a copy of the original's session storage.
    waiting = hr.evaluate("sessionStorage.getItem('room-tab')")
    twin = hr.context.new_page()
    twin.add_init_script(
        f"sessionStorage.getItem('room-tab') || sessionStorage.setItem('room-tab', '{waiting}')"
    )
    twin.goto(server.room_url)
    note(twin, texts[2])
    assert twin.evaluate("sessionStorage.getItem('room-tab')") != waiting
    kept = hr.evaluate(
        "Object.keys(localStorage).filter(k => k.includes(':q:')).map(k => localStorage[k]).join()"
    )
    for text in texts:
        assert text in kept
    # Both go without a word, as a killed browser does; the next page sends what they left.
    hr.close(run_before_unload=False)
    twin.close(run_before_unload=False)
    context = twin.context
    context.unroute("**/notes/")
    later = context.new_page()
    later.goto(server.room_url)
    later.wait_for_function(
        "() => !Object.keys(localStorage).some(key => key.includes(':q:'))", timeout=30_000
    )
    later.reload()
    for text in texts:
        expect(later.locator("[data-notes]")).to_contain_text(text)
    context.close()


def test_a_browser_that_keeps_nothing_says_so_and_still_sends(
    browser: Browser, server: Server
) -> None:
    hr = enter(browser, server, "宋禾")
    hr.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'Quota'); }; }"
    )
    hr.context.route("**/notes/", lambda route: route.abort())
    note(hr, "存储满了时写的")
    expect(hr.locator("#compose [data-saved]")).to_contain_text("存不下")
    hr.context.unroute("**/notes/")
    saved(hr)
    hr.reload()
    expect(hr.locator("[data-notes]")).to_contain_text("存储满了时写的")
    hr.context.close()
