"""Reads of the question bank."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.engine.questions.loading import parse_question
from touchstone.engine.questions.question import Question as EngineQuestion
from touchstone.library.models import Exposure, Problem, Question, QuestionDraft

FILTERS = ("kind", "dimension", "industry", "status", "level", "difficulty")
ORDERS = {
    "code": ("code",),
    "exposures": ("exposures", "code"),
    "difficulty": ("difficulty", "code"),
    "minutes": ("minutes", "code"),
    "level": ("level", "code"),
    "changed": ("created_at", "code"),
}
ANY_INDUSTRY = "any"


@dataclass(frozen=True, slots=True)
class RoundUse:
    """How often a question was shown in one round."""

    round_key: str
    candidates: int
    last_at: dt.datetime


def current_questions() -> QuerySet[Question]:
    """The newest revision of every question, retired ones and drafts included."""
    return Question.objects.exclude(status=Question.Status.SUPERSEDED)


def questions_found(
    filters: Mapping[str, str], *, words: str = "", order: str = ""
) -> QuerySet[Question]:
    """Current questions that match.

    Args:
        filters: values of `FILTERS`, and ``indicator``; unknown names and empty values are left
            out. ``industry=any`` finds the questions that fit every industry.
        words: each has to stand somewhere in the question.
        order: a name of `ORDERS`, with a minus for falling.
    """
    found = current_questions()
    for name in FILTERS:
        value = filters.get(name, "")
        if name in {"level", "difficulty"}:
            if value.isdigit() and len(value) < 3:
                found = found.filter(**{name: int(value)})
        elif name == "industry" and value == ANY_INDUSTRY:
            found = found.filter(industry="")
        elif value:
            found = found.filter(**{name: value[:40]})
    indicator = filters.get("indicator", "")[:60]
    if indicator:
        found = found.filter(indicators__contains=f" {indicator} ")
    for word in words.lower().replace("\x00", "").split()[:8]:
        found = found.filter(words__contains=word[:60])
    falling = order.startswith("-")
    fields = ORDERS.get(order.lstrip("-"), ("code",))
    return found.order_by(*(f"-{f}" if falling and f != "code" else f for f in fields)).defer(
        "document", "words"
    )


def facet_counts() -> dict[str, Counter[str]]:
    """How many current questions there are by kind, industry and status; one query."""
    counts: dict[str, Counter[str]] = {
        "kind": Counter(),
        "industry": Counter(),
        "status": Counter(),
    }
    rows = current_questions().values_list("kind", "industry", "status").annotate(n=Count("pk"))
    for kind, industry, status, n in rows:
        counts["kind"][kind] += n
        counts["industry"][industry or ANY_INDUSTRY] += n
        counts["status"][status] += n
    return counts


def question_for(ref: str) -> Question:
    """A revision by its ref.

    Raises:
        NotFound: there is none.
    """
    row = Question.objects.filter(ref=ref).first()
    if row is None:
        raise NotFound(say("questions.not_found"))
    return row


def revisions(code: str) -> list[Question]:
    """All revisions of a question, newest first."""
    return list(Question.objects.filter(code=code).order_by("-revision"))


def rounds_used(code: str) -> list[RoundUse]:
    """The rounds a question was shown in, most recent first."""
    rows = (
        Exposure.objects.filter(question_code=code)
        .values_list("round_key")
        .annotate(n=Count("pk"), last=Max("at"))
        .order_by("-last")
    )
    return [RoundUse(key, n, last) for key, n, last in rows]


def parsed(row: Question) -> EngineQuestion:
    """The question of a row."""
    return parse_question(row.document, source=row.code)


def active_questions(industry: str = "") -> list[EngineQuestion]:
    """Active questions that fit every industry or this one, by code."""
    rows = (
        Question.objects.filter(status=Question.Status.ACTIVE)
        .filter(Q(industry="") | Q(industry=industry))
        .order_by("code")
    )
    return [parsed(row) for row in rows]


def questions_by_code(codes: Sequence[str]) -> dict[str, EngineQuestion]:
    """The newest revisions of these questions; codes that are gone are left out."""
    return {row.code: parsed(row) for row in current_questions().filter(code__in=codes)}


def family_members(row: Question) -> list[Question]:
    """The other current questions of its family."""
    if not row.family:
        return []
    return list(
        current_questions()
        .filter(family=row.family)
        .exclude(code=row.code)
        .order_by("code")
        .defer("document", "words")
    )


def problems() -> list[Problem]:
    """The programming problems by code."""
    return list(Problem.objects.order_by("code"))


def recent_drafts(most: int = 12) -> list[QuestionDraft]:
    """What was last asked of the language model, newest first, with the drafts it gave."""
    return list(QuestionDraft.objects.select_related("question").order_by("-pk")[:most])
