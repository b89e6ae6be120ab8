"""Takes of spoken answers: begun within the task's time, sent in pieces, kept while consent holds.

What was announced before the clock ended may still arrive for a while afterwards: a slow network
costs nobody their answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path
from typing import Any

from django.db import transaction

from touchstone.assessments.models import AttemptItem, Grading, SpokenTake, SpokenWords
from touchstone.assessments.services.grading import attempt_score
from touchstone.assessments.services.sittings import GRADE_TASK, require_item_open
from touchstone.assessments.services.spoken_wishes import words_wanted
from touchstone.assessments.spoken import (
    MOST_TAKES,
    kept_take,
    largest,
    longest_s,
    may_be_spoken,
    spoken_consent,
)
from touchstone.audit.files import file_erase, file_take_in
from touchstone.audit.pieces import piece_keep, pieces_forget, pieces_join, scratch_file
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.engine.listening.media import ENDINGS, HEAD, media_type
from touchstone.recruiting.models import Candidate

KEEP = dt.timedelta(days=180)
ARRIVES_WITHIN = dt.timedelta(hours=24)
SLACK_S = 15
OWNER = (
    "attempt_item__item",
    "attempt_item__attempt__application__candidate",
    "attempt_item__attempt__application__branch",
)
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
WITHDRAWN, EXPIRED, SPOKEN_SINCE = "consent_withdrawn", "expired", "spoken_since"


@transaction.atomic
def take_begin(
    *, item: AttemptItem, size: int, sha256: str, seconds: int, at: dt.datetime
) -> SpokenTake:
    """A take to send bytes to; the one that stopped half-way, where it is the same.

    Raises:
        InvalidInput: no task to be spoken, no consent, out of time, too long, too large, or the
            takes are used up.
    """
    if not may_be_spoken(item):
        raise InvalidInput(say("spoken.not_here"))
    locked = AttemptItem.objects.select_for_update().get(pk=item.pk)
    digest = sha256.lower()
    same = locked.takes.filter(sha256=digest, size=size, deleted_at=None).first()
    if same is not None:
        return same
    require_item_open(locked, at)
    _require_allowed(item, at)
    if not DIGEST.match(digest):
        raise InvalidInput(say("spoken.not_media"))
    if not 0 < size <= largest(item):
        raise InvalidInput(say("spoken.too_large", mb=largest(item) // 2**20))
    if not 0 < seconds <= longest_s(item) + SLACK_S:
        raise InvalidInput(say("spoken.too_long", minutes=longest_s(item) // 60))
    before = locked.takes.count()
    if before >= MOST_TAKES:
        raise InvalidInput(say("spoken.no_more_takes", limit=MOST_TAKES))
    return SpokenTake.objects.create(
        attempt_item=locked,
        number=before + 1,
        size=size,
        sha256=digest,
        seconds=seconds,
        created_at=at,
        delete_on=(at + KEEP).date(),
    )


def take_receive(*, take: SpokenTake, offset: int, data: bytes, at: dt.datetime) -> SpokenTake:
    """Appends bytes at an offset; with the last of them the take is there.

    Raises:
        Conflict: the offset is not where the last bytes ended; `theirs` says where to go on.
        InvalidInput: consent was withdrawn, it was deleted, it comes too late, more bytes than
            announced, or no recording at all.
    """
    item = take.attempt_item
    if take.finished_at:
        return take
    if take.deleted_at or at > take.created_at + ARRIVES_WITHIN:
        raise InvalidInput(say("spoken.gone"))
    _require_allowed(item, at)
    if offset != take.received:
        raise _elsewhere(take)
    after = offset + len(data)
    if after > take.size:
        raise InvalidInput(say("spoken.too_large", mb=largest(item) // 2**20))
    if data:
        piece_keep(take.ref, offset, data)
        here = SpokenTake.objects.filter(pk=take.pk, received=offset, deleted_at=None)
        moved = here.update(received=after)
        take.refresh_from_db(fields=["received", "deleted_at"])
        if take.deleted_at:
            pieces_forget(take.ref)
            raise InvalidInput(say("spoken.gone"))
        if not moved:
            raise _elsewhere(take)
    if take.received == take.size:
        _finish(take, at)
    return take


def _finish(take: SpokenTake, at: dt.datetime) -> None:
    with scratch_file() as part:
        whole = pieces_join(take.ref, part) == take.size and _digest(part) == take.sha256
        if not whole:
            pieces_forget(take.ref)
            SpokenTake.objects.filter(pk=take.pk).update(received=0)
            take.received = 0
            raise _elsewhere(take, "spoken.changed_on_the_way")
        with part.open("rb") as file:
            kind = media_type(file.read(HEAD))
        if not kind:
            _drop(take, at)
            raise InvalidInput(say("spoken.not_media"))
        _keep(take, part, kind, at)
    pieces_forget(take.ref)


@transaction.atomic
def _keep(take: SpokenTake, part: Path, kind: str, at: dt.datetime) -> None:
    item = AttemptItem.objects.select_for_update().get(pk=take.attempt_item_id)
    stored = file_take_in(
        path=part,
        original_name=f"answer-{take.number}{ENDINGS[kind]}",
        purpose="spoken_answer",
        content_type=kind,
        expires_at=take.created_at + KEEP,
    )
    take.file, take.finished_at = stored, at
    take.save(update_fields=["file", "finished_at"])
    actor = Actor("candidate", item.attempt.application.candidate.ref)
    _log(actor, take, "spoken_answer.stored")
    for earlier in item.takes.filter(number__lt=take.number, deleted_at=None):
        take_erase(actor=actor, take=earlier, at=at)
    if kept_take(item) != take:  # a later one was faster
        take_erase(actor=actor, take=take, at=at)
    elif item.submitted_at:  # handed in by the clock while the last bytes were on their way
        machine_word_void(item=item, why=SPOKEN_SINCE, at=at)
        words_wanted(take=take, at=at)
        enqueue(GRADE_TASK, item_ref=item.ref)


@transaction.atomic
def take_erase(*, actor: Actor, take: SpokenTake, at: dt.datetime) -> SpokenTake:
    """Deletes one take with its words, or what arrived of it."""
    if take.file is not None:
        file_erase(stored=take.file, at=at)
    _drop(take, at)
    _log(actor, take, "spoken_answer.erased")
    return take


def own_takes_erase(*, actor: Actor, item: AttemptItem, at: dt.datetime) -> int:
    """The candidate takes their recording back before handing in, to write instead or record anew.

    Raises:
        InvalidInput: handed in already, or out of time.
    """
    require_item_open(item, at)
    found = list(item.takes.filter(deleted_at=None).select_related("file"))
    for take in found:
        take_erase(actor=actor, take=take, at=at)
    return len(found)


def unfinished_drop(*, item: AttemptItem, at: dt.datetime) -> None:
    """Forgets takes that never arrived: the candidate handed in without them."""
    for take in item.takes.filter(finished_at=None, deleted_at=None):
        _drop(take, at)


def takes_withdrawn(*, actor: Actor, candidate_ref: str, at: dt.datetime) -> int:
    """Deletes a candidate's spoken answers and words, unless consent was given again.

    The machine's score of them no longer counts; the answer waits for a person, whose earlier word
    stands.
    """
    found = _living(attempt_item__attempt__application__candidate__ref=candidate_ref)
    gone = [take for take in found if not spoken_consent(take.attempt_item, at)]
    for take in gone:
        with transaction.atomic():
            take_erase(actor=actor, take=take, at=at)
            if take.finished_at and take.attempt_item.submitted_at:
                machine_word_void(item=take.attempt_item, why=WITHDRAWN, at=at)
    return len(gone)


def takes_expire(*, at: dt.datetime) -> int:
    """Deletes spoken answers on the day that was said, and what never arrived; returns how many.

    Scores stay, without the words they quoted.
    """
    over = _living(delete_on__lte=at.date())
    for take in over:
        with transaction.atomic():
            take_erase(actor=SYSTEM, take=take, at=at)
            _quotes_forget(take.attempt_item, EXPIRED)
    late = SpokenTake.objects.filter(
        finished_at=None, deleted_at=None, created_at__lt=at - ARRIVES_WITHIN
    )
    for take in late:
        _drop(take, at)
    return len(over)


def takes_forget(candidate: Candidate) -> int:
    """Deletes the rows of a person's takes and what arrived of unfinished ones; files go apart."""
    takes = SpokenTake.objects.filter(attempt_item__attempt__application__candidate=candidate)
    for take in takes.filter(finished_at=None):
        pieces_forget(take.ref)
    number = takes.count()
    takes.delete()
    return number


