"""The words of a stored recording, by the speech service. Takes minutes: it belongs in a job."""

from __future__ import annotations

import tempfile
from pathlib import Path

import httpx

from touchstone.audit.models import StoredFile
from touchstone.audit.pieces import local_copy
from touchstone.common.errors import PermanentOutsideError
from touchstone.common.messages import say
from touchstone.integrations.speech.client import SpeechService, transcribe
from touchstone.integrations.speech.configured import speech_service
from touchstone.integrations.speech.sound import sound_program, transcribe_long
from touchstone.integrations.speech.transcript import Transcript


def stored_words(
    stored: StoredFile,
    *,
    language: str,
    duration_s: float | None,
    service: SpeechService | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Transcript:
    """Sends one recording to the speech service; one that is too large for it in pieces of sound.

    Raises:
        PermanentOutsideError: there is no service, or it cannot take or read this recording.
        TemporaryOutsideError: worth another try.
    """
    used = service or speech_service()
    if used is None:
        raise PermanentOutsideError(say("speech.off"))
    if stored.size > used.largest and not sound_program():
        raise PermanentOutsideError(say("speech.too_large", mb=used.largest // 2**20))
    with local_copy(stored) as path:
        if stored.size > used.largest:
            with tempfile.TemporaryDirectory(prefix="sound-", dir=path.parent) as folder:
                return transcribe_long(
                    used,
                    path,
                    Path(folder),
                    media_type=stored.content_type,
                    language=language,
                    transport=transport,
                )
        return transcribe(
            used,
            path,
            media_type=stored.content_type,
            language=language,
            duration_s=duration_s,
            transport=transport,
        )
