"""A resume as sentences: where each stands, what it speaks of, how firmly it is told."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Literal

from touchstone.engine.resumes.dates import months_of
from touchstone.engine.resumes.resume import ParsedResume, Period
from touchstone.engine.screening.demand import Demand, grams_of
from touchstone.engine.screening.words import Behaviour, WordHit, manners
from touchstone.engine.text.clauses import Sentence, sentences
from touchstone.engine.text.matcher import Hit
from touchstone.engine.text.mentions import SectionSpan, judged_hits
from touchstone.engine.text.normalize import Normalized, flattened, normalized
from touchstone.engine.text.taxonomy import taxonomy

Strength = Literal["listed", "used", "result"]
_KINDS = {
    "header": "other",
    "profile": "summary",
    "intention": "wish",
    "work": "work",
    "internship": "work",
    "part_time": "work",
    "project": "project",
    "education": "education",
    "campus": "project",
    "skills": "skills",
    "certificates": "skills",
    "languages": "skills",
    "references": "reference",
}
_MARK = "~"  # leads the name of a hit that is no concept
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
_ITEM_ZH, _ITEM_EN, _ITEM_LONG = 8, 3, 12
_HAN = re.compile("[\u4e00-\u9fff]")
_LONG, _LONGER = 22, 44  # characters of Han, a Latin letter counts half
_LEAST_SENTENCE = 3
_COPY_CHARS, _COPY_SHARE = 14, 0.6
_LEAD = re.compile(
    r"[\s\-–—·•*○●◦▪■□◆◇>➢►✓√★☆]*(?:[(（]?\d{1,2}[)）、](?!\d)|\d{1,2}\.(?!\d)|[①-⑳])?\s*"
)
_TOLD_PARTS = {"training", "publications", "awards", "volunteer", "other"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A job or project that sentences stand in.

    Attributes:
        key: tells entries apart; -1 for what stands in none.
        start: where it begins.
        kind: full_time | internship | part_time | project | "".
        months_ago: since it ended, 0 while it lasts; None when undated.
        months: how long it lasted; None when undated.
    """

    key: int = -1
    start: int = -1
    kind: str = ""
    months_ago: float | None = None
    months: float | None = None


