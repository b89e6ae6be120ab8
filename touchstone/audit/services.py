"""Appends to the log; nothing in it is ever changed or removed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction

from touchstone.audit.models import AuditEvent, ChainHead
from touchstone.common.actors import Actor
from touchstone.common.clock import utc_now


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON; empty for None."""
    if value is None:
        return ""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def event_hash(event: AuditEvent) -> str:
    """What the chain holds of an event: all its fields and the hash before it."""
    return digest(
        [
            event.seq,
            event.at.isoformat(timespec="microseconds"),
            event.actor_kind,
            event.actor_ref,
            event.actor_name,
            event.action,
            event.object_type,
            event.object_ref,
            event.branch_ref,
            event.detail,
            event.before_hash,
            event.after_hash,
            event.request_id,
            event.prev_hash,
        ]
    )


@transaction.atomic
def audit_record(
    actor: Actor,
    action: str,
    *,
    object_type: str,
    object_ref: str,
    branch_ref: str = "",
    before: Any = None,
    after: Any = None,
    detail: dict[str, Any] | None = None,
) -> AuditEvent:
    """Appends one event in the caller's transaction.

    Args:
        action: "object.verb_in_past", such as "application.moved".
        before: what it was, kept as a hash only.
        after: what it is now, kept as a hash only.
        detail: refs, numbers and codes; never personal data or free text.
    """
    ChainHead.objects.get_or_create(pk=1)
    head = ChainHead.objects.select_for_update().get(pk=1)
    event = AuditEvent(
        seq=head.seq + 1,
        at=utc_now(),
        actor_kind=actor.kind,
        actor_ref=actor.ref,
        # The log outlives what a candidate may have erased: their name is not in it.
        actor_name="" if actor.kind == "candidate" else actor.name,
        action=action,
        object_type=object_type,
        object_ref=object_ref,
        branch_ref=branch_ref,
        detail=detail or {},
        before_hash=digest(before),
        after_hash=digest(after),
        request_id=actor.request_id,
        prev_hash=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    head.seq, head.hash = event.seq, event.hash
    head.save(update_fields=["seq", "hash"])
    return event
