"""Deletes what is kept about a person, everywhere, and says what was deleted.

Rows that only count (stages with their times, scores as numbers, the audit log, which never held
personal data) stay without a name; the person cannot be found from them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from touchstone.assessments.models import (
    AttemptItem,
    Grading,
    IntegritySignal,
    Similarity,
    SpokenTake,
    Submission,
)
from touchstone.assessments.services.spoken import takes_forget
from touchstone.audit.files import file_erase
from touchstone.audit.models import StoredFile
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import NotAllowed
from touchstone.common.messages import say
from touchstone.evaluation.models import (
    Decision,
    DepartmentEvaluation,
    IndicatorScore,
    Report,
    Scorecard,
)
from touchstone.interviews.models import (
    Interview,
    OfferedSlot,
    PointMark,
    Recording,
    RecordingUpload,
    RoomNote,
    Transcript,
)
from touchstone.interviews.services.recordings import upload_forget
from touchstone.recruiting.models import (
    Application,
    Candidate,
    CandidateNote,
    CandidateRequest,
    OutboxMessage,
    PoolEntry,
    PortalLink,
    Resume,
    Screening,
    StageEvent,
)
from touchstone.recruiting.services.applications import application_move, is_final
from touchstone.recruiting.services.pool import pool_remove
from touchstone.recruiting.stages import Stage

KEPT_STAGES = (Stage.OFFERED, Stage.HIRED)


@dataclass(frozen=True, slots=True)
class Erasure:
    """The receipt: how many of what were deleted, and a number the company can look up."""

    ref: str
    counts: dict[str, int]
    files: int


def must_be_kept(candidate: Candidate) -> bool:
    """Whether the person was offered or given a job here: then people decide about their data."""
    return candidate.applications.filter(stage__in=KEPT_STAGES).exists()


def candidate_erase(*, actor: Actor, candidate: Candidate, at: dt.datetime) -> Erasure:
    """Erases a person: text, files, addresses, links. Erasing again changes nothing.

    Raises:
        NotAllowed: they were offered or given a job here.
    """
    if must_be_kept(candidate):
        raise NotAllowed(say("evaluation.erasure_kept"))
    with transaction.atomic():
        people = [candidate, *Candidate.objects.filter(merged_into=candidate)]
        files = _files(people)
        counts: dict[str, int] = {}
        for person in people:
            for name, number in _person(actor, person, at).items():
                counts[name] = counts.get(name, 0) + number
        for stored in files:
            StoredFile.objects.filter(pk=stored.pk).update(original_name="erased")
            file_erase(stored=stored, at=at)
        ref = _receipt_number(candidate, counts, at)
        audit_record(
            actor,
            "candidate.erased",
            object_type="candidate",
            object_ref=candidate.ref,
            branch_ref=candidate.branch.ref,
            detail={"receipt": ref, "counts": counts, "files": len(files)},
        )
    candidate.refresh_from_db()
    return Erasure(ref, counts, len(files))


def _receipt_number(candidate: Candidate, counts: dict[str, int], at: dt.datetime) -> str:
    text = json.dumps([candidate.ref, at.isoformat(), counts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _files(people: Iterable[Candidate]) -> list[StoredFile]:
    """Every file that came from the person or shows them."""
    mine = Q(pk__in=[])
    for candidate in people:
        sources = (
            Resume.objects.filter(candidate=candidate).values("file"),
            AttemptItem.objects.filter(attempt__application__candidate=candidate).values("file"),
            SpokenTake.objects.filter(
                attempt_item__attempt__application__candidate=candidate
            ).values("file"),
            Recording.objects.filter(interview__application__candidate=candidate).values("file"),
            Report.objects.filter(application__candidate=candidate).values("pdf"),
        )
        for source in sources:
            mine |= Q(pk__in=source)
    return list(StoredFile.objects.filter(mine, erased_at=None))


def _person(actor: Actor, candidate: Candidate, at: dt.datetime) -> dict[str, int]:
    applications = Application.objects.filter(candidate=candidate).select_related("branch")
    for application in applications:
        if not is_final(application.stage) and actor.kind == "candidate":
            application_move(actor=actor, application=application, to=Stage.WITHDRAWN, at=at)
    counts = {
        **_recruiting(actor, candidate, at),
        **_assessments(candidate),
        **_interviews(candidate),
        **_evaluation(candidate),
    }
    Candidate.objects.filter(pk=candidate.pk).update(
        name="", email="", phone="", erased_at=at, version=F("version") + 1
    )
    return counts


def _pool(actor: Actor, candidate: Candidate, at: dt.datetime) -> int:
    """The pool's entry goes with its place in the index."""
    entries = list(PoolEntry.objects.filter(candidate=candidate).select_related("branch"))
    for entry in entries:
        pool_remove(actor=actor, entry=entry, reason="erased", at=at)
    return len(entries)


