"""Interviews of a position: the week's board, planning a round, booking, moving, cancelling."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.accounts.models import Person
from touchstone.common.clock import utc_now
from touchstone.common.errors import Conflict, InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.shell import position_shell
from touchstone.desk.week import FIRST_HOUR, LAST_HOUR, monday_of, week_name, week_of
from touchstone.engine.scheduling.problem import Seat as SeatWish
from touchstone.interviews.models import Interview, InterviewPlan
from touchstone.interviews.permissions import interview_for, visible_interviews
from touchstone.interviews.services.arranging import (
    dimensions_of,
    focus_of,
    interview_arrange,
    interview_call_off,
    interview_rearrange,
)
from touchstone.interviews.services.booking import Seat
from touchstone.interviews.services.calendars import open_slots, panel_people
from touchstone.interviews.services.free_times import free_times
from touchstone.interviews.services.meetings import default_provider, meeting_link_set
from touchstone.interviews.services.panel import panel_add, panel_dismiss
from touchstone.interviews.services.planning import (
    PanelWish,
    plan_accept,
    plan_keep,
    plan_of,
    round_plan,
)
from touchstone.interviews.services.slots import SlotWish, slots_offer
from touchstone.positions.models import Position
from touchstone.positions.permissions import may_run, position_for, require_run
from touchstone.recruiting.models import Application, CandidateRequest
from touchstone.recruiting.permissions import application_for
from touchstone.recruiting.stages import Stage
from touchstone.ui.bilingual import choose

MINUTES = (30, 45, 60, 75, 90, 120)
KINDS = (
    ("algorithm", "算法部门", "Algorithm"),
    ("business", "业务部门", "Business"),
    ("hr", "人力资源", "HR"),
)
MOST_WAITING = 60
NOBODY = "desk/interviews_nobody.html"


@require_GET
@staff()
def board(request: DeskRequest, ref: str) -> HttpResponse:
    """The week, who has replied, and who still has no interview."""
    position = position_for(request.user, ref)
    now, zone = utc_now(), ZoneInfo(position.branch.time_zone)
    today = now.astimezone(zone).date()
    standing = (
        visible_interviews(request.user)
        .filter(application__position=position)
        .exclude(status=Interview.Status.CANCELLED)
    )
    monday = _first_week(request, standing, today, now)
    start = dt.datetime.combine(monday, dt.time(), tzinfo=zone)
    shown = (
        standing.filter(starts_at__gte=start, starts_at__lt=start + dt.timedelta(days=7))
        .select_related("application__candidate")
        .prefetch_related("panel__person")
    )
    position_shell(request, position, "interviews")
    runs = may_run(request.user, position)
    return render(
        request,
        "desk/interviews.html",
        {
            "position": position,
            "week": week_of(shown, monday, zone, today),
            "this_week": week_name(today),
            "hours": range(FIRST_HOUR, LAST_HOUR),
            "first_hour": FIRST_HOUR,
            "may_run": runs,
            "waiting": _waiting(position, now) if runs else [],
            "offers": _offers(position, now) if runs else [],
            "requests": _requests(position) if runs else [],
            "total": standing.count(),
            "now_there": f"{now.astimezone(zone):%Y-%m-%dT%H:%M}",
            "move_title": choose("改期", "Move the interview"),
        },
    )


def _first_week(request: DeskRequest, standing: Any, today: dt.date, now: dt.datetime) -> dt.date:
    """The week asked for; else the one with the next interview."""
    name = request.GET.get("week", "")
    if name:
        return monday_of(name, today)
    ahead = standing.filter(ends_at__gt=now).order_by("starts_at").values_list("starts_at").first()
    last = standing.order_by("-starts_at").values_list("starts_at").first()
    chosen = ahead or last
    return monday_of(week_name(chosen[0].date()) if chosen else "", today)


def _waiting(position: Position, now: dt.datetime) -> list[Application]:
    """Those at a stage for an interview who have none standing nor a choice of times, the best
    first."""
    standing = Interview.objects.exclude(status=Interview.Status.CANCELLED)
    return list(
        Application.objects.filter(
            position=position, stage__in=[Stage.ASSESSED, Stage.INTERVIEWING]
        )
        .exclude(pk__in=standing.values("application_id"))
        .exclude(pk__in=open_slots(now).values("application_id"))
        .select_related("candidate", "attempt")
        .order_by("-score")[:MOST_WAITING]
    )


def _offers(position: Position, now: dt.datetime) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    offers = open_slots(now).filter(application__position=position)
    for slot in offers.select_related("application__candidate").order_by("starts_at"):
        row = rows.setdefault(
            slot.application_id, {"application": slot.application, "slots": [], "until": None}
        )
        row["slots"].append(slot)
        row["until"] = slot.expires_at
    return list(rows.values())


def _requests(position: Position) -> list[CandidateRequest]:
    return list(
        CandidateRequest.objects.filter(
            application__position=position, kind="other_time", answered_at=None
        )
        .select_related("application__candidate")
        .order_by("created_at")
    )


@require_http_methods(["GET", "POST"])
@staff()
def plan(request: DeskRequest, ref: str) -> HttpResponse:
    """Candidates, panel and days → a proposal with reasons for who has no place → accept."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    now = utc_now()
    if request.method == "POST":
        if request.POST.get("do") == "accept":
            return _accept(request, position, now)
        return _propose(request, position, now)
    position_shell(request, position, "interviews")
    zone = ZoneInfo(position.branch.time_zone)
    today = now.astimezone(zone).date()
    kept = _kept(position, request.GET.get("plan", "")) if request.GET.get("plan") else None
    found = plan_of(kept) if kept else None
    people = panel_people(position)
    return render(
        request,
        "desk/interviews_plan.html",
        {
            "position": position,
            "kept": kept,
            "plan": found,
            "loads": _loads(found) if found else [],
            "candidates": _waiting(position, now),
            "people": people,
            "kinds": [
                (
                    key,
                    choose(zh, en),
                    sum(1 for p in people if p.department and p.department.kind == key),
                )
                for key, zh, en in KINDS
            ],
            "minutes": MINUTES,
            "first": today + dt.timedelta(days=1),
            "last": today + dt.timedelta(days=14),
            "provider": default_provider(),
        },
    )


