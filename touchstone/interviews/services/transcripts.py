"""The words of a recording: kept once per recording, as long as the recording and consent stand.

Three sources, each better than the next: a person's file, the meeting service, the speech service.
A worse one never replaces a better one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.listening.segments import Segment, trusted
from touchstone.engine.listening.subtitles import read_subtitles
from touchstone.interviews.models import Interview, Recording, Transcript
from touchstone.interviews.services.heard_points import proposals_of
from touchstone.interviews.services.meetings import recording_allowed, words_allowed
from touchstone.interviews.services.recordings import recording_erase, words_erase
from touchstone.interviews.services.room import room_touch, seat_of

MEETING, SPEECH, PERSON = "meeting", "speech", "person"
RANKS = {"": 0, SPEECH: 1, MEETING: 2, PERSON: 3}
LARGEST_FILE = 4 * 2**20


def segments_of(transcript: Transcript) -> tuple[Segment, ...]:
    """The kept segments, typed."""
    return tuple(
        Segment(row["start"], row["end"], row["text"], row.get("speaker", ""))
        for row in transcript.segments
    )


@transaction.atomic
def transcript_keep(
    *,
    actor: Actor,
    recording: Recording,
    source: str,
    segments: Sequence[Segment],
    at: dt.datetime,
    language: str = "",
) -> Transcript | None:
    """Keeps the words of a recording, with what may be heard in them.

    Returns None where nothing may be kept: no consent to words, or the recording is deleted.
    """
    interview = recording.interview
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    if locked.deleted_at or not words_allowed(interview):
        return None
    transcript, _made = Transcript.objects.select_for_update().get_or_create(
        recording=recording, defaults={"created_at": at, "updated_at": at}
    )
    if RANKS[transcript.source] > RANKS[source]:
        return transcript
    kept = trusted(segments, duration_s=recording.duration_s)
    transcript.status, transcript.failure = Transcript.Status.READY, {}
    transcript.source, transcript.language = source, language[:8]
    transcript.segments = [
        {"start": s.start_s, "end": s.end_s, "text": s.text, "speaker": s.speaker} for s in kept
    ]
    transcript.candidate_speaker = _candidate_label(interview, kept)
    transcript.proposals = proposals_of(interview, recording, transcript)
    transcript.brought_by_id = actor.person_id if source == PERSON else None
    transcript.updated_at = at
    transcript.version += 1
    transcript.save()
    _log(actor, recording, "recording.transcript_kept", source=source, segments=len(kept))
    room_touch(interview)
    return transcript


def transcript_bring(
    *, actor: Actor, recording: Recording, data: bytes, at: dt.datetime
) -> Transcript:
    """Words that a panel member brings: WebVTT, SubRip, or lines that begin with a time.

    Raises:
        NotAllowed: not on the panel (any more).
        InvalidInput: no consent, too large, or no line with a time.
    """
    seat_of(recording.interview, actor.person_id)
    if not words_allowed(recording.interview):
        raise InvalidInput(say("interviews.transcript_no_consent"), field="words")
    if len(data) > LARGEST_FILE:
        raise InvalidInput(say("interviews.transcript_size"), field="words")
    segments = read_subtitles(_decoded(data))
    if not segments:
        raise InvalidInput(say("interviews.transcript_unreadable"), field="words")
    kept = transcript_keep(
        actor=actor, recording=recording, source=PERSON, segments=segments, at=at
    )
    if kept is None:
        raise InvalidInput(say("interviews.recording_gone"), field="words")
    return kept


@transaction.atomic
def transcript_speaker_set(
    *, actor: Actor, transcript: Transcript, speaker: str, at: dt.datetime
) -> Transcript:
    """Says which label is the candidate's; what may be heard is looked for again.

    Raises:
        NotAllowed: not on the panel (any more).
        InvalidInput: nobody of that name speaks.
    """
    recording = transcript.recording
    seat_of(recording.interview, actor.person_id)
    if speaker and speaker not in {row.get("speaker") for row in transcript.segments}:
        raise InvalidInput(say("interviews.transcript_no_speaker"), field="speaker")
    transcript.candidate_speaker = speaker
    transcript.proposals = proposals_of(recording.interview, recording, transcript)
    transcript.updated_at = at
    transcript.version += 1
    transcript.save(update_fields=["candidate_speaker", "proposals", "updated_at", "version"])
    room_touch(recording.interview)
    return transcript


def recordings_withdrawn(*, actor: Actor, candidate_ref: str, at: dt.datetime) -> int:
    """Deletes what a candidate took consent back for, unless it was given again: recordings with
    their words, or the words alone. Returns how many recordings it touched."""
    found = Recording.objects.filter(
        interview__application__candidate__ref=candidate_ref, deleted_at=None
    ).select_related("file", "interview__application__branch")
    touched = 0
    for recording in found:
        if not recording_allowed(recording.interview):
            recording_erase(actor=actor, recording=recording, at=at)
            touched += 1
        elif not words_allowed(recording.interview):
            words_erase(recording=recording)
            _log(actor, recording, "recording.transcript_erased")
            room_touch(recording.interview)
            touched += 1
    return touched


def recordings_expire(*, actor: Actor, at: dt.datetime) -> int:
    """Deletes recordings with their words on the day that was said; returns how many."""
    over = Recording.objects.filter(deleted_at=None, delete_on__lte=at.date()).select_related(
        "file", "interview__application__branch"
    )
    found = list(over)
    for recording in found:
        recording_erase(actor=actor, recording=recording, at=at)
    return len(found)


def _candidate_label(interview: Interview, segments: Sequence[Segment]) -> str:
    """The speaker's label that is the candidate's name, or the word for it."""
    name = interview.application.candidate.name.casefold()
    known = {name, "候选人", "应聘者", "candidate"}
    labels = (s.speaker for s in segments if s.speaker)
    return next((label for label in labels if label.casefold() in known), "")


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise InvalidInput(say("interviews.transcript_unreadable"), field="words")


def _log(actor: Actor, recording: Recording, action: str, **detail: Any) -> None:
    audit_record(
        actor,
        action,
        object_type="interview",
        object_ref=recording.interview.ref,
        branch_ref=recording.interview.application.branch.ref,
        detail={"recording": recording.ref, **detail},
    )
