"""A document's text to the fields of a resume."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from touchstone.engine.resumes.contacts import find_email, find_phone
from touchstone.engine.resumes.dates import months_covered, months_of
from touchstone.engine.resumes.document import Document
from touchstone.engine.resumes.education import find_education, highest
from touchstone.engine.resumes.jobs import find_work
from touchstone.engine.resumes.names import find_name
from touchstone.engine.resumes.projects import find_projects
from touchstone.engine.resumes.resume import ParsedResume, Work
from touchstone.engine.resumes.sections import Part, lines_of, parts_of
from touchstone.engine.text.normalize import simplified

_STATED_YEARS = (
    re.compile(
        r"(?P<n>\d{1,2}(?:\.\d)?)\s*\+?\s*年(?:多|以上)?(?:的)?(?:[\u4e00-\u9fffA-Za-z ]{0,12})?(?:工作)?经[验历]"
    ),
    re.compile(r"(?:工作年限|工作经验|从业年限|经验|工龄)\s*[:：]?\s*(?P<n>\d{1,2}(?:\.\d)?)\s*年"),
    re.compile(
        r"(?P<n>\d{1,2}(?:\.\d)?)\s*\+?\s*years?['’]?\s+(?:of\s+)?(?:\w+\s+){0,4}experience",
        re.IGNORECASE,
    ),
)
_CURRENT = re.compile(
    r"(?:现任职位|当前职位|现任职务|目前职位|现职位|当前职务|最近职位|current (?:position|title|role))\s*[:：]\s*(?P<value>[^\t|｜,，\n]{2,40})",
    re.IGNORECASE,
)
_CURRENT_COMPANY = re.compile(
    r"(?:现任公司|当前公司|目前公司|现公司|最近公司|所在公司|current (?:company|employer))\s*[:：]\s*(?P<value>[^\t|｜,，\n]{2,40})",
    re.IGNORECASE,
)
_LISTED = re.compile(r"[,，;；、|｜\t\n/]")


def parse(document: Document, as_of: dt.date, *, filename: str = "") -> ParsedResume:
    """Reads the fields of a resume.

    Args:
        document: what `extract` gave.
        as_of: what "until now" means, and what is still to come.
        filename: helps to tell the person's name where the text leaves doubt.
    """
    written = document.text
    text = simplified(written)
    if text is not written:
        return _as_written(_parse(document, text, as_of, filename), text, written)
    return _parse(document, text, as_of, filename)


def _as_written(resume: ParsedResume, text: str, written: str) -> ParsedResume:
    """Names, schools, companies and titles in the characters of the file, where it has others."""

    def own(value: str) -> str:
        at = text.find(value) if value else -1
        return written[at : at + len(value)] if at >= 0 else value

    return replace(
        resume,
        name=own(resume.name),
        school=own(resume.school),
        latest_title=own(resume.latest_title),
        latest_company=own(resume.latest_company),
        work=tuple(
            replace(job, company=own(job.company), title=own(job.title)) for job in resume.work
        ),
        education=tuple(
            replace(study, institution=own(study.institution), area=own(study.area))
            for study in resume.education
        ),
    )


def _parse(document: Document, text: str, as_of: dt.date, filename: str) -> ParsedResume:
    lines = lines_of(text)
    parts = parts_of(text, lines)
    email = find_email(parts)
    studies = find_education(parts, as_of)
    jobs = find_work(parts)
    degree, school = highest(parts, studies)
    headlines = frozenset(document.headlines)
    latest = latest_job(jobs, as_of)
    return ParsedResume(
        lang=document.lang,
        as_of=as_of,
        name=find_name(
            parts, lang=document.lang, email=email, headlines=headlines, filename=filename
        ),
        email=email,
        phone=find_phone(parts, document.lang, _head_of(parts)),
        highest_degree=degree,
        school=school,
        years_experience=years_of(jobs, text, as_of),
        latest_title=latest.title if latest and latest.title else _stated(_CURRENT, text),
        latest_company=latest.company
        if latest and latest.company
        else _stated(_CURRENT_COMPANY, text),
        work=jobs,
        education=studies,
        projects=find_projects(parts),
        internships=tuple(job for job in jobs if job.kind == "internship"),
        certificates=_items(parts, "certificates"),
        languages=_items(parts, "languages"),
        skills_text="\n".join(
            line.text for part in parts if part.kind == "skills" for line in part.lines
        ),
        sections=tuple(part.section for part in parts),
        flags=document.flags,
    )


def _head_of(parts: Sequence[Part]) -> str:
    """The lines that say who and where the person is."""
    lines = [line.text for part in parts if part.kind == "header" for line in part.lines]
    return "\n".join(lines)[:600]


def years_of(jobs: Sequence[Work], text: str, as_of: dt.date) -> float:
    """Years of full-time work, overlaps counted once; what the head states where no job is dated."""
    spans = [
        months
        for job in jobs
        if job.kind == "full_time" and job.period and (months := months_of(job.period, as_of))
    ]
    if spans:
        return round(months_covered(spans) / 12, 2)
    if jobs:
        return 0.0
    for pattern in _STATED_YEARS:
        match = pattern.search(text[:1500])
        if match:
            return float(match["n"])
    return 0.0


def latest_job(jobs: Sequence[Work], as_of: dt.date) -> Work | None:
    """The job that ends last, of those the one begun last; full-time work before any other."""
    full = [job for job in jobs if job.kind == "full_time"]
    pool = full or list(jobs)
    dated = []
    for order, job in enumerate(pool):
        if job.period:
            months = months_of(job.period, as_of)
            end = months[1] if months else 0.0
            dated.append(((end, job.period.start, -order), job))
    if dated:
        return max(dated, key=lambda pair: pair[0])[1]
    return pool[0] if pool else None


def _stated(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text[:2000])
    return match["value"].strip() if match else ""


def _items(parts: Sequence[Part], kind: str) -> tuple[str, ...]:
    items: list[str] = []
    for part in parts:
        if part.kind != kind:
            continue
        for line in part.lines:
            for bit in _LISTED.split(line.text[line.bullet :]):
                item = bit.strip(" .。:：-")
                if 1 < len(item) <= 60 and item not in items:
                    items.append(item)
    return tuple(items[:40])
