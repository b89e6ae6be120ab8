"""Reads resumes that were brought in."""

from __future__ import annotations

import datetime as dt
import logging
import os

from django.conf import settings
from django_tasks import task

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import person_actor
from touchstone.assessments.services.papers import attempt_invite
from touchstone.common.actors import SYSTEM
from touchstone.common.background import enqueue
from touchstone.common.clock import utc_now
from touchstone.common.errors import OutsideError, TouchstoneError
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, MailSource, TaxonomyTrial
from touchstone.recruiting.services.concepts import RENEW_TASK, stale_tallies, tally_count
from touchstone.recruiting.services.concepts import pool_concepts_renew as renew_pool
from touchstone.recruiting.services.imports import READ_PRIORITY, READ_TASK
from touchstone.recruiting.services.mailbox import mail_source_fetch
from touchstone.recruiting.services.pool_index import pool_index_pack as pack_pool
from touchstone.recruiting.services.pool_watch import (
    position_suggest,
    positions_suggest,
    searches_tell,
)
from touchstone.recruiting.services.reading import (
    resumes_drain,
    resumes_waiting,
    unread_positions,
)
from touchstone.recruiting.services.screening import position_rescreen as rescreen
from touchstone.recruiting.services.trials import trial_run, trials_prune

log = logging.getLogger("touchstone.jobs")
WAITED = dt.timedelta(minutes=2)


@task(queue_name="files")
def resumes_read(position_ref: str) -> int:
    """Reads and screens what is queued in a position; once read, never again.

    After its turn it queues itself behind what waits: a season's resumes hold up no letter.
    """
    position = Position.objects.select_related("branch", "model_version").get(ref=position_ref)
    read = resumes_drain(position=position, clock=utc_now, workers=_readers())
    if resumes_waiting(position=position, now=utc_now()):
        enqueue(READ_TASK, priority=READ_PRIORITY, position_ref=position_ref)
    return read


def _readers() -> int:
    """Processes of this job, so that all workers' together are as many as there are cores."""
    return max(1, round((os.cpu_count() or 1) / max(1, settings.WORKERS)))


@task(queue_name="default")
def unread_resumes_requeue() -> int:
    """Has those read whose job was lost; returns in how many positions."""
    refs = unread_positions(now=utc_now(), waited=WAITED)
    for ref in refs:
        enqueue(READ_TASK, priority=READ_PRIORITY, position_ref=ref)
    return len(refs)


@task(queue_name="files")
def position_rescreen(position_ref: str, by_concepts: bool = False) -> int:
    """Screens a position's applications again where the model (or, where it is asked, the
    company's concepts) have changed since."""
    position = Position.objects.select_related("branch", "model_version").get(ref=position_ref)
    return rescreen(actor=SYSTEM, position=position, at=utc_now(), by_concepts=by_concepts)


@task(queue_name="files")
def taxonomy_trial(trial_ref: str) -> bool:
    """Computes what a draft of the company's concepts would do; once computed, never again."""
    trial = TaxonomyTrial.objects.filter(ref=trial_ref).first()
    return trial is not None and trial_run(trial=trial, clock=utc_now)


@task(queue_name="files")
def concept_tallies_count() -> int:
    """Counts how often concepts are credited where somebody was screened since; returns in how
    many positions."""
    trials_prune(at=utc_now())
    stale = stale_tallies()
    for position in stale:
        tally_count(position=position, at=utc_now())
    return len(stale)


@task(queue_name="files")
def pool_concepts_renew(after: int) -> int:
    """Brings a stretch of the talent pool up to the company's concepts, then queues the next."""
    last = renew_pool(after=after)
    if last is not None:
        enqueue(RENEW_TASK, priority=-10, after=last)
    return last or 0


@task(queue_name="files")
def pool_index_pack() -> int:
    """Packs what the talent pool's index noted lately; returns how many notes."""
    return pack_pool()


@task(queue_name="files")
def pool_suggest(position_ref: str) -> int:
    """Tells the recruiters of a position that opened who of the pool fits; returns how many."""
    position = Position.objects.select_related("branch", "model_version").get(ref=position_ref)
    return position_suggest(position=position, at=utc_now())


@task(queue_name="files")
def pool_watch() -> int:
    """Tells those who keep searches of the pool who is new; returns how many letters."""
    now = utc_now()
    positions_suggest(at=now)
    return searches_tell(at=now)


@task(queue_name="default")
def applications_invite(refs: list[str], person_ref: str, days: int) -> int:
    """Invites many to the assessment on a person's word; whoever was invited already is left.

    One who cannot be invited any more (moved or withdrawn meanwhile) holds nobody up.
    """
    person = Person.objects.get(ref=person_ref)
    actor = person_actor(person)
    invited = 0
    applications = Application.objects.filter(ref__in=refs, attempt=None).select_related(
        "candidate", "position__branch", "branch"
    )
    for application in applications.order_by("-score", "pk"):
        paper = application.position.papers.filter(status="open").first()
        if paper is None:
            continue
        try:
            attempt_invite(
                actor=actor, application=application, paper=paper, at=utc_now(), days=days
            )
            invited += 1
        except TouchstoneError as error:
            log.info("not invited", extra={"application": application.ref, "why": error.message.id})
    return invited


@task(queue_name="outside")
def mail_source_look(source_ref: str) -> int:
    """Looks into one folder of the mailbox; a failure is kept there and the next look is due."""
    source = MailSource.objects.select_related("position__branch").get(ref=source_ref)
    try:
        return mail_source_fetch(source=source, at=utc_now())
    except OutsideError as error:
        log.warning("mailbox not read", extra={"source": source_ref, "why": error.message.id})
        return 0


@task(queue_name="outside")
def mail_sources_look() -> int:
    """Has every folder of an open position looked into; returns how many."""
    refs = MailSource.objects.filter(position__status="open").values_list("ref", flat=True)
    for ref in refs:
        enqueue("touchstone.jobs.recruiting.mail_source_look", source_ref=ref)
    return len(refs)
