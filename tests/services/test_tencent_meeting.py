"""Tencent Meeting from end to end against its simulator: meeting, webhooks, recording."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from tests.company import Company
from touchstone.common.actors import Actor
from touchstone.common.errors import TemporaryOutsideError
from touchstone.integrations.simulators import tencent_meeting as simulated
from touchstone.integrations.simulators.tencent_meeting import SimulatedTencentMeeting
from touchstone.interviews.models import Interview, OutsideEvent, Recording
from touchstone.interviews.services.booking import interview_cancel
from touchstone.interviews.services.meetings import meeting_follow, meeting_make
from touchstone.interviews.services.outside_events import event_handle
from touchstone.interviews.services.recording_fetch import recording_fetch
from touchstone.recruiting.models import Consent
from touchstone.recruiting.services.consents import consent_give

VIDEO = b"\x00\x00\x00\x18ftypmp42" + b"x" * 5000


def to_test_client(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Delivers a callback to Django's test client."""
    own = {k: v for k, v in headers.items() if k != "Content-Type"}
    response = Client().post(
        "/api/tencent-meeting/callback/", body, content_type="application/json", headers=own
    )
    return response.status_code


@pytest.fixture
def service(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SimulatedTencentMeeting]:
    monkeypatch.setattr(simulated, "deliver", to_test_client)
    simulator = SimulatedTencentMeeting(webhook_url="local")
    simulator.start()
    settings.TENCENT_MEETING_BASE = simulator.base
    settings.TENCENT_MEETING_APP_ID = simulator.app_id
    settings.TENCENT_MEETING_SECRET_ID = simulator.secret_id
    settings.TENCENT_MEETING_SECRET_KEY = simulator.secret_key
    settings.TENCENT_MEETING_USER_ID = "touchstone"
    settings.TENCENT_MEETING_TOKEN = simulator.webhook_token
    yield simulator
    simulator.stop()


@pytest.fixture
def held(
    service: SimulatedTencentMeeting, company: Company, interview: Interview, now: dt.datetime
) -> Interview:
    """An interview whose meeting exists."""
    Interview.objects.filter(pk=interview.pk).update(meeting_provider="tencent")
    return meeting_make(actor=company.actor("recruiter"), ref=interview.ref, at=now)


def agree(interview: Interview, now: dt.datetime, *, granted: bool = True) -> None:
    candidate = interview.application.candidate

    consent_give(
        actor=Actor("candidate", candidate.ref, candidate.name),
        candidate=candidate,
        purpose=Consent.Purpose.RECORDING,
        granted=granted,
        at=now,
    )


def test_a_meeting_is_made_once_though_the_first_answer_was_lost(
    service: SimulatedTencentMeeting, company: Company, interview: Interview, now: dt.datetime
) -> None:
    Interview.objects.filter(pk=interview.pk).update(meeting_provider="tencent")
    actor = company.actor("recruiter")
    made = meeting_make(actor=actor, ref=interview.ref, at=now)
    Interview.objects.filter(pk=interview.pk).update(meeting_id="", meeting_url="")
    again = meeting_make(actor=actor, ref=interview.ref, at=now)
    assert made.meeting_id == again.meeting_id
    assert len(service.meetings) == 1


def test_no_consent_means_no_recording_is_ordered(
    service: SimulatedTencentMeeting, held: Interview, now: dt.datetime
) -> None:
    settings = service.meetings[held.meeting_id]["settings"]
    assert settings["auto_record_type"] == "none"
    agree(held, now)
    meeting_follow(ref=held.ref)
    assert service.meetings[held.meeting_id]["settings"]["auto_record_type"] == "cloud"


def test_the_recording_is_fetched_once_however_often_it_is_reported(
    service: SimulatedTencentMeeting, held: Interview, now: dt.datetime, files_dir: Path
) -> None:
    agree(held, now)
    service.fault("duplicate_callback", "/callback", times=2)
    statuses = service.meeting_recorded(held.meeting_id, VIDEO)
    assert statuses == [200] * 6
    events = list(OutsideEvent.objects.order_by("pk"))
    assert [e.kind for e in events] == ["meeting.end", "recording.completed"]
    assert [event_handle(event_id=e.pk, at=now) for e in events] == ["noted", "fetching"]
    file_id = events[1].detail["file_id"]
    first = recording_fetch(ref=held.ref, file_id=file_id, at=now)
    assert first is not None
    assert first.file is not None
    assert first.file.size == len(VIDEO)
    assert recording_fetch(ref=held.ref, file_id=file_id, at=now) == first
    assert not list(files_dir.rglob("*.part"))


def test_consent_withdrawn_before_the_fetch_keeps_nothing(
    service: SimulatedTencentMeeting, held: Interview, now: dt.datetime
) -> None:
    agree(held, now)
    service.meeting_recorded(held.meeting_id, VIDEO)
    agree(held, now + dt.timedelta(minutes=1), granted=False)
    event = OutsideEvent.objects.get(kind="recording.completed")
    assert event_handle(event_id=event.pk, at=now) == "no consent"
    assert recording_fetch(ref=held.ref, file_id=event.detail["file_id"], at=now) is None
    assert not Recording.objects.exists()


def test_a_cut_off_download_is_tried_again_and_leaves_nothing_behind(
    service: SimulatedTencentMeeting, held: Interview, now: dt.datetime, files_dir: Path
) -> None:
    agree(held, now)
    service.meeting_recorded(held.meeting_id, VIDEO)
    cut = httpx.MockTransport(lambda _r: httpx.Response(200, content=b""))
    with pytest.raises(TemporaryOutsideError):
        recording_fetch(ref=held.ref, file_id=f"f{held.meeting_id}", at=now, transport=cut)
    assert not list(files_dir.rglob("*.part"))
    assert recording_fetch(ref=held.ref, file_id=f"f{held.meeting_id}", at=now)


def test_events_after_the_cancellation_and_forged_ones_change_nothing(
    service: SimulatedTencentMeeting, held: Interview, company: Company, now: dt.datetime
) -> None:
    agree(held, now)
    service.fault("bad_signature", "/callback")
    assert service.send_event("meeting.started", held.meeting_id) == [403]
    assert not OutsideEvent.objects.exists()
    interview_cancel(actor=company.actor("recruiter"), interview=held)
    service.meeting_recorded(held.meeting_id, VIDEO)
    event = OutsideEvent.objects.get(kind="recording.completed")
    assert event_handle(event_id=event.pk, at=now) == "interview is off"


def test_the_webhook_address_is_checked(service: SimulatedTencentMeeting) -> None:
    check = "NTUzODU3MQ=="
    headers = service._webhook_headers(check)
    headers.pop("Content-Type")
    path = "/api/tencent-meeting/callback/"
    response = Client().get(path, {"check_str": check}, headers=headers)
    assert (response.status_code, response.content) == (200, b"5538571")
    headers["signature"] = "0" * 40
    assert Client().get(path, {"check_str": check}, headers=headers).status_code == 403
