"""What waits for me today; finding people and actions."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.accounts.models import Person, Role
from touchstone.accounts.permissions import has_role, in_branches
from touchstone.common.clock import utc_now
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.shell import menu_of
from touchstone.desk.views.pool import search_address
from touchstone.evaluation.models import Outcome, Scorecard
from touchstone.evaluation.samples import open_samples
from touchstone.insights.waiting import waiting_work
from touchstone.interviews.models import Interview, PanelMember
from touchstone.interviews.permissions import interview_for
from touchstone.interviews.services.room import panel_reply
from touchstone.positions.permissions import (
    RUNS_BRANCH,
    SEES_BRANCH,
    sees_applicants_of,
    visible_positions,
)
from touchstone.recruiting import pool_search, pool_watch
from touchstone.recruiting.models import CandidateRequest
from touchstone.recruiting.permissions import visible_applications
from touchstone.ui.bilingual import choose

OVERDUE_AFTER = dt.timedelta(hours=20)
MOST_ROWS = 12


@require_GET
@staff()
def today(request: DeskRequest) -> HttpResponse:
    """My interviews, my open scorecards, and the positions with what waits in each."""
    now = utc_now()
    ahead, owed = my_seats(request.user, now)
    positions = list(
        visible_positions(request.user)
        .exclude(status="closed")
        .select_related("branch", "department")
        .order_by("-opened_at", "-pk")[:20]
    )
    seen = sees_applicants_of(request.user, positions)
    return render(
        request,
        "desk/today.html",
        {
            "next": ahead[0] if ahead else None,
            "ahead": ahead[1:],
            "owed": owed,
            "overdue": sum(1 for seat in owed if is_overdue(seat, now)),
            "outcomes": Outcome.objects.filter(
                hire__manager=request.user,
                at=None,
                due_on__lte=now.date() + dt.timedelta(days=7),
            ).select_related("hire__application__candidate"),
            "samples": open_samples(request.user),
            "pool_news": pool_news(request.user, now),
            "troubles": troubles(request.user, now),
            "rows": [(row, row.position.pk in seen) for row in waiting_work(positions)],
            "may_create": has_role(request.user, (Role.ADMINISTRATOR, Role.RECRUITER)),
            "now": now,
            "soon": now + dt.timedelta(minutes=30),
        },
    )


def pool_news(person: Person, now: dt.datetime) -> list[dict[str, object]]:
    """Whom the talent pool has for the person: to be contacted as they noted, for positions that
    opened, and for the searches they keep."""
    if not has_role(person, SEES_BRANCH):
        return []
    rows: list[dict[str, object]] = [
        {
            "words": choose(
                f"该联系：{entry.candidate.name}，{note.text[:40]}",
                f"To contact: {entry.candidate.name}, {note.text[:40]}",
            ),
            "url": f"{reverse('pool-person', args=[entry.ref])}#notes",
        }
        for entry, note in pool_search.reminders_due(person, now.date())
    ]
    rows += [
        {
            "words": choose(
                f"「{row.position.title}」：人才库里有 {row.fits} 人合适",
                f"{row.position.title_en or row.position.title}: {row.fits} people of the pool fit",
            ),
            "url": f"{reverse('pool')}?position={row.position.ref}",
        }
        for row in pool_watch.suggestions_for(person, now)
    ]
    rows += [
        {
            "words": choose(
                f"存下的查找「{saved.search.name}」：{saved.fresh} 位新人",
                f"Saved search {saved.search.name}: {saved.fresh} new",
            ),
            "url": search_address(saved),
        }
        for saved in pool_watch.saved_searches(person, now)
        if saved.fresh
    ]
    return rows[:MOST_ROWS]


def my_seats(person: Person, now: dt.datetime) -> tuple[list[PanelMember], list[PanelMember]]:
    """Interviews ahead, the next one first; and those that are over with an open scorecard."""
    seats = PanelMember.objects.filter(person=person, removed_at=None).select_related(
        "interview__application__candidate", "interview__application__position"
    )
    ahead = (
        seats.filter(interview__ends_at__gt=now)
        .exclude(interview__status__in=["done", "cancelled"])
        .order_by("interview__starts_at")[:MOST_ROWS]
    )
    submitted = Scorecard.objects.filter(rater=person, status="submitted")
    owed = (
        seats.filter(interview__status="done", interview__application__position__status="open")
        .exclude(interview__in=submitted.values("interview_id"))
        .exclude(seat="shadow")
        .order_by("interview__ended_at")[:MOST_ROWS]
    )
    return list(ahead), list(owed)


def is_overdue(seat: PanelMember, now: dt.datetime) -> bool:
    """Whether the talk has been over for about a day."""
    ended = seat.interview.ended_at
    return ended is not None and ended < now - OVERDUE_AFTER


def troubles(person: Person, now: dt.datetime) -> list[dict[str, object]]:
    """What stands in the way of interviews ahead, for those who run them."""
    if not has_role(person, RUNS_BRANCH):
        return []
    found = (
        Interview.objects.filter(
            in_branches(person, RUNS_BRANCH, "application__branch"), starts_at__gt=now
        )
        .exclude(status__in=["done", "cancelled"])
        .filter(
            Q(candidate_reply="declined")
            | ~Q(meeting_failure="")
            | Q(panel__reply="declined", panel__removed_at=None)
        )
        .select_related("application__candidate")
        .distinct()
        .order_by("starts_at")[:MOST_ROWS]
    )
    rows: list[dict[str, object]] = []
    for interview in found:
        if interview.meeting_failure:
            words = choose("会议还没有建好", "there is no meeting yet")
        elif interview.candidate_reply == "declined":
            words = choose("候选人来不了", "the candidate cannot come")
        else:
            words = choose("有面试官来不了", "an interviewer cannot come")
        rows.append(
            {
                "name": interview.application.candidate.name,
                "when": interview.starts_at,
                "words": words,
                "url": reverse("interview-move", args=[interview.ref]),
            }
        )
    wishes = CandidateRequest.objects.filter(
        in_branches(person, RUNS_BRANCH, "application__branch"),
        kind="other_time",
        answered_at=None,
    ).select_related("application__candidate")[:MOST_ROWS]
    rows += [
        {
            "name": wish.application.candidate.name,
            "when": wish.created_at,
            "words": choose("想换个时间", "asks for another time"),
            "url": reverse("interview-book", args=[wish.application.ref]),
        }
        for wish in wishes
        if wish.application is not None
    ]
    return rows


@require_POST
@staff()
def reply(request: DeskRequest, ref: str) -> HttpResponse:
    """Whether I come to an interview."""
    interview = interview_for(request.user, ref)
    panel_reply(actor=request.actor, interview=interview, reply=request.POST.get("reply", ""))
    return HttpResponseRedirect(reverse("today"))


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
    positions = list(visible_positions(request.user).filter(title__icontains=words)[:5])
    sees = sees_applicants_of(request.user, positions)
    for position in positions:
        rows.append(
            {
                "label": position.title,
                "hint": choose("岗位", "Position"),
                "url": reverse(
                    "shortlist" if position.pk in sees else "position", args=[position.ref]
                ),
            }
        )
    rows += [
        {"label": link.label, "hint": choose("前往", "Go to"), "url": link.url}
        for link in menu_of(request.user)
        if words.lower() in link.label.lower()
    ]
    return JsonResponse(rows, safe=False)
