"""Companies, titles and years in the many ways in which entries are set."""

from __future__ import annotations

import datetime as dt

import pytest

from touchstone.engine.resumes.jobs import find_work
from touchstone.engine.resumes.parse import latest_job, years_of
from touchstone.engine.resumes.pieces import classify
from touchstone.engine.resumes.sections import lines_of, parts_of

AS_OF = dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        ("数据堂（北京）科技股份有限公司", "company"),
        ("字节跳动", "company"),
        ("AI训练师", "title"),
        ("RLHF标注专家", "title"),
        ("数据标注组长", "title"),
        ("数据部", "department"),
        ("北京", "place"),
        ("全职", "type"),
        ("Senior AI Trainer", "title"),
        ("Acme Corp.", "company"),
        ("Remote", "type"),
    ],
)
def test_pieces(piece: str, kind: str) -> None:
    assert classify(piece)[0] == kind


@pytest.mark.parametrize(
    ("entry", "company", "title"),
    [
        ("2020.03-至今  字节跳动  AI训练师", "字节跳动", "AI训练师"),
        ("字节跳动  AI训练师  2020.03-至今", "字节跳动", "AI训练师"),
        ("AI训练师\t2020.03-至今\n字节跳动", "字节跳动", "AI训练师"),
        ("2020.03-至今\n字节跳动 AI训练师", "字节跳动", "AI训练师"),
        ("公司名称：字节跳动\n职位：AI训练师\n在职时间：2020.03-至今", "字节跳动", "AI训练师"),
        ("时间：2020年3月—至今\n公司：字节跳动\n职位：AI训练师", "字节跳动", "AI训练师"),
        ("2020.03—至今  字节跳动 – 数据部 – AI训练师", "字节跳动", "AI训练师"),
        ("**字节跳动** · AI训练师 · 2020.03 - 至今", "字节跳动", "AI训练师"),
        ("字节跳动（2020.03-至今）\n职务：AI训练师（汇报总监，管理10人）", "字节跳动", "AI训练师"),
        ("我于2020年3月至今在字节跳动担任AI训练师，做标注。", "字节跳动", "AI训练师"),
        ("Mar 2020 – Present\nAI Trainer\nAcme Corp.", "Acme Corp.", "AI Trainer"),
        ("AI Trainer at Acme Corp.  Mar 2020 – Present", "Acme Corp.", "AI Trainer"),
        ("AI Trainer, Acme Corp.\tMar 2020 – Present", "Acme Corp.", "AI Trainer"),
        ("Project Manager at Acme Corp. | July 2022 to now", "Acme Corp.", "Project Manager"),
        ("Jan 2023 to date: Evaluation Lead, Faculty AI, London", "Faculty AI", "Evaluation Lead"),
    ],
)
def test_heads(entry: str, company: str, title: str) -> None:
    text = (
        "工作经历" if entry[-1] > "\u4e00" or "20" in entry[:5] else "Experience"
    ) + f"\n{entry}\n"
    jobs = find_work(parts_of(text, lines_of(text)))
    assert [(job.company, job.title) for job in jobs] == [(company, title)]


def years(text: str) -> float:
    return years_of(find_work(parts_of(text, lines_of(text))), text, AS_OF)


def test_overlaps_internships_and_part_time_work_do_not_count_twice() -> None:
    text = (
        "工作经历\n2022.01-2024.01 字节跳动 AI训练师\n2023.01-2025.01 数据堂 标注组长\n"
        "2021.01-2021.06 百度 数据标注实习生\n2024.01-2026.01 丁香园 医学编辑（兼职）\n"
    )
    assert years(text) == pytest.approx(3.04, abs=0.1)


def test_stated_years_count_where_no_job_is_dated() -> None:
    assert years("张三\n5年工作经验\n") == 5.0


def test_the_latest_job_ends_last() -> None:
    text = "工作经历\n2018.01-2020.01 百度 标注员\n2020.02-至今 字节跳动 AI训练师\n"
    latest = latest_job(find_work(parts_of(text, lines_of(text))), AS_OF)
    assert latest is not None
    assert latest.company == "字节跳动"
