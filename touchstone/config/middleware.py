"""What every request passes through."""

from __future__ import annotations

import errno
import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import person_actor
from touchstone.audit.services import audit_record
from touchstone.common.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    OutsideError,
    TouchstoneError,
)
from touchstone.common.messages import say
from touchstone.config.views import error_page
from touchstone.ui.policy import POLICY

GetResponse = Callable[[HttpRequest], HttpResponse]
KNOWN_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
log = logging.getLogger("touchstone.web")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})

STATUS: tuple[tuple[type[TouchstoneError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (IllegalTransition, 409),
    (InvalidInput, 422),
    (OutsideError, 503),
)


def request_context(get_response: GetResponse) -> GetResponse:
    """Gives each request a number that a person can quote and the log can find."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(6)  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def language(get_response: GetResponse) -> GetResponse:
    """Chinese unless somebody chose otherwise: by the switch, in their account, in their link.

    What the browser asks for is not followed: the company's language is, until it is switched.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in KNOWN_LANGUAGES and request.user.is_authenticated:
            chosen = str(getattr(request.user, "language", ""))
        if chosen not in KNOWN_LANGUAGES:
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.setdefault("Content-Language", chosen)
        patch_vary_headers(response, ("Cookie",))
        return response

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """No inline script or style, no framing, no reading of what the page has no use for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault(
            "Permissions-Policy", "camera=(self), microphone=(self), geolocation=(), payment=()"
        )
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        is_static = request.path.startswith("/static/")
        if not is_static and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def is_full(exception: Exception) -> bool:
    """Whether the disk, or this user's share of it, is full or cannot be written."""
    if isinstance(exception, OperationalError):
        return "disk is full" in str(exception) or "readonly database" in str(exception)
    return isinstance(exception, OSError) and exception.errno in FULL


def denied_record(request: HttpRequest) -> None:
    """Somebody signed in asked for what they may not do: the auditor can see it."""
    person = getattr(request, "user", None)
    match = request.resolver_match
    if not isinstance(person, Person) or match is None:
        return
    try:
        audit_record(
            person_actor(person, getattr(request, "request_id", "")),
            "access.denied",
            object_type="page",
            object_ref=(match.url_name or "")[:64],
            detail={"method": request.method or "", "ref": str(match.kwargs.get("ref", ""))[:32]},
        )
    except DatabaseError:
        log.warning("a denied request was not recorded", extra={"page": match.url_name or ""})


class KnownErrors:
    """Turns our errors into pages in the reader's language, and a busy database into a 503."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TouchstoneError):
            status = next((code for kind, code in STATUS if isinstance(exception, kind)), 400)
            more = {}
            if isinstance(exception, Conflict):
                more = {"theirs": exception.theirs, "mine": exception.mine}
            if isinstance(exception, NotAllowed):
                denied_record(request)
            return error_page(request, status, exception.message, **more)
        full = is_full(exception)
        if isinstance(exception, OperationalError) or full:
            log.log(
                logging.ERROR if full else logging.WARNING,
                "no room left" if full else "database busy",
                extra={"path_kind": request.path.split("/")[1]},
            )
            response = error_page(request, 503, say("web.no_room") if full else None)
            response["Retry-After"] = "60" if full else "5"
            return response
        return None


known_errors = KnownErrors
