"""Reminders come once, in time, to those who are coming."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.company import Company
from touchstone.accounts.models import Person
from touchstone.interviews.models import Interview
from touchstone.interviews.services.reminders import reminders_queue, upcoming_queue
from touchstone.recruiting.models import OutboxMessage


@pytest.fixture
def invited(interview: Interview, now: dt.datetime) -> Interview:
    """Booked a week ago, in twenty hours."""
    Interview.objects.filter(pk=interview.pk).update(
        status="invited",
        created_at=now - dt.timedelta(days=7),
        starts_at=now + dt.timedelta(hours=20),
        ends_at=now + dt.timedelta(hours=21),
    )
    interview.refresh_from_db()
    return interview


def templates() -> list[str]:
    return sorted(OutboxMessage.objects.values_list("template", flat=True))


def test_everybody_is_reminded_once(invited: Interview, now: dt.datetime) -> None:
    assert upcoming_queue(at=now) == 4
    assert templates() == ["interview_reminder"] + ["panel_reminder"] * 3
    assert upcoming_queue(at=now + dt.timedelta(minutes=15)) == 0
    letter = OutboxMessage.objects.filter(template="panel_reminder").first()
    assert letter is not None
    assert f"/interviews/{invited.ref}/" in letter.body


def test_who_said_they_cannot_come_is_left_alone(
    invited: Interview, company: Company, now: dt.datetime
) -> None:
    Interview.objects.filter(pk=invited.pk).update(candidate_reply="declined")
    invited.panel.filter(person=company.business_lead).update(reply="declined")
    assert upcoming_queue(at=now) == 2
    assert templates() == ["panel_reminder"] * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "cancelled"},
        {"status": "done"},
        {"starts_at": dt.timedelta(hours=1)},
        {"starts_at": dt.timedelta(hours=40)},
        {"created_at": dt.timedelta(hours=-3)},
    ],
)
def test_no_reminder_is_due(
    invited: Interview, now: dt.datetime, changes: dict[str, object]
) -> None:
    fields = {k: now + v if isinstance(v, dt.timedelta) else v for k, v in changes.items()}
    Interview.objects.filter(pk=invited.pk).update(**fields)
    assert upcoming_queue(at=now) == 0


def test_another_time_is_another_reminder(invited: Interview, now: dt.datetime) -> None:
    upcoming_queue(at=now)
    Interview.objects.filter(pk=invited.pk).update(
        ics_sequence=1, starts_at=now + dt.timedelta(hours=23)
    )
    assert upcoming_queue(at=now) == 4


def test_open_scorecards_are_asked_for_the_day_after(invited: Interview, now: dt.datetime) -> None:
    now = now.replace(hour=8)  # once a day, and three hours later is the same one
    Interview.objects.filter(pk=invited.pk).update(
        status="done", ended_at=now - dt.timedelta(hours=19)
    )
    assert reminders_queue(at=now) == 0
    assert reminders_queue(at=now + dt.timedelta(hours=2)) == 3
    reminders_queue(at=now + dt.timedelta(hours=3))
    assert templates() == ["scorecard_reminder"] * 3


def test_colleagues_in_wecom_are_asked_there(
    invited: Interview, company: Company, now: dt.datetime
) -> None:
    Person.objects.filter(pk=company.business_lead.pk).update(wecom_userid="xu.nian", email="")
    Interview.objects.filter(pk=invited.pk).update(
        status="done", ended_at=now - dt.timedelta(hours=22)
    )
    assert reminders_queue(at=now) == 3
    asked = OutboxMessage.objects.get(person=company.business_lead)
    assert (asked.channel, asked.address) == ("wecom", "xu.nian")
