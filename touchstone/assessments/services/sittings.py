"""A candidate's sitting: the server's clock, drafts that are never lost, answers handed in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from touchstone.assessments.models import (
    Attempt,
    AttemptItem,
    IntegritySignal,
    Submission,
    TaskKind,
)
from touchstone.assessments.services.spoken_wishes import words_wanted
from touchstone.assessments.spoken import kept_take
from touchstone.audit.models import StoredFile
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import Conflict, InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.recruiting.models import Application, Consent
from touchstone.recruiting.services.applications import application_move, is_final
from touchstone.recruiting.services.consents import has_consent
from touchstone.recruiting.stages import Stage

GRACE = dt.timedelta(seconds=60)
READING = dt.timedelta(minutes=30)
LONGEST_ANSWER = 60_000
LONGEST_SOURCE = 100_000
LONGEST_COMMENT = 500
MOST_SIGNALS = 300
MOST_SUBMISSIONS = 30
MOST_SAMPLE_RUNS = 200
MOST_FIELDS = 250
LANGUAGES = ("python", "cpp", "java", "javascript", "sql")
JUDGE_TASK = "touchstone.jobs.assessments.submission_judge"
GRADE_TASK = "touchstone.jobs.assessments.item_grade"


@transaction.atomic
def attempt_start(*, attempt: Attempt, at: dt.datetime) -> Attempt:
    """Opens the sitting; the first press counts.

    Raises:
        InvalidInput: the time to sit is over, or the candidate has not agreed to it.
        NotAllowed: the application is closed or withdrawn.
    """
    require_sitting_open(attempt, at)
    if not has_consent(attempt.application.candidate, Consent.Purpose.ASSESSMENT, at):
        raise InvalidInput(say("assessments.consent_missing"))
    Attempt.objects.filter(pk=attempt.pk, status=Attempt.Status.INVITED).update(
        status=Attempt.Status.STARTED, started_at=at
    )
    attempt.refresh_from_db()
    return attempt


def require_sitting_open(attempt: Attempt, at: dt.datetime) -> None:
    """Whether the candidate may still work on it; asked again on every page and every save.

    Raises:
        NotAllowed: the application is withdrawn or closed.
        InvalidInput: handed in, or the time to sit is over.
    """
    stage = Application.objects.values_list("stage", flat=True).get(pk=attempt.application_id)
    if is_final(stage):
        raise NotAllowed(say("assessments.application_closed"))
    if attempt.status == Attempt.Status.SUBMITTED:
        raise InvalidInput(say("assessments.handed_in"))
    if at > attempt.deadline + GRACE:
        raise InvalidInput(say("assessments.window_over"))


@transaction.atomic
def item_start(*, item: AttemptItem, at: dt.datetime) -> AttemptItem:
    """Starts the task's clock on the server; opening it again, elsewhere too, changes nothing."""
    require_sitting_open(item.attempt, at)
    if item.attempt.status == Attempt.Status.INVITED:
        raise InvalidInput(say("assessments.not_started"))
    minutes = item.item.minutes + item.attempt.extra_minutes
    first_phase = "before" if item.item.kind == TaskKind.LEARNING else ""
    AttemptItem.objects.filter(pk=item.pk, started_at=None).update(
        started_at=at, deadline=at + dt.timedelta(minutes=minutes), phase=first_phase
    )
    item.refresh_from_db()
    return item


@transaction.atomic
def learning_phase_next(*, item: AttemptItem, at: dt.datetime) -> AttemptItem:
    """Quick learning: before → reading (30 minutes by this clock) → after. Never backwards."""
    locked = AttemptItem.objects.select_for_update().get(pk=item.pk)
    extra = dt.timedelta(minutes=item.attempt.extra_minutes)
    if locked.phase == "before":
        locked.phase, locked.phase_deadline = "reading", at + READING + extra
    elif locked.phase == "reading":
        locked.phase, locked.phase_deadline = "after", None
    locked.save(update_fields=["phase", "phase_deadline"])
    return locked


