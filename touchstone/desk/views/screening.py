"""The ranked list, one application, comparing, inviting, overriding, moving, undoing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.assessments.models import Paper
from touchstone.assessments.services.papers import attempt_invite, default_paper, paper_save
from touchstone.common.background import enqueue
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound, TouchstoneError
from touchstone.common.messages import Message, say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.application_page import application_context
from touchstone.desk.screening_line import line_context
from touchstone.desk.shell import position_shell
from touchstone.library.concepts import version_numbers
from touchstone.positions.models import Position
from touchstone.positions.permissions import (
    may_decide,
    may_run,
    position_for,
    require_decide,
    require_run,
    require_sees,
)
from touchstone.positions.selectors import competency_model
from touchstone.recruiting.models import Application, CandidateRequest, Screening
from touchstone.recruiting.permissions import application_for, visible_applications
from touchstone.recruiting.selectors import (
    DECISIONS,
    DEGREES,
    YEARS,
    Filters,
    above_line,
    decision_counts,
    findings,
    import_progress,
    listed,
    listed_applications,
    open_duplicates,
    reasons_in,
    rows_of,
    standings,
    what_would_change,
)
from touchstone.recruiting.selectors import (
    shortlist as shortlist_rows,
)
from touchstone.recruiting.services.applications import (
    application_move,
    application_undo,
    screening_override,
)
from touchstone.recruiting.services.pool import pool_note_add
from touchstone.recruiting.services.requests import request_answer as candidate_request_answer
from touchstone.recruiting.services.screening import line_set, screening_verify
from touchstone.recruiting.stages import Stage
from touchstone.ui.bilingual import active_language, choose, message_text

PER_PAGE = 50
MOST_COMPARED = 5
MOST_RECEIPTS = 8
MOST_INVITED = 1000
INVITED_AT_ONCE = 40  # more are invited by a job
INVITE_TASK = "touchstone.jobs.recruiting.applications_invite"
MOST_PROBLEMS = 5


def filters_of(request: DeskRequest) -> Filters:
    """What the address asks for; anything unknown counts as not asked."""
    get = request.GET.get
    years = get("years", "")
    return Filters(
        words=get("q", "").replace("\x00", "").strip()[:60],
        decision=get("decision", ""),
        stage=get("stage", ""),
        years=int(years) if years.isascii() and years.isdigit() and len(years) < 2 else -1,
        degree=get("degree", ""),
        source=get("source", "")[:40],
        flagged=get("flagged") == "1",
        sort=get("sort", "-score"),
    )


def line_of(words: str, default: float) -> float:
    """A line between 0 and 100, to the half point.

    Raises:
        InvalidInput: something else.
    """
    if not words:
        return default
    try:
        line = float(words)
    except ValueError:
        line = -1.0
    if not 0 <= line <= 100:
        raise InvalidInput(say("recruiting.bad_line"), field="line")
    return round(line * 2) / 2


@require_GET
@staff()
def shortlist(request: DeskRequest, ref: str) -> HttpResponse:
    """The ranked list with its line; ``part`` asks for the panel or the line alone."""
    position = position_for(request.user, ref)
    require_sees(request.user, position)
    model = competency_model(position.model_version) if position.model_version else None
    part = request.GET.get("part", "")
    line = line_of(request.GET.get("line", ""), model.decision.advance_min if model else 70.0)
    if part == "panel":
        person = request.GET.get("person", "")
        application = application_for(request.user, person)
        return render(request, "desk/parts/panel.html", _panel(request, position, application))
    context = {
        "position": position,
        "model": model,
        "may_run": may_run(request.user, position),
        **line_context(standings(position), model, line),
    }
    if part == "line":
        return render(request, "desk/parts/line.html", context)
    filters = filters_of(request)
    rows = shortlist_rows(position, filters)
    counts = decision_counts(position, filters)
    paginator = Paginator(rows, PER_PAGE)
    paginator.count = (
        counts["none" if filters.decision == "none" else filters.decision or "all"]
        if (filters.decision in {"", "none", *DECISIONS})
        else counts["all"]
    )
    page = paginator.get_page(request.GET.get("page"))
    applications = listed_applications(list(page.object_list))
    position_shell(request, position, "screening")
    context |= {
        "filters": filters,
        "page": page,
        "rows": rows_of(applications, model, page.start_index()),
        "counts": counts,
        "decisions": _decision_choices(counts),
        "options": _options(),
        "progress": import_progress(position, None, utc_now()),
        "duplicates": open_duplicates(position),
        "panel": _panel(request, position, applications[0]) if applications else None,
        "may_decide": may_decide(request.user, position),
    }
    return render(request, "desk/shortlist.html", context)


def _decision_choices(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    return [
        ("", choose("全部", "All"), counts["all"]),
        ("advance", choose("建议邀请", "Advance"), counts["advance"]),
        ("review", choose("请人看", "Review"), counts["review"]),
        ("decline", choose("暂不邀请", "Not now"), counts["decline"]),
        ("none", choose("未筛", "Unscored"), counts["none"]),
    ]


def _options() -> dict[str, list[tuple[str, str]]]:
    years = [("", choose("年限不限", "Any experience"))]
    for index, (low, high) in enumerate(YEARS):
        zh = f"{low:g} 年以上" if high > 50 else f"{low:g}–{high:g} 年"
        en = f"{low:g}+ years" if high > 50 else f"{low:g}–{high:g} years"
        years.append((str(index), choose(zh, en)))
    return {
        "years": years,
        "degree": [("", choose("学历不限", "Any degree")), *degree_choices()],
        "stage": [
            ("", choose("还在这一轮", "In the round")),
            *(
                (stage, message_text(say(f"recruiting.stage_{stage}")))
                for stage in Application.Stage.values
            ),
            ("all", choose("所有人", "Everybody")),
        ],
    }


def degree_choices() -> list[tuple[str, str]]:
    """Degrees in the reader's language."""
    names = {
        "doctor": choose("博士", "Doctorate"),
        "master": choose("硕士", "Master"),
        "bachelor": choose("本科", "Bachelor"),
        "associate": choose("专科", "Associate"),
        "secondary": choose("中学", "Secondary"),
        "none": choose("未写", "Not stated"),
    }
    return [(key, names[key]) for key in DEGREES]


