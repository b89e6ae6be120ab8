"""Reads of the log: pages of it, and the proof that nothing in it was changed or removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from touchstone.audit.models import AuditEvent, ChainHead
from touchstone.audit.services import event_hash

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainState:
    """What came of recomputing the chain.

    Attributes:
        events: how many were read.
        broken_at: number of the first event that does not fit; None where all do.
        problem: "" or changed, missing, cut_off (the last events are gone).
        head: the last event's hash, for keeping outside.
    """

    events: int
    broken_at: int | None
    problem: str
    head: str

    @property
    def intact(self) -> bool:
        return self.broken_at is None


def chain_verify() -> ChainState:
    """Recomputes every hash from the first event on.

    A changed event no longer has its hash; a removed or inserted one breaks the numbering or the
    link to the hash before it; events cut off at the end no longer reach the chain's head.
    """
    expected, last, number = FIRST_HASH, FIRST_HASH, 0
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        number += 1
        if event.seq != number:
            return ChainState(number - 1, number, "missing", last)
        if event.prev_hash != expected or event_hash(event) != event.hash:
            return ChainState(number - 1, number, "changed", last)
        expected = last = event.hash
    head = ChainHead.objects.filter(pk=1).first()
    if (head.seq if head else 0) != number or (head.hash if head else FIRST_HASH) != last:
        return ChainState(number, number + 1, "cut_off", last)
    return ChainState(number, None, "", last)


def events_found(
    *,
    branch_refs: Collection[str] | None,
    action: str = "",
    who: str = "",
    thing: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[AuditEvent]:
    """Events, newest first.

    Args:
        branch_refs: of the branches that the reader audits; None for all, and for events of none.
        action: its beginning, such as "application" or "application.moved".
        who: part of the actor's name.
        thing: the ref of the thing it was done to.
        since: first day, UTC.
        until: last day, UTC.
    """
    events = AuditEvent.objects.order_by("-seq")
    if branch_refs is not None:
        events = events.filter(branch_ref__in=list(branch_refs))
    if action:
        events = events.filter(action__startswith=action)
    if who:
        events = events.filter(actor_name__icontains=who)
    if thing:
        events = events.filter(object_ref=thing)
    if since:
        events = events.filter(at__date__gte=since)
    if until:
        events = events.filter(at__date__lte=until)
    return events


COLUMNS = (
    *("seq", "at", "actor_kind", "actor_ref", "actor_name", "action", "object_type", "object_ref"),
    *("branch_ref", "before_hash", "after_hash", "request_id", "prev_hash", "hash"),
)


def events_csv_rows(events: QuerySet[AuditEvent]) -> Iterator[list[str]]:
    """The head and a row for each event, all values as text."""
    yield list(COLUMNS)
    for event in events.iterator(chunk_size=2000):
        yield [
            value.isoformat() if isinstance(value, dt.datetime) else str(value)
            for value in (getattr(event, column) for column in COLUMNS)
        ]
