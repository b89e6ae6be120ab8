"""Jobs: entries are found by their dates, their heads read for company and title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from touchstone.engine.resumes.dates import DateSpan, find_range
from touchstone.engine.resumes.degrees import degree_in, school_in
from touchstone.engine.resumes.pieces import Piece, pieces_of
from touchstone.engine.resumes.resume import Work, WorkKind
from touchstone.engine.resumes.sections import Line, Part

WORK_PARTS = {"work": "full_time", "internship": "internship", "part_time": "part_time"}
_INTERN = re.compile(
    r"实习|见习生|管培实习|\bintern(?:ship)?\b|\bco-?op\b|\bworking student\b|\bwerkstudent",
    re.IGNORECASE,
)
_PART_TIME = re.compile(
    r"兼职|\bpart[- ]?time\b|零工|勤工|\bside gig\b|\bweekends?\b(?= only)", re.IGNORECASE
)
_SENTENCE = re.compile(r"[。;；!！]\s*$|[。；]")
_BODY = re.compile(
    r"^(?:工作内容|工作职责|岗位职责|主要职责|职责描述|工作描述|主要工作|(?:职责|内容|业绩|成果|项目)\s*(?:[:：]|$)|工作业绩|主要业绩|项目描述|项目名称|工作成果|技术栈|负责(?!人)|主要负责|参与|带领|主导|responsibilities|key (?:responsibilities|achievements)|achievements|duties|description|highlights|projects?\b(?! (?:manager|lead|coordinator|director|engineer|assistant|specialist|officer|intern|analyst|administrator|management|consultant|executive|head|owner))|tech(?:nologies| stack)|skills|tools)",
    re.IGNORECASE,
)
_PROSE_ZH = re.compile(
    r"(?:就职于|任职于|供职于|加入|入职|在|于)\s*(?P<company>(?!\d)[^,，。;；\s]{2,28}?)\s*(?:担任|任职|任|从事|做|出任)\s*(?P<title>[^,，。;；\s]{2,20}?)(?:一职|职务|职位|岗位|工作|[,，。;；\s]|$)"
)
_PROSE_EN = re.compile(
    r"(?:worked\s+(?:at|for)|joined|employed\s+(?:at|by)|at)\s+(?P<company>[A-Z][\w.&' -]{1,40}?),?\s+as\s+(?:an?\s+|the\s+)?(?P<title>[A-Za-z][\w/&' -]{2,50}?)(?=[,.;(]|\s+from\b|\s+\(|$)|"
    r"(?:worked\s+)?as\s+(?:an?\s+|the\s+)?(?P<title2>[A-Za-z][\w/&' -]{2,50}?)\s+(?:at|for|with)\s+(?P<company2>[A-Z][\w.&' -]{1,40}?)(?=[,.;(]|\s+from\b|$)"
)
_TABLE_HEAD = re.compile(
    r"^(?:时间|起止|起止时间|公司|公司名称|单位|工作单位|职位|职务|岗位|部门|工作内容|职责|离职原因|证明人|period|dates?|company|employer|title|position|\s|\t|/|\|)+$",
    re.IGNORECASE,
)
_PROJECT_LINE = re.compile(
    r"项目(?!经理|主管|专员|助理|负责人|总监|管理|运营|工程师|组长|协调|部|PM)"
    r"|project\b(?! (?:manager|lead|coordinator|director|engineer|assistant|specialist|officer|intern"
    r"|analyst|administrator|management|consultant|executive|head|owner))",
    re.IGNORECASE,
)
_NUMBERED_HEAD = re.compile(
    r"\d{1,2}[)）.、]\s*(?:[A-Z][\w.&' ()/-]+,|[\u4e00-\u9fff（）()]{4,30}(?:公司|集团|研究院|大学))"
)
_OPEN = re.compile(r"\s*[(（\[【][^)）\]】]*$")
_SPACES = re.compile(r"\s{2,}")
_MAX_HEAD = 3


@dataclass(slots=True)
class _Head:
    """What the head of an entry has said so far."""

    company: str = ""
    title: str = ""
    unknown: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)
    cues: str = ""
    strong: bool = False

    def take(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            if piece.kind == "company" and (not self.company or (piece.sure and not self.strong)):
                if self.company:
                    self.unknown.insert(0, self.company)
                self.company, self.strong = piece.text, piece.sure
            elif piece.kind == "title" and not self.title:
                self.title = _OPEN.sub("", piece.text)
            elif piece.kind == "department" or (piece.kind == "company" and self.company):
                self.departments.append(piece.text)
            elif piece.kind == "type":
                self.cues += " " + piece.text
            elif piece.kind == "other":
                self.unknown.append(piece.text)

    def settle(self) -> None:
        """Gives what is of no known kind to what is still missing."""
        self.unknown = [u for u in self.unknown if _name_like(u)]
        if not self.company and self.unknown:
            self.company = self.unknown.pop(0)
        elif not self.title and self.unknown and self.company:
            self.title = self.unknown.pop(0)
        if not self.company and self.departments:
            self.company = self.departments[0]


def _name_like(text: str) -> bool:
    return (
        len(text) >= 2
        and len(text) <= 60
        and any(ch.isalpha() for ch in text)
        and not _SENTENCE.search(text)
    )


@dataclass(frozen=True, slots=True)
class _Anchor:
    index: int
    span: DateSpan


def find_work(parts: Sequence[Part]) -> tuple[Work, ...]:
    """Jobs in the order written, internships and part-time work marked as such."""
    found: list[Work] = []
    for part in parts:
        if part.kind in WORK_PARTS:
            found.extend(_entries(part, WORK_PARTS[part.kind]))
    if not found:
        for part in parts:
            if part.kind in {"header", "profile", "other", "campus"}:
                found.extend(_entries(part, "full_time", loose=True))
    return tuple(found)


def _entries(part: Part, kind: str, *, loose: bool = False) -> list[Work]:
    lines = [line for line in part.lines if not _TABLE_HEAD.match(line.text)]
    anchors = _anchors(lines)
    if not anchors:
        return []
    style = _leading_style(lines, anchors[0])
    heads: list[tuple[int, int, _Head, _Anchor]] = []
    floor = 0
    for number, anchor in enumerate(anchors):
        ceiling = anchors[number + 1].index if number + 1 < len(anchors) else len(lines)
        first, after, head = _read_head(lines, anchor, floor, ceiling, style)
        if not _is_entry(head, lines[anchor.index], loose=loose):
            continue
        if not head.company and heads:
            head.company = heads[-1][2].company
        heads.append((first, after, head, anchor))
        floor = after
    return [_work(lines, heads, n, kind) for n in range(len(heads))]


def _is_entry(head: _Head, line: Line, *, loose: bool) -> bool:
    known = bool(head.title) or head.strong
    head.settle()
    if loose:
        school = school_in(line.text)[0]
        return known and not (school and degree_in(line.text) != "none")
    return bool(head.company or head.title) and (known or not line.bullet)


def _anchors(lines: list[Line]) -> list[_Anchor]:
    anchors = []
    for index, line in enumerate(lines):
        span = find_range(line.text)
        if not span:
            continue
        rest = len(_SPACES.sub(" ", line.text)) - (span.end - span.start)
        early = span.start - line.bullet <= 30
        if _PROJECT_LINE.match(line.text[line.bullet :]) and rest > 6:
            continue
        if (
            rest <= 70
            or (early and (_PROSE_ZH.search(line.text) or _PROSE_EN.search(line.text)))
            or (early and "\t" in line.text)
            or (rest <= 110 and not _SENTENCE.search(line.text) and not line.bullet)
        ):
            anchors.append(_Anchor(index, span))
    return anchors


def _leading_style(lines: list[Line], first: _Anchor) -> int:
    """How many lines of an entry's head stand above its date."""
    above = lines[: first.index]
    if 0 < len(above) <= _MAX_HEAD and all(_head_like(line) for line in above):
        return len(above)
    return 0


