"""Asks the speech service for a recording's words: a row that says so, and a job."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.common.background import enqueue
from touchstone.common.messages import Message
from touchstone.interviews.models import Recording, Transcript
from touchstone.interviews.services.room import room_touch

MAKE_TASK = "touchstone.jobs.interviews.transcript_make"
PRIORITY = -50


@transaction.atomic
def transcript_wanted(*, recording: Recording, at: dt.datetime) -> Transcript:
    """Has the words made by the speech service, once; a person may ask again after a failure."""
    transcript, made = Transcript.objects.get_or_create(
        recording=recording, defaults={"created_at": at, "updated_at": at}
    )
    failed = transcript.status == Transcript.Status.FAILED
    if failed:
        transcript.status, transcript.failure = Transcript.Status.WAITING, {}
        transcript.updated_at = at
        transcript.save(update_fields=["status", "failure", "updated_at"])
    if made or failed:
        enqueue(MAKE_TASK, priority=PRIORITY, recording_ref=recording.ref)
    return transcript


@transaction.atomic
def transcript_failed(*, recording: Recording, why: Message, at: dt.datetime) -> None:
    """Notes why the speech service gave nothing; words that are there already stay."""
    changed = Transcript.objects.filter(
        recording=recording, status=Transcript.Status.WAITING
    ).update(
        status=Transcript.Status.FAILED,
        failure={"id": why.id, "args": dict(why.args)},
        updated_at=at,
    )
    if changed:
        room_touch(recording.interview)
