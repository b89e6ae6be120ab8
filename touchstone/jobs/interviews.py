"""Meetings made and kept in line with their interviews."""

from __future__ import annotations

from django_tasks import task

from touchstone.common.actors import SYSTEM
from touchstone.common.clock import utc_now
from touchstone.interviews.services import (
    meetings,
    outside_events,
    schedules,
    transcript_making,
    transcripts,
)
from touchstone.interviews.services import (
    recording_fetch as fetching,
)


@task(queue_name="outside")
def meeting_make(interview_ref: str) -> str:
    """Makes the meeting of an interview and announces it; returns the meeting's id."""
    return meetings.meeting_make(actor=SYSTEM, ref=interview_ref, at=utc_now()).meeting_id


@task(queue_name="outside")
def meeting_follow(interview_ref: str) -> str:
    """Moves or cancels the outside meeting as the interview was; returns the meeting's id."""
    return meetings.meeting_follow(ref=interview_ref).meeting_id


@task(queue_name="outside")
def schedule_follow(interview_ref: str) -> str:
    """Brings the panel's WeCom calendars in line with the interview; returns the schedule's id."""
    return schedules.schedule_follow(ref=interview_ref, at=utc_now())


@task(queue_name="outside")
def outside_event_handle(event_id: int) -> str:
    """Acts upon an event that WeCom or Tencent Meeting reported; returns what came of it."""
    return outside_events.event_handle(event_id=event_id, at=utc_now())


@task(queue_name="outside")
def recording_fetch(interview_ref: str, file_id: str) -> str:
    """Fetches a meeting's recording into our storage; returns its ref."""
    recording = fetching.recording_fetch(ref=interview_ref, file_id=file_id, at=utc_now())
    return recording.ref if recording else ""


@task(queue_name="outside")
def transcript_fetch(interview_ref: str) -> int:
    """Fetches the words of a meeting's recordings; returns of how many."""
    return len(fetching.transcript_fetch(ref=interview_ref, at=utc_now()))


@task(queue_name="outside")
def recordings_reconcile() -> int:
    """Looks for recordings and words that no webhook told of; returns the fetches ordered."""
    return fetching.recordings_reconcile(at=utc_now())


@task(queue_name="speech")
def transcript_make(recording_ref: str) -> str:
    """Has the speech service write down a recording; returns what came of it."""
    return transcript_making.transcript_make(recording_ref=recording_ref, at=utc_now())


@task(queue_name="default")
def recordings_withdraw(candidate_ref: str) -> int:
    """Deletes the recordings of a candidate who took consent back; returns how many."""
    return transcripts.recordings_withdrawn(actor=SYSTEM, candidate_ref=candidate_ref, at=utc_now())
