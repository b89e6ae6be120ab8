"""From an empty data directory to the first ranked list, and a model changed, in a real browser."""

from __future__ import annotations

import re
import select
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT, CommandLine

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PEOPLE = {
    "陆遥": "负责数据清洗与标注规范，微调推荐模型，点击率由 3.1% 提升到 3.9%，与产品对齐需求。",
    "沈一": "做过数据标注，参与质检，正在学习模型微调。",
    "白桦": "前台接待，收发快递，整理会议室。",
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on an empty data directory."""
    line = CommandLine(tmp_path_factory.mktemp("empty") / "data")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        line.command("serve", "--port", str(port), "--web", "1", "--workers", "1"),
        cwd=ROOT,
        env=line.environment({"TOUCHSTONE_BASE_URL": base}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(900):
            try:
                with urllib.request.urlopen(f"{base}/readyz", timeout=2):
                    break
            except (OSError, urllib.error.URLError):
                select.select([], [], [], 0.1)
        else:
            raise AssertionError("the server did not start")
        yield base
    finally:
        server.terminate()
        server.wait(30)


def onward(page: Page) -> None:
    page.get_by_role("button", name=re.compile("下一步")).click()


def test_a_company_comes_to_its_first_ranked_list(
    empty: str, browser: Browser, tmp_path: Path
) -> None:
    said: list[str] = []
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(empty)
    page.get_by_label("姓名").fill("周程")
    page.get_by_label("用户名").fill("zhou")
    page.get_by_label("密码").fill("a long enough word 7")
    onward(page)
    page.get_by_label("公司名称").fill("澄川科技")
    onward(page)
    page.get_by_role("link", name="先跳过").click()
    onward(page)

    files = []
    for name, work in PEOPLE.items():
        path = tmp_path / f"{name}.txt"
        path.write_text(f"{name}\n\n工作经历\n2021.03-至今  云帆科技  专员\n{work}\n", "utf-8")
        files.append(path)
    page.locator("input[type=file]").first.set_input_files(files)
    expect(page.locator("#progress .facts")).to_contain_text("已读出", timeout=120_000)
    expect(page.locator("#progress")).to_contain_text("陆遥", timeout=60_000)
    page.get_by_role("link", name="看排名").click()

    rows = page.locator(".sl-tbl tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("陆遥")
    rows.nth(2).locator(".sub").first.click()
    expect(page.locator("#panel h2")).to_have_text("白桦")

    page.locator("nav.stages").get_by_role("link", name="画像").click()
    weight = page.locator("input[name=d0-weight]")
    weight.fill("60")
    weight.press("Tab")
    expect(page.locator("#draft-state")).to_contain_text("草稿已存")
    weights = page.locator(".dim-row input[type=number]")
    total = sum(float(weights.nth(n).input_value()) for n in range(weights.count()))
    assert total == pytest.approx(100)
    expect(page.locator("#effect")).to_contain_text("按新权重算 3 人")
    page.get_by_role("button", name="发布新版").click()
    expect(page.locator("h1")).to_contain_text("v2")
    assert said == []
    context.close()
