"""Everything kept about a candidate, as one archive: a readable file and the files they gave."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

from touchstone.assessments.models import (
    AttemptItem,
    Grading,
    IntegritySignal,
    SpokenTake,
    SpokenWords,
    Submission,
)
from touchstone.audit.files import display_name, file_bytes
from touchstone.common.errors import NotFound
from touchstone.evaluation.models import Report
from touchstone.evaluation.services.reports import candidate_report
from touchstone.interviews.models import Interview, Transcript
from touchstone.recruiting.models import (
    Application,
    Candidate,
    CandidateRequest,
    Consent,
    OutboxMessage,
    Resume,
    StageEvent,
)

MOST_BYTES = 200 * 2**20


def archive_of(candidate: Candidate, *, at: dt.datetime) -> bytes:
    """A ZIP with ``data.json`` and, under ``files/``, what the candidate handed in."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        content = json.dumps(data_of(candidate, at=at), ensure_ascii=False, indent=1, default=str)
        archive.writestr("data.json", content)
        total = 0
        for number, stored in enumerate(_files(candidate), 1):
            total += stored.size
            if total > MOST_BYTES:
                break
            try:
                data = file_bytes(stored)
            except NotFound:
                continue
            archive.writestr(f"files/{number:02}-{display_name(stored.original_name)}", data)
    return buffer.getvalue()


def _files(candidate: Candidate) -> list[Any]:
    resumes = Resume.objects.filter(candidate=candidate).select_related("file")
    items = AttemptItem.objects.filter(attempt__application__candidate=candidate).select_related(
        "file"
    )
    takes = SpokenTake.objects.filter(
        attempt_item__attempt__application__candidate=candidate, deleted_at=None
    ).select_related("file")
    given = [*(r.file for r in resumes), *(i.file for i in items), *(t.file for t in takes)]
    return [file for file in given if file is not None]


def data_of(candidate: Candidate, *, at: dt.datetime) -> dict[str, Any]:
    """What is kept, by what it is; people of the company are named by their part only."""
    own: dict[str, Any] = {"application__candidate": candidate}
    return {
        "made_at": at,
        "person": {
            "name": candidate.name,
            "email": candidate.email,
            "phone": candidate.phone,
            "language": candidate.language,
        },
        "consents": list(
            Consent.objects.filter(candidate=candidate).values(
                "purpose",
                "granted",
                "text_version",
                "text_sha256",
                "at",
                "expires_at",
                "withdrawn_at",
            )
        ),
        "resumes": [
            {"file": r.file_name, "received": r.created_at, "text": r.text, "read": r.parsed}
            for r in Resume.objects.filter(candidate=candidate)
        ],
        "applications": [_application(row) for row in _applications(candidate)],
        "messages": list(
            OutboxMessage.objects.filter(person=None, **own).values(
                "channel", "subject", "body", "created_at", "sent_at"
            )
        ),
        "requests": list(
            CandidateRequest.objects.filter(candidate=candidate).values(
                "kind", "text", "created_at", "answered_at", "answer"
            )
        ),
    }


def _applications(candidate: Candidate) -> Any:
    return Application.objects.filter(candidate=candidate).select_related("position", "screening")


def _application(application: Application) -> dict[str, Any]:
    own = {"attempt__application": application}
    screening = application.screening
    return {
        "position": application.position.title,
        "stage": application.stage,
        "steps": list(
            StageEvent.objects.filter(application=application).values(
                "to_stage", "at", "actor_kind"
            )
        ),
        "screening": screening.result if screening else None,
        "assessment": [
            {
                "task": item.item.code,
                "kind": item.item.kind,
                "answer": item.content,
                "spoken": list(
                    SpokenTake.objects.filter(attempt_item=item).values(
                        "number", "seconds", "created_at", "delete_on", "deleted_at"
                    )
                ),
                "spoken_words": list(
                    SpokenWords.objects.filter(take__attempt_item=item).values("source", "segments")
                ),
                "handed_in": item.submitted_at,
                "score": item.score,
                "gradings": list(
                    Grading.objects.filter(attempt_item=item).values(
                        "rater_kind", "score", "points", "result", "created_at"
                    )
                ),
                "programs": list(
                    Submission.objects.filter(attempt_item=item).values(
                        "language", "source", "verdict", "score", "created_at"
                    )
                ),
            }
            for item in AttemptItem.objects.filter(**own).select_related("item")
        ],
        "notes_on_the_sitting": list(
            IntegritySignal.objects.filter(attempt__application=application).values(
                "kind", "at", "detail", "comment"
            )
        ),
        "interviews": list(
            Interview.objects.filter(application=application).values(
                "starts_at", "ends_at", "status", "candidate_reply"
            )
        ),
        "said_in_interviews": [
            {
                "interview": words.recording.interview.starts_at,
                "made_by": words.source,
                "deleted_on": words.recording.delete_on,
                "text": words.segments,
            }
            for words in Transcript.objects.filter(
                recording__interview__application=application, recording__deleted_at=None
            ).select_related("recording__interview")
        ],
        "reports": [
            candidate_report(report)
            for report in Report.objects.filter(application=application, status="issued")
        ],
    }
