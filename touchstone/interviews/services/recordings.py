"""Recordings: stored before anything else, kept as long as consent and retention allow.

Without the candidate's consent there is no recording, and nothing else changes. An upload can stop
at any byte and go on later; its pieces lie in storage until the whole is there.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.db import transaction

from touchstone.audit.files import UNSAFE, file_erase, file_take_in
from touchstone.audit.pieces import piece_keep, pieces_forget, pieces_join, scratch_file
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.integrations.speech.configured import speech_ready
from touchstone.interviews.models import (
    Interview,
    PointMark,
    Recording,
    RecordingUpload,
    Transcript,
)
from touchstone.interviews.services.meetings import recording_allowed, words_allowed
from touchstone.interviews.services.room import room_touch, seat_of
from touchstone.interviews.services.transcript_wishes import transcript_wanted

KINDS = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".weba": "audio/webm",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
}
LARGEST = 4 * 2**30
KEEP_DAYS = 90  # as the consent says


def upload_begin(
    *,
    actor: Actor,
    interview: Interview,
    name: str,
    size: int,
    at: dt.datetime,
    starts_at_second: int = 0,
) -> RecordingUpload:
    """An upload to send bytes to; the one that stopped half-way, where it is the same file.

    Args:
        starts_at_second: of the room's clock, where the recording begins.

    Raises:
        NotAllowed: not on the panel (any more).
        InvalidInput: no consent, no audio or video, or too large.
    """
    seat = seat_of(interview, actor.person_id)
    if not recording_allowed(interview):
        raise InvalidInput(say("interviews.recording_no_consent"), field="file")
    if Path(name).suffix.lower() not in KINDS:
        raise InvalidInput(say("interviews.recording_type"), field="file")
    if not 0 < size <= LARGEST:
        raise InvalidInput(say("interviews.recording_size"), field="file")
    upload, _made = RecordingUpload.objects.get_or_create(
        interview=interview,
        person_id=seat.person_id,
        name=UNSAFE.sub("_", name)[:255],
        size=size,
        finished_at=None,
        defaults={"created_at": at, "starts_at_second": starts_at_second},
    )
    return upload


def upload_receive(
    *, actor: Actor, upload: RecordingUpload, offset: int, data: bytes, at: dt.datetime
) -> RecordingUpload:
    """Appends bytes at an offset; with the last of them the recording is there.

    Raises:
        Conflict: the offset is not where the last bytes ended; `theirs` says where to go on.
        InvalidInput: consent was withdrawn meanwhile, or more bytes than announced.
    """
    seat_of(upload.interview, actor.person_id)
    if not recording_allowed(upload.interview):
        upload_discard(upload=upload)
        raise InvalidInput(say("interviews.recording_no_consent"), field="file")
    if offset != upload.received:
        raise _elsewhere(upload)
    after = offset + len(data)
    if after > upload.size:
        raise InvalidInput(say("interviews.recording_size"), field="file")
    if data:
        piece_keep(upload.ref, offset, data)
        here = RecordingUpload.objects.filter(pk=upload.pk, received=offset)
        moved = here.update(received=after)
        upload.refresh_from_db(fields=["received"])
        if not moved:
            raise _elsewhere(upload)
    if upload.received == upload.size:
        _finish(actor, upload, at)
    return upload


def upload_discard(*, upload: RecordingUpload) -> None:
    """Deletes the upload and what arrived of it."""
    upload_forget(upload)
    upload.delete()


@transaction.atomic
def recording_erase(*, actor: Actor, recording: Recording, at: dt.datetime) -> Recording:
    """Deletes the recording, its transcript, and the words that were confirmed out of it."""
    if recording.file is not None:
        file_erase(stored=recording.file, at=at)
    words_erase(recording=recording)
    recording.deleted_at = at
    recording.save(update_fields=["deleted_at"])
    _log(actor, recording, "recording.erased")
    room_touch(recording.interview)
    return recording


@transaction.atomic
def words_erase(*, recording: Recording) -> None:
    """Deletes the transcript of a recording, and the words that were confirmed out of it."""
    Transcript.objects.filter(recording=recording).delete()
    PointMark.objects.filter(interview=recording.interview).exclude(quote="").update(
        quote="", at_second=None
    )


def _finish(actor: Actor, upload: RecordingUpload, at: dt.datetime) -> Recording:
    with scratch_file() as part:
        if (
            pieces_join(upload.ref, part) != upload.size
        ):  # pieces were lost: the browser begins again
            upload_forget(upload)
            upload.received = 0
            upload.save(update_fields=["received"])
            raise _elsewhere(upload)
        with transaction.atomic():
            recording = recording_store(
                actor=actor,
                interview=upload.interview,
                part=part,
                name=upload.name,
                source="upload",
                at=at,
                starts_at_second=upload.starts_at_second,
            )
            upload.finished_at = at
            upload.save(update_fields=["finished_at"])
    upload_forget(upload)
    return recording


@transaction.atomic
def recording_store(
    *,
    actor: Actor,
    interview: Interview,
    part: Path,
    name: str,
    source: str,
    at: dt.datetime,
    starts_at_second: int = 0,
    outside_id: str = "",
) -> Recording:
    """Moves a complete file into storage and makes the recording.

    Args:
        part: the file, on the same disk as the storage; it is moved, not copied.
        name: as shown; its ending says what kind it is.
        source: upload, meeting or browser.
        outside_id: what the meeting service calls it.
    """
    over = at + dt.timedelta(days=KEEP_DAYS)
    stored = file_take_in(
        path=part,
        original_name=name,
        purpose="recording",
        content_type=KINDS[Path(name).suffix.lower()],
        expires_at=over,
    )
    recording = Recording.objects.create(
        interview=interview,
        file=stored,
        source=source,
        outside_id=outside_id,
        starts_at_second=starts_at_second,
        created_at=at,
        delete_on=over.date(),
    )
    _log(actor, recording, "recording.stored")
    # The meeting service makes words of its own; the speech service is asked where it has none.
    if source != "meeting" and speech_ready() and words_allowed(interview):
        transcript_wanted(recording=recording, at=at)
    room_touch(interview)
    return recording


def upload_forget(upload: RecordingUpload) -> None:
    """Deletes the bytes that arrived of an upload, wherever it stopped."""
    pieces_forget(upload.ref)


def _elsewhere(upload: RecordingUpload) -> Conflict:
    return Conflict(
        say("interviews.recording_offset", received=upload.received),
        theirs={"received": upload.received},
    )


def _log(actor: Actor, recording: Recording, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="interview",
        object_ref=recording.interview.ref,
        branch_ref=recording.interview.application.branch.ref,
        detail={"recording": recording.ref},
    )
