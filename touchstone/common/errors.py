"""The error tree.

TouchstoneError              carries a `Message`
├── InvalidInput             what was given cannot be used; the message says how to mend it
│   └── UnreadableFile       a file was refused, with a machine reason (``encrypted_pdf`` …)
├── NotAllowed               the person may not do this
├── NotFound                 no such thing, or not one this person may know of
├── Conflict                 someone else changed it first; nothing was overwritten
├── IllegalTransition        the state machine has no such step from here
└── OutsideError             an outside system failed
    ├── TemporaryOutsideError    worth another try
    └── PermanentOutsideError    another try would fail the same way
"""

from __future__ import annotations

from typing import Any

from touchstone.common.messages import Lang, Message, render


class TouchstoneError(Exception):
    """Base of every error that is shown to a person.

    Args:
        message: what happened, what was kept and what to do, as a catalogue id with arguments.
    """

    permanent = True

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.id)

    def text(self, lang: Lang = "zh") -> str:
        return render(self.message, lang)


class InvalidInput(TouchstoneError):
    """What was given cannot be used."""

    def __init__(self, message: Message, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class UnreadableFile(InvalidInput):
    """A file was refused; ``reason`` is the machine reason of the formats document."""

    def __init__(self, reason: str, message: Message) -> None:
        super().__init__(message)
        self.reason = reason


class NotAllowed(TouchstoneError):
    """The person may not do this."""


class NotFound(TouchstoneError):
    """No such thing, or not one that this person may know of."""


class Conflict(TouchstoneError):
    """Someone else changed it first. ``theirs`` and ``mine`` are kept for the person to choose."""

    def __init__(self, message: Message, *, theirs: Any = None, mine: Any = None) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.mine = mine


class IllegalTransition(TouchstoneError):
    """The state machine has no such step from here."""


class OutsideError(TouchstoneError):
    """An outside system failed."""


class TemporaryOutsideError(OutsideError):
    """Worth another try, not before ``retry_after_s`` seconds."""

    permanent = False

    def __init__(self, message: Message, *, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PermanentOutsideError(OutsideError):
    """Another try would fail the same way: a person has to change something."""
