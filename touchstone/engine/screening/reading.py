"""A resume as sentences: where each stands, what it speaks of, how firmly it is told."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from touchstone.engine.resumes.dates import months_of
from touchstone.engine.resumes.resume import ParsedResume, Period
from touchstone.engine.screening.demand import Demand
from touchstone.engine.screening.statement import Entry, Statement
from touchstone.engine.screening.telling import judge, judge_items, tell_role
from touchstone.engine.text.clauses import Sentence, sentences
from touchstone.engine.text.matcher import Hit
from touchstone.engine.text.mentions import SectionSpan, judged_hits
from touchstone.engine.text.normalize import MASK, Normalized, flattened, normalized

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
_LEAST_SENTENCE = 3
_NEWLINE = re.compile(r"\n\s*")
_ROW_BARS = 2
_ITEM_CHARS = 200
_NAME_WITHIN = 120
_LEAD = re.compile(
    r"[\s\-–—·•*○●◦▪■□◆◇>➢►✓√★☆]*(?:[(（]?\d{1,2}[)）、](?!\d)|\d{1,2}\.(?!\d)|[①-⑳])?\s*"
)


@dataclass(frozen=True, slots=True)
class ResumeReading:
    """The whole resume read against one demand."""

    text: str
    flat: str
    statements: tuple[Statement, ...]
    entries: tuple[Entry, ...]


def read_resume(text: str, resume: ParsedResume, demand: Demand, as_of: dt.date) -> ResumeReading:
    """Reads a resume against a demand; offsets are the text's own."""
    normal = normalized(_without_name(text, resume.name))
    sections = _Sections(resume)
    entries = _Entries(resume, as_of)
    found = [
        Statement(s.start, s.end, *sections.at(s.start), entries.at(s.start))
        for s in _whole(normal.flat, text)
        if s.end - s.start >= _LEAST_SENTENCE
    ]
    _number_items(found, normal.flat)
    starts = [s.start for s in found]
    _mark_words(found, demand, normal)
    placed = _place(found, starts, demand.taxonomy.matcher.find_in(normal))
    name = flattened(resume.name)
    for statement in found:
        tell_role(statement, normal.flat, name)
    hits = _to_judge(found, placed, demand)
    _take_mentions(found, starts, normal, hits, sections.spans)
    for statement in found:
        judge(statement, normal.flat, demand)
    judge_items(found)
    return ResumeReading(text, normal.flat, tuple(found), entries.all)


def _without_name(text: str, name: str) -> str:
    """The text with the person's name at its head blotted out: a name is no experience."""
    head = text[:_NAME_WITHIN]
    if len(name) < 2 or name not in head:
        return text
    return head.replace(name, MASK * len(name)) + text[_NAME_WITHIN:]


def _whole(flat: str, text: str) -> Iterable[Sentence]:
    """Sentences without the spaces and bullets around them, cut where a new line begins anew."""
    for sentence in sentences(flat):
        start = sentence.start
        for newline in _NEWLINE.finditer(flat, sentence.start, sentence.end):
            if _begins_anew(flat, text, start, newline):
                yield from _trimmed(flat, start, newline.start(), sentence.line)
                start = newline.end()
        yield from _trimmed(flat, start, sentence.end, sentence.line)


def _begins_anew(flat: str, text: str, start: int, newline: re.Match[str]) -> bool:
    """Whether what follows a line that fills the page is no continuation of it."""
    following = text[newline.end() : newline.end() + 1]
    row = flat.count("|", start, newline.start()) >= _ROW_BARS
    return row or (following.isupper() and flat[newline.start() - 1] not in ",-&/(")


def _trimmed(flat: str, start: int, end: int, line: int) -> Iterable[Sentence]:
    lead = _LEAD.match(flat, start, end)
    start = lead.end() if lead else start
    while end > start and flat[end - 1].isspace():
        end -= 1
    if end > start:
        yield Sentence(start, end, line)


def _number_items(found: Sequence[Statement], flat: str) -> None:
    """Sentences of one line belong together, in a long paragraph those next to one another."""
    item, begun = 0, 0
    for before, statement in zip([None, *found], found, strict=False):
        apart = before is None or "\n" in flat[before.end : statement.start]
        if apart or statement.end - begun > _ITEM_CHARS:
            item, begun = item + 1, statement.start
        statement.item = item


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


def _mark_words(found: Sequence[Statement], demand: Demand, normal: Normalized) -> None:
    """Notes behaviours, hints and marks of each sentence, and a place to judge the first two by."""
    number, count = 0, len(found)
    seen: dict[str, int] = {}
    for key, start, end in demand.finder.find(normal):
        while number < count and found[number].end < end:
            _settle(found[number], seen, demand)
            number += 1
            seen = {}
        if number == count:
            return
        statement = found[number]
        if start < statement.start:
            continue
        if key[0] == "#":
            hint, _, part = key[1:].partition(".")
            statement.hints.setdefault(int(hint), set()).add(int(part))
            statement.anchor = statement.anchor or end
        elif key not in seen:
            seen[key] = end
    if number < count:
        _settle(found[number], seen, demand)


def _settle(statement: Statement, seen: Mapping[str, int], demand: Demand) -> None:
    statement.marks = seen.keys()
    signs = demand.signs
    statement.behaviours = [
        sign
        for group in sorted(seen)
        if group in signs
        for sign in signs[group]
        if sign.groups <= seen.keys()
    ]
    ends = [seen[group] for sign in statement.behaviours for group in sign.groups]
    if ends:
        statement.anchor = min(ends)


def _place(
    found: Sequence[Statement], starts: list[int], hits: Sequence[Hit]
) -> list[tuple[int, Hit]]:
    """Notes which concepts each sentence names; returns them with the number of the sentence."""
    placed = []
    for hit in hits:
        index = bisect_right(starts, hit.start) - 1
        if index >= 0 and hit.start < found[index].end:
            found[index].named.append(hit.concept)
            placed.append((index, hit))
    return placed


def _to_judge(
    found: Sequence[Statement], placed: Sequence[tuple[int, Hit]], demand: Demand
) -> list[Hit]:
    """Concepts that are asked for and signs of behaviours whose polarity is still to be told.

    A head's concepts are the person's own; a personal line's are nobody's.
    """
    hits = [
        Hit(f"{_MARK}{number}", statement.anchor - 1, statement.anchor - 1)  # hides no word
        for number, statement in enumerate(found)
        if not statement.role and (statement.behaviours or statement.hints)
    ]
    asked = demand.concepts
    for index, hit in placed:
        if hit.concept not in asked:
            continue
        statement = found[index]
        if not statement.role:
            hits.append(hit)
        elif statement.role == "head":
            statement.concepts.append((hit.concept, hit.start, hit.end))
    hits.sort(key=lambda h: (h.start, h.end, h.concept))
    return hits


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
