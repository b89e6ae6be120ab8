"""How a sentence is told: as a list, as something done or with a result, and how much of it could
be checked."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from statistics import median

from touchstone.engine.screening.demand import Demand, grams_of
from touchstone.engine.screening.statement import Statement
from touchstone.engine.screening.words import manners
from touchstone.engine.text.taxonomy import Concept

_NUMBER = re.compile(r"(?<![\d.a-z/-])\d[\d.,]*(?!\d|[./-]\d|年|月|d\b|b\b)")
# How long and with how many is no outcome.
_ASIDE = re.compile(
    r"[(（][^()（）]{0,16}?\d[^()（）]{0,12}?(?:天|周|个?月|年|人|名|批|轮|次|精力|days?|weeks?|months?|people|rounds?"
    r"|batches|time|of \d+)[^()（）]{0,8}[)）]"
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
_SAYING = 24  # characters; a shorter line at the head of a resume names what is sought
_SEPARATORS = re.compile(
    r"[、,，/|｜;；]|\s{2,}|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fffa-z])"
    r"|(?<=[a-z]) (?=[\u4e00-\u9fff])"
)
MANNERS = ("clerical", "helped", "owned", "trait")
_LEADS = {"trait": "_praise"}
_LIST_ITEMS = 5
_TOLD_PARTS = {"training", "publications", "awards", "volunteer", "other"}
_TELLS = 0.3  # grounding
_OF_ITEM = 0.8  # of the whole item's grounding that each of its sentences has
_CHECKABLE_KINDS = {"tool", "method", "metric"}
_COPY_CHARS, _COPY_SHARE = 14, 0.6
_ITEM_ZH, _ITEM_EN, _ITEM_LONG = 8, 3, 12
_DIGIT = re.compile(r"\d")
_HALVED = ("成", "半", "倍")
_SPACED = re.compile(r"[\u4e00-\u9fff] [\u4e00-\u9fffa-z]|  ")
_SOUGHT = re.compile(
    r"(?:求职|应聘|期望|意向|目标)(?:意向|岗位|职位|方向|工作)?\s*[:|]|想转行|希望(?:转|从事)"
    r"|(?:career |job )?objective\b|seeking\b|looking for\b|interested in\b"
)
_CONTACT = re.compile(r"\d{3}[\d -]{5,}\d|\x01{6,}")
_GENDER = re.compile(r"[男女]\s*[|,/ ]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIGNS = re.compile(r"\W+")
_COPY_STEP = 3
_LONG, _LONGER = 22, 44  # characters of Han, a Latin letter counts half


def tell_role(statement: Statement, flat: str, name: str) -> None:
    """Tells heads of jobs and personal lines from what somebody did, before anything is judged."""
    if not (statement.named or statement.behaviours or statement.hints):
        return
    words = flat[statement.start : statement.end]
    if _is_personal(statement, words, name) or _TITLE.match(words):
        statement.role, statement.section = "person", "wish"
    elif _is_told(statement) and _is_head(statement, words):
        statement.role, statement.strength = "head", "used"
        statement.behaviours, statement.hints = [], {}
    elif _SOUGHT.match(words):
        statement.section = "wish"


def judge(statement: Statement, flat: str, demand: Demand) -> None:
    """Sets strength, grounding and manner of a sentence."""
    if statement.role or not (statement.named or statement.behaviours or statement.hints):
        return
    words = flat[statement.start : statement.end]
    told = _is_told(statement)
    if is_list(words) or (not told and _is_enumeration(words)):
        statement.strength, statement.enumerated = "listed", True
        return
    marks = statement.marks
    figured = _DIGIT.search(words) is not None
    statement.copied = not figured and _is_copied(words, demand)
    statement.manner = tuple(
        manner
        for manner, mark, lead, pattern in _manners()
        if mark in marks or ((not lead or lead in marks) and pattern and pattern.match(words))
    )
    statement.figures = _figures(words) if figured else 0
    statement.causes = "_telling" in marks
    statement.done = "_done" in marks or "ed " in words or words.endswith("ed")
    statement.size = (len(words) + len(words.encode())) // 2
    statement.tools = _tools(statement, demand.taxonomy.concepts)
    statement.grounding = _grounding((statement,))
    if statement.strength == "listed" and (told or _tells(statement)):
        statement.strength = "used"
    if statement.part == "header" and not told and statement.end - statement.start < _SAYING:
        statement.strength = "listed"
    changed = figured or any(sign in words for sign in _HALVED)
    if statement.strength == "used" and changed and _CHANGE.search(words):
        statement.strength = "result"


@functools.cache
def _manners() -> tuple[tuple[str, str, str, re.Pattern[str] | None], ...]:
    """Manner, the group of words that shows it, the group without which its pattern is not tried,
    and the pattern of how a sentence begins."""
    return tuple((m, f"_{m}", _LEADS.get(m, ""), manners().get(m)) for m in MANNERS)


def _figures(words: str) -> int:
    return len(_NUMBER.findall(_ASIDE.sub("", words) if "(" in words else words))


def judge_items(found: Sequence[Statement]) -> None:
    """Lets the sentences of one item share what it tells: its figures and its result."""
    for _, group in groupby(found, key=lambda s: s.item):
        told = [s for s in group if s.strength != "listed" and s.grounding]
        if len(told) < 2:
            continue
        whole = _OF_ITEM * _grounding(told)
        result = any(s.strength == "result" for s in told)
        for statement in told:
            statement.grounding = max(statement.grounding, whole)
            if result:
                statement.strength = "result"


def _is_told(statement: Statement) -> bool:
    return statement.section in {"work", "project"} or statement.entry.key >= 0


def _tells(statement: Statement) -> bool:
    """Whether a sentence outside of jobs and projects tells of something done all the same."""
    if statement.part in _TOLD_PARTS:
        return True
    return statement.section == "other" and statement.grounding >= _TELLS


def _is_personal(statement: Statement, words: str, name: str) -> bool:
    """Whether a line tells who somebody is — name, person, school — and not what they did."""
    marks = statement.marks
    if (
        "_school" in marks
        and len(words) < _HEAD_CHARS
        and ("_studied" in marks or _YEAR.search(words))
    ):
        return True
    if statement.part == "header" and len(words) < _HEAD_CHARS:
        at_the_head = statement.start < _HEAD_CHARS and len(words) < _SAYING
        if at_the_head or _CONTACT.search(words):
            return True
    if statement.entry.key >= 0 and statement.section in {"work", "project"}:
        return False
    if "_person" in marks or (("男" in words or "女" in words) and _GENDER.search(words)):
        return True
    return bool(name) and name in words and len(words) < len(name) + _SAYING


def _is_head(statement: Statement, words: str) -> bool:
    if statement.start <= statement.entry.start + 2 and len(words) < _HEAD_CHARS:
        return True
    if len(words) >= _HEAD_CHARS or not ("20" in words or "19" in words):
        return False
    return _HEAD.search(words) is not None


def _grounding(statements: Sequence[Statement]) -> float:
    """How much could be checked: figures, causes, tools, and that enough is said; 0–1."""
    figures = sum(s.figures for s in statements)
    grounding = 0.0 if not figures else (0.4 if figures == 1 else 0.5)
    if any(s.causes for s in statements):
        grounding += 0.2
    if any(s.done for s in statements):
        grounding += 0.1
    grounding += min(0.24, 0.12 * max(s.tools for s in statements))
    size = sum(s.size for s in statements)
    grounding += 0.2 if size >= 2 * _LONGER else (0.1 if size >= 2 * _LONG else 0.0)
    return min(1.0, grounding)


def _tools(statement: Statement, kinds: Mapping[str, Concept]) -> int:
    return len({c for c in statement.named if kinds[c].kind in _CHECKABLE_KINDS})


def items_of(words: str) -> list[str]:
    """The items that a sentence strings together."""
    return [item.strip() for item in _SEPARATORS.split(words) if item and item.strip()]


def is_list(words: str) -> bool:
    """Whether a sentence only strings terms together: many short items and nothing told."""
    signs = words.count("、") + words.count(",") + words.count("|") + words.count("/")
    if signs + words.count(";") < _LIST_ITEMS - 1 and not _SPACED.search(words):
        return False
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
    if sum(map(words.count, "、;|,")) < _LIST_ITEMS - 1:
        return False
    items = [item for item in re.split(r"[、;|]|, ", words) if item.strip()]
    return len(items) >= _LIST_ITEMS and median(map(len, items)) <= _ITEM_LONG


def _is_copied(words: str, demand: Demand) -> bool:
    if len(words) < _COPY_CHARS or not demand.grams:
        return False
    runs = grams_of(_SIGNS.sub("", words))[::_COPY_STEP]
    return sum(run in demand.grams for run in runs) >= _COPY_SHARE * max(1, len(runs))
