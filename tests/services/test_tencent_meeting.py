"""Tencent Meeting from end to end against its simulator: meeting, webhooks, recording."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from tests.company import Company
from touchstone.common.actors import Actor
from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.integrations.simulators import tencent_meeting as simulated
from touchstone.integrations.simulators.tencent_meeting import SimulatedTencentMeeting
from touchstone.interviews.models import Interview, OutsideEvent, Recording, Transcript
from touchstone.interviews.services.booking import interview_cancel
from touchstone.interviews.services.meetings import meeting_client, meeting_follow, meeting_make
from touchstone.interviews.services.outside_events import event_handle
from touchstone.interviews.services.recording_fetch import (
    recording_fetch,
    recordings_reconcile,
    transcript_fetch,
)
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
    for purpose in (Consent.Purpose.RECORDING, Consent.Purpose.TRANSCRIPT):
        consent_give(
            actor=Actor("candidate", candidate.ref, candidate.name),
            candidate=candidate,
            purpose=purpose,
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


WORDS = [
    ("沈砚", 2.0, 6.0, "两个标注员的结果差得很远，你会怎么办？"),
    ("陆遥", 10.0, 16.0, "我会先算标注一致性，比如Cohen Kappa。"),
]


def handle_all(now: dt.datetime) -> list[str]:
    return [event_handle(event_id=e.pk, at=now) for e in OutsideEvent.objects.order_by("pk")]


def test_recording_and_words_come_by_webhook_and_job(
    service: SimulatedTencentMeeting,
    held: Interview,
    now: dt.datetime,
    files_dir: Path,
    run_jobs: Callable[[], int],
) -> None:
    agree(held, now)
    started = held.starts_at + dt.timedelta(seconds=40)
    Interview.objects.filter(pk=held.pk).update(started_at=started)
    service.meeting_recorded(held.meeting_id, VIDEO, WORDS)
    assert handle_all(now) == ["noted", "fetching", "fetching words"]
    run_jobs()
    recording = Recording.objects.get()
    assert recording.starts_at_second == -40
    words = Transcript.objects.get(recording=recording)
    assert (words.source, words.status) == ("meeting", "ready")
    assert [(s["speaker"], s["start"], s["text"]) for s in words.segments] == [
        ("沈砚", 2.0, "两个标注员的结果差得很远，你会怎么办？"),
        ("陆遥", 10.0, "我会先算标注一致性，比如Cohen Kappa。"),
    ]
    assert words.candidate_speaker == "陆遥"
    asked = len(service.received)
    assert transcript_fetch(ref=held.ref, at=now) == []
    assert len(service.received) == asked


def test_words_before_the_recording_and_told_twice_land_once(
    service: SimulatedTencentMeeting, held: Interview, now: dt.datetime, files_dir: Path
) -> None:
    agree(held, now)
    service.meeting_recorded(held.meeting_id, VIDEO, WORDS)
    assert transcript_fetch(ref=held.ref, at=now) == []
    recording_fetch(ref=held.ref, file_id=f"f{held.meeting_id}", at=now)
    service.fault("unfinished", "transcripts")
    with pytest.raises(TemporaryOutsideError) as caught:
        transcript_fetch(ref=held.ref, at=now)
    assert caught.value.message.id == "tencent_meeting.unfinished"
    assert len(transcript_fetch(ref=held.ref, at=now)) == 1
    assert transcript_fetch(ref=held.ref, at=now) == []
    assert Transcript.objects.count() == 1


def test_long_words_come_in_pages(
    service: SimulatedTencentMeeting, held: Interview, now: dt.datetime, files_dir: Path
) -> None:
    agree(held, now)
    talk = [("陆遥", n * 5.0, n * 5.0 + 4, f"第{n}句") for n in range(173)]
    service.meeting_recorded(held.meeting_id, VIDEO, talk)
    recording_fetch(ref=held.ref, file_id=f"f{held.meeting_id}", at=now)
    (kept,) = transcript_fetch(ref=held.ref, at=now)
    assert [s["text"] for s in kept.segments] == [f"第{n}句" for n in range(173)]


def test_consent_withdrawn_before_the_words_keeps_none(
    service: SimulatedTencentMeeting, held: Interview, now: dt.datetime, files_dir: Path
) -> None:
    agree(held, now)
    service.meeting_recorded(held.meeting_id, VIDEO, WORDS)
    recording_fetch(ref=held.ref, file_id=f"f{held.meeting_id}", at=now)
    agree(held, now + dt.timedelta(minutes=1), granted=False)
    event = OutsideEvent.objects.get(kind="smart.transcripts")
    assert event_handle(event_id=event.pk, at=now) == "no consent"
    assert transcript_fetch(ref=held.ref, at=now) == []
    assert not Transcript.objects.exists()


def test_what_no_webhook_told_is_found_by_looking(
    service: SimulatedTencentMeeting,
    held: Interview,
    now: dt.datetime,
    files_dir: Path,
    run_jobs: Callable[[], int],
) -> None:
    agree(held, now)
    service.fault("no_callback", "/callback", times=3)
    service.meeting_recorded(held.meeting_id, VIDEO, WORDS)
    assert not OutsideEvent.objects.exists()
    assert recordings_reconcile(at=held.ends_at) == 0
    after = held.ends_at + dt.timedelta(hours=1)
    assert recordings_reconcile(at=after) == 1
    run_jobs()
    assert Transcript.objects.get().source == "meeting"
    # Complete: the service is not even asked.
    service.fault("http_500", times=9)
    assert recordings_reconcile(at=after) == 0


def test_where_the_service_has_no_words_our_own_are_made_later(
    service: SimulatedTencentMeeting,
    held: Interview,
    now: dt.datetime,
    files_dir: Path,
    settings: Any,
) -> None:
    agree(held, now)
    settings.SPEECH_BASE, settings.SPEECH_MODEL = "http://127.0.0.1:9/v1", "m"
    service.meeting_recorded(held.meeting_id, VIDEO)
    recording_fetch(ref=held.ref, file_id=f"f{held.meeting_id}", at=now)
    assert not Transcript.objects.exists()
    recordings_reconcile(at=held.ends_at + dt.timedelta(hours=1))
    assert not Transcript.objects.exists()
    recordings_reconcile(at=held.ends_at + dt.timedelta(hours=3))
    recordings_reconcile(at=held.ends_at + dt.timedelta(hours=4))
    assert Transcript.objects.get().status == "waiting"


def test_unknown_parameters_of_records_are_refused(service: SimulatedTencentMeeting) -> None:
    with contextlib.closing(meeting_client()) as client:
        for path in (
            "/v1/records?operator_id=touchstone&operator_id_type=1&start_time=1&end_time=2&x=1",
            "/v1/records?operator_id=touchstone&operator_id_type=1&start_time=1&end_time=9999999",
            "/v1/records?operator_id=touchstone&operator_id_type=1",
            "/v1/records/transcripts/details?operator_id=touchstone&operator_id_type=1&limit=900",
        ):
            with pytest.raises(PermanentOutsideError):
                client._send("GET", path, None)


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
