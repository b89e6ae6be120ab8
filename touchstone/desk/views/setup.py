"""From an empty data directory to the first ranked list, one step a page.

The first step is open while there is nobody who could sign in: from this machine as it is, from
elsewhere with the code that lies in the data directory.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from touchstone.accounts.models import Branch, Department, Person, Role
from touchstone.accounts.permissions import branches_of, person_actor, require_role
from touchstone.accounts.services import branch_create, department_create, person_create
from touchstone.audit.models import ChainHead
from touchstone.common.actors import SYSTEM
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.desk.setup_people import people_import
from touchstone.desk.views.positions import industries, position_from_form, template_choices
from touchstone.positions.models import Position
from touchstone.positions.permissions import RUNS_BRANCH
from touchstone.recruiting.models import Application, Resume
from touchstone.recruiting.services.imports import MOST_BYTES
from touchstone.ui.bilingual import choose, message_text

STEPS = ("administrator", "company", "people", "position", "resumes")
OPTIONAL = {"people"}
KINDS = ("algorithm", "business", "hr", "other")
MOST_LINES = 12
ZONES = (
    ("Asia/Shanghai", "北京时间", "China"),
    ("Asia/Hong_Kong", "香港", "Hong Kong"),
    ("Asia/Singapore", "新加坡", "Singapore"),
    ("Asia/Tokyo", "东京", "Tokyo"),
    ("Europe/London", "伦敦", "London"),
    ("Europe/Berlin", "柏林", "Berlin"),
    ("America/New_York", "纽约", "New York"),
    ("America/Los_Angeles", "洛杉矶", "Los Angeles"),
    ("UTC", "协调世界时", "UTC"),
)


def code_path() -> Any:
    """Where the set-up code lies; written when somebody from elsewhere needs it."""
    return settings.DATA_DIR / "setup-code"


def set_up_code() -> str:
    """The code that proves access to the data directory."""
    path = code_path()
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(8))
    return str(path.read_text().strip())


def is_local(request: HttpRequest) -> bool:
    """Whether the browser is on this machine and came straight."""
    try:
        local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return local and "HTTP_X_FORWARDED_FOR" not in request.META


@require_http_methods(["GET", "POST"])
def assistant(request: HttpRequest, step: str = "") -> HttpResponse:
    """The step asked for, or the first that is not done."""
    first = not Person.objects.exists()
    if not first:
        person = request.user
        if not person.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        require_role(person, (Role.ADMINISTRATOR,))
    done = _done(request)
    if step not in STEPS:
        step = "administrator" if first else next((s for s in STEPS if not done[s]), "resumes")
        return HttpResponseRedirect(reverse("setup-step", args=[step]))
    if first != (step == "administrator"):
        return HttpResponseRedirect(reverse("setup"))
    error: InvalidInput | None = None
    if request.method == "POST":
        try:
            return _take(request, step)
        except InvalidInput as caught:
            error = caught
    context = {
        "step": step,
        "steps": [(name, done[name], name in OPTIONAL, name == step) for name in STEPS],
        "form": request.POST,
        "errors": {error.field: message_text(error.message)} if error else {},
        **_context(request, step),
    }
    return render(request, "desk/setup.html", context, status=422 if error else 200)


def _done(request: HttpRequest) -> dict[str, bool]:
    return {
        "administrator": Person.objects.exists(),
        "company": Department.objects.exists(),
        "people": Person.objects.count() > 1,
        "position": Position.objects.exists(),
        "resumes": Application.objects.exists() or Resume.objects.exists(),
    }


def _context(request: HttpRequest, step: str) -> dict[str, Any]:
    if step == "administrator":
        return {"needs_code": not is_local(request)}
    person: Person = request.user  # type: ignore[assignment]
    branches = branches_of(person, RUNS_BRANCH)
    if step == "company":
        kinds = [
            ("algorithm", choose("算法与技术", "Algorithm and engineering")),
            ("business", choose("业务", "Business")),
            ("hr", choose("人力资源", "Human resources")),
            ("other", choose("其他", "Other")),
        ]
        suggested = [
            (choose("算法部", "Algorithm"), "algorithm"),
            (choose("业务部", "Business"), "business"),
            (choose("人力资源部", "Human resources"), "hr"),
            ("", "other"),
        ]
        return {
            "branches": branches,
            "kinds": kinds,
            "suggested": suggested,
            "zones": [(key, choose(zh, en)) for key, zh, en in ZONES],
        }
    if step == "people":
        return {"people": Person.objects.count(), "left_out": request.session.pop("left_out", [])}
    if step == "position":
        departments = Department.objects.filter(branch__in=branches).select_related("branch")
        return {
            "departments": [
                (d.ref, d.name if len(branches) == 1 else f"{d.branch.name} · {d.name}")
                for d in departments.order_by("branch__name", "pk")
            ],
            "industries": industries(),
            "templates": template_choices(),
        }
    position = Position.objects.filter(branch__in=branches).order_by("-created_at").first()
    return {"position": position, "limit_mib": MOST_BYTES >> 20}


def _take(request: HttpRequest, step: str) -> HttpResponse:
    """Carries the step's form out and goes on to the next."""
    if step == "administrator":
        _administrator(request)
        return HttpResponseRedirect(reverse("setup-step", args=["company"]))
    person: Person = request.user  # type: ignore[assignment]
    actor = person_actor(person, getattr(request, "request_id", ""))
    request.actor = actor  # type: ignore[attr-defined]
    if step == "company":
        _company(request)
        return HttpResponseRedirect(reverse("setup-step", args=["people"]))
    branches = branches_of(person, RUNS_BRANCH)
    if step == "people":
        return _people(request, branches)
    if step == "position":
        position_from_form(request, branches)  # type: ignore[arg-type]
        return HttpResponseRedirect(reverse("setup-step", args=["resumes"]))
    return HttpResponseRedirect(reverse("setup"))