def learning_phase(item: AttemptItem, at: dt.datetime) -> str:
    """The phase as it is now: reading ends by itself when its time is over."""
    if item.phase == "reading" and item.phase_deadline and at >= item.phase_deadline:
        return "after"
    return item.phase


@transaction.atomic
def draft_save(
    *, item: AttemptItem, content: dict[str, str], version: int, at: dt.datetime
) -> AttemptItem:
    """Keeps what the candidate typed, field by field.

    Args:
        content: field name → text; only the fields sent are changed.
        version: of the draft the page was showing.

    Raises:
        Conflict: another window saved something else; both texts are in the error.
        InvalidInput: handed in already, out of time, a text over 60 000 characters, or a part of
            a learning task that is not open now.
    """
    locked = AttemptItem.objects.select_for_update().get(pk=item.pk)
    require_item_open(locked, at)
    _require_phase(locked, content, at)
    if any(len(text) > LONGEST_ANSWER for text in content.values()):
        raise InvalidInput(say("assessments.too_long", limit=LONGEST_ANSWER))
    merged = {**locked.content, **content}
    if len(merged) > MOST_FIELDS:
        raise InvalidInput(say("assessments.too_many_parts"))
    if merged == locked.content:
        return locked
    if version != locked.version:
        raise Conflict(say("assessments.draft_changed"), theirs=locked.content, mine=content)
    locked.content, locked.saved_at = merged, at
    locked.version += 1
    locked.save(update_fields=["content", "saved_at", "version"])
    return locked


@transaction.atomic
def file_attach(*, item: AttemptItem, stored: StoredFile, at: dt.datetime) -> AttemptItem:
    """Adds the file of a project case; a later one takes its place, the earlier stays stored."""
    locked = AttemptItem.objects.select_for_update().get(pk=item.pk)
    require_item_open(locked, at)
    locked.file = stored
    locked.saved_at = at
    locked.version += 1
    locked.save(update_fields=["file", "saved_at", "version"])
    return locked


@transaction.atomic
def program_submit(
    *,
    item: AttemptItem,
    language: str,
    source: str,
    samples_only: bool,
    at: dt.datetime,
) -> Submission:
    """Keeps the program and asks the judge.

    Raises:
        InvalidInput: empty, too long, an unknown language, out of time, the one before is still
            being judged, or too many.
    """
    locked = AttemptItem.objects.select_for_update().get(pk=item.pk)
    require_item_open(locked, at)
    if language not in LANGUAGES:
        raise InvalidInput(say("assessments.bad_language"), field="language")
    if not source.strip() or len(source) > LONGEST_SOURCE:
        raise InvalidInput(say("assessments.bad_source", limit=LONGEST_SOURCE), field="source")
    _require_turn(locked, samples_only=samples_only)
    submission = Submission.objects.create(
        attempt_item=locked,
        language=language,
        source=source,
        samples_only=samples_only,
        created_at=at,
    )
    enqueue(JUDGE_TASK, submission_ref=submission.ref, priority=10 if samples_only else 0)
    return submission


@transaction.atomic
def item_submit(*, item: AttemptItem, at: dt.datetime) -> AttemptItem:
    """Hands the task in as last saved; grading starts in the background. Twice counts once."""
    locked = AttemptItem.objects.select_for_update().get(pk=item.pk)
    if locked.submitted_at:
        return locked
    locked.submitted_at = min(at, locked.deadline + GRACE) if locked.deadline else at
    locked.version += 1
    locked.save(update_fields=["submitted_at", "version"])
    take = kept_take(locked)
    if take is not None:
        words_wanted(take=take, at=at)
    enqueue(GRADE_TASK, item_ref=locked.ref)
    return locked


