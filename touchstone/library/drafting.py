"""Drafts by a language model, where one is configured: same schema, same lint, a person decides.

The request is a row; a background task asks the model outside any transaction. What comes back
is text of a stranger: read in a strict shape, kept as a draft that kits never use.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import httpx
from django.conf import settings
from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import (
    Conflict,
    InvalidInput,
    OutsideError,
    TemporaryOutsideError,
    TouchstoneError,
)
from touchstone.common.messages import Message, say
from touchstone.engine.questions.question import FUNCTIONS, INDUSTRIES
from touchstone.integrations.llm.client import Ask, Model, ask_for
from touchstone.library.models import QuestionDraft
from touchstone.library.services import question_save

TASK = "touchstone.jobs.library.question_draft"
KINDS = {"technical": "technical", "business": "business", "scenario": "communication"}
LONGEST_WISH = 2000
MOST_TRIES = 3
MAX_SCORE = 10.0
RULES = """You draft one interview question for AI trainers (人工智能训练师) with its rubric,
in Chinese and English. A concrete situation with figures or a trade-off, never a definition to
recite; more than one good path; 3 to 5 key points whose weights sum to 10; for every key point 8
to 12 short ways people really say it in each language, none of them words that stand in the
question, none shared between key points; at most 2 misconceptions; what answers worth 2, 5, 8 and
10 sound like; 2 follow-ups. The user's message says what the question should be about."""

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=2000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore")


class BothShort(_Shape):
    zh: Short
    en: Short


class BothLine(_Shape):
    zh: Line
    en: Line


class BothLong(_Shape):
    zh: Long
    en: Long


class PhraseLists(_Shape):
    zh: list[Short] = Field(min_length=1, max_length=20)
    en: list[Short] = Field(min_length=1, max_length=20)


class PointShape(_Shape):
    weight: float = Field(gt=0, le=10)
    text: BothLine
    accept: PhraseLists


class WrongShape(_Shape):
    penalty: float = Field(default=1.0, gt=0, le=5)
    text: BothLine


class AnchorShape(_Shape):
    score_2: BothLine
    score_5: BothLine
    score_8: BothLine
    score_10: BothLine


class QuestionShape(_Shape):
    """What the model has to give."""

    title: BothShort
    text: BothLong
    key_points: list[PointShape] = Field(min_length=3, max_length=6)
    misconceptions: list[WrongShape] = Field(default_factory=list, max_length=3)
    anchors: AnchorShape
    follow_ups: list[BothLine] = Field(min_length=1, max_length=4)


def drafting_model() -> Model | None:
    """The configured model; None where there is none."""
    if not settings.LLM_BASE or not settings.LLM_MODEL:
        return None
    return Model(settings.LLM_BASE, settings.LLM_KEY, settings.LLM_MODEL)


@transaction.atomic
def draft_request(
    *, actor: Actor, wish: str, fields: dict[str, Any], at: dt.datetime
) -> QuestionDraft:
    """Asks for a draft; a background task fetches it.

    Args:
        wish: what the question should be about.
        fields: kind, industry, indicators, function, level, difficulty, minutes.

    Raises:
        InvalidInput: no model is configured, nothing was written, or a field is none.
    """
    if drafting_model() is None:
        raise InvalidInput(say("questions.no_model"))
    words = wish.strip()[:LONGEST_WISH]
    if len(words) < 4:
        raise InvalidInput(say("questions.wish_short"), field="wish")
    if fields.get("kind") not in KINDS or fields.get("industry", "") not in INDUSTRIES:
        raise InvalidInput(say("questions.draft_fields"), field="kind")
    if fields.get("function") not in FUNCTIONS or not fields.get("indicators"):
        raise InvalidInput(say("questions.draft_fields"), field="indicators")
    draft = QuestionDraft.objects.create(
        wish=words, fields=fields, asked_by=actor.name[:80], created_at=at
    )
    audit_record(
        actor,
        "question.draft_requested",
        object_type="question_draft",
        object_ref=draft.ref,
        detail={"kind": fields["kind"]},
    )
    enqueue(TASK, draft_ref=draft.ref)
    return draft


