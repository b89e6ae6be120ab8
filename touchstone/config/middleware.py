"""What every request passes through."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from touchstone.common.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    TouchstoneError,
)
from touchstone.config.views import error_page
from touchstone.ui.policy import POLICY

GetResponse = Callable[[HttpRequest], HttpResponse]
KNOWN_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
log = logging.getLogger("touchstone.web")

STATUS: tuple[tuple[type[TouchstoneError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (IllegalTransition, 409),
    (InvalidInput, 422),
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
            request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
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
            return error_page(request, status, exception.message, **more)
        if isinstance(exception, OperationalError):
            log.warning("database busy", extra={"path_kind": request.path.split("/")[1]})
            response = error_page(request, 503, None)
            response["Retry-After"] = "5"
            return response
        return None


known_errors = KnownErrors
