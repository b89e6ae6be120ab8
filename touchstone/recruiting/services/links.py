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
from touchstone.recruiting.letters import letter
from touchstone.recruiting.models import Application, OutboxMessage, PortalLink
from touchstone.recruiting.services.outbox import Draft, message_queue

TOKEN_BYTES = 24
LONGEST_ADDRESS = 254
MOST_APPLICATIONS = 5


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
def link_redeem(*, token: str, at: dt.datetime) -> tuple[PortalLink, str]:
    """The link a token opens, and the secret that ties it to one browser from now on.

    The first browser gets it, by one conditional update; two at the same moment cannot both.

    Raises:
        NotFound: unknown, used, expired, revoked, or the candidate's data were erased. One answer
            for all, so that nobody learns which.
    """
    link = _found(token_sha256=token_sha256(token[:200]))
    if link is None or not link_alive(link, at):
        raise NotFound(say("recruiting.link_dead"))
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    first = PortalLink.objects.filter(pk=link.pk, redeemed_at=None).update(
        redeemed_at=at, session_sha256=token_sha256(secret)
    )
    if not first:
        raise NotFound(say("recruiting.link_dead"))
    audit_record(
        Actor("candidate", link.application.candidate.ref),
        "link.opened",
        object_type="application",
        object_ref=link.application.ref,
        branch_ref=link.application.branch.ref,
        detail={"link": link.ref},
    )
    return link, secret


def link_of_session(*, ref: str, secret: str, at: dt.datetime) -> PortalLink | None:
    """The link a browser was tied to, if it still opens anything; asked on every request."""
    link = _found(ref=ref[:32])
    if link is None or not link.session_sha256 or not link_alive(link, at):
        return None
    if not secrets.compare_digest(link.session_sha256, token_sha256(secret[:200])):
        return None
    return link


def _found(**named: str) -> PortalLink | None:
    return (
        PortalLink.objects.select_related(
            "application__candidate__branch", "application__position__branch", "application__branch"
        )
        .filter(**named)
        .first()
    )


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


@transaction.atomic
def links_send(*, email: str, at: dt.datetime) -> int:
    """Writes a fresh link to each open application of the address, and returns how many.

    At most one an hour for an application, however often it is asked for.
    """
    address = email.strip()
    if not address or len(address) > LONGEST_ADDRESS:
        return 0
    found = (
        Application.objects.filter(candidate__email__iexact=address, candidate__erased_at=None)
        .select_related("candidate", "position__branch", "branch")
        .order_by("pk")[:MOST_APPLICATIONS]
    )
    sent = 0
    for application in found:
        sent += _send(application, at)
    return sent


def _send(application: Application, at: dt.datetime) -> bool:
    key = f"link:{application.ref}:{at:%Y%m%d%H}"
    if OutboxMessage.objects.filter(key=key).exists():
        return False
    candidate, position = application.candidate, application.position
    actor = Actor("candidate", candidate.ref)
    _link, url = link_create(actor=actor, application=application, purpose="portal", at=at)
    language = "en" if candidate.language == "en" else "zh"
    subject, body = letter(
        "new_link",
        language,
        company=position.branch.name,
        position=position.title_en if language == "en" and position.title_en else position.title,
        name=candidate.name,
        link=url,
        contact=settings.DEFAULT_FROM_EMAIL,
    )
    draft = Draft("mail", "new_link", language, subject, body, address=candidate.email)
    message_queue(key=key, branch=position.branch, draft=draft, at=at, application=application)
    return True
