"""PDF through PDFium's C interface: one pass over the text, boxes by line, objects for what is hidden.

Characters are asked for in bulk. Single boxes are asked for only where a line has a gap (columns,
tables) or where the caller wants geometry, because every call through ctypes costs half a
microsecond and PDFium itself reads a Latin page in one millisecond.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from touchstone.common.messages import Message, say
from touchstone.engine.resumes.document import (
    FULL,
    Document,
    HiddenSpan,
    Limits,
    Member,
    OcrReader,
    Page,
    language_of,
)
from touchstone.engine.resumes.glyphs import is_odd, mend_char
from touchstone.engine.resumes.pdf_hidden import HiddenObjects, address_of, find_hidden
from touchstone.engine.resumes.pdf_layout import Segment, gutter_of, in_reading_order
from touchstone.engine.resumes.pdfium import opened, pdfium
from touchstone.engine.resumes.refusal import refuse

_REFUSED_PAGES = 20  # times the page limit: no resume, and its page tree alone is a burden
_SMALL_TEXT_CHARS = 40  # a page with less than this and a large image is a scan
_BAD_SHARE = 0.3
_MAX_SIDE_PT = 14_400  # PDF's own limit without UserUnit
_OCR_DPI = 200
_GAP_EM = 1.6
_CELL_GAP = 0.005  # of the page's width: characters closer than this are one word
_SOFT_EM = 0.7  # a gap that may be a gutter; without one the line stays whole
_GLUE_EM = 0.4  # runs this far apart with no space between them are not one word


@dataclass(slots=True)
class _PageText:
    """One page: characters in the file's order with the segments that lay them out."""

    size: Page
    chars: str
    segments: list[Segment]
    boxes: Any
    hidden: dict[int, str] = field(default_factory=dict)
    scan: bool = False
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)


def read_pdf(
    data: bytes, limits: Limits, ocr: OcrReader | None = None, *, geometry: bool = False
) -> Document:
    """Reads a PDF.

    Args:
        data: the file.
        limits: pages, characters and pixels it may cost.
        ocr: reads scanned pages; without it they set ``needs_ocr``.
        geometry: keep the box of every character.

    Raises:
        UnreadableFile: encrypted_pdf, broken_pdf, too_many_pages, no_text.
    """
    c = pdfium()
    with opened(data) as doc:
        count = c.FPDF_GetPageCount(doc)
        if count <= 0:
            raise refuse("broken_pdf")
        if count > limits.pages * _REFUSED_PAGES:
            raise refuse("too_many_pages", pages=count, limit=limits.pages)
        assembly = _Assembly(geometry)
        for index in range(min(count, limits.pages)):
            page = _read_page(c, doc, index, geometry)
            if page is None:
                assembly.lost.append(index + 1)
                continue
            if page.scan:
                page = _recognised(c, doc, index, page, ocr, limits, assembly)
            assembly.add(page)
            if assembly.length > limits.text_chars:
                assembly.cut = True
                break
        active = _active(c, doc)
        members = _attachments(c, doc, limits)
    return assembly.document(count, limits, active, members)


def _read_page(c: Any, doc: Any, index: int, geometry: bool) -> _PageText | None:
    page = c.FPDF_LoadPage(doc, index)
    if not page:
        return None
    try:
        text_page = c.FPDFText_LoadPage(page)
        if not text_page:
            return None
        try:
            return _page_text(c, page, text_page, geometry)
        finally:
            c.FPDFText_ClosePage(text_page)
    finally:
        c.FPDF_ClosePage(page)


def _page_text(c: Any, page: Any, text_page: Any, geometry: bool) -> _PageText:
    width, height = c.FPDF_GetPageWidthF(page), c.FPDF_GetPageHeightF(page)
    size = Page(min(width, _MAX_SIDE_PT), min(height, _MAX_SIDE_PT))
    frame = _Frame.of(c, page, size)
    chars = _characters(c, text_page)
    objects = find_hidden(c, page, frame.crop)
    hidden = _hidden_characters(c, text_page, chars, objects) if objects.suspects else {}
    boxes = _Boxes(c, text_page, frame, len(chars))
    segments = _segments(c, text_page, chars, boxes, frame, hidden)
    if objects.uprights:
        uprights = [frame.fractions(*upright) for upright in objects.uprights]
        segments = _cut_at_uprights(segments, chars, boxes, uprights)
    segments = _cut_at_gutter(segments, chars, boxes)
    scan = len(chars.strip()) < _SMALL_TEXT_CHARS and objects.image_share > 0.25
    if len(chars) >= _SMALL_TEXT_CHARS and _unmapped(chars) > _BAD_SHARE:
        scan = True
    rules = [frame.fractions(*rule) for rule in objects.rules]
    kept = boxes.exact() if geometry else None
    return _PageText(size, chars, segments, kept, hidden, scan, rules)