def _propose(request: DeskRequest, position: Position, now: dt.datetime) -> HttpResponse:
    chosen = request.POST.getlist("application")
    applications = list(
        Application.objects.filter(position=position, ref__in=chosen)
        .select_related("candidate", "position__branch", "position__model_version")
        .order_by("-score")
    )
    seats = tuple(
        SeatWish(department=key, count=count)
        for key, _zh, _en in KINDS
        if (count := _count(request.POST.get(f"seats_{key}"))) > 0
    )
    if not seats:
        raise InvalidInput(say("interviews.no_panel"), field="panel")
    minutes = _minutes(request.POST.get("minutes"))
    round_no = max(1, min(5, _count(request.POST.get("round_no")) or 1))
    found = round_plan(
        position=position,
        applications=applications,
        panels=[
            PanelWish(
                round_no=round_no,
                title=request.POST.get("title", "").strip()[:120],
                minutes=minutes,
                seats=seats,
            )
        ],
        horizon=(_day(request.POST.get("first")), _day(request.POST.get("last"))),
        at=now,
    )
    url, place = _where(request)
    materials = request.POST.get("materials", "")[:2000]
    found = replace(found, meeting_url=url, place=place, materials=materials)
    kept = plan_keep(actor=request.actor, plan=found, at=now)
    return HttpResponseRedirect(f"{_plan_url(position)}?plan={kept.ref}")


