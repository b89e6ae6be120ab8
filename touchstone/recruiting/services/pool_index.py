"""The talent pool's index: what changes is written down small at once, and packed by a job.

A packed row holds a term's people of a whole segment; writing two hundred of them anew for each
person would take longer than everything else about adding somebody. A search reads both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from touchstone.common.background import enqueue
from touchstone.common.db import rows_of_bytes
from touchstone.engine.matching.postings import SEGMENT, holds, pack, place_of, put_all
from touchstone.recruiting.models import PoolEntry, PoolPosting, PoolRecent

PACK_TASK = "touchstone.jobs.recruiting.pool_index_pack"
PEOPLE_A_PACKING = 64  # so many newcomers cost a search a few milliseconds
TERMS_AT_ONCE = 100  # what one transaction packs: others that write wait as long


def entry_index_change(number: int, before: Mapping[str, int], after: Mapping[str, int]) -> int:
    """Notes what an entry is indexed under now, in the caller's transaction.

    Returns:
        How many terms changed.
    """
    changed = {t: w for t, w in after.items() if before.get(t) != w}
    changed |= dict.fromkeys((t for t in before if t not in after), 0)
    rows = [(term, number, weight) for term, weight in sorted(changed.items())]
    if rows:
        _note(rows)
    if not before and number % PEOPLE_A_PACKING == 0:
        enqueue(PACK_TASK, priority=-10)
    return len(rows)


def entry_terms_set(entry: PoolEntry, terms: Mapping[str, int]) -> None:
    """Indexes an entry under these terms and no others, in the caller's transaction."""
    held = PoolEntry.objects.select_for_update().values_list("terms", flat=True).get(pk=entry.pk)
    entry.terms = dict(terms)
    if held != entry.terms:
        entry.save(update_fields=["terms"])
        entry_index_change(entry.pk, held, entry.terms)


def entry_unindex(entry: PoolEntry) -> int:
    """Takes an entry out of the packed rows at once; returns how many had it."""
    segment, place = place_of(entry.pk)
    held = PoolEntry.objects.select_for_update().values_list("terms", flat=True).get(pk=entry.pk)
    _lock(segment)
    noted = PoolRecent.objects.filter(number=entry.pk)
    terms = {*held, *noted.values_list("term", flat=True)}
    noted.delete()
    _pack_terms(segment, {term: {place: 0} for term in terms})
    entry.terms = {}
    return len(terms)


def entry_index_bulk(entries: Iterable[tuple[int, Mapping[str, int]]]) -> int:
    """Writes the postings of many people at once into an index that has none of them.

    Args:
        entries: (number, terms) in any order.
    """
    held: dict[tuple[str, int], dict[int, int]] = {}
    for number, terms in entries:
        segment, place = place_of(number)
        for term, weight in terms.items():
            held.setdefault((term, segment), {})[place] = weight
    rows = []
    for (term, segment), places in held.items():
        ids, weights = pack(places)
        rows.append(PoolPosting(term=term, segment=segment, ids=ids, weights=weights))
    PoolPosting.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def entry_mentions(number: int) -> int:
    """How many rows of the index still name this entry."""
    segment, place = place_of(number)
    rows = PoolPosting.objects.filter(segment=segment).values_list("ids", "weights")
    return PoolRecent.objects.filter(number=number).count() + sum(
        holds((bytes(ids), bytes(weights)), place) for ids, weights in rows.iterator(chunk_size=500)
    )


def pool_index_pack() -> int:
    """Packs what was noted lately, a few terms at a time; returns how many notes."""
    packed = 0
    first = PoolRecent.objects.order_by("number").values_list("number", flat=True).first()
    last = PoolRecent.objects.order_by("-number").values_list("number", flat=True).first()
    if first is None or last is None:
        return 0
    for segment in range(place_of(first)[0], place_of(last)[0] + 1):
        after = ""
        while terms := _noted_terms(segment, after):
            packed += _pack(segment, terms)
            after = terms[-1]
    return packed


def _of(segment: int) -> dict[str, int]:
    return {"number__gte": segment * SEGMENT, "number__lt": (segment + 1) * SEGMENT}


def _noted_terms(segment: int, after: str) -> list[str]:
    """The next terms with notes; the databases need not agree on their order."""
    noted = PoolRecent.objects.filter(**_of(segment), term__gt=after)
    return list(noted.order_by("term").values_list("term", flat=True).distinct()[:TERMS_AT_ONCE])


@transaction.atomic
def _pack(segment: int, terms: list[str]) -> int:
    """Moves the notes of some terms into their packed rows. A note that somebody is changing is
    left for the next time."""
    _lock(segment)
    noted = PoolRecent.objects.filter(**_of(segment), term__in=terms)
    rows = list(
        noted.select_for_update(skip_locked=True).values_list("pk", "term", "number", "weight")
    )
    held: dict[str, dict[int, int]] = {}
    for _pk, term, number, weight in rows:
        held.setdefault(term, {})[place_of(number)[1]] = weight
    _pack_terms(segment, held)
    PoolRecent.objects.filter(pk__in=[pk for pk, *_rest in rows]).delete()
    return len(rows)


def _pack_terms(segment: int, changes: Mapping[str, Mapping[int, int]]) -> None:
    """Writes changes, term → place → weight, into the packed rows of a locked segment."""
    rows_now = PoolPosting.objects.filter(segment=segment, term__in=list(changes))
    held = {
        term: (ids, weights)
        for term, ids, weights in rows_of_bytes(rows_now.values_list("term", "ids", "weights"))
    }
    rows, empty = [], []
    for term, places in sorted(changes.items()):
        ids, weights = put_all(held.get(term), places)
        if ids:
            rows.append((term, segment, ids, weights))
        elif term in held:
            empty.append(term)
    if rows:
        _write(rows)
    if empty:
        PoolPosting.objects.filter(segment=segment, term__in=empty).delete()


def _note(rows: list[tuple[str, int, int]]) -> None:
    """New notes, or other weights in old ones; one prepared statement."""
    _upsert(
        "INSERT INTO recruiting_poolrecent (term, number, weight)",
        "ON CONFLICT (term, number) DO UPDATE SET weight = excluded.weight",
        "SELECT * FROM unnest(%b::text[], %b::bigint[], %b::smallint[])",
        rows,
    )


def _write(rows: list[tuple[str, int, bytes, bytes]]) -> None:
    """New packed rows, or new contents of old ones."""
    _upsert(
        "INSERT INTO recruiting_poolposting (term, segment, ids, weights)",
        "ON CONFLICT (term, segment) DO UPDATE SET ids = excluded.ids, weights = excluded.weights",
        "SELECT * FROM unnest(%b::text[], %b::int[], %b::bytea[], %b::bytea[])",
        rows,
    )


def _upsert(into: str, again: str, arrays: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows in one statement. Two hundred objects, or statements, or megabytes of bytes spelt
    out as text would cost more than the writing itself."""
    if connection.vendor != "postgresql":
        marks = ", ".join(["%s"] * len(rows[0]))
        with connection.cursor() as cursor:
            cursor.executemany(f"{into} VALUES ({marks}) {again}", rows)
        return
    import psycopg

    statement = f"{into} {arrays} {again}"
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement.encode(), [list(c) for c in zip(*rows, strict=True)])


def _lock(segment: int) -> None:
    """One that packs a segment at a time: the row of the empty term is what they wait for."""
    PoolPosting.objects.get_or_create(
        term="", segment=segment, defaults={"ids": b"", "weights": b""}
    )
    PoolPosting.objects.select_for_update().get(term="", segment=segment)
