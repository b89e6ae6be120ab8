"""Calibration samples: the same answer scored by everybody, each for themselves, then compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.engine.profiles.model import parse_model
from touchstone.evaluation.models import CalibrationSample, SampleSheet
from touchstone.positions.models import Position

MOST_INDICATORS = 8
MOST_TEXT, MOST_COMMENT = 20_000, 2_000


@transaction.atomic
def sample_create(
    *,
    actor: Actor,
    position: Position,
    title: str,
    question: str,
    text: str,
    indicators: Sequence[str],
    at: dt.datetime,
) -> CalibrationSample:
    """A sample for the position's interviewers.

    Raises:
        InvalidInput: without title, text or indicators, or with one the model does not have.
    """
    if not title.strip():
        raise InvalidInput(say("evaluation.sample_title"), field="title")
    if not text.strip() or len(text) > MOST_TEXT:
        raise InvalidInput(say("evaluation.sample_text", most=MOST_TEXT), field="text")
    version = position.model_version
    known = [i.id for i in parse_model(version.document).indicators] if version else []
    chosen = [name for name in known if name in set(indicators)]
    if not chosen or len(chosen) > MOST_INDICATORS or len(chosen) < len(set(indicators)):
        raise InvalidInput(
            say("evaluation.sample_indicators", most=MOST_INDICATORS), field="indicator"
        )
    sample = CalibrationSample.objects.create(
        position=position,
        title=title.strip()[:120],
        question=question.strip()[:MOST_TEXT],
        text=text.strip(),
        indicators=chosen,
        created_by_id=_person_id(actor),
        created_at=at,
    )
    _log(actor, sample, "calibration_sample.made")
    return sample


@transaction.atomic
def sheet_save(
    *,
    actor: Actor,
    sample: CalibrationSample,
    scores: Mapping[str, Mapping[str, Any]],
    version: int,
    at: dt.datetime,
    submit: bool = False,
) -> SampleSheet:
    """Keeps a person's scores as typed or, with ``submit``, for good.

    Args:
        scores: ``{"score": "7.5" or "", "comment": …}`` by indicator; others are left out.
        version: of the sheet they were typed upon; 0 where there was none.

    Raises:
        Conflict: the sheet was changed elsewhere; nothing is overwritten.
        InvalidInput: a score is none, or one is missing on submitting.
        NotAllowed: it was submitted, or the sample is closed.
    """
    CalibrationSample.objects.select_for_update().get(pk=sample.pk)
    if sample.closed_at:
        raise NotAllowed(say("evaluation.sample_closed"))
    sheet = SampleSheet.objects.filter(sample=sample, person_id=_person_id(actor)).first()
    kept = {name: _cell(scores.get(name, {})) for name in sample.indicators}
    if sheet is None:
        sheet = SampleSheet(sample=sample, person_id=_person_id(actor), version=0)
    elif sheet.submitted_at:
        raise NotAllowed(say("evaluation.sample_submitted"))
    elif sheet.version != version and sheet.scores != kept:
        raise Conflict(say("evaluation.sample_changed"), theirs=sheet.scores, mine=kept)
    missing = sum(1 for cell in kept.values() if cell["score"] is None)
    sheet.scores, sheet.updated_at = kept, at
    sheet.version += 1
    if submit and not missing:
        sheet.submitted_at = at
    sheet.save()
    if sheet.submitted_at:
        _log(actor, sample, "calibration_sample.scored")
    return sheet


@transaction.atomic
def sample_close(*, actor: Actor, sample: CalibrationSample, at: dt.datetime) -> None:
    """Nobody scores it any more; those who did not may look at the result now."""
    if CalibrationSample.objects.filter(pk=sample.pk, closed_at=None).update(closed_at=at):
        _log(actor, sample, "calibration_sample.closed")


def _cell(given: Mapping[str, Any]) -> dict[str, Any]:
    written = str(given.get("score", "") or "").strip().replace("，", ".").replace(",", ".")
    comment = str(given.get("comment", "") or "")[:MOST_COMMENT]
    if not written:
        return {"score": None, "comment": comment}
    try:
        score = float(written)
    except ValueError as error:
        raise InvalidInput(say("evaluation.bad_score"), field="score") from error
    if not (0 <= score <= 10 and score * 2 == int(score * 2)):
        raise InvalidInput(say("evaluation.bad_score"), field="score")
    return {"score": score, "comment": comment}


def _person_id(actor: Actor) -> int:
    person_id = actor.person_id
    if person_id is None or not Person.objects.filter(pk=person_id).exists():
        raise NotAllowed(say("accounts.not_allowed"))
    return person_id


def _log(actor: Actor, sample: CalibrationSample, action: str) -> None:
    audit_record(
        actor,
        action,
        object_type="position",
        object_ref=sample.position.ref,
        branch_ref=sample.position.branch.ref,
        detail={"sample": sample.ref},
    )
