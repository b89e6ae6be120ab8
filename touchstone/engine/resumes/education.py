"""Courses of study: school, subject, degree, whether it was finished."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from touchstone.engine.resumes.dates import find_date, find_range, is_past
from touchstone.engine.resumes.degrees import RANK, degree_in, school_in, standing_in
from touchstone.engine.resumes.resume import Degree, Education, Period
from touchstone.engine.resumes.sections import Line, Part

_LABELLED_DEGREE = re.compile(
    r"(?:最高学历|学\s*历|文化程度|学位|最高学位|教育程度|highest (?:degree|education)|education level)\s*(?:[:：]\s*|\t\s*|\s+)(?P<value>[^\s,，|｜;；]{1,30}(?:\s[A-Za-z.]+){0,3})",
    re.IGNORECASE,
)
_LABELLED_SCHOOL = re.compile(
    r"(?:毕业院校|毕业学校|院\s*校|学\s*校|就读院校|毕业于|graduated from|alma mater|school|university)\s*(?:[:：]\s*|\t\s*|\s*)(?P<value>[^\t,，|｜;；]{2,40})",
    re.IGNORECASE,
)
_AREA = re.compile(
    r"(?:专\s*业|主\s*修|major(?:\sin)?|field of study)\s*[:：]?\s*(?P<value>[^\s,，|｜;；\t()（）]{2,24})",
    re.IGNORECASE,
)
_AREA_IN = re.compile(
    r"\b(?:in|of)\s+(?P<value>[A-Z][A-Za-z&\- ]{3,48}?)(?=\s*[,|(（–—\-;\t]|\s+(?:from|at|with)\b|\s*\d|$)"
)
_TABLE_HEAD = re.compile(
    r"^(?:时间|起止|学校|院校|专业|学历|学位|period|school|degree|\s|\t|/|\||年月|起止时间|毕业院校|就读时间)+$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"主修|主要课程|课程|荣誉|奖|GPA|论文|relevant|thesis|courses|coursework|honou?rs|awards?",
    re.IGNORECASE,
)
_INSIDE = {"header", "profile", "other", "campus"}


@dataclass(slots=True)
class _Draft:
    school: str
    lines: list[Line]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def find_education(parts: Sequence[Part], as_of: dt.date) -> tuple[Education, ...]:
    """Courses of study in the order written."""
    found: list[Education] = []
    for part in parts:
        if part.kind == "education":
            found.extend(_entry(draft, as_of) for draft in _drafts(part))
    if not found:
        for part in parts:
            if part.kind in _INSIDE:
                found.extend(_loose(part, as_of))
    return tuple(found)


def _drafts(part: Part) -> list[_Draft]:
    """Lines grouped by school: each begins with its school's line or the date line above it."""
    drafts: list[_Draft] = []
    waiting: list[Line] = []
    for line in part.lines:
        if _TABLE_HEAD.match(line.text):
            continue
        school, start, _ = school_in(line.text)
        if school and line.bullet and drafts and start > 14:
            school = ""
        dated = find_range(line.text) is not None
        same = drafts and school and drafts[-1].school == school and not dated
        complete = bool(drafts) and find_range(drafts[-1].text) is not None
        if school and not same:
            drafts.append(_Draft(school, [*waiting, line]))
            waiting = []
        elif (
            (dated and (not drafts or (complete and not line.bullet)))
            or waiting
            or (drafts and complete and _names_degree(line) and _names_degree(*drafts[-1].lines))
        ):
            waiting.append(line)
        elif drafts:
            drafts[-1].lines.append(line)
        elif degree_in(line.text) != "none":
            waiting.append(line)
    if waiting:
        if not drafts or degree_in("\n".join(line.text for line in waiting)) != "none":
            drafts.append(_Draft("", waiting))
        else:
            drafts[-1].lines.extend(waiting)
    return drafts


def _names_degree(*lines: Line) -> bool:
    """Whether a line that is no item of a list names a degree."""
    return any(
        not line.bullet and len(line.text) < 80 and degree_in(line.text) != "none" for line in lines
    )


def _loose(part: Part, as_of: dt.date) -> list[Education]:
    """Study told outside a section of its own: a line with a school and a degree or dates."""
    found = []
    for line in part.lines:
        school, _, _ = school_in(line.text)
        degree = degree_in(line.text)
        if school and len(line.text) < 120 and (degree != "none" or find_range(line.text)):
            found.append(_entry(_Draft(school, [line]), as_of))
    return found


