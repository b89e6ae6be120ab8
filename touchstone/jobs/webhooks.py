"""Tells other systems of events."""

from __future__ import annotations

from django_tasks import task

from touchstone.audit.webhooks import delivery_send


@task(queue_name="outside")
def webhook_send(delivery_ref: str) -> str:
    """Delivers one event to one address; once delivered, never again."""
    return delivery_send(ref=delivery_ref)
