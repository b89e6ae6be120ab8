"""What a candidate may ask for, take away or have deleted."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from touchstone.common.clock import utc_now
from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.evaluation.services.erasure import candidate_erase, must_be_kept
from touchstone.portal.access import PortalRequest, back_home, candidate_page, untie
from touchstone.portal.my_data import archive_of
from touchstone.portal.views.home import asked_of
from touchstone.recruiting.models import CandidateRequest
from touchstone.recruiting.services.applications import application_move, is_final
from touchstone.recruiting.services.requests import request_open
from touchstone.recruiting.stages import Stage

PAGES = ("explanation", "human_review", "deletion", "withdraw")


@require_http_methods(["GET", "POST"])
@candidate_page
def ask(request: PortalRequest, kind: str) -> HttpResponse:
    """What it means, who answers by when; posting sends it."""
    if kind not in PAGES:
        raise NotFound(say("recruiting.no_such_request"))
    if request.method == "POST" and kind in {"explanation", "human_review"}:
        request_open(
            actor=request.actor,
            application=request.application,
            kind=kind,
            text=request.POST.get("text", ""),
            at=utc_now(),
        )
        return back_home()
    return render(request, "portal/right.html", _context(request, kind))


def _context(request: PortalRequest, kind: str, error: str = "") -> dict[str, Any]:
    application = request.application
    return {
        "kind": kind,
        "application": application,
        "position": application.position,
        **asked_of(application),
        "kept": must_be_kept(request.candidate),
        "closed": is_final(application.stage),
        "error": error,
        "waiting": CandidateRequest.objects.filter(
            application=application, kind=kind, answered_at=None
        ).first(),
    }


@require_POST
@candidate_page
def withdraw(request: PortalRequest) -> HttpResponse:
    """Leaves the round; what was written stays until it is deleted."""
    application_move(
        actor=request.actor,
        application=request.application,
        to=Stage.WITHDRAWN,
        at=utc_now(),
        reason=request.POST.get("text", ""),
    )
    return back_home()


@require_POST
@candidate_page
def erase(request: PortalRequest) -> HttpResponse:
    """Deletes the candidate's data and gives a receipt; people answer those who were hired."""
    now = utc_now()
    if request.POST.get("sure") != "yes":
        return render(request, "portal/right.html", _context(request, "deletion", "sure"))
    if must_be_kept(request.candidate):
        request_open(actor=request.actor, application=request.application, kind="deletion", at=now)
        return back_home()
    receipt = candidate_erase(actor=request.actor, candidate=request.candidate, at=now)
    response = render(request, "portal/erased.html", {"receipt": receipt, "at": now})
    untie(response)
    return response


@require_POST
@candidate_page
def my_data(request: PortalRequest) -> HttpResponse:
    """Everything kept about the candidate, as one archive."""
    now = utc_now()
    request_open(actor=request.actor, application=request.application, kind="copy", at=now)
    data = archive_of(request.candidate, at=now)
    CandidateRequest.objects.filter(
        application=request.application, kind="copy", answered_at=None
    ).update(answered_at=now)
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return response
