"""OpenDocument text by its XML."""

from __future__ import annotations

from typing import Any

from touchstone.engine.resumes.archive import Archive
from touchstone.engine.resumes.document import Document, HiddenSpan, Limits, language_of
from touchstone.engine.resumes.glyphs import mend
from touchstone.engine.resumes.html_style import is_white
from touchstone.engine.resumes.refusal import refuse
from touchstone.engine.resumes.xml import local, parse_xml

_SKIPPED = {"annotation", "tracked-changes", "sequence-decls", "forms", "note-citation"}
_MAX_DEPTH = 200


def read_odt(data: bytes, limits: Limits) -> Document:
    """Reads an OpenDocument text.

    Raises:
        UnreadableFile: broken_archive, broken_document, encrypted_archive, no_text.
    """
    archive = Archive(data, limits)
    content = archive.part("content.xml")
    if content is None:
        raise refuse("broken_document")
    manifest = archive.part("META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise refuse("encrypted_archive")
    lines: list[str] = []
    hidden: list[HiddenSpan] = []
    causes: dict[str, str] = {}
    masters = archive.part("styles.xml")
    for xml, tops in ((masters, {"header", "footer"}), (content, {"body"})):
        if xml is None:
            continue
        root = parse_xml(xml)
        causes |= _hiding_styles(root)
        for node in root.iter():
            if local(node) in tops:
                lines.extend(_lines(node, causes, hidden, 0))
    text = mend("\n".join(lines))[: limits.text_chars] + "\n"
    if not text.strip():
        raise refuse("no_text")
    return Document(
        text=text,
        kind="odt",
        lang=language_of(text),
        hidden=tuple(hidden),
        flags=("hidden_text",) if hidden else (),
    )


def _hiding_styles(root: Any) -> dict[str, str]:
    causes: dict[str, str] = {}
    for style in root.iter():
        if local(style) != "style":
            continue
        name = next((v for k, v in style.attrib.items() if k.endswith("}name")), "")
        for child in style:
            if local(child) != "text-properties":
                continue
            values = {k.rpartition("}")[2]: v for k, v in child.attrib.items()}
            if values.get("display") == "none":
                causes[name] = "word_hidden"
            elif is_white(values.get("color", "")) and not values.get("background-color"):
                causes[name] = "white"
            elif values.get("font-size", "").removesuffix("pt") in {"0", "1", "1.5"}:
                causes[name] = "tiny"
    return causes


def _lines(node: Any, causes: dict[str, str], hidden: list[HiddenSpan], depth: int) -> list[str]:
    lines: list[str] = []
    if depth > _MAX_DEPTH:
        return lines
    for child in node:
        name = local(child)
        if name in {"p", "h"}:
            boxes: list[str] = []
            text = _inline(child, causes, hidden, boxes, depth + 1)
            lines.extend([*text.split("\n"), *boxes])
        elif name == "table-row":
            cells = []
            for cell in child:
                own = [line for line in _lines(cell, causes, hidden, depth + 1) if line.strip()]
                if own:
                    cells.append(own)
            if all(len(cell) == 1 for cell in cells):
                if cells:
                    lines.append("\t".join(cell[0] for cell in cells))
            else:
                for cell in cells:
                    lines.extend(cell)
        elif name and name not in _SKIPPED:
            lines.extend(_lines(child, causes, hidden, depth + 1))
    return lines


def _inline(
    node: Any, causes: dict[str, str], hidden: list[HiddenSpan], boxes: list[str], depth: int
) -> str:
    style = next((v for k, v in node.attrib.items() if k.endswith("}style-name")), "")
    parts = [node.text or ""]
    for child in node:
        name = local(child)
        if name == "s":
            count = next((v for k, v in child.attrib.items() if k.endswith("}c")), "1")
            parts.append(" " * min(int(count) if count.isdigit() else 1, 80))
        elif name == "tab":
            parts.append("\t")
        elif name == "line-break":
            parts.append("\n")
        elif name in {"frame", "custom-shape", "text-box"}:
            boxes.extend(_lines(child, causes, hidden, depth + 1))
        elif name and name not in _SKIPPED and depth < _MAX_DEPTH:
            parts.append(_inline(child, causes, hidden, boxes, depth + 1))
        parts.append(child.tail or "")
    text = "".join(parts)
    if style in causes and text.strip():
        hidden.append(HiddenSpan(text.strip(), causes[style], 0, 0))
        return ""
    return text
