"""The person's name, wherever and however it stands in the head of a resume."""

from __future__ import annotations

import pytest

from touchstone.engine.resumes.names import chinese_name, find_name, latin_name
from touchstone.engine.resumes.sections import lines_of, parts_of


def name_in(text: str, *, lang: str = "zh", email: str = "", filename: str = "") -> str:
    parts = parts_of(text, lines_of(text))
    return find_name(parts, lang=lang, email=email, headlines=frozenset(), filename=filename)


@pytest.mark.parametrize(
    ("piece", "name"),
    [
        ("张三", "张三"),
        ("张 三", "张三"),
        ("欧阳娜娜", "欧阳娜娜"),
        ("诸葛亮", "诸葛亮"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("数据标注", ""),
        ("高级工程师", ""),
        ("求职意向", ""),
        ("武汉大学", ""),
        ("个人简历", ""),
    ],
)
def test_chinese_names(piece: str, name: str) -> None:
    assert chinese_name(piece) == name


@pytest.mark.parametrize(
    ("piece", "name"),
    [
        ("Emma O'Connor", "Emma O'Connor"),
        ("LIAM VAN DYKE", "Liam Van Dyke"),
        ("María de la Cruz", "María de la Cruz"),
        ("Jane Doe, PhD", "Jane Doe"),
        ("Senior Data Annotator", ""),
        ("Work Experience", ""),
        ("emma", ""),
    ],
)
def test_latin_names(piece: str, name: str) -> None:
    assert latin_name(piece) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("个 人 简 历\n姓 名：王 小 明  性别：男\n电话：13800000000", "王小明"),
        ("司马相如的简历\n男 · 28岁", "司马相如"),
        ("李想 | AI训练师 | 5年经验", "李想"),
        ("AI训练师\n赵敏\n13800000000", "赵敏"),
        ("姓名\t买买提江·艾山\t民族\t维吾尔族", "买买提江·艾山"),
        ("林 晓彤 Xiaotong Lin\n上海", "林晓彤"),
        ("您好！我叫阿依古丽·热合曼，1998年出生。\n此致\n敬礼", "阿依古丽·热合曼"),
        ("👤 韦一 📱 159-3333-8888 ✉️ weiyi@qq.com\n工作经历", "韦一"),
        ("姓名鲍春来性别男电话13966661111学历本科\n工作经历", "鲍春来"),
        (
            "教育经历\n"
            + "2016.09-2019.06 上海交通大学 硕士\n" * 8
            + "工作经历\n"
            + "2019.07-2022.03 拼多多 算法工程师\n" * 8
            + "基本信息\n俞白眉，13955556666，yubm@icloud.com，现居上海",
            "俞白眉",
        ),
    ],
)
def test_names_in_a_chinese_head(text: str, name: str) -> None:
    assert name_in(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Curriculum Vitae\nName: Aisha Patel\nTel: 548.410.1802", "Aisha Patel"),
        ("Cindy Du\nEmail: cindydu@example.cn", "Cindy Du"),
        ("Peijie Ma CV\nShenzhen", "Peijie Ma"),
        ("Hannah\nFischer\nPhone: +86 13100005203", "Hannah Fischer"),
        ("Resume of Noah Kim\nAI Trainer", "Noah Kim"),
        ("MARCUS DELGADO\nOakland, California", "Marcus Delgado"),
        ("Wei (Vivian) Zhang\nSunnyvale, CA", "Wei Zhang"),
        ("Contact\nx@y.org\nTop Skills\nData Annotation\nGrace Hughes\nAI Trainer", "Grace Hughes"),
    ],
)
def test_names_in_an_english_head(text: str, name: str) -> None:
    assert name_in(text, lang="en") == name


def test_the_file_name_is_the_last_resort() -> None:
    assert name_in("工作经历\n2020-2022 数据堂 标注员", filename="a.zip!/吴婷_简历.pdf") == "吴婷"
