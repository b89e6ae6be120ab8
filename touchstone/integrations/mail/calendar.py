"""Calendar parts of mails, as RFC 5545 and RFC 5546 want them.

An update and a cancellation keep the UID and raise SEQUENCE; without that, calendars ignore them.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

REQUEST = "REQUEST"
CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody invited; ``role`` is REQ-PARTICIPANT or OPT-PARTICIPANT."""

    name: str
    email: str
    role: str = "REQ-PARTICIPANT"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One appointment.

    Attributes:
        uid: stays the same for the life of the appointment.
        sequence: raised by every change.
        stamp: when this version was written, aware.
        starts_at, ends_at: aware moments.
        zone: IANA name of the organiser's time zone.
    """

    uid: str
    sequence: int
    stamp: dt.datetime
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    summary: str
    description: str
    location: str
    url: str
    organizer: Attendee
    attendees: tuple[Attendee, ...]
    remind_minutes: int = 30


def calendar_part(event: CalendarEvent, method: str) -> str:
    """The text of the ``text/calendar`` part, with its VTIMEZONE and lines ended by CRLF."""
    calendar = Calendar()
    calendar.add("prodid", "-//Touchstone//Interviews//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    zone = ZoneInfo(event.zone)
    entry = Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.stamp.astimezone(dt.UTC))
    entry.add("dtstart", event.starts_at.astimezone(zone))
    entry.add("dtend", event.ends_at.astimezone(zone))
    entry.add("summary", event.summary)
    entry.add("description", event.description)
    entry.add("location", event.location)
    if event.url:
        entry.add("url", event.url)
    entry.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    entry["organizer"] = _address(event.organizer, organizer=True)
    for attendee in event.attendees:
        entry.add("attendee", _address(attendee), encode=False)
    if method == REQUEST and event.remind_minutes:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event.summary)
        alarm.add("trigger", dt.timedelta(minutes=-event.remind_minutes))
        entry.add_component(alarm)
    if event.zone != "UTC":
        calendar.add_component(_timezone(event.zone))
    calendar.add_component(entry)
    return str(calendar.to_ical().decode())


@functools.cache
def _timezone(zone: str) -> Timezone:
    """The zone's VTIMEZONE; its rules are read once, which takes longer than all the rest."""
    return Timezone.from_tzid(zone)


def _address(person: Attendee, *, organizer: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["cn"] = vText(person.name)
    if not organizer:
        address.params["role"] = vText(person.role)
        address.params["partstat"] = vText("NEEDS-ACTION")
        address.params["rsvp"] = vText("TRUE")
    return address
