"""A table out of a CSV or XLSX file of another system, whatever shape it came in.

Cells come back as text, numbers or dates; what a spreadsheet merged is filled in, and a heading in
two rows becomes one.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from touchstone.common.errors import InvalidInput, UnreadableFile
from touchstone.common.messages import say
from touchstone.engine.resumes.archive import Allowance, Archive
from touchstone.engine.resumes.document import Limits

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 120
MOST_CELL = 20_000
_EMPTY_STRETCH = 500
_SEARCHED = 12  # rows in which the headings are looked for
_SEPARATORS = ",\t;|，；"

Cell = str | float | dt.datetime | None
Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, each once, and the rows below them.

    ``numbers`` holds, from 1, what the file counts each of ``rows`` as.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(repr=False)
    numbers: tuple[int, ...] = field(repr=False)


def read_table(data: bytes, name: str, known: Known = lambda _: False) -> Table:
    """Reads the first sheet that has rows.

    Args:
        known: whether a heading is one we know; helps to find the row of headings under titles.

    Raises:
        InvalidInput: empty, too large, encrypted, no table, or an old .xls.
    """
    if not data:
        raise InvalidInput(say("positions.table_empty"), field="file")
    if len(data) > MOST_BYTES:
        raise InvalidInput(say("positions.table_too_large", limit=MOST_BYTES >> 20), field="file")
    if data.startswith(b"PK\x03\x04"):
        grid = _xlsx(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput(say("positions.table_old_excel"), field="file")
    else:
        grid = _csv(data, known)
    return _table(grid, known)


def _csv(data: bytes, known: Known) -> list[list[Cell]]:
    text = decoded(data).replace("\x00", "")
    csv.field_size_limit(MOST_CELL * 8)
    separator = _separator(text, known)
    grid: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(grid) > MOST_ROWS:
                raise InvalidInput(say("positions.table_too_long", limit=MOST_ROWS), field="file")
            grid.append([cell.strip()[:MOST_CELL] or None for cell in row[:MOST_COLUMNS]])
    except csv.Error as error:
        raise InvalidInput(say("positions.table_unreadable"), field="file") from error
    return grid


def _separator(text: str, known: Known) -> str:
    """The mark between cells: the one that gives most known headings, then the steadiest rows."""

    def fit(mark: str) -> tuple[int, int, int]:
        reader = csv.reader(io.StringIO(text[:40_000], newline=""), delimiter=mark)
        rows = []
        try:
            rows = [row for row, _ in zip(reader, range(30), strict=False)]
        except csv.Error:
            return (0, 0, 0)
        widths = [len(row) for row in rows if len(row) > 1]
        steady = max((widths.count(width) for width in set(widths)), default=0)
        headings = max((sum(known(cell) for cell in row) for row in rows[:_SEARCHED]), default=0)
        return (headings, steady, max(widths, default=0))

    return max(_SEPARATORS, key=fit)


def decoded(data: bytes) -> str:
    """Text in UTF-8, UTF-16 or GB18030.

    Raises:
        InvalidInput: none of these.
    """
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings.insert(0, "utf-16")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(say("positions.table_encoding"), field="file")


def _xlsx(data: bytes) -> list[list[Cell]]:
    import openpyxl

    _check_archive(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles it does not know
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:
        # openpyxl raises whatever its parsers meet in a damaged file.
        raise InvalidInput(say("positions.table_unreadable"), field="file") from error
    for sheet in book.worksheets:
        grid = _rows_of(sheet)
        for merged in sheet.merged_cells.ranges:
            _fill(grid, merged.min_row - 1, merged.max_row, merged.min_col - 1, merged.max_col)
        if sum(any(cell is not None for cell in row) for row in grid) >= 2:
            return grid
    raise InvalidInput(say("positions.table_empty"), field="file")


def _rows_of(sheet: Any) -> list[list[Cell]]:
    """The sheet's rows, up to a long stretch of empty ones: formats often reach a million down."""
    grid: list[list[Cell]] = []
    empty = 0
    columns = min(sheet.max_column or 1, MOST_COLUMNS)
    for values in sheet.iter_rows(max_col=columns, values_only=True):
        row = [_cell(value) for value in values]
        empty = 0 if any(cell is not None for cell in row) else empty + 1
        if empty > _EMPTY_STRETCH:
            break
        if len(grid) > MOST_ROWS:
            raise InvalidInput(say("positions.table_too_long", limit=MOST_ROWS), field="file")
        grid.append(row)
    return grid


def _check_archive(data: bytes) -> None:
    limits = Limits(expanded_bytes=120 * 1024 * 1024)
    try:
        archive = Archive(data, limits, Allowance(limits.expanded_bytes))
        for info in archive.infos:
            if not info.is_dir():
                archive.read(info)
    except UnreadableFile as error:
        broken = error.reason == "broken_archive"
        message = say("positions.table_unreadable") if broken else error.message
        raise InvalidInput(message, field="file") from error


def _cell(value: object) -> Cell:
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day, no moment
    return str(value).strip()[:MOST_CELL] or None


def _fill(grid: list[list[Cell]], top: int, bottom: int, left: int, right: int) -> None:
    if top >= len(grid) or left >= len(grid[top]):
        return
    value = grid[top][left]
    for row in grid[top:bottom]:
        for column in range(left, min(right, len(row))):
            row[column] = value


def _table(grid: Sequence[Sequence[Cell]], known: Known) -> Table:
    at = _heading_row(grid, known)
    width = max((len(row) for row in grid), default=0)
    if at is None or width == 0:
        raise InvalidInput(say("positions.table_empty"), field="file")
    headings = _headings(grid, at, width)
    rows = {
        number: tuple(row[i] if i < len(row) else None for i in range(width))
        for number, row in enumerate(grid[at + 1 :], at + 2)
        if any(cell is not None for cell in row)
    }
    if not rows:
        raise InvalidInput(say("positions.table_empty"), field="file")
    return Table(headings, tuple(rows.values()), tuple(rows))


def _heading_row(grid: Sequence[Sequence[Cell]], known: Known) -> int | None:
    """The row with most known headings; without any, the first with most different words."""
    best, best_score = None, 0.0
    for index, row in enumerate(grid[:_SEARCHED]):
        words = {cell for cell in row if isinstance(cell, str)}
        score = 10.0 * sum(known(word) for word in words) + len(words)
        if score > best_score:
            best, best_score = index, score
    return best


def _headings(grid: Sequence[Sequence[Cell]], at: int, width: int) -> tuple[str, ...]:
    names: list[str] = []
    above = grid[at - 1] if at else ()
    for column in range(width):
        own = _words(grid[at], column)
        over = _words(above, column)
        spans = over and over in {_words(above, column - 1), _words(above, column + 1)}
        if spans and own and own != over:
            own = f"{over}-{own}"
        name = own or f"#{column + 1}"
        names.append(name if name not in names else f"{name} ({column + 1})")
    return tuple(names)


def _words(row: Sequence[Cell], column: int) -> str:
    cell = row[column] if 0 <= column < len(row) else None
    if cell is None or isinstance(cell, dt.datetime):
        return ""
    return f"{cell:g}" if isinstance(cell, float) else " ".join(cell.split())[:80]
