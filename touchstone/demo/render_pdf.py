"""Resumes as PDF: one column, a side column, or ruled tables."""

from __future__ import annotations

import functools
import io
from typing import NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from touchstone.demo.drafts import Draft, Entry, Section
from touchstone.demo.fonts import cjk_truetype_font, latin_truetype_font
from touchstone.demo.typesetting import wrap

LAYOUTS = ("single", "sidebar", "table")
# How the text that nobody should see is hidden: drawn white and tiny, or in render mode 3.
HIDING = ("white", "invisible")

_WIDTH, _HEIGHT = A4
_MARGIN = 48.0
_INK = (0.12, 0.13, 0.16)
_ACCENTS = ((0.12, 0.25, 0.45), (0.45, 0.18, 0.16), (0.1, 0.36, 0.3), (0.12, 0.13, 0.16))
_SIDEBAR_KINDS = frozenset({"education", "skills", "certificates"})


@functools.cache
def _font(lang: str, embedded: bool) -> str:
    """Registers a font and gives its name; the non-embedded one where none can be embedded."""
    path = cjk_truetype_font() if lang == "zh" else latin_truetype_font()
    if embedded and path:
        name = f"Demo-{lang}"
        try:
            pdfmetrics.registerFont(TTFont(name, str(path)))
        except TTFError:
            path = None
        else:
            return name
    if lang == "en":
        return "Helvetica"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


@functools.cache
def _em(font: str, piece: str) -> float:
    return float(pdfmetrics.stringWidth(piece, font, 1))


class _Style(NamedTuple):
    font: str
    lang: str


class _Sheet:
    """A column on pages: writes downwards, turns the page where it ends."""

    def __init__(self, canvas: Canvas, style: _Style, left: float, width: float) -> None:
        self.canvas = canvas
        self.font, self.lang = style
        self.left = left
        self.width = width
        self.y = _HEIGHT - _MARGIN
        self.pages = 1

    def text(
        self,
        text: str,
        size: float = 10,
        *,
        indent: float = 0,
        hang: float = 0,
        ink: tuple[float, float, float] = _INK,
    ) -> None:
        lines = wrap(text, (self.width - indent) / size, functools.partial(_em, self.font))
        for number, line in enumerate(lines):
            self.room(size * 1.5)
            self.canvas.setFillColorRGB(*ink)
            self.canvas.setFont(self.font, size)
            self.y -= size * 1.5
            self.canvas.drawString(self.left + indent + (hang if number else 0), self.y, line)

    def pair(self, left: str, right: str, size: float = 10.5) -> None:
        """Two texts on a line, the second flush right; under one another where they collide."""
        measured = (_em(self.font, left) + _em(self.font, right)) * size
        if measured + 12 > self.width:
            self.text(left, size)
            self.text(right, size - 1.5)
            return
        self.room(size * 1.6)
        self.y -= size * 1.6
        self.canvas.setFillColorRGB(*_INK)
        self.canvas.setFont(self.font, size)
        self.canvas.drawString(self.left, self.y, left)
        self.canvas.drawRightString(self.left + self.width, self.y, right)

    def room(self, height: float) -> None:
        if self.y - height < _MARGIN:
            self.canvas.showPage()
            self.pages += 1
            self.y = _HEIGHT - _MARGIN

    def rule(self, ink: tuple[float, float, float]) -> None:
        self.canvas.setStrokeColorRGB(*ink)
        self.canvas.setLineWidth(0.7)
        self.canvas.line(self.left, self.y - 3, self.left + self.width, self.y - 3)
        self.y -= 4


def render_pdf(
    draft: Draft,
    *,
    layout: str = "single",
    embedded: bool = False,
    accent: int = 0,
    hiding: str = "white",
    password: str = "",
) -> bytes:
    """The resume as PDF, the same bytes each time.

    Args:
        layout: one of `LAYOUTS`.
        embedded: with an embedded TrueType font where this machine has one; otherwise Chinese is
            set in STSong-Light, which readers supply themselves.
        accent: which colour the headings have.
        hiding: one of `HIDING`, for ``draft.hidden``.
        password: encrypts the file so that it cannot be opened without it.
    """
    out = io.BytesIO()
    lock = StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1, encrypt=lock)
    canvas.setTitle(draft.title or draft.name)
    font = _font(draft.lang, embedded)
    ink = _ACCENTS[accent % len(_ACCENTS)]
    _LAYOUTS[layout](canvas, _Style(font, draft.lang), draft, ink)
    if draft.hidden:
        _hide(canvas, font, draft.hidden, hiding)
    canvas.save()
    return out.getvalue()


def _hide(canvas: Canvas, font: str, hidden: str, hiding: str) -> None:
    size = 1.2 if hiding == "white" else 8
    lines = wrap(hidden, (_WIDTH - 2 * _MARGIN) / size, functools.partial(_em, font))
    for number, line in enumerate(lines):
        text = canvas.beginText(_MARGIN, _MARGIN - 8 - number * size)
        text.setFont(font, size)
        text.setFillColorRGB(1, 1, 1)
        text.setTextRenderMode(0 if hiding == "white" else 3)
        text.textOut(line)
        canvas.drawText(text)