@transaction.atomic
def attempt_submit(*, actor: Actor, attempt: Attempt, at: dt.datetime) -> Attempt:
    """Ends the sitting: tasks still open are handed in as they are."""
    locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if locked.status == Attempt.Status.SUBMITTED:
        return locked
    for item in locked.items.filter(submitted_at=None):
        item_submit(item=item, at=at)
    locked.status = Attempt.Status.SUBMITTED
    locked.submitted_at = at
    locked.version += 1
    locked.save(update_fields=["status", "submitted_at", "version"])
    application = locked.application
    if application.stage == Stage.INVITED:
        application_move(actor=actor, application=application, to=Stage.ASSESSED, at=at)
    return locked


@transaction.atomic
def signal_record(
    *, attempt: Attempt, kind: str, detail: dict[str, Any], at: dt.datetime
) -> IntegritySignal:
    """Keeps an integrity signal. The candidate sees it and may comment; it never decides.

    Raises:
        InvalidInput: not a kind the candidate was told of.
    """
    if kind not in {"paste", "focus_lost", "similarity"}:
        raise InvalidInput(say("assessments.bad_signal"))
    if attempt.signals.count() >= MOST_SIGNALS:
        return attempt.signals.order_by("-pk")[0]
    return IntegritySignal.objects.create(attempt=attempt, kind=kind, detail=detail, at=at)


@transaction.atomic
def signal_comment_save(*, actor: Actor, signal: IntegritySignal, text: str) -> IntegritySignal:
    """Keeps the candidate's own word about a signal, beside it wherever it is shown."""
    signal.comment = text.strip()[:LONGEST_COMMENT]
    signal.save(update_fields=["comment"])
    audit_record(
        actor,
        "signal.commented",
        object_type="attempt",
        object_ref=signal.attempt.ref,
        branch_ref=signal.attempt.application.branch.ref,
        detail={"kind": signal.kind},
    )
    return signal


def _require_turn(item: AttemptItem, *, samples_only: bool) -> None:
    """One program at a time, and not without end."""
    kinds = item.submissions.filter(samples_only=samples_only)
    if kinds.exclude(status=Submission.Status.JUDGED).exists():
        raise InvalidInput(say("assessments.judging_already"))
    limit = MOST_SAMPLE_RUNS if samples_only else MOST_SUBMISSIONS
    if kinds.count() >= limit:
        raise InvalidInput(say("assessments.too_many_runs", limit=limit))


def _require_phase(item: AttemptItem, content: dict[str, str], at: dt.datetime) -> None:
    """Before the reading only what was known before; the answers only after it."""
    if item.item.kind != TaskKind.LEARNING:
        return
    phase = learning_phase(item, at)
    open_in = {"before": ("before",), "notes": ("reading", "after")}
    for name, text in content.items():
        if phase not in open_in.get(name, ("after",)) and text != item.content.get(name, ""):
            raise InvalidInput(say("assessments.wrong_phase"))


def require_item_open(item: AttemptItem, at: dt.datetime) -> None:
    """Whether the task still takes an answer.

    Raises:
        InvalidInput: not started, handed in, or out of time.
    """
    if item.started_at is None:
        raise InvalidInput(say("assessments.not_started"))
    if item.submitted_at:
        raise InvalidInput(say("assessments.handed_in"))
    if item.deadline and at > item.deadline + GRACE:
        raise InvalidInput(say("assessments.time_over"))


def attempts_close_expired(*, at: dt.datetime) -> int:
    """Hands in what candidates wrote in sittings whose window is over, and tasks whose time is.

    Returns:
        The number of sittings closed.
    """
    for item in AttemptItem.objects.filter(submitted_at=None, deadline__lt=at - GRACE):
        item_submit(item=item, at=at)
    closed = 0
    over = Attempt.objects.filter(status=Attempt.Status.STARTED, deadline__lt=at)
    for attempt in over.select_related("application__branch"):
        attempt_submit(actor=SYSTEM, attempt=attempt, at=at)
        closed += 1
    Attempt.objects.filter(status=Attempt.Status.INVITED, deadline__lt=at).update(
        status=Attempt.Status.EXPIRED
    )
    return closed
