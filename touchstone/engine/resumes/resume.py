"""What is read out of a resume."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

Degree = Literal["doctor", "master", "bachelor", "associate", "secondary", "none"]
Language = Literal["zh", "en"]
WorkKind = Literal["full_time", "internship", "part_time"]


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when, as written.

    ``start`` and ``end`` are ISO strings of the precision given: "2019", "2019-03", "2019-03-01";
    ``end`` is "" with ``present``, and also where none is written.
    """

    start: str
    end: str
    present: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """One job. ``start`` and ``stop`` are offsets in the text of the whole entry."""

    company: str
    title: str
    period: Period | None
    kind: WorkKind
    summary: str
    highlights: tuple[str, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Education:
    """One course of study. ``standing``: completed | in_progress | unfinished."""

    institution: str
    area: str
    degree: Degree
    standing: str
    period: Period | None
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Project:
    """One project with the person's role and what came of it."""

    name: str
    role: str
    result: str
    period: Period | None
    description: str
    highlights: tuple[str, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the resume under one heading.

    ``kind``: header | profile | intention | work | internship | project | education | skills |
    certificates | awards | languages | training | publications | volunteer | interests |
    references | other. ``start`` is the heading's first character; ``body`` the first after it.
    """

    kind: str
    title: str
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedResume:
    """The fields of a resume; "" or 0.0 where it does not say.

    Attributes:
        phone: E.164.
        highest_degree: of completed study; study in progress counts where it is the only one.
        school: where the highest degree is from.
        years_experience: full-time work, overlaps counted once, in years to two decimals.
        internships: the jobs of ``work`` that are internships.
        skills_text: what stands under the skills heading.
        flags: machine words, sorted.
    """

    lang: Language
    as_of: dt.date
    name: str
    email: str
    phone: str
    highest_degree: Degree
    school: str
    years_experience: float
    latest_title: str
    latest_company: str
    work: tuple[Work, ...]
    education: tuple[Education, ...]
    projects: tuple[Project, ...]
    internships: tuple[Work, ...]
    certificates: tuple[str, ...]
    languages: tuple[str, ...]
    skills_text: str
    sections: tuple[Section, ...]
    flags: tuple[str, ...] = ()

    def section(self, kind: str) -> Section | None:
        """The first section of that kind."""
        return next((s for s in self.sections if s.kind == kind), None)

    def to_json_resume(self) -> dict[str, Any]:
        """The resume as JSON Resume 1.0.0 (jsonresume.org); skills are left to the caller."""
        from touchstone.engine.resumes.json_resume import json_resume

        return json_resume(self)
