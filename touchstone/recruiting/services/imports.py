"""Resume files brought in: the bytes are stored first, then read by a job."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F

from touchstone.audit.files import file_store
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import render, say
from touchstone.engine.resumes.document import Limits
from touchstone.engine.resumes.files import Source, shown_name, sources_of
from touchstone.engine.resumes.sniff import kind_of
from touchstone.positions.models import Position
from touchstone.recruiting.models import Resume, ResumeBatch
from touchstone.recruiting.reading import stored

READ_TASK = "touchstone.jobs.recruiting.resumes_read"
READ_PRIORITY = -10  # behind letters and everything else a person waits for
CHUNK = 25
ARCHIVE_DAYS = 30  # an archive is kept this long beside the files that were in it
MOST_BYTES = 200 * 1024 * 1024


@transaction.atomic
def batch_open(
    *, actor: Actor, position: Position, source: str, label: str, at: dt.datetime
) -> ResumeBatch:
    """What is brought in together: a folder, a ZIP, a mailbox, an export.

    Args:
        source: where from, such as "upload", "mail" or "api"; applications carry it.
        label: as the person named it, shown in the list of imports.
    """
    batch = ResumeBatch.objects.create(
        position=position,
        source=source[:40],
        label=shown_name(label)[:200],
        created_by_id=actor.person_id,
        created_at=at,
    )
    audit_record(
        actor,
        "resumes.batch_opened",
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        detail={"batch": batch.ref, "source": batch.source},
    )
    return batch


def resume_receive(
    *, actor: Actor, batch: ResumeBatch, name: str, data: bytes, at: dt.datetime
) -> list[Resume]:
    """Stores one file, or every file of an archive, and has them read.

    The same bytes are kept once in a position: what is already here is returned as it is, and
    read again if it could not be read before. An archive's refused members are listed with their
    reason.

    Args:
        name: as it came; GBK names inside archives are decoded.
        data: the bytes; empty ones are kept and listed as such.

    Returns:
        The resumes, new and known, in the order of the archive.

    Raises:
        InvalidInput: larger than `MOST_BYTES`.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput(say("recruiting.file_too_large", limit=MOST_BYTES >> 20), field="files")
    if kind_of(data, name) == "zip":
        file_store(
            data=data,
            original_name=name,
            purpose="import",
            expires_at=at + dt.timedelta(days=ARCHIVE_DAYS),
        )
    received: list[Resume] = []
    for chunk in _chunks(sources_of(data, name, Limits())):
        received += _store(actor, batch, chunk, at)
    return received


def _chunks(sources: Iterator[Source]) -> Iterator[list[Source]]:
    while chunk := list(itertools.islice(sources, CHUNK)):
        yield chunk


@transaction.atomic
def _store(actor: Actor, batch: ResumeBatch, chunk: list[Source], at: dt.datetime) -> list[Resume]:
    # One writer a position at a time, so that the same bytes sent twice at once are one resume.
    Position.objects.select_for_update().get(pk=batch.position_id)
    hashes = [hashlib.sha256(s.data).hexdigest() if s.data else "" for s in chunk]
    known = {
        resume.sha256: resume
        for resume in Resume.objects.filter(position=batch.position_id, sha256__in=hashes).exclude(
            sha256=""
        )
    }
    received: list[Resume] = []
    fresh: list[Resume] = []
    again: list[Resume] = []
    repeated = 0
    for source, sha256 in zip(chunk, hashes, strict=True):
        resume = known.get(sha256)
        if resume is None:
            resume = _new(batch, source, sha256, at)
            fresh.append(resume)
            if sha256:
                known[sha256] = resume
        elif resume.status == Resume.Status.FAILED:
            again.append(resume)
        else:
            repeated += 1
        received.append(resume)
    Resume.objects.bulk_create(fresh)
    Resume.objects.filter(pk__in=[r.pk for r in again]).update(
        status=Resume.Status.QUEUED, reason="", detail="", batch=batch, claimed_until=None
    )
    ResumeBatch.objects.filter(pk=batch.pk).update(
        expected=F("expected") + len(chunk), repeated=F("repeated") + repeated, finished_at=None
    )
    audit_record(
        actor,
        "resumes.received",
        object_type="position",
        object_ref=batch.position.ref,
        branch_ref=batch.position.branch.ref,
        detail={"batch": batch.ref, "new": [r.ref for r in fresh], "repeated": repeated},
    )
    if again or any(r.status == Resume.Status.QUEUED for r in fresh):
        enqueue(READ_TASK, priority=READ_PRIORITY, position_ref=batch.position.ref)
    return received


def _new(batch: ResumeBatch, source: Source, sha256: str, at: dt.datetime) -> Resume:
    name = shown_name(source.name.replace("\\", "/"))
    resume = Resume(
        batch=batch,
        position_id=batch.position_id,
        file_name=name[-400:] or "file",
        sha256=sha256,
        created_at=at,
    )
    if source.refusal is not None:
        resume.status = Resume.Status.FAILED
        resume.reason = source.refusal.reason[:40]
        resume.detail = render(source.refusal.message, "zh")[:400]
        resume.parsed = {"message": stored(source.refusal.message)}
        resume.read_at = at
        return resume
    resume.file = file_store(
        data=source.data, original_name=name.rsplit("/", 1)[-1], purpose="resume"
    )
    return resume