def _accept(request: DeskRequest, position: Position, now: dt.datetime) -> HttpResponse:
    kept = _kept(position, request.POST.get("plan", ""))
    wanted = len(kept.document["proposals"])
    booked = plan_accept(actor=request.actor, kept=kept, at=now)
    left = wanted - len(booked)
    words = choose(
        f"已约 {len(booked)} 场，通知已发出。",
        f"{len(booked)} interviews are booked and announced. ",
    )
    if left:
        words += choose(
            f"{left} 场的时间刚被占用，没有约，可以再排一次。",
            f"{left} could not be booked: their time was taken meanwhile. Plan them again.",
        )
    messages.success(request, words)
    return HttpResponseRedirect(reverse("interviews", args=[position.ref]))


def _loads(found: Any) -> list[tuple[Person, int]]:
    counts: dict[Person, int] = {}
    for proposal in found.proposals:
        for person in proposal.people:
            counts[person] = counts.get(person, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0].name))


@require_http_methods(["GET", "POST"])
@staff()
def book(request: DeskRequest, ref: str) -> HttpResponse:
    """One interview in one place: panel, length, proposed free times; or times to offer.

    A page of its own, or what a dialog shows over the page from which it was opened.
    """
    application = application_for(request.user, ref)
    require_run(request.user, application.position)
    now = utc_now()
    if request.method == "GET":
        return _book_form(request, application, now)
    people = _chosen(request, panel_people(application.position))
    try:
        done = _book(request, application, people, _minutes(request.POST.get("minutes")), now)
    except (InvalidInput, Conflict) as error:
        return _book_form(request, application, now, refused=error)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": done["Location"]})
    return done


@require_GET
@staff()
def book_at(request: DeskRequest, ref: str) -> HttpResponse:
    """The same for a time that was pointed at on the board; whom for is chosen there."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    now = utc_now()
    waiting = _waiting(position, now)
    wanted = request.GET.get("application", "")
    chosen = next((a for a in waiting if a.ref == wanted), waiting[0] if waiting else None)
    if chosen is None:
        position_shell(request, position, "interviews")
        part = "desk/parts/book_here.html" if request.headers.get("HX-Request") else NOBODY
        return render(request, part, {"position": position})
    return _book_form(request, application_for(request.user, chosen.ref), now, others=waiting)


def _chosen(request: DeskRequest, people: list[Person]) -> list[Person]:
    source = request.POST if request.method == "POST" else request.GET
    return [p for p in people if p.ref in source.getlist("person")] or _usual(people)


def _book_form(
    request: DeskRequest,
    application: Application,
    now: dt.datetime,
    *,
    others: list[Application] | None = None,
    refused: InvalidInput | Conflict | None = None,
) -> HttpResponse:
    """What was chosen and typed stays on the form when it is refused."""
    position = application.position
    source = request.POST if request.method == "POST" else request.GET
    people = panel_people(position)
    chosen = _chosen(request, people)
    minutes = _minutes(source.get("minutes"))
    times = free_times(application=application, people=chosen, minutes=minutes, at=now)
    zone = ZoneInfo(position.branch.time_zone)
    pointed = _local(source.get("at", ""), zone)
    offered = {t.start.astimezone(zone).strftime("%Y-%m-%dT%H:%M"): t for t in times}
    fits = offered.get(pointed) if refused is None else None
    if "at" in request.POST and others is None:
        others = _waiting(position, now)
    context = {
        "position": position,
        "application": application,
        "people": people,
        "chosen": {p.ref for p in chosen},
        "minutes": MINUTES,
        "length": minutes,
        "times": times,
        "provider": default_provider(),
        "round_no": source.get("round_no")
        or application.interviews.exclude(status="cancelled").count() + 1,
        "refused": refused,
        "typed": source,
        "others": others,
        "at": pointed,
        "pointed_taken": pointed[-5:] if pointed and not fits and refused is None else "",
        "other_start": source.get("other_start", "") if refused or fits else pointed,
        "starts": {fits.start.isoformat()} if fits else set(source.getlist("start")),
        "in_dialog": bool(request.headers.get("HX-Request")),
    }
    if request.headers.get("HX-Target") == "times":
        return render(request, "desk/parts/free_times.html", context)
    position_shell(request, position, "interviews")
    status = 200 if refused is None else 409 if isinstance(refused, Conflict) else 422
    page = "desk/parts/book_here.html" if context["in_dialog"] else "desk/interview_book.html"
    return render(request, page, context, status=status)


def _local(value: str, zone: ZoneInfo) -> str:
    """A moment as a field of date and time has it, in the branch's zone; empty for no moment."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return ""
    there = moment.astimezone(zone) if moment.tzinfo else moment
    return there.strftime("%Y-%m-%dT%H:%M")


