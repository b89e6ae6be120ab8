import datetime as dt

import pytest
from icalendar import Calendar

from touchstone.common.errors import PermanentOutsideError
from touchstone.integrations.mail.calendar import (
    CANCEL,
    REQUEST,
    Attendee,
    CalendarEvent,
    calendar_part,
)
from touchstone.integrations.mail.client import Mail, build_mail

AT = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)


def event(sequence: int = 0) -> CalendarEvent:
    return CalendarEvent(
        uid="abc@touchstone",
        sequence=sequence,
        stamp=AT,
        starts_at=AT,
        ends_at=AT + dt.timedelta(hours=1),
        zone="Asia/Shanghai",
        summary="AI 训练师面试，第 1 轮；请带项目材料",
        description="长" * 200,
        location="腾讯会议 123-456-789",
        url="https://meeting.example.com/x",
        organizer=Attendee("招聘组", "hr@example.com"),
        attendees=(Attendee("林 晓", "lin@example.com"),),
    )


def read(text: str) -> Calendar:
    return Calendar.from_ical(text)


def test_invitation_is_read_back_with_zone_and_reminder() -> None:
    text = calendar_part(event(), REQUEST)
    calendar = read(text)
    entry = calendar.walk("VEVENT")[0]
    assert calendar["METHOD"] == "REQUEST"
    assert entry["UID"] == "abc@touchstone"
    assert entry.decoded("DTSTART").utcoffset() == dt.timedelta(hours=8)
    assert [z["TZID"] for z in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert len(calendar.walk("VALARM")) == 1
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_cancellation_keeps_uid_and_raises_sequence() -> None:
    entry = read(calendar_part(event(2), CANCEL)).walk("VEVENT")[0]
    assert (entry["UID"], int(entry.decoded("SEQUENCE")), entry["STATUS"]) == (
        "abc@touchstone",
        2,
        "CANCELLED",
    )


def mail(to: str = "林 晓 <lin@example.com>", ics: str = "") -> Mail:
    return Mail("m1", "招聘组 <hr@example.com>", to, "面试\r\nBcc: x@y.z", "你好", AT, ics=ics)


def test_header_injection_stays_in_the_subject() -> None:
    message = build_mail(mail())
    assert message["Bcc"] is None
    assert message["Subject"] == "面试 Bcc: x@y.z"
    assert message["Message-ID"] == "<m1@touchstone>"


def test_calendar_travels_as_alternative_with_its_method() -> None:
    message = build_mail(mail(ics=calendar_part(event(), REQUEST)))
    part = next(p for p in message.walk() if p.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"


@pytest.mark.parametrize("address", ["", "lin", "a@b\r\nTo: c@d", "林晓@"])
def test_malformed_addresses_are_refused_for_good(address: str) -> None:
    with pytest.raises(PermanentOutsideError):
        build_mail(mail(to=address))
