"""What candidates ask for about their own data, and the answers people give."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.recruiting.models import Application, CandidateRequest

KINDS = ("explanation", "human_review", "copy", "deletion")
LONGEST_TEXT = 4000
ANSWER_WORKDAYS = {"explanation": 5, "human_review": 5, "copy": 0, "deletion": 15}


@transaction.atomic
def request_open(
    *, actor: Actor, application: Application, kind: str, at: dt.datetime, text: str = ""
) -> CandidateRequest:
    """Keeps the request for a person to answer; one open request of a kind at a time.

    A request for human review takes effect at once: from now on no machine scores this
    application.

    Raises:
        InvalidInput: there is no such kind of request.
    """
    if kind not in KINDS:
        raise InvalidInput(say("recruiting.no_such_request"), field="kind")
    waiting = CandidateRequest.objects.filter(
        application=application, kind=kind, answered_at=None
    ).first()
    if waiting is not None:
        return waiting
    request = CandidateRequest.objects.create(
        application=application,
        candidate=application.candidate,
        kind=kind,
        text=text.strip()[:LONGEST_TEXT],
        created_at=at,
    )
    if kind == "human_review":
        Application.objects.filter(pk=application.pk).update(human_only=True)
        application.human_only = True
    _log(actor, application, "request.opened", request)
    return request


@transaction.atomic
def request_answer(
    *, actor: Actor, request: CandidateRequest, answer: str, at: dt.datetime
) -> CandidateRequest:
    """A person's answer, which the candidate reads on their page.

    Raises:
        InvalidInput: the answer is empty.
        Conflict: a colleague answered it already.
    """
    if not answer.strip():
        raise InvalidInput(say("recruiting.answer_missing"), field="answer")
    answered = CandidateRequest.objects.filter(pk=request.pk, answered_at=None).update(
        answered_at=at, answered_by_id=actor.person_id, answer=answer.strip()[:LONGEST_TEXT]
    )
    if not answered:
        raise Conflict(say("recruiting.answered_meanwhile"), mine=answer)
    request.refresh_from_db()
    if request.application is not None:
        _log(actor, request.application, "request.answered", request)
    return request


def _log(actor: Actor, application: Application, action: str, request: CandidateRequest) -> None:
    audit_record(
        actor,
        action,
        object_type="application",
        object_ref=application.ref,
        branch_ref=application.branch.ref,
        detail={"request": request.ref, "kind": request.kind},
    )
