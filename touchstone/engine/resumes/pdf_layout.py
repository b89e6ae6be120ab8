"""Reading order of a page: columns are read one after another, rows of a table across."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_GUTTER_LINES = 4  # a column has at least this many lines on either side
_CROSSING_SHARE = 0.06
_TABLE_SHARE = 0.6
_DENSE_TABLE_SHARE = 0.85
_SAME_LINE = 0.0012
_LEFT_EDGE, _NAME_EDGE, _NAME_INDENT, _NAME_CHARS, _FORM_ROWS = 0.16, 0.3, 0.04, 24, 2

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters on one line, with its box in fractions of the page from the top left.

    ``follows``: it goes on closely behind the one before, and belongs to it unless a gutter runs
    between the two.
    """

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    follows: bool = False


def in_reading_order(
    segments: list[Segment], rules: Sequence[Rect] = ()
) -> list[tuple[Segment, str]]:
    """Segments as a person reads them, each with what separates it from the next.

    Args:
        segments: in any order.
        rules: horizontal lines of the page, that tell the rows of a form.

    The separator is a tab between cells of one row, a blank line where a column ends and another
    begins, else a line end.
    """
    if not segments:
        return []
    form = _form(segments, rules)
    if form is not None:
        return form
    rows = _rows(segments)
    ordered: list[tuple[Segment, str]] = []
    blocks = _blocks(rows)
    for number, block in enumerate(blocks):
        for row in map(_closed_up, block):
            ordered.extend((segment, "\t") for segment in row[:-1])
            ordered.append((row[-1], "\n"))
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        if following and following[0][0].top < block[-1][0].top:
            ordered[-1] = (ordered[-1][0], "\n\n")
    return ordered


def _form(segments: list[Segment], rules: Sequence[Rect]) -> list[tuple[Segment, str]] | None:
    """The reading order of a ruled form whose left column names what stands at the right.

    A name is read before its row, wherever in the height of the row it stands, and also where it
    is set downwards, one character a line. None where the page is no such form.
    """
    heights = sorted({round((t + b) / 2, 4) for left, t, right, b in rules if left < _LEFT_EDGE})
    if len(heights) < _FORM_ROWS + 1:
        return None
    bands: list[list[Segment]] = [[] for _ in range(len(heights) + 1)]
    for segment in segments:
        bands[bisect_right(heights, (segment.top + segment.bottom) / 2)].append(segment)
    named = [_named(band) for band in bands]
    if sum(1 for names in named if names) < _FORM_ROWS:
        return None
    ordered: list[tuple[Segment, str]] = []
    for band, found in zip(bands, named, strict=True):
        names = [] if _beside_its_row(found, band) else found
        ordered.extend((s, "" if s.end - s.start == 1 else "\n") for s in names)
        if names:
            ordered[-1] = (names[-1], "\n")
        for row in map(_closed_up, _rows([s for s in band if s not in names])):
            ordered.extend((segment, "\t") for segment in row[:-1])
            ordered.append((row[-1], "\n"))
    return ordered


def _named(band: list[Segment]) -> list[Segment]:
    """The segments of a form's row that name it, from the top down; none where nothing does."""
    edge = min((s.left for s in band), default=0.0) + _NAME_INDENT
    names = [s for s in band if s.right < _NAME_EDGE and s.left < edge]
    rest = [s for s in band if s not in names]
    if not names or not rest or sum(s.end - s.start for s in names) > _NAME_CHARS:
        return []
    if min(s.left for s in rest) < max(s.right for s in names):
        return []
    return sorted(names, key=lambda s: (s.top, s.left))


def _beside_its_row(names: list[Segment], band: list[Segment]) -> bool:
    """Whether a single name stands at the height of the first line that it names."""
    rest = [s for s in band if s not in names]
    return len(names) == 1 and bool(rest) and _level(names[0], min(rest, key=lambda s: s.top))


def _closed_up(row: list[Segment]) -> list[Segment]:
    """A row with the segments that follow each other closely as one."""
    closed: list[Segment] = []
    for segment in row:
        before = closed[-1] if closed else None
        if before and segment.follows and 0 <= segment.start - before.end <= 3:
            closed[-1] = Segment(
                before.start,
                segment.end,
                before.left,
                min(before.top, segment.top),
                segment.right,
                max(before.bottom, segment.bottom),
                before.follows,
            )
        else:
            closed.append(segment)
    return closed


def _rows(segments: list[Segment]) -> list[list[Segment]]:
    """Segments that stand at one height, left to right; rows from the top down."""
    rows: list[list[Segment]] = []
    if all(a.bottom <= b.top + (b.bottom - b.top) * 0.5 for a, b in itertools.pairwise(segments)):
        return [[segment] for segment in segments]
    for segment in sorted(segments, key=lambda s: (s.top + s.bottom, s.left)):
        last = rows[-1] if rows else None
        if last and _level(last[0], segment) and not any(_over(o, segment) for o in last):
            last.append(segment)
        else:
            rows.append([segment])
    for row in rows:
        row.sort(key=lambda s: s.left)
    return rows


