"""Lines of a resume and the sections that its headings make of them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from touchstone.engine.resumes.lexicon import heading_key, headings
from touchstone.engine.resumes.resume import Section

_BULLET = re.compile(
    r"^(?:[•●○◦▪▫■□◆◇➢➤►▶✓✔√※★☆▌▍▎█▮┃│❖✦✧➔→·*\-–—]+\s*|[(（]?\d{1,2}[)）.、]\s*(?!\d)|[①-⑳]\s*|[a-z]\)\s+)"
)
_HEADING_CHARS = 40
_ORDINAL = re.compile(
    r"^[\s#*>【\[■□◆●▪•]*(?:第?[一二三四五六七八九十]{1,3}(?:部分)?\s*[、.，:：)）]|[(（][一二三四五六七八九十]{1,3}[)）]|"
    r"part\s+(?:\d|[ivx]+|one|two|three|four|five|six)\b[.:]?|[IVX]{1,4}[.、]\s)\s*",
    re.IGNORECASE,
)
_ENDING_CHARS = 26
_NO_HEADING = re.compile(r"[\d,，。;；、:：@|｜\t]|\S\s{2,}\S")
_ENDINGS = (
    ("工作经历", "work"),
    ("工作经验", "work"),
    ("职业经历", "work"),
    ("实习经历", "internship"),
    ("实习经验", "internship"),
    ("项目经历", "project"),
    ("项目经验", "project"),
    ("教育经历", "education"),
    ("教育背景", "education"),
    ("专业技能", "skills"),
    ("技能", "skills"),
    ("证书", "certificates"),
    ("自我评价", "profile"),
    ("workexperience", "work"),
    ("employmenthistory", "work"),
    ("skills", "skills"),
    ("projects", "project"),
    ("certifications", "certificates"),
)
_REACH = re.compile(
    r"@[\w\-]+\.|(?<!\d)1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?!\d)|\+\d[\d ()\-]{8,}"
    r"|(?:电话|手机|联系方式|\b(?:phone|tel|mobile)\b)\s*[:：\t]?\s*[+(]?\d",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"推荐人|证明人|总监|经理|教授|上级|director|manager|professor|referee|supervisor",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"@|\d{4}")
_LABEL = re.compile(r"^([^\t:：|｜]{2,24}?)\s*[:：\t|｜]\s*")
# "工作经历 2020.01-…", "教育：2016-2020 …", "教育 上海大学 …": a heading and its first entry.
_BEFORE_ENTRY = re.compile(
    r"^((?:工作|教育|项目|实习|任职)(?:经历|经验|背景|履历)|教育|学历|工作)\s*[:：\t ]\s*"
    r"(?=(?:19|20)\d\d\s*[-–—~～./年至]|(?<=育.)[\u4e00-\u9fff]{2,12}(?:大学|学院)\s"
    r"|(?<=历.)(?:高中|中专|职高|大专|专科|本科|硕士|博士)\s)"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_KEPT_WIDE = "（），；！？"
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_WIDE = {code: char for code, char in _WIDE.items() if chr(code) not in _KEPT_WIDE}
_IS_WIDE = re.compile("[\u3000\uff01-\uff5e]")
# Headings that are also labels of a single line in a resume's head.
_ALSO_LABELS = {"header", "intention", "languages", "interests", "other", "profile", "certificates"}
_ALSO_LABELS |= {"awards", "education", "skills", "training", "references"}
# What a course of study is told with, on a line that begins with its word.
_IN_EDUCATION = {"campus", "training", "awards", "other", "publications", "certificates", "header"}
_COURSES = re.compile(
    r"(?:主修|主要|核心|相关|专业)?课程|(?:relevant |core )?(?:coursework|courses)", re.IGNORECASE
)
_ORNAMENTS = "■□◆◇▌▍★☆●○▶►◢❖✦"
_LONG_ROW = 34  # a name and a sentence beside it: a form's row, not "手机<tab>138…"
_PLAIN_KINDS = {"education", "skills", "certificates", "profile", "languages"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line without the space around it; ``start`` and ``end`` are offsets in the text.

    ``text`` has full-width letters, digits and punctuation as their narrow forms; ``bullet`` is
    the length of what marks it as an item of a list.
    """

    text: str
    start: int
    end: int
    bullet: int
    blank_before: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its lines, the heading apart."""

    section: Section
    lines: tuple[Line, ...]

    @property
    def kind(self) -> str:
        return self.section.kind


def narrowed(text: str) -> str:
    """``text`` with full-width forms as their narrow ones; the length stays the same."""
    return text.translate(_WIDE) if _IS_WIDE.search(text) else text


def lines_of(text: str) -> list[Line]:
    """The lines that are not blank."""
    lines = []
    offset = 0
    blank = False
    for raw in narrowed(text).split("\n"):
        stripped = raw.strip(" \t\r")
        if stripped:
            start = offset + raw.index(stripped[0])
            mark = _BULLET.match(stripped)
            bullet = mark.end() if mark else 0
            lines.append(Line(stripped, start, start + len(stripped), bullet, blank))
        blank = not stripped
        offset += len(raw) + 1
    return lines


def heading_kind(text: str) -> str:
    """The kind of section that a line's words head, or ""."""
    if len(text) > _HEADING_CHARS or "，" in text or "。" in text:
        return ""
    return _heading_kind(text)


