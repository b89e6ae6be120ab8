"""One JSON object a log line, without personal data: no tokens, addresses, numbers or newlines."""

from __future__ import annotations

import json
import logging
import re
import traceback
from typing import Any

REDACT = (
    (re.compile(r"/p/[A-Za-z0-9_-]{16,}"), "/p/…"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "…phone…"),
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)"), "…id…"),
    (
        re.compile(
            r"((?:access_token|secret|password|key|token|sessionid)[\"']?\s*[=:]\s*)[^&\s,}]+",
            re.IGNORECASE,
        ),
        r"\1…",
    ),
)
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """The text without links, addresses, phone and identity numbers, secrets."""
    for pattern, instead in REDACT:
        text = pattern.sub(instead, text)
    return text


class JsonFormatter(logging.Formatter):
    """Writes a record as JSON; what a user typed cannot start a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in STANDARD and isinstance(value, str | int | float | bool | None):
                entry[name] = redact(value) if isinstance(value, str) else value
        if record.exc_info:
            kind, _error, trace = record.exc_info
            entry["error"] = kind.__name__ if kind else ""
            # The exception's own text may quote what people typed; places in the code do not.
            entry["trace"] = [
                f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}"
                for frame in traceback.extract_tb(trace)[-8:]
            ]
        return json.dumps(entry, ensure_ascii=False)
