"""Text messages to candidates about an interview, against a simulated SMS service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tests.company import Company
from touchstone.common.errors import OutsideError
from touchstone.integrations.simulators.sms import SimulatedSms
from touchstone.interviews.models import Interview
from touchstone.interviews.services.invitations import interview_announce
from touchstone.interviews.services.reminders import upcoming_queue
from touchstone.recruiting.models import Candidate, OutboxMessage
from touchstone.recruiting.services.sending import message_send

TEMPLATES = {"invited": "1001", "cancelled": "1002", "reminder": "1002", "invited.en": "1001"}


@pytest.fixture
def sms(settings: Any) -> Iterator[SimulatedSms]:
    simulator = SimulatedSms()
    simulator.start()
    settings.SMS_BASE = simulator.base
    settings.SMS_SECRET_ID, settings.SMS_SECRET_KEY = simulator.secret_id, simulator.secret_key
    settings.SMS_APP_ID, settings.SMS_SIGN = simulator.app_id, "试金石"
    settings.SMS_TEMPLATES = TEMPLATES
    yield simulator
    simulator.stop()


def announce(company: Company, interview: Interview, what: str, at: dt.datetime) -> None:
    interview_announce(actor=company.actor("recruiter"), interview=interview, what=what, at=at)


def texts() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(channel="sms").order_by("pk"))


def test_a_candidate_is_told_by_text_once(
    company: Company, interview: Interview, sms: SimulatedSms, now: dt.datetime
) -> None:
    announce(company, interview, "invited", now)
    announce(company, interview, "invited", now)
    (message,) = texts()
    assert message_send(ref=message.ref, at=now) == "sent"
    assert message_send(ref=message.ref, at=now) == "sent"
    ((number, template, values),) = sms.sent
    assert (number, template) == (interview.application.candidate.phone, "1001")
    assert values[0] == company.head.name
    assert values[1] in message.body
    assert "http" not in message.body


@pytest.mark.parametrize(
    ("phone", "sent_to"),
    [("138 0013-8000", "+8613800138000"), ("+44 20 7946 0958", "+442079460958"), ("010", "")],
)
def test_numbers_are_written_as_the_service_wants_them(
    company: Company,
    interview: Interview,
    sms: SimulatedSms,
    phone: str,
    sent_to: str,
    now: dt.datetime,
) -> None:
    Candidate.objects.filter(pk=interview.application.candidate_id).update(phone=phone)
    interview.application.candidate.refresh_from_db()
    announce(company, interview, "invited", now)
    assert [m.address for m in texts()] == ([sent_to] if sent_to else [])


def test_without_service_or_template_mail_alone_goes_out(
    company: Company, interview: Interview, sms: SimulatedSms, settings: Any, now: dt.datetime
) -> None:
    announce(company, interview, "moved", now)  # no template has been approved for it
    settings.SMS_APP_ID = ""
    announce(company, interview, "invited", now)
    assert texts() == []
    assert OutboxMessage.objects.filter(template="interview_moved", channel="mail").exists()


def test_english_goes_out_only_by_a_template_in_english(
    company: Company, interview: Interview, sms: SimulatedSms, now: dt.datetime
) -> None:
    interview.application.candidate.language = "en"
    announce(company, interview, "invited", now)
    announce(company, interview, "cancelled", now)
    assert [m.template for m in texts()] == ["sms_interview_invited"]
    assert "invites you to an interview" in texts()[0].body


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ("rate_limit", "waiting", "RequestLimitExceeded"),
        ("http_502", "waiting", "短信服务"),
        ("nonsense", "waiting", "短信服务"),
        ("reset", "waiting", "短信服务"),
        ("number_limit", "failed", "上限"),
    ],
)
def test_a_failure_is_said_on_the_message_and_the_mail_is_not_held_up(
    company: Company,
    interview: Interview,
    sms: SimulatedSms,
    fault: str,
    status: str,
    said: str,
    now: dt.datetime,
) -> None:
    announce(company, interview, "invited", now)
    (message,) = texts()
    sms.fault(fault)
    with pytest.raises(OutsideError):
        message_send(ref=message.ref, at=now)
    message.refresh_from_db()
    assert message.status == status
    assert said in message.failure
    assert sms.sent == []


def test_the_day_before_they_are_reminded_by_text_once(
    interview: Interview, sms: SimulatedSms, now: dt.datetime
) -> None:
    Interview.objects.filter(pk=interview.pk).update(
        status="invited",
        created_at=now - dt.timedelta(days=7),
        starts_at=now + dt.timedelta(hours=20),
        ends_at=now + dt.timedelta(hours=21),
    )
    upcoming_queue(at=now)
    upcoming_queue(at=now + dt.timedelta(minutes=15))
    assert [m.template for m in texts()] == ["sms_interview_reminder"]
