"""Reads of what somebody keeps an eye on: saved searches, and the pool's people for a position."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import has_role
from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.engine.matching.postings import SEGMENT
from touchstone.engine.matching.ranking import rank
from touchstone.library.concepts import company_taxonomy
from touchstone.positions.models import Position
from touchstone.positions.permissions import RUNS_BRANCH
from touchstone.recruiting.letters import moment_text
from touchstone.recruiting.models import (
    Application,
    CandidateNote,
    PoolEntry,
    PoolSearch,
    PoolSuggestion,
)
from touchstone.recruiting.pool_search import (
    Hit,
    asked_query,
    branches_filter,
    newest_number,
    pool_recommend,
    postings_for,
    standing_entries,
)
from touchstone.recruiting.stages import FINAL

MOST_NEW = 200  # counted exactly up to here
LOOKED_AT = 50
FITS_FROM = 22.5  # half of what is asked for, each with a result
SHOWN_FOR_DAYS = 30


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved search and who matches since it was last looked at.

    Attributes:
        fresh: how many, at most `MOST_NEW`.
    """

    search: PoolSearch
    fresh: int

    @property
    def more(self) -> bool:
        """Whether there may be more than ``fresh``."""
        return self.fresh >= MOST_NEW


@dataclass(slots=True)
class Since:
    """What became of somebody of the pool, in the branch that keeps them.

    Attributes:
        last: their latest application.
        again: applications since they were kept.
        notes: notes since the last contact, or since they were kept.
    """

    last: Application | None = None
    again: list[Application] = field(default_factory=list)
    notes: int = 0

    @property
    def in_round(self) -> bool:
        """Whether they are being considered just now."""
        return self.last is not None and self.last.stage not in FINAL


def search_of(person: Person, ref: str) -> PoolSearch:
    """The person's own saved search.

    Raises:
        NotFound: they have none of that name.
    """
    found = PoolSearch.objects.filter(owner=person, ref=ref).first()
    if found is None:
        raise NotFound(say("pool.no_such_search"))
    return found


def saved_searches(person: Person, at: dt.datetime) -> list[Saved]:
    """The person's searches by name, each with how many are new in the branches they may see."""
    searches = list(PoolSearch.objects.filter(owner=person).order_by("name", "pk"))
    fresh = new_matches(person, [(s, s.looked_to) for s in searches], at)
    return [Saved(s, len(found)) for s, found in zip(searches, fresh, strict=True)]


def new_matches(
    person: Person, searches: Sequence[tuple[PoolSearch, int]], at: dt.datetime
) -> list[list[int]]:
    """For each search the numbers of who matches and came after the entry given beside it, the
    first `MOST_NEW`. The number of queries does not depend on how many searches there are."""
    if not searches:
        return []
    known = company_taxonomy()
    own = branches_filter(person)
    queries = []
    for search, _after in searches:
        query = asked_query(search.words, [(name, value) for name, value in search.filters], known)
        queries.append(replace(query, filters=(*query.filters, own)) if own else query)
    size = newest_number() + 1
    first = min(after for _search, after in searches) // SEGMENT
    postings = postings_for(queries, segment=first)
    found = []
    for query, (_search, after) in zip(queries, searches, strict=True):
        among = rank(query, postings, size, 0, above=after).among
        segments, places = np.nonzero(among)
        found.append((segments * SEGMENT + places)[:MOST_NEW].tolist())
    wanted = {number for numbers in found for number in numbers}
    held = set(standing_entries(at).filter(pk__in=wanted).values_list("pk", flat=True))
    return [[number for number in numbers if number in held] for numbers in found]


def position_fits(position: Position, at: dt.datetime) -> list[Hit]:
    """The pool's people of the position's branch who fit it, best first, without those who have
    applied for it already or were hired."""
    found = pool_recommend(position, at=at, most=LOOKED_AT)
    hits = [hit for hit in found.hits if hit.score >= FITS_FROM]
    candidates = [hit.entry.candidate_id for hit in hits]
    applications = Application.objects.filter(candidate_id__in=candidates)
    taken = set(
        applications.filter(position=position).values_list("candidate_id", flat=True)
    ) | set(applications.filter(stage="hired").values_list("candidate_id", flat=True))
    return [hit for hit in hits if hit.entry.candidate_id not in taken]


def since_kept(entries: Iterable[PoolEntry]) -> dict[int, Since]:
    """Entry's number → what happened since; two queries."""
    by_candidate = {entry.candidate_id: entry for entry in entries}
    found = {entry.pk: Since() for entry in by_candidate.values()}
    applications = (
        Application.objects.filter(candidate_id__in=by_candidate)
        .select_related("position")
        .order_by("applied_at", "pk")
    )
    for application in applications:
        entry = by_candidate[application.candidate_id]
        if application.branch_id != entry.branch_id:
            continue
        own = found[entry.pk]
        own.last = application
        if application.applied_at > entry.added_at:
            own.again.append(application)
    notes = CandidateNote.objects.filter(candidate_id__in=by_candidate)
    for candidate_id, created_at in notes.values_list("candidate_id", "created_at"):
        entry = by_candidate[candidate_id]
        if created_at > (entry.last_contact_at or entry.added_at):
            found[entry.pk].notes += 1
    return found


def since_text(entry: PoolEntry, since: Since, zone: str, language: str) -> str:
    """What became of somebody since they were kept, in one sentence."""
    english = language == "en"
    contact = entry.last_contact_at
    when = moment_text(contact, zone, language) if contact else ""
    parts = [
        (f"last contact {when}" if contact else "not contacted yet")
        if english
        else (f"最近联系 {when}" if contact else "还没有联系过")
    ]
    again = [a.position for a in since.again[-2:]]
    if again and english:
        titles = ", ".join(position.title_en or position.title for position in again)
        parts.append(f"applied again since: {titles}")
    elif again:
        parts.append(f"入库后又应聘过{'、'.join(position.title for position in again)}")
    if since.in_round:
        parts.append("in a round now" if english else "现在正在应聘中")
    if since.notes:
        plural = "" if since.notes == 1 else "s"
        parts.append(
            f"{since.notes} note{plural} since" if english else f"此后有 {since.notes} 条备注"
        )
    if len(parts) == 1:
        parts.append("nothing else changed" if english else "其他没有变化")
    return ("; " if english else "；").join(parts)


def recruiters_of(position: Position) -> list[Person]:
    """Those who run the position and are named on it as its recruiters."""
    people = Person.objects.filter(
        memberships__position=position, memberships__role="recruiter", is_active=True
    ).select_related("branch")
    return [
        person
        for person in people.distinct().order_by("pk")
        if has_role(person, RUNS_BRANCH, position.branch_id)
    ]


def suggestions_for(person: Person, at: dt.datetime) -> list[PoolSuggestion]:
    """Of the open positions the person recruits for: those that people of the pool fit and nobody
    has looked at yet, of the last thirty days."""
    if not has_role(person, RUNS_BRANCH):
        return []
    rows = (
        PoolSuggestion.objects.filter(
            position__members__person=person,
            position__members__role="recruiter",
            position__status=Position.Status.OPEN,
            looked_at=None,
            fits__gt=0,
            made_at__gt=at - dt.timedelta(days=SHOWN_FOR_DAYS),
        )
        .select_related("position")
        .order_by("-made_at", "-pk")
    )
    return [row for row in rows if has_role(person, RUNS_BRANCH, row.position.branch_id)]
