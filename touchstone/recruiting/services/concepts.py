"""The company's concepts put to use: saved, counted where they are credited, and the talent pool
brought up to them."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery

from touchstone.accounts.models import Person
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.engine.matching.terms import PersonText, person_terms, shown_concepts
from touchstone.engine.text.layer import credited
from touchstone.engine.text.taxonomy import Taxonomy
from touchstone.library.concepts import company_taxonomy, draft_publish, version_undo
from touchstone.library.models import TaxonomyDraft, TaxonomyVersion
from touchstone.positions.models import Position
from touchstone.recruiting.models import ConceptTally, PoolEntry, Screening, TaxonomyTrial
from touchstone.recruiting.selectors import listed
from touchstone.recruiting.services.pool_index import entry_terms_set, pool_index_pack

RENEW_TASK = "touchstone.jobs.recruiting.pool_concepts_renew"
CONCEPT_TERMS = ("c:", "d:")
ENTRIES = 200
READ = 200


def tally_count(*, position: Position, at: dt.datetime) -> ConceptTally:
    """Counts, by concept, the people whose current screening has points resting on its words."""
    known = company_taxonomy()
    counts: Counter[str] = Counter()
    people = newest = 0
    rows = (
        listed(position)
        .exclude(screening=None)
        .order_by()
        .values_list("screening_id", "screening__result")
    )
    for screening, result in rows.iterator(chunk_size=READ):
        quotes = [e["quote"] for e in result.get("evidence", ()) if e["effect"] > 0]
        counts.update(credited(quotes, known))
        people += 1
        newest = max(newest, screening)
    tally, _made = ConceptTally.objects.update_or_create(
        position=position,
        defaults={
            "counts": dict(counts),
            "people": people,
            "newest": newest,
            "counted_at": at,
        },
    )
    return tally


def stale_tallies() -> list[Position]:
    """Positions screened since they were counted."""
    newest = (
        Screening.objects.filter(application__position=OuterRef("pk"))
        .order_by()
        .values("application__position")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    counted = ConceptTally.objects.filter(position=OuterRef("pk")).values("newest")
    found = Position.objects.annotate(now=Subquery(newest), then=Subquery(counted))
    return list(
        found.filter(now__isnull=False)
        .filter(Q(then__isnull=True) | Q(now__gt=F("then")))
        .order_by("pk")
    )


def pool_concepts_renew(*, after: int) -> int | None:
    """Finds the concepts of a stretch of the pool again and indexes who has others now.

    Returns:
        The number of the last entry looked at; None where none is left.
    """
    known = company_taxonomy()
    entries = list(PoolEntry.objects.filter(pk__gt=after).order_by("pk")[:ENTRIES])
    for entry in entries:
        _renew(entry, known)
    pool_index_pack()  # else a whole pool's changes would lie beside the index and slow searches
    return entries[-1].pk if entries else None


def _renew(entry: PoolEntry, known: Taxonomy) -> None:
    shown = shown_concepts(PersonText(text=entry.search_text), known)
    rows = [one.document() for one in shown]
    fresh = person_terms(PersonText(), shown, known)
    kept = {t: w for t, w in entry.terms.items() if not t.startswith(CONCEPT_TERMS)}
    terms = kept | {t: w for t, w in fresh.items() if t.startswith(CONCEPT_TERMS)}
    if rows == entry.concepts and terms == entry.terms:
        return
    with transaction.atomic():
        entry.concepts = rows
        entry.save(update_fields=["concepts"])
        entry_terms_set(entry, terms)


def renewal_ask() -> None:
    """Has the pool brought up to the company's concepts by a job."""
    enqueue(RENEW_TASK, priority=-10, after=0)


@transaction.atomic
def layer_publish(
    *, actor: Actor, person: Person, draft: TaxonomyDraft, at: dt.datetime, note: str = ""
) -> TaxonomyVersion:
    """Makes a draft the company's concepts: new screenings and searches go by it at once, the pool
    is brought up to it by a job, and past screenings stay as they are.

    Raises:
        InvalidInput: it has errors, or says what holds already.
        Conflict: a colleague saved a version meanwhile.
    """
    version = draft_publish(actor=actor, draft=draft, at=at, note=note)
    TaxonomyTrial.objects.filter(author=person).delete()
    renewal_ask()
    return version


@transaction.atomic
def layer_undo(*, actor: Actor, version: TaxonomyVersion, at: dt.datetime) -> TaxonomyVersion:
    """Takes the newest version back by a further one.

    Raises:
        Conflict: it is not the newest any more.
    """
    fresh = version_undo(actor=actor, version=version, at=at)
    renewal_ask()
    return fresh
