"""The frame of a position's pages: the round's stops, each with its count."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from touchstone.positions.models import Position
from touchstone.recruiting.models import Application
from touchstone.recruiting.stages import ORDER, Stage, reached
from touchstone.ui.bilingual import choose
from touchstone.ui.shell import Shell, StageLink


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
        subtitle=f"{position.branch.name} · {position.department.name}",
        url=reverse("position", args=[position.ref]),
        stages=tuple(
            StageLink(key, label, reverse(name, args=[position.ref]), count, key == current)
            for key, label, name, count in stops
        ),
    )
