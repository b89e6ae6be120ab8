"""People and their roles: for administrators, each within the branches they administer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.accounts.models import ApiToken, Department, Person, Role
from touchstone.accounts.permissions import (
    administered_branch,
    administered_people,
    administered_person,
    branches_of,
    require_administers,
    role_scopes,
)
from touchstone.accounts.selectors import (
    departments_of,
    has_second_factor,
    is_last_administrator,
    people_listed,
)
from touchstone.accounts.services import (
    branch_create,
    department_create,
    person_active_set,
    person_create,
    person_edit,
    role_grant,
    role_revoke,
    second_factor_remove,
)
from touchstone.accounts.tokens import SCOPES, token_create, token_revoke
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.recruiting.services.colleagues import colleague_invite
from touchstone.ui.bilingual import active_language, choose

PER_PAGE = 50
FIELDS = ("name", "name_en", "username", "email", "title", "department")


@require_GET
@staff(Role.ADMINISTRATOR)
def people(request: DeskRequest) -> HttpResponse:
    """Everybody in the branches that I administer, with roles and second factor."""
    words = request.GET.get("q", "").strip()[:60]
    state = request.GET.get("state", "")
    mine = administered_people(request.user)
    rows = people_listed(mine, words=words, state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    branches = branches_of(request.user, (Role.ADMINISTRATOR,))
    departments = departments_of(branches)
    return render(
        request,
        "desk/people.html",
        {
            "page": page,
            "words": words,
            "states": (
                ("", choose("全部", "All"), None),
                ("open", choose("在用", "Open"), None),
                ("closed", choose("已关闭", "Closed"), None),
            ),
            "branches": [
                (branch, [d for d in departments if d.branch_id == branch.pk])
                for branch in branches
            ],
            "whole_group": None in role_scopes(request.user).get(Role.ADMINISTRATOR, ()),
            "kinds": _kinds(),
            "branch_options": [(branch.ref, branch.name) for branch in branches],
        },
    )


@require_http_methods(["GET", "POST"])
@staff(Role.ADMINISTRATOR)
def person_new(request: DeskRequest) -> HttpResponse:
    """An account with its first roles; a link to set the password goes out at once."""
    branches = branches_of(request.user, (Role.ADMINISTRATOR,))
    departments = departments_of(branches)
    values = {name: request.POST.get(name, "").strip() for name in FIELDS}
    chosen = [role for role in request.POST.getlist("roles") if role in Role.values]
    error: InvalidInput | None = None
    if request.method == "POST":
        try:
            department = _department(departments, values["department"])
            person = person_create(
                actor=request.actor,
                username=values["username"] or values["email"],
                name=values["name"],
                name_en=values["name_en"],
                email=values["email"],
                title=values["title"],
                branch=department.branch,
                department=department,
                roles=chosen,
                at=utc_now(),
            )
            request.session["invitation"] = {
                "person": person.ref,
                "address": colleague_invite(actor=request.actor, person=person, at=utc_now()),
            }
            return HttpResponseRedirect(reverse("person", args=[person.ref]))
        except InvalidInput as caught:
            error = caught
    return render(
        request,
        "desk/person_new.html",
        {
            "values": values,
            "chosen": chosen,
            "error_field": error.field if error else "",
            "error_text": error.text(active_language()) if error else "",
            "roles": Role.values,
            "department_options": [(d.ref, f"{d.branch.name} · {d.name}") for d in departments],
        },
        status=422 if error else 200,
    )


@require_http_methods(["GET", "POST"])
@staff(Role.ADMINISTRATOR)
def person(request: DeskRequest, ref: str) -> HttpResponse:
    """One account: what is shown of the person, roles by branch, sign-in."""
    found = administered_person(request.user, ref)
    branches = branches_of(request.user, (Role.ADMINISTRATOR,))
    departments = departments_of(branches)
    error: InvalidInput | None = None
    if request.method == "POST":
        require_administers(request.user, found)
        try:
            chosen = request.POST.get("department", "")
            person_edit(
                actor=request.actor,
                person=found,
                name=request.POST.get("name", ""),
                name_en=request.POST.get("name_en", ""),
                email=request.POST.get("email", ""),
                title=request.POST.get("title", ""),
                department=_department(departments, chosen) if chosen else None,
            )
            messages.success(request, choose("已存。", "Saved."))
            return HttpResponseRedirect(reverse("person", args=[found.ref]))
        except InvalidInput as caught:
            error = caught
    invitation = request.session.get("invitation", {})
    if invitation.get("person") == found.ref:
        # Shown once: the address lets its bearer choose the password.
        request.session.pop("invitation")
    fresh = request.session.get("token", {})
    if fresh.get("person") == found.ref:
        request.session.pop("token")
    whole_group = None in role_scopes(request.user).get(Role.ADMINISTRATOR, ())
    return render(
        request,
        "desk/person.html",
        {
            "person": found,
            "tokens": found.api_tokens.filter(revoked_at=None).order_by("-pk"),
            "fresh_token": fresh.get("text", "") if fresh.get("person") == found.ref else "",
            "scopes": SCOPES,
            "now": utc_now(),
            "given": found.roles.select_related("branch").order_by("role", "branch_id"),
            "second_factor": has_second_factor(found),
            "last_administrator": is_last_administrator(found),
            "invitation": invitation.get("address", "")
            if invitation.get("person") == found.ref
            else "",
            "role_options": Role.values,
            "branch_options": [
                *([("", choose("整个集团", "Whole group"))] if whole_group else []),
                *((branch.ref, branch.name) for branch in branches),
            ],
            "department_options": [(d.ref, f"{d.branch.name} · {d.name}") for d in departments],
            "department_ref": found.department.ref if found.department else "",
            "error_field": error.field if error else "",
            "error_text": error.text(active_language()) if error else "",
        },
        status=422 if error else 200,
    )


def _change(work: Callable[[DeskRequest, Person], str]) -> Callable[..., HttpResponseBase]:
    """A view that changes one account by POST and returns to its page with what was done."""

    @require_POST
    @staff(Role.ADMINISTRATOR)
    def view(request: DeskRequest, ref: str) -> HttpResponse:
        found = administered_person(request.user, ref)
        require_administers(request.user, found)
        messages.success(request, work(request, found))
        return HttpResponseRedirect(reverse("person", args=[found.ref]))

    return view


@_change
def role_give(request: DeskRequest, found: Person) -> str:
    """A role in one branch, or in all."""
    branch = administered_branch(request.user, request.POST.get("branch", ""))
    role_grant(actor=request.actor, person=found, role=request.POST.get("role", ""), branch=branch)
    return choose("角色已添加，对方需要重新登录。", "Role added. They have to sign in again.")


@_change
def role_take(request: DeskRequest, found: Person) -> str:
    """Takes a role back."""
    branch = administered_branch(request.user, request.POST.get("branch", ""))
    role_revoke(actor=request.actor, person=found, role=request.POST.get("role", ""), branch=branch)
    return choose("角色已收回，对方已退出登录。", "Role taken back; they are signed out.")


@_change
def active_set(request: DeskRequest, found: Person) -> str:
    """Closes or reopens the account."""
    active = request.POST.get("active") == "1"
    person_active_set(actor=request.actor, person=found, active=active)
    if active:
        return choose("账号已重新开通。", "The account is open again.")
    return choose("账号已关闭，对方已退出登录。", "The account is closed; they are signed out.")


@_change
def invite(request: DeskRequest, found: Person) -> str:
    """A new link to set the password."""
    request.session["invitation"] = {
        "person": found.ref,
        "address": colleague_invite(actor=request.actor, person=found, at=utc_now()),
    }
    return choose("新的链接已生成。", "A new link was made.")


@_change
def second_factor_off(request: DeskRequest, found: Person) -> str:
    """For somebody who lost their phone."""
    second_factor_remove(actor=request.actor, person=found)
    return choose("验证码已解除，请对方登录后重新启用。", "Removed. Ask them to set it up again.")


@_change
def token_new(request: DeskRequest, found: Person) -> str:
    """A token of the API in this person's name; its text is shown once."""
    days = request.POST.get("days", "")
    _token, text = token_create(
        actor=request.actor,
        person=found,
        name=request.POST.get("name", ""),
        scopes=request.POST.getlist("scopes"),
        days=int(days) if days.isdigit() and len(days) < 5 else 0,
        at=utc_now(),
    )
    request.session["token"] = {"person": found.ref, "text": text}
    return choose("令牌已生成。", "The token was made.")


