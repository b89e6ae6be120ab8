"""Hands one message to an SMTP server, and says whether a failure is worth another try."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; ``timeout_s`` covers each step of the conversation.

    With ``folder`` and no host, messages are written there as .eml files: for trying things out.
    """

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    timeout_s: float = 10.0
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """One message. ``message_id`` is stable over retries, so that a server can drop doubles."""

    message_id: str
    sender: str
    to: str
    subject: str
    text: str
    date: dt.datetime
    language: str = "zh"
    ics: str = ""
    ics_method: str = "REQUEST"


def build_mail(mail: Mail) -> EmailMessage:
    """The message as sent: plain text, with the calendar as alternative and as attachment.

    Raises:
        PermanentOutsideError: an address is malformed.
    """
    message = EmailMessage()
    message["Message-ID"] = f"<{mail.message_id}@touchstone>"
    message["Date"] = format_datetime(mail.date)
    message["From"] = _address(mail.sender)
    message["To"] = _address(mail.to)
    message["Subject"] = " ".join(mail.subject.split())
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.ics:
        message.add_alternative(
            mail.ics, subtype="calendar", params={"method": mail.ics_method, "name": "invite.ics"}
        )
    return message


def _address(text: str) -> Address:
    name, address = parseaddr(text)
    if "@" not in address or "\r" in text or "\n" in text:
        raise PermanentOutsideError(say("mail.bad_address"))
    try:
        return Address(display_name=name, addr_spec=address)
    except Exception as error:
        raise PermanentOutsideError(say("mail.bad_address")) from error


def _write(folder: Path, message_id: str, message: EmailMessage) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{message_id}.eml").write_bytes(message.as_bytes())
    except OSError as error:
        raise TemporaryOutsideError(say("mail.unreachable")) from error


def send_mail(server: MailServer, mail: Mail) -> None:
    """Hands the message over.

    Raises:
        TemporaryOutsideError: no connection, a 4xx answer, or the server is not set up.
        PermanentOutsideError: refused for good: a 5xx answer or a malformed address.
    """
    if not server.host and not server.folder:
        raise TemporaryOutsideError(say("mail.not_set_up"), retry_after_s=600)
    message = build_mail(mail)
    if server.folder and not server.host:
        _write(server.folder, mail.message_id, message)
        return
    try:
        with smtplib.SMTP(server.host, server.port, timeout=server.timeout_s) as smtp:
            if server.starttls:
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message)
    except smtplib.SMTPResponseException as error:
        kind = PermanentOutsideError if error.smtp_code >= 500 else TemporaryOutsideError
        raise kind(say("mail.refused", code=error.smtp_code)) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        permanent = all(code >= 500 for code in codes)
        kind = PermanentOutsideError if permanent else TemporaryOutsideError
        raise kind(say("mail.refused", code=codes[0])) from error
    except (OSError, smtplib.SMTPException) as error:
        raise TemporaryOutsideError(say("mail.unreachable")) from error
