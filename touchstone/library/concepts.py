"""The company's own layer of concepts: which holds now, drafts, versions, undo.

The layer is one for the whole company: candidates, the talent pool and the question bank are read
by the same concepts in every branch.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.engine.screening.words import vague
from touchstone.engine.text.layer import (
    Change,
    layer_document,
    layer_sha256,
    layered,
    parse_layer,
)
from touchstone.engine.text.layer_check import Finding, check_layer
from touchstone.engine.text.taxonomy import Taxonomy, taxonomy
from touchstone.library.models import TaxonomyDraft, TaxonomyVersion

Document = dict[str, Any]


def current_version() -> TaxonomyVersion | None:
    """The layer that holds now; None where the company never said anything."""
    return TaxonomyVersion.objects.order_by("-number").first()


def company_taxonomy() -> Taxonomy:
    """The concepts that hold now: what is shipped under the company's newest layer.

    One small query; the compiled form is kept in the process and made anew only where the newest
    version is another, so that every process notices.
    """
    newest = TaxonomyVersion.objects.order_by("-number").values_list("pk", "sha256").first()
    if newest is None or not newest[1]:
        return taxonomy()
    return _of_version(*newest)


@functools.lru_cache(maxsize=2)
def _of_version(pk: int, sha256: str) -> Taxonomy:
    return layered(TaxonomyVersion.objects.get(pk=pk, sha256=sha256).document)


def taxonomy_named(sha256: str) -> Taxonomy:
    """The concepts that a receipt names.

    Raises:
        InvalidInput: no version of the layer has that hash.
    """
    if not sha256:
        return taxonomy()
    version = TaxonomyVersion.objects.filter(sha256=sha256).order_by("number").first()
    if version is None:
        raise InvalidInput(say("taxonomy.version_unknown", sha256=sha256[:12]))
    return layered(version.document)


def version_numbers(hashes: Iterable[str]) -> dict[str, int]:
    """The versions that receipts name, by hash: of equal ones the first."""
    wanted = [sha256 for sha256 in hashes if sha256]
    rows = TaxonomyVersion.objects.filter(sha256__in=wanted).order_by("-number")
    return dict(rows.values_list("sha256", "number"))


def current_layer() -> Document:
    """The newest layer as data, to be handed to processes that have no database."""
    version = current_version()
    return dict(version.document) if version else {}


def findings_of(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What is wrong, or may go wrong, with a layer."""
    return check_layer(parse_layer(document), ordinary=vague())


def draft_of(person_id: int) -> TaxonomyDraft | None:
    """The person's own draft."""
    return TaxonomyDraft.objects.filter(author=person_id).first()


def draft_layer(draft: TaxonomyDraft | None) -> Document:
    """What a draft says; without one, what holds now."""
    return dict(draft.document) if draft else current_layer()


@transaction.atomic
def draft_save(
    *,
    actor: Actor,
    document: Mapping[str, Any],
    at: dt.datetime,
    based_on: int | None = None,
    note: str | None = None,
) -> TaxonomyDraft:
    """Keeps what a person is changing, right or wrong. Nobody else sees it.

    Args:
        based_on: the version it starts from; by default as before, or the newest.
    """
    if actor.person_id is None:
        raise InvalidInput(say("positions.draft_of_nobody"))
    known = draft_of(actor.person_id)
    if based_on is None:
        based_on = known.based_on if known else _number(current_version())
    fields: dict[str, Any] = {"document": dict(document), "based_on": based_on, "saved_at": at}
    if note is not None:
        fields["note"] = note[:300]
    draft, _made = TaxonomyDraft.objects.update_or_create(
        author_id=actor.person_id, defaults=fields
    )
    return draft


@transaction.atomic
def draft_concept_set(
    *, actor: Actor, concept: str, change: Change, at: dt.datetime
) -> TaxonomyDraft:
    """Says one concept's part of the draft anew; an empty change leaves it as shipped."""
    if actor.person_id is None:
        raise InvalidInput(say("positions.draft_of_nobody"))
    held = TaxonomyDraft.objects.select_for_update().filter(author=actor.person_id).first()
    document = draft_layer(held)
    document.pop(concept, None)
    document |= layer_document({concept: change})
    return draft_save(actor=actor, document=document, at=at)


