"""Every page of a candidate starts here: a browser tied to one link, asked again each time."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from touchstone.common.actors import Actor
from touchstone.common.clock import utc_now
from touchstone.common.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    TouchstoneError,
)
from touchstone.recruiting.models import Application, Candidate, PortalLink
from touchstone.recruiting.services.links import link_of_session
from touchstone.ui.bilingual import choose, message_text

COOKIE = "touchstone_portal"
SALT = "touchstone.portal"
PATH = "/p/"
STATUS: tuple[tuple[type[TouchstoneError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (IllegalTransition, 409),
    (InvalidInput, 422),
)


class PortalRequest(HttpRequest):
    """A request of a candidate: theirs is what the link says, whatever the form says."""

    link: PortalLink
    application: Application
    candidate: Candidate
    actor: Actor
    request_id: str


View = Callable[..., HttpResponseBase]


def candidate_page(view: View) -> View:
    """For a browser whose link still opens something; others are shown how to get a new one."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        link = link_of(request)
        if link is None:
            return refused(request)
        prepare(request, link)
        try:
            return view(request, *args, **kwargs)
        except TouchstoneError as error:
            return problem(request, error)

    wrapped.for_candidates = True  # type: ignore[attr-defined]
    return wrapped


def prepare(request: HttpRequest, link: PortalLink) -> None:
    """Puts whose page this is onto the request, in their language unless they chose another."""
    application = link.application
    request.link = link  # type: ignore[attr-defined]
    request.application = application  # type: ignore[attr-defined]
    request.candidate = application.candidate  # type: ignore[attr-defined]
    request.actor = Actor(  # type: ignore[attr-defined]
        "candidate", application.candidate.ref, request_id=getattr(request, "request_id", "")
    )
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate("en" if application.candidate.language == "en" else "zh-hans")
    position = application.position
    branch = position.branch
    request.position_title = choose(  # type: ignore[attr-defined]
        position.title, position.title_en or position.title
    )
    request.company = choose(branch.name, branch.name_en or branch.name)  # type: ignore[attr-defined]


def link_of(request: HttpRequest) -> PortalLink | None:
    """The living link this browser is tied to."""
    try:
        value = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return None
    ref, _, secret = str(value).partition(".")
    return link_of_session(ref=ref, secret=secret, at=utc_now())


def tie(response: HttpResponse, link: PortalLink, secret: str) -> None:
    """Ties the browser to the link by a cookie of the portal's own, apart from staff sessions."""
    response.set_cookie(
        COOKIE,
        signing.dumps(f"{link.ref}.{secret}", salt=SALT),
        expires=link.expires_at,
        path=PATH,
        secure=settings.BASE_URL.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def untie(response: HttpResponse) -> None:
    """Takes the browser off the link."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def refused(request: HttpRequest) -> HttpResponse:
    """One neutral page for every link that does not open, whyever."""
    if wants_json(request):
        return JsonResponse({"error": "recruiting.link_dead"}, status=403)
    return render(request, "portal/no_link.html", status=403)


def problem(request: HttpRequest, error: TouchstoneError, **more: Any) -> HttpResponse:
    """The error on a page of the portal, with the way back; ``more`` goes to a script that asks."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 400)
    text = message_text(error.message)
    if wants_json(request):
        body: dict[str, Any] = {"error": error.message.id, "detail": text, **more}
        if isinstance(error, Conflict):
            body |= {"theirs": error.theirs, "mine": error.mine}
        return JsonResponse(body, status=status)
    context = {"status": status, "message": text}
    if getattr(request, "htmx", None):
        return render(request, "ui/error_block.html", context, status=status)
    return render(request, "portal/problem.html", context, status=status)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, rather than a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def back_home() -> HttpResponseRedirect:
    """To the candidate's overview."""
    return HttpResponseRedirect(reverse("portal-home"))
