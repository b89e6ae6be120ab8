"""Reads of the talent pool: by words, like somebody, for a position; always with the reasons."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from touchstone.accounts.models import Branch, Person
from touchstone.accounts.permissions import branches_of, in_branches
from touchstone.common.db import rows_of_bytes
from touchstone.common.errors import NotFound
from touchstone.common.messages import Message, say
from touchstone.engine.matching.postings import (
    SEGMENT,
    Packed,
    laid_over,
    place_of,
    places_over,
)
from touchstone.engine.matching.query import (
    Filter,
    Group,
    Query,
    for_model,
    like_person,
    understand,
)
from touchstone.engine.matching.ranking import Found, Ranking, counted, rank
from touchstone.engine.text.taxonomy import Taxonomy
from touchstone.library.concepts import company_taxonomy
from touchstone.positions.models import Position
from touchstone.positions.permissions import SEES_BRANCH
from touchstone.recruiting.models import (
    CandidateNote,
    Consent,
    PoolEntry,
    PoolPosting,
    PoolRecent,
)
from touchstone.ui.bilingual import choose

MOST_REASONS = 4
MOST_TAGS = 8
FACETS = {
    "reached": ("report", "interview", "assessment", "resume"),
    "degree": ("doctor", "master", "bachelor", "associate"),
    "language": ("zh", "en"),
}
LEVEL = {"listed": 1, "used": 2, "result": 3}
_EDGE = re.compile(r"[。；;\n！？!?]")
_LATIN = re.compile(r"[A-Za-z0-9]{2}")
BULLETS = " \t\r\n-–—·•*●◆▪>"
LONGEST_QUOTE = 90


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody was found: what was looked for, and the words that show it.

    Attributes:
        level: strength 0–4 as everywhere.
        start, end: of ``quote`` in the entry's text.
    """

    label: str
    level: int
    quote: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody found, with the reasons and what of the search was not found on them."""

    entry: PoolEntry
    score: float
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of hits, how many there are in all, and how the words were understood.

    Attributes:
        facets: fact → (value, how many of those found have it), where any has.
    """

    query: Query
    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)


def visible_entries(person: Person) -> QuerySet[PoolEntry]:
    """Pool entries of the branches the person recruits for, administers or audits."""
    return PoolEntry.objects.filter(in_branches(person, SEES_BRANCH))


def entry_for(person: Person, ref: str) -> PoolEntry:
    """The entry by its ref, with candidate and branch.

    Raises:
        NotFound: there is none that this person may know of.
    """
    entry = (
        visible_entries(person)
        .select_related("candidate", "branch", "added_by")
        .filter(ref=ref)
        .first()
    )
    if entry is None:
        raise NotFound(say("pool.not_found"))
    return entry


def pool_search(
    *,
    person: Person,
    words: str,
    at: dt.datetime,
    filters: Iterable[tuple[str, str]] = (),
    most: int = 50,
    above: int = -1,
) -> SearchResult:
    """People found by words and filters, best first.

    Args:
        filters: (fact, value): ("reached", "interview"), ("degree", "master"), ("tag", "…").
        above: only entries of a higher number, which came later.
    """
    known = company_taxonomy()
    return _run(asked_query(words, filters, known), known, person, at, most, above=above)


def asked_query(words: str, filters: Iterable[tuple[str, str]], known: Taxonomy) -> Query:
    """Words and filters as one query."""
    query = understand(words.strip()[:400], known) if words.strip() else Query()
    extra = tuple(_fact_filter(name, value) for name, value in filters)
    return replace(query, filters=(*query.filters, *extra))


def standing_entries(at: dt.datetime) -> QuerySet[PoolEntry]:
    """Entries whose time is not over and whose person stands by their consent: until the daily
    sweep has deleted the others, they are not shown."""
    consent = Consent.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=at),
        candidate=OuterRef("candidate"),
        purpose=Consent.Purpose.TALENT_POOL,
        granted=True,
        withdrawn_at=None,
    )
    return PoolEntry.objects.filter(Exists(consent), expires_at__gt=at)


def newest_number() -> int:
    """The number of the entry that came last; 0 in an empty pool."""
    return PoolEntry.objects.aggregate(top=Max("pk"))["top"] or 0


def pool_like(*, person: Person, entry: PoolEntry, at: dt.datetime, most: int = 20) -> SearchResult:
    """People who have shown what this one has, without the person themselves."""
    known = company_taxonomy()
    found = _run(like_person(entry.terms, known), known, person, at, most + 1)
    hits = tuple(hit for hit in found.hits if hit.entry.pk != entry.pk)[:most]
    return replace(found, hits=hits, total=max(0, found.total - 1))