def _unmapped(chars: str) -> float:
    bad = sum(1 for ch in chars if ch == "\ufffd" or "\ue000" <= ch <= "\uf8ff" or ch < "\t")
    return bad / len(chars)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Maps page space to fractions of the page as shown: origin top left, rotation undone."""

    crop: tuple[float, float, float, float]
    rotation: int

    @classmethod
    def of(cls, c: Any, page: Any, size: Page) -> _Frame:
        rect = c.FS_RECTF()
        if c.FPDF_GetPageBoundingBox(page, ctypes.byref(rect)):
            crop = (rect.left, rect.bottom, rect.right, rect.top)
        else:
            crop = (0.0, 0.0, size.width, size.height)
        return cls(crop, c.FPDFPage_GetRotation(page))

    def fractions(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        x0, y0, x1, y1 = self.crop
        w, h = (x1 - x0) or 1.0, (y1 - y0) or 1.0
        a, b = (left - x0) / w, (right - x0) / w
        t, u = (y1 - top) / h, (y1 - bottom) / h
        if self.rotation == 1:
            return 1 - u, a, 1 - t, b
        if self.rotation == 2:
            return 1 - b, 1 - u, 1 - a, 1 - t
        if self.rotation == 3:
            return t, 1 - b, u, 1 - a
        return a, t, b, u


def _characters(c: Any, text_page: Any) -> str:
    """One code point for every index of PDFium's text page."""
    count = c.FPDFText_CountChars(text_page)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = c.FPDFText_GetText(text_page, 0, count, buffer) - 1
    if written == count:
        text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
        if len(text) == count:
            return text
    get = c.FPDFText_GetUnicode
    codes = (get(text_page, i) for i in range(count))
    return "".join(chr(u) if 0 < u < 0x110000 and not 0xD800 <= u < 0xE000 else "\0" for u in codes)


class _Boxes:
    """Boxes of single characters in fractions of the page, asked for when needed."""

    def __init__(self, c: Any, text_page: Any, frame: _Frame, count: int) -> None:
        self._get = c.FPDFText_GetLooseCharBox
        self._text_page = text_page
        self._rect = c.FS_RECTF()
        self._ref = ctypes.byref(self._rect)
        self._frame = frame
        self._count = count

    def at(self, index: int) -> tuple[float, float, float, float]:
        rect = self._rect
        if not self._get(self._text_page, index, self._ref):
            return (0.0, 0.0, 0.0, 0.0)
        return self._frame.fractions(rect.left, rect.bottom, rect.right, rect.top)

    def exact(self) -> array[int]:
        packed = array("H", bytes(8 * self._count))
        for index in range(self._count):
            box = self.at(index)
            packed[4 * index : 4 * index + 4] = array(
                "H", [min(FULL, max(0, round(v * FULL))) for v in box]
            )
        return packed


def _segments(
    c: Any,
    text_page: Any,
    chars: str,
    boxes: _Boxes,
    frame: _Frame,
    hidden: dict[int, str],
) -> list[Segment]:
    """Lines of the text page, cut where a wide gap separates columns or cells."""
    segments: list[Segment] = []
    rect = [ctypes.c_double() for _ in range(4)]
    left, top, right, bottom = (ctypes.byref(v) for v in rect)
    start = 0
    total = len(chars)
    while start < total:
        end = chars.find("\n", start)
        end = total if end < 0 else end
        stop = end - 1 if end > start and chars[end - 1] == "\r" else end
        if chars[start:stop].strip("\0 "):
            found = []
            for i in range(c.FPDFText_CountRects(text_page, start, stop - start)):
                c.FPDFText_GetRect(text_page, i, left, top, right, bottom)
                found.append(
                    frame.fractions(rect[0].value, rect[3].value, rect[2].value, rect[1].value)
                )
            if hidden and any(start <= i < stop for i in hidden):
                segments.extend(_visible(start, stop, chars, boxes, hidden))
            elif found:
                segments.extend(_cut(start, stop, chars, found, boxes, frame))
        start = end + 1
    return segments


