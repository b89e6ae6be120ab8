"""A meeting's recordings and their words, fetched into our storage: the service's links expire
within hours. Webhooks start it; what no webhook told is found by looking (`recordings_reconcile`).
"""

from __future__ import annotations

import datetime as dt
import urllib.parse
from pathlib import Path
from typing import Protocol

import httpx
from django.conf import settings

from touchstone.audit.pieces import scratch_file
from touchstone.common.actors import SYSTEM
from touchstone.common.background import enqueue
from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.engine.listening.segments import Segment
from touchstone.integrations.speech.configured import speech_ready
from touchstone.integrations.tencent_meeting.records import RecordFile
from touchstone.integrations.wecom.configured import wecom_client, wecom_ready
from touchstone.interviews.models import Interview, Recording, Transcript
from touchstone.interviews.services.meetings import (
    TENCENT,
    WECOM,
    meeting_client,
    recording_allowed,
    words_allowed,
)
from touchstone.interviews.services.recordings import LARGEST, recording_store
from touchstone.interviews.services.transcript_wishes import transcript_wanted
from touchstone.interviews.services.transcripts import MEETING, PERSON, transcript_keep

FETCH_TASK = "touchstone.jobs.interviews.recording_fetch"
WORDS_TASK = "touchstone.jobs.interviews.transcript_fetch"
LOOK_BACK = dt.timedelta(days=3)
SETTLED = dt.timedelta(minutes=10)
OWN_WORDS_AFTER = dt.timedelta(hours=2)
"""So long after the talk the meeting service may still bring its words; then ours are made."""
MOST_LOOKED_AT = 50
MARGIN_S = 6 * 3600
PIECE = 2**20


class RecordingService(Protocol):
    """What a meeting service is asked about its recordings."""

    def records(self, meeting_id: str, *, start_s: int, end_s: int) -> list[RecordFile]:
        """The files recorded in a meeting between two moments."""

    def recording_address(self, file_id: str) -> str:
        """Where a file can be fetched for some hours; empty where nowhere."""

    def transcript(self, file_id: str) -> list[Segment]:
        """What was said in a file; empty while there are no words."""

    def close(self) -> None:
        """Ends the connection."""


def recording_fetch_queue(*, interview: Interview, file_id: str) -> str:
    """Has the recording fetched, if the candidate's consent still stands."""
    if not file_id:
        return "no file named"
    if not recording_allowed(interview):
        return "no consent"
    enqueue(FETCH_TASK, interview_ref=interview.ref, file_id=file_id)
    return "fetching"


