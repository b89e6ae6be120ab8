"""The talent pool's people: taken in with consent, kept up, asked again, let go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.matching.terms import PersonText, person_terms, shown_concepts
from touchstone.library.concepts import company_taxonomy
from touchstone.recruiting.letters import letter, moment_text
from touchstone.recruiting.models import (
    Application,
    Candidate,
    CandidateNote,
    Consent,
    OutboxMessage,
    PoolEntry,
)
from touchstone.recruiting.services.consents import (
    consent_holds,
    consent_standing,
    has_consent,
)
from touchstone.recruiting.services.links import link_create
from touchstone.recruiting.services.outbox import Draft, message_queue
from touchstone.recruiting.services.pool_index import (
    entry_index_change,
    entry_mentions,
    entry_terms_set,
    entry_unindex,
)
from touchstone.recruiting.stages import reached

DAYS_A_MONTH = 30.44
ASK_BEFORE = dt.timedelta(days=30)
LONGEST_TEXT = 12_000
MOST_TAGS, LONGEST_TAG = 12, 24


@transaction.atomic
def pool_add(
    *,
    actor: Actor,
    application: Application,
    reason: str,
    at: dt.datetime,
    months: int = 24,
    scores: Mapping[str, float] | None = None,
) -> PoolEntry:
    """Keeps the candidate in the pool, or renews what is kept from this application.

    Args:
        months: at most; the consent's own end comes first where it is sooner.
        scores: dimension → 0–100 as last reported.

    Raises:
        InvalidInput: the candidate did not agree, or no reason is given.
    """
    candidate = application.candidate
    consent = consent_standing(candidate, Consent.Purpose.TALENT_POOL)
    if consent is None or not consent_holds(consent, at):
        raise InvalidInput(say("pool.no_consent"))
    if not reason.strip():
        raise InvalidInput(say("recruiting.reason_missing"), field="reason")
    expires_at = at + dt.timedelta(days=round(months * DAYS_A_MONTH))
    if consent.expires_at:
        expires_at = min(expires_at, consent.expires_at)
    entry = _entry_locked(candidate)
    before = entry.terms
    person = _person_text(application, entry.tags)
    concepts = company_taxonomy()
    shown = shown_concepts(person, concepts)
    entry.branch = application.branch
    entry.added_by_id = actor.person_id
    entry.reason = reason.strip()[:300]
    entry.added_at, entry.expires_at, entry.reminded_at = at, expires_at, None
    entry.search_text = person.text
    entry.concepts = [s.document() for s in shown]
    entry.dimension_scores = dict(scores or {})
    entry.terms = person_terms(person, shown, concepts)
    entry.save()
    entry_index_change(entry.pk, before, entry.terms)
    _log(actor, entry, "pool.added", {"expires": expires_at.isoformat()})
    return entry


@transaction.atomic
def pool_remove(*, actor: Actor, entry: PoolEntry, reason: str, at: dt.datetime) -> dict[str, int]:
    """Takes somebody out: entry, index, notes, and what letters said of them. The log keeps that
    it happened, and that nothing was left, but no name.

    Returns:
        What was deleted, and ``left``: rows that still mention the person in the pool (0).
    """
    candidate_id, number = entry.candidate_id, entry.pk
    postings = entry_unindex(entry)
    notes = CandidateNote.objects.filter(candidate_id=candidate_id).delete()[0]
    letters = _letters_forget(entry)
    _log(actor, entry, "pool.removed", {"reason": reason[:200]})
    entry.delete()
    left = (
        PoolEntry.objects.filter(candidate_id=candidate_id).count()
        + CandidateNote.objects.filter(candidate_id=candidate_id).count()
        + entry_mentions(number)
        + _letters_naming(entry).count()
    )
    return {"entries": 1, "notes": notes, "letters": letters, "postings": postings, "left": left}


def pool_expire(*, at: dt.datetime) -> int:
    """Extends who agreed again, removes everybody whose time is over or who took their consent
    back; returns how many were removed."""
    standing = Consent.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=at),
        candidate=OuterRef("candidate"),
        purpose=Consent.Purpose.TALENT_POOL,
        granted=True,
        withdrawn_at=None,
    )
    questionable = PoolEntry.objects.filter(
        Q(expires_at__lte=at)
        | Q(reminded_at__isnull=False)
        | Q(candidate__erased_at__isnull=False)
        | ~Exists(standing)
    )
    over = 0
    for entry in list(questionable.select_related("candidate__branch", "branch")):
        if entry.reminded_at or entry.expires_at <= at:
            entry = pool_renew(actor=SYSTEM, candidate=entry.candidate, at=at) or entry
        gone = entry.candidate.erased_at is not None
        agreed = has_consent(entry.candidate, Consent.Purpose.TALENT_POOL, at)
        if entry.expires_at <= at or gone or not agreed:
            reason = "expired" if entry.expires_at <= at else "consent_withdrawn"
            pool_remove(actor=SYSTEM, entry=entry, reason=reason, at=at)
            over += 1
    return over


def pool_ask_again(
    *, at: dt.datetime, actor: Actor = SYSTEM, among: QuerySet[PoolEntry] | None = None
) -> int:
    """Writes to those whose time ends within 30 days, once; returns how many.

    Args:
        among: the entries the asker looks after; everybody's without.
    """
    entries = PoolEntry.objects.all() if among is None else among
    due = entries.filter(
        expires_at__gt=at, expires_at__lte=at + ASK_BEFORE, reminded_at=None
    ).select_related("candidate", "branch")
    asked = 0
    for entry in due:
        asked += _ask(actor, entry, at)
    return asked


@transaction.atomic
def pool_renew(*, actor: Actor, candidate: Candidate, at: dt.datetime) -> PoolEntry | None:
    """Extends the entry to the end of the candidate's fresh consent; nothing without one that
    was given after the entry was made or the candidate asked."""
    entry = PoolEntry.objects.select_for_update().filter(candidate=candidate).first()
    consent = consent_standing(candidate, Consent.Purpose.TALENT_POOL)
    if entry is None or consent is None or not consent.granted or consent.expires_at is None:
        return None
    if consent.at <= (entry.reminded_at or entry.added_at) or consent.expires_at <= at:
        return None
    entry.expires_at = consent.expires_at
    entry.reminded_at = None
    entry.save(update_fields=["expires_at", "reminded_at"])
    _log(actor, entry, "pool.renewed", {"expires": entry.expires_at.isoformat()})
    return entry


@transaction.atomic
def pool_tags_set(*, actor: Actor, entry: PoolEntry, tags: Iterable[str]) -> PoolEntry:
    """Replaces the tags; they are found by words and by filter.

    Raises:
        InvalidInput: more than twelve, or one longer than 24 characters.
    """
    chosen = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if len(chosen) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in chosen):
        raise InvalidInput(say("pool.too_many_tags", most=MOST_TAGS, longest=LONGEST_TAG))
    before = entry.tags
    entry.tags = chosen
    entry.save(update_fields=["tags"])
    application = latest_application(entry.candidate)
    if application is not None:
        person = _person_text(application, chosen)
        concepts = company_taxonomy()
        entry_terms_set(entry, person_terms(person, shown_concepts(person, concepts), concepts))
    _log(actor, entry, "pool.tagged", {"before": before, "after": chosen})
    return entry


@transaction.atomic
def pool_note_add(
    *,
    actor: Actor,
    candidate: Candidate,
    text: str,
    at: dt.datetime,
    remind_on: dt.date | None = None,
    contacted: bool = False,
) -> CandidateNote:
    """What a colleague wants to remember, with a day to be reminded on.

    Args:
        contacted: the note is of a talk with the person; it becomes the last contact.

    Raises:
        InvalidInput: nothing was written.
    """
    if not text.strip() or actor.person_id is None:
        raise InvalidInput(say("pool.note_empty"), field="text")
    note = CandidateNote.objects.create(
        candidate=candidate,
        author_id=actor.person_id,
        text=text.strip()[:4000],
        remind_on=remind_on,
        created_at=at,
    )
    if contacted:
        PoolEntry.objects.filter(candidate=candidate).update(last_contact_at=at)
    audit_record(
        actor,
        "candidate.note_added",
        object_type="candidate",
        object_ref=candidate.ref,
        branch_ref=candidate.branch.ref,
        detail={"note": note.ref},
    )
    return note


def _entry_locked(candidate: Candidate) -> PoolEntry:
    """The candidate's entry, or a fresh one; who adds the same candidate meanwhile waits."""
    list(Candidate.objects.select_for_update().filter(pk=candidate.pk).values_list("pk"))
    held = PoolEntry.objects.select_for_update().filter(candidate=candidate).first()
    return held or PoolEntry(candidate=candidate)


