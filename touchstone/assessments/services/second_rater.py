"""A language model as one more rater of answers, where the company and the candidate want it.

It is off until `TOUCHSTONE_LLM_RATES` says so and a person switches it on for the position, asks
only about answers whose writer agreed to it, and is shown no name and no contact. What it says is a
grading of its own: it moves no score; where it is far from the engine's, a person is asked to look.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field

from touchstone.assessments.models import AttemptItem, Grading
from touchstone.assessments.services.llm_budget import BudgetSpent, DailyMeter, until_tomorrow_s
from touchstone.assessments.spoken import counts
from touchstone.assessments.tasks import task_text
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.background import enqueue
from touchstone.common.messages import Lang
from touchstone.engine.grading.rubrics import Rubric, rubric_from_mapping
from touchstone.engine.grading.second_rater import (
    PROMPT,
    RULES,
    SecondRating,
    View,
    masked,
    material,
    needs_a_person,
    second_rating,
)
from touchstone.integrations.llm.client import Ask, Model, ask_for
from touchstone.recruiting.models import Consent
from touchstone.recruiting.services.consents import has_consent

TASK = "touchstone.jobs.assessments.second_rating_make"
RATER = "llm"
INJECTION = "prompt_injection"


class _ViewShape(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str = Field(max_length=80)
    credit: float = Field(ge=0, le=1, allow_inf_nan=False)
    quote: str = Field(default="", max_length=600)


class RatingShape(BaseModel):
    """What the model has to give."""

    model_config = ConfigDict(extra="ignore")

    points: list[_ViewShape] = Field(min_length=1, max_length=30)


def rating_model() -> Model | None:
    """The model that rates; None where none is set up, or it is set up for drafts alone."""
    if not (settings.LLM_RATES and settings.LLM_BASE and settings.LLM_MODEL):
        return None
    base, timeout_s = settings.LLM_BASE, float(settings.LLM_TIMEOUT_S)
    return Model(base, settings.LLM_KEY, settings.LLM_MODEL, timeout_s)


def rating_ask(item: AttemptItem, at: dt.datetime) -> bool:
    """Has a job ask the model about an answer, where it may be asked; whether it will."""
    if not _may_be_rated(item, at):
        return False
    enqueue(TASK, priority=-5, item_ref=item.ref)
    return True


def rating_make(
    *, item_ref: str, at: dt.datetime, transport: httpx.BaseTransport | None = None
) -> Grading | None:
    """Asks the model about one answer and keeps what its quotes bear out; once an answer.

    None where it may not be asked: no model, switched off for the position, no consent, people
    alone grade, nothing said by key points, an answer that speaks to its grader, or the engine has
    not graded it; and where today's limit is reached, when it is put off until tomorrow.

    Raises:
        TemporaryOutsideError: worth another try.
        PermanentOutsideError: the model refuses, or never answers in the shape.
    """
    item = _loaded(item_ref)
    if item is None or not _may_be_rated(item, at):
        return None
    engine, model = _engines(item), rating_model()
    rubric = _rubric(item, engine) if engine else None
    if engine is None or rubric is None or model is None:
        return None
    if INJECTION in engine.result.get("flags", ()):
        return None  # a person reads it anyway
    answer = str(engine.result.get("text", ""))
    receipt = _receipt(model, rubric, answer)
    if not answer.strip() or _known(item, receipt) is not None:
        return _known(item, receipt)
    candidate = item.attempt.application.candidate
    shown = masked(answer, [candidate.name])
    try:
        shape = ask_for(
            model,
            Ask(RULES, material(rubric, shown)),
            RatingShape,
            transport=transport,
            meter=DailyMeter(at),
        )
    except BudgetSpent:
        enqueue(TASK, delay_s=until_tomorrow_s(at), priority=-5, item_ref=item.ref)
        return None
    views = [View(one.id, one.credit, one.quote) for one in shape.points]
    return _keep(item, engine, second_rating(rubric, shown, views), receipt, at)


def _loaded(ref: str) -> AttemptItem | None:
    return (
        AttemptItem.objects.select_related(
            *("item", "attempt__application__branch", "attempt__application__candidate"),
            "attempt__application__position",
        )
        .prefetch_related("gradings")
        .filter(ref=ref)
        .first()
    )


def _may_be_rated(item: AttemptItem, at: dt.datetime) -> bool:
    application = item.attempt.application
    return (
        rating_model() is not None
        and application.position.llm_rates
        and item.submitted_at is not None
        and not application.human_only
        and has_consent(application.candidate, Consent.Purpose.LANGUAGE_MODEL, at)
    )


def _engines(item: AttemptItem) -> Grading | None:
    found = [g for g in item.gradings.all() if g.rater_kind == "system" and counts(g) and g.points]
    return max(found, key=lambda g: g.pk, default=None)


def _rubric(item: AttemptItem, engine: Grading) -> Rubric | None:
    """The rubric of a question of the bank, in the language the engine took the answer for."""
    text = task_text(item.item.kind, item.item.code)
    if text.question is None:
        return None
    lang: Lang = "en" if engine.result.get("lang") == "en" else "zh"
    document = text.rubric(lang, item.variant)
    return rubric_from_mapping(document) if document else None


def _receipt(model: Model, rubric: Rubric, answer: str) -> dict[str, Any]:
    points = [(p.id, p.text, p.weight) for p in rubric.key_points]
    asked = json.dumps([rubric.question, points, answer], ensure_ascii=False)
    return {
        "engine": RATER,
        "model": model.name,
        "prompt": PROMPT,
        "input_sha256": hashlib.sha256(asked.encode()).hexdigest(),
    }


def _known(item: AttemptItem, receipt: dict[str, Any]) -> Grading | None:
    rows = (g for g in item.gradings.all() if g.rater_kind == RATER)
    return next((g for g in rows if g.receipt == receipt), None)


@transaction.atomic
def ratings_withdrawn(*, actor: Actor, candidate_ref: str) -> int:
    """Deletes what a model made of the answers of a candidate who took consent back; how many."""
    rows = Grading.objects.filter(
        rater_kind=RATER, attempt_item__attempt__application__candidate__ref=candidate_ref
    )
    found = list(rows.select_related("attempt_item__attempt__application__branch"))
    for grading in found:
        audit_record(
            actor,
            "answer.rating_deleted",
            object_type="attempt_item",
            object_ref=grading.attempt_item.ref,
            branch_ref=grading.attempt_item.attempt.application.branch.ref,
            detail={"rater": RATER, "grading": grading.ref},
        )
    rows.delete()
    return len(found)


@transaction.atomic
def _keep(
    item: AttemptItem,
    engine: Grading,
    rating: SecondRating,
    receipt: dict[str, Any],
    at: dt.datetime,
) -> Grading:
    locked = AttemptItem.objects.select_for_update().get(pk=item.pk)
    known = Grading.objects.filter(attempt_item=locked, rater_kind=RATER).order_by("pk")
    same = next((g for g in known if g.receipt == receipt), None)
    if same is not None:
        return same  # another worker was first
    apart = needs_a_person(rating, engine.score, engine.points)
    grading = Grading.objects.create(
        attempt_item=locked,
        rater_kind=RATER,
        score=rating.score,
        points=dict(rating.points),
        result={
            "text": str(engine.result.get("text", "")),
            "evidence": [
                {"point": e.point, "quote": e.quote, "start": e.start, "end": e.end}
                for e in rating.evidence
            ],
            "unverified": list(rating.unverified),
            "apart": apart,
        },
        receipt=receipt,
        created_at=at,
    )
    if apart and not locked.gradings.filter(rater_kind="person").exists():
        AttemptItem.objects.filter(pk=locked.pk).update(needs_human=True)
        type(item.attempt).objects.filter(pk=item.attempt_id).update(graded_at=None)
    audit_record(
        SYSTEM,
        "answer.graded",
        object_type="attempt_item",
        object_ref=item.ref,
        branch_ref=item.attempt.application.branch.ref,
        after={"score": grading.score, "points": grading.points},
        detail={"rater": RATER, "grading": grading.ref, "model": receipt["model"]},
    )
    return grading
