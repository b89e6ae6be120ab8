"""Drafts of a model: one a person and position, kept while they type, published as a version."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.profiles.model import load_model_yaml, model_document, parse_model
from touchstone.positions.models import CompetencyModelVersion, ModelDraft, Position
from touchstone.positions.services import model_version_save


@transaction.atomic
def draft_save(
    *,
    actor: Actor,
    position: Position,
    document: dict[str, Any],
    at: dt.datetime,
    based_on: int | None = None,
    note: str = "",
) -> ModelDraft:
    """Keeps what a person is changing; it may be incomplete. Nobody else sees it.

    Drafts are not in the audit log, as what is typed elsewhere is not either; publishing is.

    Args:
        based_on: the version it starts from; by default as before, or the current one.
    """
    if actor.person_id is None:
        raise InvalidInput(say("positions.draft_of_nobody"))
    known = ModelDraft.objects.filter(position=position, author=actor.person_id).first()
    if based_on is None:
        based_on = known.based_on if known else current_number(position)
    draft, _made = ModelDraft.objects.update_or_create(
        position=position,
        author_id=actor.person_id,
        defaults={
            "document": document,
            "based_on": based_on,
            "note": note[:300],
            "saved_at": at,
        },
    )
    return draft


def draft_of(*, position: Position, person_id: int) -> ModelDraft | None:
    """The person's own draft."""
    return ModelDraft.objects.filter(position=position, author=person_id).first()


def draft_discard(*, position: Position, person_id: int) -> None:
    """Throws the person's own draft away."""
    ModelDraft.objects.filter(position=position, author=person_id).delete()


@transaction.atomic
def draft_publish(
    *,
    actor: Actor,
    draft: ModelDraft,
    at: dt.datetime,
    note: str = "",
    learned: dict[str, Any] | None = None,
) -> CompetencyModelVersion:
    """Makes the draft the current version and ends it.

    Raises:
        InvalidInput: it is incomplete; the message names the place.
        Conflict: a colleague published meanwhile; the draft stays.
    """
    version = model_version_save(
        actor=actor,
        position=draft.position,
        document=model_document(parse_model(draft.document)),
        at=at,
        based_on=draft.based_on,
        note=note or draft.note,
        learned=learned,
    )
    draft.delete()
    return version


def document_from_yaml(data: bytes, name: str) -> dict[str, Any]:
    """MODEL.yaml as data.

    Raises:
        InvalidInput: no such file; the message names line and reason.
    """
    return model_document(load_model_yaml(data, name))


def current_number(position: Position) -> int:
    """The number of the current version; 0 without one."""
    return position.model_version.number if position.model_version else 0
