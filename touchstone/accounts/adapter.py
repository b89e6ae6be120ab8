"""How allauth behaves here: nobody signs up by themselves, and redirects stay on this host."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import person_actor
from touchstone.accounts.services import password_set


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

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Letters go through the outbox, not from here."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in and out needs no announcement."""
