"""Reads what the service says of recordings and of the words spoken in them.

Rows of a wrong shape are left out; where nothing is left, there is nothing yet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from touchstone.engine.listening.segments import Segment

READY = 3


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file of a cloud recording; ``ready`` once it is transcoded. Times are Unix seconds."""

    file_id: str
    start_s: float
    end_s: float
    ready: bool


def record_files(answer: Mapping[str, Any]) -> list[RecordFile]:
    """The files of an answer, under either of the two names that the service uses."""
    found = []
    for record in _rows(answer, "record_meetings") or _rows(answer, "record_list"):
        ready = record.get("state") == READY
        for file in _rows(record, "record_files") or _rows(record, "record_file_list"):
            key = file.get("record_file_id")
            start = _seconds(file.get("record_start_time") or record.get("media_start_time"))
            if isinstance(key, str) and key and start is not None:
                end = _seconds(file.get("record_end_time"))
                found.append(RecordFile(key[:120], start, end or start, ready))
    return found


def paragraphs(answer: Mapping[str, Any]) -> Iterator[tuple[str, list[Segment]]]:
    """The paragraphs of an answer: id and sentences, each with its second and speaker."""
    minutes = answer.get("minutes")
    for row in _rows(minutes if isinstance(minutes, Mapping) else {}, "paragraphs"):
        who = row.get("speaker_info")
        name = who.get("username") if isinstance(who, Mapping) else ""
        speaker = name if isinstance(name, str) else ""
        start, end = _seconds(row.get("start_time")), _seconds(row.get("end_time"))
        found = []
        for sentence in _rows(row, "sentences"):
            begins = _seconds(sentence.get("start_time"))
            ends = _seconds(sentence.get("end_time"))
            begins = start if begins is None else begins
            ends = end if ends is None else ends
            if begins is not None:
                text = _text(sentence)
                found.append(Segment(begins, begins if ends is None else ends, text, speaker))
        yield str(row.get("pid", "")), found


def _text(sentence: Mapping[str, Any]) -> str:
    """The words in a row; only Latin ones are set apart."""
    text = ""
    for word in _rows(sentence, "words"):
        said = word.get("text")
        if not isinstance(said, str) or not said:
            continue
        apart = text and text[-1].isascii() and text[-1].isalnum()
        text += f" {said}" if apart and said[0].isascii() and said[0].isalnum() else said
    return text


def _rows(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = holder.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _seconds(value: Any) -> float | None:
    """Milliseconds as the service gives them, a number or a number as text."""
    if isinstance(value, str) and value.isdigit() and len(value) < 16:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value / 1000
