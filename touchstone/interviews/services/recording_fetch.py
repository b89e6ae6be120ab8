"""A meeting's recording, fetched into our storage: the service's links expire within hours."""

from __future__ import annotations

import datetime as dt
import urllib.parse
from pathlib import Path

import httpx
from django.conf import settings

from touchstone.common.actors import SYSTEM
from touchstone.common.background import enqueue
from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.integrations.tencent_meeting.client import TencentMeeting
from touchstone.interviews.models import Interview, Recording
from touchstone.interviews.services.meetings import meeting_client, recording_allowed
from touchstone.interviews.services.recordings import LARGEST, recording_store, scratch_file

FETCH_TASK = "touchstone.jobs.interviews.recording_fetch"
PIECE = 2**20


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
    client: TencentMeeting | None = None,
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
    service = client or meeting_client()
    try:
        address = service.recording_address(file_id)
    finally:
        if client is None:
            service.close()
    if urllib.parse.urlsplit(address).scheme not in _schemes():
        raise PermanentOutsideError(say("tencent_meeting.unexpected"))
    with scratch_file() as part:
        _download(address, part, transport)
        return recording_store(
            actor=SYSTEM,
            interview=interview,
            part=part,
            name=f"{interview.starts_at:%Y-%m-%d}.mp4",
            source="meeting",
            outside_id=file_id,
            at=at,
        )


def _schemes() -> frozenset[str]:
    """Only encrypted links; a simulator on loopback has none."""
    local = urllib.parse.urlsplit(settings.TENCENT_MEETING_BASE).hostname == "127.0.0.1"
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
