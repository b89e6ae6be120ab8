"""Links with which colleagues set their password, handed over by letter or in person."""

from __future__ import annotations

import datetime as dt
import secrets

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.recruiting.letters import letter
from touchstone.recruiting.services.outbox import Draft, message_queue


@transaction.atomic
def colleague_invite(*, actor: Actor, person: Person, at: dt.datetime) -> str:
    """The address at which the person sets a password, also sent to them where we know how.

    It works once and for seven days; setting a password makes every earlier link useless.

    Raises:
        InvalidInput: the account is closed.
    """
    if not person.is_active:
        raise InvalidInput(say("accounts.closed"))
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    uid, token = key.split("-", 1)
    path = reverse("account_reset_password_from_key", args=[uid, token])
    address = f"{settings.BASE_URL}{path}"
    channel = "wecom" if person.wecom_userid else "mail"
    if person.branch and (person.wecom_userid or person.email):
        language = "en" if person.language == "en" else "zh"
        subject, body = letter(
            "account_invitation",
            language,
            name=person.name_en or person.name if language == "en" else person.name,
            inviter=actor.name,
            username=person.username,
            link=address,
        )
        message_queue(
            key=f"account:{person.ref}:{secrets.token_hex(6)}",
            branch=person.branch,
            draft=Draft(
                channel=channel,
                template="account_invitation",
                language=language,
                subject=subject,
                body=body,
                address=person.wecom_userid or person.email,
            ),
            at=at,
            person=person,
        )
    audit_record(
        actor,
        "person.invited",
        object_type="person",
        object_ref=person.ref,
        branch_ref=person.branch.ref if person.branch else "",
    )
    return address
