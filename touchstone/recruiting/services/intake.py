"""Candidates, applications and screenings of many resumes at once, in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Q

from touchstone.common.db import rows_update
from touchstone.positions.models import CompetencyModelVersion, Position
from touchstone.recruiting.identity import Contact, Match, match
from touchstone.recruiting.models import (
    Application,
    Candidate,
    DuplicateCase,
    Resume,
    Screening,
    StageEvent,
)
from touchstone.recruiting.stages import Stage


def contact_of(resume: Resume) -> Contact:
    """Name and contacts as read from the file, as long as they may be stored."""
    row = resume.parsed
    return Contact(
        str(row.get("name", ""))[:120],
        str(row.get("email", ""))[:254],
        str(row.get("phone", ""))[:24],
    )


class Intake:
    """Takes in resumes that were read for one position.

    Attributes:
        opened: refs of the applications made.
    """

    def __init__(self, *, position: Position, at: dt.datetime) -> None:
        self.position, self.at = position, at
        self.opened: list[str] = []

    def take(
        self, resumes: Sequence[Resume], screenings: Mapping[int, dict[str, Any] | None]
    ) -> None:
        """Finds or makes each resume's candidate and application, and keeps its screening.

        Sets ``candidate`` and ``attached`` of the resumes; the caller saves them.

        Args:
            screenings: rows of `touchstone screen` by the resume's id.
        """
        if not resumes:
            return
        self._find_people(resumes)
        mine = self._applications(resumes)
        rows = [
            (mine[resume.candidate_id], resume, screenings.get(resume.pk)) for resume in resumes
        ]
        screenings_keep(rows, model=self.position.model_version, at=self.at)

    def _find_people(self, resumes: Sequence[Resume]) -> None:
        contacts = [contact_of(resume) for resume in resumes]
        known = self._known(contacts)
        seen = [Contact(c.name, c.email, c.phone) for c in known]
        fresh: list[tuple[Candidate, Match]] = []
        for resume, contact in zip(resumes, contacts, strict=True):
            found = match(contact, seen)
            if found.index is not None:
                resume.candidate = known[found.index]
                resume.attached = True
                _complete(known[found.index], contact)
                continue
            candidate = Candidate(
                branch_id=self.position.branch_id,
                name=contact.name or PurePosixPath(resume.file_name).stem[:60],
                email=contact.email,
                phone=contact.phone,
                language=resume.language,
                created_at=resume.created_at,
            )
            resume.candidate = candidate
            fresh.append((candidate, found))
            known.append(candidate)
            seen.append(contact)
        Candidate.objects.bulk_create([candidate for candidate, _ in fresh])
        for resume in resumes:
            resume.candidate = resume.candidate  # takes over the new row's id
        completed = [c for c in known if getattr(c, "_completed", False)]
        rows_update(completed, ["email", "phone"])
        self._note_doubts(fresh, known)

    def _known(self, contacts: Sequence[Contact]) -> list[Candidate]:
        alike = Q(phone__in={c.phone for c in contacts if c.phone})
        alike |= Q(email__in={c.email for c in contacts if c.email})
        alike |= Q(name__in={c.name for c in contacts if c.name})
        return list(
            Candidate.objects.filter(
                alike, branch=self.position.branch_id, merged_into=None, erased_at=None
            ).order_by("pk")
        )

    def _note_doubts(
        self, fresh: Sequence[tuple[Candidate, Match]], known: Sequence[Candidate]
    ) -> None:
        DuplicateCase.objects.bulk_create(
            [
                DuplicateCase(
                    branch_id=self.position.branch_id,
                    first=known[doubt.index],
                    second=candidate,
                    reasons=list(doubt.reasons),
                    found_at=self.at,
                )
                for candidate, found in fresh
                for doubt in found.doubts
            ],
            ignore_conflicts=True,
        )

    def _applications(self, resumes: Sequence[Resume]) -> dict[int | None, Application]:
        """By the candidate's id: the application there is, or a new one."""
        mine: dict[int | None, Application] = {
            application.candidate_id: application
            for application in Application.objects.select_for_update(of=("self",))
            .select_related("screening")
            .filter(position=self.position, candidate__in={r.candidate_id for r in resumes})
        }
        fresh: list[Application] = []
        for resume in resumes:
            candidate = resume.candidate
            if candidate is None or candidate.pk in mine:
                continue
            application = Application(
                candidate=candidate,
                position=self.position,
                branch_id=self.position.branch_id,
                source=resume.batch.source if resume.batch else "upload",
                applied_at=resume.created_at,
                stage_since=resume.created_at,
            )
            mine[resume.candidate_id] = application
            fresh.append(application)
        Application.objects.bulk_create(fresh)
        StageEvent.objects.bulk_create(
            StageEvent(
                application=application,
                to_stage=Stage.APPLIED,
                actor_kind="system",
                at=application.applied_at,
            )
            for application in fresh
        )
        self.opened = [application.ref for application in fresh]
        return mine


