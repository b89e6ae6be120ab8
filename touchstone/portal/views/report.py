"""The candidate's own version of the report, once the decision has been sent."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.evaluation.services.reports import report_for_candidate
from touchstone.portal.access import PortalRequest, candidate_page


@require_GET
@candidate_page
def report(request: PortalRequest) -> HttpResponse:
    """What was looked at with which weight, and one sentence for each dimension."""
    found = report_for_candidate(request.application)
    if found is None:
        raise NotFound(say("reporting.none_issued"))
    return render(request, "portal/report.html", {"report": found})
