"""The pieces of an entry's head: which is the company, which the title, which neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from touchstone.engine.resumes.lexicon import containing, ending, words

Kind = Literal["company", "title", "department", "place", "type", "other"]

_HAN = re.compile("[\u4e00-\u9fff]")
_SPLIT = re.compile(
    r"\t+|\s*[|｜•▪]\s*|\s{2,}|\s[-–—]{1,2}\s|—{1,2}|–|\s*[;；]\s*|\s·\s|\s?@\s?|\s/\s|，|,\s+|(?<=[\u4e00-\u9fff]),|\s+at\s+(?=[A-Z])"
)
_PAREN = re.compile(
    r"[(（]([^()（）]*)[)）](?!有限|公司|科技|网络|信息|股份|集团|技术|软件|控股|咨询|教育)"
)
_TYPE = re.compile(
    r"^(?:全职|兼职|实习|实习生|外包|派遣|劳务派遣|正式|远程|合同工|full[- ]?time|part[- ]?time|intern(?:ship)?|contract(?:or)?|freelance|remote|hybrid|on-?site|temporary|permanent|在职|离职|试用期|自由职业|第三方|驻场|onsite|promoted.*|\d+\s*(?:年|个月|years?|yrs?|months?|mos?)[\d\s\w年个月]*)$",
    re.IGNORECASE,
)
_LABELS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "company",
        re.compile(
            r"^(?:公司名称|公司|单位名称|工作单位|单位|企业名称|企业|就职公司|任职公司|所在公司|雇主|company(?: name)?|employer|organi[sz]ation)\s*[:：]\s*",
            re.IGNORECASE,
        ),
    ),
    (
        "title",
        re.compile(
            r"^(?:职位名称|岗位名称|职位|岗位|职务|职称|担任职务|担任职位|担任|任职岗位|任职|(?:job\s+)?title|position|role)\s*[:：]\s*",
            re.IGNORECASE,
        ),
    ),
    (
        "department",
        re.compile(r"^(?:所在部门|所属部门|部门|department|team)\s*[:：]\s*", re.IGNORECASE),
    ),
    ("place", re.compile(r"^(?:工作地点|地点|所在地|城市|location)\s*[:：]\s*", re.IGNORECASE)),
    (
        "other",
        re.compile(
            r"^(?:工作时间|时间|起止时间|在职时间|任职时间|汇报对象|汇报上级|上级|下属|下属人数|证明人|薪资|税前|月薪|离职原因|公司规模|公司性质|公司行业|行业|所属行业|公司简介|公司介绍|公司描述|工作性质|duration|period|dates?|industry|report(?:s|ing)? to)\s*[:：]\s*",
            re.IGNORECASE,
        ),
    ),
)
_ANY_LABEL = re.compile(r"[\u4e00-\u9fffA-Za-z ]{2,12}[:：]")
_FIRST_TITLE = re.compile(
    r"^(?:head|director|manager|vp|vice president|president|lead|chief|officer|founder|co-founder)\b",
    re.IGNORECASE,
)
_NOT_TITLE = re.compile(
    r"^(?:负责|参与|带领|主导|完成|协助|管理了|使用|通过|responsible|managed|led|built|worked|designed|developed|conducted)",
    re.IGNORECASE,
)
_TITLE_SUFFIX = re.compile(
    r"(?:[\u4e00-\u9fff](?<![人会成党团])[师员]|专家|首席官|总工|高工|助教|教授|校长|院长|干事)$"
)
_PLACE_WORDS = re.compile(r"\b(?:City|Province|State|County|Region)\b|^[A-Z][A-Za-z ]+, [A-Z]")
_TOLD = re.compile(r"\s(?:负责|参与|带领|主导|完成|协助|管理|从事)")
_LENGTH = re.compile(
    r"[\[(（【]?\s*(?:共)?(?:\d+\s*(?:年|个月|个?月|years?|yrs?|months?|mos?)\s*零?)+[\])）】]?\s*$",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"^(?:高级|资深|初级|中级|首席|见习|主任|副|兼职|实习|AI|NLP|CV|AIGC|LLM|RLHF|Prompt|大模型|人工智能|数据|[A-Z]\d|P\d{1,2}|T\d{1,2})$"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a head with what it is; ``sure`` where a label or a plain ending says so."""

    text: str
    kind: Kind
    sure: bool


