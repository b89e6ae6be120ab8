"""The shapes that the API takes and gives. Refs are strings; moments are ISO 8601 in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Field, Schema

Stage = Literal[
    "applied",
    "screened",
    "invited",
    "assessed",
    "interviewing",
    "evaluated",
    "offered",
    "hired",
    "rejected",
    "withdrawn",
]


class ErrorOut(Schema):
    """What every refusal says: a machine's word and a sentence."""

    error: str
    detail: str


class Me(Schema):
    """Whose token this is."""

    ref: str
    name: str
    scopes: list[str]
    expires_at: dt.datetime


class PositionOut(Schema):
    """An opening. ``model_version`` is the number of its competency model; null without one."""

    ref: str
    title: str
    title_en: str
    status: Literal["draft", "open", "closed"]
    branch: str
    department: str
    headcount: int
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    model_version: int | None


class CandidateOut(Schema):
    """Given to tokens with ``candidates:read`` only."""

    ref: str
    name: str
    email: str
    phone: str
    language: str


class ApplicationOut(Schema):
    """A candidate for one position. ``score`` is 0–100, a recommendation, never a decision."""

    ref: str
    position: str
    stage: Stage
    stage_since: dt.datetime
    applied_at: dt.datetime
    source: str
    score: float | None
    recommendation: str
    human_only: bool
    candidate: CandidateOut | None = None


class Applications(Schema):
    """A page of applications; ``next_after`` is given back as ``after`` for the next page."""

    items: list[ApplicationOut]
    next_after: str | None


class StageIn(Schema):
    """The step to take. A rejection and an offer need a reason."""

    to: Stage
    reason: str = Field("", max_length=500)


class ScreeningOut(Schema):
    """The current screening: a row as ``touchstone screen`` writes it, and a person's override."""

    ref: str
    score: float
    decision: str
    override: str
    result: dict[str, Any]
    created_at: dt.datetime


class ReportOut(Schema):
    """An issued report, sealed by its hash."""

    ref: str
    number: int
    overall: float | None
    overall_raw: float | None
    sha256: str
    issued_at: dt.datetime | None
    facts: Any
    analysis: Any


class ResumeOut(Schema):
    """A stored file; reading it happens in the background."""

    ref: str
    file_name: str
    status: str
    sha256: str


class OutcomeIn(Schema):
    """What became of a hire."""

    projects_delivered: float | None = Field(None, ge=0, le=1000)
    model_improvement: float | None = Field(None, ge=-100, le=100)
    review: float | None = Field(None, ge=0, le=10)
    comment: str = Field("", max_length=4000)


class OutcomeOut(Schema):
    """The outcome of a hire at one, three or six months."""

    ref: str
    application: str
    month: int
    due_on: dt.date
    projects_delivered: float | None
    model_improvement: float | None
    review: float | None
    at: dt.datetime | None


class QuestionOut(Schema):
    """A question of the bank; ``document`` is as docs/question-bank.md describes."""

    code: str
    revision: int
    kind: str
    dimension: str
    industry: str
    status: str
    sha256: str
    document: dict[str, Any]


class WebhookIn(Schema):
    """An address that is told of events whose name begins with one of ``events``."""

    name: str = Field("", max_length=80)
    url: str = Field(..., max_length=400)
    events: list[str] = Field(..., min_length=1, max_length=20)


class WebhookOut(Schema):
    """``secret`` is given once, when the webhook is made."""

    ref: str
    name: str
    url: str
    events: list[str]
    created_at: dt.datetime
    stopped_at: dt.datetime | None
    secret: str | None = None


class DeliveryOut(Schema):
    """What came of telling one event."""

    ref: str
    event: str
    number: int
    status: Literal["waiting", "delivered", "failed"]
    attempts: int
    response_status: int | None
    failure: str
    created_at: dt.datetime
    delivered_at: dt.datetime | None
