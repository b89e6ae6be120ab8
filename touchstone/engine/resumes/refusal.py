"""How the readers refuse a file: one machine reason, one sentence for people."""

from __future__ import annotations

from typing import Any

from touchstone.common.errors import UnreadableFile
from touchstone.common.messages import say


def refuse(reason: str, **args: Any) -> UnreadableFile:
    """The error for ``reason``; its sentence is ``resumes.<reason>`` in the catalogue."""
    return UnreadableFile(reason, say(f"resumes.{reason}", **args))
