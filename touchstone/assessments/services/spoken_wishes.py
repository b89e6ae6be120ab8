"""Asks the speech service for a spoken answer's words: a row that says so, and a job."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.assessments.models import SpokenTake, SpokenWords
from touchstone.common.background import enqueue
from touchstone.common.messages import Message
from touchstone.integrations.speech.configured import speech_ready

MAKE_TASK = "touchstone.jobs.assessments.spoken_words_make"
PRIORITY = -40


@transaction.atomic
def words_wanted(*, take: SpokenTake, at: dt.datetime) -> SpokenWords | None:
    """Has the words made by the speech service, once; a person may ask again after a failure.

    Returns None where no speech service is set up: a person types them then.
    """
    if not speech_ready():
        return None
    words, made = SpokenWords.objects.get_or_create(
        take=take, defaults={"created_at": at, "updated_at": at}
    )
    again = words.status == SpokenWords.Status.FAILED
    if again:
        words.status, words.failure, words.updated_at = SpokenWords.Status.WAITING, {}, at
        words.save(update_fields=["status", "failure", "updated_at"])
    if made or again:
        enqueue(MAKE_TASK, priority=PRIORITY, take_ref=take.ref)
    return words


@transaction.atomic
def words_failed(*, take: SpokenTake, why: Message, at: dt.datetime) -> None:
    """Notes why the speech service gave nothing; words that are there already stay."""
    SpokenWords.objects.filter(take=take, status=SpokenWords.Status.WAITING).update(
        status=SpokenWords.Status.FAILED,
        failure={"id": why.id, "args": dict(why.args)},
        updated_at=at,
    )
