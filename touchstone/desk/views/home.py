"""What waits for me today; finding people and actions."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from touchstone.accounts.models import Role
from touchstone.accounts.permissions import has_role
from touchstone.common.clock import utc_now
from touchstone.desk.access import DeskRequest, staff
from touchstone.evaluation.models import Outcome, Scorecard
from touchstone.insights.waiting import waiting_work
from touchstone.interviews.models import Interview, PanelMember
from touchstone.positions.permissions import visible_positions
from touchstone.recruiting.permissions import visible_applications
from touchstone.ui.bilingual import choose


@require_GET
@staff()
def today(request: DeskRequest) -> HttpResponse:
    """My interviews, my open scorecards, and the positions with what waits in each."""
    now = utc_now()
    seats = (
        PanelMember.objects.filter(person=request.user, removed_at=None)
        .exclude(interview__status=Interview.Status.CANCELLED)
        .select_related("interview__application__candidate", "interview__application__position")
    )
    submitted = set(
        Scorecard.objects.filter(rater=request.user, status="submitted").values_list(
            "interview_id", flat=True
        )
    )
    ahead = sorted(
        (s for s in seats if s.interview.ends_at > now and s.interview.status != "done"),
        key=lambda s: s.interview.starts_at,
    )[:12]
    owed = [s for s in seats if s.interview.status == "done" and s.interview_id not in submitted]
    outcomes = Outcome.objects.filter(
        hire__manager=request.user, at=None, due_on__lte=now.date() + dt.timedelta(days=7)
    ).select_related("hire__application__candidate")
    positions = list(
        visible_positions(request.user)
        .exclude(status="closed")
        .select_related("branch", "department")
        .order_by("-opened_at", "-pk")[:20]
    )
    return render(
        request,
        "desk/today.html",
        {
            "ahead": ahead,
            "owed": owed,
            "outcomes": outcomes,
            "rows": waiting_work(positions),
            "may_create": has_role(request.user, (Role.ADMINISTRATOR, Role.RECRUITER)),
        },
    )


@require_GET
@staff()
def palette(request: DeskRequest) -> HttpResponse:
    """People first, then positions and actions, all of them links the person may open."""
    words = request.GET.get("q", "").strip()[:60]
    rows = []
    if words:
        found = (
            visible_applications(request.user)
            .filter(candidate__name__icontains=words)
            .select_related("candidate", "position")[:8]
        )
        rows = [
            {
                "label": application.candidate.name,
                "hint": application.position.title,
                "url": reverse("application", args=[application.ref]),
            }
            for application in found
        ]
    for position in visible_positions(request.user).filter(title__icontains=words)[:5]:
        rows.append(
            {
                "label": position.title,
                "hint": choose("岗位", "Position"),
                "url": reverse("shortlist", args=[position.ref]),
            }
        )
    actions = (
        (choose("今天", "Today"), "today"),
        (choose("岗位", "Positions"), "positions"),
        (choose("人才库", "Talent pool"), "pool"),
        (choose("题库", "Question bank"), "library"),
        (choose("后台任务", "Background work"), "work"),
    )
    rows += [
        {"label": label, "hint": choose("前往", "Go to"), "url": reverse(name)}
        for label, name in actions
        if words.lower() in label.lower()
    ]
    return JsonResponse(rows, safe=False)