def _single(canvas: Canvas, style: _Style, draft: Draft, ink: tuple[float, float, float]) -> None:
    sheet = _Sheet(canvas, style, _MARGIN, _WIDTH - 2 * _MARGIN)
    if draft.title:
        sheet.text(draft.title, 12)
    sheet.text(draft.name, 20, ink=ink)
    separator = "  |  " if len(draft.name) % 2 else "    "
    sheet.text(separator.join(draft.contact_lines), 9.5)
    for section in draft.sections:
        _section(sheet, section, ink)


def _section(sheet: _Sheet, section: Section, ink: tuple[float, float, float]) -> None:
    sheet.room(48)
    sheet.y -= 9
    sheet.text(section.heading, 12.5, ink=ink)
    sheet.rule(ink)
    # Some readers' stand-ins for STSong-Light have neither • nor ·.
    bullet = "•" if sheet.lang == "en" else "-"
    for entry in section.entries:
        sheet.room(32)
        sheet.pair(entry.head(sheet.lang), entry.dates)
        for line in entry.lines:
            sheet.text(f"{bullet} {line}", 9.5, indent=6, hang=8)
    for line in section.lines:
        sheet.text(line, 9.5, indent=2)


def _sidebar(canvas: Canvas, style: _Style, draft: Draft, ink: tuple[float, float, float]) -> None:
    split = 190.0
    canvas.setFillColorRGB(0.95, 0.955, 0.965)
    canvas.rect(0, 0, split, _HEIGHT, stroke=0, fill=1)
    side = _Sheet(canvas, style, 24, split - 44)
    side.text(draft.name, 19, ink=ink)
    side.y -= 6
    for line in draft.contact_lines:
        side.text(line, min(8.8, (side.width - 1) / _em(style.font, line)))
    narrow = [s for s in draft.sections if s.kind in _SIDEBAR_KINDS]
    for section in narrow:
        side.y -= 9
        side.text(section.heading, 11.5, ink=ink)
        side.rule(ink)
        for entry in section.entries:
            for text in (entry.dates, entry.title, entry.role):
                side.text(text, 8.8)
            side.y -= 3
        for line in section.lines:
            side.text(line, 8.8)
            side.y -= 2
    if side.pages > 1:
        canvas.showPage()
    main = _Sheet(canvas, style, split + 20, _WIDTH - split - 20 - 36)
    for section in draft.sections:
        if section not in narrow:
            _section(main, section, ink)


def _table(canvas: Canvas, style: _Style, draft: Draft, ink: tuple[float, float, float]) -> None:
    sheet = _Sheet(canvas, style, _MARGIN, _WIDTH - 2 * _MARGIN)
    sheet.text(draft.title or draft.name, 16, ink=ink)
    cells = [("姓名" if draft.lang == "zh" else "Name", draft.name), *draft.contacts]
    sheet.y -= 8
    for first in range(0, len(cells), 2):
        _cells(sheet, cells[first : first + 2])
    for section in draft.sections:
        _section_table(sheet, section, ink)


def _cells(sheet: _Sheet, cells: list[tuple[str, str]]) -> None:
    """One ruled row of labels and values, two of each."""
    height, top, half = 20.0, sheet.y, sheet.width / 2
    canvas = sheet.canvas
    canvas.setStrokeColorRGB(0.6, 0.62, 0.66)
    canvas.setFillColorRGB(*_INK)
    for number, (label, value) in enumerate(cells):
        left = sheet.left + number * half
        canvas.rect(left, top - height, 62, height)
        canvas.rect(left + 62, top - height, half - 62, height)
        canvas.setFont(sheet.font, 9)
        canvas.drawString(left + 5, top - 13.5, label)
        size = min(9.5, 9.5 * (half - 70) / max(1.0, _em(sheet.font, value) * 9.5))
        canvas.setFont(sheet.font, size)
        canvas.drawString(left + 67, top - 13.5, value)
    sheet.y -= height


def _section_table(sheet: _Sheet, section: Section, ink: tuple[float, float, float]) -> None:
    sheet.room(60)
    sheet.y -= 10
    sheet.text(section.heading, 12, ink=ink)
    sheet.y -= 4
    for entry in section.entries:
        _entry_row(sheet, entry)
    for line in section.lines:
        sheet.text(line, 9.5, indent=4)


def _entry_row(sheet: _Sheet, entry: Entry) -> None:
    """Dates in a narrow cell, the rest beside them, a rule under both."""
    sheet.room(50)
    top, pages = sheet.y, sheet.pages
    date_width = 92.0
    canvas = sheet.canvas
    canvas.setFont(sheet.font, 9)
    canvas.setFillColorRGB(*_INK)
    canvas.drawString(sheet.left + 3, top - 14, entry.dates)
    right = _Sheet(
        canvas, _Style(sheet.font, sheet.lang), sheet.left + date_width, sheet.width - date_width
    )
    right.y = top
    right.text(entry.head(sheet.lang), 10)
    for line in entry.lines:
        right.text(line, 9.2)
    sheet.y, sheet.pages = right.y - 6, pages + right.pages - 1
    canvas.setStrokeColorRGB(0.7, 0.72, 0.75)
    canvas.line(sheet.left, sheet.y, sheet.left + sheet.width, sheet.y)
    if right.pages == 1:
        canvas.line(sheet.left + date_width - 5, sheet.y, sheet.left + date_width - 5, top)


_LAYOUTS = {"single": _single, "sidebar": _sidebar, "table": _table}
