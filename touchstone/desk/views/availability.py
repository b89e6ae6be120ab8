"""When somebody can be asked to interview: hours, busy marks, a calendar file."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.engine.scheduling.problem import Hours
from touchstone.interviews.models import Availability
from touchstone.interviews.services.availability import (
    busy_add,
    busy_remove,
    calendar_import,
    hours_of,
    hours_set,
)
from touchstone.ui.bilingual import choose

DAYS = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)


@require_http_methods(["GET", "POST"])
@staff()
def availability(request: DeskRequest) -> HttpResponse:
    """One's own page; planning and proposals keep to what stands here."""
    if request.method == "POST":
        return _change(request)
    marks = Availability.objects.filter(
        person=request.user, kind="busy", ends_at__gt=utc_now()
    ).order_by("starts_at")
    spans: dict[int, list[Hours]] = {}
    for hours in hours_of(request.user):
        spans.setdefault(hours.weekday, []).append(hours)
    return render(
        request,
        "desk/availability.html",
        {
            "days": [
                {
                    "number": number,
                    "name": choose(zh, en),
                    "spans": [
                        {"start": _clock(h.start_minute), "end": _clock(h.end_minute)}
                        for h in spans.get(number, [])[:2]
                    ]
                    + [{"start": "", "end": ""}] * (2 - len(spans.get(number, [])[:2])),
                }
                for number, (zh, en) in enumerate(DAYS)
            ],
            "own": [m for m in marks if m.source == "own"][:100],
            "imported": sum(1 for m in marks if m.source == "ics"),
            "zone": request.user.time_zone,
        },
    )


def _change(request: DeskRequest) -> HttpResponse:
    what = request.POST.get("do")
    if what == "hours":
        hours_set(actor=request.actor, person=request.user, hours=_hours(request))
        messages.success(request, choose("工作时间已存。", "Working hours saved."))
    elif what == "busy":
        busy_add(
            actor=request.actor,
            person=request.user,
            starts_at=_moment(request, "starts_at"),
            ends_at=_moment(request, "ends_at"),
            label=request.POST.get("label", ""),
        )
        messages.success(request, choose("已标为没空。", "Marked as busy."))
    elif what == "free":
        mark = request.POST.get("mark", "")
        busy_remove(actor=request.actor, person=request.user, pk=int(mark) if mark.isdigit() else 0)
    elif what == "calendar":
        file = request.FILES.get("file")
        if file is None:
            raise InvalidInput(say("interviews.bad_calendar"), field="file")
        count = calendar_import(
            actor=request.actor, person=request.user, data=file.read(2**22), at=utc_now()
        )
        messages.success(
            request, choose(f"读到 {count} 段没空的时间。", f"{count} busy stretches were read.")
        )
    return HttpResponseRedirect(reverse("availability"))


def _hours(request: DeskRequest) -> list[Hours]:
    found = []
    for number in range(7):
        for part in (1, 2):
            start = request.POST.get(f"d{number}_{part}_from", "")
            end = request.POST.get(f"d{number}_{part}_to", "")
            if start or end:
                found.append(Hours(number, _minute(start), _minute(end)))
    return found


def _minute(text: str) -> int:
    try:
        clock = dt.time.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(say("interviews.bad_hours"), field="hours") from error
    return clock.hour * 60 + clock.minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}" if minute < 1440 else "23:59"


def _moment(request: DeskRequest, name: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise InvalidInput(say("interviews.bad_moment"), field=name) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(request.user.time_zone))
