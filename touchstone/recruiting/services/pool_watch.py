"""Searches of the pool that are kept, and letters about whom the pool has: for them, and for a
position that opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from touchstone.accounts.models import Branch, Person
from touchstone.accounts.permissions import has_role
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.positions.models import Position
from touchstone.positions.permissions import SEES_BRANCH
from touchstone.recruiting.letters import letter
from touchstone.recruiting.models import PoolSearch, PoolSuggestion
from touchstone.recruiting.pool_search import Hit, newest_number
from touchstone.recruiting.pool_watch import (
    MOST_NEW,
    Since,
    new_matches,
    position_fits,
    recruiters_of,
    since_kept,
    since_text,
)
from touchstone.recruiting.services.outbox import Draft, message_queue

MOST_SEARCHES = 20
IN_LETTER = 5
RECENT = dt.timedelta(days=30)


@transaction.atomic
def search_save(
    *,
    actor: Actor,
    person: Person,
    name: str,
    words: str,
    filters: Iterable[tuple[str, str]],
    at: dt.datetime,
    tell: bool = True,
) -> PoolSearch:
    """Keeps a search; who comes into the pool from now on counts as new.

    Raises:
        InvalidInput: it has no name, asks for nothing, or there are twenty already.
    """
    wanted = [[fact, value] for fact, value in filters]
    if not name.strip():
        raise InvalidInput(say("pool.search_unnamed"), field="name")
    if not words.strip() and not wanted:
        raise InvalidInput(say("pool.search_empty"), field="name")
    if PoolSearch.objects.filter(owner=person).count() >= MOST_SEARCHES:
        raise InvalidInput(say("pool.too_many_searches", most=MOST_SEARCHES), field="name")
    newest = newest_number()
    search = PoolSearch.objects.create(
        owner=person,
        name=name.strip()[:60],
        words=words.strip()[:400],
        filters=wanted,
        tell=tell,
        looked_to=newest,
        told_to=newest,
        looked_at=at,
        created_at=at,
    )
    _log(actor, "pool_search.saved", search)
    return search


def search_looked(*, search: PoolSearch, at: dt.datetime) -> None:
    """Its owner has seen who is new; a letter need not speak of them any more."""
    newest = newest_number()
    PoolSearch.objects.filter(pk=search.pk).update(looked_to=newest, told_to=newest, looked_at=at)


@transaction.atomic
def search_tell_set(*, actor: Actor, search: PoolSearch, tell: bool) -> None:
    """Whether letters come when somebody new is found; from now on."""
    search.tell, search.told_to = tell, newest_number()
    search.save(update_fields=["tell", "told_to"])
    _log(actor, "pool_search.tell_set", search)


@transaction.atomic
def search_drop(*, actor: Actor, search: PoolSearch) -> None:
    """Forgets a saved search."""
    _log(actor, "pool_search.dropped", search)
    search.delete()


def searches_tell(*, at: dt.datetime) -> int:
    """One letter to each owner whose searches found somebody new since the last one; returns how
    many letters."""
    searches = (
        PoolSearch.objects.filter(tell=True, owner__is_active=True)
        .select_related("owner__branch")
        .order_by("owner_id", "name", "pk")
    )
    told = 0
    for _owner, own in groupby(searches, key=lambda search: search.owner_id):
        told += _tell(list(own), at)
    return told


@transaction.atomic
def _tell(searches: list[PoolSearch], at: dt.datetime) -> int:
    person = searches[0].owner
    if person.branch is None or not has_role(person, SEES_BRANCH):
        return 0
    newest = newest_number()
    fresh = new_matches(person, [(search, search.told_to) for search in searches], at)
    lines = [
        _search_line(search, len(numbers), person)
        for search, numbers in zip(searches, fresh, strict=True)
        if numbers
    ]
    if not lines:
        return 0
    _send(
        person,
        person.branch,
        "pool_searches",
        f"pool_searches:{person.ref}:{at:%Y-%m-%d}",
        at,
        count=len(lines),
        searches="\n".join(lines),
        link=f"{settings.BASE_URL}{reverse('pool')}",
    )
    PoolSearch.objects.filter(pk__in=[search.pk for search in searches]).update(told_to=newest)
    return 1


def _search_line(search: PoolSearch, count: int, person: Person) -> str:
    said = f"{count}+" if count >= MOST_NEW else str(count)
    if _language(person) == "en":
        return f"- {search.name}: {said} new"
    return f"- {search.name}：{said} 位新人"


@transaction.atomic
def position_suggest(*, position: Position, at: dt.datetime) -> int:
    """Tells an opened position's recruiters who of the pool fits it: with the reasons, what
    happened since, and the last contact.

    Returns:
        How many fit.
    """
    if position.status != Position.Status.OPEN:
        return 0
    hits = position_fits(position, at)
    PoolSuggestion.objects.update_or_create(
        position=position, defaults={"fits": len(hits), "made_at": at, "looked_at": None}
    )
    if not hits:
        return 0
    for person in recruiters_of(position):
        language = _language(person)
        # The reasons name concepts and indicators in the reader's language, not the worker's.
        with override(language):
            shown = position_fits(position, at)[:IN_LETTER]
        since = since_kept([hit.entry for hit in shown])
        zone = position.branch.time_zone
        people = "\n\n".join(
            _person_lines(hit, since[hit.entry.pk], zone, language) for hit in shown
        )
        _send(
            person,
            position.branch,
            "pool_position",
            f"pool_position:{position.ref}:{person.ref}:{at:%Y-%m-%d}",
            at,
            about=[hit.entry.ref for hit in shown],
            position=position.title_en or position.title if language == "en" else position.title,
            count=len(hits),
            people=people,
            link=f"{settings.BASE_URL}{reverse('pool')}?position={position.ref}",
        )
    return len(hits)


def positions_suggest(*, at: dt.datetime) -> int:
    """Does so for positions opened in the last thirty days whose turn was missed; returns for how
    many."""
    missed = Position.objects.filter(
        status=Position.Status.OPEN, opened_at__gt=at - RECENT, pool_suggestion=None
    ).select_related("branch", "model_version")
    for position in missed:
        position_suggest(position=position, at=at)
    return len(missed)


def suggestion_looked(*, position: Position, at: dt.datetime) -> None:
    """Somebody who runs the position has looked at the pool's people for it."""
    PoolSuggestion.objects.filter(position=position, looked_at=None).update(looked_at=at)


