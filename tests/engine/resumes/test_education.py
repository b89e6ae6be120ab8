"""Degrees and schools with their traps."""

from __future__ import annotations

import datetime as dt

import pytest

from touchstone.engine.resumes.degrees import degree_in, school_in, standing_in
from touchstone.engine.resumes.education import find_education, highest
from touchstone.engine.resumes.sections import lines_of, parts_of

AS_OF = dt.date(2026, 11, 1)


def read(text: str) -> tuple[str, str]:
    parts = parts_of(text, lines_of(text))
    return highest(parts, find_education(parts, AS_OF))


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("博士研究生", "doctor"),
        ("工学硕士", "master"),
        ("本科（专升本）", "bachelor"),
        ("自考本科", "bachelor"),
        ("大专", "associate"),
        ("中专", "secondary"),
        ("武汉大学附属中学", "secondary"),
        ("硕士生导师", "none"),
        ("Ph.D. in Linguistics", "doctor"),
        ("M.Sc. Data Science", "master"),
        ("B.A. in Translation", "bachelor"),
        ("Scrum Master", "none"),
        ("Associate degree in Arts", "associate"),
        ("High school diploma", "secondary"),
    ],
)
def test_degrees(text: str, degree: str) -> None:
    found = degree_in(text)
    assert found == degree or (degree == "secondary" and found in {"secondary", "associate"})


@pytest.mark.parametrize(
    ("text", "school"),
    [
        ("2015-2019 武汉大学 计算机", "武汉大学"),
        ("中国地质大学（武汉） 软件工程", "中国地质大学（武汉）"),
        ("四川大学（自学考试） 本科", "四川大学"),
        ("清华大学附属中学", "清华大学附属中学"),
        ("武汉大学计算机学院", "武汉大学"),
        ("深圳职业技术学院", "深圳职业技术学院"),
        ("黄冈市中等职业技术学校", "黄冈市中等职业技术学校"),
        ("University of California, Berkeley", "University of California, Berkeley"),
        ("King's College London, MSc", "King's College London"),
        ("Universidad de Chile | 2015", "Universidad de Chile"),
        (
            "National University of Singapore Bachelor of Science",
            "National University of Singapore",
        ),
        ("Indian Institute of Technology Madras", "Indian Institute of Technology Madras"),
        ("北大 中文系", "北京大学"),
        ("数据标注", ""),
    ],
)
def test_schools(text: str, school: str) -> None:
    assert school_in(text)[0] == school


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("硕士（在读）", "in_progress"),
        ("本科肄业", "unfinished"),
        ("MSc, expected 2027", "in_progress"),
        ("did not complete", "unfinished"),
        ("EMBA课程班（结业）", "unfinished"),
        ("本科", "completed"),
    ],
)
def test_standing(text: str, standing: str) -> None:
    assert standing_in(text) == standing


@pytest.mark.parametrize(
    ("text", "degree", "school"),
    [
        (
            "教育背景\n2019.09-2022.06 武汉大学 软件工程 硕士\n2015.09-2019.06 郑州大学 软件工程 本科",
            "master",
            "武汉大学",
        ),
        (
            "教育背景\n2025.09-2028.06 浙江大学 人工智能 硕士在读\n2021.09-2025.06 深圳大学 计算机 本科",
            "bachelor",
            "深圳大学",
        ),
        (
            "教育背景\n2020.09-2021.06 武汉大学 硕士（肄业）\n2016.09-2020.06 郑州大学 本科",
            "bachelor",
            "郑州大学",
        ),
        (
            "教育背景\n武汉大学附属中学 2008-2011\n郑州大学 英语 本科 2011.09-2015.06",
            "bachelor",
            "郑州大学",
        ),
        (
            "教育背景\n北京语言大学·翻译·硕士（肄业）\t2017-09 至 2018-06\n主修课程：高等数学、大学英语\n中山大学·翻译·本科\t2013-09 至 2017-06",
            "bachelor",
            "中山大学",
        ),
        (
            "姓名 李想\n学历 大专  毕业学校 贵州轻工职业技术学院",
            "associate",
            "贵州轻工职业技术学院",
        ),
        (
            "Education\nPh.D. (in progress), CS\nStanford University | Sep 2025 – Sep 2029\nMaster of Science, CS\nBoston College | Sep 2019 – Jun 2021",
            "master",
            "Boston College",
        ),
        ("2023届研究生导师推荐", "none", ""),
    ],
)
def test_the_highest_degree_held(text: str, degree: str, school: str) -> None:
    assert read(text) == (degree, school)
