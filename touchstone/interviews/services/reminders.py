"""Reminders: raters whose scorecard is still open the day after the talk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.db.models import F

from touchstone.accounts.models import Person
from touchstone.interviews.models import Interview, PanelMember
from touchstone.recruiting.letters import letter
from touchstone.recruiting.services.outbox import Draft, message_queue

AFTER = dt.timedelta(hours=20)


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
            draft=Draft("mail", "scorecard_reminder", language, subject, body, person.email),
            at=at,
            person=person,
        )
    return len(owed)
