"""Meetings made and kept in line with their interviews."""

from __future__ import annotations

from django_tasks import task

from touchstone.common.actors import SYSTEM
from touchstone.common.clock import utc_now
from touchstone.interviews.services import meetings


@task(queue_name="outside")
def meeting_make(interview_ref: str) -> str:
    """Makes the meeting of an interview and announces it; returns the meeting's id."""
    return meetings.meeting_make(actor=SYSTEM, ref=interview_ref, at=utc_now()).meeting_id


@task(queue_name="outside")
def meeting_follow(interview_ref: str) -> str:
    """Moves or cancels the outside meeting as the interview was; returns the meeting's id."""
    return meetings.meeting_follow(ref=interview_ref).meeting_id
