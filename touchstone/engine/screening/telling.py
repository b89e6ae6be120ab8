"""How a sentence is told: as a list, as something done or with a result, and how much of it could
be checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from statistics import median

from touchstone.engine.screening.demand import Demand, grams_of
from touchstone.engine.screening.statement import Statement
from touchstone.engine.screening.words import manners
from touchstone.engine.text.taxonomy import taxonomy

_NUMBER = re.compile(r"(?<![\d.a-z/-])\d[\d.,]*(?!\d|[./-]\d|年|月|d\b|b\b)")
# How long and with how many is no outcome.
_ASIDE = re.compile(
    r"[(（][^()（）]{0,16}?\d[^()（）]{0,12}?(?:天|周|个?月|年|人|名|批|轮|次|精力|days?|weeks?|months?|people|rounds?"
    r"|batches|time|of \d+)[^()（）]{0,8}[)）]"
)
_TELLING = re.compile(
    r"发现|定位|查出|归因|因此|据此|改为|对比|改成|之后|才(?!能)|先.{2,12}再|按.{1,12}(?:定|算|分)"
    r"|根据.{2,16}(?:调整|制定)|避免|而不是|直到|从.{1,16}到|由.{1,16}[到至降升提]|逐[例条]"
    r"|\b(?:found|because|after|instead|so that|which|until|by \w+ing|before|from|so the|against"
    r"|only|then|per)\b"
)
_DONE = re.compile(
    r"[了过]|已|被|成为|得到|\b\w{3,}ed\b|\b(?:built|wrote|ran|led|made|took|set|cut|put|sat|threw|kept|gave|taught|brought)\b"
)
# A result that is told by two figures: "4.2 个减到 1.1 个", "kappa 0.64 to 0.8", "46%→63%".
_CHANGE = re.compile(
    r"\d\s?(?:%|‰|[a-z\u4e00-\u9fff]{0,3})\s?"
    r"(?:[→➜]|-+>|(?:[提升降减涨缩压增扩]\w{0,2}|变|变成)?[到至为]|to\b)\s?[\d一二三四五六七八九十]"
    r"|[一二三四五六七八九两]成[^。；\n]{0,6}[到至][一二三四五六七八九两]成|减半|翻倍|少了?一半|(?:省|减|快)了?一半"
    r"|(?:省下?|节省|年省|下降|降低|提升|提高|少|涨|增加|减少|降|升)了? ?\d"
)
_HEAD = re.compile(
    r"(?:19|20)\d\d[^\n]{0,12}?(?:-|–|—|~|至|到|to\b|until)[^\n]{0,4}?"
    r"(?:(?:19|20)\d\d|\d{1,2}\b|至今|今|现在|present|now|current)"
)
_HEAD_CHARS = 90
_TITLE = re.compile(r"[【\[<#=*■◆]+[^，。,.]{2,14}[】\]>#=*:：]*$")
_SCHOOL = re.compile(
    r"大学|学院|学校|中学|高中|医专|职专|技校|\b(?:universit|college|institute|school|academy|polytechnic)"
)
_STUDIED = re.compile(
    r"本科|硕士|博士|大专|专科|研究生|学士|中专|学历|教育|(?:19|20)\d\d"
    r"|\b(?:bachelor|master|ph\.?d|doctor|b\.?sc|m\.?sc|b\.?a|m\.?a|b\.?eng|mba|bba|diploma|degree|education)\b"
)
_PERSON = re.compile(
    r"姓\s*名|性\s*别|民\s*族[:： ]|籍\s*贯|[已未]婚|婚[姻育]状|年\s*龄|出生|政治面貌|身\s*高"
    r"|户口|户籍|国籍|[男女]\s*[|,，/ ]"
    r"|(?:gender|sex|age|born|birth|nationality|ethnicity|marital status|religion)\s*[:：]"
)
_SAYING = 24  # characters; a shorter line at the head of a resume names what is sought
_SEPARATORS = re.compile(
    r"[、,，/|｜;；]|\s{2,}|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fffa-z])"
    r"|(?<=[a-z]) (?=[\u4e00-\u9fff])"
)
_LIST_ITEMS = 5
_TOLD_PARTS = {"training", "publications", "awards", "volunteer", "other"}
_TELLS = 0.3  # grounding
_OF_ITEM = 0.8  # of the whole item's grounding that each of its sentences has
_CHECKABLE_KINDS = {"tool", "method", "metric"}
_COPY_CHARS, _COPY_SHARE = 14, 0.6
_ITEM_ZH, _ITEM_EN, _ITEM_LONG = 8, 3, 12
_HAN = re.compile("[\u4e00-\u9fff]")
_LONG, _LONGER = 22, 44  # characters of Han, a Latin letter counts half


def judge(statement: Statement, flat: str, demand: Demand, name: str) -> None:
    """Sets strength, grounding and manner of a sentence."""
    if not (statement.concepts or statement.behaviours or statement.hints):
        return
    words = flat[statement.start : statement.end]
    if _is_personal(statement, words, name):
        statement.section, statement.strength = "wish", "listed"
        return
    told = statement.section in {"work", "project"} or statement.entry.key >= 0
    if told and _is_head(statement, words):
        statement.strength = "used"
        statement.behaviours, statement.hints = [], {}
        return
    if _TITLE.match(words):
        statement.section, statement.strength = "wish", "listed"
        return
    if is_list(words) or (not told and _is_enumeration(words)):
        statement.strength, statement.enumerated = "listed", True
        return
    statement.copied = _is_copied(words, demand)
    statement.manner = tuple(k for k, p in manners().items() if p.search(words))
    statement.grounding = _grounding(words, _tools(statement))
    if statement.strength == "listed" and (told or _tells(statement)):
        statement.strength = "used"
    if statement.part == "header" and not told and statement.end - statement.start < _SAYING:
        statement.strength = "listed"
    if statement.strength == "used" and _CHANGE.search(words):
        statement.strength = "result"


def judge_items(found: Sequence[Statement], flat: str) -> None:
    """Lets the sentences of one item share what it tells: its figures and its result."""
    for _, group in groupby(found, key=lambda s: s.item):
        told = [s for s in group if s.strength != "listed" and s.grounding]
        if len(told) < 2:
            continue
        words = flat[told[0].start : told[-1].end]
        whole = _OF_ITEM * _grounding(words, max(map(_tools, told)))
        result = any(s.strength == "result" for s in told)
        for statement in told:
            statement.grounding = max(statement.grounding, whole)
            if result:
                statement.strength = "result"


def _tells(statement: Statement) -> bool:
    """Whether a sentence outside of jobs and projects tells of something done all the same."""
    if statement.part in _TOLD_PARTS:
        return True
    return statement.section == "other" and statement.grounding >= _TELLS


def _is_personal(statement: Statement, words: str, name: str) -> bool:
    """Whether a line tells who somebody is — name, person, school — and not what they did."""
    if len(words) < _HEAD_CHARS and _SCHOOL.search(words) and _STUDIED.search(words):
        return True
    if statement.entry.key >= 0 and statement.section in {"work", "project"}:
        return False
    return _PERSON.search(words) is not None or (
        bool(name) and name in words and len(words) < len(name) + _SAYING
    )


def _is_head(statement: Statement, words: str) -> bool:
    if statement.start <= statement.entry.start + 2 and len(words) < _HEAD_CHARS:
        return True
    return len(words) < _HEAD_CHARS and _HEAD.search(words) is not None


def _grounding(words: str, tools: int) -> float:
    """How much of a sentence could be checked: figures, causes, tools, and that it says enough."""
    grounding = 0.0
    numbers = len(_NUMBER.findall(_ASIDE.sub("", words)))
    if numbers:
        grounding += 0.4 if numbers == 1 else 0.5
    if _TELLING.search(words):
        grounding += 0.2
    if _DONE.search(words):
        grounding += 0.1
    grounding += min(0.24, 0.12 * tools)
    size = len(words) + len(_HAN.findall(words))
    grounding += 0.2 if size >= 2 * _LONGER else (0.1 if size >= 2 * _LONG else 0.0)
    return min(1.0, grounding)


def _tools(statement: Statement) -> int:
    kinds = taxonomy().concepts
    return len({c for c, _, _ in statement.concepts if kinds[c].kind in _CHECKABLE_KINDS})


def items_of(words: str) -> list[str]:
    """The items that a sentence strings together."""
    return [item.strip() for item in _SEPARATORS.split(words) if item and item.strip()]


def is_list(words: str) -> bool:
    """Whether a sentence only strings terms together: many short items and nothing told."""
    items = items_of(words)
    bars = words.count("|") >= _LIST_ITEMS - 1
    if len(items) < _LIST_ITEMS or (_NUMBER.search(words) and not bars):
        return False
    short = sum(
        1
        for item in items
        if len(item) <= _ITEM_ZH or (item.isascii() and len(item.split()) <= _ITEM_EN)
    )
    return short >= 0.7 * len(items)


def _is_enumeration(words: str) -> bool:
    """The same outside of jobs and projects, where a figure does not make a list a story."""
    items = [item for item in re.split(r"[、;；|]|, ", words) if item.strip()]
    return len(items) >= _LIST_ITEMS and median(map(len, items)) <= _ITEM_LONG


def _is_copied(words: str, demand: Demand) -> bool:
    if len(words) < _COPY_CHARS or _NUMBER.search(words):
        return False
    runs = grams_of(words)
    return sum(run in demand.grams for run in runs) >= _COPY_SHARE * max(1, len(runs))
