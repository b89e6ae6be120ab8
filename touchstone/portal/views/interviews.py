"""The candidate's side of an interview: a time, and whether they come."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from touchstone.common.clock import utc_now
from touchstone.interviews.services.slots import candidate_reply, slot_take, slots_decline
from touchstone.portal.access import PortalRequest, candidate_page


@require_POST
@candidate_page
def reply(request: PortalRequest, ref: str) -> HttpResponse:
    """Comes, or cannot come."""
    candidate_reply(
        actor=request.actor,
        application=request.application,
        interview_ref=ref,
        reply=request.POST.get("reply", ""),
        at=utc_now(),
    )
    return _back()


@require_POST
@candidate_page
def take(request: PortalRequest, ref: str) -> HttpResponse:
    """Books one of the offered times; somebody quicker leaves the others open."""
    slot_take(actor=request.actor, application=request.application, slot_ref=ref, at=utc_now())
    return _back()


@require_POST
@candidate_page
def none_suits(request: PortalRequest) -> HttpResponse:
    """None of the times suits; the recruiter is told and offers others."""
    slots_decline(
        actor=request.actor,
        application=request.application,
        note=request.POST.get("note", ""),
        at=utc_now(),
    )
    return _back()


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('portal-home')}#interviews")