def _letters_naming(entry: PoolEntry) -> QuerySet[OutboxMessage]:
    """Letters to colleagues that recommend the person."""
    return OutboxMessage.objects.filter(
        branch=entry.branch_id, template="pool_position", payload__pool__icontains=entry.ref
    )


def _letters_forget(entry: PoolEntry) -> int:
    """Empties the letters that recommend the person; those not sent yet are not sent."""
    letters = _letters_naming(entry)
    waiting = OutboxMessage.Status.WAITING
    letters.filter(status=waiting).update(status=OutboxMessage.Status.CANCELLED)
    return letters.update(body="", payload={})


def latest_application(candidate: Candidate) -> Application | None:
    """The candidate's last application with what was read from its resume."""
    return (
        candidate.applications.select_related("resume", "branch", "position")
        .order_by("-applied_at", "-pk")
        .first()
    )


def _person_text(application: Application, tags: Iterable[str]) -> PersonText:
    resume = application.resume
    parsed: dict[str, Any] = resume.parsed if resume else {}
    return PersonText(
        name=application.candidate.name,
        title=parsed.get("latest_title") or "",
        company=parsed.get("latest_company") or "",
        school=parsed.get("school") or "",
        skills=parsed.get("skills") or (),
        text=(resume.text if resume else "")[:LONGEST_TEXT],
        degree=parsed.get("highest_degree") or "",
        years=parsed.get("years_experience"),
        language=resume.language if resume else "",
        claims=[str(c.get("quote", "")) for c in (parsed.get("claims") or [])[:8]],
        tags=list(tags),
        facts={
            "branch": application.branch.ref,
            "reached": _reached(application),
        },
    )


