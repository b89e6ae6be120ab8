"""Segments of a transcript, and what is believed of those that came from outside."""

from __future__ import annotations

import bisect
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_SEGMENTS = 20_000
LONGEST_TEXT = 2_000
MOST_CHARACTERS = 2_000_000
LONGEST_S = 24 * 3600.0
SLACK_S = 1.0
NEAR_S = 0.5


@dataclass(frozen=True, slots=True)
class Segment:
    """What was said from one second of the recording to another; ``speaker`` where known."""

    start_s: float
    end_s: float
    text: str
    speaker: str = ""


def trusted(rows: Iterable[Segment], *, duration_s: float | None = None) -> tuple[Segment, ...]:
    """The segments that can be true, by time: each begins within the recording and says something.

    A wrong order is put right, an end before the start or beyond the recording is drawn in, doubles
    and what lies outside are dropped, characters that are no writing are taken out.

    Args:
        duration_s: of the recording, where known.
    """
    longest = duration_s if duration_s and math.isfinite(duration_s) else LONGEST_S
    found: dict[tuple[float, str, str], Segment] = {}
    characters = 0
    for row in rows:
        if len(found) >= MOST_SEGMENTS or characters > MOST_CHARACTERS:
            break
        segment = _trusted(row, longest)
        if segment:
            found.setdefault((segment.start_s, segment.speaker, segment.text), segment)
            characters += len(segment.text)
    return tuple(sorted(found.values(), key=lambda s: (s.start_s, s.end_s)))


def _trusted(row: Segment, longest: float) -> Segment | None:
    text = plain(row.text)[:LONGEST_TEXT].rstrip()
    if not text or not (math.isfinite(row.start_s) and math.isfinite(row.end_s)):
        return None
    start = max(0.0, row.start_s)
    if start > longest + SLACK_S or row.end_s < 0:
        return None
    start = min(start, longest)
    end = min(max(start, row.end_s), longest)
    return Segment(round(start, 2), round(end, 2), text, plain(row.speaker)[:80])


def segment_at(starts: Sequence[float], second: float) -> int | None:
    """The number of the segment that is being said at a second, or was said last; None before all.

    Args:
        starts: where the segments begin, rising.
    """
    number = bisect.bisect_right(starts, second + NEAR_S) - 1
    return number if number >= 0 else None


def plain(text: str) -> str:
    """The text in one line, without control, surrogate and direction-changing characters."""
    kept = (
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in text
        if unicodedata.category(c) not in {"Cs", "Cn", "Cf"}
    )
    return " ".join("".join(kept).split())
