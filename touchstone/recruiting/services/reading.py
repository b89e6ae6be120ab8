"""Reads stored resumes in isolated processes and makes candidates and applications of them."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from touchstone.audit.files import file_bytes
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM
from touchstone.common.clock import Clock
from touchstone.common.db import rows_update
from touchstone.common.errors import NotFound
from touchstone.common.messages import render
from touchstone.engine.resumes.files import Source
from touchstone.engine.resumes.isolated import Outcome, ReaderPool
from touchstone.engine.resumes.refusal import refuse
from touchstone.library.concepts import current_layer
from touchstone.positions.models import Position
from touchstone.recruiting.models import Resume, ResumeBatch
from touchstone.recruiting.reading import ReadFile, reader_pool, stored
from touchstone.recruiting.services.intake import Intake

CLAIM = 60
TURN = dt.timedelta(seconds=45)  # of one job; then it goes behind what waits meanwhile
CLAIM_TIME = dt.timedelta(minutes=4)  # longer than the slowest file may take
RENEW_EVERY_S = 30.0
WRITE_AT = 25  # files a transaction
WRITE_EVERY_S = 1.0  # and not later than this, so that progress is seen


@dataclass(frozen=True, slots=True)
class Finished:
    """A resume and what came of reading its file."""

    resume: Resume
    outcome: Outcome


def resumes_read(
    *, resume_ids: Sequence[int], at: dt.datetime, pool: ReaderPool | None = None
) -> int:
    """Reads the queued ones of these resumes; others are left alone, so it may run twice.

    Each becomes a candidate (found by phone, e-mail or name in the branch, else made), an
    application and its screening, in transactions of `WRITE_AT` files. What cannot be read keeps
    its file and the reason.

    Args:
        at: the moment; also what "until now" means in a resume.
        pool: processes to use, as `reader_pool` of the position's model gives them; by default a
            pool is started and ended here.

    Returns:
        How many were read or refused.
    """
    queued = (
        Resume.objects.filter(pk__in=list(resume_ids), status=Resume.Status.QUEUED)
        .select_related("file", "batch")
        .order_by("position_id", "pk")
    )
    done = 0
    for position_id, group in itertools.groupby(queued, key=lambda r: r.position_id):
        position = Position.objects.select_related("branch", "model_version").get(pk=position_id)
        if pool is not None:
            done += _read_with(pool, group, position, lambda: at)
            continue
        document = position.model_version.document if position.model_version else None
        with reader_pool(at.date(), document, layer=current_layer()) as own:
            done += _read_with(own, group, position, lambda: at)
    return done


def resumes_drain(
    *, position: Position, clock: Clock, most: dt.timedelta = TURN, workers: int = 0
) -> int:
    """Reads what is queued in a position until nothing is left, or the turn is over; what another
    job has claimed is left to it. Returns how many were read.

    Args:
        most: after this nothing new is begun, so that other work gets its turn.
        workers: processes that read; 0 for all cores.
    """
    until = clock() + most
    claims = _claims(position, clock, until)
    first = next(claims, None)
    if first is None:
        return 0
    document = position.model_version.document if position.model_version else None
    done = 0
    layer = current_layer()
    with reader_pool(clock().date(), document, layer=layer, workers=workers) as pool:
        waiting: Iterator[Resume] = itertools.chain([first], claims)
        while read := _read_with(pool, waiting, position, clock):
            done += read
            waiting = _claims(position, clock, until)
    return done


def resumes_waiting(*, position: Position, now: dt.datetime) -> bool:
    """Whether queued resumes of the position are read by nobody."""
    return _free(position, now).exists()


def _claims(position: Position, clock: Clock, until: dt.datetime) -> Iterator[Resume]:
    """Queued resumes of the position, claimed a few at a time as they are asked for."""
    while (now := clock()) < until and (ids := _claim(position, now)):
        yield from Resume.objects.filter(pk__in=ids).select_related("file", "batch").order_by("pk")


def _claim(position: Position, now: dt.datetime) -> list[int]:
    """Takes up to `CLAIM` queued resumes that nobody is reading."""
    with transaction.atomic():
        ids = list(
            _free(position, now)
            .select_for_update(skip_locked=True)
            .order_by("pk")
            .values_list("pk", flat=True)[:CLAIM]
        )
        Resume.objects.filter(pk__in=ids).update(claimed_until=now + CLAIM_TIME)
    return ids


def _free(position: Position, now: dt.datetime) -> QuerySet[Resume]:
    return Resume.objects.filter(position=position, status=Resume.Status.QUEUED).filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now)
    )


def unread_positions(*, now: dt.datetime, waited: dt.timedelta) -> list[str]:
    """Refs of positions with queued resumes that no job seems to be reading any more."""
    stuck = Resume.objects.filter(status=Resume.Status.QUEUED).filter(
        Q(claimed_until__lt=now) | Q(claimed_until=None, created_at__lt=now - waited)
    )
    return list(stuck.order_by().values_list("position__ref", flat=True).distinct())


def _read_with(
    pool: ReaderPool, resumes: Iterable[Resume], position: Position, clock: Clock
) -> int:
    of: dict[int, Resume] = {}

    def sources() -> Iterator[Source]:
        for resume in resumes:
            source = _source(resume)
            of[id(source)] = resume
            yield source

    done = 0
    finished: list[Finished] = []
    written_s = renewed_s = time.monotonic()
    for outcome in pool.read(sources(), ordered=False):
        finished.append(Finished(of.pop(id(outcome.source)), outcome))
        now_s = time.monotonic()
        if len(finished) >= WRITE_AT or now_s - written_s > WRITE_EVERY_S:
            done += _write(finished, position, clock())
            finished, written_s = [], now_s
        if now_s - renewed_s > RENEW_EVERY_S:
            _renew(of.values(), clock())
            renewed_s = now_s
    return done + _write(finished, position, clock())


def _renew(resumes: Iterable[Resume], now: dt.datetime) -> None:
    Resume.objects.filter(
        pk__in=[resume.pk for resume in resumes], status=Resume.Status.QUEUED
    ).update(claimed_until=now + CLAIM_TIME)


def _source(resume: Resume) -> Source:
    if resume.file is None:
        return Source(resume.file_name, refusal=refuse("not_found"))
    try:
        return Source(resume.file_name, file_bytes(resume.file))
    except NotFound:
        return Source(resume.file_name, refusal=refuse("not_found"))


def _write(finished: Sequence[Finished], position: Position, at: dt.datetime) -> int:
    if not finished:
        return 0
    with transaction.atomic():
        # Whoever reads for the same position at once waits here: two files of one person find
        # one another, and a file read twice is no longer queued.
        Position.objects.select_for_update().get(pk=position.pk)
        still = set(
            Resume.objects.select_for_update()
            .filter(pk__in=[f.resume.pk for f in finished], status=Resume.Status.QUEUED)
            .values_list("pk", flat=True)
        )
        mine = [f for f in finished if f.resume.pk in still]
        read = [f.resume for f in mine if _fill(f, at)]
        intake = Intake(position=position, at=at)
        intake.take(read, {f.resume.pk: f.outcome.value.screening for f in mine if f.outcome.value})
        rows_update([f.resume for f in mine], _FIELDS)
        _batches_finish({r.batch_id for r in (f.resume for f in mine) if r.batch_id}, at)
        if mine:
            audit_record(
                SYSTEM,
                "resumes.read",
                object_type="position",
                object_ref=position.ref,
                branch_ref=position.branch.ref,
                detail={
                    "read": [r.ref for r in read],
                    "failed": [f.resume.ref for f in mine if f.resume not in read],
                    "applications": intake.opened,
                },
            )
    return len(mine)


_FIELDS = (
    "candidate",
    "status",
    "reason",
    "detail",
    "language",
    "text",
    "parsed",
    "geometry",
    "flags",
    "company",
    "title",
    "degree",
    "years",
    "read_at",
    "claimed_until",
    "attached",
)


def _fill(finished: Finished, at: dt.datetime) -> bool:
    """Writes the outcome into the resume; whether there is something to read."""
    resume, outcome = finished.resume, finished.outcome
    resume.read_at, resume.claimed_until = at, None
    if outcome.refusal is not None:
        resume.status = Resume.Status.FAILED
        resume.reason = outcome.refusal.reason[:40]
        resume.detail = render(outcome.refusal.message, "zh")[:400]
        resume.parsed = {"message": stored(outcome.refusal.message)}
        return False
    value: ReadFile = outcome.value
    partial = value.row["status"] == "partial"
    resume.status = Resume.Status.PARTIAL if partial else Resume.Status.READ
    resume.reason = str(value.row["reason"])[:40]
    resume.detail = str(value.row["detail"])[:400]
    resume.language = value.row["lang"]
    resume.text = value.text
    resume.parsed = value.row
    resume.geometry = value.geometry or None
    resume.flags = value.row["flags"]
    resume.company = str(value.row["latest_company"])[:120]
    resume.title = str(value.row["latest_title"])[:120]
    resume.degree = str(value.row["highest_degree"])[:12]
    resume.years = value.row["years_experience"]
    return True


def _batches_finish(batches: Iterable[int], at: dt.datetime) -> None:
    for batch_id in batches:
        waiting = Resume.objects.filter(batch=batch_id, status=Resume.Status.QUEUED).exists()
        if not waiting:
            ResumeBatch.objects.filter(pk=batch_id).update(finished_at=at)
