"""Positions: the list, a new one, where its round stands, its people, opening and closing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.accounts.models import Branch, Department, Person, Role
from touchstone.accounts.permissions import branches_of
from touchstone.assessments.services.llm_budget import rater_today
from touchstone.assessments.services.second_rater import rating_model
from touchstone.common.clock import utc_now
from touchstone.common.db import new_ref
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.shell import position_shell
from touchstone.engine.profiles.model import model_templates
from touchstone.insights.waiting import waiting_work
from touchstone.positions.models import Position
from touchstone.positions.permissions import (
    RUNS_BRANCH,
    may_run,
    may_see_applicants,
    position_for,
    require_run,
)
from touchstone.positions.selectors import (
    competency_model,
    members_of,
    people_to_add,
    positions_listed,
    status_counts,
)
from touchstone.positions.services import (
    llm_rates_set,
    member_add,
    member_remove,
    model_version_save,
    position_create,
    position_edit,
    position_status_set,
)
from touchstone.recruiting.selectors import import_progress, open_duplicates
from touchstone.ui.bilingual import choose, message_text

PER_PAGE = 30
INDUSTRIES = (
    ("ecommerce", "电商", "E-commerce"),
    ("medical_imaging", "医疗影像", "Medical imaging"),
    ("customer_service", "客户服务", "Customer service"),
    ("finance", "金融", "Finance"),
    ("content_moderation", "内容审核", "Content moderation"),
    ("autonomous_driving", "自动驾驶", "Autonomous driving"),
    ("speech", "语音", "Speech"),
    ("education", "教育", "Education"),
    ("manufacturing", "制造", "Manufacturing"),
    ("other", "其他", "Other"),
)
PARTS = ("hiring_manager", "interviewer", "recruiter")


def industries() -> list[tuple[str, str]]:
    """Choices of an industry in the reader's language."""
    return [("", choose("不限", "Any")), *((key, choose(zh, en)) for key, zh, en in INDUSTRIES)]


def parts() -> list[tuple[str, str]]:
    """The parts a person can have in a position."""
    return [
        ("hiring_manager", choose("用人经理", "Hiring manager")),
        ("interviewer", choose("面试官", "Interviewer")),
        ("recruiter", choose("招聘", "Recruiter")),
    ]


def template_choices() -> list[dict[str, Any]]:
    """Built-in models to start from: key, title, and the weights in short."""
    return [
        {
            "key": key,
            "title": document["job_title"],
            "title_en": document.get("job_title_en", document["job_title"]),
            "dimensions": document["dimensions"],
            "indicators": sum(len(d["indicators"]) for d in document["dimensions"]),
        }
        for key, document in model_templates().items()
    ]


@require_GET
@staff()
def position_list(request: DeskRequest) -> HttpResponse:
    """Every position I may see, open ones first, with what waits in each."""
    words = request.GET.get("q", "").strip()[:60]
    status = request.GET.get("status", "")
    rows = positions_listed(request.user, words=words, status=status)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = status_counts(request.user)
    return render(
        request,
        "desk/positions.html",
        {
            "page": page,
            "rows": waiting_work(list(page.object_list)),
            "words": words,
            "statuses": (
                ("", choose("全部", "All"), sum(counts.values())),
                ("open", choose("招聘中", "Open"), counts.get("open", 0)),
                ("draft", choose("草稿", "Draft"), counts.get("draft", 0)),
                ("closed", choose("已结束", "Closed"), counts.get("closed", 0)),
            ),
            "may_create": bool(branches_of(request.user, RUNS_BRANCH)),
        },
    )


@require_http_methods(["GET", "POST"])
@staff(Role.ADMINISTRATOR, Role.RECRUITER)
def position_new(request: DeskRequest) -> HttpResponse:
    """A new position with a model to start from; the same form sent twice makes one."""
    branches = branches_of(request.user, RUNS_BRANCH)
    departments = list(
        Department.objects.filter(branch__in=branches)
        .select_related("branch")
        .order_by("branch__name", "name")
    )
    error: InvalidInput | None = None
    key = request.POST.get("key", "")[:20]
    made = request.session.get("positions_made", {})
    if key and key in made:
        return HttpResponseRedirect(reverse("position", args=[made[key]]))
    if request.method == "POST":
        try:
            position = position_from_form(request, branches)
        except InvalidInput as caught:
            error = caught
        else:
            request.session["positions_made"] = {**made, key: position.ref} if key else made
            messages.success(request, choose("岗位已建好。", "The position is ready."))
            return HttpResponseRedirect(reverse("position", args=[position.ref]))
    return render(
        request,
        "desk/position_new.html",
        {
            "departments": [(d.ref, f"{d.branch.name} · {d.name}") for d in departments],
            "industries": industries(),
            "templates": template_choices(),
            "form": request.POST,
            "key": key or new_ref(),
            "errors": {error.field: message_text(error.message)} if error else {},
        },
        status=422 if error else 200,
    )


