"""The way in: a letter's link, a new one, another device, and the way out."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from touchstone.common.clock import utc_now
from touchstone.common.errors import NotFound
from touchstone.portal.access import (
    PortalRequest,
    back_home,
    candidate_page,
    link_of,
    refused,
    tie,
    untie,
)
from touchstone.recruiting.services.links import (
    link_create,
    link_redeem,
    links_send,
    token_sha256,
)

TRIES_AN_HOUR = 60
NEW_LINKS_AN_HOUR = 6


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the letter's link shows a button; pressing it ties this browser to the link.

    Programs that open links in letters to check them press nothing, so they use nothing up.
    """
    known = link_of(request)
    if known is not None and known.token_sha256 == token_sha256(token[:200]):
        return back_home()
    if request.method != "POST":
        return render(request, "portal/enter.html")
    if spent(request, "enter", TRIES_AN_HOUR):
        return refused(request)
    try:
        link, secret = link_redeem(token=token, at=utc_now())
    except NotFound:
        within(request, "enter", TRIES_AN_HOUR)
        return refused(request)
    response = back_home()
    tie(response, link, secret)
    return response


@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """Sends fresh links to the address, if it is a candidate's; says the same if it is not."""
    if within(request, "new-link", NEW_LINKS_AN_HOUR):
        links_send(email=request.POST.get("email", ""), at=utc_now())
    return render(request, "portal/no_link.html", {"asked": True})


@require_POST
@candidate_page
def other_device(request: PortalRequest) -> HttpResponse:
    """A link of its own for going on elsewhere; this browser keeps its own."""
    _link, url = link_create(
        actor=request.actor,
        application=request.application,
        purpose=request.link.purpose,
        at=utc_now(),
        days=2,
    )
    return render(request, "portal/device.html", {"url": url})


@require_POST
@candidate_page
def leave(request: PortalRequest) -> HttpResponse:
    """Takes this browser off the link, as one should on a shared computer."""
    response = render(request, "portal/left.html")
    untie(response)
    return response


def spent(request: HttpRequest, what: str, most: int) -> bool:
    """Whether this address has failed too often within the hour; good links count nothing."""
    return int(cache.get(_key(request, what)) or 0) >= most


def _key(request: HttpRequest, what: str) -> str:
    return f"portal:{what}:{request.META.get('REMOTE_ADDR', '')}"


def within(request: HttpRequest, what: str, most: int) -> bool:
    """Whether this address has asked no more than ``most`` times within the hour."""
    key = _key(request, what)
    cache.add(key, 0, 3600)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:
        return True
