"""The question kit of an interview: chosen by the engine for this candidate, kept on the interview.

What candidates of the round were shown before counts against a question, so that kits differ and
nobody can pass questions on.
"""

from __future__ import annotations

import datetime as dt
import logging
import zlib
from typing import Any

from django.db.models import Count

from touchstone.common.errors import TouchstoneError
from touchstone.engine.profiles.model import parse_model
from touchstone.engine.questions.kit import build_kit
from touchstone.engine.questions.question import Question as EngineQuestion
from touchstone.engine.text.taxonomy import Taxonomy
from touchstone.interviews.models import Interview
from touchstone.library.concepts import company_taxonomy
from touchstone.library.models import Exposure
from touchstone.library.selectors import active_questions
from touchstone.library.services import exposures_record
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

log = logging.getLogger("touchstone.interviews")


def questions_for(position: Position) -> list[EngineQuestion]:
    """The active questions that fit any industry or the position's."""
    return active_questions(position.industry)


def kit_document(
    application: Application,
    *,
    minutes: int,
    questions: list[EngineQuestion] | None = None,
    concepts: Taxonomy | None = None,
) -> dict[str, Any]:
    """The kit for one candidate as plain data; empty where there are no questions or no model.

    Args:
        minutes: of the talk; the kit leaves time to arrive and to ask back.
        questions: of the position, where the caller plans many interviews.
        concepts: the company's, where the caller plans many interviews.
    """
    position = application.position
    chosen = questions_for(position) if questions is None else questions
    if not chosen or position.model_version is None:
        return {}
    seen = dict(
        Exposure.objects.filter(round_key=position.ref)
        .values_list("question_code")
        .annotate(n=Count("pk"))
    )
    screening, resume = application.screening, application.resume
    try:
        kit = build_kit(
            parse_model(position.model_version.document),
            chosen,
            resume_text=resume.text if resume else "",
            screening_row=screening.result if screening else {},
            seen=seen,
            minutes=minutes,
            seed=zlib.crc32(application.ref.encode()),
            lang="en" if application.candidate.language == "en" else "zh",
            excluded=questions_met(application),
            concepts=concepts or company_taxonomy(),
        )
    except TouchstoneError as error:
        log.warning("no kit", extra={"application": application.ref, "reason": error.message.id})
        return {}
    document: dict[str, Any] = kit.document()
    return document


def questions_met(application: Application) -> frozenset[str]:
    """Codes of questions that the candidate has met, in a paper or an earlier talk."""
    return frozenset(
        Exposure.objects.filter(application_ref=application.ref).values_list(
            "question_code", flat=True
        )
    )


def kit_keep(*, interview: Interview, document: dict[str, Any], at: dt.datetime) -> Interview:
    """Stores the kit and remembers which questions the candidate will have seen."""
    interview.kit = document
    interview.save(update_fields=["kit"])
    application = interview.application
    exposures_record(
        codes=question_codes(document),
        round_key=application.position.ref,
        application_ref=application.ref,
        at=at,
    )
    return interview


def question_codes(document: dict[str, Any]) -> list[str]:
    """The codes of a kit's questions, in order."""
    return [str(row["code"]) for row in document.get("questions", ())]