def _reached(application: Application) -> str:
    """How far the application ever came: resume, assessment, interview or report."""
    stages = application.events.values_list("to_stage", flat=True)
    furthest = max((reached(stage) for stage in stages), default=0)
    if furthest >= reached("evaluated"):
        return "report"
    if furthest >= reached("interviewing"):
        return "interview"
    return "assessment" if furthest >= reached("assessed") else "resume"


@transaction.atomic
def _ask(actor: Actor, entry: PoolEntry, at: dt.datetime) -> int:
    application = latest_application(entry.candidate)
    if application is None or not entry.candidate.email:
        return 0
    changed = PoolEntry.objects.filter(pk=entry.pk, reminded_at=None).update(reminded_at=at)
    if not changed:
        return 0
    language = "en" if entry.candidate.language == "en" else "zh"
    days = max(1, (entry.expires_at - at).days)
    _link, url = link_create(
        actor=actor, application=application, purpose="portal", at=at, days=days
    )
    branch = entry.branch
    subject, body = letter(
        "pool_renewal",
        language,
        company=branch.name_en if language == "en" and branch.name_en else branch.name,
        name=entry.candidate.name,
        until=moment_text(entry.expires_at, branch.time_zone, language),
        link=url,
        contact=settings.DEFAULT_FROM_EMAIL,
    )
    message_queue(
        key=f"pool:{entry.ref}:{entry.expires_at:%Y%m%d}",
        branch=branch,
        draft=Draft("mail", "pool_renewal", language, subject, body, address=entry.candidate.email),
        at=at,
        application=application,
    )
    _log(actor, entry, "pool.asked_again")
    return 1


def _log(actor: Actor, entry: PoolEntry, action: str, detail: dict[str, Any] | None = None) -> None:
    audit_record(
        actor,
        action,
        object_type="pool_entry",
        object_ref=entry.ref,
        branch_ref=entry.branch.ref,
        detail=detail,
    )
