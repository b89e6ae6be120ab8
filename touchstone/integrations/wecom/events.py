"""Callbacks as events: read from XML, checked, and named so that a repeated one is known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from touchstone.integrations.wecom.crypto import CallbackKeys, ForgedCallback, decrypt_callback

LARGEST_BODY = 256 * 1024
SKEW_S = 600
NAMED_BY = ("ChangeType", "EventKey", "TaskId", "ScheduleId", "CalId", "MeetingId", "UserID")


@dataclass(frozen=True, slots=True)
class WecomEvent:
    """One thing that happened in WeCom.

    Attributes:
        kind: ``Event`` of an event ("template_card_event"), otherwise the message type.
        user_id: who did it; "sys" for the system.
        at_s: Unix seconds, as the platform says.
        fields: the leaves of the XML by name.
        chosen: question key → option ids, of cards with choices.
        key: the same for a repeated delivery, different for everything else.
    """

    kind: str
    user_id: str
    at_s: int
    fields: Mapping[str, str]
    key: str
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_echo(
    keys: CallbackKeys, *, signature: str, timestamp: str, nonce: str, echo: str
) -> bytes:
    """What to answer, exactly, when WeCom checks the callback's address."""
    return decrypt_callback(
        keys, signature=signature, timestamp=timestamp, nonce=nonce, encrypted=echo
    )


def read_event(
    keys: CallbackKeys,
    *,
    signature: str,
    timestamp: str,
    nonce: str,
    body: bytes,
    now_s: float,
) -> WecomEvent:
    """The event in a delivered body.

    Args:
        now_s: Unix seconds; a delivery older or newer than ten minutes is refused.

    Raises:
        ForgedCallback: not from WeCom, too old, too large, or not readable.
    """
    if len(body) > LARGEST_BODY:
        raise ForgedCallback("too large")
    if not timestamp.isdigit() or abs(now_s - int(timestamp)) > SKEW_S:
        raise ForgedCallback("timestamp")
    encrypted = _tree(body).findtext("Encrypt") or ""
    message = decrypt_callback(
        keys, signature=signature, timestamp=timestamp, nonce=nonce, encrypted=encrypted
    )
    return event_of(_tree(message))


def event_of(root: Element) -> WecomEvent:
    """The event of a decrypted message."""
    leaves = {child.tag: (child.text or "").strip() for child in root if not len(child)}
    kind = leaves.get("Event") or leaves.get("MsgType", "")
    created = leaves.get("CreateTime", "0")
    chosen = {}
    for item in root.iter("SelectedItem"):
        options = tuple((o.text or "").strip() for o in item.iter("OptionId"))
        chosen[(item.findtext("QuestionKey") or "").strip()] = options
    return WecomEvent(
        kind=kind,
        user_id=leaves.get("FromUserName", ""),
        at_s=int(created) if created.isdigit() else 0,
        fields=leaves,
        key=_key(leaves, kind),
        chosen=chosen,
    )


def _key(leaves: Mapping[str, str], kind: str) -> str:
    """The platform repeats deliveries under new nonces: what happened names the event."""
    if leaves.get("MsgId"):
        parts = ["message", leaves["MsgId"]]
    else:
        parts = [leaves.get("FromUserName", ""), leaves.get("CreateTime", ""), kind]
        parts += [leaves.get(name, "") for name in NAMED_BY]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _tree(text: bytes) -> Element:
    try:
        root: Element = ElementTree.fromstring(text, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise ForgedCallback("xml") from error
    return root
