"""Openings and their competency models."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction

from touchstone.accounts.models import Branch, Department, Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.positions.models import (
    BusinessWish,
    CompetencyModelVersion,
    Position,
    PositionMember,
)

SUGGEST_TASK = "touchstone.jobs.recruiting.pool_suggest"


@transaction.atomic
def position_create(
    *,
    actor: Actor,
    branch: Branch,
    department: Department,
    title: str,
    at: dt.datetime,
    title_en: str = "",
    description: str = "",
    industry: str = "",
    headcount: int = 1,
    blind_first: bool = True,
) -> Position:
    """A draft of an opening.

    Raises:
        InvalidInput: no title, or the department is another branch's.
    """
    if not title.strip():
        raise InvalidInput(say("positions.title_missing"), field="title")
    if department.branch_id != branch.pk:
        raise InvalidInput(say("positions.department_elsewhere"), field="department")
    position = Position.objects.create(
        branch=branch,
        department=department,
        title=title.strip()[:120],
        title_en=title_en.strip()[:120],
        description=description,
        industry=industry,
        headcount=headcount,
        blind_first=blind_first,
        created_at=at,
        created_by_id=actor.person_id,
    )
    if actor.person_id:
        PositionMember.objects.create(
            position=position, person_id=actor.person_id, role="recruiter"
        )
    _log(actor, position, "position.created")
    return position


@transaction.atomic
def position_edit(
    *,
    actor: Actor,
    position: Position,
    title: str,
    title_en: str,
    description: str,
    industry: str,
    headcount: int,
    blind_first: bool,
    recording_wanted: bool,
) -> Position:
    """Changes the position's own facts; its branch, department and model stay.

    Raises:
        InvalidInput: no title.
    """
    if not title.strip():
        raise InvalidInput(say("positions.title_missing"), field="title")
    changes: dict[str, Any] = {
        "title": title.strip()[:120],
        "title_en": title_en.strip()[:120],
        "description": description,
        "industry": industry,
        "headcount": headcount,
        "blind_first": blind_first,
        "recording_wanted": recording_wanted,
    }
    changed = sorted(name for name, value in changes.items() if getattr(position, name) != value)
    for name, value in changes.items():
        setattr(position, name, value)
    position.save(update_fields=list(changes))
    _log(actor, position, "position.edited", {"fields": changed})
    return position


@transaction.atomic
def llm_rates_set(*, actor: Actor, position: Position, on: bool) -> Position:
    """Whether a language model reads this position's answers as one more rater."""
    if position.llm_rates == on:
        return position
    position.llm_rates = on
    position.save(update_fields=["llm_rates"])
    audit_record(
        actor,
        "position.llm_rates_set",
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        before={"llm_rates": not on},
        after={"llm_rates": on},
        detail={"on": on},
    )
    return position


@transaction.atomic
def position_status_set(
    *, actor: Actor, position: Position, status: str, at: dt.datetime
) -> Position:
    """Opens or closes the round.

    Raises:
        InvalidInput: it has no competency model yet and should be opened.
    """
    if status == Position.Status.OPEN and position.model_version_id is None:
        raise InvalidInput(say("positions.model_missing"))
    before = position.status
    position.status = status
    if status == Position.Status.OPEN and position.opened_at is None:
        position.opened_at = at
    position.closed_at = at if status == Position.Status.CLOSED else None
    position.save(update_fields=["status", "opened_at", "closed_at"])
    audit_record(
        actor,
        "position.status_set",
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        before=before,
        after=status,
    )
    if status == Position.Status.OPEN and before != status:
        enqueue(SUGGEST_TASK, position_ref=position.ref)
    return position


def model_sha256(document: dict[str, Any]) -> str:
    """SHA-256 of the model's canonical JSON."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def model_version_save(
    *,
    actor: Actor,
    position: Position,
    document: dict[str, Any],
    at: dt.datetime,
    based_on: int,
    note: str = "",
    learned: dict[str, Any] | None = None,
) -> CompetencyModelVersion:
    """A new version of the position's competency model, which becomes the current one.

    Args:
        document: MODEL.yaml as data, already validated by `engine.profiles.model`.
        based_on: the number of the version the author saw; 0 for the first.

    Raises:
        Conflict: somebody saved a version meanwhile.
    """
    locked = Position.objects.select_for_update().get(pk=position.pk)
    latest = locked.model_versions.order_by("-number").first()
    number = latest.number if latest else 0
    if number != based_on:
        raise Conflict(
            say("positions.model_changed_meanwhile", number=number),
            theirs=latest.document if latest else None,
            mine=document,
        )
    version = CompetencyModelVersion.objects.create(
        position=locked,
        number=number + 1,
        document=document,
        sha256=model_sha256(document),
        learned=learned or {},
        note=note[:300],
        author_id=actor.person_id,
        created_at=at,
    )
    Position.objects.filter(pk=locked.pk).update(model_version=version)
    position.model_version = version
    audit_record(
        actor,
        "model.version_saved",
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        before=latest.sha256 if latest else None,
        after=version.sha256,
        detail={"number": version.number},
    )
    return version


@transaction.atomic
def member_add(*, actor: Actor, position: Position, person: Person, role: str) -> PositionMember:
    """Gives a person a part in the position; once however often it is asked."""
    member, made = PositionMember.objects.get_or_create(position=position, person=person, role=role)
    if made:
        _log(actor, position, "position.member_added", {"person": person.ref, "role": role})
    return member


@transaction.atomic
def member_remove(*, actor: Actor, position: Position, person: Person, role: str) -> None:
    """Takes the part back."""
    PositionMember.objects.filter(position=position, person=person, role=role).delete()
    _log(actor, position, "position.member_removed", {"person": person.ref, "role": role})


@transaction.atomic
def wish_add(
    *, actor: Actor, position: Position, department: Department | None, text: str, at: dt.datetime
) -> BusinessWish:
    """Keeps what a business department asks for, in its own words; the same words once.

    Raises:
        InvalidInput: nothing was written.
    """
    if not text.strip():
        raise InvalidInput(say("positions.wish_empty"), field="text")
    same = position.wishes.filter(department=department, text=text.strip()).first()
    if same is not None:
        return same
    wish = BusinessWish.objects.create(
        position=position,
        department=department,
        author=actor.name[:80],
        text=text.strip(),
        created_at=at,
    )
    _log(actor, position, "position.wish_added")
    return wish


def _log(
    actor: Actor, position: Position, action: str, detail: dict[str, Any] | None = None
) -> None:
    audit_record(
        actor,
        action,
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        detail=detail,
    )
