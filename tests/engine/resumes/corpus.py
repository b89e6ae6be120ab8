"""Resumes of every format with what should be read out of them, made afresh for each run."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape
from typing import Any

from tests.engine.resumes.layouts import (
    as_form,
    as_right_dates,
    as_right_sidebar,
    as_shuffled_pdf,
    as_spaced_pdf,
)
from tests.engine.resumes.people import Person, person
from tests.engine.resumes.sheets import Row, Sheet, sheet


@dataclass(frozen=True)
class Sample:
    """One file and its gold; ``hidden`` words must not be in its text, and must be flagged."""

    name: str
    data: bytes
    person: Person
    hidden: str

    @property
    def gold(self) -> dict[str, object]:
        return self.person.gold


def text_of(page: Sheet, seed: int) -> str:
    return (
        "\n".join(page.lines(("• ", "- ", "1. ", "◆ ")[seed % 4], ("  ", "\t", "    ")[seed % 3]))
        + "\n"
    )


def as_utf8(page: Sheet, seed: int) -> bytes:
    return text_of(page, seed).encode()


def as_utf16(page: Sheet, seed: int) -> bytes:
    return text_of(page, seed).encode("utf-16")


def as_gbk(page: Sheet, seed: int) -> bytes:
    return text_of(page, seed).replace("\n", "\r\n").encode("gb18030")


def as_markdown(page: Sheet, seed: int) -> bytes:
    out = ["# " + " | ".join(page.head[0].cells), *(" | ".join(row.cells) for row in page.head[1:])]
    for block in page.blocks:
        out += ["", f"## {block.heading}", ""]
        out += [
            ("- " if row.kind == "bullet" else "") + " | ".join(row.cells) for row in block.rows
        ]
    return "\n".join(out).encode()


def _html_row(row: Row) -> str:
    if len(row.cells) > 1:
        return "<table><tr>" + "".join(f"<td>{escape(c)}</td>" for c in row.cells) + "</tr></table>"
    tag = {"bullet": "li", "name": "h1"}.get(row.kind, "p")
    return f"<{tag}>{escape(row.cells[0])}</{tag}>"


def html_of(page: Sheet, seed: int) -> str:
    hides = ("display:none", "color:#fff", "font-size:0", "position:absolute;left:-9999px")
    body = "".join(map(_html_row, page.head))
    for block in page.blocks:
        body += f"<h2>{escape(block.heading)}</h2>" + "".join(map(_html_row, block.rows))
    if page.hidden:
        body += f'<div style="{hides[seed % 4]}">{escape(page.hidden)}</div>'
    return f"<!DOCTYPE html><html><head><title>Resume</title><style>h2{{color:#336}}</style></head><body><div>{body}</div></body></html>"


def as_html(page: Sheet, seed: int) -> bytes:
    if seed % 2:
        return (
            html_of(page, seed).replace("<head>", '<head><meta charset="gb2312">').encode("gb18030")
        )
    return html_of(page, seed).replace("<head>", '<head><meta charset="utf-8">').encode()


def as_mht(page: Sheet, seed: int) -> bytes:
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Subject"] = "resume"
    message["MIME-Version"] = "1.0"
    message.set_content("x")
    message.make_related()
    message.set_payload([])
    part = EmailMessage()
    part.set_content(html_of(page, seed), subtype="html", charset="utf-8", cte="quoted-printable")
    message.attach(part)
    return message.as_bytes()


def as_mail(page: Sheet, seed: int) -> bytes:
    message = EmailMessage()
    message["From"] = "HR Platform <noreply@zhaopin.com>"
    message["To"] = "hr@company.example"
    message["Subject"] = "应聘 AI训练师"
    message["Message-ID"] = f"<{seed}@zhaopin.com>"
    message.set_content(
        "您好，附件为应聘者简历，请查收。\n客服热线 400-885-9898  support@zhaopin.com\n"
    )
    message.add_attachment(
        as_docx(page, seed), maintype="application", subtype="octet-stream", filename="简历.docx"
    )
    return message.as_bytes()


def as_docx(page: Sheet, seed: int) -> bytes:
    import docx
    from docx.shared import Pt, RGBColor

    document = docx.Document()
    manner = seed % 3
    head = list(page.head)
    if manner == 1:
        header = document.sections[0].header
        header.paragraphs[0].text = "    ".join(head.pop(0).cells)
    for row in head:
        _docx_row(document, row, table=manner == 2)
    for block in page.blocks:
        document.add_heading(block.heading, 2)
        for row in block.rows:
            _docx_row(document, row, table=manner == 2)
    if page.hidden:
        run = document.add_paragraph().add_run(page.hidden)
        if seed % 3 == 0:
            run.font.hidden = True
        elif seed % 3 == 1:
            run.font.color.rgb = RGBColor(255, 255, 255)
        else:
            run.font.size = Pt(1)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_row(document: Any, row: Row, *, table: bool) -> None:
    if table and len(row.cells) > 1:
        grid = document.add_table(rows=1, cols=len(row.cells))
        for cell, text in zip(grid.rows[0].cells, row.cells, strict=True):
            cell.text = text
        return
    style = "List Bullet" if row.kind == "bullet" else None
    document.add_paragraph("\t".join(row.cells), style=style)


def as_rtf(page: Sheet, seed: int) -> bytes:
    def rtf(text: str) -> str:
        out = []
        for ch in text:
            if ch in "\\{}":
                out.append("\\" + ch)
            elif ord(ch) < 128:
                out.append("\\tab " if ch == "\t" else ch)
            elif seed % 2:
                out.append("".join(f"\\'{b:02x}" for b in ch.encode("gb18030")))
            else:
                code = ord(ch) if ord(ch) < 32768 else ord(ch) - 65536
                out.append(f"\\u{code}?")
        return "".join(out)

    paragraphs = "".join(rtf(line) + "\\par\n" for line in page.lines("- ", "\t"))
    hidden = "{\\v " + rtf(page.hidden) + "}" if page.hidden else ""
    return (
        "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fnil\\fcharset134 SimSun;}}"
        "{\\colortbl;\\red0\\green0\\blue0;\\red255\\green255\\blue255;}\\f0\\fs21 "
        + paragraphs
        + hidden
        + "}"
    ).encode("ascii")


def as_odt(page: Sheet, seed: int) -> bytes:
    rows = "".join(
        f"<text:p>{escape(line).replace(chr(9), '<text:tab/>')}</text:p>"
        for line in page.lines("• ", "\t")
    )
    names = " ".join(
        f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{u}:1.0"'
        for p, u in (("office", "office"), ("text", "text"), ("style", "style"))
    )
    styles, hidden = "", ""
    if page.hidden:
        styles = '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
        hidden = (
            f'<text:p><text:span text:style-name="T1">{escape(page.hidden)}</text:span></text:p>'
        )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>'
        f"<office:body><office:text>{rows}{hidden}</office:text></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return out.getvalue()


_WIDTH, _HEIGHT, _MARGIN = 595.0, 842.0, 48.0


def as_pdf(page: Sheet, seed: int) -> bytes:
    """One column; the fonts of Chinese text are named and not embedded (Adobe-GB1)."""
    from reportlab.pdfgen import canvas

    font = pdf_font(page.lang)
    out = io.BytesIO()
    sheet_ = canvas.Canvas(out, pagesize=(_WIDTH, _HEIGHT), invariant=1)
    y = _HEIGHT - 60
    if seed % 4 == 1:
        sheet_.setFillColorRGB(0.1, 0.2, 0.5)
        sheet_.rect(0, y - 14, _WIDTH, 60, stroke=0, fill=1)
    for kind, row in _flow(page):
        if y < 60:
            sheet_.showPage()
            y = _HEIGHT - 60
        first = kind == "name"
        sheet_.setFillColorRGB(*((1, 1, 1) if first and seed % 4 == 1 and y > 740 else (0, 0, 0)))
        y = _draw(sheet_, font, row, kind, _MARGIN, y, _WIDTH - 2 * _MARGIN)
    _hide(sheet_, font, page.hidden, seed)
    sheet_.save()
    return out.getvalue()


def as_pdf_columns(page: Sheet, seed: int) -> bytes:
    """Two columns, drawn line by line across: contacts and skills at the left, the rest right."""
    from reportlab.pdfgen import canvas

    font = pdf_font(page.lang)
    out = io.BytesIO()
    sheet_ = canvas.Canvas(out, pagesize=(_WIDTH, _HEIGHT), invariant=1)
    side_kinds = (
        "技能",
        "评价",
        "优势",
        "总结",
        "Skill",
        "SKILL",
        "Compet",
        "Summary",
        "PROFILE",
        "About",
        "ABOUT",
        "技 能",
        "评 价",
    )
    side = [b for b in page.blocks if any(k in b.heading for k in side_kinds)]
    main = [b for b in page.blocks if b not in side]
    left = [
        ("name" if r.kind == "name" else "plain", Row((c,), r.kind))
        for r in page.head
        for c in r.cells
    ]
    left += [item for block in side for item in _flow_block(block)]
    right = [item for block in main for item in _flow_block(block)]
    marks: list[tuple[float, float, Callable[[], object]]] = []
    for items, x, width in ((left, 40.0, 150.0), (right, 215.0, 350.0)):
        y = _HEIGHT - 60
        for kind, row in items:
            marks.append((-y, x, functools.partial(_draw, sheet_, font, row, kind, x, y, width)))
            y -= _lines_high(row, kind, width, font) * _size(kind, width) * 1.5 + (
                8 if kind == "heading" else 2
            )
    for _, _, draw in sorted(marks, key=lambda mark: mark[:2]):
        draw()
    _hide(sheet_, font, page.hidden, seed)
    sheet_.save()
    return out.getvalue()


def pdf_font(lang: str) -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    if lang == "en":
        return "Helvetica"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def _flow(page: Sheet) -> Iterator[tuple[str, Row]]:
    for row in page.head:
        yield ("name" if row.kind == "name" else "plain"), row
    for block in page.blocks:
        yield from _flow_block(block)


def _flow_block(block: Any) -> Iterator[tuple[str, Row]]:
    yield "heading", Row((block.heading,))
    for row in block.rows:
        yield row.kind, row


def _size(kind: str, width: float = 400.0) -> float:
    if width < 200:
        return {"name": 14.0, "heading": 11.0}.get(kind, 8.0)
    return {"name": 19.0, "heading": 13.0}.get(kind, 10.0)


def wrapped(text: str, size: float, width: float, font: str = "") -> list[str]:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines, line, used = [], "", 0.0
    for ch in text:
        wide = 1.0 if ord(ch) > 0x2E80 else 0.52
        step = stringWidth(ch, font, size) if font else size * wide
        if used + step > width and (ord(ch) > 0x2E80 or ch == " "):
            lines.append(line)
            line, used = "", 0.0
            if ch == " ":
                continue
        line += ch
        used += step
    return [*lines, line]


def _lines_high(row: Row, kind: str, width: float, font: str) -> int:
    return len(wrapped(_words(row, kind), _size(kind, width), width, font))


def _words(row: Row, kind: str) -> str:
    return ("- " if kind == "bullet" else "") + "    ".join(row.cells)


def _draw(sheet_: Any, font: str, row: Row, kind: str, x: float, y: float, width: float) -> float:
    size = _size(kind, width)
    sheet_.setFont(font, size)
    if len(row.cells) > 1 and width > 400 and sum(map(len, row.cells)) < 48:
        step = width / len(row.cells)
        for index, cell in enumerate(row.cells):
            sheet_.drawString(x + step * index, y, cell)
        return y - size * 1.5 - 2
    for line in wrapped(_words(row, kind), size, width, font):
        sheet_.drawString(x, y, line)
        y -= size * 1.5
    return y - (8 if kind == "heading" else 2)


def _hide(sheet_: Any, font: str, words: str, seed: int) -> None:
    if not words:
        return
    manner = seed % 5
    text = sheet_.beginText(60, 30 if manner != 2 else -200)
    text.setFont(font, 0.8 if manner == 1 else 9)
    if manner == 0:
        text.setFillColorRGB(1, 1, 1)
    if manner == 3:
        text.setTextRenderMode(3)
    if manner == 4:
        text.setFillColorRGB(0.99, 0.99, 0.99)
    text.textLine(words)
    sheet_.drawText(text)


def as_png(page: Sheet, seed: int) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 26)
    lines = [
        part
        for line in page.lines("· ", "    ")
        for part in (wrapped(line, 26, 1100) if line else [""])
    ]
    image = Image.new("RGB", (1240, 60 + 44 * len(lines)), "white")
    draw = ImageDraw.Draw(image)
    for index, line in enumerate(lines):
        draw.text((60, 30 + 44 * index), line, fill="black", font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


FORMATS: tuple[tuple[str, Callable[[Sheet, int], bytes], bool], ...] = (
    # suffix, writer, whether the writer can hide words
    ("pdf", as_pdf, True),
    ("docx", as_docx, True),
    ("txt", as_utf8, False),
    ("pdf", as_pdf_columns, True),
    ("html", as_html, True),
    ("md", as_markdown, False),
    ("docx", as_docx, True),
    ("pdf", as_pdf, True),
    ("txt", as_gbk, False),
    ("rtf", as_rtf, True),
    ("eml", as_mail, True),
    ("odt", as_odt, True),
    ("mht", as_mht, True),
    ("txt", as_utf16, False),
    ("pdf", as_right_dates, False),
    ("pdf", as_right_sidebar, False),
    ("pdf", as_spaced_pdf, False),
    ("pdf", as_form, False),
    ("pdf", as_shuffled_pdf, False),
)


def samples(count: int, first: int = 0) -> Iterator[Sample]:
    """``count`` files of all formats in turn, the same ones every time."""
    for seed in range(first, first + count):
        suffix, write, hides = FORMATS[seed % len(FORMATS)]
        someone = person(seed)
        page = sheet(someone, seed)
        yield Sample(
            f"{seed:04d}.{suffix}", write(page, seed), someone, page.hidden if hides else ""
        )
