"""PDF through PDFium's C interface: one pass over the text, boxes by line, objects for what is hidden.

Characters are asked for in bulk. Single boxes are asked for only where a line has a gap (columns,
tables) or where the caller wants geometry, because every call through ctypes costs half a
microsecond and PDFium itself reads a Latin page in one millisecond.
"""

from __future__ import annotations

import ctypes
from array import array
from dataclasses import dataclass, field
from typing import Any

from touchstone.common.messages import Message, say
from touchstone.engine.resumes.document import (
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
from touchstone.engine.resumes.pdf_layout import Segment, in_reading_order
from touchstone.engine.resumes.pdf_segments import (
    Boxes,
    Frame,
    cut_at_gutter,
    cut_at_uprights,
    segments_of,
)
from touchstone.engine.resumes.pdfium import opened, pdfium
from touchstone.engine.resumes.refusal import refuse

_REFUSED_PAGES = 20  # times the page limit: no resume, and its page tree alone is a burden
_SMALL_TEXT_CHARS = 40  # a page with less than this and a large image is a scan
_BAD_SHARE = 0.3
_MAX_SIDE_PT = 14_400  # PDF's own limit without UserUnit
_OCR_DPI = 200


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
    frame = Frame.of(c, page, size)
    chars = _characters(c, text_page)
    objects = find_hidden(c, page, frame.crop)
    hidden = _hidden_characters(c, text_page, chars, objects) if objects.suspects else {}
    boxes = Boxes(c, text_page, frame, len(chars))
    segments = segments_of(c, text_page, chars, boxes, frame, hidden)
    if objects.uprights:
        uprights = [frame.fractions(*upright) for upright in objects.uprights]
        segments = cut_at_uprights(segments, chars, boxes, uprights)
    segments = cut_at_gutter(segments, chars, boxes)
    scan = len(chars.strip()) < _SMALL_TEXT_CHARS and objects.image_share > 0.25
    if len(chars) >= _SMALL_TEXT_CHARS and _unmapped(chars) > _BAD_SHARE:
        scan = True
    rules = [frame.fractions(*rule) for rule in objects.rules]
    kept = boxes.exact() if geometry else None
    return _PageText(size, chars, segments, kept, hidden, scan, rules)


def _unmapped(chars: str) -> float:
    bad = sum(1 for ch in chars if ch == "\ufffd" or "\ue000" <= ch <= "\uf8ff" or ch < "\t")
    return bad / len(chars)


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
