"""Who calls the API: a token in a person's name, with scopes."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from touchstone.accounts.models import ApiToken, Person
from touchstone.accounts.permissions import person_actor
from touchstone.accounts.tokens import token_find
from touchstone.common.actors import Actor
from touchstone.common.clock import utc_now
from touchstone.common.errors import NotAllowed
from touchstone.common.messages import say


class ApiRequest(HttpRequest):
    """A request with a living token."""

    auth: ApiToken
    user: Person
    actor: Actor


class TokenAuth(HttpBearer):
    """``Authorization: Bearer ts_…``"""

    openapi_description = "A token made under People and roles, API access."

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = token_find(token, utc_now())
        if found is None:
            return None
        request.user = found.person
        request.actor = person_actor(  # type: ignore[attr-defined]
            found.person, getattr(request, "request_id", "")
        )
        return found


def require_scope(request: ApiRequest, scope: str) -> None:
    """Raises:
    NotAllowed: the token was not given this scope.
    """
    if scope not in request.auth.scopes:
        raise NotAllowed(say("api.missing_scope", scope=scope))


def may(request: ApiRequest, scope: str) -> bool:
    """Whether the token was given the scope."""
    return scope in request.auth.scopes