@_change
def token_end(request: DeskRequest, found: Person) -> str:
    """Ends a token at once."""
    token = ApiToken.objects.filter(person=found, ref=request.POST.get("token", "")).first()
    if token is None:
        raise NotFound(say("accounts.no_such_token"))
    token_revoke(actor=request.actor, token=token, at=utc_now())
    return choose("令牌已停用。", "The token no longer works.")


@require_POST
@staff(Role.ADMINISTRATOR)
def branch_new(request: DeskRequest) -> HttpResponse:
    """A new branch: for administrators of the whole group."""
    administered_branch(request.user, "")
    branch_create(
        actor=request.actor,
        name=request.POST.get("name", ""),
        name_en=request.POST.get("name_en", ""),
        city=request.POST.get("city", ""),
        at=utc_now(),
    )
    messages.success(request, choose("分支已添加。", "Branch added."))
    return HttpResponseRedirect(reverse("people"))


@require_POST
@staff(Role.ADMINISTRATOR)
def department_new(request: DeskRequest) -> HttpResponse:
    """A new department of a branch."""
    branch = administered_branch(request.user, request.POST.get("branch", "") or "-")
    if branch is None:
        raise NotFound(say("accounts.no_such_branch"))
    department_create(
        actor=request.actor,
        branch=branch,
        name=request.POST.get("name", ""),
        name_en=request.POST.get("name_en", ""),
        kind=request.POST.get("kind", ""),
        industry=request.POST.get("industry", ""),
    )
    messages.success(request, choose("部门已添加。", "Department added."))
    return HttpResponseRedirect(reverse("people"))


def _department(departments: list[Department], ref: str) -> Department:
    found = next((d for d in departments if d.ref == ref), None)
    if found is None:
        raise InvalidInput(say("accounts.no_such_department"), field="department")
    return found


def _kinds() -> list[tuple[str, Any]]:
    return [
        ("algorithm", choose("算法", "Algorithms")),
        ("business", choose("业务", "Business")),
        ("hr", choose("人力资源", "Human resources")),
        ("other", choose("其他", "Other")),
    ]
