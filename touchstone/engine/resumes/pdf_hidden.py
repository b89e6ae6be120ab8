"""Text on a PDF page that nobody sees: invisible, white on white, tiny, off the page, covered."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

_INVISIBLE = 3
_CLIP_ONLY = 7
_WHITE = 245  # every channel at or above this cannot be told from paper
_TINY_PT = 2.0
_MAX_OBJECTS = 60_000
_MAX_DEPTH = 6
_RULE_PT, _UPRIGHT_PT, _THIN_PT, _MAX_RULES = 50.0, 12.0, 3.0, 2000
_TEXT, _PATH, _IMAGE, _SHADING, _FORM = 1, 2, 3, 4, 5

Rect = tuple[float, float, float, float]


def address_of(pointer: Any) -> int:
    """Where an object of PDFium lies, 0 for none; five times as fast as a cast."""
    return ctypes.addressof(pointer.contents) if pointer else 0


@dataclass(slots=True)
class HiddenObjects:
    """What an eye would not see, and the lines that it would.

    Attributes:
        suspects: cause by the address of the text object.
        image_share: of the page, the largest image.
        rules: horizontal lines and edges of boxes, in page space; ``uprights`` vertical ones.
    """

    suspects: dict[int, str] = field(default_factory=dict)
    image_share: float = 0.0
    rules: list[Rect] = field(default_factory=list)
    uprights: list[Rect] = field(default_factory=list)


@dataclass(slots=True)
class _Painted:
    order: int
    rect: Rect
    white: bool
    opaque: bool


class _Walk:
    """One pass over a page's objects."""

    def __init__(self, c: Any, crop: Rect) -> None:
        self.c = c
        self.crop = crop
        self.channels = [ctypes.c_uint() for _ in range(4)]
        self.refs = [ctypes.byref(v) for v in self.channels]
        self.sides = [ctypes.c_float() for _ in range(4)]
        self.side_refs = [ctypes.byref(v) for v in self.sides]
        self.painted: list[_Painted] = []
        self.pale: list[tuple[int, int, Rect]] = []
        self.texts: list[tuple[int, int, Any]] = []
        self.hidden = HiddenObjects()
        self.order = 0

    def visit(self, count: int, get: Any, owner: Any, depth: int) -> None:
        kind_of = self.c.FPDFPageObj_GetType
        for index in range(count):
            self.order += 1
            if self.order > _MAX_OBJECTS:
                return
            item = get(owner, index)
            kind = kind_of(item)
            if kind == _TEXT:
                self._text(item)
            elif kind == _FORM:
                if depth < _MAX_DEPTH:
                    inner = self.c.FPDFFormObj_CountObjects(item)
                    self.visit(inner, self.c.FPDFFormObj_GetObject, item, depth + 1)
            elif kind in (_PATH, _IMAGE, _SHADING):
                self._paint(item, kind)

    def _bounds(self, item: Any) -> Rect:
        if not self.c.FPDFPageObj_GetBounds(item, *self.side_refs):
            return (0.0, 0.0, 0.0, 0.0)
        left, bottom, right, top = (v.value for v in self.sides)
        return (left, bottom, right, top)

    def _text(self, item: Any) -> None:
        c = self.c
        mode = c.FPDFTextObj_GetTextRenderMode(item)
        if mode in {_INVISIBLE, _CLIP_ONLY}:
            self._suspect(item, "invisible")
            return
        red, green, blue, alpha = self.channels
        if mode in {0, 4} and c.FPDFPageObj_GetFillColor(item, *self.refs):
            if alpha.value < 10:
                self._suspect(item, "invisible")
                return
            if min(red.value, green.value, blue.value) >= _WHITE:
                address = address_of(item)
                self.pale.append((self.order, address, self._bounds(item)))
                return
        rect = self._bounds(item)
        if rect[3] - rect[1] < _TINY_PT and rect[2] - rect[0] < 400 and self._tiny(item, rect):
            self._suspect(item, "tiny")
        elif self._outside(rect):
            self._suspect(item, "off_page")
        else:
            self.texts.append((self.order, address_of(item), rect))

    def _tiny(self, item: Any, rect: Rect) -> bool:
        """A low box alone may be a dash; the font's size on the page decides."""
        size = ctypes.c_float()
        matrix = self.c.FS_MATRIX()
        if not self.c.FPDFTextObj_GetFontSize(item, ctypes.byref(size)):
            return rect[3] - rect[1] > 0
        scale = 1.0
        if self.c.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix)):
            scale = max(abs(matrix.d), abs(matrix.b))
        return abs(size.value * scale) < _TINY_PT

    def _outside(self, rect: Rect) -> bool:
        x0, y0, x1, y1 = self.crop
        left, bottom, right, top = rect
        if right <= left and top <= bottom:
            return False
        return right <= x0 or left >= x1 or top <= y0 or bottom >= y1

    def _suspect(self, item: Any, cause: str) -> None:
        self.hidden.suspects[address_of(item)] = cause

    def _paint(self, item: Any, kind: int) -> None:
        rect = self._bounds(item)
        if kind == _IMAGE:
            area = max(0.0, rect[2] - rect[0]) * max(0.0, rect[3] - rect[1])
            x0, y0, x1, y1 = self.crop
            page = ((x1 - x0) * (y1 - y0)) or 1.0
            self.hidden.image_share = max(self.hidden.image_share, area / page)
            self.painted.append(_Painted(self.order, rect, white=False, opaque=False))
            return
        if kind == _SHADING:
            self.painted.append(_Painted(self.order, rect, white=False, opaque=True))
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        self.c.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke))
        self._rule(rect, stroked=bool(stroke.value))
        if not fill.value or rect[3] - rect[1] < 3 or rect[2] - rect[0] < 3:
            return
        if not self.c.FPDFPageObj_GetFillColor(item, *self.refs):
            return
        red, green, blue, alpha = (v.value for v in self.channels)
        white = min(red, green, blue) >= _WHITE
        self.painted.append(_Painted(self.order, rect, white=white, opaque=alpha > 200))

    def _rule(self, rect: Rect, *, stroked: bool) -> None:
        left, bottom, right, top = rect
        if len(self.hidden.rules) + len(self.hidden.uprights) > _MAX_RULES:
            return
        if top - bottom > _UPRIGHT_PT:
            if right - left < _THIN_PT:
                self.hidden.uprights.append(rect)
            elif stroked:
                self.hidden.uprights += [(left, bottom, left, top), (right, bottom, right, top)]
        if right - left < _RULE_PT:
            return
        if top - bottom < _THIN_PT:
            self.hidden.rules.append(rect)
        elif stroked:
            self.hidden.rules += [(left, bottom, right, bottom), (left, top, right, top)]

    def settle(self) -> None:
        """White text is hidden unless something dark lies under it; any text under a later box."""
        for order, address, rect in self.pale:
            under = [p for p in self.painted if p.order < order and _covers(p.rect, rect, 0.6)]
            if not under or under[-1].white:
                self.hidden.suspects[address] = "white"
        covers = [p for p in self.painted if p.opaque]
        if not covers:
            return
        last = covers[-1].order
        for order, address, rect in self.texts:
            if order > last:
                break
            if any(p.order > order and _covers(p.rect, rect, 0.98) for p in covers):
                self.hidden.suspects[address] = "covered"


def _covers(over: Rect, under: Rect, share: float) -> bool:
    width = min(over[2], under[2]) - max(over[0], under[0])
    height = min(over[3], under[3]) - max(over[1], under[1])
    if width <= 0 or height <= 0:
        return False
    area = (under[2] - under[0]) * (under[3] - under[1])
    return width * height >= share * area


def find_hidden(c: Any, page: Any, crop: Rect) -> HiddenObjects:
    """Looks at every object of a page once.

    Args:
        c: the C interface (`pypdfium2.raw`).
        page: a loaded page.
        crop: what is shown of it: left, bottom, right, top in page space.
    """
    walk = _Walk(c, crop)
    walk.visit(c.FPDFPage_CountObjects(page), c.FPDFPage_GetObject, page, 0)
    walk.settle()
    return walk.hidden
