"""A person's changes to a question kit, up to the moment the talk starts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, IllegalTransition, InvalidInput
from touchstone.common.messages import say
from touchstone.engine.profiles.model import parse_model
from touchstone.engine.questions.kit import Choice, choice_document, coverage_document
from touchstone.engine.questions.loading import parse_question
from touchstone.engine.questions.question import Question as EngineQuestion
from touchstone.interviews.models import Interview
from touchstone.interviews.services.kits import kit_document, question_codes, questions_for
from touchstone.library.concepts import company_taxonomy
from touchstone.library.models import Question
from touchstone.library.services import exposures_record, exposures_withdraw


@transaction.atomic
def kit_question_put(
    *,
    actor: Actor,
    interview: Interview,
    code: str,
    at: dt.datetime,
    version: int,
    in_place_of: str = "",
) -> Interview:
    """Adds a question to the kit, or puts it in the place of another.

    Args:
        version: of the interview that the person saw.
        in_place_of: the code of the question that leaves; what it was to probe stays open.

    Raises:
        InvalidInput: the position has no such active question, or the kit holds it already.
        IllegalTransition: the talk has started.
        Conflict: somebody changed the interview meanwhile.
    """
    question = {q.id: q for q in questions_for(interview.application.position)}.get(code)
    if question is None:
        raise InvalidInput(say("interviews.kit_no_question", code=code[:40]), field="code")
    if code in question_codes(interview.kit):
        raise InvalidInput(say("interviews.kit_has_question", code=code), field="code")
    entry = choice_document(
        Choice(question, (say("questions.why_person", name=actor.name),), seen=_seen(code))
    )
    rows: list[dict[str, Any]] = list(interview.kit.get("questions", []))
    open_probes = list(interview.kit.get("probes", []))
    at_place = next((n for n, row in enumerate(rows) if row.get("code") == in_place_of), None)
    if at_place is None:
        rows.append(entry)
    else:
        open_probes += rows[at_place].get("probes", [])
        rows[at_place] = entry
    return _keep(actor, interview, rows, open_probes, at, version, "kit.question_put", code)


@transaction.atomic
def kit_question_remove(
    *, actor: Actor, interview: Interview, code: str, at: dt.datetime, version: int
) -> Interview:
    """Takes a question out; what it was to probe stays open.

    Raises:
        IllegalTransition: the talk has started.
        Conflict: somebody changed the interview meanwhile.
    """
    rows = [row for row in interview.kit.get("questions", []) if row.get("code") != code]
    gone = [row for row in interview.kit.get("questions", []) if row.get("code") == code]
    open_probes = list(interview.kit.get("probes", []))
    open_probes += [probe for row in gone for probe in row.get("probes", [])]
    return _keep(actor, interview, rows, open_probes, at, version, "kit.question_removed", code)


@transaction.atomic
def kit_rebuild(*, actor: Actor, interview: Interview, at: dt.datetime, version: int) -> Interview:
    """Chooses the kit anew from the bank as it is now; changes by hand are dropped.

    Raises:
        InvalidInput: there is no model, or no question fits.
        IllegalTransition: the talk has started.
        Conflict: somebody changed the interview meanwhile.
    """
    before = question_codes(interview.kit)
    exposures_withdraw(codes=before, application_ref=interview.application.ref)
    minutes = int((interview.ends_at - interview.starts_at).total_seconds() // 60)
    document = kit_document(interview.application, minutes=minutes)
    if not document:
        raise InvalidInput(say("interviews.kit_nothing"))
    _store(actor, interview, document, at, version, "kit.rebuilt", "")
    return interview


def _seen(code: str) -> int:
    row = Question.objects.filter(code=code, status=Question.Status.ACTIVE).first()
    return row.exposures if row else 0


def _keep(
    actor: Actor,
    interview: Interview,
    rows: list[dict[str, Any]],
    open_probes: list[dict[str, Any]],
    at: dt.datetime,
    version: int,
    action: str,
    code: str,
) -> Interview:
    before = set(question_codes(interview.kit))
    document = {
        **interview.kit,
        "questions": rows,
        "probes": open_probes,
        "used": sum(int(row.get("minutes") or 0) for row in rows),
        "edited_by": actor.name,
    }
    model = interview.application.position.model_version
    if model is not None:
        document["coverage"] = coverage_document(
            parse_model(model.document), [_question(row) for row in rows], company_taxonomy()
        )
    exposures_withdraw(
        codes=before - set(question_codes(document)), application_ref=interview.application.ref
    )
    _store(actor, interview, document, at, version, action, code)
    return interview


def _question(row: dict[str, Any]) -> EngineQuestion:
    """The question of a kit's entry, which has no phrases: enough for what it covers."""
    return parse_question(row, source=str(row.get("code")))


def _store(
    actor: Actor,
    interview: Interview,
    document: dict[str, Any],
    at: dt.datetime,
    version: int,
    action: str,
    code: str,
) -> None:
    if interview.started_at is not None:
        raise IllegalTransition(say("interviews.kit_started"))
    done = Interview.objects.filter(pk=interview.pk, version=version, started_at=None).update(
        kit=document, version=F("version") + 1, room_version=F("room_version") + 1
    )
    if not done:
        raise Conflict(say("interviews.kit_changed"))
    application = interview.application
    exposures_record(
        codes=question_codes(document),
        round_key=application.position.ref,
        application_ref=application.ref,
        at=at,
    )
    audit_record(
        actor,
        action,
        object_type="interview",
        object_ref=interview.ref,
        branch_ref=application.branch.ref,
        before=question_codes(interview.kit),
        after=question_codes(document),
        detail={"question": code},
    )
    interview.refresh_from_db()
