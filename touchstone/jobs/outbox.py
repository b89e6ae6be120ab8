"""Sends messages."""

from __future__ import annotations

from django_tasks import task

from touchstone.common.clock import utc_now
from touchstone.recruiting.services.sending import message_send as send


@task(queue_name="outside")
def message_send(message_ref: str) -> str:
    """Hands one message to its channel; once sent, never again."""
    return send(ref=message_ref, at=utc_now())