@transaction.atomic
def _administrator(request: HttpRequest) -> None:
    """Makes the first account; only while there is none, also when two ask at once."""
    form = request.POST
    if not is_local(request) and not hmac.compare_digest(
        form.get("code", "").strip().encode(), set_up_code().encode()
    ):
        raise InvalidInput(say("accounts.wrong_setup_code"), field="code")
    ChainHead.objects.get_or_create(pk=1)
    ChainHead.objects.select_for_update().get(pk=1)
    if Person.objects.exists():
        raise NotAllowed(say("accounts.not_allowed"))
    if not form.get("password"):
        raise InvalidInput(say("accounts.password_missing"), field="password")
    person = person_create(
        actor=SYSTEM,
        username=form.get("username", ""),
        name=form.get("name", ""),
        email=form.get("email", ""),
        branch=None,
        password=form.get("password"),
        roles=[Role.ADMINISTRATOR],
        at=utc_now(),
    )
    code_path().unlink(missing_ok=True)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])


@transaction.atomic
def _company(request: HttpRequest) -> None:
    form, at = request.POST, utc_now()
    actor = request.actor  # type: ignore[attr-defined]
    zone = form.get("time_zone", "Asia/Shanghai")
    if zone not in {key for key, _, _ in ZONES}:
        raise InvalidInput(say("accounts.unknown_zone"), field="time_zone")
    branch = Branch.objects.order_by("pk").first()
    if branch is None:
        branch = branch_create(
            actor=actor,
            name=form.get("name", ""),
            name_en=form.get("name_en", ""),
            city=form.get("city", ""),
            time_zone=zone,
            at=at,
        )
    for name in form.getlist("branch")[:MOST_LINES]:
        if name.strip() and not Branch.objects.filter(name=name.strip()).exists():
            branch_create(actor=actor, name=name, time_zone=zone, parent=branch, at=at)
    lines = list(zip(form.getlist("department"), form.getlist("kind"), strict=False))
    for name, kind in lines[:MOST_LINES]:
        if name.strip():
            known = kind if kind in KINDS else "other"
            department_create(actor=actor, branch=branch, name=name, kind=known)
    if not Department.objects.filter(branch=branch).exists():
        raise InvalidInput(say("accounts.no_department"), field="department")


def _people(request: HttpRequest, branches: list[Branch]) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        raise InvalidInput(say("positions.no_file"), field="file")
    done = people_import(
        actor=request.actor,  # type: ignore[attr-defined]
        data=upload.read(),
        name=upload.name or "people.csv",
        branches=branches,
        at=utc_now(),
    )
    messages.success(
        request, choose(f"已添加 {len(done.made)} 人。", f"{len(done.made)} people were added.")
    )
    request.session["left_out"] = [
        (row, message_text(message)) for row, message in done.left_out[:20]
    ]
    target = "people" if done.left_out else "position"
    return HttpResponseRedirect(reverse("setup-step", args=[target]))