def _panel(request: DeskRequest, position: Position, application: Application) -> dict[str, Any]:
    """What the stone at the right shows of one person."""
    version = application.screening.model_version if application.screening else None
    model = competency_model(version) if version else None
    return {
        "position": position,
        "application": application,
        "findings": findings(application.screening, model),
        "change": what_would_change(application.screening, model),
        "result": application.screening.result if application.screening else {},
        "reasons": reasons_in(application.screening, active_language()),
        "may_decide": may_decide(request.user, position),
    }


@require_POST
@staff()
def line(request: DeskRequest, ref: str) -> HttpResponse:
    """Makes a line the model's own: a new version, by which everybody is screened again."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    wanted = line_of(request.POST.get("line", ""), -1.0)
    line_set(actor=request.actor, position=position, line=wanted, at=utc_now())
    messages.success(
        request,
        choose(
            f"线已定在 {wanted:g}，存为画像新的一版，正在按它重新筛选。",
            f"The line is {wanted:g} now, kept as a new version of the model; screening again.",
        ),
    )
    return HttpResponseRedirect(reverse("shortlist", args=[ref]))


@require_POST
@staff()
def invite(request: DeskRequest, ref: str) -> HttpResponse:
    """Invites those chosen, or everybody above a line, to the assessment."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    chosen = _chosen(request, position)
    if not chosen:
        raise InvalidInput(say("recruiting.nobody_chosen"), field="application")
    paper = _paper(request, position)
    words = request.POST.get("days", "7")
    days = int(words) if words.isascii() and words.isdigit() and 1 <= int(words[:3]) <= 60 else 7
    back = HttpResponseRedirect(reverse("shortlist", args=[ref]))
    if len(chosen) > INVITED_AT_ONCE:
        enqueue(
            INVITE_TASK,
            refs=[application.ref for application in chosen],
            person_ref=request.user.ref,
            days=days,
        )
        n = len(chosen)
        messages.success(
            request,
            choose(
                f"正在邀请 {n} 人，一两分钟内发完。",
                f"{n} are being invited; it takes a minute or two.",
            ),
        )
        return back
    invited, problems = 0, []
    for application in chosen:
        try:
            attempt_invite(
                actor=request.actor,
                application=application,
                paper=paper,
                at=utc_now(),
                days=days,
            )
            invited += 1
        except TouchstoneError as error:
            problems.append((application.candidate.name, message_text(error.message)))
    messages.success(
        request, choose(f"已邀请 {invited} 人测评。", f"{invited} invited to the assessment.")
    )
    for name, words in problems[:MOST_PROBLEMS]:
        messages.warning(request, f"{name}：{words}")
    return back