def _head_like(line: Line) -> bool:
    text = line.text
    if line.bullet and text[0] not in "■□◆◇▪●▶➤#*【" and not _NUMBERED_HEAD.match(text):
        return False
    limit = 44 if re.search("[\u4e00-\u9fff]", text) else 90
    return (
        len(_SPACES.sub(" ", text)) <= limit
        and not _SENTENCE.search(text)
        and not _BODY.match(text[line.bullet :])
    )


def _read_head(
    lines: list[Line], anchor: _Anchor, floor: int, ceiling: int, style: int
) -> tuple[int, int, _Head]:
    """The head with the range of lines it takes."""
    line = lines[anchor.index]
    head = _Head()
    head.take(_dated_pieces(line, anchor.span))
    first = anchor.index
    above = 0
    while above < max(style, 0) and first - 1 >= floor and _head_like(lines[first - 1]):
        if head.title and head.company:
            break
        first -= 1
        above += 1
        head.take(pieces_of(_bare(lines[first])))
    after = anchor.index + 1
    while after < min(ceiling, anchor.index + 1 + _MAX_HEAD) and not (head.company and head.title):
        follower = lines[after]
        if not _head_like(follower):
            break
        pieces = pieces_of(_bare(follower))
        if not _adds(head, pieces, style):
            break
        if style and ceiling < len(lines) and after >= ceiling - style:
            break
        head.take(pieces)
        after += 1
    if not (head.company and head.title) and not style:
        while first - 1 >= floor and anchor.index - first < 2 and _head_like(lines[first - 1]):
            pieces = pieces_of(_bare(lines[first - 1]))
            if not any(p.sure and p.kind in {"company", "title"} for p in pieces):
                break
            first -= 1
            head.take(pieces)
    if head.company or head.title:
        text = " ".join(entry.text for entry in lines[first:after])
        head.cues += " " + text
    return first, after, head


