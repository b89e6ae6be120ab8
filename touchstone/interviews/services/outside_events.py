"""What WeCom and Tencent Meeting report: kept at once, acted upon by a job, never twice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from touchstone.common.background import enqueue
from touchstone.common.errors import OutsideError
from touchstone.integrations.wecom.cards import ACCEPT, DECLINE
from touchstone.integrations.wecom.configured import wecom_client
from touchstone.interviews.models import Interview, OutsideEvent
from touchstone.interviews.services.recording_fetch import (
    recording_fetch_queue,
    recordings_look,
    transcript_fetch_queue,
)
from touchstone.interviews.services.room import room_touch
from touchstone.interviews.services.schedules import panel_replies_set, replies_read

HANDLE_TASK = "touchstone.jobs.interviews.outside_event_handle"
WECOM, TENCENT = "wecom", "tencent"
TASK = re.compile(r"interview-([0-9a-z]{14})-\d+-[0-9a-z]+\Z")
ANSWERS = {ACCEPT: ("accepted", "已确认出席"), DECLINE: ("declined", "已回复不能出席")}
SCHEDULES = frozenset({"respond_schedule", "modify_schedule", "delete_schedule"})


@transaction.atomic
def event_keep(
    *, source: str, key: str, kind: str, detail: Mapping[str, str], at: dt.datetime
) -> bool:
    """Keeps an event and has it handled; False when it is known already."""
    _event, made = OutsideEvent.objects.get_or_create(
        source=source,
        key=key[:80],
        defaults={"kind": kind[:60], "detail": dict(detail), "received_at": at},
    )
    if made:
        enqueue(HANDLE_TASK, event_id=_event.pk)
    return made


def event_handle(*, event_id: int, at: dt.datetime) -> str:
    """Acts upon one event, once; returns what came of it."""
    event = OutsideEvent.objects.get(pk=event_id)
    if event.handled_at:
        return event.outcome
    outcome = _wecom(event, at) if event.source == WECOM else _tencent(event, at)
    OutsideEvent.objects.filter(pk=event.pk, handled_at=None).update(
        handled_at=at, outcome=outcome[:40]
    )
    return outcome


def _wecom(event: OutsideEvent, at: dt.datetime) -> str:
    if event.kind == "template_card_event":
        return _card_pressed(event.detail)
    if event.kind in SCHEDULES and event.detail.get("ScheduleId"):
        return f"replies: {replies_read(schedule_id=event.detail['ScheduleId'])}"
    if event.kind == "meeting_change" and event.detail.get("ChangeType") == "recording_complete":
        return _wecom_recorded(event.detail, at)
    return "no effect"


def _wecom_recorded(detail: Mapping[str, str], at: dt.datetime) -> str:
    """A recording is ready; the event does not say which, so it is looked up."""
    interview = Interview.objects.filter(
        meeting_provider=WECOM, meeting_id=detail.get("MeetingId", "")
    ).first()
    if interview is None:
        return "not ours"
    if interview.status == Interview.Status.CANCELLED or not settings.WECOM_PAID_MEETINGS:
        return "no effect"
    return f"fetching: {recordings_look(interview=interview, at=at)}"


def _card_pressed(detail: Mapping[str, str]) -> str:
    """A colleague has pressed "yes" or "no" on an invitation."""
    task = TASK.match(detail.get("TaskId", ""))
    answer = ANSWERS.get(detail.get("EventKey", ""))
    user = detail.get("FromUserName", "")
    if task is None or answer is None:
        return "no effect"
    interview = Interview.objects.filter(ref=task[1]).first()
    if interview is None or interview.status == Interview.Status.CANCELLED:
        return "interview is off"
    reply, words = answer
    changed = panel_replies_set(interview_ref=interview.ref, replies={user: reply})
    if changed:
        room_touch(interview)
    code = detail.get("ResponseCode", "")
    if code:
        client = wecom_client()
        try:
            client.card_close(code, [user], words)
        except OutsideError:
            # The reply counts; only the look of the card is old.
            return f"{reply}, card not closed"
        finally:
            client.close()
    return reply if changed else "no effect"


def _tencent(event: OutsideEvent, at: dt.datetime) -> str:
    """Monotone: what comes late or after a cancellation changes nothing."""
    interview = Interview.objects.filter(
        meeting_provider=TENCENT, meeting_id=event.detail.get("meeting_id", "")
    ).first()
    if interview is None:
        return "not ours"
    if interview.status == Interview.Status.CANCELLED:
        return "interview is off"
    if event.kind == "recording.completed":
        ids = event.detail.get("file_ids") or event.detail.get("file_id", "")
        said = [recording_fetch_queue(interview=interview, file_id=one) for one in ids.split(",")]
        return said[0]
    if event.kind == "smart.transcripts":
        return transcript_fetch_queue(interview=interview)
    return "noted"
