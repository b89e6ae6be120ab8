"""How allauth behaves here: nobody signs up by themselves, and redirects stay on this host."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import person_actor
from touchstone.accounts.services import password_set
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are added by an administrator, from a file, or from WeCom."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        return bool(
            url and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """The peer's address; what a proxy says counts only from configured proxies."""
        from django.conf import settings

        peer = str(request.META.get("REMOTE_ADDR", ""))
        if peer in settings.TRUSTED_PROXIES:
            forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            return forwarded[-1].strip() or peer
        return peer

    def set_password(self, user: Person, password: str) -> None:
        """A person chose their own: by an invitation's link, or on the page for it."""
        password_set(actor=person_actor(user), person=user, password=password)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password is on record, with the account where there is one of that name."""
        super().authentication_failed(request, **credentials)
        name = str(credentials.get("username", ""))[:150]
        known = Person.objects.filter(username=name).values_list("ref", flat=True).first()
        audit_record(
            SYSTEM,
            "sign_in.failed",
            object_type="person",
            object_ref=known or "unknown",
        )

    def login(self, request: HttpRequest, user: Person) -> None:
        """Starts the session; who came in is on record."""
        super().login(request, user)
        audit_record(
            person_actor(user, getattr(request, "request_id", "")),
            "sign_in.done",
            object_type="person",
            object_ref=user.ref,
            branch_ref=user.branch.ref if user.branch else "",
        )

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Letters go through the outbox, not from here."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in and out needs no announcement."""
