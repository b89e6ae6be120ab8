"""A few sentences drafted by a language model, where one is configured.

It is asked outside any transaction, only for a draft, only with that draft's evidence. Each
sentence must quote a piece of evidence word for word; those that do not are dropped. It moves no
score, is shown marked as a machine's, and is sealed with the report so that nobody can say it was
not there.
"""

from __future__ import annotations

from typing import Annotated, Any

import httpx
from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import IllegalTransition, InvalidInput
from touchstone.common.messages import render, say
from touchstone.engine.text.quotes import verified_quotes
from touchstone.evaluation.models import Report
from touchstone.integrations.llm.client import Ask, ask_for
from touchstone.library.drafting import drafting_model
from touchstone.ui.bilingual import stored_message

TASK = "touchstone.jobs.evaluation.report_summary"
MOST_SENTENCES = 5
RULES = """You draft up to five plain sentences, in Chinese, that sum up an interview report for a
hiring manager: what the person showed, what is doubtful, what to ask. Every sentence rests on one
numbered piece of evidence and repeats a stretch of it word for word in "quote". No numbers that
are not in the evidence, no recommendation to hire or reject, nothing about sex, age or origin."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=240)]


class SentenceShape(BaseModel):
    model_config = ConfigDict(extra="ignore")
    text: Line
    quote: Line


class SummaryShape(BaseModel):
    """What the model has to give."""

    model_config = ConfigDict(extra="ignore")
    sentences: list[SentenceShape] = Field(min_length=1, max_length=12)


def summary_available() -> bool:
    """Whether a model is configured."""
    return drafting_model() is not None


@transaction.atomic
def summary_request(*, actor: Actor, report: Report) -> None:
    """Asks for a summary of a draft; a background task fetches it.

    Raises:
        InvalidInput: no model is configured.
        IllegalTransition: the report is issued already.
    """
    if not summary_available():
        raise InvalidInput(say("reporting.no_model"))
    if report.status == "issued":
        raise IllegalTransition(say("reporting.already_issued"))
    audit_record(
        actor,
        "report.summary_asked",
        object_type="application",
        object_ref=report.application.ref,
        branch_ref=report.application.branch.ref,
    )
    enqueue(TASK, report_ref=report.ref)


def summary_fulfil(report_ref: str, *, transport: httpx.BaseTransport | None = None) -> int:
    """Fetches the summary and keeps the sentences whose quotes stand in the evidence; returns how
    many. Nothing when the draft was issued or written anew meanwhile.

    Raises:
        OutsideError: the model could not be asked; the draft stays as it is.
    """
    model = drafting_model()
    report = Report.objects.filter(ref=report_ref, status="draft").first()
    if model is None or report is None:
        return 0
    pieces = {e["id"]: _words(e) for e in report.facts["evidence"] if _words(e)}
    material = "\n".join(f"[{name}] {words}" for name, words in pieces.items())
    answer = ask_for(model, Ask(RULES, material), SummaryShape, transport=transport)
    kept = _verified(answer, pieces)
    return _keep(report, model.name, kept, len(answer.sentences) - len(kept))


def _words(piece: dict[str, Any]) -> str:
    if piece["quote"]:
        return str(piece["quote"])
    return render(stored_message(piece["fact"]), "zh") if piece["fact"] else ""


def _verified(answer: SummaryShape, pieces: dict[str, str]) -> list[dict[str, Any]]:
    kept = []
    for sentence in answer.sentences[:MOST_SENTENCES]:
        for name, words in pieces.items():
            found = verified_quotes([sentence.quote], words)
            if found:
                kept.append({"text": sentence.text, "quote": found[0][0], "evidence": name})
                break
    return kept


@transaction.atomic
def _keep(report: Report, model: str, kept: list[dict[str, Any]], dropped: int) -> int:
    locked = Report.objects.select_for_update().get(pk=report.pk)
    if locked.status != "draft" or locked.created_at != report.created_at or not kept:
        return 0
    locked.facts = {
        **locked.facts,
        "machine": {"model": model, "sentences": kept, "dropped": dropped},
    }
    locked.save(update_fields=["facts"])
    audit_record(
        SYSTEM,
        "report.summary_drafted",
        object_type="application",
        object_ref=locked.application.ref,
        branch_ref=locked.application.branch.ref,
        detail={"kept": len(kept), "dropped": dropped},
    )
    return len(kept)
