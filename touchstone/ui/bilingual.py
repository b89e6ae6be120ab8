"""Words in both languages, chosen when they are shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from touchstone.common.messages import Bilingual, Lang, Message, render


def active_language() -> Lang:
    """The reader's language."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def choose(zh: str, en: str) -> str:
    """The words in the reader's language, now."""
    return en if active_language() == "en" else zh


class bi(Bilingual):  # noqa: N801 - reads as a word in class bodies
    """Both at once: ``str()`` gives the reader's, whenever it is called."""

    def __str__(self) -> str:
        return choose(self.zh, self.en)


def message_text(message: Message | dict[str, Any] | str) -> str:
    """A message, or its stored form ``{"id", "args"}``, in the reader's language."""
    if isinstance(message, str):
        return message
    if isinstance(message, dict):
        message = stored_message(message)
    return render(message, active_language())


def stored_message(stored: dict[str, Any]) -> Message:
    """A message from its stored form; arguments may be messages themselves."""
    args = {
        key: stored_message(value) if isinstance(value, dict) and "id" in value else value
        for key, value in stored.get("args", {}).items()
    }
    return Message(stored["id"], args)