def _chosen(request: DeskRequest, position: Position) -> list[Application]:
    rows: QuerySet[Application]
    if request.POST.get("above"):
        rows = above_line(position, line_of(request.POST["above"], -1.0))
    else:
        rows = listed(position).filter(ref__in=request.POST.getlist("application"))
    return list(
        rows.select_related("candidate", "position__branch", "branch").order_by("-score", "pk")[
            :MOST_INVITED
        ]
    )


def _paper(request: DeskRequest, position: Position) -> Paper:
    """The position's open paper; the default one where none was put together."""
    paper = position.papers.filter(status="open").first()
    if paper is not None:
        return paper
    return paper_save(
        actor=request.actor,
        position=position,
        title=position.title,
        tasks=default_paper(position),
        at=utc_now(),
    )


@require_http_methods(["GET", "POST"])
@staff()
def compare(request: DeskRequest, ref: str) -> HttpResponse:
    """Up to five people side by side, indicator by indicator; POST leads to the address of those
    ticked in the list."""
    position = position_for(request.user, ref)
    require_sees(request.user, position)
    if request.method == "POST":
        query = urlencode([("application", one) for one in request.POST.getlist("application")])
        return HttpResponseRedirect(f"{reverse('compare', args=[ref])}?{query[:600]}")
    refs = list(dict.fromkeys(request.GET.getlist("application")))
    if len(refs) > MOST_COMPARED:
        raise InvalidInput(say("recruiting.too_many_to_compare"), field="application")
    found = {
        a.ref: a
        for a in listed(position)
        .filter(ref__in=refs)
        .select_related("candidate", "screening__model_version", "resume")
        .defer("resume__text", "resume__parsed", "resume__geometry")
    }
    people = [found[one] for one in refs if one in found]
    model = competency_model(position.model_version) if position.model_version else None
    columns = [findings(a.screening, model) for a in people]
    position_shell(request, position, "screening")
    dimensions = [
        {
            "head": head,
            "cells": [column[d] if column else None for column in columns],
            "rows": [
                (indicator, [column[d].indicators[i] if column else None for column in columns])
                for i, indicator in enumerate(head.indicators)
            ],
        }
        for d, head in enumerate(model.dimensions if model else ())
    ]
    return render(
        request,
        "desk/compare.html",
        {
            "position": position,
            "people": people,
            "dimensions": dimensions,
            "others": listed(position)
            .filter(stage__in=("screened", "invited", "assessed"))
            .exclude(ref__in=refs)
            .select_related("candidate")
            .order_by("-score")[:30],
            "full": len(people) >= MOST_COMPARED,
            "degrees": dict(degree_choices()),
            "may_run": may_run(request.user, position),
        },
    )


@require_GET
@staff()
def application(request: DeskRequest, ref: str) -> HttpResponse:
    """One person's application: resume with evidence, screening, history, what can be done."""
    found = application_for(request.user, ref)
    position_shell(request, found.position, "screening")
    return render(request, "desk/application.html", application_context(request, found))


@require_GET
@staff()
def receipts(request: DeskRequest, ref: str) -> HttpResponse:
    """Every screening of an application, computed again by what its receipt names; a part."""
    found = application_for(request.user, ref)
    require_sees(request.user, found.position)
    rows = list(
        found.screenings.select_related("model_version", "resume").order_by("-pk")[:MOST_RECEIPTS]
    )
    numbers = version_numbers({row.taxonomy_sha256 for row in rows})
    checked = [(row, numbers.get(row.taxonomy_sha256), _verified(row)) for row in rows]
    return render(request, "desk/parts/receipts.html", {"rows": checked})


