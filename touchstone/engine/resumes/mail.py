"""Mails and web archives: the parts, decoded, with the names they claim."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage

from touchstone.engine.resumes.document import Limits, Member
from touchstone.engine.resumes.refusal import refuse

_MAX_PARTS = 200


def _parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise refuse("broken_document")
    return message


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    for count, part in enumerate(message.walk()):
        if count > _MAX_PARTS:
            return
        if not part.is_multipart():
            yield part


def _payload(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def web_archive_page(data: bytes) -> tuple[bytes, str]:
    """The page of an MHT: its HTML and the encoding that its part declares.

    Raises:
        UnreadableFile: broken_document.
    """
    for part in _parts(_parsed(data)):
        if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
            return _payload(part), _charset(part)
    raise refuse("broken_document")


def _charset(part: EmailMessage) -> str:
    try:
        return part.get_content_charset() or ""
    except (LookupError, ValueError):
        return ""


def mail_parts(data: bytes, limits: Limits) -> tuple[Member | None, list[Member], str]:
    """The body (as HTML or text), the attachments, and the body's declared encoding.

    Raises:
        UnreadableFile: too_many_entries, decompression_limit.
    """
    body: Member | None = None
    charset = ""
    attachments: list[Member] = []
    total = 0
    for part in _parts(_parsed(data)):
        name = part.get_filename() or ""
        kind = part.get_content_type()
        payload = _payload(part)
        total += len(payload)
        if total > limits.expanded_bytes:
            raise refuse("decompression_limit", limit_mib=limits.expanded_bytes >> 20)
        attached = part.get_content_disposition() == "attachment" or bool(name)
        if attached and not kind.startswith("image/"):
            attachments.append(Member(name or f"attachment-{len(attachments) + 1}", payload))
        elif attached and part.get_content_disposition() == "attachment":
            attachments.append(Member(name or f"image-{len(attachments) + 1}", payload))
        elif kind == "text/plain" and (body is None or body.name == "body.html"):
            body, charset = Member("body.txt", payload), _charset(part)
        elif kind == "text/html" and body is None:
            body, charset = Member("body.html", payload), _charset(part)
    return body, attachments, charset
