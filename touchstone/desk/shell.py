"""The frame of a position's pages: the round's stops, each with its count."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest
from django.urls import resolve, reverse

from touchstone.accounts.models import Person
from touchstone.accounts.permissions import has_role
from touchstone.positions.models import Position
from touchstone.positions.permissions import may_see_applicants
from touchstone.recruiting.models import Application
from touchstone.recruiting.stages import ORDER, Stage, reached
from touchstone.ui.bilingual import bi, choose
from touchstone.ui.shell import MenuLink, Shell, StageLink

# Stops that show everybody who applied; interviewers see those of their own panels only.
ABOUT_EVERYBODY = frozenset({"screening", "reports", "hires"})
MAIN_PAGES = (
    ("today", bi("今天", "Today"), False),
    ("positions", bi("岗位", "Positions"), False),
    ("pool", bi("人才库", "Talent pool"), False),
    ("library", bi("题库", "Question bank"), False),
    ("taxonomy", bi("概念库", "Concepts"), True),
    ("availability", bi("我的时间", "My time"), True),
    ("people", bi("人员与权限", "People and roles"), True),
    ("messages", bi("发件箱", "Outbox"), True),
    ("work", bi("后台任务", "Background work"), True),
    ("audit", bi("审计记录", "Audit log"), True),
)


def menu_of(person: Person) -> tuple[MenuLink, ...]:
    """The pages that this person may open, from what each view asks for."""
    return tuple(
        MenuLink(reverse(name), str(label), in_menu_only)
        for name, label, in_menu_only in MAIN_PAGES
        if _opens(person, name)
    )


def _opens(person: Person, name: str) -> bool:
    roles = getattr(resolve(reverse(name)).func, "required_roles", ())
    return not roles or has_role(person, roles)


def stage_counts(position: Position) -> dict[str, int]:
    """Applications at or beyond each stage; one query."""
    rows = (
        Application.objects.filter(position=position)
        .values("stage")
        .annotate(n=Count("pk"))
        .values_list("stage", "n")
    )
    own = dict(rows)
    return {
        stage: sum(n for name, n in own.items() if reached(name) >= index)
        for index, stage in enumerate(ORDER)
    }


def position_shell(request: HttpRequest, position: Position, current: str) -> None:
    """Sets the frame for a page of the position.

    Args:
        current: model, screening, assessment, interviews, reports or hires.
    """
    counts = stage_counts(position)
    sees = may_see_applicants(request.user, position)  # type: ignore[arg-type]
    stops = (
        ("model", choose("画像", "Model"), "position-model", None),
        ("screening", choose("筛选", "Screening"), "shortlist", counts[Stage.APPLIED]),
        ("assessment", choose("测评", "Assessment"), "assessment", counts[Stage.INVITED]),
        ("interviews", choose("面试", "Interviews"), "interviews", counts[Stage.INTERVIEWING]),
        ("reports", choose("报告", "Reports"), "round", counts[Stage.EVALUATED]),
        ("hires", choose("录用", "Hires"), "hires", counts[Stage.HIRED]),
    )
    english = choose("", "en")
    request.shell = Shell(  # type: ignore[attr-defined]
        title=position.title_en if english and position.title_en else position.title,
        subtitle=f"{position.branch.shown} · {position.department.shown}",
        url=reverse("position", args=[position.ref]),
        stages=tuple(
            StageLink(key, label, reverse(name, args=[position.ref]), count, key == current)
            for key, label, name, count in stops
            if sees or key not in ABOUT_EVERYBODY
        ),
    )