@lru_cache(maxsize=4096)
def classify(text: str) -> tuple[Kind, bool]:
    """What a piece without label is, and whether that is sure."""
    lowered = text.lower()
    if _TYPE.match(text):
        return "type", True
    if text in words("places") or lowered in words("places_en") or re.fullmatch(r"[A-Z]{2}", text):
        return "place", True
    if _HAN.search(text):
        return _classify_han(text)
    return _classify_latin(text)


def _classify_han(text: str) -> tuple[Kind, bool]:
    if text in words("companies"):
        return "company", True
    if _NOT_TITLE.match(text) or _TOLD.search(text):
        return "other", False
    if ending("company_anywhere").search(text) or "有限公司" in text or "公司" in text[-8:]:
        return "company", True
    title = ending("title_ends").search(text) or _TITLE_SUFFIX.search(text)
    if title and len(text) <= 24 and not _NOT_TITLE.match(text):
        return "title", True
    if re.search(r"(?:部|部门|事业部|事业群|小组|团队|科室|项目组|组|BG|BU)$", text):
        return "department", True
    bare = re.sub(r"[(（].*[)）]$", "", text)
    if bare in words("companies") or (ending("company_ends").search(bare) and len(bare) >= 3):
        return "company", True
    if any(text.startswith(name) for name in words("companies") if len(name) >= 3):
        return "company", False
    if re.search(r"(?:工程师|训练师|标注员|经理|专员|主管|实习生)[(（]", text):
        return "title", True
    return "other", False


def _classify_latin(text: str) -> tuple[Kind, bool]:
    tokens = text.replace(",", " ").split()
    if not tokens:
        return "other", False
    last = re.sub(r"\s*[(（].*$", "", text).split()[-1:] or tokens[-1:]
    titled = containing("title_anywhere_en")
    if text in words("companies_en"):
        return "company", True
    if titled.fullmatch(last[0].rstrip("s.")) or titled.fullmatch(last[0]):
        return "title", True
    if _FIRST_TITLE.match(text) and len(tokens) <= 10:
        return "title", True
    if last[0] in words("company_ends_en") and (len(tokens) > 1):
        return "company", True
    if titled.search(text) and len(tokens) <= 8:
        return "title", last[0] in {"I", "II", "III", "IV"} or "(" in text
    if re.search(r"\b(?:department|dept|division|team|unit)\b", text, re.IGNORECASE):
        return "department", True
    if tokens[0] in words("companies_en"):
        return "company", True
    return "other", False


_JOIN = "\ue000"
_TWO_TITLES = re.compile(r"(?P<a>[^\t|｜,，/()（）–—]{2,30})\s/\s(?P<b>[^\t|｜,，/()（）–—]{2,30})")


def _joined_titles(match: re.Match[str]) -> str:
    """ "Linguist / AI trainer" is one title; anything else with a slash is two pieces."""
    both = classify(match["a"].strip())[0], classify(match["b"].strip())[0]
    if both != ("title", "title"):
        return match[0]
    return f"{match['a'].rstrip()}{_JOIN}{match['b']}"


_MAJOR = re.compile(r"\t+|\s+[|｜–—-]\s+|\s{3,}")


def _aside(text: str) -> str:
    """ ", Trust & Safety" of "Data Scientist, Trust & Safety — Pinterest": what the title is about."""
    if _HAN.search(text) or ", " not in text:
        return ""
    parts = _MAJOR.split(text)
    if len(parts) < 2:
        return ""
    for part in parts:
        first, comma, rest = part.partition(", ")
        if not comma or classify(first.strip())[0] != "title":
            continue
        others = [p for p in parts if p is not part and p.strip()]
        if classify(rest.strip())[0] == "other" and any(_name_like(p) for p in others):
            return comma + rest
    return ""


def _name_like(text: str) -> bool:
    kind = classify(text.split(",", maxsplit=1)[0].strip())[0] if text.strip() else "place"
    return kind in {"company", "other"}


