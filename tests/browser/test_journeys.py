"""One journey for each role, through the pages alone: no address is typed but the first."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ComeIn = Callable[..., Page]

RESUME = """林知夏
手机 13900001234  邮箱 lin.zhixia@example.org

工作经历
2022.03–至今  云杉电商  推荐算法训练师
独立写数据标注规范，带 6 人质检，标注一致性由 0.71 提升到 0.86。
用 Python 清洗 120 万条点击日志，按时间切分训练集，避免数据泄漏。
微调排序模型，线上 A/B 点击率由 3.1% 提升到 3.9%，每周做坏例分析。
和产品经理对齐需求，把冷启动商品的曝光比例写进评估集。

教育经历
2018.09–2022.06  华东师范大学  统计学  本科
技能：Python、SQL、PyTorch、数据清洗、数据标注、A/B 测试、错误分析
"""


def open_round(page: Page, title: str = "大模型数据方向") -> None:
    """From Today into the round that is under way."""
    page.get_by_role("link", name=re.compile(title)).first.click()
    expect(page.locator("nav.stages")).to_be_visible()


def stop(page: Page, name: str) -> None:
    """One stop of the round, from the bar at the top."""
    page.locator("nav.stages").get_by_role("link", name=re.compile(name)).click()
    expect(page.locator("nav.stages [aria-current]")).to_contain_text(name)


def test_recruiter_brings_in_a_resume_and_sees_why_it_ranks(
    come_in: ComeIn, tmp_path: Path
) -> None:
    file = tmp_path / "林知夏.txt"
    file.write_text(RESUME, "utf-8")
    page = come_in("recruiter")
    open_round(page)
    page.get_by_role("link", name="导入简历").click()
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("林知夏").first).to_be_visible()
    stop(page, "筛选")

    def listed() -> bool:
        page.reload()
        return page.locator("table").get_by_text("林知夏").count() > 0

    for _ in range(60):
        if listed():
            break
        page.wait_for_timeout(500)
    page.locator("table").get_by_role("link", name="林知夏").click()
    expect(page.get_by_role("heading", name="林知夏")).to_be_visible()
    expect(page.get_by_text("一致性由 0.71 提升到 0.86").first).to_be_visible()
    evidence = page.locator("a.ev").first
    evidence.click()
    expect(page.locator("mark").first).to_be_visible()


def test_recruiter_invites_from_the_ranked_list(come_in: ComeIn) -> None:
    page = come_in("recruiter")
    open_round(page)
    stop(page, "筛选")
    page.get_by_role("link", name=re.compile("请人看")).click()
    row = page.locator("tbody tr", has=page.locator("input[type=checkbox]"))
    name = row.first.locator(".name a").inner_text()
    row.first.locator("input[type=checkbox]").check()
    page.get_by_role("button", name=re.compile("邀请所选")).click()
    dialog = page.locator("dialog[open]")
    if dialog.count():
        dialog.get_by_role("button", name="邀请测评").click()
    stop(page, "测评")
    expect(page.get_by_text(name).first).to_be_visible()
    page.goto(page.url.split("/positions/")[0] + "/messages/")
    expect(page.locator("tbody tr").first).to_contain_text(name)


def test_algorithm_lead_finds_the_room_and_scores(come_in: ComeIn) -> None:
    page = come_in("algorithm_lead")
    page.context.add_init_script("localStorage.setItem('room-tour', '1')")
    page.get_by_role("link", name="进入面试室").click()
    expect(page.locator("[data-note]")).to_be_visible()
    page.keyboard.press("Alt+s")
    page.locator("[data-note]").fill("先问数据怎么切分")
    page.locator("[data-note]").press("Enter")
    expect(page.locator("[data-notes]")).to_contain_text("先问数据怎么切分")
    indicator = page.locator("[data-ind]").first
    indicator.locator("[data-rate]").press("7")
    expect(indicator.locator("[data-value]")).to_have_value("7")
    page.reload()
    expect(page.locator("[data-ind]").first.locator("[data-value]")).to_have_value("7")
    expect(page.locator("[data-notes]")).to_contain_text("先问数据怎么切分")


def test_business_lead_does_not_see_others_before_submitting(come_in: ComeIn) -> None:
    page = come_in("business_lead")
    page.context.add_init_script("localStorage.setItem('room-tour', '1')")
    page.get_by_role("link", name="进入面试室").click()
    expect(page.locator("[data-note]")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("先问数据怎么切分")
    page.locator("[data-ind]").first.locator("[data-rate]").press("8")
    expect(page.locator("[data-ind]").first.locator("[data-value]")).to_have_value("8")
    page.goto(page.url.split("/interviews/")[0] + "/")
    open_round(page)
    stop(page, "面试")


def test_hiring_manager_decides_from_the_report(come_in: ComeIn) -> None:
    page = come_in("hiring_manager")
    open_round(page)
    stop(page, "报告")
    link = page.locator("tbody tr", has_text="待决定").first.locator(".name a, td a").first
    name = link.inner_text().split("\n")[0]
    link.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("body")).to_contain_text("公平分")
    page.get_by_role("button", name="再看").first.click()
    form = page.locator("dialog[open], form:has(textarea:visible)").first
    form.locator("textarea").first.fill("技术与业务两边分差大，请补一轮共评再定。")
    form.get_by_role("button", name=re.compile("再看")).last.click()
    expect(page.locator("#decision")).to_contain_text("请补一轮共评再定")
    expect(page.locator("#decision")).to_contain_text("何鸣")


def test_auditor_verifies_the_log_and_changes_nothing(come_in: ComeIn) -> None:
    page = come_in("auditor")
    page.locator("summary[aria-label='我的菜单']").click()
    page.get_by_role("link", name="审计记录").click()
    page.get_by_role("button", name="校验整条链").click()
    expect(page.locator(".note.ok")).to_contain_text("条记录都对得上")
    page.get_by_role("button", name="导出").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("为什么导出").fill("季度内审")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="导出").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert text.startswith("seq,at,")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="今天").first.click()
    open_round(page)
    stop(page, "筛选")
    expect(page.get_by_role("button", name=re.compile("邀请所选"))).to_have_count(0)


def test_candidate_takes_a_task_on_a_phone(come_in: ComeIn, complaints: list[str]) -> None:
    page = come_in("", width=390)
    page.get_by_role("button", name="以候选人的身份打开邀请").click()
    page.get_by_role("button", name="在这台设备上打开").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="同意并进入").click()
    page.get_by_role("link", name=re.compile("周五必须上线|投诉")).first.click()
    page.get_by_role("button", name=re.compile("开始")).first.click()
    box = page.locator("textarea").first
    box.fill("我会先把每条记录的风险讲清楚，给出周五能上的范围和灰度方案，再和产品经理约定回滚线。")
    expect(page.get_by_role("status").filter(has_text="已存").first).to_be_visible()
    page.reload()
    expect(page.locator("textarea").first).to_have_value(re.compile("约定回滚线"))
    page.get_by_role("button", name=re.compile("交卷|提交|交这一项")).first.click()
    dialog = page.locator("dialog[open]")
    if dialog.count():
        dialog.get_by_role("button").last.click()
    expect(page.get_by_text(re.compile("已交|已提交|交了")).first).to_be_visible()
    width = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert width <= 0


def test_administrator_adds_a_colleague_who_signs_in(come_in: ComeIn) -> None:
    page = come_in("administrator")
    page.locator("summary[aria-label='我的菜单']").click()
    page.get_by_role("link", name="人员与权限").click()
    page.get_by_role("link", name="添加人员").click()
    form = page.locator("main form")
    form.get_by_label(re.compile("^姓名")).fill("程野")
    form.get_by_label(re.compile("^用户名")).fill("cheng_ye")
    form.get_by_label(re.compile("^部门")).select_option(index=1)
    page.get_by_role("checkbox", name=re.compile("面试官")).check()
    page.get_by_role("button", name="添加并邀请").click()
    expect(page.get_by_role("heading", name="程野")).to_be_visible()
    address = page.locator(".note code").first.inner_text()

    newcomer = come_in("")
    newcomer.goto(address)
    for field in newcomer.locator("input[type=password]").all():
        field.fill("rivers run to the sea 9")
    newcomer.get_by_role("button", name="设置密码").click()
    newcomer.get_by_role("link", name="去登录").click()
    newcomer.get_by_label("用户名").fill("cheng_ye")
    newcomer.get_by_label("密码").fill("rivers run to the sea 9")
    newcomer.get_by_role("button", name="登录", exact=True).click()
    expect(newcomer.get_by_role("heading", name="今天")).to_be_visible()


def test_everything_in_english(come_in: ComeIn) -> None:
    page = come_in("recruiter")
    page.locator("summary[aria-label='我的菜单']").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    names = page.locator("nav.links a").all_inner_texts()
    assert len(names) >= 4
    for name in names:
        page.locator("nav.links").get_by_role("link", name=name).click()
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_be_visible()
        expect(heading).not_to_have_text(re.compile(r"[\u4e00-\u9fff]"))
    page.locator("summary[aria-label='My menu']").click()
    page.get_by_role("button", name="中文").click()  # the choice is remembered with the account
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"[\u4e00-\u9fff]"))


def test_the_palette_finds_people_and_pages(come_in: ComeIn) -> None:
    page = come_in("recruiter")
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").fill("题")
    page.locator("dialog[open]").get_by_text("题库").first.click()
    expect(page.get_by_role("heading", name="题库")).to_be_visible()


def test_the_table_says_what_happened(demo: Demo) -> None:
    table = demo.table
    assert table["applied"] >= table["recommended"] >= 1
    assert table["assessed"] >= table["interviewed"] >= table["hired"] >= 1
    assert table["department_deviation_fair"] <= table["department_deviation_raw"]


def test_groups_stay_in_sight_while_the_line_moves(come_in: ComeIn) -> None:
    page = come_in("recruiter")
    open_round(page)
    stop(page, "筛选")
    page.get_by_text("这条线对不同人群的影响").click()
    line = page.locator("#line-range")
    line.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("把线存进画像")).to_be_visible()
    expect(page.locator("details.groups .groups-in")).to_be_visible()
    page.get_by_text("这条线对不同人群的影响").click()
    line.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#line .groups-in")).not_to_be_visible()
