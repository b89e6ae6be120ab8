"""Messages are written together with the act that causes them, and sent once by a job."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from touchstone.accounts.models import Branch, Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import IllegalTransition
from touchstone.common.messages import say
from touchstone.recruiting.models import Application, OutboxMessage

SEND_TASK = "touchstone.jobs.outbox.message_send"


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as rendered in one language."""

    channel: str
    template: str
    language: str
    subject: str
    body: str
    address: str = ""
    ics: str = ""
    ics_method: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def message_queue(
    *,
    key: str,
    branch: Branch,
    draft: Draft,
    at: dt.datetime,
    application: Application | None = None,
    person: Person | None = None,
) -> OutboxMessage:
    """The message, written once for its key, and a job that sends it after the commit.

    Args:
        key: what makes it this message and no other, such as "invite:<application>:<attempt>".
    """
    message, made = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={
            "branch": branch,
            "channel": draft.channel,
            "template": draft.template,
            "language": draft.language,
            "application": application,
            "person": person,
            "address": draft.address,
            "subject": draft.subject[:200],
            "body": draft.body,
            "ics": draft.ics,
            "ics_method": draft.ics_method,
            "payload": draft.payload,
            "created_at": at,
        },
    )
    if made:
        enqueue(SEND_TASK, message_ref=message.ref)
    return message


@transaction.atomic
def message_retry(*, actor: Actor, message: OutboxMessage) -> OutboxMessage:
    """Another try for a message that could not be sent.

    Raises:
        IllegalTransition: it waits already, was sent, or was cancelled.
    """
    changed = OutboxMessage.objects.filter(
        pk=message.pk, status=OutboxMessage.Status.FAILED
    ).update(status=OutboxMessage.Status.WAITING, failure="")
    if not changed:
        raise IllegalTransition(say("recruiting.message_not_failed"))
    enqueue(SEND_TASK, message_ref=message.ref)
    audit_record(
        actor,
        "message.retried",
        object_type="message",
        object_ref=message.ref,
        branch_ref=message.branch.ref,
    )
    message.refresh_from_db()
    return message
