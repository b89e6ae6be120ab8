"""Links for candidates: signed, for one purpose, expiring, revocable; only a hash is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.recruiting.models import Application, PortalLink

TOKEN_BYTES = 24


def token_sha256(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def link_create(
    *, actor: Actor, application: Application, purpose: str, at: dt.datetime, days: int = 21
) -> tuple[PortalLink, str]:
    """A new link and its full address. The address is not kept: it stands in the message only."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PortalLink.objects.create(
        application=application,
        purpose=purpose,
        token_sha256=token_sha256(token),
        created_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    audit_record(
        actor,
        "link.created",
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        detail={"purpose": purpose, "link": link.ref},
    )
    return link, f"{settings.BASE_URL}/p/{token}/"


@transaction.atomic
def link_redeem(*, token: str, at: dt.datetime) -> PortalLink:
    """The link a token opens. The caller binds it to a session of its own.

    Raises:
        NotFound: unknown, expired, revoked, or the candidate's data were erased. One answer for
            all, so that nobody learns which.
    """
    link = (
        PortalLink.objects.select_related("application__candidate", "application__position")
        .filter(token_sha256=token_sha256(token[:200]))
        .first()
    )
    if link is None or not link_alive(link, at):
        raise NotFound(say("recruiting.link_dead"))
    if link.redeemed_at is None:
        PortalLink.objects.filter(pk=link.pk, redeemed_at=None).update(redeemed_at=at)
    return link


def link_alive(link: PortalLink, at: dt.datetime) -> bool:
    """Whether the link still opens anything; asked again on every request of its session."""
    return (
        link.revoked_at is None
        and link.expires_at > at
        and link.application.candidate.erased_at is None
    )


@transaction.atomic
def link_revoke(*, actor: Actor, link: PortalLink, at: dt.datetime) -> None:
    """Closes the link and every session opened with it, at once."""
    PortalLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at)
    audit_record(
        actor,
        "link.revoked",
        object_type="application",
        object_ref=link.application.ref,
        branch_ref=link.application.branch.ref,
        detail={"link": link.ref},
    )
