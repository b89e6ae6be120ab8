"""Invitations to an interview: to the candidate by mail with a calendar part and by text, to the
panel by WeCom where people have it there and by mail otherwise. Each is written once for each
version of the interview; a change raises the sequence, so calendars follow it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction

from touchstone.accounts.models import Person
from touchstone.common.actors import Actor
from touchstone.integrations.mail.calendar import (
    CANCEL,
    REQUEST,
    Attendee,
    CalendarEvent,
    calendar_part,
)
from touchstone.integrations.wecom.cards import notice_card, reply_card, task_id
from touchstone.interviews.models import Interview, PanelMember
from touchstone.interviews.services.schedules import schedule_queue
from touchstone.interviews.services.text_messages import text_message_queue
from touchstone.recruiting.letters import letter, moment_text, other_zone_text
from touchstone.recruiting.models import OutboxMessage
from touchstone.recruiting.services.links import link_create
from touchstone.recruiting.services.outbox import Draft, message_queue

LETTERS = {
    "invited": ("interview_invitation", "panel_invitation"),
    "moved": ("interview_moved", "panel_moved"),
    "cancelled": ("interview_cancelled", "panel_cancelled"),
}


@transaction.atomic
def interview_announce(
    *, actor: Actor, interview: Interview, what: str, at: dt.datetime
) -> list[OutboxMessage]:
    """Writes the messages to the candidate and every seat of the panel.

    Args:
        what: "invited", "moved" or "cancelled".
    """
    seats = list(interview.panel.filter(removed_at=None).select_related("person__department"))
    messages = [_to_candidate(actor, interview, what, seats, at)]
    messages += [_to_colleague(interview, what, seat, at) for seat in seats]
    by_text = text_message_queue(interview=interview, what=what, at=at)
    messages += [by_text] if by_text else []
    schedule_queue(interview)
    if what == "invited" and interview.status == Interview.Status.PLANNED:
        interview.status = Interview.Status.INVITED
        interview.save(update_fields=["status"])
    return messages


def colleague_announce(
    *, interview: Interview, seat: PanelMember, what: str, at: dt.datetime
) -> OutboxMessage:
    """Writes the message to one seat of the panel only, as for somebody who joins or leaves it."""
    return _to_colleague(interview, what, seat, at)


def calendar_event(interview: Interview, *, to: Attendee, at: dt.datetime) -> CalendarEvent:
    """The appointment as the calendar of one invited person shall show it."""
    position = interview.application.position
    return CalendarEvent(
        uid=interview.ics_uid,
        sequence=interview.ics_sequence,
        stamp=at,
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        zone=position.branch.time_zone,
        summary=f"{position.title} · {interview.application.candidate.name}",
        description=interview.materials,
        location=interview.place or interview.meeting_url,
        url=interview.meeting_url,
        organizer=Attendee(position.branch.name, settings.DEFAULT_FROM_EMAIL),
        attendees=(to,),
    )


def _to_candidate(
    actor: Actor, interview: Interview, what: str, seats: list[PanelMember], at: dt.datetime
) -> OutboxMessage:
    application = interview.application
    candidate, position = application.candidate, application.position
    language, zone = candidate.language, position.branch.time_zone
    _link, url = link_create(actor=actor, application=application, purpose="portal", at=at)
    end = interview.ends_at
    subject, body = letter(
        LETTERS[what][0],
        language,
        company=position.branch.name,
        position=position.title_en if language == "en" and position.title_en else position.title,
        name=candidate.name,
        date=moment_text(interview.starts_at, zone, language),
        start=moment_text(interview.starts_at, zone, language),
        end=moment_text(end, zone, language),
        zone=zone,
        other_zone=other_zone_text(interview.starts_at, end, zone, candidate.time_zone, language),
        round=interview.round_no,
        place=interview.place or place_words(interview, language),
        meeting_url=interview.meeting_url or "—",
        panel="、".join(f"{s.person.name}（{s.person.title}）" for s in seats),
        materials=interview.materials or "—",
        link=url,
        contact=settings.DEFAULT_FROM_EMAIL,
    )
    to = Attendee(candidate.name, candidate.email)
    draft = _mail(LETTERS[what][0], language, subject, body, to, interview, what, at)
    return message_queue(
        key=f"interview:{interview.ref}:{what}:{interview.ics_sequence}:candidate",
        branch=position.branch,
        draft=draft,
        at=at,
        application=application,
    )


def _to_colleague(
    interview: Interview, what: str, seat: PanelMember, at: dt.datetime
) -> OutboxMessage:
    application, person = interview.application, seat.person
    position = application.position
    language = "en" if person.language.startswith("en") else "zh"
    zone = person.time_zone
    subject, body = letter(
        LETTERS[what][1],
        language,
        name=person.name,
        candidate=application.candidate.name,
        position=position.title,
        round=interview.round_no,
        date=moment_text(interview.starts_at, zone, language),
        start=moment_text(interview.starts_at, zone, language),
        end=moment_text(interview.ends_at, zone, language),
        place=interview.place or place_words(interview, language),
        meeting_url=interview.meeting_url,
        focus="、".join(seat.focus) or "—",
        link=f"{settings.BASE_URL}/interviews/{interview.ref}/",
    )
    draft = _mail(
        LETTERS[what][1],
        language,
        subject,
        body,
        Attendee(person.name, person.email),
        interview,
        what,
        at,
        person=person,
    )
    return message_queue(
        key=f"interview:{interview.ref}:{what}:{interview.ics_sequence}:{person.ref}",
        branch=position.branch,
        draft=draft,
        at=at,
        application=application,
        person=person,
    )


def _mail(
    template: str,
    language: str,
    subject: str,
    body: str,
    to: Attendee,
    interview: Interview,
    what: str,
    at: dt.datetime,
    person: Person | None = None,
) -> Draft:
    method = CANCEL if what == "cancelled" else REQUEST
    channel = "wecom" if person is not None and person.wecom_userid else "mail"
    payload: dict[str, Any] = {"interview": interview.ref, "what": what}
    if person is not None and channel == "wecom":
        payload["card"] = _card(interview, what, person, subject, language)
    return Draft(
        channel=channel,
        template=template,
        language=language,
        subject=subject,
        body=body,
        address=person.wecom_userid if person and channel == "wecom" else to.email,
        ics=calendar_part(calendar_event(interview, to=to, at=at), method),
        ics_method=method,
        payload=payload,
    )


def _card(
    interview: Interview, what: str, person: Person, subject: str, language: str
) -> dict[str, Any]:
    """The invitation as a card: with buttons to answer, or as a notice when it was called off."""
    application, position = interview.application, interview.application.position
    english = language == "en"
    names = ("Who", "Role", "When", "Where") if english else ("候选人", "岗位", "时间", "地点")
    values = (
        application.candidate.name,
        position.title_en if english and position.title_en else position.title,
        moment_text(interview.starts_at, person.time_zone, language),
        interview.place or place_words(interview, language),
    )
    shared: dict[str, Any] = {
        "source": "Touchstone" if english else "试金石",
        "title": subject,
        "desc": position.branch.name,
        "rows": list(zip(names, values, strict=True)),
        "url": f"{settings.BASE_URL}/interviews/{interview.ref}/",
    }
    if what == "cancelled":
        return notice_card(**shared)
    return reply_card(
        **shared,
        task=task_id("interview", interview.ref, str(interview.ics_sequence), person.ref),
        accept="I'll come" if english else "能来",
        decline="I can't" if english else "来不了",
    )


def place_words(interview: Interview, language: str) -> str:
    """How the talk is held, where no place was typed."""
    names = {
        "tencent": ("腾讯会议", "Tencent Meeting"),
        "wecom": ("企业微信会议", "WeCom meeting"),
    }
    zh, en = names.get(interview.meeting_provider, ("线上会议", "Online meeting"))
    return en if language == "en" else zh