def recording_fetch(
    *,
    ref: str,
    file_id: str,
    at: dt.datetime,
    client: RecordingService | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Recording | None:
    """Fetches one recording, once; nothing where consent was withdrawn meanwhile.

    Raises:
        OutsideError: the service did not give it.
    """
    interview = Interview.objects.select_related("application__branch").get(ref=ref)
    known = Recording.objects.filter(interview=interview, outside_id=file_id).first()
    if known or not recording_allowed(interview):
        return known
    service = client or recording_service(interview)
    try:
        address = service.recording_address(file_id)
        begins = _begins(service, interview, file_id)
    finally:
        if client is None:
            service.close()
    if urllib.parse.urlsplit(address).scheme not in _schemes(interview):
        raise PermanentOutsideError(say("tencent_meeting.unexpected"))
    with scratch_file() as part:
        _download(address, part, transport)
        stored = recording_store(
            actor=SYSTEM,
            interview=interview,
            part=part,
            name=f"{interview.starts_at:%Y-%m-%d}.mp4",
            source="meeting",
            outside_id=file_id,
            starts_at_second=begins,
            at=at,
        )
    transcript_fetch_queue(interview=interview)
    return stored


def transcript_fetch_queue(*, interview: Interview) -> str:
    """Has the words of the interview's recordings fetched, if consent still stands."""
    if not words_allowed(interview):
        return "no consent"
    enqueue(WORDS_TASK, interview_ref=interview.ref)
    return "fetching words"


def transcript_fetch(
    *, ref: str, at: dt.datetime, client: RecordingService | None = None
) -> list[Transcript]:
    """Fetches the words of every recording of the interview that has no better ones.

    Raises:
        OutsideError: the service did not give them; not finished yet is worth another try.
    """
    interview = Interview.objects.select_related(
        "application__branch", "application__candidate"
    ).get(ref=ref)
    recordings = [r for r in _of_the_meeting(interview) if not _has_words(r)]
    if not recordings or not words_allowed(interview):
        return []
    service = client or recording_service(interview)
    try:
        words = [(r, service.transcript(r.outside_id)) for r in recordings]
    finally:
        if client is None:
            service.close()
    kept = [
        transcript_keep(actor=SYSTEM, recording=r, source=MEETING, segments=segments, at=at)
        for r, segments in words
        if segments
    ]
    return [transcript for transcript in kept if transcript is not None]


def recordings_reconcile(*, at: dt.datetime, client: RecordingService | None = None) -> int:
    """Looks for recordings and words of recent talks that no webhook told of; returns how many
    fetches it ordered.

    Raises:
        OutsideError: the service could not be asked; what was ordered before stays ordered.
    """
    talks = list(
        Interview.objects.filter(
            meeting_provider__in=_recording_providers(),
            application__position__recording_wanted=True,
            ends_at__range=(at - LOOK_BACK, at - SETTLED),
        )
        .exclude(meeting_id="")
        .exclude(status=Interview.Status.CANCELLED)
        .select_related("application")
        .order_by("ends_at", "pk")[:MOST_LOOKED_AT]
    )
    open_talks = [t for t in talks if recording_allowed(t) and _incomplete(t)]
    return sum(recordings_look(interview=talk, at=at, client=client) for talk in open_talks)


def recordings_look(
    *, interview: Interview, at: dt.datetime, client: RecordingService | None = None
) -> int:
    """Asks the meeting service what there is of one talk; returns how many fetches it ordered.

    Raises:
        OutsideError: the service could not be asked.
    """
    if not recording_allowed(interview):
        return 0
    service = client or recording_service(interview)
    try:
        return _look(service, interview, at)
    finally:
        if client is None:
            service.close()


def recording_service(interview: Interview) -> RecordingService:
    """Who has the recordings of this interview's meeting."""
    if interview.meeting_provider != WECOM:
        return meeting_client()
    start_s, end_s = _span(interview)
    return wecom_client().recordings_of(interview.meeting_id, start_s=start_s, end_s=end_s)


def _recording_providers() -> list[str]:
    """Meeting services that are set up and keep recordings."""
    tencent = [TENCENT] if settings.TENCENT_MEETING_APP_ID else []
    return tencent + ([WECOM] if settings.WECOM_PAID_MEETINGS and wecom_ready() else [])


def _span(interview: Interview) -> tuple[int, int]:
    """Between which moments the talk was recorded, if it was."""
    start, end = interview.starts_at.timestamp(), interview.ends_at.timestamp()
    return int(start) - MARGIN_S, int(end) + MARGIN_S


def _look(service: RecordingService, interview: Interview, at: dt.datetime) -> int:
    ordered = 0
    known = {r.outside_id: r for r in _of_the_meeting(interview)}
    for file in _files(service, interview):
        if file.ready and file.file_id not in known:
            recording_fetch_queue(interview=interview, file_id=file.file_id)
            ordered += 1
    wordless = [r for r in known.values() if not _has_words(r)] if words_allowed(interview) else []
    if wordless:
        transcript_fetch_queue(interview=interview)
        ordered += 1
    if speech_ready() and at - interview.ends_at > OWN_WORDS_AFTER:
        for recording in wordless:
            transcript_wanted(recording=recording, at=at)
    return ordered


def _of_the_meeting(interview: Interview) -> list[Recording]:
    return list(
        Recording.objects.filter(interview=interview, source="meeting", deleted_at=None)
        .exclude(outside_id="")
        .select_related("transcript", "interview__application__branch")
        .order_by("pk")
    )


def _has_words(recording: Recording) -> bool:
    """Whether the recording has words of the meeting service, or a person's."""
    transcript = getattr(recording, "transcript", None)
    return bool(transcript and transcript.source in {MEETING, PERSON})


def _incomplete(interview: Interview) -> bool:
    recordings = _of_the_meeting(interview)
    wanted = words_allowed(interview)
    return not recordings or (wanted and not all(_has_words(r) for r in recordings))


def _files(service: RecordingService, interview: Interview) -> list[RecordFile]:
    start_s, end_s = _span(interview)
    return service.records(interview.meeting_id, start_s=start_s, end_s=end_s)


def _begins(service: RecordingService, interview: Interview, file_id: str) -> int:
    """The second of the room's clock at which the file begins; 0 where nobody started the clock."""
    if interview.started_at is None:
        return 0
    found = {file.file_id: file.start_s for file in _files(service, interview)}
    start_s = found.get(file_id)
    return 0 if start_s is None else round(start_s - interview.started_at.timestamp())


def _schemes(interview: Interview) -> frozenset[str]:
    """Only encrypted links; a simulator on loopback has none."""
    wecom = interview.meeting_provider == WECOM
    base = settings.WECOM_API_BASE if wecom else settings.TENCENT_MEETING_BASE
    local = urllib.parse.urlsplit(base).hostname == "127.0.0.1"
    return frozenset({"https", "http"}) if local else frozenset({"https"})


def _download(address: str, part: Path, transport: httpx.BaseTransport | None) -> None:
    timeout = httpx.Timeout(60.0, connect=3.0)
    received = 0
    try:
        with (
            httpx.Client(timeout=timeout, transport=transport, follow_redirects=False) as http,
            http.stream("GET", address) as response,
            part.open("wb") as file,
        ):
            if response.status_code != httpx.codes.OK:
                raise TemporaryOutsideError(say("tencent_meeting.unexpected"))
            for piece in response.iter_bytes(PIECE):
                received += len(piece)
                if received > LARGEST:
                    raise PermanentOutsideError(say("tencent_meeting.unexpected"))
                file.write(piece)
    except httpx.HTTPError as error:
        raise TemporaryOutsideError(say("tencent_meeting.unreachable")) from error
    declared = response.headers.get("Content-Length", "")
    if received == 0 or (declared.isdigit() and int(declared) != received):
        raise TemporaryOutsideError(say("tencent_meeting.unexpected"))
