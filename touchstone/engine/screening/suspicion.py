"""What makes a resume's words not count: orders to a machine, walls of keywords, a copied ad."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from touchstone.engine.resumes.dates import months_of
from touchstone.engine.resumes.resume import ParsedResume
from touchstone.engine.screening.demand import no_demand
from touchstone.engine.screening.reading import ResumeReading, read_resume
from touchstone.engine.screening.statement import Statement
from touchstone.engine.screening.telling import items_of
from touchstone.engine.screening.words import read_content
from touchstone.engine.text.taxonomy import Taxonomy

# Flags that ask for real experience elsewhere before anything better than "decline".
GRAVE = frozenset({"keyword_list", "copied_job_ad", "prompt_injection", "hidden_text"})
_WALL, _WALL_ELSEWHERE = 18, 12  # concepts in one list, in the skills section and outside of it
_REPEATED, _REPEATED_TERMS = 3, 2  # how often terms stand in lists, and how many of them
_HEAP = 14  # concepts in all lists …
_HEAP_SHARE = 0.35  # … against which fewer than this share are told of
_COPIED = 3
_ADVERTISING = 2
_TOLD_OF = 0.6  # grounding from which a sentence tells of something done, whatever its words
_OVERLAP_MONTHS = 4.0


@dataclass(frozen=True, slots=True)
class Suspicions:
    """Flags, sorted, and the numbers of statements whose words are void."""

    flags: tuple[str, ...]
    void: frozenset[int]


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        kind: re.compile("|".join(f"(?:{p})" for p in patterns), re.MULTILINE)
        for kind, patterns in read_content("suspicions.yaml").items()
    }


def suspicions(reading: ResumeReading, resume: ParsedResume) -> Suspicions:
    """Looks a resume over."""
    flags: set[str] = set()
    void: set[int] = set()
    injection = _patterns()["injection"]
    for statement in reading.statements:
        words = reading.flat[statement.start : statement.end]
        if "_machine" in statement.marks and injection.search(words):
            flags.add("prompt_injection")
            void.update(n for n, s in enumerate(reading.statements) if s.item == statement.item)
    if _is_wall(reading):
        flags.add("keyword_list")
    copied = [n for n, s in enumerate(reading.statements) if s.copied]
    advertising = _advertising(reading.statements, reading.flat)
    if len(copied) >= _COPIED or len(advertising) >= _ADVERTISING:
        flags.add("copied_job_ad")
        void.update(copied)
        void.update(advertising)
    if _conflicts(resume):
        flags.add("timeline_conflict")
    return Suspicions(tuple(sorted(flags)), frozenset(void))


def resume_flags(
    text: str, resume: ParsedResume, concepts: Taxonomy | None = None
) -> tuple[str, ...]:
    """Flags of a resume by itself, read against no model; sorted."""
    return suspicions(read_resume(text, resume, no_demand(concepts), resume.as_of), resume).flags


def _is_wall(reading: ResumeReading) -> bool:
    """Whether terms are heaped up: over and over, in one huge list, or with little told."""
    listed: set[str] = set()
    items: Counter[str] = Counter()
    told: set[str] = set()
    for statement in reading.statements:
        concepts = set(statement.named)
        if not statement.enumerated:
            if statement.strength != "listed":
                told |= concepts
            continue
        listed |= concepts
        items.update(items_of(reading.flat[statement.start : statement.end]))
        if len(concepts) >= (_WALL if statement.section == "skills" else _WALL_ELSEWHERE):
            return True
    if sum(1 for times in items.values() if times >= _REPEATED) >= _REPEATED_TERMS:
        return True
    return len(listed) >= _HEAP and len(told) < _HEAP_SHARE * len(listed)


def _advertising(statements: Sequence[Statement], flat: str) -> list[int]:
    pattern = _patterns()["advertisement"]
    return [
        number
        for number, s in enumerate(statements)
        if s.section in {"work", "project", "other"}
        and s.grounding < _TOLD_OF
        and s.end - s.start >= 10
        and pattern.search(flat[s.start : s.end])
    ]


def _conflicts(resume: ParsedResume) -> bool:
    """Whether two full-time jobs at different companies overlap by months."""
    spans = sorted(
        (*months, job.company)
        for job in resume.work
        if job.kind == "full_time"
        and job.title
        and job.period
        and (months := months_of(job.period, resume.as_of))
    )
    return any(
        min(end, end2) - start2 >= _OVERLAP_MONTHS and company != company2
        for i, (_, end, company) in enumerate(spans)
        for start2, end2, company2 in spans[i + 1 :]
    )