def _entry(draft: _Draft, as_of: dt.date) -> Education:
    head = _head_of(draft)
    span = find_range(head) or find_range(draft.text)
    period = span.period if span else None
    if period is None:
        single = find_date(head)
        period = single.period if single else None
    degree = degree_in(head)
    if degree == "none":
        degree = degree_in(draft.text)
    if degree == "none":
        degree = _degree_by_school(draft.school, period)
    standing = standing_in(head)
    if standing == "completed" and period and _lies_ahead(period, as_of):
        standing = "in_progress"
    elif standing == "in_progress" and period and period.end and not _lies_ahead(period, as_of):
        standing = (
            "completed"
            if re.search(r"预计|expected|anticipated", head, re.IGNORECASE)
            else standing
        )
    first, last = draft.lines[0], draft.lines[-1]
    return Education(
        institution=draft.school,
        area=_area(head) or _area(draft.text),
        degree=degree,
        standing=standing,
        period=period,
        start=first.start,
        stop=last.end,
    )


def _head_of(draft: _Draft) -> str:
    """The lines that name the course; courses taken, prizes and theses stay out."""
    kept: list[str] = []
    for line in draft.lines[:5]:
        aside = line.bullet or len(line.text) > 70 or _ASIDE.match(line.text)
        if kept and aside and standing_in(line.text) == "completed":
            continue
        kept.append(line.text)
    return "\n".join(kept)


def _lies_ahead(period: Period, as_of: dt.date) -> bool:
    return period.present or (bool(period.end) and not is_past(period.end, as_of))


def _degree_by_school(school: str, period: Period | None) -> Degree:
    if re.search(
        r"附中|中学|高中|技校|中专|职高|high school|secondary school", school, re.IGNORECASE
    ):
        return "secondary"
    if re.search(r"职业|专科|community college", school, re.IGNORECASE):
        return "associate"
    if school and period and period.start and period.end:
        return "bachelor" if 3 <= int(period.end[:4]) - int(period.start[:4]) <= 5 else "none"
    return "none"


def _area(text: str) -> str:
    match = _AREA.search(text)
    if match:
        return match["value"].strip()
    match = re.search(r"(?P<value>[\u4e00-\u9fffA-Za-z]{2,16})专业", text)
    if match:
        return match["value"]
    match = _AREA_IN.search(text)
    if match and not school_in(match["value"])[0]:
        return match["value"].strip()
    for piece in re.split(r"[\t|｜/·,，;；()（）\n]|\s{2,}|\s", text):
        if (
            re.fullmatch(
                r"[\u4e00-\u9fff]{2,14}(?:学|工程|技术|科学|设计|管理|语|教育|经济|金融|法律|会计|营销|商务|贸易|传播|新闻|翻译|智能|应用|统计|自动化|信息|软件|计算机)",
                piece,
            )
            and not school_in(piece)[0]
            and degree_in(piece) == "none"
        ):
            return piece
    return ""


def labelled_degree(parts: Sequence[Part]) -> tuple[Degree, str]:
    """What "学历:" in the head says, and its standing."""
    for part in parts:
        if part.kind not in {"header", "intention", "profile", "education", "other"}:
            continue
        for line in part.lines:
            match = _LABELLED_DEGREE.search(line.text)
            if match and degree_in(match["value"]) != "none":
                return degree_in(match["value"]), standing_in(match["value"])
    return "none", "completed"


def labelled_school(parts: Sequence[Part]) -> str:
    """What "毕业院校:" in the head says."""
    for part in parts:
        if part.kind not in {"header", "intention", "profile", "education", "other"}:
            continue
        for line in part.lines:
            match = _LABELLED_SCHOOL.search(line.text)
            if match:
                school, _, _ = school_in(match["value"])
                if school:
                    return school
    return ""


def highest(parts: Sequence[Part], studies: Sequence[Education]) -> tuple[Degree, str]:
    """The highest degree held and its school.

    Study broken off never counts. Study in progress counts only where there is no other: whoever
    is reading for a doctorate holds a master's degree.
    """
    label, standing = labelled_degree(parts)
    held = [s for s in studies if s.standing == "completed" and RANK[s.degree] > 0]
    going = [s for s in studies if s.standing == "in_progress" and RANK[s.degree] > 0]
    broken = [s for s in studies if s.standing == "unfinished" and RANK[s.degree] > 0]
    pool = held or going
    if held and all(s.degree == "secondary" for s in held) and going:
        pool = going
    if not pool:
        degree: Degree = label if standing != "unfinished" and label != "none" else "none"
        if degree == "none" and broken:
            degree = "secondary" if RANK[broken[0].degree] > 1 else "none"
        named = [
            s.institution for s in studies if s.institution and (not broken or s not in broken)
        ]
        school = labelled_school(parts) or (named[0] if named else "")
        return degree, school or (broken[0].institution if broken and degree != "none" else "")
    best = max(
        pool, key=lambda s: (RANK[s.degree], (s.period.end or s.period.start) if s.period else "")
    )
    degree = best.degree
    unreached = {s.degree for s in (*going, *broken)} - {best.degree}
    if standing == "completed" and RANK[label] > RANK[degree] and label not in unreached:
        degree = label
        bare = [s for s in studies if s.degree == "none" and s.institution]
        if bare:
            best = replace(bare[0], degree=label)
    return degree, best.institution or labelled_school(parts)