def _verified(row: Screening) -> tuple[Message, ...]:
    try:
        return screening_verify(row)
    except InvalidInput as error:
        return (error.message,)


def _back(request: DeskRequest, application: Application) -> HttpResponse:
    return HttpResponseRedirect(reverse("application", args=[application.ref]))


@require_POST
@staff()
def override(request: DeskRequest, ref: str) -> HttpResponse:
    """A person's word above the recommendation, with the reason."""
    found = application_for(request.user, ref)
    require_decide(request.user, found.position)
    if found.screening is None:
        raise NotFound(say("recruiting.not_found"))
    screening_override(
        actor=request.actor,
        screening=found.screening,
        decision=request.POST.get("decision", ""),
        reason=request.POST.get("reason", ""),
        at=utc_now(),
    )
    messages.success(request, choose("已按你的判断改过来。", "Changed to your judgement."))
    return _back(request, found)


@require_POST
@staff()
def move(request: DeskRequest, ref: str) -> HttpResponse:
    """Takes one step; an invitation to the assessment goes out with its letter."""
    found = application_for(request.user, ref)
    require_decide(request.user, found.position)
    to, at = request.POST.get("to", ""), utc_now()
    version = request.POST.get("version", "")
    if version and version != str(found.version):
        found.version = int(version) if version.isascii() and version.isdigit() else 0
    if to not in Stage.values:
        raise InvalidInput(say("recruiting.unknown_step"), field="to")
    if to == Stage.INVITED:
        attempt_invite(
            actor=request.actor, application=found, paper=_paper(request, found.position), at=at
        )
    else:
        application_move(
            actor=request.actor,
            application=found,
            to=to,
            at=at,
            reason=request.POST.get("reason", ""),
        )
    stage = message_text(say(f"recruiting.stage_{found.stage}"))
    messages.success(request, choose(f"已改为「{stage}」。", f"Now at: {stage}."))
    return _back(request, found)


@require_POST
@staff()
def undo(request: DeskRequest, ref: str) -> HttpResponse:
    """Takes the last step back."""
    found = application_for(request.user, ref)
    require_decide(request.user, found.position)
    application_undo(actor=request.actor, application=found, at=utc_now())
    messages.success(request, choose("上一步已撤销。", "The last step was taken back."))
    return _back(request, found)


@require_POST
@staff()
def note_add(request: DeskRequest, ref: str) -> HttpResponse:
    """What a colleague wants to remember about the person."""
    found = application_for(request.user, ref)
    require_decide(request.user, found.position)
    pool_note_add(
        actor=request.actor,
        candidate=found.candidate,
        text=request.POST.get("text", ""),
        remind_on=_day(request.POST.get("remind_on", "")),
        at=utc_now(),
    )
    messages.success(request, choose("备注已存。", "The note is kept."))
    return _back(request, found)


@require_POST
@staff()
def request_answer(request: DeskRequest, ref: str) -> HttpResponse:
    """Answers what a candidate asked for."""
    asked = (
        CandidateRequest.objects.select_related("application__position")
        .filter(ref=ref, application__in=visible_applications(request.user))
        .first()
    )
    if asked is None or asked.application is None:
        raise NotFound(say("recruiting.not_found"))
    require_decide(request.user, asked.application.position)
    candidate_request_answer(
        actor=request.actor, request=asked, answer=request.POST.get("answer", ""), at=utc_now()
    )
    messages.success(
        request, choose("已答复，候选人在状态页能看到。", "Answered; the candidate sees it.")
    )
    return _back(request, asked.application)


def _day(words: str) -> dt.date | None:
    """A day as a date field sends it; None where none is given.

    Raises:
        InvalidInput: it is no day.
    """
    if not words:
        return None
    try:
        return dt.date.fromisoformat(words)
    except ValueError as error:
        raise InvalidInput(say("recruiting.bad_day"), field="remind_on") from error
