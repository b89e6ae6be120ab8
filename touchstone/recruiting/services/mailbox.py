"""Resumes that come by mail: a folder of the mailbox belongs to a position and is looked into."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import InvalidInput, OutsideError
from touchstone.common.messages import say
from touchstone.integrations.mail.mailbox import Fetched, Letter, Mailbox, fetch_letters
from touchstone.positions.models import Position
from touchstone.recruiting.models import MailSource
from touchstone.recruiting.reading import stored
from touchstone.recruiting.services.imports import batch_open, resume_receive

MOST_A_LOOK = 40


def mailbox() -> Mailbox | None:
    """The mailbox of the settings; None where none is set up."""
    if not settings.IMAP_HOST:
        return None
    return Mailbox(
        host=settings.IMAP_HOST,
        port=settings.IMAP_PORT,
        user=settings.IMAP_USER,
        password=settings.IMAP_PASSWORD,
        tls=settings.IMAP_TLS,
    )


@transaction.atomic
def mail_source_set(*, actor: Actor, position: Position, folder: str) -> MailSource | None:
    """Lets a folder bring resumes to the position; an empty name ends it.

    Raises:
        InvalidInput: no mailbox is set up, or the folder serves another position.
    """
    name = folder.strip()[:200]
    if not name:
        MailSource.objects.filter(position=position).delete()
        _log(actor, position, "mail_source.ended")
        return None
    if mailbox() is None:
        raise InvalidInput(say("mail.no_mailbox"), field="folder")
    other = MailSource.objects.filter(folder=name).exclude(position=position).first()
    if other is not None:
        raise InvalidInput(say("mail.folder_taken", position=other.position.title), field="folder")
    source, _made = MailSource.objects.update_or_create(
        position=position, defaults={"folder": name, "validity": 0, "last_uid": 0, "failure": {}}
    )
    _log(actor, position, "mail_source.set")
    return source


def mail_source_fetch(*, source: MailSource, at: dt.datetime) -> int:
    """Takes in the letters that came since the last look; returns how many.

    A letter with attachments gives those that are resumes; one without is the resume itself. A
    look that breaks off is repeated, and what was taken in already is known by its bytes.

    Raises:
        OutsideError: the mailbox could not be read; the page says why.
    """
    box = mailbox()
    if box is None:
        return 0
    try:
        fetched = fetch_letters(
            box, source.folder, validity=source.validity, after=source.last_uid, most=MOST_A_LOOK
        )
    except OutsideError as error:
        _keep(source, checked_at=at, failure=stored(error.message))
        raise
    if fetched.letters:
        _take(source, fetched, at)
    seen = [*(letter.uid for letter in fetched.letters), *fetched.too_large]
    changed = fetched.validity != source.validity
    last = max(seen, default=0 if changed else source.last_uid)
    _keep(source, checked_at=at, failure={}, validity=fetched.validity, last_uid=last)
    return len(fetched.letters)


def _take(source: MailSource, fetched: Fetched, at: dt.datetime) -> None:
    position = source.position
    batch = batch_open(actor=SYSTEM, position=position, source="mail", label=source.folder, at=at)
    for letter in fetched.letters:
        for name, data in files_of(letter):
            resume_receive(actor=SYSTEM, batch=batch, name=name, data=data, at=at)
    MailSource.objects.filter(pk=source.pk).update(received=F("received") + len(fetched.letters))


def files_of(letter: Letter) -> list[tuple[str, bytes]]:
    """The letter's attachments but for pictures of signatures; without any, the letter itself."""
    message = email.message_from_bytes(letter.data, policy=email.policy.default)
    files: list[tuple[str, bytes]] = []
    for part in message.iter_attachments():
        name = part.get_filename() or ""
        payload: Any = part.get_payload(decode=True)
        small_picture = part.get_content_maintype() == "image" and len(payload or b"") < 40_000
        if name and isinstance(payload, bytes) and payload and not small_picture:
            files.append((name, payload))
    return files or [(f"{letter.uid}.eml", letter.data)]


def _keep(source: MailSource, **changes: Any) -> None:
    MailSource.objects.filter(pk=source.pk).update(**changes)


def _log(actor: Actor, position: Position, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
    )
