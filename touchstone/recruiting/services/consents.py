"""Consents: one purpose each, with the version and hash of the words that were shown."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Bilingual, say
from touchstone.recruiting.models import Candidate, Consent

SOURCE = Path(__file__).resolve().parents[2] / "content" / "consents" / "purposes.yaml"
DAYS_A_MONTH = 30.44
WITHDRAW_TASKS = {
    Consent.Purpose.RECORDING: "touchstone.jobs.interviews.recordings_withdraw",
    Consent.Purpose.TRANSCRIPT: "touchstone.jobs.interviews.recordings_withdraw",
    Consent.Purpose.SPOKEN_ANSWER: "touchstone.jobs.assessments.takes_withdraw",
    Consent.Purpose.LANGUAGE_MODEL: "touchstone.jobs.assessments.second_ratings_withdraw",
}
ASKED_IN_PLACE = frozenset({Consent.Purpose.SPOKEN_ANSWER})
"""Purposes that are asked where they arise, and not of everybody before an assessment."""


def asked_beforehand(candidate: Candidate) -> frozenset[str]:
    """Purposes that a candidate is asked before an assessment; a language model's only where one
    reads the answers of a position they apply for."""
    left_out: set[str] = set(ASKED_IN_PLACE)
    model = settings.LLM_RATES and settings.LLM_BASE and settings.LLM_MODEL
    if not (model and candidate.applications.filter(position__llm_rates=True).exists()):
        left_out.add(Consent.Purpose.LANGUAGE_MODEL)
    return frozenset(purpose for purpose in consent_texts() if purpose not in left_out)


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What is asked for one purpose, in both languages.

    Attributes:
        sha256: of the words in both languages; kept with every consent.
        months: how long the consent holds.
    """

    purpose: str
    version: str
    required: bool
    title: Bilingual
    what: Bilingual
    why: Bilingual
    who: Bilingual
    kept: Bilingual
    months: int
    sha256: str


@functools.cache
def consent_texts() -> Mapping[str, ConsentText]:
    """The purposes there are, in the order they are shown."""
    found: dict[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
    return {purpose: _text(purpose, data) for purpose, data in found.items()}


def _text(purpose: str, data: dict[str, Any]) -> ConsentText:
    parts = ("title", "what", "why", "who", "kept")
    words = {part: data[part] for part in parts}
    canonical = json.dumps({"version": data["version"], **words}, sort_keys=True)
    return ConsentText(
        purpose=purpose,
        version=str(data["version"]),
        required=bool(data["required"]),
        months=int(data["months"]),
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        **{part: Bilingual(**data[part]) for part in parts},
    )


@transaction.atomic
def consent_give(
    *, actor: Actor, candidate: Candidate, purpose: str, granted: bool, at: dt.datetime
) -> Consent:
    """Keeps the candidate's word for one purpose; an earlier word for it ends.

    Saying the same about the same text again changes nothing.

    Raises:
        InvalidInput: there is no such purpose.
    """
    text = consent_texts().get(purpose)
    if text is None:
        raise InvalidInput(say("recruiting.no_such_purpose"), field="purpose")
    standing = consent_standing(candidate, purpose)
    if standing and standing.granted == granted and standing.text_sha256 == text.sha256:
        return standing
    Consent.objects.filter(candidate=candidate, purpose=purpose, withdrawn_at=None).update(
        withdrawn_at=at
    )
    days = round(text.months * DAYS_A_MONTH)
    withdraw = WITHDRAW_TASKS.get(Consent.Purpose(purpose))
    if withdraw and standing and standing.granted and not granted:
        enqueue(withdraw, candidate_ref=candidate.ref)
    consent = Consent.objects.create(
        candidate=candidate,
        purpose=purpose,
        granted=granted,
        text_version=text.version,
        text_sha256=text.sha256,
        at=at,
        expires_at=at + dt.timedelta(days=days) if granted else None,
    )
    audit_record(
        actor,
        "consent.given" if granted else "consent.refused",
        object_type="candidate",
        object_ref=candidate.ref,
        branch_ref=candidate.branch.ref,
        detail={"purpose": purpose, "version": text.version},
    )
    return consent


def consent_standing(candidate: Candidate, purpose: str) -> Consent | None:
    """The candidate's last word for the purpose, whatever it was; None when never asked."""
    return (
        Consent.objects.filter(candidate=candidate, purpose=purpose, withdrawn_at=None)
        .order_by("-at", "-pk")
        .first()
    )


def consents_standing(candidate: Candidate) -> dict[str, Consent]:
    """Purpose → the candidate's last word; one query."""
    rows = Consent.objects.filter(candidate=candidate, withdrawn_at=None).order_by("at", "pk")
    return {row.purpose: row for row in rows}


def has_consent(candidate: Candidate, purpose: str, at: dt.datetime) -> bool:
    """Whether the candidate agreed, has not taken it back, and it has not run out."""
    standing = consent_standing(candidate, purpose)
    return standing is not None and consent_holds(standing, at)


def consent_holds(standing: Consent, at: dt.datetime) -> bool:
    """Whether somebody's last word is yes, and has not run out."""
    return standing.granted and (standing.expires_at is None or standing.expires_at > at)