def _person_lines(hit: Hit, since: Since, zone: str, language: str) -> str:
    """Name and score, the reasons with the words that show them, and what became of the person."""
    colon = ": " if language == "en" else "："
    name, score = hit.entry.candidate.name, round(hit.score)
    reasons = [f"{r.label}{colon}{r.quote}" if r.quote else r.label for r in hit.reasons]
    lines = [f"{name} ({score})", *(f"  · {reason}" for reason in reasons[:3])]
    lines.append(f"  {since_text(hit.entry, since, zone, language)}")
    return "\n".join(lines)


def _language(person: Person) -> str:
    return "en" if person.language.startswith("en") else "zh"


def _send(
    person: Person,
    branch: Branch,
    template: str,
    key: str,
    at: dt.datetime,
    *,
    about: Iterable[str] = (),
    **facts: object,
) -> None:
    """A letter to a colleague by WeCom or mail; nobody is written to where neither is known: the
    page says the same.

    Args:
        about: refs of the entries it speaks of; it is emptied when one of them is deleted.
    """
    address = person.wecom_userid or person.email
    if not address:
        return
    language = _language(person)
    name = person.name_en or person.name if language == "en" else person.name
    subject, body = letter(template, language, name=name, **facts)
    channel = "wecom" if person.wecom_userid else "mail"
    payload = {"pool": list(about)}
    draft = Draft(channel, template, language, subject, body, address=address, payload=payload)
    message_queue(key=key, branch=branch, draft=draft, at=at, person=person)


def _log(actor: Actor, action: str, search: PoolSearch) -> None:
    branch = search.owner.branch
    audit_record(
        actor,
        action,
        object_type="pool_search",
        object_ref=search.ref,
        branch_ref=branch.ref if branch else "",
    )
