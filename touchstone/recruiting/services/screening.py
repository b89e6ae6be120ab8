"""Screenings computed again from the stored text: for one application, or for a whole position."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q

from touchstone import __version__
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message, say
from touchstone.engine.profiles.model import CompetencyModel, model_document, parse_model
from touchstone.engine.resumes.document import Document
from touchstone.engine.resumes.parse import parse
from touchstone.engine.resumes.resume import ParsedResume
from touchstone.engine.text.taxonomy import Taxonomy
from touchstone.library.concepts import company_taxonomy, taxonomy_named
from touchstone.positions.models import CompetencyModelVersion, Position
from touchstone.positions.services import model_version_save
from touchstone.recruiting.models import Application, Resume, Screening
from touchstone.recruiting.reading import kept_row
from touchstone.recruiting.services.intake import screenings_keep
from touchstone.recruiting.stages import FINAL

RESCREEN_TASK = "touchstone.jobs.recruiting.position_rescreen"
CHUNK = 100


def screening_row(resume: Resume, model: CompetencyModel, concepts: Taxonomy) -> dict[str, Any]:
    """The row of `touchstone screen` for a stored resume: the same as when its file was read.

    "Until now" in the resume means the day on which it was read.

    Args:
        concepts: those that hold now (`company_taxonomy`), or those a receipt names.
    """
    from touchstone.engine.screening.screen import screen

    parsed, as_of = parsed_again(resume)
    result = screen(
        resume.text,
        parsed,
        model,
        as_of=as_of,
        flags=tuple(resume.flags),
        file_sha256=resume.sha256,
        concepts=concepts,
    )
    return kept_row(result)


def parsed_again(resume: Resume) -> tuple[ParsedResume, dt.date]:
    """The fields of a stored resume, read from its text, and what "now" means in it."""
    as_of = (resume.read_at or resume.created_at).date()
    document = Document(
        text=resume.text,
        kind="txt",
        lang="en" if resume.language == "en" else "zh",
        flags=tuple(resume.flags),
    )
    return parse(document, as_of, filename=resume.file_name), as_of


def screening_verify(screening: Screening) -> tuple[Message, ...]:
    """Computes a screening again from the stored text by the model and the concepts that its
    receipt names, and says what is not as it was kept; nothing where all is.

    Raises:
        InvalidInput: the receipt names concepts that were never saved here.
    """
    kept = screening.result
    engine = kept.get("receipt", {}).get("engine", "")
    if engine != __version__:
        return (say("screening.other_engine", engine=engine, now=__version__),)
    concepts = taxonomy_named(screening.taxonomy_sha256)
    again = screening_row(screening.resume, parse_model(screening.model_version.document), concepts)
    parts = {
        "score": say("screening.part_score"),
        "indicators": say("screening.part_indicators"),
        "evidence": say("screening.part_evidence"),
        "receipt": say("screening.part_receipt"),
    }
    return tuple(
        say("screening.differs", what=name)
        for part, name in parts.items()
        if again[part] != kept.get(part)
    )


@transaction.atomic
def application_screen(*, application: Application, at: dt.datetime) -> Screening:
    """Screens the application's resume against the position's current model.

    Raises:
        InvalidInput: there is no model or no readable resume, or the candidate asked that people
            alone decide.
    """
    version = application.position.model_version
    resume = application.resume
    if version is None or resume is None or not resume.text:
        raise InvalidInput(say("recruiting.nothing_to_screen"))
    if application.human_only:
        raise InvalidInput(say("recruiting.human_only"))
    row = screening_row(resume, parse_model(version.document), company_taxonomy())
    (screening,) = screenings_keep([(application, resume, row)], model=version, at=at)
    _log(SYSTEM, application.position, version, [application.ref])
    return screening


def position_rescreen(
    *, actor: Actor, position: Position, at: dt.datetime, by_concepts: bool = False
) -> int:
    """Screens every open application again where the model has changed since; in transactions of
    `CHUNK`. A person's override stays. Returns how many were screened.

    Args:
        by_concepts: also where the company's concepts have changed since.

    Raises:
        InvalidInput: the position has no model.
    """
    version = position.model_version
    if version is None:
        raise InvalidInput(say("positions.model_missing"))
    model = parse_model(version.document)
    concepts = company_taxonomy()
    stale = stale_applications(position, concepts.layer if by_concepts else None).values_list(
        "pk", flat=True
    )
    done = 0
    ids = iter(list(stale))
    while chunk := list(itertools.islice(ids, CHUNK)):
        done += _rescreen(actor, position, model, concepts, chunk, at)
    return done


def stale_applications(position: Position, layer: str | None = None) -> Any:
    """Open applications with a readable resume whose screening is of another model version.

    Args:
        layer: the hash of the company's concepts; screenings by others are stale as well.
    """
    fresh = Q(screening__model_version=position.model_version_id)
    if layer is not None:
        fresh &= Q(screening__taxonomy_sha256=layer)
    return (
        Application.objects.filter(position=position, human_only=False)
        .exclude(stage__in=FINAL)
        .exclude(Q(screening__isnull=False) & fresh)
        .exclude(resume=None)
        .exclude(resume__text="")
        .order_by("pk")
    )


@transaction.atomic
def rescreen_ask(*, actor: Actor, position: Position, by_concepts: bool = False) -> None:
    """Has the position screened again by a job.

    Args:
        by_concepts: also those screened by other concepts than hold now.
    """
    audit_record(
        actor,
        "position.rescreen_asked",
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        detail={"by_concepts": True} if by_concepts else None,
    )
    extra = {"by_concepts": True} if by_concepts else {}
    enqueue(RESCREEN_TASK, position_ref=position.ref, **extra)


@transaction.atomic
def _rescreen(
    actor: Actor,
    position: Position,
    model: CompetencyModel,
    concepts: Taxonomy,
    ids: Iterable[int],
    at: dt.datetime,
) -> int:
    version = position.model_version
    if version is None:
        return 0
    applications = list(
        Application.objects.select_for_update(of=("self",))
        .select_related("resume", "screening")
        .defer("resume__parsed", "resume__geometry", "screening__result")
        .filter(pk__in=list(ids))
    )
    rows: list[tuple[Application, Resume, dict[str, Any] | None]] = [
        (application, application.resume, screening_row(application.resume, model, concepts))
        for application in applications
        if application.resume is not None
    ]
    screenings_keep(rows, model=version, at=at)
    _log(actor, position, version, [application.ref for application in applications])
    return len(rows)


def _log(
    actor: Actor, position: Position, version: CompetencyModelVersion, refs: list[str]
) -> None:
    audit_record(
        actor,
        "applications.screened",
        object_type="position",
        object_ref=position.ref,
        branch_ref=position.branch.ref,
        detail={"applications": refs, "model": version.number},
    )


@transaction.atomic
def line_set(
    *, actor: Actor, position: Position, line: float, at: dt.datetime
) -> CompetencyModelVersion:
    """Keeps a line for "advance" as a new version of the model and has everybody screened by it.

    Raises:
        InvalidInput: the position has no model.
    """
    version = position.model_version
    if version is None:
        raise InvalidInput(say("positions.model_missing"))
    model = parse_model(version.document)
    decision = replace(
        model.decision, advance_min=line, review_min=min(model.decision.review_min, line)
    )
    fresh = model_version_save(
        actor=actor,
        position=position,
        document=model_document(replace(model, decision=decision)),
        at=at,
        based_on=version.number,
        note=f"{model.decision.advance_min:g} → {line:g}",
    )
    rescreen_ask(actor=actor, position=position)
    return fresh
