"""The person responsible for the concepts teaches the house a word, sees what it does to the last
round, saves it, and a new resume is credited by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ComeIn = Callable[..., Page]

WORD = "咒语编排"
RESUME = """顾南星
手机 13900005678  邮箱 gu.nanxing@example.org

工作经历
2022.03–至今  云杉电商  AI 训练师
负责客服大模型的咒语编排，写了 320 条并逐条评测，转人工率由 31% 降到 22%。
和产品经理对齐需求，每周写一页复盘。

教育经历
2018.09–2022.06  华东师范大学  统计学  本科
"""


def test_a_word_is_added_tried_saved_and_credited(
    come_in: ComeIn, tmp_path: Path, complaints: list[str]
) -> None:
    page = come_in("administrator")
    page.locator("summary[aria-label='我的菜单']").click()
    page.get_by_role("link", name="概念库").click()
    page.get_by_label("名称、说法").fill("提示词工程")
    page.get_by_role("button", name="找", exact=True).click()
    page.get_by_role("link", name="提示词工程", exact=True).first.click()
    words = page.get_by_label("公司加的，一行一个")
    words.fill(f"{WORD}\nGo")
    expect(page.locator("#checked")).to_contain_text("太短")
    words.fill(f"{WORD}\n编写")
    expect(page.locator("#checked")).to_contain_text("没有要改的")
    page.get_by_role("button", name="看草稿和影响").click()
    expect(page.locator(".changed")).to_contain_text(WORD)
    page.get_by_role("button", name=re.compile("看影响")).click()
    expect(page.get_by_role("heading", name="每个说法碰到了什么")).to_be_visible()
    expect(page.locator(".moved mark").first).to_be_visible()
    # The ordinary word met far too much; without it nobody of the round changes.
    page.locator(".changed").get_by_role("link", name="提示词工程").click()
    page.get_by_label("公司加的，一行一个").fill(WORD)
    page.get_by_role("button", name="看草稿和影响").click()
    expect(page.get_by_text("下面是改之前的结果")).to_be_visible()
    page.get_by_role("button", name="再看一次影响").click()
    expect(page.get_by_text("这一轮没有人会变")).to_be_visible()
    page.get_by_label("为什么改").fill("业务部门这么叫提示词工程")
    page.get_by_role("button", name="保存为新版").click()
    expect(page.get_by_role("heading", name="第 1 版")).to_be_visible()
    expect(page.locator("ins", has_text=WORD)).to_be_visible()
    expect(page.get_by_role("heading", name="按旧概念筛的")).to_be_visible()
    assert complaints == []
    new_resume_is_credited(come_in("recruiter"), tmp_path)


def new_resume_is_credited(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "顾南星.txt"
    file.write_text(RESUME, "utf-8")
    page.get_by_role("link", name=re.compile("大模型数据方向")).first.click()
    page.get_by_role("link", name="导入简历").click()
    page.locator("input[type=file]").first.set_input_files(file)
    name = page.locator("#progress").get_by_role("link", name="顾南星")
    expect(name).to_be_visible(timeout=60_000)
    name.click()
    expect(page.get_by_role("heading", name="顾南星")).to_be_visible()
    expect(page.locator("a.ev", has_text=WORD).first).to_be_visible()
    page.get_by_text("存根与历次筛选").click()
    expect(page.locator(".receipt")).to_contain_text("概念第 1 版")
    expect(page.locator(".receipt")).to_contain_text("逐字一致")