def draft_discard(person_id: int) -> None:
    """Throws the person's own draft away."""
    TaxonomyDraft.objects.filter(author=person_id).delete()


@transaction.atomic
def draft_publish(
    *, actor: Actor, draft: TaxonomyDraft, at: dt.datetime, note: str = ""
) -> TaxonomyVersion:
    """Makes the draft the layer that holds and ends it.

    Raises:
        InvalidInput: it has errors, or says what holds already.
        Conflict: a colleague saved a version meanwhile; the draft stays.
    """
    version = version_save(
        actor=actor,
        document=draft.document,
        at=at,
        based_on=draft.based_on,
        note=note.strip() or draft.note,
    )
    draft.delete()
    return version


@transaction.atomic
def version_save(
    *,
    actor: Actor,
    document: Mapping[str, Any],
    at: dt.datetime,
    based_on: int,
    note: str = "",
    undoes: TaxonomyVersion | None = None,
) -> TaxonomyVersion:
    """A new version of the layer, by which everything is read from now on.

    Raises:
        InvalidInput: it has errors, or says what holds already.
        Conflict: somebody saved a version meanwhile.
    """
    clean = layer_document(parse_layer(document))
    wrong = [finding for finding in findings_of(clean) if finding.level == "error"]
    if wrong:
        raise InvalidInput(
            say("taxonomy.not_saved", n=len(wrong), first=wrong[0].message), field=wrong[0].field
        )
    before = current_version()
    number = _number(before)
    if number != based_on:
        raise Conflict(say("taxonomy.changed_meanwhile", number=number))
    sha256 = layer_sha256(clean)
    if sha256 == (before.sha256 if before else ""):
        raise InvalidInput(say("taxonomy.nothing_changed"))
    layered(clean)
    try:
        with transaction.atomic():
            version = TaxonomyVersion.objects.create(
                number=number + 1,
                document=clean,
                sha256=sha256,
                note=note.strip()[:300],
                author_id=actor.person_id,
                undoes=undoes,
                created_at=at,
            )
    except IntegrityError as error:
        raise Conflict(say("taxonomy.changed_meanwhile", number=number + 1)) from error
    audit_record(
        actor,
        "taxonomy.undone" if undoes else "taxonomy.saved",
        object_type="taxonomy",
        object_ref=version.ref,
        before=before.sha256 if before else None,
        after=sha256,
        detail={"number": version.number, "concepts": sorted(clean)[:200]},
    )
    return version


@transaction.atomic
def version_undo(*, actor: Actor, version: TaxonomyVersion, at: dt.datetime) -> TaxonomyVersion:
    """Takes the newest version back: a further one that says what the one before it said.

    Raises:
        Conflict: it is not the newest any more.
    """
    before = TaxonomyVersion.objects.filter(number=version.number - 1).first()
    return version_save(
        actor=actor,
        document=before.document if before else {},
        at=at,
        based_on=version.number,
        undoes=version,
    )


def _number(version: TaxonomyVersion | None) -> int:
    return version.number if version else 0


@transaction.atomic
def draft_rebase(*, actor: Actor, draft: TaxonomyDraft, at: dt.datetime) -> list[str]:
    """Lays a draft over the version that a colleague saved meanwhile.

    Where both changed the same concept, the draft's word stays.

    Returns:
        The concepts that both had changed.
    """
    newest = current_version()
    base = TaxonomyVersion.objects.filter(number=draft.based_on).first()
    was: Document = base.document if base else {}
    theirs: Document = newest.document if newest else {}
    mine: Document = draft.document
    touched = {key for key in {*was, *mine} if was.get(key) != mine.get(key)}
    both = sorted(key for key in touched if was.get(key) != theirs.get(key))
    merged = {key: row for key, row in theirs.items() if key not in touched}
    merged |= {key: mine[key] for key in touched if key in mine}
    draft_save(actor=actor, document=merged, at=at, based_on=_number(newest))
    return both
