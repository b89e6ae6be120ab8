"""Lines of a given width, for the page descriptions that do not break lines themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

_PIECES = re.compile(r"[\x21-\x7e\u00c0-\u024f–’]+\s?|\s|.")
_NOT_FIRST = frozenset("，。、；：）”！？》】…%,.;:)!?")


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Breaks ``text`` into lines no wider than ``width``: Chinese anywhere, Latin between words.

    Closing punctuation hangs over rather than starting a line. A word wider than the line is cut.

    Args:
        measure: width of a string in the units of ``width``.
    """
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _PIECES.findall(text):
        wide = measure(piece)
        if line and used + measure(piece.rstrip()) > width and piece[0] not in _NOT_FIRST:
            lines.append(line.rstrip())
            line, used = "", 0.0
            if not piece.strip():
                continue
        while wide > width and len(piece) > 1:
            fits = max(1, int(len(piece) * width / wide))
            lines.append(piece[:fits])
            piece = piece[fits:]
            wide = measure(piece)
        line += piece
        used += wide
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines
