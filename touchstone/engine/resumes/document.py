"""What reading a file gives: its text, where on which page each character stands, what was kept out.

Offsets count Unicode code points of `Document.text`, end exclusive.
"""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from touchstone.common.messages import Message

Status = Literal["ok", "partial"]
Language = Literal["zh", "en"]
FULL = 65535  # box coordinates are fractions of the page, stored in 16 bits
PACK_VERSION = 1
_HAN = re.compile("[\u4e00-\u9fff]+")
_LATIN = re.compile("[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    Attributes:
        input_bytes: size of the file as it came.
        expanded_bytes: what its compressed parts may come to in all.
        expansion_ratio: how often a compressed part may exceed its packed size, above 1 MiB.
        entries: members of an archive that are looked at.
        depth: archives and mails inside one another.
        pages: pages read; more make the reading partial.
        pixels: width × height of an image or a page drawn for recognition.
        text_chars: characters kept; more make the reading partial.
        ocr_pages: pages recognised; more make the reading partial.
        time_s: processor time in a limited process, or wall time where it hangs.
        memory_mib: address space in a limited process, recognition apart.
        ocr_time_s: the same where pages are recognised.
        ocr_memory_mib: address space where pages are recognised.
    """

    input_bytes: int = 30 * 1024 * 1024
    expanded_bytes: int = 160 * 1024 * 1024
    expansion_ratio: int = 200
    entries: int = 2000
    depth: int = 3
    pages: int = 50
    pixels: int = 25_000_000
    text_chars: int = 300_000
    ocr_pages: int = 6
    time_s: float = 20.0
    memory_mib: int = 1024
    ocr_time_s: float = 120.0
    ocr_memory_mib: int = 6144


@dataclass(frozen=True, slots=True)
class Page:
    """Size in points of 1/72 inch (of an image: in pixels)."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class HiddenSpan:
    """Text that a reader of the page would not see, kept out of `Document.text`.

    ``cause``: white | tiny | off_page | invisible | covered | word_hidden | css_hidden.
    ``page`` counts from 0; ``at`` is the offset in the text where it would have stood.
    """

    text: str
    cause: str
    page: int
    at: int


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside the file: an attachment of a mail or of a PDF."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, as fractions 0..1 of its width and height from the top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read.

    Attributes:
        text: what a person sees, in reading order, lines ended by ``\\n``.
        kind: pdf | docx | odt | rtf | html | mht | eml | txt | image …
        status: "partial" when something was left out; ``reason`` and ``detail`` say what.
        lang: the language most of it is written in.
        pages: sizes; empty where the format has no pages.
        page_starts: offset in ``text`` of the first character of each page.
        boxes: four numbers a character (left, top, right, bottom in 1/65535 of the page);
            all zero where nothing is drawn; None where the format has no geometry or none was
            asked for.
        hidden: spans kept out of ``text``.
        flags: machine words, sorted: hidden_text, active_content, ocr …
        members: files inside the file that were not read into ``text``.
        needs_ocr: there are page images whose words only recognition can read.
        headlines: offsets of lines set clearly larger than the rest of the first page.
    """

    text: str
    kind: str
    status: Status = "ok"
    reason: str = ""
    detail: Message | None = None
    lang: Language = "zh"
    pages: tuple[Page, ...] = ()
    page_starts: tuple[int, ...] = ()
    boxes: array[int] | None = field(default=None, repr=False)
    hidden: tuple[HiddenSpan, ...] = ()
    flags: tuple[str, ...] = ()
    members: tuple[Member, ...] = field(default=(), repr=False)
    needs_ocr: bool = False
    headlines: tuple[int, ...] = ()

    def page_of(self, offset: int) -> int:
        """The page, from 0, on which the character at ``offset`` stands."""
        return max(0, bisect_right(self.page_starts, offset) - 1)

    def boxes_of(self, start: int, end: int) -> tuple[Box, ...]:
        """Rectangles that cover ``text[start:end]``, one a line; empty without geometry."""
        if self.boxes is None:
            return ()
        return boxes_of(self.boxes, self.page_starts, start, end)

    def geometry(self) -> bytes:
        """Pages and boxes packed for storage; empty without geometry. See `read_geometry`."""
        if self.boxes is None:
            return b""
        head = array("d")
        for page, start in zip(self.pages, self.page_starts, strict=True):
            head.extend((page.width, page.height, float(start)))
        boxes = array("H", self.boxes)
        if sys.byteorder == "big":
            head.byteswap()
            boxes.byteswap()
        raw = len(self.pages).to_bytes(4, "little") + head.tobytes() + boxes.tobytes()
        return bytes([PACK_VERSION]) + zlib.compress(raw, 6)


@dataclass(frozen=True, slots=True)
class Geometry:
    """What `Document.geometry` packed."""

    pages: tuple[Page, ...]
    page_starts: tuple[int, ...]
    boxes: array[int] = field(repr=False)

    def boxes_of(self, start: int, end: int) -> tuple[Box, ...]:
        """Rectangles that cover the characters from ``start`` to ``end``, one a line."""
        return boxes_of(self.boxes, self.page_starts, start, end)


def read_geometry(packed: bytes) -> Geometry:
    """Unpacks `Document.geometry`.

    Raises:
        ValueError: not such bytes.
    """
    if not packed or packed[0] != PACK_VERSION:
        raise ValueError("not packed geometry of this version")
    raw = zlib.decompress(packed[1:])
    count = int.from_bytes(raw[:4], "little")
    head = array("d", raw[4 : 4 + 24 * count])
    boxes = array("H", raw[4 + 24 * count :])
    if sys.byteorder == "big":
        head.byteswap()
        boxes.byteswap()
    pages = tuple(Page(head[3 * i], head[3 * i + 1]) for i in range(count))
    return Geometry(pages, tuple(int(head[3 * i + 2]) for i in range(count)), boxes)


def boxes_of(
    boxes: Sequence[int], page_starts: Sequence[int], start: int, end: int
) -> tuple[Box, ...]:
    """Rectangles that cover the characters from ``start`` to ``end``, one a line."""
    found: list[list[int]] = []
    for offset in range(max(start, 0), min(end, len(boxes) // 4)):
        left, top, right, bottom = boxes[4 * offset : 4 * offset + 4]
        if right <= left and bottom <= top:
            continue
        page = max(0, bisect_right(page_starts, offset) - 1)
        last = found[-1] if found else None
        if last and last[0] == page and _same_line(last, top, bottom) and left >= last[1]:
            last[2] = min(last[2], top)
            last[3] = max(last[3], right)
            last[4] = max(last[4], bottom)
        else:
            found.append([page, left, top, right, bottom])
    return tuple(Box(p, x0 / FULL, y0 / FULL, x1 / FULL, y1 / FULL) for p, x0, y0, x1, y1 in found)


def _same_line(last: list[int], top: int, bottom: int) -> bool:
    overlap = min(last[4], bottom) - max(last[2], top)
    return overlap * 2 > min(last[4] - last[2], bottom - top)


@dataclass(frozen=True, slots=True)
class Word:
    """A line or word that recognition found: its text and its box in pixels of the image."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


class OcrReader(Protocol):
    """Reads the words of an image."""

    def __call__(self, png: bytes) -> list[Word]:
        """Lines in any order; ``png`` is an image file of any common format."""
        ...


def language_of(text: str) -> Language:
    """ "zh" where Han characters make up a tenth or more of the letters, else "en"."""
    sample = text[:6000]
    han = sum(map(len, _HAN.findall(sample)))
    latin = sum(map(len, _LATIN.findall(sample)))
    return "zh" if han and han * 9 >= latin else "en"
