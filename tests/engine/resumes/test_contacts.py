"""Telephone and e-mail in every spelling, and only the person's own."""

from __future__ import annotations

import pytest

from touchstone.engine.resumes.contacts import e164, find_email, find_phone
from touchstone.engine.resumes.sections import lines_of, parts_of


def phone_in(text: str, lang: str = "zh") -> str:
    return find_phone(parts_of(text, lines_of(text)), lang, text[:600])


def email_in(text: str) -> str:
    return find_email(parts_of(text, lines_of(text)))


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13812345678", "+8613812345678"),
        ("138-1234-5678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("+86 138 1234 5678", "+8613812345678"),
        ("(+86)138-1234-5678", "+8613812345678"),
        ("0086 13812345678", "+8613812345678"),
        ("8613812345678", "+8613812345678"),
        ("(010) 8888 6666", "+861088886666"),
        ("0755-26501234", "+8675526501234"),
        ("+44 (0)7695 914069", "+447695914069"),
        ("+1 (415) 555-0134", "+14155550134"),
        ("2019.03-2021.05", ""),
        ("12345", ""),
    ],
)
def test_e164(written: str, number: str) -> None:
    assert e164(written)[0] == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("张三\n电话：１３８ １２３４ ５６７８", "+8613812345678"),
        ("张三 / 1998.04 / 189 0000 2791 / a@b.cn", "+8618900002791"),
        ("张三\n联系电话\t0991-4567890 / 15299001122", "+8615299001122"),
        ("张三\n紧急联系人：李四 13300009999\n手机：13812345678", "+8613812345678"),
        ("来源：智联招聘 客服热线 400-885-9898\n手机 13812345678", "+8613812345678"),
        ("张三 13812345678\n推荐人\n刘总 13900001111", "+8613812345678"),
        ("张三\n推荐人\n刘总 13900001111", ""),
        ("张三\n身份证号：420106199501011234", ""),
        ("张三\nQQ：123456789", ""),
    ],
)
def test_the_persons_own_number(text: str, number: str) -> None:
    assert phone_in(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Jane Doe\n(650) 555-0199", "+16505550199"),
        ("Jane Doe\n07700 900 321\nLeeds", "+447700900321"),
        ("Jane Doe\nDublin, Ireland | 085 123 4567", "+353851234567"),
        ("Jane Doe\nPhone: 0084 912 345 678", "+84912345678"),
        ("Jane Doe\nReferences\nBob, +1 202-555-0199", ""),
    ],
)
def test_numbers_abroad(text: str, number: str) -> None:
    assert phone_in(text, "en") == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("张三\n邮箱：zhang.san_88@163.com", "zhang.san_88@163.com"),
        ("张三 zhangsan@qq.com\n招聘热线 support@zhaopin.com", "zhangsan@qq.com"),
        ("Jane\njane [at] example.org", "jane@example.org"),
        ("张三 a@b.cn\n推荐人\n刘明 liuming@baidu.com", "a@b.cn"),
        ("张三\n推荐人\n刘明 liuming@baidu.com", ""),
        ("没有邮箱", ""),
    ],
)
def test_the_persons_own_address(text: str, address: str) -> None:
    assert email_in(text) == address