def _recruiting(actor: Actor, candidate: Candidate, at: dt.datetime) -> dict[str, int]:
    own: dict[str, Any] = {"application__candidate": candidate}
    return {
        "resumes": Resume.objects.filter(candidate=candidate).update(
            text="", parsed={}, file_name="erased", geometry=None, flags=[], detail="", file=None
        ),
        "screenings": Screening.objects.filter(**own).update(result={}, override_reason=""),
        "links": PortalLink.objects.filter(revoked_at=None, **own).update(revoked_at=at),
        "messages": OutboxMessage.objects.filter(**own).delete()[0],
        "notes": CandidateNote.objects.filter(candidate=candidate).delete()[0],
        "pool": _pool(actor, candidate, at),
        "requests": CandidateRequest.objects.filter(candidate=candidate).update(text="", answer=""),
        "reasons": StageEvent.objects.filter(**own).update(reason=""),
    }


def _assessments(candidate: Candidate) -> dict[str, int]:
    items = AttemptItem.objects.filter(attempt__application__candidate=candidate)
    return {
        "gradings": Grading.objects.filter(attempt_item__in=items).update(result={}),
        "similarities": Similarity.objects.filter(
            Q(first__attempt_item__in=items) | Q(second__attempt_item__in=items)
        ).delete()[0],
        "programs": Submission.objects.filter(attempt_item__in=items).update(source="", result={}),
        "signals": IntegritySignal.objects.filter(
            attempt__application__candidate=candidate
        ).delete()[0],
        "spoken": takes_forget(candidate),
        "answers": items.update(content={}, file=None),
    }


def _interviews(candidate: Candidate) -> dict[str, int]:
    talks = Interview.objects.filter(application__candidate=candidate)
    for upload in RecordingUpload.objects.filter(interview__in=talks):
        upload_forget(upload)
    return {
        "room_notes": RoomNote.objects.filter(interview__in=talks).delete()[0],
        "marks": PointMark.objects.filter(interview__in=talks).delete()[0],
        "transcripts": Transcript.objects.filter(recording__interview__in=talks).delete()[0],
        "recordings": Recording.objects.filter(interview__in=talks).delete()[0],
        "uploads": RecordingUpload.objects.filter(interview__in=talks).delete()[0],
        "slots": OfferedSlot.objects.filter(application__candidate=candidate).delete()[0],
        "interviews": talks.update(kit={}, title="", materials="", meeting_url=""),
    }


def _evaluation(candidate: Candidate) -> dict[str, int]:
    own: dict[str, Any] = {"application__candidate": candidate}
    cards = Scorecard.objects.filter(interview__application__candidate=candidate)
    return {
        "comments": IndicatorScore.objects.filter(scorecard__in=cards).update(comment=""),
        "scorecards": cards.update(summary=""),
        "evaluations": DepartmentEvaluation.objects.filter(**own).update(text=""),
        "reports": Report.objects.filter(**own).update(facts={}, analysis={}, pdf=None),
        "decisions": Decision.objects.filter(**own).update(reason=""),
    }
