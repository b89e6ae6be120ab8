"""The person's own e-mail address and telephone number, not a referee's, not a site's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from touchstone.engine.resumes.lexicon import words
from touchstone.engine.resumes.sections import Line, Part

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}\s?(?:@|\[at\]|\(at\)|#at#)\s?"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62})?(?:\.|\s?\[dot\]\s?|\s?\(dot\)\s?))+[A-Za-z]{2,24}(?![A-Za-z0-9@])",
    re.IGNORECASE,
)
_EMAIL_LABEL = re.compile(r"e-?\s?mail|邮\s*箱|邮\s*件|电子信箱", re.IGNORECASE)
_PHONE_LABEL = re.compile(
    r"电\s*话|手\s*机|联系方式|联系号码|移动电话|\btel(?:ephone)?\b|phone|mobile|\bcell\b|\bcall\b|☎|📱|📞|\b[mtp]:",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"推荐人|证明人|介绍人|联系人|紧急|内推|猎头|顾问电话|客服|热线|传真|\bfax\b|referee|reference|supervisor|"
    r"emergency|hotline|recruiter|公司电话|单位电话|总机|上级|直属领导|汇报对象|导师|家庭电话|父亲|母亲|配偶|官网|网址|举报|投递|招聘|\bHR\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    r"(?<![\dA-Za-z_@.\-/+])(?:\+|00)?[\d(（][\d\s().（）\-–—]{5,24}\d(?![\dA-Za-z_@])"
)
_NOT_PHONE = re.compile(
    r"身份证|QQ|工号|学号|编号|卡号|邮编|ID\s*(?:card|no)|证书号|专利号|certificate|licen[cs]e|ORCID|ISBN|DOI|patent",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_DATE = re.compile(r"(?:19|20)\d\d\s?[./\-–—年]")
_CELL = re.compile(r"\t|\s[|｜]\s|\s{3,}|[。；;]")
_NEAR_CHARS = 400  # of one line; a text without line ends is one line
_TAIL = re.compile(r"\s*[(（]?\s*(?:转|ext\.?|x)\s*\d{1,6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    value: str
    score: float
    offset: int


def _standing(part: Part, line: Line, before: str, number: int) -> float:
    """How likely a contact in this place is the person's own."""
    if part.kind == "references":
        return -10.0
    score = {"header": 3.0, "intention": 1.5, "profile": 1.0, "other": 0.0}.get(part.kind, 0.0)
    if part.kind in {"work", "internship", "project", "part_time"}:
        score -= 1.0
    if _OTHERS.search(before) or (
        _OTHERS.search(line.text[:_NEAR_CHARS]) and part.kind != "header"
    ):
        score -= 8.0
    return score - min(number, 400) * 0.002


def find_email(parts: list[Part]) -> str:
    """The address, in lower case only where it is so written; "" where there is none."""
    best: _Found | None = None
    number = 0
    for part in parts:
        for line in part.lines:
            number += 1
            if "@" not in line.text and "at" not in line.text:
                continue
            for match in _EMAIL.finditer(line.text):
                address = _address(match[0])
                before = line.text[max(0, match.start() - 16) : match.start()]
                score = _standing(part, line, before, number) + _own_address(address)
                score += 1.0 if _EMAIL_LABEL.search(before) else 0.0
                if best is None or score > best.score:
                    best = _Found(address, score, line.start + match.start())
    return best.value if best and best.score > -3 else ""


def _address(written: str) -> str:
    address = re.sub(r"\s", "", written)
    address = re.sub(r"\[at\]|\(at\)|#at#", "@", address, flags=re.IGNORECASE)
    return re.sub(r"\[dot\]|\(dot\)", ".", address, flags=re.IGNORECASE)


def _own_address(address: str) -> float:
    name, _, domain = address.lower().partition("@")
    if any(domain == d or domain.endswith("." + d) for d in words("site_mail_domains")):
        return -8.0
    return -6.0 if name in words("site_mail_names") else 0.0


def find_phone(parts: list[Part], lang: str, places: str) -> str:
    """The number in E.164; "" where there is none.

    Args:
        places: the head of the resume, whose city or country tells how to read a national number.
    """
    best: _Found | None = None
    number = 0
    for part in parts:
        for line in part.lines:
            number += 1
            for match in _NUMBERS.finditer(line.text):
                found = _rated(part, line, match, number, lang, places)
                if found and (best is None or found.score > best.score):
                    best = found
    return best.value if best and best.score > -3 else ""


