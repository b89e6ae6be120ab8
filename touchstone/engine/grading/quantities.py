"""Amounts in Chinese and English text: 三成, 翻两番, 50 万, 12 个百分点, halved, 3x."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "俩": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000, "w": 10_000, "k": 1000, "m": 1_000_000}
_HAN = "零〇一二两三四五六七八九十百千"
_NUMBER = rf"(?:\d[\d,]*(?:\.\d+)?|[{_HAN}]+(?:点[{_HAN}]+)?)"
_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
_WORDS = "|".join(_ENGLISH)
_UNIT = (
    r"(?P<pp>\s*个?\s*(?:百分点|点(?![\d一二三四五六七八九十零]))|\s*个百分比点|\s*(?:pp|pts?)\b"
    r"|\s*(?:percentage|percent)[ -]points?)"
    r"|(?P<percent>\s*[%％]|\s*(?:percent|per cent)\b)"
    r"|(?P<times>\s*(?:多)?倍|\s*(?:times|fold)\b|-fold\b|\s*[x×](?![a-z]))"
    r"|(?P<points>\s*分(?!钟|之|类|析|布|配|别|歧|开|成|层|流|桶|为|级|给)|\s*points?\b)"
    r"|(?P<time>\s*(?:个)?(?:毫秒|秒|分钟|小时|工作日|天|周|星期|月|年|ms|milliseconds?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|s\b|h\b))"
    r"|(?P<count>\s*(?:余|多)?\s*(?:条|张|份|个|段|件|人次|人|名|次|元|单|类|篇|句|帧|万元|例|items?|images?|samples?|records?|people|users?|tickets?|calls?|documents?|utterances?|yuan|dollars?|conversations?|sentences?|rows?))"
)
_PATTERN = re.compile(
    rf"百分之(?P<of100>{_NUMBER})|(?P<tenths>[一二两三四五六七八九]|\d(?:\.\d)?)\s*成(?P<half>半)?(?P<over>[一二三四五六七八九](?![成十百千万条张份个人天周月年]))?(?![功为熟果本])"
    r"|(?P<parts>[二三四五六七八九])分之(?P<share>[一二三四五六七八])"
    r"|(?P<fraction>\b(?:a|one) (?:third|quarter|fifth)\b)"
    rf"|翻了?(?P<fold>[一二两三四]|\d)番|(?P<doubled>翻番|翻了?(?:一|1)?倍|翻倍|\bdoubled\b|\bdouble\b|\bdoubling\b)"
    r"|(?P<tripled>\btripled\b|\btriple\b|\bthreefold\b)|(?P<quadrupled>\bquadrupled\b)"
    r"|(?P<halved>减半|砍半|砍掉一半|一半|\bhalved\b|\bhalving\b|\bin half\b|\bby half\b|\bhalf\b)"
    rf"|(?<![a-z0-9.#_-])(?:[¥$￥]\s*)?(?P<number>{_NUMBER}|\b(?:{_WORDS})\b)(?P<more>\s*多?余?)(?P<large>\s*[万亿千百]?[万亿]|\s*[千百]|(?:[kKwWM]|\s*(?:thousand|million))(?![a-zA-Z]))?(?:{_UNIT})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount at ``start:end``.

    Attributes:
        unit: percent, percentage_point, times, count, points, time or "" for a bare number.
        written: how the unit was written, for durations.
    """

    value: float
    unit: str
    start: int
    end: int
    written: str = ""


def chinese_number(text: str) -> float:
    """Value of a number in digits or Chinese: "1,200" → 1200, 三十五 → 35, 一点五 → 1.5."""
    plain = text.replace(",", "").strip().lower()
    if plain in _ENGLISH:
        return float(_ENGLISH[plain])
    if plain[:1].isdecimal():
        return float(plain)
    whole, _, decimals = plain.partition("点")
    total = digit = 0
    for c in whole:
        if c in _DIGITS:
            digit = _DIGITS[c] if digit == 0 else digit * 10 + _DIGITS[c]
        else:
            total += (digit or 1) * _STEPS[c]
            digit = 0
    value = float(total + digit)
    for place, c in enumerate(decimals, 1):
        value += _DIGITS.get(c, 0) / 10**place
    return value


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Every amount of the text in order; years, versions and names with digits left out."""
    found = []
    for match in _PATTERN.finditer(text):
        quantity = _quantity(text, match)
        if quantity:
            found.append(quantity)
    return tuple(found)


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    if match["of100"]:
        return Quantity(chinese_number(match["of100"]), "percent", start, end)
    if match["tenths"]:
        value = chinese_number(match["tenths"]) * 10 + (5 if match["half"] else 0)
        value += chinese_number(match["over"]) if match["over"] else 0
        return Quantity(value, "percent", start, end)
    if match["parts"]:
        share = 100 * chinese_number(match["share"]) / chinese_number(match["parts"])
        return Quantity(round(share, 1), "percent", start, end)
    if match["fraction"]:
        parts = {"third": 3, "quarter": 4, "fifth": 5}[match["fraction"].split()[-1].lower()]
        return Quantity(round(100 / parts, 1), "percent", start, end)
    if match["fold"]:
        return Quantity(2.0 ** chinese_number(match["fold"]), "times", start, end)
    for name, value, unit in (
        ("doubled", 2.0, "times"),
        ("tripled", 3.0, "times"),
        ("quadrupled", 4.0, "times"),
        ("halved", 50.0, "percent"),
    ):
        if match[name]:
            return Quantity(value, unit, start, end)
    return _plain(text, match)


def _plain(text: str, match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    number = match["number"]
    units = ("pp", "percent", "times", "points", "time", "count")
    unit = next((u for u in units if match[u] is not None), "")
    bare_han = not number[0].isdigit() and not match["large"]
    if bare_han and (not unit or number in {"百", "千"}):
        return None
    if bare_han and unit == "count" and chinese_number(number) < 10:
        return None
    value = chinese_number(number)
    for c in (match["large"] or "").strip():
        if c in _STEPS:
            value *= _STEPS[c]
    large = (match["large"] or "").strip().lower()
    for name, factor in (("thousand", 1000), ("million", 1_000_000)):
        if large == name:
            value *= factor
            large = ""
    for c in large:
        value *= _LARGE.get(c, 1)
    written = match["time"] or match["count"] or ""
    if unit == "time" and written.strip() == "年" and 1990 <= value <= 2100:
        return None
    if not unit and not match["large"] and number.isdigit() and 1990 <= value <= 2100:
        return None
    if unit == "" and match["large"]:
        unit = "count"
    trailing = len(match.group()) - len(match.group().rstrip())
    if (
        unit == ""
        and not trailing
        and text[end : end + 1].isascii()
        and text[end : end + 1].isalpha()
    ):
        return None
    name = {"pp": "percentage_point"}.get(unit, unit)
    if name == "percentage_point" and re.search(r"pts?$", match["pp"]):
        name = "points"
    return Quantity(value, name, start, end - trailing, written.strip())