def _adds(head: _Head, pieces: list[Piece], style: int) -> bool:
    """Whether a line below the date still belongs to the head."""
    kinds = {p.kind for p in pieces if p.sure}
    if ("title" in kinds and not head.title) or ("company" in kinds and not head.company):
        return True
    if kinds & {"department", "place", "type"}:
        return True
    lone = len(pieces) == 1 and pieces[0].kind == "other" and len(pieces[0].text) <= 30
    return lone and not style and not head.company and not head.unknown


def _bare(line: Line) -> str:
    return line.text[line.bullet :]


def _dated_pieces(line: Line, span: DateSpan) -> list[Piece]:
    text = line.text
    for prose in (_PROSE_ZH, _PROSE_EN):
        match = prose.search(text)
        if match:
            groups = match.groupdict()
            company = groups.get("company") or groups.get("company2") or ""
            title = groups.get("title") or groups.get("title2") or ""
            if company and title:
                return [
                    Piece(company.strip(), "company", sure=True),
                    Piece(title.strip(), "title", sure=True),
                ]
    left, right = (
        text[line.bullet : span.start] if span.start > line.bullet else "",
        text[span.end :],
    )
    left = re.sub(r"[(（\[【<]\s*$", "", left)
    right = re.sub(r"^\s*[)）\]】>]", "", right)
    left = re.sub(
        r"(?:时间|起止时间|工作时间|在职时间|任职时间|duration|period|dates?)\s*[:：]\s*$",
        "",
        left,
        flags=re.IGNORECASE,
    )
    right = re.sub(
        r"^\s*[(（]\s*(?:\d+\s*(?:年|个月|years?|yrs?|months?|mos?)\s*)+[)）]",
        "",
        right,
        flags=re.IGNORECASE,
    )
    return [*pieces_of(left), *pieces_of(right)]


def _work(
    lines: list[Line], heads: list[tuple[int, int, _Head, _Anchor]], number: int, kind: str
) -> Work:
    first, after, head, anchor = heads[number]
    until = heads[number + 1][0] if number + 1 < len(heads) else len(lines)
    body = lines[after:until]
    start = lines[first].start
    stop = body[-1].end if body else lines[max(after - 1, anchor.index)].end
    texts = [line.text[line.bullet :] for line in body]
    marked = tuple(t for t, line in zip(texts, body, strict=True) if line.bullet)
    return Work(
        company=head.company,
        title=head.title,
        period=anchor.span.period,
        kind=_kind(kind, head),
        summary="\n".join(texts),
        highlights=marked,
        start=start,
        stop=stop,
    )


def _kind(kind: str, head: _Head) -> WorkKind:
    cues = f"{head.title} {head.cues}"
    if kind == "internship" or _INTERN.search(cues):
        return "internship"
    if kind == "part_time" or _PART_TIME.search(cues):
        return "part_time"
    return "full_time"
