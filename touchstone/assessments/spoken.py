"""Answers that were spoken: which take counts, and in which words people and machine read it."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from touchstone.assessments.models import AttemptItem, Grading, SpokenTake, SpokenWords, TaskKind
from touchstone.recruiting.models import Consent
from touchstone.recruiting.services.consents import has_consent

MOST_TAKES = 3
LONGEST_MINUTES = 10
BYTES_A_SECOND = 200_000
HEADROOM = 4 * 2**20


class Form(StrEnum):
    """In which form a task is answered.

    GONE: it was spoken and handed in, and the recording was deleted since.
    """

    WRITTEN = "written"
    UNHEARD = "unheard"
    HEARD = "heard"
    GONE = "gone"


def may_be_spoken(item: AttemptItem) -> bool:
    """Whether the task takes a recording in place of a text."""
    return item.item.kind == TaskKind.COMMUNICATION


def spoken_consent(item: AttemptItem, at: dt.datetime) -> bool:
    """Whether the candidate agreed to their spoken answers being recorded, and still does."""
    candidate = item.attempt.application.candidate
    return has_consent(candidate, Consent.Purpose.SPOKEN_ANSWER, at)


def longest_s(item: AttemptItem) -> int:
    """How long a take may be: the task's own minutes, at most ten."""
    return 60 * min(item.item.minutes + item.attempt.extra_minutes, LONGEST_MINUTES)


def largest(item: AttemptItem) -> int:
    """How many bytes a take may have; a browser left to itself makes at most this much."""
    return HEADROOM + BYTES_A_SECOND * longest_s(item)


def kept_take(item: AttemptItem) -> SpokenTake | None:
    """The take that counts: the last that arrived completely."""
    there = [t for t in item.takes.all() if t.finished_at and not t.deleted_at]
    return max(there, key=lambda take: take.number, default=None)


def words_of(take: SpokenTake) -> SpokenWords | None:
    """The take's words, or how far they are."""
    return next(iter(take.words.all()), None)


def form_of(item: AttemptItem) -> Form:
    """The form of the answer as it stands."""
    take = kept_take(item)
    if take is not None:
        words = words_of(take)
        ready = words is not None and words.status == SpokenWords.Status.READY
        return Form.HEARD if ready else Form.UNHEARD
    handed_in = item.submitted_at
    gone = handed_in and any(
        t.finished_at and t.deleted_at and t.deleted_at > handed_in for t in item.takes.all()
    )
    return Form.GONE if gone else Form.WRITTEN


def spoken_text(item: AttemptItem) -> str:
    """What was said in the take that counts, a line a segment; empty while there are no words."""
    take = kept_take(item)
    words = words_of(take) if take else None
    return words.text if words else ""


def counts(grading: Grading) -> bool:
    """Whether a grading still counts: not one of a recording that was taken back."""
    return not grading.result.get("void")
