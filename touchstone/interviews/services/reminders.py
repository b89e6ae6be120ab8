"""Reminders: of interviews within a day, and of scorecards still open the day after the talk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.db.models import F

from touchstone.accounts.models import Person
from touchstone.common.actors import SYSTEM
from touchstone.interviews.models import Interview, PanelMember
from touchstone.interviews.services.invitations import place_words
from touchstone.interviews.services.text_messages import text_message_queue
from touchstone.recruiting.letters import letter, moment_text, other_zone_text
from touchstone.recruiting.models import OutboxMessage
from touchstone.recruiting.services.links import link_create
from touchstone.recruiting.services.outbox import Draft, message_queue

AFTER = dt.timedelta(hours=20)
AHEAD = dt.timedelta(hours=24)
LAST_CALL = dt.timedelta(hours=2)
NEWS = dt.timedelta(hours=30)


def upcoming_queue(*, at: dt.datetime) -> int:
    """Reminds candidates and panels of interviews within a day; returns how many messages.

    Once for each time of an interview. One that was booked less than thirty hours ahead needs no
    reminder: its invitation is one.
    """
    ahead = (
        Interview.objects.filter(
            status=Interview.Status.INVITED,
            starts_at__gt=at + LAST_CALL,
            starts_at__lte=at + AHEAD,
            created_at__lte=F("starts_at") - NEWS,
        )
        .select_related("application__candidate", "application__position__branch")
        .order_by("starts_at")
    )
    count = 0
    mine: dict[Person, list[Interview]] = defaultdict(list)
    for interview in ahead:
        if interview.candidate_reply != "declined":
            count += _remind_candidate(interview, at)
            text_message_queue(interview=interview, what="reminder", at=at)
        seats = interview.panel.filter(removed_at=None).exclude(reply="declined")
        for seat in seats.select_related("person__branch"):
            mine[seat.person].append(interview)
    for person, interviews in mine.items():
        count += _remind_colleague(person, interviews, at)
    return count


def _remind_candidate(interview: Interview, at: dt.datetime) -> int:
    application = interview.application
    candidate, position = application.candidate, application.position
    key = f"upcoming:{interview.ref}:{interview.ics_sequence}"
    if not candidate.email or _queued(key):
        return 0
    language, zone = candidate.language, position.branch.time_zone
    _link, url = link_create(actor=SYSTEM, application=application, purpose="portal", at=at)
    subject, body = letter(
        "interview_reminder",
        language,
        name=candidate.name,
        company=position.branch.name,
        position=position.title_en if language == "en" and position.title_en else position.title,
        start=moment_text(interview.starts_at, zone, language),
        end=moment_text(interview.ends_at, zone, language),
        zone=zone,
        other_zone=other_zone_text(
            interview.starts_at, interview.ends_at, zone, candidate.time_zone, language
        ),
        place=interview.place or place_words(interview, language),
        meeting_url=interview.meeting_url or "—",
        materials=interview.materials or "—",
        link=url,
        contact=settings.DEFAULT_FROM_EMAIL,
    )
    message_queue(
        key=key,
        branch=position.branch,
        draft=Draft("mail", "interview_reminder", language, subject, body, candidate.email),
        at=at,
        application=application,
    )
    return 1


def _remind_colleague(person: Person, interviews: list[Interview], at: dt.datetime) -> int:
    times = "-".join(f"{i.pk}.{i.ics_sequence}" for i in interviews)[:70]
    key = f"upcoming:{person.ref}:{times}"
    if person.branch is None or _queued(key):
        return 0
    language = "en" if person.language.startswith("en") else "zh"
    zone = person.time_zone
    subject, body = letter(
        "panel_reminder",
        language,
        name=person.name,
        count=len(interviews),
        start=moment_text(interviews[0].starts_at, zone, language),
        interviews="\n".join(
            f"  {moment_text(i.starts_at, zone, language)}  {i.application.candidate.name}\n"
            f"  {settings.BASE_URL}/interviews/{i.ref}/"
            for i in interviews
        ),
    )
    message_queue(
        key=key,
        branch=person.branch,
        draft=Draft(
            "wecom" if person.wecom_userid else "mail",
            "panel_reminder",
            language,
            subject,
            body,
            person.wecom_userid or person.email,
        ),
        at=at,
        person=person,
    )
    return 1


def _queued(key: str) -> bool:
    return OutboxMessage.objects.filter(key=key).exists()


def reminders_queue(*, at: dt.datetime) -> int:
    """Writes one reminder a person and day, with every open scorecard in it; returns how many."""
    seats = PanelMember.objects.filter(
        removed_at=None,
        interview__status=Interview.Status.DONE,
        interview__ended_at__lt=at - AFTER,
        interview__application__position__status="open",
    )
    done = set(
        seats.filter(
            interview__scorecards__rater=F("person"), interview__scorecards__status="submitted"
        ).values_list("pk", flat=True)
    )
    owed: dict[Person, list[Interview]] = defaultdict(list)
    for seat in seats.select_related("person__branch", "interview__application__candidate"):
        if seat.pk not in done:
            owed[seat.person].append(seat.interview)
    for person, interviews in owed.items():
        if person.branch is None:
            continue
        language = "en" if person.language.startswith("en") else "zh"
        links = "\n".join(
            f"{i.application.candidate.name}: {settings.BASE_URL}/interviews/{i.ref}/"
            for i in interviews
        )
        subject, body = letter(
            "scorecard_reminder", language, name=person.name, count=len(interviews), links=links
        )
        message_queue(
            key=f"reminder:{person.ref}:{at:%Y-%m-%d}",
            branch=person.branch,
            draft=Draft(
                "wecom" if person.wecom_userid else "mail",
                "scorecard_reminder",
                language,
                subject,
                body,
                person.wecom_userid or person.email,
            ),
            at=at,
            person=person,
        )
    return len(owed)
