"""The meeting of an interview: made, moved and cancelled with the meeting service by a job, or a
link or a place typed by hand where no service is set up.

An outside system is never asked within a transaction: the interview says which provider it wants,
a job does the rest and announces the interview once there is a link.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import InvalidInput, OutsideError, PermanentOutsideError
from touchstone.common.messages import render, say
from touchstone.integrations.tencent_meeting.client import (
    Credentials,
    Meeting,
    MeetingWish,
    TencentMeeting,
)
from touchstone.integrations.wecom.configured import wecom_client, wecom_ready
from touchstone.interviews.models import Interview
from touchstone.interviews.services.invitations import interview_announce
from touchstone.interviews.services.room import room_touch
from touchstone.interviews.services.wecom_meetings import wecom_meeting_follow, wecom_meeting_make
from touchstone.recruiting.models import Consent

MAKE_TASK = "touchstone.jobs.interviews.meeting_make"
FOLLOW_TASK = "touchstone.jobs.interviews.meeting_follow"
TENCENT = "tencent"
WECOM = "wecom"
SERVICES = frozenset({TENCENT, WECOM})
MANUAL = "manual"


def default_provider() -> str:
    """ "tencent" where the enterprise app is set up; "wecom" where the company wants its meetings
    there; otherwise "manual"."""
    wanted = (
        settings.TENCENT_MEETING_APP_ID,
        settings.TENCENT_MEETING_SECRET_ID,
        settings.TENCENT_MEETING_SECRET_KEY,
        settings.TENCENT_MEETING_USER_ID,
    )
    if all(wanted):
        return TENCENT
    return WECOM if settings.WECOM_MEETINGS and wecom_ready() else MANUAL


def meeting_client() -> TencentMeeting:
    """A client with the settings' credentials."""
    return TencentMeeting(
        Credentials(
            base=settings.TENCENT_MEETING_BASE,
            app_id=settings.TENCENT_MEETING_APP_ID,
            secret_id=settings.TENCENT_MEETING_SECRET_ID,
            secret_key=settings.TENCENT_MEETING_SECRET_KEY,
            user_id=settings.TENCENT_MEETING_USER_ID,
        ),
        clock_s=time.time,
    )


@transaction.atomic
def interview_invite(*, actor: Actor, interview: Interview, at: dt.datetime) -> Interview:
    """Invites everybody: now where the link or place is known, otherwise once the job has it."""
    if interview.meeting_provider in SERVICES and not interview.meeting_id:
        enqueue(MAKE_TASK, interview_ref=interview.ref)
    else:
        interview_announce(actor=actor, interview=interview, what="invited", at=at)
    return interview


@transaction.atomic
def meeting_link_set(
    *, actor: Actor, interview: Interview, url: str, place: str, at: dt.datetime
) -> Interview:
    """A link or place typed by hand; those already invited are told.

    Raises:
        InvalidInput: neither, or a link that is no web address.
    """
    url, place = url.strip(), place.strip()
    if not url and not place:
        raise InvalidInput(say("interviews.no_place"), field="meeting_url")
    if url and not url.startswith(("https://", "http://")):
        raise InvalidInput(say("interviews.bad_link"), field="meeting_url")
    invited = interview.status != Interview.Status.PLANNED
    interview.meeting_provider = MANUAL
    interview.meeting_url, interview.place = url[:400], place[:120]
    interview.meeting_failure = ""
    interview.version += 1
    if invited:
        interview.ics_sequence += 1
    interview.save(
        update_fields=[
            *("meeting_provider", "meeting_url", "place", "meeting_failure"),
            *("version", "ics_sequence"),
        ]
    )
    audit_record(
        actor,
        "interview.link_set",
        object_type="interview",
        object_ref=interview.ref,
        branch_ref=interview.application.branch.ref,
        after=[url, place],
    )
    what = "moved" if invited else "invited"
    interview_announce(actor=actor, interview=interview, what=what, at=at)
    room_touch(interview)
    return interview


