"""Headings of every dress, and lines that only look like one."""

from __future__ import annotations

import pytest

from touchstone.engine.resumes.sections import heading_kind, lines_of, parts_of


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("工作经历", "work"),
        ("工 作 经 历", "work"),
        ("【工作经历】", "work"),
        ("一、工作经历", "work"),
        ("## 二、教育经历", "education"),
        ("第三部分：项目经验", "project"),
        ("■ 工作履历", "work"),
        ("教育背景 EDUCATION", "education"),
        ("AI项目经验", "project"),
        ("Digital Skills", "skills"),
        ("PROFESSIONAL EXPERIENCE", "work"),
        ("References", "references"),
        ("联系方式：(010) 58839355 / dev2549@qq.com", ""),
        ("负责数据标注", ""),
        ("熟悉标注技能，能独立带组", ""),
    ],
)
def test_heading_kinds(line: str, kind: str) -> None:
    assert heading_kind(line) == kind


def kinds(text: str) -> list[str]:
    return [part.kind for part in parts_of(text, lines_of(text))]


def test_labels_inside_a_part_do_not_end_it() -> None:
    text = "教育背景\n武汉大学 硕士\n主修课程：机器学习\n郑州大学 本科\n专业技能\n工具：Python\nLanguages: SQL"
    assert kinds(text) == ["education", "skills"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "工作经历 2020.01-2022.06 甲公司 客服\n教育 2016-2020 武汉大学 本科",
            ["work", "education"],
        ),
        (
            "技能：Go\n工作经历 2020.01-2022.06 甲公司\n教育：2016-2020 武汉大学",
            ["skills", "work", "education"],
        ),
        ("工作：2018.1-2024.12 甲公司\n教育 上海大学 本科", ["work", "education"]),
        ("工作经历\n甲公司 收银员\n学历 高中 杭州第十四中学", ["work", "education"]),
        ("工作经历\n甲公司\n工作 2019年起带组\n- 教育 2016年起是主要客户", ["work"]),
        ("工作经历\n教育 行业客户的标注，大学里的试点", ["work"]),
    ],
)
def test_a_heading_and_its_first_entry_on_one_line(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


def test_offsets_are_the_texts_own() -> None:
    text = "张三\n\n工作经历\n字节跳动 AI训练师\n教育背景\n武汉大学\n"
    for part in parts_of(text, lines_of(text)):
        assert text[part.section.start :].startswith(part.section.title)
        for line in part.lines:
            assert text[line.start : line.end] == line.text
