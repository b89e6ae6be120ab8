"""Recordings: stored before anything else, kept as long as consent and retention allow.

Without the candidate's consent there is no recording, and nothing else changes. An upload can stop
at any byte and go on later; what arrived lies in the files' folder until the whole is there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction

from touchstone.audit.files import UNSAFE, file_erase
from touchstone.audit.models import StoredFile
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.interviews.models import Interview, Recording, RecordingUpload
from touchstone.interviews.services.meetings import recording_allowed
from touchstone.interviews.services.room import room_touch, seat_of

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
KEEP_DAYS = 180


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
    path = _part(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    received = path.stat().st_size if path.exists() else 0
    if offset != received:
        raise Conflict(
            say("interviews.recording_offset", received=received), theirs={"received": received}
        )
    if received + len(data) > upload.size:
        raise InvalidInput(say("interviews.recording_size"), field="file")
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    upload.received = received + len(data)
    upload.save(update_fields=["received"])
    if upload.received == upload.size:
        _finish(actor, upload, at)
    return upload


def upload_discard(*, upload: RecordingUpload) -> None:
    """Deletes what arrived."""
    _part(upload).unlink(missing_ok=True)
    upload.delete()


@transaction.atomic
def recording_erase(*, actor: Actor, recording: Recording, at: dt.datetime) -> Recording:
    """Deletes the recording and its transcript."""
    if recording.file is not None:
        file_erase(stored=recording.file, at=at)
    recording.deleted_at, recording.transcript = at, []
    recording.save(update_fields=["deleted_at", "transcript"])
    _log(actor, recording, "recording.erased")
    room_touch(recording.interview)
    return recording


@transaction.atomic
def _finish(actor: Actor, upload: RecordingUpload, at: dt.datetime) -> Recording:
    recording = recording_store(
        actor=actor,
        interview=upload.interview,
        part=_part(upload),
        name=upload.name,
        source="upload",
        at=at,
        starts_at_second=upload.starts_at_second,
    )
    upload.finished_at = at
    upload.save(update_fields=["finished_at"])
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
    sha256, size = _sha256(part), part.stat().st_size
    key = f"{sha256[:2]}/{sha256}"
    path = Path(settings.FILES_DIR) / key
    path.parent.mkdir(parents=True, exist_ok=True)
    part.replace(path)
    stored = StoredFile.objects.create(
        sha256=sha256,
        size=size,
        content_type=KINDS[Path(name).suffix.lower()],
        original_name=name,
        storage_key=key,
        purpose="recording",
        created_at=at,
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
    room_touch(interview)
    return recording


def _part(upload: RecordingUpload) -> Path:
    return Path(settings.FILES_DIR) / "uploads" / f"{upload.ref}.part"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _log(actor: Actor, recording: Recording, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="interview",
        object_ref=recording.interview.ref,
        branch_ref=recording.interview.application.branch.ref,
        detail={"recording": recording.ref},
    )