def _complete(candidate: Candidate, contact: Contact) -> None:
    """Adds a contact that was not known; one that is known is never replaced."""
    for name in ("email", "phone"):
        value = getattr(contact, name)
        if value and not getattr(candidate, name):
            setattr(candidate, name, value)
            candidate._completed = True  # type: ignore[attr-defined]


def _facts_of_resume(application: Application) -> None:
    resume = application.resume
    if resume is not None:
        application.years, application.degree = resume.years, resume.degree
        application.language = resume.language


def _keep_word(before: Screening | None, after: Screening) -> None:
    """A person's word stands above the new recommendation as it stood above the old one."""
    if before is None or not before.override:
        return
    for name in ("override", "override_by_id", "override_reason", "override_at"):
        setattr(after, name, getattr(before, name))


def screenings_keep(
    rows: Sequence[tuple[Application, Resume, dict[str, Any] | None]],
    *,
    model: CompetencyModelVersion | None,
    at: dt.datetime,
) -> list[Screening]:
    """Keeps screenings as the current ones of their applications; a first one moves the stage on.

    An application whose candidate asked for people only gets none. A resume that says less than
    the one in use (the same person's second file scoring lower) does not replace it.

    Args:
        rows: application, resume, and a row of `touchstone screen`.
    """
    made: list[Screening] = []
    changed: dict[int, Application] = {}
    moved: list[StageEvent] = []
    for application, resume, row in rows:
        changed[application.pk] = application
        if row is None or model is None or application.human_only:
            application.resume = application.resume or resume
            continue
        row["receipt"]["file_sha256"] = resume.sha256
        screening = Screening(
            application=application,
            resume=resume,
            model_version=model,
            score=row["score"],
            decision=row["decision"],
            result=row,
            taxonomy_sha256=row["receipt"].get("taxonomy", ""),
            created_at=at,
        )
        _keep_word(application.screening, screening)
        made.append(screening)
        if application.stage == Stage.APPLIED:
            application.stage, application.stage_since = Stage.SCREENED, at
            application.version += 1
            moved.append(
                StageEvent(
                    application=application,
                    from_stage=Stage.APPLIED,
                    to_stage=Stage.SCREENED,
                    actor_kind="system",
                    at=at,
                )
            )
    Screening.objects.bulk_create(made)
    StageEvent.objects.bulk_create(moved)
    for screening in made:
        application = screening.application
        if application.resume_id in (None, screening.resume_id) or (
            application.score is None or screening.score > application.score
        ):
            application.resume = screening.resume
            application.screening = screening
            application.score = screening.score
            application.overridden = bool(screening.override)
            application.flagged = bool(screening.result.get("flags"))
            application.recommendation = screening.override or screening.decision
    for application in changed.values():
        _facts_of_resume(application)
    rows_update(
        list(changed.values()),
        [
            "stage",
            "stage_since",
            "version",
            "resume",
            "screening",
            "score",
            "recommendation",
            "flagged",
            "overridden",
            "years",
            "degree",
            "language",
        ],
    )
    return made
