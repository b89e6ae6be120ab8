"""Reads of positions: their models, and lists of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from touchstone.accounts.models import Person
from touchstone.engine.profiles.model import CompetencyModel, parse_model
from touchstone.positions.models import CompetencyModelVersion, Position, PositionMember
from touchstone.positions.permissions import visible_positions


def competency_model(version: CompetencyModelVersion) -> CompetencyModel:
    """The model of a version; parsed once."""
    return _parsed(json.dumps(version.document, ensure_ascii=False))


@functools.lru_cache(maxsize=64)
def _parsed(document: str) -> CompetencyModel:
    return parse_model(json.loads(document))


def positions_listed(person: Person, *, words: str = "", status: str = "") -> QuerySet[Position]:
    """Positions the person may see, open ones first, with the number of applications."""
    rows = visible_positions(person)
    if words:
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(title_en__icontains=words)
            | Q(department__name__icontains=words)
            | Q(branch__name__icontains=words)
        )
    if status in Position.Status.values:
        rows = rows.filter(status=status)
    return (
        rows.select_related("branch", "department", "model_version")
        .annotate(applied=Count("applications", distinct=True))
        .order_by(F("status").desc(), F("opened_at").desc(nulls_last=True), "-created_at")
    )


def status_counts(person: Person) -> Mapping[str, int]:
    """How many positions the person may see are draft, open or closed."""
    rows = visible_positions(person).order_by().values_list("status").annotate(n=Count("pk"))
    return dict(rows)


def members_of(position: Position) -> list[PositionMember]:
    """The people of a position with their parts: managers first, then interviewers, recruiters."""
    order = {"hiring_manager": 0, "interviewer": 1, "recruiter": 2}
    members = position.members.select_related("person__department", "person__branch")
    return sorted(members, key=lambda m: (order.get(m.role, 9), m.person.name))


def people_to_add(position: Position, words: str) -> Sequence[Person]:
    """Colleagues of the position's branch and its parents, by name, to give a part to."""
    rows = Person.objects.filter(is_active=True).filter(
        Q(branch=position.branch_id)
        | Q(branch=position.branch.parent_id)
        | Q(branch__parent=position.branch_id)
    )
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(name_en__icontains=words)
            | Q(username__icontains=words)
            | Q(department__name__icontains=words)
        )
    return list(rows.select_related("department").order_by("name")[:200])


def versions_of(position: Position) -> list[CompetencyModelVersion]:
    """Every version of the model, newest first, with its author."""
    return list(position.model_versions.select_related("author").order_by("-number"))


def document_of(position: Position) -> dict[str, Any] | None:
    """The current model as data; None without one."""
    version = position.model_version
    return dict(version.document) if version is not None else None
