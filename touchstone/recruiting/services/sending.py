"""Hands messages of the outbox to the outside, each at most once."""

from __future__ import annotations

import datetime as dt

from touchstone.common.errors import OutsideError
from touchstone.common.messages import render
from touchstone.recruiting.models import OutboxMessage
from touchstone.recruiting.services.channels import hand_over

Status = OutboxMessage.Status


def message_send(*, ref: str, at: dt.datetime) -> str:
    """Sends one message; returns its status. A message already sent or cancelled is left alone.

    The row says "sending" before the server is asked. A worker that dies in between leaves it so,
    and the next one sends it again under the same Message-ID, by which servers drop the double.

    Raises:
        OutsideError: it could not be sent; the row keeps the reason.
    """
    message = OutboxMessage.objects.get(ref=ref)
    if message.status in {Status.SENT, Status.CANCELLED}:
        return str(message.status)
    message.status = Status.SENDING
    message.attempts += 1
    message.save(update_fields=["status", "attempts"])
    try:
        hand_over(message)
    except OutsideError as error:
        message.status = Status.FAILED if error.permanent else Status.WAITING
        message.failure = render(error.message, "zh")[:400]
        message.save(update_fields=["status", "failure"])
        raise
    message.status = Status.SENT
    message.sent_at = at
    message.failure = ""
    message.save(update_fields=["status", "sent_at", "failure", "outside_id", "payload"])
    return str(message.status)
