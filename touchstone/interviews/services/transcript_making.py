"""The words of a recording, made by the speech service in a job."""

from __future__ import annotations

import datetime as dt

import httpx

from touchstone.audit.hearing import stored_words
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import PermanentOutsideError
from touchstone.integrations.speech.client import SpeechService
from touchstone.interviews.models import Recording, Transcript
from touchstone.interviews.services.meetings import words_allowed
from touchstone.interviews.services.transcript_wishes import transcript_failed
from touchstone.interviews.services.transcripts import SPEECH, transcript_keep

SHORT = {"speech.off": "no service", "speech.too_large": "too large"}


def transcript_make(
    *,
    recording_ref: str,
    at: dt.datetime,
    service: SpeechService | None = None,
    transport: httpx.BaseTransport | None = None,
) -> str:
    """Sends one recording to the speech service and keeps its words; returns what came of it.

    Raises:
        TemporaryOutsideError: worth another try; the recording and the wish stay.
    """
    recording = (
        Recording.objects.select_related(
            "file", "interview__application__branch", "interview__application__candidate"
        )
        .filter(ref=recording_ref, deleted_at=None)
        .first()
    )
    if recording is None or recording.file is None or recording.file.erased_at:
        return "no recording"
    if not words_allowed(recording.interview):
        return "no consent"
    waiting = Transcript.objects.filter(recording=recording, status=Transcript.Status.WAITING)
    if not waiting.exists():
        return "there already"
    language = "en" if recording.interview.application.candidate.language == "en" else "zh"
    try:
        found = stored_words(
            recording.file,
            language=language,
            duration_s=recording.duration_s,
            service=service,
            transport=transport,
        )
    except PermanentOutsideError as error:
        transcript_failed(recording=recording, why=error.message, at=at)
        return SHORT.get(error.message.id, error.message.id)
    kept = transcript_keep(
        actor=SYSTEM,
        recording=recording,
        source=SPEECH,
        segments=found.segments,
        language=found.language or language,
        at=at,
    )
    return "no consent" if kept is None else f"{len(kept.segments)} segments"
