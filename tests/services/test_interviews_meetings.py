"""Meetings made by a job, found again after a lost answer, moved and cancelled; links by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from django_tasks_db.models import DBTaskResult

from tests.company import Company
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.integrations.tencent_meeting.client import Credentials, TencentMeeting
from touchstone.interviews.models import Interview
from touchstone.interviews.services.arranging import interview_call_off, interview_rearrange
from touchstone.interviews.services.meetings import (
    interview_invite,
    meeting_follow,
    meeting_make,
    recording_allowed,
)
from touchstone.recruiting.models import Consent, OutboxMessage


@dataclass
class Service:
    """The meeting service as far as these tests need it."""

    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fail_with: int = 0
    lose_answer: bool = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.calls.append(f"{request.method} {path}")
        if self.fail_with:
            body = {"error_info": {"error_code": self.fail_with, "message": "no"}}
            return httpx.Response(400, json=body)
        if request.method == "GET":
            return httpx.Response(200, json={"meeting_info_list": list(self.meetings.values())})
        body = json.loads(request.content)
        if path.endswith("/cancel"):
            self.meetings.pop(path.split("/")[3], None)
            return httpx.Response(200, json={})
        number = path.split("/")[3] if request.method == "PUT" else f"m{len(self.meetings) + 1}"
        self.meetings[number] = {
            "meeting_id": number,
            "meeting_code": "123456789",
            "subject": body["subject"],
            "join_url": f"https://meeting.example.com/{number}",
            "start_time": body["start_time"],
            "record": body["settings"]["auto_record_type"],
        }
        if self.lose_answer:
            self.lose_answer = False
            raise httpx.ReadTimeout("lost")
        return httpx.Response(200, json={"meeting_info_list": [self.meetings[number]]})

    def client(self) -> TencentMeeting:
        return TencentMeeting(
            Credentials("https://api.example.com", "app", "id", "key", "user"),
            clock_s=lambda: 1_700_000_000.0,
            transport=httpx.MockTransport(self.answer),
        )


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def online(interview: Interview, company: Company, now: dt.datetime) -> Interview:
    """Tomorrow's interview, waiting for its meeting."""
    interview.meeting_provider = "tencent"
    interview.save(update_fields=["meeting_provider"])
    interview_invite(actor=company.actor("recruiter"), interview=interview, at=now)
    return interview


def make(service: Service, interview: Interview, now: dt.datetime) -> Interview:
    return meeting_make(actor=SYSTEM, ref=interview.ref, at=now, client=service.client())


def test_inviting_leaves_the_work_to_a_job_and_tells_nobody_yet(online: Interview) -> None:
    assert DBTaskResult.objects.filter(task_path__endswith="meeting_make").count() == 1
    assert not OutboxMessage.objects.exists()


def test_the_job_makes_the_meeting_once_and_then_invites(
    online: Interview, service: Service, now: dt.datetime
) -> None:
    made = make(service, online, now)
    assert made.meeting_url == "https://meeting.example.com/m1"
    assert made.status == Interview.Status.INVITED
    assert OutboxMessage.objects.count() == 4
    letter = OutboxMessage.objects.get(template="interview_invitation")
    assert made.meeting_url in letter.body
    make(service, online, now)
    assert len(service.meetings) == 1
    assert OutboxMessage.objects.count() == 4


def test_a_lost_answer_does_not_make_a_second_meeting(
    online: Interview, service: Service, now: dt.datetime
) -> None:
    service.lose_answer = True
    with pytest.raises(TemporaryOutsideError):
        make(service, online, now)
    assert make(service, online, now).meeting_id == "m1"
    assert len(service.meetings) == 1


def test_a_refusal_is_kept_for_the_recruiter(
    online: Interview, service: Service, now: dt.datetime
) -> None:
    service.fail_with = 9042
    with pytest.raises(PermanentOutsideError):
        make(service, online, now)
    online.refresh_from_db()
    assert "9042" in online.meeting_failure
    service.fail_with = 0
    assert make(service, online, now).meeting_failure == ""


def test_moves_and_cancellations_reach_the_meeting(
    online: Interview,
    service: Service,
    company: Company,
    now: dt.datetime,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    interview = make(service, online, now)
    later = interview.starts_at + dt.timedelta(days=2)
    actor = company.actor("recruiter")
    moved = interview_rearrange(
        actor=actor,
        interview=interview,
        starts_at=later,
        ends_at=later + dt.timedelta(hours=1),
        at=now,
    )
    meeting_follow(ref=moved.ref, client=service.client())
    assert service.meetings["m1"]["start_time"] == str(int(later.timestamp()))
    interview_call_off(actor=actor, interview=moved, at=now)
    meeting_follow(ref=moved.ref, client=service.client())
    assert service.meetings == {}
    # Cancelled twice, or cancelled there already: the same.
    service.fail_with = 9003
    meeting_follow(ref=moved.ref, client=service.client())


def test_a_cancelled_interview_gets_no_meeting(
    online: Interview, service: Service, company: Company, now: dt.datetime
) -> None:
    interview_call_off(actor=company.actor("recruiter"), interview=online, at=now)
    make(service, online, now)
    assert service.calls == []


@pytest.mark.parametrize(
    ("granted", "withdrawn", "record"),
    [(True, False, "cloud"), (False, False, "none"), (True, True, "none"), (None, False, "none")],
)
def test_recording_follows_consent(
    online: Interview,
    service: Service,
    now: dt.datetime,
    granted: bool | None,
    withdrawn: bool,
    record: str,
) -> None:
    if granted is not None:
        Consent.objects.create(
            candidate=online.application.candidate,
            purpose="recording",
            granted=granted,
            text_version="1",
            text_sha256="0" * 64,
            at=now,
            withdrawn_at=now if withdrawn else None,
        )
    make(service, online, now)
    assert service.meetings["m1"]["record"] == record
    assert recording_allowed(online) is (record == "cloud")