def _cut(
    start: int,
    stop: int,
    chars: str,
    found: list[tuple[float, float, float, float]],
    boxes: _Boxes,
    frame: _Frame,
) -> list[Segment]:
    """The line whole, or cut at gaps wider than a character and a half."""
    whole = _union(start, stop, found)
    if len(found) == 1:
        return [whole]
    x0, y0, x1, y1 = frame.crop
    em = (whole.bottom - whole.top) * ((y1 - y0) or 1.0) / ((x1 - x0) or 1.0)
    ordered = sorted(found)
    reach = ordered[0][2]
    gap = 0.0
    breaks: list[float] = []
    for box in ordered[1:]:
        gap = max(gap, box[0] - reach)
        if box[0] - reach > _GLUE_EM * em:
            breaks.append((reach + box[0]) / 2)
        reach = max(reach, box[2])
    if gap < _GLUE_EM * em and found == ordered:
        return [whole]
    return _by_words(start, stop, chars, boxes, em, breaks)


def _cut_at_gutter(segments: list[Segment], chars: str, boxes: _Boxes) -> list[Segment]:
    """Segments that cross the gutter cut where a word begins exactly at the right column's edge."""
    gutter = gutter_of(segments)
    if gutter is None:
        return segments
    cut: list[Segment] = []
    for segment in segments:
        if not segment.left < gutter - 0.01 < gutter + 0.01 < segment.right:
            cut.append(segment)
            continue
        words = list(_words(segment.start, segment.end, chars))
        at = next((w for w, _ in words[1:] if abs(boxes.at(w)[0] - gutter - 0.004) < 0.003), 0)
        end = max((last for _, last in words if last <= at), default=0)
        if not at or boxes.at(end - 1)[2] > gutter + 0.002:
            cut.append(segment)
            continue
        cut.append(replace(segment, end=end, right=boxes.at(end - 1)[2]))
        cut.append(replace(segment, start=at, left=boxes.at(at)[0], follows=False))
    return cut


def _cut_at_uprights(
    segments: list[Segment],
    chars: str,
    boxes: _Boxes,
    uprights: list[tuple[float, float, float, float]],
) -> list[Segment]:
    """Segments cut where a vertical line of a table stands between two of their characters."""
    cut: list[Segment] = []
    for whole in segments:
        segment = whole
        middle = (segment.top + segment.bottom) / 2
        before = cut[-1].right if cut else 0.0
        if segment.follows and any(
            before - 0.002 < left < segment.left + 0.002 and top <= middle <= bottom
            for left, top, _, bottom in uprights
        ):
            segment = replace(segment, follows=False)
        crossing = sorted(
            left
            for left, top, _, bottom in uprights
            if segment.left + 0.003 < left < segment.right - 0.003 and top <= middle <= bottom
        )
        for x in crossing:
            inside = range(segment.start + 1, segment.end)
            at = next(
                (i for i in inside if chars[i] not in " \0" and boxes.at(i)[0] > x - 0.002), 0
            )
            end = at - 1
            while end > segment.start and chars[end] in " \0\u3000":
                end -= 1
            gap = boxes.at(at)[0] - boxes.at(end)[2] if at else 0.0
            if boxes.at(end)[2] > x + 0.002 or (end == at - 1 and gap < _CELL_GAP) or not at:
                continue
            cut.append(replace(segment, end=end + 1, right=boxes.at(end)[2]))
            segment = replace(segment, start=at, left=boxes.at(at)[0], follows=False)
        cut.append(segment)
    return cut


def _union(start: int, stop: int, found: list[tuple[float, float, float, float]]) -> Segment:
    return Segment(
        start,
        stop,
        min(b[0] for b in found),
        min(b[1] for b in found),
        max(b[2] for b in found),
        max(b[3] for b in found),
    )


