"""Fetches letters from a folder of an IMAP mailbox; nothing in the mailbox is changed.

Letters are asked for with ``BODY.PEEK``, so that they stay unread for the people who share it.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from dataclasses import dataclass

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say

_UID = re.compile(rb"UID (\d+)")
_VALIDITY = re.compile(rb"\d+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where letters come in. ``tls`` from the first byte; ``timeout_s`` for each step."""

    host: str
    user: str
    password: str
    port: int = 993
    tls: bool = True
    timeout_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it lies there: its number in the folder and its bytes."""

    uid: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a look into a folder gave.

    Attributes:
        validity: the folder's UIDVALIDITY (RFC 3501): while it stays, numbers keep their meaning.
        letters: new ones, oldest first, at most as many as asked for.
        more: whether some are left for the next look.
        too_large: numbers of letters above the limit, which were left where they are.
    """

    validity: int
    letters: tuple[Letter, ...]
    more: bool
    too_large: tuple[int, ...]


def fetch_letters(
    mailbox: Mailbox,
    folder: str,
    *,
    validity: int,
    after: int,
    most: int = 40,
    most_bytes: int = 30 * 2**20,
) -> Fetched:
    """Letters that came since the last look.

    Args:
        folder: name as the server shows it; letters of other alphabets are encoded for it.
        validity, after: of the last look; the whole folder is new where the validity changed.

    Raises:
        PermanentOutsideError: the password is refused, or there is no such folder.
        TemporaryOutsideError: the server cannot be reached or breaks off.
    """
    try:
        with _signed_in(mailbox) as server:
            return _look(server, folder, validity, after, most, most_bytes)
    except imaplib.IMAP4.abort as error:
        raise TemporaryOutsideError(say("mail.mailbox_unreachable")) from error
    except imaplib.IMAP4.error as error:
        raise PermanentOutsideError(say("mail.mailbox_refused")) from error
    except (OSError, ssl.SSLError) as error:
        raise TemporaryOutsideError(say("mail.mailbox_unreachable")) from error


def _signed_in(mailbox: Mailbox) -> imaplib.IMAP4:
    server: imaplib.IMAP4
    if mailbox.tls:
        context = ssl.create_default_context()
        server = imaplib.IMAP4_SSL(
            mailbox.host, mailbox.port, ssl_context=context, timeout=mailbox.timeout_s
        )
    else:
        server = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=mailbox.timeout_s)
    server.login(mailbox.user, mailbox.password)
    return server


def _look(
    server: imaplib.IMAP4, folder: str, validity: int, after: int, most: int, most_bytes: int
) -> Fetched:
    status, _ = server.select(f'"{encoded_folder(folder)}"', readonly=True)
    if status != "OK":
        raise PermanentOutsideError(say("mail.no_folder", folder=folder))
    found = _VALIDITY.search((server.response("UIDVALIDITY")[1] or [b""])[0] or b"")
    now_valid = int(found.group()) if found else 0
    start = after + 1 if now_valid == validity else 1
    _status, answer = server.uid("search", "UID", f"{start}:*")
    uids = sorted(int(word) for word in (answer[0] or b"").split() if int(word) >= start)
    letters: list[Letter] = []
    too_large: list[int] = []
    for uid in uids[:most]:
        if _size(server, uid) > most_bytes:
            too_large.append(uid)
            continue
        _status, parts = server.uid("fetch", str(uid), "(UID BODY.PEEK[])")
        data = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        letters.append(Letter(uid, data))
    return Fetched(now_valid, tuple(letters), len(uids) > most, tuple(too_large))


def _size(server: imaplib.IMAP4, uid: int) -> int:
    _status, parts = server.uid("fetch", str(uid), "(UID RFC822.SIZE)")
    words = b" ".join(part if isinstance(part, bytes) else b"" for part in parts)
    found = re.search(rb"RFC822\.SIZE (\d+)", words)
    return int(found[1]) if found else 0


def encoded_folder(name: str) -> str:
    """A folder's name in the modified UTF-7 of RFC 3501, 5.1.3: 简历 becomes &e4BT4g-."""
    out: list[str] = []
    waiting = ""

    def flush() -> None:
        nonlocal waiting
        if waiting:
            packed = waiting.encode("utf-16-be")
            out.append("&" + _modified_base64(packed) + "-")
            waiting = ""

    for character in name.replace("\r", "").replace("\n", ""):
        if " " <= character <= "~":
            flush()
            out.append("&-" if character == "&" else character)
        else:
            waiting += character
    flush()
    return "".join(out).replace("\\", "\\\\").replace('"', '\\"')


def _modified_base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode().rstrip("=").replace("/", ",")
