"""Runs of characters on a PDF page: its lines, cut where columns, cells and gaps part them."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from touchstone.engine.resumes.document import FULL, Page
from touchstone.engine.resumes.pdf_layout import Segment, gutter_of

_GAP_EM = 1.6
_CELL_GAP = 0.005  # of the page's width: characters closer than this are one word
_SOFT_EM = 0.7  # a gap that may be a gutter; without one the line stays whole
_GLUE_EM = 0.4  # runs this far apart with no space between them are not one word


@dataclass(frozen=True, slots=True)
class Frame:
    """Maps page space to fractions of the page as shown: origin top left, rotation undone."""

    crop: tuple[float, float, float, float]
    rotation: int

    @classmethod
    def of(cls, c: Any, page: Any, size: Page) -> Frame:
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


class Boxes:
    """Boxes of single characters in fractions of the page, asked for when needed."""

    def __init__(self, c: Any, text_page: Any, frame: Frame, count: int) -> None:
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


def segments_of(
    c: Any,
    text_page: Any,
    chars: str,
    boxes: Boxes,
    frame: Frame,
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
    boxes: Boxes,
    frame: Frame,
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


def cut_at_gutter(segments: list[Segment], chars: str, boxes: Boxes) -> list[Segment]:
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
        if not at or boxes.at(end - 1)[2] > boxes.at(at)[0] + 0.002:
            cut.append(segment)
            continue
        cut.append(replace(segment, end=end, right=boxes.at(end - 1)[2]))
        cut.append(replace(segment, start=at, left=boxes.at(at)[0], follows=False))
    return cut


def cut_at_uprights(
    segments: list[Segment],
    chars: str,
    boxes: Boxes,
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
    start: int, stop: int, chars: str, boxes: Boxes, breaks: list[float]
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
    start: int, stop: int, chars: str, boxes: Boxes, em: float, breaks: list[float]
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
    start: int, stop: int, chars: str, boxes: Boxes, hidden: dict[int, str]
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
