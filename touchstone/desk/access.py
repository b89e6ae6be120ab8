"""Every desk view starts here: signed in, active, and known as an actor."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import person_actor, require_role
from touchstone.common.actors import Actor
from touchstone.common.messages import say
from touchstone.desk.shell import menu_of
from touchstone.ui.bilingual import message_text


class DeskRequest(HttpRequest):
    """A request of somebody signed in."""

    user: Person
    actor: Actor
    request_id: str


View = Callable[..., HttpResponseBase]


def staff(*roles: str) -> Callable[[View], View]:
    """For signed-in people; with roles, for those who hold one of them in some branch.

    The view itself scopes every object to what the person may see.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            person = request.user
            if not person.is_authenticated or not person.is_active:
                if wants_json(request):
                    text = message_text(say("accounts.signed_out"))
                    body = {"error": "accounts.signed_out", "detail": text}
                    return JsonResponse(body, status=401)
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            if roles:
                require_role(person, roles)
            request.actor = person_actor(  # type: ignore[attr-defined]
                person,
                getattr(request, "request_id", ""),
            )
            request.menu = menu_of(person)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        wrapped.required_roles = tuple(roles)  # type: ignore[attr-defined]
        return wrapped

    return decorate


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, rather than a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def chosen(request: HttpRequest, name: str) -> Iterable[str]:
    """The values of a repeated field."""
    return request.POST.getlist(name)
