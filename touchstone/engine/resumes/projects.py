"""Projects: name, the person's role, what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from touchstone.engine.resumes.dates import find_range
from touchstone.engine.resumes.pieces import classify
from touchstone.engine.resumes.resume import Project
from touchstone.engine.resumes.sections import Line, Part

_NAME = re.compile(
    r"^(?:项目名称|项目\s*[一二三四五六七八九\d]*|project(?: name)?\s*\d*)\s*[:：.、]\s*(?P<value>.+)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:项目角色|担任角色|项目职务|项目职责|本人角色|角色|职务|职位|担任|(?:my\s+)?role)\s*[:：]\s*(?P<value>[^\t|｜,，;；。]{2,30})",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"(?:项目成果|项目业绩|项目结果|成果|结果|业绩|效果|results?|outcomes?|impact)\s*[:：]\s*(?P<value>.+)$",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"(?:提升|提高|降低|下降|减少|缩短|增长|节省|节约|上升|达到|达|increas|improv|reduc|cut|rais|lower|sav|boost|grew|from\s+\d).{0,24}\d|\d[\d.]*\s?(?:%|％|倍|万|percent)",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"^(?:项目(?:描述|介绍|简介|背景|职责|内容|时间|角色|成果|业绩)|职责|描述|背景|技术栈|角色|成果|个人职责|工作内容|description|responsibilities|role|results?|tech)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\t+|\s*[|｜]\s*|\s{2,}|\s[-–—]{1,2}\s|—{1,2}|[（()）]")


def find_projects(parts: Sequence[Part]) -> tuple[Project, ...]:
    """Projects in the order written."""
    return tuple(
        _project(block) for part in parts if part.kind == "project" for block in _blocks(part.lines)
    )


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = []
    for line in lines:
        if not blocks or (_opens(line) and not _only_opened(blocks[-1], line)):
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def _opens(line: Line) -> bool:
    text = line.text
    if _NAME.match(text[line.bullet :]) and not _BODY.match(text[line.bullet :]):
        return True
    if _BODY.match(text[line.bullet :]):
        return False
    if find_range(text) is not None and len(text) < 90:
        return True
    return (
        not line.bullet
        and line.blank_before
        and len(text) < 50
        and not re.search(r"[。；;:：]", text)
    )


def _only_opened(block: list[Line], line: Line) -> bool:
    """Whether the block so far is just the other line of the same head (name above, dates below)."""
    return (
        len(block) == 1 and find_range(block[0].text) is None and find_range(line.text) is not None
    )


def _project(block: list[Line]) -> Project:
    name, role, result = "", "", ""
    period = None
    body: list[Line] = []
    for index, line in enumerate(block):
        text = line.text[line.bullet :]
        span = find_range(text) if period is None and index < 3 else None
        if span:
            period = span.period
            text = (text[: span.start] + "\t" + text[span.end :]).strip()
        named, roled, told = _NAME.match(text), _ROLE.search(text), _RESULT.search(text)
        if roled and not role:
            role = roled["value"].strip()
        if told and not result:
            result = told["value"].strip()
        if not name and named and not _BODY.match(text):
            name, role = _split(named["value"], role)
        elif not name and text and not _BODY.match(text) and index < 2:
            name, role = _split(text, role)
        elif not role and index == 1 and classify(text)[0] == "title":
            role = text
        elif text:
            body.append(line)
    if not result:
        result = next((line.text[line.bullet :] for line in body if _CHANGE.search(line.text)), "")
    return Project(
        name=name,
        role=role,
        result=result,
        period=period,
        description="\n".join(line.text[line.bullet :] for line in body),
        highlights=tuple(line.text[line.bullet :] for line in body if line.bullet),
        start=block[0].start,
        stop=block[-1].end,
    )


def _split(text: str, role: str) -> tuple[str, str]:
    """The project's name, and the role where the same line gives it."""
    bits = [
        bit.strip(" :：-·")
        for bit in _SPLIT.split(_ROLE.sub("", text))
        if bit and bit.strip(" :：-·")
    ]
    name = bits[0] if bits else ""
    for bit in bits[1:]:
        if not role and (
            classify(bit)[0] == "title"
            or re.search(r"负责人|成员|参与|核心|lead|owner|member", bit, re.IGNORECASE)
        ):
            role = bit
    return name, role