def _book(
    request: DeskRequest,
    application: Application,
    people: list[Person],
    minutes: int,
    now: dt.datetime,
) -> HttpResponse:
    position = application.position
    round_no = max(1, min(5, _count(request.POST.get("round_no")) or 1))
    starts = [_moment(value, position) for value in request.POST.getlist("start") if value]
    own = request.POST.get("other_start", "")
    if own:
        starts.append(_moment(own, position))
    length = dt.timedelta(minutes=minutes)
    if request.POST.get("do") == "offer":
        slots_offer(
            actor=request.actor,
            application=application,
            slots=[SlotWish(start, start + length, tuple(people)) for start in starts],
            at=now,
            round_no=round_no,
        )
        messages.success(
            request, choose("可选时间已发给候选人。", "The times were sent to the candidate.")
        )
        return HttpResponseRedirect(reverse("interviews", args=[position.ref]))
    if len(starts) != 1:
        raise InvalidInput(say("interviews.one_time"), field="start")
    dimensions = dimensions_of(application)
    url, place = _where(request)
    interview = interview_arrange(
        actor=request.actor,
        application=application,
        starts_at=starts[0],
        ends_at=starts[0] + length,
        seats=[
            Seat(
                person,
                "lead" if number == 0 else "member",
                focus_of(person.department.kind if person.department else "", dimensions),
            )
            for number, person in enumerate(people)
        ],
        at=now,
        round_no=round_no,
        meeting_url=url,
        place=place,
        materials=request.POST.get("materials", "")[:2000],
    )
    messages.success(request, choose("约好了，通知已发出。", "Booked; everybody has been told."))
    week = week_name(interview.starts_at.astimezone(ZoneInfo(position.branch.time_zone)).date())
    return HttpResponseRedirect(f"{reverse('interviews', args=[position.ref])}?week={week}")


