"""Resumes as pictures, as a phone or a scanner would give them."""

from __future__ import annotations

import functools
import io

from PIL import Image, ImageDraw, ImageFont

from touchstone.demo.drafts import Draft
from touchstone.demo.fonts import cjk_font, latin_truetype_font
from touchstone.demo.typesetting import wrap

FORMATS = ("png", "jpg")
_SIZE = (1000, 1414)
_MARGIN = 70
_INK = (32, 34, 40)
_PAPER = (252, 252, 250)
# Reading a picture costs by the line, so these resumes are brief.
_MOST_LINES_AN_ENTRY = 2
_MOST_ENTRIES = 3


@functools.cache
def _font(lang: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = cjk_font() if lang == "zh" else (latin_truetype_font() or cjk_font())
    return ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)


def can_draw(lang: str) -> bool:
    """Whether this machine has a font for a language; Latin text always works."""
    return lang != "zh" or cjk_font() is not None


def render_image(draft: Draft, *, kind: str = "png") -> bytes:
    """The first page of the resume, 1000 × 1414 pixels, as ``png`` or ``jpg``."""
    image = Image.new("RGB", _SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    y = _MARGIN
    for text, size, indent in _lines(draft):
        font = _font(draft.lang, size)
        for line in wrap(text, _SIZE[0] - 2 * _MARGIN - indent, font.getlength):
            if y + size > _SIZE[1] - _MARGIN:
                break
            pen.text((_MARGIN + indent, y), line, fill=_INK, font=font)
            y += int(size * 1.55)
        y += 10 if size > 24 else 2
    out = io.BytesIO()
    if kind == "png":
        image.convert("L").save(out, "PNG")
    else:
        image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _lines(draft: Draft) -> list[tuple[str, int, int]]:
    """Text, size and indent in pixels, from the top down."""
    lines = [(draft.name, 40, 0)]
    lines += [(text, 21, 0) for text in draft.contact_lines]
    for section in draft.sections:
        if section.kind in {"profile", "extra", "certificates"}:
            continue
        lines.append((section.heading, 28, 0))
        for entry in section.entries[:_MOST_ENTRIES]:
            lines.append((entry.dated_head(draft.lang), 22, 0))
            lines += [(f"· {line}", 21, 14) for line in entry.lines[:_MOST_LINES_AN_ENTRY]]
        lines += [(line, 21, 0) for line in section.lines[:_MOST_ENTRIES]]
    return lines