def meeting_make(
    *, actor: Actor, ref: str, at: dt.datetime, client: TencentMeeting | None = None
) -> Interview:
    """Makes the meeting and announces the interview. Safe to repeat: an interview that has a
    meeting keeps it, and one that was made but not noted down is found again.

    Raises:
        OutsideError: the service failed; the interview keeps the reason.
    """
    interview = Interview.objects.select_related("application__position__branch").get(ref=ref)
    over = interview.status in {Interview.Status.CANCELLED, Interview.Status.DONE}
    if over or interview.meeting_id or interview.meeting_provider not in SERVICES:
        return interview
    try:
        meeting = _made(interview, client)
    except OutsideError as error:
        _note_failure(interview, error)
        raise
    with transaction.atomic():
        changed = Interview.objects.filter(pk=interview.pk, meeting_id="").update(
            meeting_id=meeting.meeting_id,
            meeting_code=meeting.meeting_code,
            meeting_url=meeting.join_url,
            meeting_failure="",
        )
        interview.refresh_from_db()
        if changed:
            interview_announce(actor=actor, interview=interview, what="invited", at=at)
            room_touch(interview)
    return interview


def meeting_follow(*, ref: str, client: TencentMeeting | None = None) -> Interview:
    """Brings the outside meeting in line with the interview: its time, or its cancellation.

    Raises:
        OutsideError: the service failed; the interview keeps the reason.
    """
    interview = Interview.objects.select_related("application__position__branch").get(ref=ref)
    if interview.meeting_provider not in SERVICES or not interview.meeting_id:
        return interview
    try:
        _followed(interview, client)
    except OutsideError as error:
        _note_failure(interview, error)
        raise
    Interview.objects.filter(pk=interview.pk).update(meeting_failure="")
    return interview


def recording_allowed(interview: Interview) -> bool:
    """Whether the candidate's consent to recording stands."""
    return Consent.Purpose.RECORDING in _agreed_to(interview)


def words_allowed(interview: Interview) -> bool:
    """Whether both consents stand, to the recording and to a transcript of it; one query."""
    return {Consent.Purpose.RECORDING, Consent.Purpose.TRANSCRIPT} <= _agreed_to(interview)


def _agreed_to(interview: Interview) -> set[str]:
    """The purposes of talks that the candidate agrees to now."""
    rows = Consent.objects.filter(
        candidate_id=interview.application.candidate_id,
        purpose__in=(Consent.Purpose.RECORDING, Consent.Purpose.TRANSCRIPT),
    ).order_by("at", "pk")
    latest = {row.purpose: row for row in rows}
    return {p for p, row in latest.items() if row.granted and row.withdrawn_at is None}


def _made(interview: Interview, client: TencentMeeting | None) -> Meeting:
    if interview.meeting_provider == WECOM:
        with contextlib.closing(wecom_client()) as wecom:
            record = settings.WECOM_PAID_MEETINGS and _wants_recording(interview)
            key, info = wecom_meeting_make(interview, wecom, record=record)
        return Meeting(meeting_id=key, meeting_code=info.meeting_code, join_url=info.meeting_link)
    with _tencent(client) as service:
        return _found(service, interview) or service.create(_wish(interview))


def _followed(interview: Interview, client: TencentMeeting | None) -> None:
    if interview.meeting_provider == WECOM:
        with contextlib.closing(wecom_client()) as wecom:
            wecom_meeting_follow(interview, wecom)
        return
    with _tencent(client) as service:
        if interview.status == Interview.Status.CANCELLED:
            service.cancel(interview.meeting_id)
        else:
            service.change(interview.meeting_id, _wish(interview))


@contextlib.contextmanager
def _tencent(client: TencentMeeting | None) -> Iterator[TencentMeeting]:
    """The client given, or one of the settings that is closed afterwards."""
    if client is not None:
        yield client
        return
    with contextlib.closing(meeting_client()) as own:
        yield own


def _wish(interview: Interview) -> MeetingWish:
    return MeetingWish(
        subject=_subject(interview),
        start_s=int(interview.starts_at.timestamp()),
        end_s=int(interview.ends_at.timestamp()),
        record=_wants_recording(interview),
    )


def _wants_recording(interview: Interview) -> bool:
    wanted = interview.application.position.recording_wanted
    return bool(wanted and recording_allowed(interview))


def _subject(interview: Interview) -> str:
    application = interview.application
    return f"{application.position.title} {application.candidate.name} {interview.ref[:4]}"


def _found(service: TencentMeeting, interview: Interview) -> Meeting | None:
    """The meeting an earlier try made without living to note it down."""
    start, subject = str(int(interview.starts_at.timestamp())), _subject(interview)
    return next(
        (m for m in service.upcoming() if m.subject == subject and m.start_time == start), None
    )


def _note_failure(interview: Interview, error: OutsideError) -> None:
    Interview.objects.filter(pk=interview.pk).update(
        meeting_failure=render(error.message, "zh")[:400]
    )
    if isinstance(error, PermanentOutsideError):
        room_touch(interview)