@transaction.atomic
def position_from_form(request: DeskRequest, branches: list[Branch]) -> Position:
    """The position and its first model as the form says.

    Raises:
        InvalidInput: a field is missing, or the department is not one of these branches'.
    """
    form, at = request.POST, utc_now()
    department = (
        Department.objects.select_related("branch")
        .filter(ref=form.get("department", ""), branch__in=branches)
        .first()
    )
    if department is None:
        raise InvalidInput(say("positions.department_missing"), field="department")
    position = position_create(
        actor=request.actor,
        branch=department.branch,
        department=department,
        title=form.get("title", ""),
        title_en=form.get("title_en", ""),
        description=form.get("description", "")[:20000],
        industry=form.get("industry", "")[:40],
        headcount=headcount_of(form.get("headcount", "1")),
        blind_first=form.get("blind_first", "on") == "on",
        at=at,
    )
    document = model_templates().get(form.get("template", ""))
    if document is not None:
        model_version_save(
            actor=request.actor,
            position=position,
            document={**document, "job_title": position.title},
            at=at,
            based_on=0,
            note=form.get("template", ""),
        )
        if form.get("open"):
            position_status_set(actor=request.actor, position=position, status="open", at=at)
    return position


def headcount_of(words: str) -> int:
    """How many are to be hired.

    Raises:
        InvalidInput: not a number from 1 to 999.
    """
    if words.isascii() and words.isdigit() and 1 <= int(words[:4]) <= 999:
        return int(words[:4])
    raise InvalidInput(say("positions.bad_headcount"), field="headcount")


@require_http_methods(["GET", "POST"])
@staff()
def overview(request: DeskRequest, ref: str) -> HttpResponse:
    """Where the round stands and what to do next; POST changes the position's own facts."""
    position = position_for(request.user, ref)
    error: InvalidInput | None = None
    if request.method == "POST":
        require_run(request.user, position)
        form = request.POST
        try:
            position_edit(
                actor=request.actor,
                position=position,
                title=form.get("title", ""),
                title_en=form.get("title_en", ""),
                description=form.get("description", "")[:20000],
                industry=form.get("industry", "")[:40],
                headcount=headcount_of(form.get("headcount", "1")),
                blind_first=form.get("blind_first") == "on",
                recording_wanted=form.get("recording_wanted") == "on",
            )
            if rating_model() is not None:
                llm_rates_set(
                    actor=request.actor, position=position, on=form.get("llm_rates") == "on"
                )
        except InvalidInput as caught:
            error = caught
        else:
            messages.success(request, choose("已保存。", "Saved."))
            return HttpResponseRedirect(reverse("position", args=[ref]))
    position_shell(request, position, "")
    model = competency_model(position.model_version) if position.model_version else None
    return render(
        request,
        "desk/position.html",
        {
            "position": position,
            "row": waiting_work([position])[0],
            "model": model,
            "members": members_of(position),
            "progress": import_progress(position, None, utc_now()),
            "duplicates": open_duplicates(position),
            "may_run": may_run(request.user, position),
            "sees": may_see_applicants(request.user, position),
            "industries": industries(),
            "rater": rater_today(utc_now()),
            "errors": {error.field: message_text(error.message)} if error else {},
        },
        status=422 if error else 200,
    )


@require_POST
@staff()
def status_set(request: DeskRequest, ref: str) -> HttpResponse:
    """Opens or closes the round."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    status = request.POST.get("status", "")
    if status not in {Position.Status.OPEN, Position.Status.CLOSED}:
        raise InvalidInput(say("positions.unknown_status"))
    position_status_set(actor=request.actor, position=position, status=status, at=utc_now())
    words = (
        choose("岗位已开放招聘。", "The position is open.")
        if status == Position.Status.OPEN
        else choose("这一轮已结束。资料都还在。", "The round is closed. Everything is kept.")
    )
    messages.success(request, words)
    return HttpResponseRedirect(reverse("position", args=[ref]))


@require_http_methods(["GET", "POST"])
@staff()
def members(request: DeskRequest, ref: str) -> HttpResponse:
    """Who has which part in the position."""
    position = position_for(request.user, ref)
    if request.method == "POST":
        require_run(request.user, position)
        _member_change(request, position)
        return HttpResponseRedirect(reverse("position-members", args=[ref]))
    position_shell(request, position, "")
    words = request.GET.get("q", "").strip()[:60]
    present = members_of(position)
    return render(
        request,
        "desk/position_members.html",
        {
            "position": position,
            "members": present,
            "people": people_to_add(position, words),
            "words": words,
            "parts": parts(),
            "may_run": may_run(request.user, position),
        },
    )


def _member_change(request: DeskRequest, position: Position) -> None:
    role = request.POST.get("role", "")
    person = Person.objects.filter(ref=request.POST.get("person", "")).first()
    allowed = {p.pk for p in people_to_add(position, "")} | {
        m.person_id for m in members_of(position)
    }
    if person is None or person.pk not in allowed:
        raise NotFound(say("positions.person_elsewhere"))
    if role not in PARTS:
        raise InvalidInput(say("positions.unknown_part"), field="role")
    if request.POST.get("remove"):
        member_remove(actor=request.actor, position=position, person=person, role=role)
        messages.success(request, choose("已移出。", "Removed."))
    else:
        member_add(actor=request.actor, position=position, person=person, role=role)
        messages.success(request, choose("已加入。", "Added."))