def pieces_of(text: str) -> list[Piece]:
    """The pieces of one line of a head, dates already cut out."""
    pieces: list[Piece] = []
    text = _LENGTH.sub("", text)
    text = _TWO_TITLES.sub(_joined_titles, text)
    aside = _aside(text)
    if aside:
        text = text.replace(aside, "", 1)
        pieces.append(Piece(aside.strip(" ,"), "department", sure=False))
    for bit in _SPLIT.split(text):
        cut = bit.strip(" :：-–—·|,，;；~～[]【】*#▌▍▎█▮┃│❖").replace(_JOIN, " / ")
        if not cut or cut in {"(", ")", "()", "（）"}:
            continue
        labelled = _labelled(cut)
        if labelled:
            pieces.extend(labelled)
            continue
        pieces.extend(_plain(cut))
    return pieces


def _labelled(text: str) -> list[Piece]:
    for kind, label in _LABELS:
        match = label.match(text)
        if match:
            value = text[match.end() :].strip()
            later = _ANY_LABEL.search(value)
            if later and later.start() > 1:
                first = value[: later.start()].strip()
                return [Piece(first, kind, sure=True), *pieces_of(value[later.start() :])]
            return [Piece(value, kind, sure=True)] if value else []
    return []


def _plain(text: str) -> list[Piece]:
    halves = _halves(text)
    if halves:
        return [*_plain(halves[0]), *_plain(halves[1])]
    outer = text
    extra: list[Piece] = []
    for inner in _PAREN.findall(text):
        kind, sure = classify(inner.strip()) if inner.strip() else ("other", False)
        if kind == "other" and _PLACE_WORDS.search(inner):
            kind = "place"
        if kind in {"type", "place"} or not inner.strip():
            outer = outer.replace(f"({inner})", " ").replace(f"（{inner}）", " ")
            if kind == "type":
                extra.append(Piece(inner.strip(), "type", sure))
        elif kind == "title" and classify(_PAREN.sub("", text).strip())[0] == "company":
            outer = outer.replace(f"({inner})", " ").replace(f"（{inner}）", " ")
            extra.append(Piece(inner.strip(), "title", sure))
    outer = outer.strip(" ()（）") if outer.count("(") != outer.count(")") else outer.strip()
    if not outer:
        return extra
    halves = _halves(outer) if outer != text else None
    if halves:
        return [*_plain(halves[0]), *_plain(halves[1]), *extra]
    kind, sure = classify(outer)
    return [Piece(outer, kind, sure), *extra]


_HALVES = {
    ("department", "title"),
    ("company", "department"),
    ("place", "title"),
    ("company", "place"),
    ("place", "company"),
    ("title", "place"),
    ("title", "type"),
    ("type", "title"),
    ("company", "type"),
    ("title", "department"),
}


def _halves(text: str) -> tuple[str, str] | None:
    """Company and title that share a piece: "云测数据 AI 训练师", "标注员-数据堂"."""
    if not _HAN.search(text):
        return _latin_halves(text)
    inside = [m.span() for m in _PAREN.finditer(text)]
    cuts = [
        m.start()
        for m in re.finditer(r"[ \-/·:_–]", text)
        if not any(a < m.start() < b for a, b in inside)
    ]
    best: tuple[str, str] | None = None
    for cut in cuts:
        left, right = text[:cut].strip(), text[cut + 1 :].strip()
        if not left or not right:
            continue
        names = (classify(left)[0], classify(right)[0])
        if names in {("company", "title"), ("title", "company")}:
            if _LEVEL.match(left):
                continue
            return left, right
        told = (
            names in {("title", "other"), ("company", "other")}
            and _NOT_TITLE.match(right) is not None
        )
        named = (
            names == ("other", "title")
            and text[cut] == " "
            and len(left) >= 2
            and not _LEVEL.match(left)
            and _HAN.search(left) is not None
            and len(cuts) == 1
        )
        if names in _HALVES or told or named:
            best = best or (left, right)
    return best


def _latin_halves(text: str) -> tuple[str, str] | None:
    for match in re.finditer(r"\s?[-/:]\s|\s[-/:]\s?|,\s?", text):
        left, right = text[: match.start()].strip(), text[match.end() :].strip()
        if not left or not right:
            continue
        if {classify(left)[0], classify(right)[0]} == {"company", "title"}:
            return left, right
    tokens = text.split()
    if 2 <= len(tokens) <= 6 and tokens[-1].lower() in words("places_en"):
        # "Scale AI Bengaluru": a place behind a company's name, unless it is part of it.
        head = " ".join(tokens[:-1])
        if tokens[-2].lower() not in {"of", "in", "at", "the", "bank"} and classify(head) == (
            "company",
            True,
        ):
            return head, tokens[-1]
    return None
