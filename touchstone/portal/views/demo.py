"""The demo's way in for candidates, where there are no letters to open."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from touchstone.accounts.views import is_demo
from touchstone.assessments.models import Attempt
from touchstone.common.actors import SYSTEM
from touchstone.common.clock import utc_now
from touchstone.portal.access import untie
from touchstone.recruiting.services.links import link_create


@require_POST
def as_candidate(request: HttpRequest) -> HttpResponse:
    """Opens the letter of a candidate whose assessment is still ahead, in the demo only."""
    if not is_demo(request):
        raise Http404
    now = utc_now()
    attempt = (
        Attempt.objects.filter(
            status__in=[Attempt.Status.INVITED, Attempt.Status.STARTED], deadline__gt=now
        )
        .select_related("application__branch", "application__candidate")
        .order_by("pk")
        .first()
    )
    if attempt is None:
        raise Http404
    _link, address = link_create(
        actor=SYSTEM, application=attempt.application, purpose="portal", at=now, days=2
    )
    token = address.rstrip("/").rsplit("/", 1)[-1]
    response = HttpResponseRedirect(reverse("portal-enter", args=[token]))
    untie(response)
    return response
