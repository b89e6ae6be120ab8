"""Tokens of the API: made, recognised, revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.db import transaction

from touchstone.accounts.models import ApiToken, Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say

PREFIX = "ts_"
SCOPES = (
    "positions:read",
    "candidates:read",  # names, addresses and phone numbers of candidates
    "applications:read",
    "applications:write",
    "reports:read",
    "outcomes:write",
    "questions:read",
    "webhooks:write",
)
LONGEST_DAYS = 366
SEEN_EVERY = dt.timedelta(minutes=1)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def token_create(
    *,
    actor: Actor,
    person: Person,
    name: str,
    scopes: Sequence[str],
    at: dt.datetime,
    days: int = 90,
) -> tuple[ApiToken, str]:
    """A token and its text, which is shown once and not kept.

    Raises:
        InvalidInput: no name, no scope, an unknown scope, or a life of more than 366 days.
    """
    if not name.strip():
        raise InvalidInput(say("accounts.name_missing"), field="name")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise InvalidInput(say("accounts.bad_scopes"), field="scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(say("accounts.bad_days", most=LONGEST_DAYS), field="days")
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=name.strip()[:80],
        sha256=_sha256(text),
        scopes=sorted(set(scopes)),
        created_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    audit_record(
        actor,
        "token.created",
        object_type="token",
        object_ref=token.ref,
        branch_ref=person.branch.ref if person.branch else "",
        detail={"person": person.ref, "scopes": token.scopes},
    )
    return token, text


def token_find(text: str, at: dt.datetime) -> ApiToken | None:
    """The living token of an open account, or None; notes that it was used, once a minute."""
    if not text.startswith(PREFIX) or len(text) > 200:
        return None
    token = (
        ApiToken.objects.select_related("person__branch", "person__department")
        .filter(sha256=_sha256(text), revoked_at=None, expires_at__gt=at, person__is_active=True)
        .first()
    )
    if token and (token.last_used_at is None or at - token.last_used_at > SEEN_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


@transaction.atomic
def token_revoke(*, actor: Actor, token: ApiToken, at: dt.datetime) -> None:
    """Ends the token at once."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
    if changed:
        audit_record(
            actor,
            "token.revoked",
            object_type="token",
            object_ref=token.ref,
            detail={"person": token.person.ref},
        )