def machine_word_void(*, item: AttemptItem, why: str, at: dt.datetime) -> None:
    """The machine's gradings of an answer no longer count, nor hold its words; a person decides."""
    _quotes_forget(item, why, void=True)
    if not item.gradings.filter(rater_kind="person").exists():
        AttemptItem.objects.filter(pk=item.pk).update(score=None, needs_human=True)
    attempt_score(attempt=item.attempt, at=at)


def _quotes_forget(item: AttemptItem, why: str, *, void: bool = False) -> None:
    gradings = Grading.objects.filter(attempt_item=item).exclude(rater_kind="person")
    gradings.update(result={"gone": why, "void": void}, **({"points": {}} if void else {}))


def _drop(take: SpokenTake, at: dt.datetime) -> None:
    pieces_forget(take.ref)
    SpokenWords.objects.filter(take=take).delete()
    take.deleted_at = at
    take.save(update_fields=["deleted_at"])


def _require_allowed(item: AttemptItem, at: dt.datetime) -> None:
    if not spoken_consent(item, at):
        raise InvalidInput(say("spoken.no_consent"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _living(**which: Any) -> list[SpokenTake]:
    """Takes that are not deleted, with what deleting them needs."""
    rows = SpokenTake.objects.filter(deleted_at=None, **which)
    return list(rows.select_related("file", *OWNER))


def _elsewhere(take: SpokenTake, why: str = "spoken.offset") -> Conflict:
    words = say(why, received=take.received) if why == "spoken.offset" else say(why)
    return Conflict(words, theirs={"received": take.received})


def _log(actor: Actor, take: SpokenTake, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="attempt_item",
        object_ref=take.attempt_item.ref,
        branch_ref=take.attempt_item.attempt.application.branch.ref,
        detail={"take": take.ref},
    )
