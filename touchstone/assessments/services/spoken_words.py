"""The words of a spoken answer: made by the speech service in a job, or typed and put right by a
person. As soon as there are words the answer is graded like a written one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import httpx
from django.db import transaction

from touchstone.assessments.models import AttemptItem, SpokenTake, SpokenWords
from touchstone.assessments.services.grading import attempt_score, items_grade
from touchstone.assessments.services.spoken_wishes import words_failed
from touchstone.assessments.spoken import spoken_consent
from touchstone.audit.hearing import stored_words
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import Conflict, InvalidInput, PermanentOutsideError
from touchstone.common.messages import say
from touchstone.engine.listening.segments import plain, trusted
from touchstone.engine.listening.subtitles import read_subtitles
from touchstone.integrations.speech.client import SpeechService

SPEECH, PERSON = "speech", "person"
LONGEST_WORDS = 30_000


def words_make(
    *,
    take_ref: str,
    at: dt.datetime,
    service: SpeechService | None = None,
    transport: httpx.BaseTransport | None = None,
) -> str:
    """Sends one take to the speech service, keeps its words and has them graded; what came of it.

    Raises:
        TemporaryOutsideError: worth another try; the take and the wish stay.
    """
    take = (
        SpokenTake.objects.select_related(
            "file",
            "attempt_item__item",
            "attempt_item__attempt__application__candidate",
            "attempt_item__attempt__application__branch",
        )
        .filter(ref=take_ref, deleted_at=None)
        .exclude(finished_at=None)
        .first()
    )
    if take is None or take.file is None or take.file.erased_at:
        return "no recording"
    if not spoken_consent(take.attempt_item, at):
        return "no consent"
    if not take.words.filter(status=SpokenWords.Status.WAITING).exists():
        return "there already"
    candidate = take.attempt_item.attempt.application.candidate
    try:
        found = stored_words(
            take.file,
            language="en" if candidate.language == "en" else "zh",
            duration_s=take.seconds,
            service=service,
            transport=transport,
        )
    except PermanentOutsideError as error:
        words_failed(take=take, why=error.message, at=at)
        return error.message.id
    rows = [{"start": s.start_s, "end": s.end_s, "text": s.text} for s in found.segments]
    kept = _keep(SYSTEM, take, SPEECH, rows, at=at)
    return "no recording" if kept is None else f"{len(rows)} segments"


def words_type(
    *, actor: Actor, take: SpokenTake, text: str, version: int, at: dt.datetime
) -> SpokenWords:
    """Words that a grader typed or put right. Lines may begin with a time, such as ``01:15``.

    Args:
        version: of the words the page was showing; 0 where there were none.

    Raises:
        InvalidInput: no words, too many, or the recording is gone.
        Conflict: somebody else changed them meanwhile.
    """
    if len(text) > LONGEST_WORDS:
        raise InvalidInput(say("spoken.words_too_long", limit=LONGEST_WORDS), field="words")
    rows = typed_rows(text, duration_s=take.seconds)
    if not rows:
        raise InvalidInput(say("spoken.no_words"), field="words")
    kept = _keep(actor, take, PERSON, rows, at=at, version=version)
    if kept is None:
        raise InvalidInput(say("spoken.gone"), field="words")
    return kept


def typed_rows(text: str, *, duration_s: float) -> list[dict[str, Any]]:
    """Lines as segments: by their times where the first has one, otherwise without times."""
    timed = read_subtitles(text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if timed and read_subtitles(first):
        segments = trusted(timed, duration_s=duration_s)
        return [{"start": s.start_s, "end": s.end_s, "text": s.text} for s in segments]
    lines = (plain(line)[:LONGEST_WORDS] for line in text.splitlines())
    return [{"start": None, "end": None, "text": line} for line in lines if line]


def typed_text(segments: Sequence[dict[str, Any]]) -> str:
    """Segments as a person edits them: a line each, with its time where it has one."""
    return "\n".join(
        row["text"]
        if row["start"] is None
        else f"{int(row['start']) // 60:02}:{int(row['start']) % 60:02} {row['text']}"
        for row in segments
    )


def _keep(
    actor: Actor,
    take: SpokenTake,
    source: str,
    rows: list[dict[str, Any]],
    *,
    at: dt.datetime,
    version: int | None = None,
) -> SpokenWords | None:
    """Keeps the words and has the answer graded by them; None where nothing may be kept."""
    with transaction.atomic():
        locked = SpokenTake.objects.select_for_update().get(pk=take.pk)
        if locked.deleted_at or not spoken_consent(take.attempt_item, at):
            return None
        words, _made = SpokenWords.objects.select_for_update().get_or_create(
            take=locked, defaults={"created_at": at, "updated_at": at, "version": 0}
        )
        if source == SPEECH and words.source == PERSON:
            return words
        if version is not None and words.version != version and words.source:
            raise Conflict(say("spoken.words_changed"), theirs=typed_text(words.segments))
        words.status, words.failure = SpokenWords.Status.READY, {}
        words.source, words.segments, words.updated_at = source, rows, at
        words.typed_by_id = actor.person_id if source == PERSON else None
        words.version += 1
        words.save()
        audit_record(
            actor,
            "spoken_answer.words_kept",
            object_type="attempt_item",
            object_ref=take.attempt_item.ref,
            branch_ref=take.attempt_item.attempt.application.branch.ref,
            detail={"take": take.ref, "source": source, "segments": len(rows)},
        )
    _grade(take.attempt_item, at)
    return words


def _grade(item: AttemptItem, at: dt.datetime) -> None:
    fresh = AttemptItem.objects.select_related("attempt").get(pk=item.pk)
    if fresh.submitted_at:
        items_grade(items=[fresh], at=at)
        attempt_score(attempt=fresh.attempt, at=at)
