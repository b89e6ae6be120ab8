"""Setting WeCom up: each step tried for real, with what to do when it fails."""

from __future__ import annotations

import datetime as dt
import ipaddress
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from touchstone.accounts.contacts import contacts_apply, contacts_read
from touchstone.accounts.models import Branch, Person
from touchstone.common.actors import Actor
from touchstone.common.errors import PermanentOutsideError, TouchstoneError
from touchstone.common.messages import Message, say
from touchstone.integrations.wecom.client import Wecom
from touchstone.integrations.wecom.codes import GROUPS
from touchstone.integrations.wecom.configured import callback_keys, wecom_client, wecom_ready
from touchstone.integrations.wecom.crypto import (
    callback_signature,
    decrypt_callback,
    encrypt_callback,
)
from touchstone.interviews.models import OutsideEvent
from touchstone.interviews.services.outside_events import WECOM
from touchstone.interviews.services.schedules import calendar_id

NAMES = {
    "TOUCHSTONE_WECOM_CORP_ID": "WECOM_CORP_ID",
    "TOUCHSTONE_WECOM_AGENT_ID": "WECOM_AGENT_ID",
    "TOUCHSTONE_WECOM_SECRET": "WECOM_SECRET",
}
STEPS = ("settings", "callback", "domain", "token", "contacts", "calendar", "message", "recordings")
OPTIONAL = frozenset({"calendar", "recordings"})


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step went. ``fine`` with what was seen, or not, with what to do."""

    step: str
    fine: bool
    message: Message


def callback_address() -> str:
    """What to enter in WeCom as the app's callback."""
    return f"{settings.BASE_URL}/api/wecom/callback/"


def trusted_domain() -> str:
    """What to enter as the app's trusted domain, with the port where there is one."""
    return urllib.parse.urlsplit(settings.BASE_URL).netloc


def last_event_at() -> dt.datetime | None:
    """When WeCom last reported something."""
    row = OutsideEvent.objects.filter(source=WECOM).order_by("-received_at").first()
    return row.received_at if row else None


def step_try(*, actor: Actor, person: Person, step: str, at: dt.datetime) -> StepResult:
    """Tries one step against WeCom; never raises for what WeCom says.

    Args:
        step: one of `STEPS`.
        person: who tries; the test message goes to them.
    """
    tries: dict[str, Callable[[], Message]] = {
        "settings": _settings,
        "callback": _callback,
        "domain": _domain,
        "token": lambda: _with_client(_token),
        "contacts": lambda: _contacts(actor, at),
        "calendar": lambda: _with_client(lambda wecom: _calendar(wecom, at)),
        "message": lambda: _with_client(lambda wecom: _message(wecom, person)),
        "recordings": lambda: _with_client(lambda wecom: _recordings(wecom, person, at)),
    }
    try:
        return StepResult(step, True, tries[step]())
    except TouchstoneError as error:
        return StepResult(step, False, error.message)
    except _NotYet as missing:
        return StepResult(step, False, missing.message)


class _NotYet(Exception):
    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


def _with_client(use: Callable[[Wecom], Message]) -> Message:
    if not wecom_ready():
        raise _NotYet(say("wecom_setup.settings_first"))
    client = wecom_client()
    try:
        return use(client)
    finally:
        client.close()


def _settings() -> Message:
    missing = [name for name, key in NAMES.items() if not getattr(settings, key)]
    if missing:
        raise _NotYet(say("wecom_setup.settings_missing", names="、".join(missing)))
    if not str(settings.WECOM_AGENT_ID).isdigit():
        raise _NotYet(say("wecom_setup.agent_not_number"))
    return say("wecom_setup.settings_fine", corp=settings.WECOM_CORP_ID)


def _callback() -> Message:
    """Encrypts and decrypts with the keys as WeCom would, and looks for a real event."""
    keys = callback_keys()
    if keys is None:
        raise _NotYet(say("wecom_setup.callback_missing", address=callback_address()))
    try:
        encrypted = encrypt_callback(keys, b"touchstone")
    except ValueError as error:
        raise _NotYet(say("wecom_setup.callback_key")) from error
    signature = callback_signature(keys.token, "1", "1", encrypted)
    decrypt_callback(keys, signature=signature, timestamp="1", nonce="1", encrypted=encrypted)
    seen = last_event_at()
    if seen is None:
        return say("wecom_setup.callback_waiting", address=callback_address())
    return say("wecom_setup.callback_fine", at=f"{seen:%Y-%m-%d %H:%M} UTC")


def _domain() -> Message:
    host = urllib.parse.urlsplit(settings.BASE_URL).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        numeric = False
    else:
        numeric = True
    if numeric or "." not in host or not settings.BASE_URL.startswith("https://"):
        raise _NotYet(say("wecom_setup.domain_needed", base=settings.BASE_URL))
    return say("wecom_setup.domain_fine", domain=trusted_domain())


def _token(wecom: Wecom) -> Message:
    found = wecom.departments()
    return say("wecom_setup.token_fine", count=len(found))


def _contacts(actor: Actor, at: dt.datetime) -> Message:
    if not wecom_ready():
        raise _NotYet(say("wecom_setup.settings_first"))
    branch = Branch.objects.filter(parent=None).order_by("pk").first()
    if branch is None:
        raise _NotYet(say("wecom_setup.branch_first"))
    result = contacts_apply(actor=actor, branch=branch, contacts=contacts_read(), at=at)
    return say(
        "wecom_setup.contacts_fine",
        added=len(result.added),
        linked=len(result.linked) + len(result.reopened),
        closed=len(result.closed),
    )


def _calendar(wecom: Wecom, at: dt.datetime) -> Message:
    calendar_id(wecom, at)
    return say("wecom_setup.calendar_fine")


def _recordings(wecom: Wecom, person: Person, at: dt.datetime) -> Message:
    """Whether the company's edition keeps recordings that the app may fetch."""
    if not person.wecom_userid:
        raise _NotYet(say("wecom_setup.no_account", name=person.name))
    try:
        wecom.recordings_permitted(person.wecom_userid, int(at.timestamp()))
    except PermanentOutsideError as error:
        if error.message.args.get("code") not in GROUPS["meeting_paid"] | GROUPS["rights"]:
            raise
        raise _NotYet(say("wecom_setup.recordings_not_bought")) from error
    if not settings.WECOM_PAID_MEETINGS:
        raise _NotYet(say("wecom_setup.recordings_off"))
    return say("wecom_setup.recordings_fine")


def _message(wecom: Wecom, person: Person) -> Message:
    if not person.wecom_userid:
        raise _NotYet(say("wecom_setup.no_account", name=person.name))
    content = {
        "title": "Touchstone 试金石",
        "description": "这是一条测试消息。看到它，说明应用可以给你发消息了。",
        "url": settings.BASE_URL,
        "btntxt": "打开",
    }
    try:
        sent = wecom.send([person.wecom_userid], "textcard", content, once=False)
    except PermanentOutsideError as error:
        if error.message.args.get("code") not in GROUPS["person"]:
            raise
        account = say("wecom_setup.unknown_account", name=person.name, account=person.wecom_userid)
        raise _NotYet(account) from error
    if sent.unreached():
        raise _NotYet(say("wecom_setup.not_reached", name=person.name))
    return say("wecom_setup.message_fine", name=person.name)