@functools.lru_cache(maxsize=4096)
def _heading_kind(text: str) -> str:
    kinds = headings()
    text = _ORDINAL.sub("", text)
    key = heading_key(text)
    kind = kinds.get(key, "") or _by_ending(text, key)
    if kind or not key:
        return kind
    if _HAN.search(key) and not _CONTACT.search(text):
        # "教育背景 Education", "教育背景 / EDUCATION"
        han = "".join(_HAN.findall(key))
        latin = "".join(ch for ch in key if ch.isascii())
        both = kinds.get(han, "") if latin else ""
        known = latin in kinds or (len(latin) > 3 and ":" not in text and "：" not in text)
        if both and known:
            return both
    return ""


def _by_ending(text: str, key: str) -> str:
    """The kind of a heading made of a known one and words before it: "AI项目经验", "Digital Skills"."""
    if len(key) > _ENDING_CHARS or _NO_HEADING.search(text):
        return ""
    return next((kind for ending, kind in _ENDINGS if key.endswith(ending)), "")


def parts_of(text: str, lines: list[Line]) -> list[Part]:
    """The sections in order; the first has kind "header" and holds what stands above any heading."""
    parts: list[Part] = []
    kind, title, start, body = "header", "", 0, 0
    held: list[Line] = []

    def close(end: int) -> None:
        if held or title:
            parts.append(Part(Section(kind, title, start, body, end), tuple(held)))

    reached = False  # whether the person's own contacts have been seen
    for number, line in enumerate(lines):
        found, rest = _heading(line, kind)
        reached = reached or (kind == "header" and _REACH.search(line.text) is not None)
        apart = not found and line.blank_before and bool(held)
        if apart and not reached and kind != "header" and _is_contact_block(lines, number):
            close(line.start)
            held, kind, title, start, body = [], "header", "", line.start, line.start
        if not found:
            held.append(line)
            continue
        close(line.start)
        held = [rest] if rest else []
        kind, title, start = (
            found,
            line.text[: (rest.start if rest else line.end) - line.start],
            line.start,
        )
        body = rest.start if rest else line.end
    close(len(text))
    return parts


def _is_contact_block(lines: list[Line], first: int) -> bool:
    """Whether the lines up to the next gap tell how to reach the person, as a second column does."""
    block = [lines[first]]
    for line in lines[first + 1 : first + 8]:
        if line.blank_before or heading_kind(line.text):
            break
        block.append(line)
    words = "\n".join(line.text for line in block)
    return _REACH.search(words) is not None and _OF_OTHERS.search(words) is None


def _heading(line: Line, current: str) -> tuple[str, Line | None]:
    """The kind a line opens and what of the line belongs to its body."""
    text = line.text
    if line.bullet and not text[line.bullet :].strip():
        return "", None
    kind = heading_kind(text)
    if kind:
        if _is_item(line, kind, current) or (current == "education" and _COURSES.match(text)):
            return "", None
        return kind, None
    before = None if line.bullet else _BEFORE_ENTRY.match(text)
    if before:
        kind = heading_kind(before[1]) or heading_kind(f"{before[1]}经历")
        # "学历 中专" among the particulars at the top is one of them.
        opens = current != "header" or text[before.end()].isdigit()
        if kind and kind != current and opens:
            return kind, _after(line, before.end())
    match = _LABEL.match(text)
    if not match:
        return "", None
    kind = heading_kind(match[1])
    if not kind or match.end() == len(text):
        return kind, None
    if _is_label(line, kind, current):
        return "", None
    return kind, _after(line, match.end())


def _after(line: Line, end: int) -> Line:
    """What stands on a line behind its heading."""
    return Line(line.text[end:], line.start + end, line.end, 0, False)


def _is_label(line: Line, kind: str, current: str) -> bool:
    """Whether "工具:Python" or "项目成果:…" is an item of the part it stands in and heads nothing."""
    if line.bullet and line.text[0] in _ORNAMENTS and "\t" in line.text and kind != current:
        return False
    if kind == current or line.bullet:
        return True
    if "\t" in line.text and len(line.text) > _LONG_ROW and line.text.count("\t") == 1:
        return False
    if current == "education" and kind in _IN_EDUCATION:
        return True
    if kind == "references" and current == "header":
        return True
    if current in {"work", "project", "internship", "skills", "part_time"}:
        # A title of four characters is a heading even where its text follows on the same line.
        if kind == "languages" and current == "skills":
            return True
        key = heading_key(line.text.partition(":")[0])
        return kind not in {"references", *_PLAIN_KINDS} or len(key) < 4
    if kind == "education" and current == "header":
        return len(line.text) < 16
    return kind in _ALSO_LABELS - {"education", "skills", "references"}


def _is_item(line: Line, kind: str, current: str) -> bool:
    """Whether a heading's word is only an item of a list, as "培训" under 技能."""
    return (
        bool(line.bullet)
        and line.text[0] in "-–—·*•"
        and current == "skills"
        and kind
        not in {
            "work",
            "education",
            "project",
        }
    )
