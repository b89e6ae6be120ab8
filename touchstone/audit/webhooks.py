"""Events as they are recorded, told to other systems.

The audit log is the source: every change writes exactly one event with a gapless number, so that a
cursor over it turns each event into deliveries exactly once. Payloads hold refs, codes and numbers;
who wants a name asks the API for it, with a token that may read it.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from touchstone.audit.models import AuditEvent, Webhook, WebhookCursor, WebhookDelivery
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, OutsideError, PermanentOutsideError
from touchstone.common.messages import render, say
from touchstone.integrations.webhooks.addresses import check_target
from touchstone.integrations.webhooks.client import deliver

SEND_TASK = "touchstone.jobs.webhooks.webhook_send"
EVENTS = (
    *("application", "screening", "attempt", "interview", "scorecard", "report"),
    *("decision", "hire", "outcome", "position", "model"),
)
BATCH = 500


@transaction.atomic
def webhook_create(
    *,
    actor: Actor,
    name: str,
    url: str,
    events: Sequence[str],
    at: dt.datetime,
    branch_ref: str = "",
) -> Webhook:
    """An address that is told of events from now on.

    Raises:
        InvalidInput: the address may not be used, or no known kind of event was chosen.
    """
    if not events or not all(event.split(".")[0] in EVENTS for event in events):
        raise InvalidInput(say("webhooks.bad_events"), field="events")
    try:
        check_target(url[:400], allowed=settings.WEBHOOK_NETWORKS)
    except OutsideError as error:
        raise InvalidInput(error.message, field="url") from error
    hook = Webhook.objects.create(
        name=name.strip()[:80] or url[:80],
        url=url[:400],
        secret=secrets.token_urlsafe(32),
        events=sorted(set(events)),
        branch_ref=branch_ref,
        created_by=actor.ref,
        created_at=at,
    )
    WebhookCursor.objects.get_or_create(pk=1)
    if not Webhook.objects.filter(stopped_at=None).exclude(pk=hook.pk).exists():
        # Nobody was listening: what was recorded before is told to nobody.
        WebhookCursor.objects.filter(pk=1).update(seq=_last_seq())
    audit_record(
        actor,
        "webhook.created",
        object_type="webhook",
        object_ref=hook.ref,
        branch_ref=branch_ref,
        detail={"events": hook.events},
    )
    return hook


@transaction.atomic
def webhook_stop(*, actor: Actor, webhook: Webhook, at: dt.datetime) -> None:
    """Tells this address nothing more; deliveries that wait are cancelled when their turn comes."""
    if Webhook.objects.filter(pk=webhook.pk, stopped_at=None).update(stopped_at=at):
        audit_record(
            actor,
            "webhook.stopped",
            object_type="webhook",
            object_ref=webhook.ref,
            branch_ref=webhook.branch_ref,
        )


def _last_seq() -> int:
    last = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first()
    return last or 0


def _payload(event: AuditEvent) -> dict[str, Any]:
    return {
        "id": event.hash,
        "number": event.seq,
        "event": event.action,
        "at": event.at.isoformat(),
        "actor": {"kind": event.actor_kind, "ref": event.actor_ref},
        "object": {"type": event.object_type, "ref": event.object_ref},
        "branch": event.branch_ref,
        "detail": event.detail,
    }


@transaction.atomic
def deliveries_write(*, at: dt.datetime) -> int:
    """Turns events recorded since the last time into deliveries; returns how many were written."""
    if not Webhook.objects.filter(stopped_at=None).exists():
        return 0
    cursor = WebhookCursor.objects.select_for_update().get(pk=1)
    events = list(AuditEvent.objects.filter(seq__gt=cursor.seq).order_by("seq")[:BATCH])
    if not events:
        return 0
    hooks = list(Webhook.objects.filter(stopped_at=None))
    written = 0
    for event in events:
        for hook in hooks:
            if hook.branch_ref and hook.branch_ref != event.branch_ref:
                continue
            wanted = any(
                event.action == want or event.action.startswith(f"{want}.") for want in hook.events
            )
            if not wanted or event.at < hook.created_at:
                continue
            delivery, made = WebhookDelivery.objects.get_or_create(
                webhook=hook,
                seq=event.seq,
                defaults={"event": event.action, "payload": _payload(event), "created_at": at},
            )
            if made:
                enqueue(SEND_TASK, delivery_ref=delivery.ref)
                written += 1
    WebhookCursor.objects.filter(pk=cursor.pk).update(seq=events[-1].seq)
    return written


def delivery_send(*, ref: str) -> str:
    """Sends one delivery; returns its status. One that was delivered is left alone.

    Raises:
        OutsideError: not delivered; the row keeps the reason.
    """
    delivery = WebhookDelivery.objects.select_related("webhook").get(ref=ref)
    if delivery.status == WebhookDelivery.Status.DELIVERED:
        return str(delivery.status)
    hook = delivery.webhook
    delivery.attempts += 1
    try:
        if hook.stopped_at is not None:
            raise PermanentOutsideError(say("webhooks.stopped"))
        delivery.response_status = deliver(
            hook.url,
            body=json.dumps(delivery.payload, ensure_ascii=False).encode(),
            secret=hook.secret,
            event=delivery.event,
            delivery=delivery.ref,
            clock_s=lambda: utc_now().timestamp(),
            allowed=settings.WEBHOOK_NETWORKS,
        )
    except OutsideError as error:
        permanent = error.permanent
        delivery.status = (
            WebhookDelivery.Status.FAILED if permanent else WebhookDelivery.Status.WAITING
        )
        delivery.failure = render(error.message, "zh")[:200]
        delivery.save(update_fields=["attempts", "status", "failure"])
        raise
    delivery.status = WebhookDelivery.Status.DELIVERED
    delivery.failure = ""
    delivery.delivered_at = utc_now()
    delivery.save(
        update_fields=["attempts", "status", "failure", "response_status", "delivered_at"]
    )
    return str(delivery.status)
