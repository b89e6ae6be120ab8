"""Hands messages of the outbox to the outside, each at most once."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from touchstone.common.errors import OutsideError, PermanentOutsideError
from touchstone.common.messages import render, say
from touchstone.integrations.mail.client import Mail, MailServer, send_mail
from touchstone.recruiting.models import OutboxMessage

Status = OutboxMessage.Status


def mail_server() -> MailServer:
    """The mail server of the settings; in the demo, without one, a folder."""
    return MailServer(
        folder=settings.DATA_DIR / "mail" if settings.DEMO else None,
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        starttls=settings.EMAIL_USE_TLS,
    )


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
        _hand_over(message)
    except OutsideError as error:
        message.status = Status.FAILED if error.permanent else Status.WAITING
        message.failure = render(error.message, "zh")[:400]
        message.save(update_fields=["status", "failure"])
        raise
    message.status = Status.SENT
    message.sent_at = at
    message.failure = ""
    message.save(update_fields=["status", "sent_at", "failure"])
    return str(message.status)


def _hand_over(message: OutboxMessage) -> None:
    address = message.address
    if message.channel == "wecom":
        # Without WeCom set up, colleagues are reached by mail.
        address = message.person.email if message.person else ""
    if not address:
        raise PermanentOutsideError(say("mail.bad_address"))
    send_mail(
        mail_server(),
        Mail(
            message_id=message.ref,
            sender=settings.DEFAULT_FROM_EMAIL,
            to=address,
            subject=message.subject,
            text=message.body,
            date=message.created_at,
            language=message.language,
            ics=message.ics,
            ics_method=message.ics_method or "REQUEST",
        ),
    )