def draft_fulfil(
    *, draft_ref: str, at: dt.datetime, transport: httpx.BaseTransport | None = None
) -> QuestionDraft:
    """Asks the model and keeps what it gives as a draft to review; once, however often it runs.

    Raises:
        TemporaryOutsideError: worth another try; after three the draft has failed instead.
    """
    draft = QuestionDraft.objects.get(ref=draft_ref)
    model = drafting_model()
    if draft.status != QuestionDraft.Status.WAITING:
        return draft
    if model is None:
        return _failed(draft, say("questions.no_model"), at)
    try:
        shape = ask_for(
            model, Ask(rules=RULES, material=draft.wish), QuestionShape, transport=transport
        )
    except TemporaryOutsideError as error:
        draft.tries += 1
        draft.save(update_fields=["tries"])
        if draft.tries >= MOST_TRIES:
            return _failed(draft, error.message, at)
        raise
    except OutsideError as error:
        return _failed(draft, error.message, at)
    return _keep(draft, shape, at)


def _keep(draft: QuestionDraft, shape: QuestionShape, at: dt.datetime) -> QuestionDraft:
    author = Actor("system", name=f"LLM · {draft.asked_by}")
    try:
        with transaction.atomic():
            question = question_save(
                actor=author,
                document=draft_document(draft, shape),
                at=at,
                activate=False,
                machine_draft=True,
            )
            done = QuestionDraft.objects.filter(
                pk=draft.pk, status=QuestionDraft.Status.WAITING
            ).update(status=QuestionDraft.Status.DONE, question=question, finished_at=at)
            if not done:
                raise Conflict(say("questions.changed_meanwhile", code=question.code))
    except Conflict:
        # Another worker was first; its draft stands.
        draft.refresh_from_db()
        return draft
    except TouchstoneError as error:
        return _failed(draft, error.message, at)
    draft.refresh_from_db()
    return draft


def draft_document(draft: QuestionDraft, shape: QuestionShape) -> dict[str, Any]:
    """The question as docs/question-bank.md has it; weights are brought to a sum of ten."""
    fields = draft.fields
    weights = _weights([point.weight for point in shape.key_points])
    return {
        "id": f"draft-{draft.ref[:10]}",
        "kind": fields["kind"],
        "dimension": KINDS[fields["kind"]],
        "industry": fields.get("industry", ""),
        "indicators": list(fields["indicators"]),
        "function": fields["function"],
        "level": fields.get("level", 3),
        "difficulty": fields.get("difficulty", 3),
        "minutes": fields.get("minutes", 8),
        "title": shape.title.model_dump(),
        "text": shape.text.model_dump(),
        "rubric": {
            "max_score": MAX_SCORE,
            "key_points": [
                {
                    "id": f"k{n}",
                    "weight": weight,
                    "text": point.text.model_dump(),
                    "accept": point.accept.model_dump(),
                }
                for n, (point, weight) in enumerate(zip(shape.key_points, weights, strict=True), 1)
            ],
            "misconceptions": [
                {"id": f"m{n}", "penalty": wrong.penalty, "text": wrong.text.model_dump()}
                for n, wrong in enumerate(shape.misconceptions, 1)
            ],
        },
        "anchors": {
            score: getattr(shape.anchors, f"score_{score}").model_dump() for score in (2, 5, 8, 10)
        },
        "follow_ups": [{"when": "always"} | f.model_dump() for f in shape.follow_ups],
    }


def _weights(given: list[float]) -> list[float]:
    """Halves that sum to ten, in the given proportions; none below a half."""
    scale = MAX_SCORE / sum(given)
    halves = [max(0.5, round(2 * w * scale) / 2) for w in given]
    largest = max(range(len(halves)), key=lambda n: halves[n])
    halves[largest] += MAX_SCORE - sum(halves)
    return halves


def _failed(draft: QuestionDraft, message: Message, at: dt.datetime) -> QuestionDraft:
    QuestionDraft.objects.filter(pk=draft.pk, status=QuestionDraft.Status.WAITING).update(
        status=QuestionDraft.Status.FAILED,
        message={"id": message.id, "args": {k: str(v) for k, v in message.args.items()}},
        finished_at=at,
    )
    draft.refresh_from_db()
    return draft
