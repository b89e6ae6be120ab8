"""DOCX by its XML: body, tables in tables, text boxes, headers and footers; hidden runs apart."""

from __future__ import annotations

from typing import Any

from touchstone.engine.resumes.archive import Archive
from touchstone.engine.resumes.document import Document, HiddenSpan, Limits, language_of
from touchstone.engine.resumes.glyphs import mend
from touchstone.engine.resumes.refusal import refuse
from touchstone.engine.resumes.word_style import Style, Styles, shade_of
from touchstone.engine.resumes.xml import local, parse_xml

_SKIPPED = {"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sectPr", "tblPr", "tblGrid"}
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}
_MAX_DEPTH = 200


def read_docx(data: bytes, limits: Limits) -> Document:
    """Reads a Word document.

    Raises:
        UnreadableFile: broken_archive, broken_document, decompression_limit, no_text.
    """
    archive = Archive(data, limits)
    main = _main_part(archive)
    body = archive.part(main)
    if body is None:
        raise refuse("broken_document")
    folder = main.rpartition("/")[0]
    styles = Styles.read(archive.part(f"{folder}/styles.xml"))
    walk = _Walk(styles)
    heads = archive.matching([f"{folder}/header"], ".xml")
    feet = archive.matching([f"{folder}/footer", f"{folder}/footnotes"], ".xml")
    seen: set[str] = set()
    for name in heads:
        walk.part(archive.part(name), seen)
    walk.part(body, None)
    for name in feet:
        walk.part(archive.part(name), seen)
    text = walk.text()[: limits.text_chars]
    if not text.strip():
        raise refuse("no_text")
    macros = any(name.endswith("vbaProject.bin") for name in archive.names())
    flags = [name for name, on in (("hidden_text", walk.hidden), ("active_content", macros)) if on]
    return Document(
        text=text,
        kind="docx",
        lang=language_of(text),
        hidden=tuple(walk.hidden),
        flags=tuple(sorted(flags)),
    )


def _main_part(archive: Archive) -> str:
    names = set(archive.names())
    if "word/document.xml" in names:
        return "word/document.xml"
    for name in sorted(names):
        if name.startswith("word/document") and name.endswith(".xml"):
            return name
    raise refuse("broken_document")


class _Walk:
    """Collects lines; a cell of one line stays on its row's line, longer cells stand alone."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.lines: list[str] = []
        self.hidden: list[HiddenSpan] = []

    def text(self) -> str:
        return mend("\n".join(self.lines)) + "\n"

    def part(self, xml: bytes | None, seen: set[str] | None) -> None:
        """Adds a part; of headers and footers, each line once."""
        if xml is None:
            return
        root = parse_xml(xml)
        lines = self._block(root, "", 0)
        if seen is not None:
            lines = [line for line in lines if line.strip() and line.strip() not in seen]
            seen.update(line.strip() for line in lines)
        self.lines.extend(lines)

    def _block(self, node: Any, ground: str, depth: int) -> list[str]:
        lines: list[str] = []
        if depth > _MAX_DEPTH:
            return lines
        for child in node:
            name = local(child)
            if name == "p":
                lines.extend(self._paragraph(child, ground, depth + 1))
            elif name == "tbl":
                lines.extend(self._table(child, ground, depth + 1))
            elif name and name not in _SKIPPED:
                lines.extend(self._block(child, ground, depth + 1))
        return lines

    def _table(self, table: Any, ground: str, depth: int) -> list[str]:
        lines: list[str] = []
        for row in _children(table, "tr"):
            cells = []
            for cell in _children(row, "tc"):
                if _merged_away(cell):
                    continue
                own = shade_of(cell, "tcPr") or ground
                cells.append([line for line in self._block(cell, own, depth + 1) if line.strip()])
            cells = [cell for cell in cells if cell]
            if all(len(cell) == 1 for cell in cells):
                if cells:
                    lines.append("\t".join(cell[0] for cell in cells))
                continue
            for cell in cells:
                lines.extend(cell)
        return lines

    def _paragraph(self, paragraph: Any, ground: str, depth: int) -> list[str]:
        style = self.styles.of_paragraph(paragraph)
        own = shade_of(paragraph, "pPr") or ground
        boxes: list[str] = []
        text = "".join(self._inline(paragraph, style, own, boxes, depth))
        return [*text.split("\n"), *boxes]

    def _inline(
        self, node: Any, style: Style, ground: str, boxes: list[str], depth: int
    ) -> list[str]:
        parts: list[str] = []
        if depth > _MAX_DEPTH:
            return parts
        for child in node:
            name = local(child)
            if name == "r":
                parts.append(self._run(child, style, ground, boxes, depth + 1))
            elif name == "p" or (name and name not in _SKIPPED):
                parts.extend(self._inline(child, style, ground, boxes, depth + 1))
        return parts

    def _run(self, run: Any, style: Style, ground: str, boxes: list[str], depth: int) -> str:
        parts: list[str] = []
        for child in run:
            name = local(child)
            if name == "t":
                parts.append(child.text or "")
            elif name in _BREAKS:
                parts.append(_BREAKS[name])
            elif name == "AlternateContent":
                boxes.extend(self._alternative(child, ground, depth + 1))
            elif name in {"drawing", "pict", "object"}:
                boxes.extend(self._text_boxes(child, ground, depth + 1))
        text = "".join(parts)
        if not text.strip():
            return text
        cause = self.styles.hidden_run(run, style, ground)
        if cause:
            self.hidden.append(HiddenSpan(text.strip(), cause, 0, sum(map(len, self.lines))))
            return ""
        return text

    def _alternative(self, node: Any, ground: str, depth: int) -> list[str]:
        """The first alternative that has words: they say the same thing twice."""
        for choice in node:
            lines = self._text_boxes(choice, ground, depth + 1)
            if any(line.strip() for line in lines):
                return lines
        return []

    def _text_boxes(self, node: Any, ground: str, depth: int) -> list[str]:
        lines: list[str] = []
        if depth > _MAX_DEPTH:
            return lines
        for child in node:
            name = local(child)
            if name == "txbxContent":
                lines.extend(line for line in self._block(child, ground, depth + 1) if line.strip())
            elif name == "AlternateContent":
                lines.extend(self._alternative(child, ground, depth + 1))
            elif name:
                own = _fill_of(child) or ground if name in {"wsp", "shape", "rect"} else ground
                lines.extend(self._text_boxes(child, own, depth + 1))
        return lines


def _children(node: Any, name: str) -> list[Any]:
    """Children of that name, also inside content controls and tracked insertions."""
    found = []
    for child in node:
        kind = local(child)
        if kind == name:
            found.append(child)
        elif kind in {"sdt", "sdtContent", "ins", "customXml", "smartTag"}:
            found.extend(_children(child, name))
    return found


def _merged_away(cell: Any) -> bool:
    for properties in cell:
        if local(properties) == "tcPr":
            for child in properties:
                if local(child) == "vMerge":
                    values = [v for k, v in child.attrib.items() if k.endswith("val")]
                    return not values or values[0] == "continue"
    return False


def _fill_of(shape: Any) -> str:
    """The fill of a drawn shape, as hex digits, or "" for none."""
    fill: str = shape.get("fillcolor", "")
    if fill:
        return fill.lstrip("#").split()[0]
    for child in shape:
        if local(child) != "spPr":
            continue
        for paint in child:
            kind = local(paint)
            if kind == "solidFill":
                for color in paint:
                    return str(color.get("val", ""))
            if kind in {"gradFill", "blipFill", "pattFill"}:
                return "picture"
    return ""