def _rated(
    part: Part, line: Line, match: re.Match[str], number: int, lang: str, places: str
) -> _Found | None:
    before = line.text[max(0, match.start() - 16) : match.start()]
    if _NOT_PHONE.search(before):
        return None
    value, trust = e164(match[0], lang, places)
    if not value:
        return None
    cell = " ".join(
        _CELL.split(line.text[max(0, match.start() - _NEAR_CHARS) : match.start()])[-2:]
    )
    labelled = (
        bool(_PHONE_LABEL.search(before) or _PHONE_LABEL.search(cell))
        or "微信" in before
        or "wechat" in before.lower()
    )
    if trust < 1.0 and not labelled and part.kind != "header":
        return None
    if trust < 0.5 and not labelled:
        return None
    score = _standing(part, line, before, number) + trust + (1.5 if labelled else 0.0)
    return _Found(value, score, line.start + match.start())


def e164(written: str, lang: str = "zh", places: str = "") -> tuple[str, float]:
    """A number as written in E.164, and how surely it is a telephone number (0 to 2).

    >>> e164("138-1234-5678")
    ('+8613812345678', 2.0)
    >>> e164("(010) 8888 6666")
    ('+861088886666', 1.0)
    """
    plain = written.translate({0xFF08: "(", 0xFF09: ")"})
    plain = (
        re.sub(r"\(\s*0\s*\)", "", plain) if plain.lstrip("( ").startswith(("+", "00")) else plain
    )
    digits = re.sub(r"\D", "", plain)
    if plain.lstrip("( ").startswith("+"):
        return _international(digits)
    if digits.startswith("00") and 11 <= len(digits) <= 17:
        return _international(digits[2:])
    if _MOBILE.fullmatch(digits):
        return "+86" + digits, 2.0
    if digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        return "+" + digits, 2.0
    if _DATE.match(plain) or (len(digits) == 8 and digits[:2] in {"19", "20"}):
        return "", 0.0
    return _national(plain, digits, lang, places)


def _international(digits: str) -> tuple[str, float]:
    if digits.startswith("86"):
        rest = digits[2:].lstrip("0")
        return ("+86" + rest, 2.0) if 9 <= len(rest) <= 11 else ("", 0.0)
    return ("+" + digits, 2.0) if 8 <= len(digits) <= 15 else ("", 0.0)


_COUNTRIES: tuple[tuple[str, str, str], ...] = (
    # cue in the head, national number, country code; a leading zero is a trunk prefix
    (r"香港|hong ?kong|\bHK\b", r"[2-9]\d{7}", "852"),
    (r"澳门|macau", r"6\d{7}", "853"),
    (r"台湾|台北|台中|高雄|taiwan|taipei", r"09\d{8}", "886"),
    (r"新加坡|singapore", r"[689]\d{7}", "65"),
    (r"india|bangalore|bengaluru|mumbai|delhi|hyderabad|chennai|pune", r"0?[6-9]\d{9}", "91"),
    (r"japan|tokyo|osaka|日本|东京", r"0[5789]0\d{8}|0\d{9}", "81"),
    (r"korea|seoul|韩国|首尔", r"01\d{8,9}", "82"),
    (r"australia|sydney|melbourne|brisbane|perth|\bNSW\b", r"0[2-478]\d{8}", "61"),
    (r"germany|berlin|munich|hamburg|deutschland", r"01[5-7]\d{8,9}|0\d{9,10}", "49"),
    (r"france|paris|lyon", r"0[1-9]\d{8}", "33"),
    (r"ireland|dublin", r"08\d{8}", "353"),
    (r"kenya|nairobi", r"0[17]\d{8}", "254"),
    (r"nigeria|lagos|abuja", r"0[789]\d{9}", "234"),
    (
        r"\bUK\b|united kingdom|england|scotland|london|manchester|leeds|bristol|edinburgh",
        r"0[1-37]\d{8,9}",
        "44",
    ),
)


def _national(plain: str, digits: str, lang: str, places: str) -> tuple[str, float]:
    for cue, number, code in _COUNTRIES:
        if re.fullmatch(number, digits) and re.search(cue, places, re.IGNORECASE):
            return f"+{code}{digits.removeprefix('0')}", 1.2
    if lang == "en":
        if re.fullmatch(r"1?[2-9]\d{2}[2-9]\d{6}", digits) and not digits.startswith("400"):
            return "+1" + digits[-10:], 1.5
        if re.fullmatch(r"07\d{9}", digits):
            return "+44" + digits[1:], 1.2
    if re.fullmatch(r"0(?:10|2\d|[3-9]\d{2})\d{7,8}", digits) and len(digits) >= 10:
        return "+86" + digits[1:], 1.0
    if re.fullmatch(r"[2-8]\d{6,7}", digits) and "-" not in plain.strip("-"):
        return "", 0.0
    return "", 0.0