def _words(start: int, stop: int, chars: str) -> Iterator[tuple[int, int]]:
    position = start
    while position < stop:
        while position < stop and chars[position] in " \0\t\u3000":
            position += 1
        first = position
        while position < stop and chars[position] not in " \0\t\u3000":
            position += 1
        if position > first:
            yield first, position


def _unglued(
    start: int, stop: int, chars: str, boxes: _Boxes, breaks: list[float]
) -> Iterator[tuple[int, int]]:
    """Words of a line, cut where a gap runs through one."""
    for first, last in _words(start, stop, chars):
        left, right = boxes.at(first)[0], boxes.at(last - 1)[2]
        within = [x for x in breaks if left < x < right]
        begin = first
        for index in range(first + 1, last) if within else ():
            if within and boxes.at(index)[0] > within[0]:
                yield begin, index
                begin = index
                within.pop(0)
        yield begin, last


def _by_words(
    start: int, stop: int, chars: str, boxes: _Boxes, em: float, breaks: list[float]
) -> list[Segment]:
    segments: list[Segment] = []
    for first, last in _unglued(start, stop, chars, boxes, breaks):
        head, tail = boxes.at(first), boxes.at(last - 1)
        word = _union(first, last, [head, tail])
        before = segments[-1] if segments else None
        apart = before is not None and before.end == first
        gap = word.left - before.right if before else 0.0
        if before and not apart and -em < gap < _SOFT_EM * em:
            segments[-1] = Segment(
                before.start,
                last,
                before.left,
                min(before.top, word.top),
                max(before.right, word.right),
                max(before.bottom, word.bottom),
                before.follows,
            )
        else:
            soft = before is not None and not apart and 0 < gap < _GAP_EM * em
            segments.append(replace(word, follows=soft))
    return segments


def _visible(
    start: int, stop: int, chars: str, boxes: _Boxes, hidden: dict[int, str]
) -> list[Segment]:
    """The runs of a line that are not hidden."""
    runs: list[Segment] = []
    first = start
    for index in range(start, stop + 1):
        if index < stop and index not in hidden:
            continue
        if chars[first:index].strip("\0 "):
            ends = [boxes.at(i) for i in range(first, index) if chars[i] not in " \0"]
            runs.append(_union(first, index, ends))
        first = index + 1
    return runs


def _hidden_characters(
    c: Any, text_page: Any, chars: str, objects: HiddenObjects
) -> dict[int, str]:
    """Why each hidden character is hidden, by its index."""
    get, suspects = c.FPDFText_GetTextObject, objects.suspects
    causes: dict[int, str] = {}
    for index in range(len(chars)):
        cause = suspects.get(address_of(get(text_page, index)))
        if cause:
            causes[index] = cause
    return causes


def _recognised(
    c: Any,
    doc: Any,
    index: int,
    page: _PageText,
    ocr: OcrReader | None,
    limits: Limits,
    assembly: _Assembly,
) -> _PageText:
    if ocr is None or assembly.recognised >= limits.ocr_pages:
        assembly.unrecognised += 1
        return page
    from touchstone.engine.resumes.images import lay_out
    from touchstone.engine.resumes.pages import page_png

    assembly.recognised += 1
    png = page_png(c, doc, index, dpi=_OCR_DPI, pixels=limits.pixels)
    text, boxes, _size = lay_out(ocr(png), png)
    return _PageText(page.size, text, [Segment(0, len(text), 0, 0, 1, 1)], boxes)


def _active(c: Any, doc: Any) -> bool:
    """Whether the file carries scripts."""
    return bool(c.FPDFDoc_GetJavaScriptActionCount(doc) > 0)


def _attachments(c: Any, doc: Any, limits: Limits) -> tuple[Member, ...]:
    members = []
    for index in range(min(c.FPDFDoc_GetAttachmentCount(doc), 20)):
        attachment = c.FPDFDoc_GetAttachment(doc, index)
        size = c.FPDFAttachment_GetName(attachment, None, 0)
        name = ctypes.create_string_buffer(max(size, 2))
        c.FPDFAttachment_GetName(attachment, ctypes.cast(name, ctypes.POINTER(c.FPDF_WCHAR)), size)
        length = ctypes.c_ulong()
        c.FPDFAttachment_GetFile(attachment, None, 0, ctypes.byref(length))
        if length.value > limits.input_bytes:
            continue
        body = ctypes.create_string_buffer(max(length.value, 1))
        c.FPDFAttachment_GetFile(attachment, body, length.value, ctypes.byref(length))
        title = name.raw[:size].decode("utf-16-le", "replace").rstrip("\0")
        members.append(Member(title, body.raw[: length.value]))
    return tuple(members)


