"""Resumes as DOCX, written as raw WordprocessingML: much faster than through an object model."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from touchstone.demo.drafts import Draft, Entry, Section

LAYOUTS = ("plain", "table", "textbox")
HIDING = ("vanish", "white")

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_WORD}.header+xml"/></Types>'
)
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_DOCUMENT_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/header" Target="header1.xml"/>'
    "</Relationships>"
)
_STYLES = (
    f"{_HEAD}<w:styles {_NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Calibri" w:eastAsia="微软雅黑" w:hAnsi="Calibri"/><w:sz w:val="20"/>'
    "</w:rPr></w:rPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "</w:style>"
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    '<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="200" w:after="60"/></w:pPr>'
    '<w:rPr><w:b/><w:color w:val="1F3F70"/><w:sz w:val="26"/></w:rPr></w:style></w:styles>'
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A0A4AA"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
# The ZIP format's first moment: no clock in the bytes.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def render_docx(draft: Draft, *, layout: str = "plain", hiding: str = "vanish") -> bytes:
    """The resume as DOCX, the same bytes each time.

    Args:
        layout: plain paragraphs, a table for the head and for dated entries, or the contacts in a
            text box with the name in the page header.
        hiding: one of `HIDING`, for ``draft.hidden``.
    """
    body = _body(draft, layout)
    if draft.hidden:
        look = "<w:vanish/>" if hiding == "vanish" else '<w:color w:val="FFFFFF"/><w:sz w:val="2"/>'
        body.append(f"<w:p>{_run(draft.hidden, look)}</w:p>")
    header = draft.name if layout == "textbox" else ""
    document = (
        f"{_HEAD}<w:document {_NAMESPACES}><w:body>{''.join(body)}<w:sectPr>"
        '<w:headerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" '
        'w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
        "word/styles.xml": _STYLES,
        "word/header1.xml": f"{_HEAD}<w:hdr {_NAMESPACES}>{_paragraph(header)}</w:hdr>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, _MOMENT), text, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _body(draft: Draft, layout: str) -> list[str]:
    contacts = draft.contact_lines
    parts = [_paragraph(draft.title, size=28)] if draft.title else []
    if layout == "table":
        cells = [("姓名" if draft.lang == "zh" else "Name", draft.name), *draft.contacts]
        rows = [
            [cell for pair in cells[i : i + 2] for cell in pair] for i in range(0, len(cells), 2)
        ]
        parts.append(
            _table([row + [""] * (4 - len(row)) for row in rows], (1300, 3500, 1300, 3500))
        )
    elif layout == "textbox":
        parts.append(_text_box(contacts))
    else:
        parts += [_paragraph(draft.name, size=40, bold=True), _paragraph("  |  ".join(contacts))]
    for section in draft.sections:
        parts.append(_paragraph(section.heading, style="Heading1"))
        if layout == "table" and section.entries:
            parts.append(_entries_table(section, draft.lang))
        else:
            parts += [part for entry in section.entries for part in _entry(entry)]
        parts += [_paragraph(line) for line in section.lines]
    return parts


def _entry(entry: Entry) -> list[str]:
    title = f"{entry.title}\t{entry.role}\t{entry.dates}".replace("\t\t", "\t").strip("\t")
    return [
        _paragraph(title, bold=True),
        *(_paragraph(f"• {line}", indent=240) for line in entry.lines),
    ]


def _entries_table(section: Section, lang: str) -> str:
    rows = [[entry.dates, "\n".join((entry.head(lang), *entry.lines))] for entry in section.entries]
    return _table(rows, (2000, 7600))


def _table(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{''.join(_paragraph(line) for line in cell.split(chr(10)))}</w:tc>"
            for cell, width in zip(row, widths, strict=True)
        )
        + "</w:tr>"
        for row in rows
    )
    properties = f"<w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>"
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl><w:p/>"


def _text_box(lines: Sequence[str]) -> str:
    inside = "".join(_paragraph(line) for line in lines)
    return (
        '<w:p><w:r><w:pict><v:shape style="width:440pt;height:90pt">'
        f"<v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )


def _paragraph(
    text: str, *, style: str = "", bold: bool = False, size: int = 0, indent: int = 0
) -> str:
    """``size`` in half points, ``indent`` in twentieths of a point."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += f'<w:ind w:left="{indent}"/>' if indent else ""
    look = ("<w:b/>" if bold else "") + (f'<w:sz w:val="{size}"/>' if size else "")
    before = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{before}{_run(text, look)}</w:p>" if text else "<w:p/>"


def _run(text: str, look: str) -> str:
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    pieces = "<w:tab/>".join(
        f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t")
    )
    return f"<w:r>{properties}{pieces}</w:r>"
