"""The words of a recording, made by the speech service in a job."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import httpx

from touchstone.audit.files import file_blocks
from touchstone.audit.models import StoredFile
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import PermanentOutsideError
from touchstone.common.messages import say
from touchstone.integrations.speech.client import SpeechService, transcribe
from touchstone.integrations.speech.configured import speech_service
from touchstone.interviews.models import Recording, Transcript
from touchstone.interviews.services.meetings import recording_allowed
from touchstone.interviews.services.recordings import scratch_file
from touchstone.interviews.services.transcript_wishes import transcript_failed
from touchstone.interviews.services.transcripts import SPEECH, transcript_keep


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
    if not recording_allowed(recording.interview):
        return "no consent"
    waiting = Transcript.objects.filter(recording=recording, status=Transcript.Status.WAITING)
    if not waiting.exists():
        return "there already"
    used = service or speech_service()
    if used is None:
        transcript_failed(recording=recording, why=say("speech.off"), at=at)
        return "no service"
    if recording.file.size > used.largest:
        why = say("speech.too_large", mb=used.largest // 2**20)
        transcript_failed(recording=recording, why=why, at=at)
        return "too large"
    language = "en" if recording.interview.application.candidate.language == "en" else "zh"
    try:
        with _copied(recording.file) as path:
            found = transcribe(
                used,
                path,
                media_type=recording.file.content_type,
                language=language,
                duration_s=recording.duration_s,
                transport=transport,
            )
    except PermanentOutsideError as error:
        transcript_failed(recording=recording, why=error.message, at=at)
        return error.message.id
    kept = transcript_keep(
        actor=SYSTEM,
        recording=recording,
        source=SPEECH,
        segments=found.segments,
        language=found.language or language,
        at=at,
    )
    return "no consent" if kept is None else f"{len(kept.segments)} segments"


@contextlib.contextmanager
def _copied(stored: StoredFile) -> Iterator[Path]:
    """The recording as a file on this node, gone afterwards."""
    with scratch_file() as path:
        with path.open("wb") as file:
            for block in file_blocks(stored):
                file.write(block)
        yield path
