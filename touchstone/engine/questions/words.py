"""Names in both languages inside a message's arguments."""

from __future__ import annotations

from touchstone.common.messages import Bilingual, Message, say


def bilingual_message(words: Bilingual) -> Message:
    """The words as a message, so that a stored message keeps both languages."""
    return say("questions.words", zh=words.zh or words.en, en=words.en or words.zh)