def pool_recommend(
    position: Position, *, at: dt.datetime, person: Person | None = None, most: int = 50
) -> SearchResult:
    """The pool's best for a position, by its competency model: each reason names the indicator.

    Args:
        person: whose branches are searched; without one, the position's own.
    """
    version = position.model_version
    known = company_taxonomy()
    query = for_model(version.document, known) if version else Query()
    branches = [position.branch] if person is None else None
    return _run(query, known, person, at, most, branches=branches)


def _fact_filter(name: str, value: str) -> Filter:
    return Filter(say(f"pool.fact_{name}", value=value), (f"#{name}:{value}"[:80],))


def _run(
    query: Query,
    known: Taxonomy,
    person: Person | None,
    at: dt.datetime,
    most: int,
    branches: Sequence[Branch] | None = None,
    above: int = -1,
) -> SearchResult:
    asked = query
    own = branches_filter(person, branches)
    if own is not None:
        query = replace(query, filters=(*query.filters, own))
    ranking, facets = _ranked(query, most, above)
    entries = {
        entry.pk: entry
        for entry in standing_entries(at)
        .filter(pk__in=[f.number for f in ranking.found])
        .select_related("candidate", "branch")
        .defer("terms")
    }
    hits = tuple(
        _hit(query, known, f, entries[f.number]) for f in ranking.found if f.number in entries
    )
    tags = _tags(hits, ranking)
    if tags:
        facets = {**facets, "tag": tags}
    return SearchResult(asked, hits, ranking.total - len(ranking.found) + len(hits), facets)


def _tags(hits: Sequence[Hit], ranking: Ranking) -> list[tuple[str, int]]:
    """The tags that most of the hits have, with how many of all those found have each."""
    seen = Counter(tag for hit in hits for tag in hit.entry.tags)
    terms = {f"#tag:{tag}"[:80]: tag for tag, _n in seen.most_common(MOST_TAGS)}
    if not terms:
        return []
    counts = counted(ranking, postings_for((), list(terms)), list(terms))
    return sorted(((tag, counts[t]) for t, tag in terms.items() if t in counts), key=_most_first)


def _most_first(row: tuple[str, int]) -> tuple[int, str]:
    return -row[1], row[0]


def branches_filter(
    person: Person | None, branches: Sequence[Branch] | None = None
) -> Filter | None:
    """What keeps a search to the person's branches, or to those given; None where it is all."""
    scope = branches if branches is not None else branches_of(person, SEES_BRANCH) if person else []
    if len(scope) >= Branch.objects.count():
        return None
    return Filter(say("pool.filter_branch"), tuple(f"#branch:{b.ref}" for b in scope))


def _ranked(
    query: Query, most: int, above: int
) -> tuple[Ranking, dict[str, list[tuple[str, int]]]]:
    size = newest_number() + 1
    facts = [f"#{name}:{value}" for name, values in FACETS.items() for value in values]
    postings = postings_for([query], facts)
    ranking = rank(query, postings, size, most, above)
    counts = counted(ranking, postings, facts)
    facets = {
        name: [(v, counts[f"#{name}:{v}"]) for v in values if counts.get(f"#{name}:{v}")]
        for name, values in FACETS.items()
    }
    return ranking, facets


def postings_for(
    queries: Iterable[Query], facts: Sequence[str] = (), segment: int = 0
) -> dict[str, dict[int, Packed]]:
    """What is needed of the index from a segment on; three queries. Of facts only who has them is
    read.

    What was noted lately comes first: a job that packs it meanwhile hides nobody.
    """
    found: dict[str, dict[int, Packed]] = {}
    weighed: set[str] = set()
    bare = set(facts)
    for query in queries:
        weighed |= {term for group in query.groups for term, _share in group.terms}
        bare |= query.all_terms()
    bare -= weighed
    recent: dict[str, dict[int, dict[int, int]]] = {}
    first = segment * SEGMENT
    for term, number, weight in PoolRecent.objects.filter(
        term__in=sorted(weighed | bare), number__gte=first
    ).values_list("term", "number", "weight"):
        own, place = place_of(number)
        recent.setdefault(term, {}).setdefault(own, {})[place] = weight
    packed = PoolPosting.objects.filter(segment__gte=segment)
    with_weights = packed.filter(term__in=sorted(weighed))
    if weighed:
        for term, own, ids, weights in rows_of_bytes(
            with_weights.values_list("term", "segment", "ids", "weights")
        ):
            found.setdefault(term, {})[own] = ids, weights
    without = packed.filter(term__in=sorted(bare))
    for term, own, ids in rows_of_bytes(without.values_list("term", "segment", "ids")):
        found.setdefault(term, {})[own] = ids, b""
    for term, segments in recent.items():
        rows = found.setdefault(term, {})
        for own, held in segments.items():
            row = rows.get(own)
            if term in weighed:
                rows[own] = laid_over(row, held)
            else:
                rows[own] = places_over(row[0] if row else b"", held)
    return found


