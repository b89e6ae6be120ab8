"""Lines of JSON with one text each, as `grade` and `claims` read them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One input line: its object, or why it cannot be used (``reason`` and ``detail``)."""

    number: int
    data: dict[str, Any]
    reason: str = ""
    detail: str = ""


def read_lines(path: str, wanted: str) -> Iterator[Line]:
    """The lines of a JSONL file (``-``: standard input), empty ones left out.

    Args:
        wanted: key that must hold text.

    Raises:
        OSError: the file cannot be read.
    """
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    for number, raw in enumerate(data.split(b"\n"), 1):
        if raw.strip():
            yield _line(path, number, raw, wanted)


def _line(path: str, number: int, raw: bytes, wanted: str) -> Line:
    where = f"{path}:{number}"
    try:
        data = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return Line(number, {}, "unreadable_text", f"{where}: not UTF-8")
    except (ValueError, RecursionError) as error:
        return Line(number, {}, "bad_json", f"{where}: {error}")
    if not isinstance(data, dict):
        return Line(number, {}, "bad_json", f"{where}: not an object")
    if "id" not in data:
        return Line(number, data, "missing_field", f"{where}: id is missing")
    if not isinstance(data.get(wanted), str):
        return Line(number, data, "missing_field", f"{where}: {wanted} must be text")
    return Line(number, data)


def error_row(line: Line) -> dict[str, Any]:
    """The output row of a line that could not be used."""
    row = {"id": line.data.get("id"), "status": "error"}
    return row | {"reason": line.reason, "detail": line.detail}