@require_http_methods(["GET", "POST"])
@staff()
def move(request: DeskRequest, ref: str) -> HttpResponse:
    """Another time for an interview: proposed free ones, or one typed; everybody is told."""
    interview = interview_for(request.user, ref)
    position = interview.application.position
    require_run(request.user, position)
    now = utc_now()
    length = interview.ends_at - interview.starts_at
    if request.method == "POST":
        start = _moment(request.POST.get("other_start") or request.POST.get("start", ""), position)
        interview_rearrange(
            actor=request.actor,
            interview=interview,
            starts_at=start,
            ends_at=start + length,
            at=now,
        )
        messages.success(request, choose("已改期，更新已发出。", "Moved; everybody has been told."))
        week = week_name(start.astimezone(ZoneInfo(position.branch.time_zone)).date())
        return HttpResponseRedirect(f"{reverse('interviews', args=[position.ref])}?week={week}")
    seats = list(interview.panel.filter(removed_at=None).select_related("person__department"))
    people = [seat.person for seat in seats]
    context = {
        "position": position,
        "interview": interview,
        "application": interview.application,
        "people": people,
        "seats": seats,
        "others": [p for p in panel_people(position) if p not in people],
        "wished": request.GET.get("to", ""),
        "times": free_times(
            application=interview.application,
            people=people,
            minutes=int(length.total_seconds() // 60),
            at=now,
            moving=interview,
        ),
        "provider": interview.meeting_provider,
    }
    position_shell(request, position, "interviews")
    return render(request, "desk/interview_move.html", context)


@require_POST
@staff()
def cancel(request: DeskRequest, ref: str) -> HttpResponse:
    """Cancels an interview; everybody who was invited is told."""
    interview = interview_for(request.user, ref)
    position = interview.application.position
    require_run(request.user, position)
    interview_call_off(
        actor=request.actor,
        interview=interview,
        at=utc_now(),
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, choose("已取消，通知已发出。", "Cancelled; everybody has been told."))
    return HttpResponseRedirect(reverse("interviews", args=[position.ref]))


@require_POST
@staff()
def link(request: DeskRequest, ref: str) -> HttpResponse:
    """A meeting link or a place typed by hand."""
    interview = interview_for(request.user, ref)
    require_run(request.user, interview.application.position)
    url, place = _where(request)
    meeting_link_set(actor=request.actor, interview=interview, url=url, place=place, at=utc_now())
    messages.success(
        request, choose("链接已更新，通知已发出。", "The link is set; everybody has been told.")
    )
    return HttpResponseRedirect(reverse("interview-move", args=[ref]))


@require_POST
@staff()
def panel(request: DeskRequest, ref: str) -> HttpResponse:
    """Somebody joins the panel, or is taken off it."""
    interview = interview_for(request.user, ref)
    position = interview.application.position
    require_run(request.user, position)
    now = utc_now()
    if request.POST.get("do") == "remove":
        seat = interview.panel.filter(
            person__ref=request.POST.get("person", ""), removed_at=None
        ).first()
        if seat is None:
            raise NotFound(say("interviews.not_found"))
        panel_dismiss(actor=request.actor, interview=interview, seat=seat, at=now)
        messages.success(request, choose("已移出小组。", "Taken off the panel."))
    else:
        people = {person.ref: person for person in panel_people(position)}
        person = people.get(request.POST.get("person", ""))
        if person is None:
            raise NotFound(say("interviews.not_found"))
        kind = person.department.kind if person.department else ""
        panel_add(
            actor=request.actor,
            interview=interview,
            person=person,
            seat=request.POST.get("seat", "member"),
            focus=focus_of(kind, dimensions_of(interview.application)),
            at=now,
        )
        messages.success(request, choose("已加入小组。", "Added to the panel."))
    return HttpResponseRedirect(reverse("interview-move", args=[ref]))


def _usual(people: list[Person]) -> list[Person]:
    """One of each kind of department, as panels usually are."""
    found: dict[str, Person] = {}
    for person in people:
        kind = person.department.kind if person.department else ""
        if kind in {key for key, _zh, _en in KINDS}:
            found.setdefault(kind, person)
    return [found[key] for key, _zh, _en in KINDS if key in found] or people[:1]


def _kept(position: Position, ref: str) -> InterviewPlan:
    kept = InterviewPlan.objects.filter(Q(position=position), ref=ref).first()
    if kept is None:
        raise NotFound(say("interviews.plan_unknown"))
    return kept


def _plan_url(position: Position) -> str:
    return reverse("interviews-plan", args=[position.ref])


def _where(request: DeskRequest) -> tuple[str, str]:
    """A link or a place: what begins like a web address is a link."""
    where = request.POST.get("where", "").strip()[:400]
    if where.startswith(("http://", "https://")):
        return where, ""
    return "", where[:120]


def _count(value: str | None) -> int:
    return int(value) if value and value.isdigit() and len(value) < 4 else 0


def _minutes(value: str | None) -> int:
    minutes = _count(value)
    return minutes if 15 <= minutes <= 480 else 60


def _day(value: str | None) -> dt.date:
    try:
        return dt.date.fromisoformat(value or "")
    except ValueError as error:
        raise InvalidInput(say("interviews.bad_day"), field="first") from error


def _moment(value: str, position: Position) -> dt.datetime:
    """A moment typed in the branch's time zone, or with an offset of its own."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidInput(say("interviews.bad_moment"), field="start") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(position.branch.time_zone))