def _hit(query: Query, known: Taxonomy, found: Found, entry: PoolEntry) -> Hit:
    shown = _by_concept(entry.concepts, known)
    held = {place for place, _strength in found.groups}
    reasons = [
        reason
        for place, _strength in found.groups
        if (reason := _reason(query.groups[place], entry, shown)) is not None
    ]
    missing = tuple(
        label_of(g) for place, g in enumerate(query.groups) if not g.excluded and place not in held
    )
    return Hit(entry, found.score, _merged(reasons)[:MOST_REASONS], missing[:MOST_REASONS])


def _by_concept(rows: Iterable[dict[str, Any]], known: Taxonomy) -> dict[str, list[dict[str, Any]]]:
    """What somebody has shown, under its concept and under everything above it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        concept = row["concept"]
        found.setdefault(concept, []).append(row)
        if concept in known.concepts:
            for above in known.ancestors(concept):
                found.setdefault(above, []).append(row)
    return found


def _merged(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The same words shown once, for everything they show."""
    by_words: dict[tuple[str, int], Reason] = {}
    for reason in reasons:
        key = (reason.quote or reason.label, reason.start)
        held = by_words.get(key)
        if held is None:
            by_words[key] = reason
        else:
            label = choose("、", ", ").join((held.label, reason.label))
            by_words[key] = replace(held, label=label, level=max(held.level, reason.level))
    return tuple(by_words.values())


def _reason(
    group: Group, entry: PoolEntry, shown: Mapping[str, list[dict[str, Any]]]
) -> Reason | None:
    """The strongest words for the group: of its concepts or of anything below them."""
    rows = [
        row
        for term, _share in group.terms
        if term.startswith("c:")
        for row in shown.get(term[2:], ())
    ]
    if rows:
        best = max(rows, key=lambda r: (LEVEL.get(r["strength"], 1), -r["start"]))
        start, end = sentence_around(entry.search_text, best["start"], best["end"])
        return Reason(
            label_of(group),
            LEVEL.get(best["strength"], 1),
            entry.search_text[start:end],
            start,
            end,
        )
    at = entry.search_text.lower().find(group.label.lower())
    if at >= 0:
        start, end = sentence_around(entry.search_text, at, at + len(group.label))
        return Reason(label_of(group), 1, entry.search_text[start:end], start, end)
    return Reason(label_of(group), 1) if group.terms else None


def label_of(group: Group) -> str:
    """What was looked for, in the reader's language."""
    return choose(group.label, group.label_en or group.label)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence a stretch stands in, at most about 90 characters of whole words, without blanks
    and bullets at its ends."""
    # One character more than is shown says that there is more, however long the text.
    first, last = max(0, start - LONGEST_QUOTE - 1), min(len(text), end + LONGEST_QUOTE + 1)
    left = max((m.end() for m in _EDGE.finditer(text, first, start)), default=first)
    right_match = _EDGE.search(text, end, last)
    right = right_match.start() if right_match else last
    if right - left > LONGEST_QUOTE:
        left = max(left, start - LONGEST_QUOTE // 3)
        right = min(right, left + LONGEST_QUOTE)
        right = max(right, end)
    if right < len(text) and _LATIN.match(text[right - 1 : right + 1]):
        right = text.rfind(" ", end, right) if " " in text[end:right] else right
    if left > 0 and _LATIN.match(text[left - 1 : left + 1]):
        space = text.find(" ", left, start)
        left = space + 1 if space >= 0 else left
    while left < start and text[left] in BULLETS:
        left += 1
    while right > end and text[right - 1].isspace():
        right -= 1
    return left, right


def reminders_due(person: Person, day: dt.date) -> list[tuple[PoolEntry, CandidateNote]]:
    """The person's own notes whose day has come, with the entry they are about, until somebody
    has talked with the person on that day or later."""
    contact = "candidate__pool_entry__last_contact_at"
    notes = (
        CandidateNote.objects.filter(
            author=person, remind_on__lte=day, candidate__pool_entry__isnull=False
        )
        .exclude(**{f"{contact}__gt": F("created_at"), f"{contact}__date__gte": F("remind_on")})
        .select_related("candidate__pool_entry")
        .order_by("remind_on", "pk")[:20]
    )
    return [(note.candidate.pool_entry, note) for note in notes]


def query_labels(query: Query) -> list[tuple[str, bool]]:
    """How the words were understood: (label, excluded)."""
    return [(label_of(group), group.excluded) for group in query.groups]


def filter_messages(query: Query) -> list[Message]:
    """The facts asked for, in words."""
    return [wanted.message for wanted in query.filters]
