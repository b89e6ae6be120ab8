"""Dates and date ranges of every style that resumes use."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass

from touchstone.engine.resumes.resume import Period

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
_CHINESE = {ch: i for i, ch in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_NUMBER = r"(?:1[0-2]|0?[1-9])"
_CN_YEAR = r"(?:二[〇零○]|一九)[〇零○一二三四五六七八九]{2}"
_CN_MONTH = r"(?:十[一二]?|[一二三四五六七八九])"


def _date(tag: str) -> str:
    """One date with its groups named after ``tag``, most precise style first."""
    return (
        rf"(?:(?P<y1{tag}>{_YEAR})\s?(?:年\s?|[./\-–]\s?)(?P<m1{tag}>{_NUMBER})(?!\d)\s?(?:月(?:份)?)?"
        rf"(?:\s?[./\-]?\s?(?:3[01]|[12]\d|0?[1-9])(?:日|号|(?!\d|\s?[年./])))?"
        rf"|(?P<n1{tag}>{_MONTH})\.?\s?(?:\d{{1,2}}(?:st|nd|rd|th)?,\s?)?[,.]?\s?['’]?(?P<y2{tag}>{_YEAR}|(?<=['’])\d\d)"
        rf"|(?P<d3{tag}>(?:0?[1-9]|[12]\d|3[01])\s)(?P<n3{tag}>{_MONTH})\.?,?\s(?P<y7{tag}>{_YEAR})"
        rf"|(?P<m2{tag}>{_NUMBER})\s?[./\-]\s?(?P<y3{tag}>{_YEAR})(?!\d)"
        rf"|(?P<s1{tag}>spring|summer|fall|autumn|winter)\s(?P<y4{tag}>{_YEAR})"
        rf"|(?P<y5{tag}>{_YEAR})(?P<m3{tag}>0[1-9]|1[0-2])(?!\d)"
        rf"|(?P<y6{tag}>{_YEAR})(?!\d)\s?年?(?:\s?(?P<h6{tag}>初|底|末|春|夏|秋|冬))?"
        rf"|(?P<y8{tag}>{_CN_YEAR})年(?:(?P<m8{tag}>{_CN_MONTH})月)?"
        rf"|['’]?(?P<y9{tag}>[0-4]\d|9\d)\s?[./年]\s?(?P<m9{tag}>{_NUMBER})(?![\d%])\s?月?)"
    )


_PRESENT = r"(?:至今|现在|目前|当前|今(?!年|后|天|日)|在职|迄今|present|now|current(?:ly)?|ongoing|today|to date|date\b|till (?:now|date|today)|until now|continuing|till now|至今为止)"
_SEPARATOR = r"\s*(?:(?:[-–—―－−‐‑]{1,3}|[~～〜∼]|→|⟶|至(?!今)|到|(?<![a-z])(?:to|until|till|through|thru)(?![a-z]))\s*|(?=至今|迄今))"
_RANGE = re.compile(
    rf"(?<![\d.])(?:{_date('a')}|(?P<bare>{_MONTH})\.?)(?:起)?{_SEPARATOR}"
    rf"(?:(?P<now>{_PRESENT})|{_date('b')}|(?P<mb>{_NUMBER})(?:\s?月(?!\d)|(?![\d.年/\-]|\s?[%年])))(?!\d)",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"(?:(?<![a-z])since\s+(?:{_date('a')})|(?<!\d){_date('b')}\s?(?:起(?!草|步|源)|开始至今|以来|入职至今|加入至今|onwards?))",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"(?<![\d.]){_date('a')}", re.IGNORECASE)
_LIKELY = re.compile(
    r"(?:19|20)\d\d|\b\d\d\s?[.年/]\s?\d|['’]\d\d|[二一][〇零○九][〇零○一二三四五六七八九]"
)


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A period and where in the line it stands."""

    period: Period
    start: int
    end: int


def _chinese_year(text: str) -> int:
    return int("".join(str(_CHINESE[ch]) for ch in text))


def _chinese_month(text: str) -> int:
    if text.startswith("十"):
        return 10 + (_CHINESE[text[1]] if len(text) > 1 else 0)
    return _CHINESE[text]