@dataclass(slots=True)
class Statement:
    """One sentence of the resume and what was found in it.

    Attributes:
        section: work | project | education | skills | summary | wish | reference | other.
        part: the section's kind as the resume has it (certificates, campus …).
        strength: as the text engine has it, weakened where the sentence is only a list.
        grounding: 0–1, how much it tells that could be checked: numbers, tools, causes.
        manner: how it is told: of "helped", "clerical", "trait" and "owned" those that apply.
        enumerated: it only strings terms together.
        copied: it reads like the model's own sentences.
        spoken: polarity of what is no concept.
        concepts: own concepts with where they stand.
        foreign: concepts that are negated, wished for or someone else's, with polarity.
        shared: concepts of the team or of long ago; they count by half.
        behaviours: behaviours whose groups all stand in it.
        hints: parts of the model's own words, by number of the hint.
    """

    start: int
    end: int
    section: str
    part: str
    entry: Entry
    strength: Strength = "listed"
    grounding: float = 0.0
    manner: tuple[str, ...] = ()
    enumerated: bool = False
    copied: bool = False
    spoken: str = "own"
    concepts: list[tuple[str, int, int]] = field(default_factory=list)
    foreign: list[tuple[str, int, int, str]] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    behaviours: list[Behaviour] = field(default_factory=list)
    hints: dict[int, set[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResumeReading:
    """The whole resume read against one demand."""

    text: str
    flat: str
    statements: tuple[Statement, ...]
    entries: tuple[Entry, ...]


def read_resume(text: str, resume: ParsedResume, demand: Demand, as_of: dt.date) -> ResumeReading:
    """Reads a resume against a demand; offsets are the text's own."""
    normal = normalized(text)
    sections = _Sections(resume)
    entries = _Entries(resume, as_of)
    found = [
        Statement(s.start, s.end, *sections.at(s.start), entries.at(s.start))
        for s in _whole(normal.flat)
        if s.end - s.start >= _LEAST_SENTENCE
    ]
    starts = [s.start for s in found]
    groups: list[dict[str, WordHit]] = [{} for _ in found]
    for hit in demand.finder.find(normal):
        index = bisect_right(starts, hit.start) - 1
        if index < 0 or hit.start >= found[index].end:
            continue
        if hit.key[0] == "#":
            number, _, part = hit.key[1:].partition(".")
            found[index].hints.setdefault(int(number), set()).add(int(part))
        groups[index].setdefault(hit.key, hit)
    anchors = _mark_behaviours(found, groups, demand)
    hits = sorted(
        [*taxonomy().matcher.find_in(normal), *anchors], key=lambda h: (h.start, h.end, h.concept)
    )
    _take_mentions(found, starts, normal, hits, sections.spans)
    name = flattened(resume.name)
    for statement in found:
        _judge(statement, normal.flat, demand, name)
    return ResumeReading(text, normal.flat, tuple(found), entries.all)


def _whole(flat: str) -> Iterable[Sentence]:
    """Sentences without the spaces and bullets around them."""
    for sentence in sentences(flat):
        start = _LEAD.match(flat, sentence.start, sentence.end).end()  # type: ignore[union-attr]
        end = sentence.end
        while end > start and flat[end - 1].isspace():
            end -= 1
        if end > start:
            yield Sentence(start, end, sentence.line)


class _Sections:
    def __init__(self, resume: ParsedResume) -> None:
        self._parts = [(s.start, s.end, s.kind) for s in resume.sections]
        self._starts = [s[0] for s in self._parts]
        self.spans = [
            SectionSpan(start, end, _KINDS.get(kind, "other"))  # type: ignore[arg-type]
            for start, end, kind in self._parts
        ]

    def at(self, offset: int) -> tuple[str, str]:
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._parts[index][1]:
            return "other", "header"
        kind = self._parts[index][2]
        return _KINDS.get(kind, "other"), kind


class _Entries:
    def __init__(self, resume: ParsedResume, as_of: dt.date) -> None:
        spans: list[tuple[int, int, str, Period | None]] = [
            (job.start, job.stop, job.kind, job.period) for job in resume.work
        ]
        spans += [(p.start, p.stop, "project", p.period) for p in resume.projects]
        spans.sort(key=lambda span: (span[0], span[1]))
        now = as_of.year * 12 + as_of.month - 0.5
        self.all = tuple(
            _entry(Entry(key, start, kind), period, as_of, now)
            for key, (start, _, kind, period) in enumerate(spans)
        )
        self._starts = [span[0] for span in spans]
        self._stops = [span[1] for span in spans]

    def at(self, offset: int) -> Entry:
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._stops[index]:
            return _NOWHERE
        return self.all[index]


_NOWHERE = Entry()


def _entry(entry: Entry, period: Period | None, as_of: dt.date, now: float) -> Entry:
    months = months_of(period, as_of) if period else None
    if not months:
        return entry
    begin, end = months
    return replace(entry, months_ago=max(0.0, now - end), months=max(1.0, end - begin))


def _mark_behaviours(
    found: Sequence[Statement], groups: Sequence[dict[str, WordHit]], demand: Demand
) -> list[Hit]:
    """Notes behaviours and hints; returns a mark for each sentence whose polarity is to be told."""
    anchors = []
    for number, (statement, seen) in enumerate(zip(found, groups, strict=True)):
        if not seen:
            continue
        names = seen.keys()
        statement.behaviours = [b for b in demand.behaviours if b.groups <= names]
        first = min(seen.values(), key=lambda hit: (hit.end, hit.start))
        anchors.append(Hit(f"{_MARK}{number}", first.end - 1, first.end))
    return anchors


def _take_mentions(
    found: Sequence[Statement],
    starts: list[int],
    normal: Normalized,
    hits: Sequence[Hit],
    spans: Sequence[SectionSpan],
) -> None:
    for mention in judged_hits(normal, hits, spans):
        index = bisect_right(starts, mention.start) - 1
        if index < 0 or mention.start >= found[index].end:
            continue
        statement = found[index]
        statement.strength = mention.strength
        if mention.concept[0] == _MARK:
            statement.spoken = mention.polarity
            continue
        if mention.polarity in {"negated", "wished", "other_person"}:
            statement.foreign.append(
                (mention.concept, mention.start, mention.end, mention.polarity)
            )
            continue
        statement.concepts.append((mention.concept, mention.start, mention.end))
        if mention.polarity != "own":
            statement.shared.add(mention.concept)


def _judge(statement: Statement, flat: str, demand: Demand, name: str) -> None:
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
    if statement.strength == "listed" and (told or statement.part in _TOLD_PARTS):
        statement.strength = "used"
    if statement.part == "header" and not told and statement.end - statement.start < _SAYING:
        statement.strength = "listed"
    if statement.strength == "used" and _CHANGE.search(words):
        statement.strength = "result"
    statement.copied = _is_copied(words, demand)
    statement.manner = tuple(k for k, p in manners().items() if p.search(words))
    statement.grounding = _grounding(statement, words)


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


def _grounding(statement: Statement, words: str) -> float:
    """How much of a sentence could be checked: figures, causes, tools, and that it says enough."""
    grounding = 0.0
    numbers = len(_NUMBER.findall(_ASIDE.sub("", words)))
    if numbers:
        grounding += 0.4 if numbers == 1 else 0.5
    if _TELLING.search(words):
        grounding += 0.2
    if _DONE.search(words):
        grounding += 0.1
    tools = len({c for c, _, _ in statement.concepts if _is_tool(c)})
    grounding += min(0.24, 0.12 * tools)
    size = len(words) + len(_HAN.findall(words))
    grounding += 0.2 if size >= 2 * _LONGER else (0.1 if size >= 2 * _LONG else 0.0)
    return min(1.0, grounding)


def _is_tool(concept: str) -> bool:
    return taxonomy().concepts[concept].kind in {"tool", "method", "metric"}


def items_of(words: str) -> list[str]:
    """The items that a sentence strings together."""
    return [item.strip() for item in _SEPARATORS.split(words) if item and item.strip()]


def is_list(words: str) -> bool:
    """Whether a sentence only strings terms together: many short items and nothing told."""
    items = items_of(words)
    if len(items) < _LIST_ITEMS or _NUMBER.search(words):
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