def _level(a: Segment, b: Segment) -> bool:
    middle = (b.top + b.bottom) / 2
    other = (a.top + a.bottom) / 2
    return abs(middle - other) < 0.5 * min(a.bottom - a.top, b.bottom - b.top)


def _over(a: Segment, b: Segment) -> bool:
    return min(a.right, b.right) - max(a.left, b.left) > 0.3 * min(
        a.right - a.left, b.right - b.left
    )


def _blocks(rows: list[list[Segment]]) -> list[list[list[Segment]]]:
    """Parts of the page: full-width rows as they come, two-column stretches column by column."""
    segments = [segment for row in rows for segment in row]
    gutter = gutter_of(segments)
    if gutter is None:
        return [rows]
    blocks: list[list[list[Segment]]] = []
    left: list[list[Segment]] = []
    right: list[list[Segment]] = []

    def close() -> None:
        blocks.extend(block for block in (left[:], right[:]) if block)
        left.clear()
        right.clear()

    for row in rows:
        if any(s.left < gutter - 0.01 and s.right > gutter + 0.01 for s in row):
            close()
            blocks.append([row])
            continue
        sides = (
            [s for s in row if s.right <= gutter + 0.01],
            [s for s in row if s.right > gutter + 0.01],
        )
        for side, part in zip((left, right), sides, strict=True):
            if part:
                side.append(part)
    close()
    return blocks


def gutter_of(segments: list[Segment]) -> float | None:
    """The x of the white band between two columns, or None where there is one column.

    A band counts when hardly a line crosses it, both sides have lines of their own, and the sides
    are set independently: the same heights on both sides throughout mean a table, which is read
    across, unless both sides run long.
    """
    if len(segments) < 2 * _GUTTER_LINES:
        return None
    best: tuple[float, float] | None = None
    edges = sorted({round(s.left, 3) for s in segments if 0.2 < s.left < 0.8})
    for edge in edges:
        x = edge - 0.004
        crossing = [s for s in segments if s.left < x - 0.01 and s.right > x + 0.002]
        at_left = [s for s in segments if s.right <= x + 0.002]
        at_right = [s for s in segments if s.left >= x - 0.01]
        started = sum(1 for s in at_right if abs(s.left - edge) < 0.02)
        if min(len(at_left), len(at_right)) < _GUTTER_LINES or started < _GUTTER_LINES:
            continue
        if len(crossing) > max(3, _CROSSING_SHARE * 3 * len(segments)):
            continue
        if not _independent(at_left, at_right):
            continue
        score = started - 2.0 * len(crossing)
        if best is None or score > best[0]:
            best = (score, x)
    return best[1] if best else None


def _independent(at_left: list[Segment], at_right: list[Segment]) -> bool:
    """Whether the two sides are columns and not the cells of a table's rows.

    Lines with nothing beside them, as headings have, say nothing either way.
    """
    shorter, longer = sorted((at_left, at_right), key=len)
    beside = [a for a in shorter if any(_beside(a, b) for b in longer)]
    levels = sum(1 for a in beside if any(_aligned(a, b) for b in longer))
    share = _DENSE_TABLE_SHARE if _is_dense(shorter) else _TABLE_SHARE
    return levels < share * len(beside) or _runs_on(at_left) + _runs_on(at_right) > 1


def _is_dense(side: list[Segment]) -> bool:
    """Whether most lines of a side follow the one above directly."""
    ordered = sorted(side, key=lambda s: s.top)
    close = sum(
        1
        for s, below in itertools.pairwise(ordered)
        if below.top - s.top < 2.2 * (s.bottom - s.top)
    )
    return close >= max(6, 0.6 * len(ordered))


def _beside(a: Segment, b: Segment) -> bool:
    return min(a.bottom, b.bottom) - max(a.top, b.top) > 0.2 * min(
        a.bottom - a.top, b.bottom - b.top
    )


def _aligned(a: Segment, b: Segment) -> bool:
    """Whether two segments share a line exactly, as cells of one row do."""
    return min(abs(a.top - b.top), abs(a.bottom - b.bottom)) < _SAME_LINE and _level(a, b)


def _runs_on(side: list[Segment]) -> int:
    """1 where lines fill the side's width and go on below, as running text does."""
    ordered = sorted(side, key=lambda s: s.top)
    widest = max((s.right - s.left for s in ordered), default=0.0)
    if widest <= 0:
        return 0
    full = sum(
        1
        for s, below in itertools.pairwise(ordered)
        if s.right - s.left > 0.75 * widest and below.top - s.top < 2.2 * (s.bottom - s.top)
    )
    return 1 if full >= max(3, 0.3 * len(ordered)) else 0
