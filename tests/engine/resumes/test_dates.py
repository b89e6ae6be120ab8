"""Date ranges of every style, and how long they are together."""

from __future__ import annotations

import datetime as dt

import pytest

from touchstone.engine.resumes.dates import find_range, months_covered, months_of
from touchstone.engine.resumes.resume import Period

AS_OF = dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("line", "start", "end", "present"),
    [
        ("2019.03-至今", "2019-03", "", True),
        ("2019年3月—2023年5月(4年2个月)", "2019-03", "2023-05", False),
        ("2020/09 - 至今", "2020-09", "", True),
        ("2019-09 至 2023-06", "2019-09", "2023-06", False),
        ("19.9~20.6", "2019-09", "2020-06", False),
        ("201809-202106", "2018-09", "2021-06", False),
        ("二〇一九年九月至二〇二三年六月", "2019-09", "2023-06", False),
        ("2019 – Present", "2019", "", True),
        ("Mar 2019 – Present", "2019-03", "", True),
        ("September 2019 to June 2022", "2019-09", "2022-06", False),
        ("Jan 2023 to date", "2023-01", "", True),
        ("03/2019 - 05/2021", "2019-03", "2021-05", False),
        ("Aug. 2021 — Mar. 2024", "2021-08", "2024-03", False),
        ("2015–2019", "2015", "2019", False),
        ("Since March 2021", "2021-03", "", True),
        ("2021.03.15-2022.04.20", "2021-03", "2022-04", False),
    ],
)
def test_ranges(line: str, start: str, end: str, present: bool) -> None:
    found = find_range(line)
    assert found is not None
    assert found.period == Period(start, end, present)


@pytest.mark.parametrize(
    "line",
    [
        "准确率从 82% 提升到 95%",
        "13812345678",
        "3.2 万条",
        "2021 年双十一大促期间",
        "Python 3.10 - 3.12",
    ],
)
def test_no_range(line: str) -> None:
    assert find_range(line) is None


def test_overlaps_count_once() -> None:
    assert months_covered([(0, 12), (6, 18), (24, 30)]) == 24


def test_nothing_reaches_past_today() -> None:
    months = months_of(Period("2025-11", "2030-01"), AS_OF)
    assert months is not None
    assert months[1] - months[0] == pytest.approx(12.5)
