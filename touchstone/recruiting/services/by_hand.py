"""What a person does about a file that could not be read: read again, or taken in by hand."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.recruiting.models import Application, Candidate, Resume
from touchstone.recruiting.services.applications import application_open
from touchstone.recruiting.services.imports import READ_PRIORITY, READ_TASK

_LEAST_NAME = 1


@transaction.atomic
def resume_retry(*, actor: Actor, resume: Resume) -> Resume:
    """Has a file that could not be read read once more.

    Raises:
        Conflict: it was read meanwhile, or there are no bytes to read.
    """
    changed = Resume.objects.filter(
        pk=resume.pk, status=Resume.Status.FAILED, file__isnull=False, candidate=None
    ).update(status=Resume.Status.QUEUED, reason="", detail="", claimed_until=None)
    if not changed:
        raise Conflict(say("recruiting.not_failed"))
    resume.refresh_from_db()
    enqueue(READ_TASK, priority=READ_PRIORITY, position_ref=resume.position.ref)
    _log(actor, resume, "resume.read_again")
    return resume


@transaction.atomic
def resume_enter(
    *, actor: Actor, resume: Resume, name: str, email: str, phone: str, at: dt.datetime
) -> Application:
    """Takes a file that could not be read in by hand: a person opened it and says whose it is.

    The application has no score; it waits for a person's eye.

    Raises:
        InvalidInput: no name.
        Conflict: it belongs to somebody already.
    """
    if len(name.strip()) < _LEAST_NAME:
        raise InvalidInput(say("recruiting.name_missing"), field="name")
    fresh = Resume.objects.select_for_update(of=("self",)).get(pk=resume.pk)
    if fresh.candidate_id is not None or fresh.status != Resume.Status.FAILED:
        raise Conflict(say("recruiting.not_failed"))
    candidate = Candidate.objects.create(
        branch_id=resume.position.branch_id,
        name=name.strip()[:120],
        email=email.strip().lower()[:254],
        phone=phone.strip()[:24],
        language=resume.language,
        created_at=at,
    )
    Resume.objects.filter(pk=resume.pk).update(candidate=candidate, status=Resume.Status.PARTIAL)
    application = application_open(
        actor=actor,
        candidate=candidate,
        position=resume.position,
        resume=resume,
        source=resume.batch.source if resume.batch else "upload",
        at=at,
    )
    _log(actor, resume, "resume.entered_by_hand")
    return application


def _log(actor: Actor, resume: Resume, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="resume",
        object_ref=resume.ref,
        branch_ref=resume.position.branch.ref,
    )