def _iso(groups: dict[str, str | None], tag: str) -> str:
    """ISO date of one side's groups, of the precision given; "" where that side is absent."""
    get = groups.get
    for year, month in (("y1", "m1"), ("y3", "m2"), ("y5", "m3")):
        if get(year + tag):
            return f"{get(year + tag)}-{int(get(month + tag) or 1):02d}"
    for year, name in (("y2", "n1"), ("y7", "n3")):
        if get(year + tag):
            return (
                f"{_full(get(year + tag) or '')}-{_MONTHS[(get(name + tag) or '')[:3].lower()]:02d}"
            )
    if get("y4" + tag):
        return f"{get('y4' + tag)}-{_SEASONS[(get('s1' + tag) or '').lower()]:02d}"
    if get("y6" + tag):
        month6 = {"初": 1, "春": 3, "夏": 6, "秋": 9, "冬": 12, "底": 12, "末": 12}.get(
            get("h6" + tag) or ""
        )
        return f"{get('y6' + tag)}-{month6:02d}" if month6 else get("y6" + tag) or ""
    if get("y8" + tag):
        year8 = _chinese_year(get("y8" + tag) or "")
        month8 = get("m8" + tag)
        return f"{year8}-{_chinese_month(month8):02d}" if month8 else str(year8)
    if get("y9" + tag):
        return f"{_full(get('y9' + tag) or '')}-{int(get('m9' + tag) or 1):02d}"
    return ""


def _full(year: str) -> str:
    if len(year) == 4:
        return year
    return f"19{year}" if int(year) >= 60 else f"20{year}"


@functools.lru_cache(maxsize=2048)
def find_range(line: str) -> DateSpan | None:
    """The first date range in a line: "2019.03-至今", "Mar 2019 – Present", "2019年3月起" …"""
    if not _LIKELY.search(line):
        return None
    for match in _RANGE.finditer(line):
        groups = match.groupdict()
        start, end = _iso(groups, "a"), _iso(groups, "b")
        if groups["bare"] and end:
            start = f"{end[:4]}-{_MONTHS[groups['bare'][:3].lower()]:02d}"
        if groups["mb"] and len(start) == 7:
            end = f"{start[:4]}-{int(groups['mb']):02d}"
        if start and (groups["now"] or end) and (groups["now"] or start[:4] <= end[:4]):
            return DateSpan(Period(start, end, bool(groups["now"])), match.start(), match.end())
    match2 = _SINCE.search(line)
    if match2:
        groups = match2.groupdict()
        start = _iso(groups, "a") or _iso(groups, "b")
        return DateSpan(Period(start, "", present=True), match2.start(), match2.end())
    return None


def find_date(line: str) -> DateSpan | None:
    """The first single date in a line, as a period that only ends."""
    if not _LIKELY.search(line):
        return None
    match = _SINGLE.search(line)
    if not match:
        return None
    return DateSpan(Period("", _iso(match.groupdict(), "a")), match.start(), match.end())


def month_number(iso: str) -> float:
    """Months since year 0 of the middle of what ``iso`` names: a month's own, a year's July."""
    year = int(iso[:4])
    if len(iso) >= 7:
        return year * 12 + int(iso[5:7]) - 1
    return year * 12 + 6.0


def months_of(period: Period, as_of: dt.date) -> tuple[float, float] | None:
    """Start and end in months since year 0, never past ``as_of``; None where either is missing.

    An end named by its month counts to its middle: people mean its first day as often as its last.
    A period within one year counts as half of it.
    """
    if not period.start:
        return None
    today = as_of.year * 12 + as_of.month - 1 + 0.5
    start = month_number(period.start)
    if period.present:
        end = today
    elif period.end:
        end = month_number(period.end) + (0.5 if len(period.end) >= 7 else 0.0)
    else:
        return None
    if len(period.start) == 4 and len(period.end) == 4 and end <= start:
        start, end = start - 3, start + 3
    end = min(end, today)
    return (start, end) if end > start else None


def is_past(iso: str, as_of: dt.date) -> bool:
    """Whether a date has come by ``as_of``; a year or month counts from its first day."""
    return iso[:7] <= f"{as_of.year:04d}-{as_of.month:02d}"[: len(iso[:7])]


def months_covered(spans: list[tuple[float, float]]) -> float:
    """Length of the union, in months."""
    total = 0.0
    reach = float("-inf")
    for start, end in sorted(spans):
        if end > reach:
            total += end - max(start, reach)
            reach = end
    return total