class _Assembly:
    """Puts pages together: text in reading order, boxes beside it, hidden spans apart."""

    def __init__(self, geometry: bool) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.pages: list[Page] = []
        self.starts: list[int] = []
        self.boxes: array[int] | None = array("H") if geometry else None
        self.hidden: list[HiddenSpan] = []
        self.lost: list[int] = []
        self.unrecognised = 0
        self.recognised = 0
        self.cut = False

    def add(self, page: _PageText) -> None:
        if self.length and self.parts[-1] != "\n":
            self._put("\n")
        number = len(self.pages)
        self.pages.append(page.size)
        self.starts.append(self.length)
        for segment, separator in in_reading_order(page.segments, page.rules):
            self._put_segment(page, segment)
            self._put(separator)
        self._keep_hidden(page, number)

    def _put(self, text: str, boxes: array[int] | None = None) -> None:
        self.parts.append(text)
        self.length += len(text)
        if self.boxes is not None:
            self.boxes.extend(boxes if boxes is not None else array("H", bytes(8 * len(text))))

    def _put_segment(self, page: _PageText, segment: Segment) -> None:
        chars = page.chars[segment.start : segment.end]
        if "\r" not in chars and "\0" not in chars and "\x02" not in chars and not is_odd(chars):
            kept = page.boxes
            self._put(chars, kept and kept[4 * segment.start : 4 * segment.end])
            return
        for index, char in enumerate(chars, segment.start):
            # PDFium writes U+0002 for the hyphen at a line's end and CR LF between lines.
            mended = "-" if char == "\x02" else "" if char == "\r" else mend_char(char)
            if mended:
                box = page.boxes and page.boxes[4 * index : 4 * index + 4]
                self._put(mended, box and box * len(mended))

    def _keep_hidden(self, page: _PageText, number: int) -> None:
        run: list[int] = []
        for index in [*sorted(page.hidden), -1]:
            if run and (index != run[-1] + 1 or page.hidden[index] != page.hidden[run[0]]):
                text = "".join(page.chars[i] for i in run).replace("\r\n", "\n").strip("\0")
                if text.strip():
                    cause = page.hidden[run[0]]
                    self.hidden.append(HiddenSpan(text.strip(), cause, number, self.length))
                run = []
            run.append(index)

    def document(
        self, count: int, limits: Limits, active: bool, members: tuple[Member, ...]
    ) -> Document:
        text = "".join(self.parts)
        needs_ocr = self.unrecognised > 0 and not self.recognised
        if not text.strip() and not needs_ocr:
            raise refuse("broken_pdf" if self.lost else "no_text")
        reason, detail = self._shortfall(count, limits)
        flags = {
            "hidden_text": bool(self.hidden),
            "active_content": active,
            "attachments": bool(members),
            "ocr": self.recognised > 0,
        }
        return Document(
            text=text,
            kind="pdf",
            status="partial" if reason else "ok",
            reason=reason,
            detail=detail,
            lang=language_of(text),
            pages=tuple(self.pages),
            page_starts=tuple(self.starts),
            boxes=self.boxes,
            hidden=tuple(self.hidden),
            flags=tuple(sorted(name for name, on in flags.items() if on)),
            members=members,
            needs_ocr=needs_ocr,
        )

    def _shortfall(self, count: int, limits: Limits) -> tuple[str, Message | None]:
        if count > limits.pages:
            return "too_many_pages", say("resumes.pages_cut", pages=count, limit=limits.pages)
        if self.cut:
            return "too_much_text", say("resumes.text_cut", limit=limits.text_chars)
        if self.lost:
            return "broken_pages", say("resumes.pages_lost", pages=", ".join(map(str, self.lost)))
        if self.unrecognised:
            return "ocr_needed", say("resumes.pages_unrecognised", count=self.unrecognised)
        return "", None
