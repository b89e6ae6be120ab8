"""The interview in its panel's WeCom calendars: added, overwritten, cancelled by a job."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction

from touchstone.common.background import enqueue
from touchstone.common.errors import PermanentOutsideError
from touchstone.integrations.wecom.client import Wecom
from touchstone.integrations.wecom.configured import wecom_client, wecom_ready
from touchstone.interviews.models import Interview, OutsideObject, PanelMember

FOLLOW_TASK = "touchstone.jobs.interviews.schedule_follow"
CALENDAR = "wecom-calendar"
SCHEDULE = "wecom-schedule"
REMIND_S = (-900, -3600)
REPLIES = {1: "tentative", 2: "accepted", 3: "accepted", 4: "declined"}
GONE = frozenset({"wecom.schedule_gone", "wecom.calendar_gone"})


def schedule_queue(interview: Interview) -> None:
    """Has the calendars follow the interview, where WeCom is set up."""
    if wecom_ready():
        enqueue(FOLLOW_TASK, interview_ref=interview.ref)


def schedule_of(interview: Interview, users: list[str], calendar: str) -> dict[str, Any]:
    """The schedule as WeCom takes it; an update is a whole one again."""
    application = interview.application
    return {
        "start_time": int(interview.starts_at.timestamp()),
        "end_time": int(interview.ends_at.timestamp()),
        "summary": f"面试：{application.candidate.name} · {application.position.title}"[:128],
        "description": f"{settings.BASE_URL}/interviews/{interview.ref}/",
        "location": (interview.place or interview.meeting_url)[:128],
        "cal_id": calendar,
        "attendees": [{"userid": user} for user in users],
        "reminders": {"is_remind": 1, "remind_time_diffs": list(REMIND_S), "timezone": 8},
    }


def schedule_follow(*, ref: str, at: dt.datetime, client: Wecom | None = None) -> str:
    """Brings the schedule in line with the interview; safe to repeat.

    Returns:
        The schedule's id; empty where there is none (any more).

    Raises:
        OutsideError: WeCom did not take it; the interview stands all the same.
    """
    interview = Interview.objects.select_related(
        "application__candidate", "application__position"
    ).get(ref=ref)
    row = OutsideObject.objects.filter(key=f"{SCHEDULE}:{interview.ref}").first()
    users = list(
        interview.panel.filter(removed_at=None)
        .exclude(person__wecom_userid="")
        .order_by("pk")
        .values_list("person__wecom_userid", flat=True)
    )
    over = interview.status in {Interview.Status.CANCELLED, Interview.Status.DONE}
    wecom = client or wecom_client()
    try:
        if over or not users:
            return _cancel(wecom, interview, row, at)
        return _write(wecom, interview, row, users, at)
    finally:
        if client is None:
            wecom.close()


def _write(
    wecom: Wecom,
    interview: Interview,
    row: OutsideObject | None,
    users: list[str],
    at: dt.datetime,
) -> str:
    calendar = calendar_id(wecom, at)
    schedule = schedule_of(interview, users, calendar)
    if row and row.outside_id and row.state == schedule:
        return row.outside_id
    key = ""
    if row and row.outside_id:
        try:
            key = wecom.schedule_update(
                row.outside_id,
                {k: v for k, v in schedule.items() if k != "cal_id"},
                keep_attendees=True,
            )
            before = {a["userid"] for a in row.state.get("attendees", [])}
            wecom.schedule_attendees(
                key,
                add=[u for u in users if u not in before],
                remove=sorted(before - set(users)),
            )
        except PermanentOutsideError as error:
            if error.message.id not in GONE:
                raise
            key = ""
    key = key or wecom.schedule_add(schedule)
    _keep(f"{SCHEDULE}:{interview.ref}", key, schedule, at)
    return key


def _cancel(wecom: Wecom, interview: Interview, row: OutsideObject | None, at: dt.datetime) -> str:
    # What is over stays in people's calendars; only what was called off leaves them.
    if row is None or not row.outside_id or interview.status == Interview.Status.DONE:
        return row.outside_id if row else ""
    try:
        wecom.schedule_cancel(row.outside_id)
    except PermanentOutsideError as error:
        if error.message.id not in GONE:
            raise
    _keep(row.key, "", {}, at)
    return ""


def calendar_id(wecom: Wecom, at: dt.datetime) -> str:
    """The app's calendar of interviews, made on first use."""
    key = f"{CALENDAR}:{wecom.app.corp_id}:{wecom.app.agent_id}"
    row = OutsideObject.objects.filter(key=key).first()
    if row and row.outside_id:
        return row.outside_id
    made = wecom.calendar_add("面试 · Touchstone 试金石")
    _keep(key, made, {}, at)
    return made


@transaction.atomic
def _keep(key: str, outside_id: str, state: dict[str, Any], at: dt.datetime) -> None:
    OutsideObject.objects.update_or_create(
        key=key, defaults={"outside_id": outside_id, "state": state, "updated_at": at}
    )


def replies_read(*, schedule_id: str, client: Wecom | None = None) -> int:
    """Takes over who has accepted or declined in WeCom; returns how many replies changed."""
    row = OutsideObject.objects.filter(
        outside_id=schedule_id, key__startswith=f"{SCHEDULE}:"
    ).first()
    if row is None:
        return 0
    wecom = client or wecom_client()
    try:
        found = wecom.schedule_replies(schedule_id)
    finally:
        if client is None:
            wecom.close()
    return panel_replies_set(
        interview_ref=row.key.split(":", 1)[1],
        replies={user: REPLIES[status] for user, status in found.items() if status in REPLIES},
    )


@transaction.atomic
def panel_replies_set(*, interview_ref: str, replies: dict[str, str]) -> int:
    """WeCom user id → reply, for the seats of an interview."""
    lower = {user.lower(): reply for user, reply in replies.items()}
    changed = 0
    seats = PanelMember.objects.filter(
        interview__ref=interview_ref, removed_at=None
    ).select_related("person")
    for seat in seats:
        reply = lower.get(seat.person.wecom_userid.lower()) if seat.person.wecom_userid else None
        if reply and reply != seat.reply:
            PanelMember.objects.filter(pk=seat.pk).update(reply=reply)
            changed += 1
    return changed
