"""Two records of one person: joined by a person, taken back, nothing lost."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.company import Company
from touchstone.audit.models import AuditEvent
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Candidate, DuplicateCase, Resume
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.services.duplicates import (
    duplicate_dismiss,
    duplicate_merge,
    duplicate_undo,
    duplicates_find,
    resume_separate,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(
    company: Company, applications: tuple[Application, ...], now: dt.datetime
) -> DuplicateCase:
    first, second = applications[0].candidate, applications[1].candidate
    return DuplicateCase.objects.create(
        branch=company.head, first=first, second=second, reasons=["same_phone"], found_at=now
    )


def test_merge_moves_everything_and_undo_brings_it_back(
    company: Company, case: DuplicateCase, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    gone = case.second
    Candidate.objects.filter(pk=case.first_id).update(email="")
    done = duplicate_merge(actor=actor, case=case, at=now)

    assert done.state == "merged"
    assert gone.resumes.count() == 0
    assert case.first.resumes.count() == 2
    gone.refresh_from_db()
    assert gone.merged_into_id == case.first_id
    assert Application.objects.get(candidate=gone).stage == "withdrawn"
    assert Candidate.objects.get(pk=case.first_id).email == gone.email

    undone = duplicate_undo(actor=actor, case=done, at=now)
    assert undone.state == "open"
    assert Candidate.objects.get(pk=gone.pk).merged_into_id is None
    assert gone.resumes.count() == 1
    assert Application.objects.get(candidate=gone).stage == "screened"
    assert Candidate.objects.get(pk=case.first_id).email == ""


def test_the_one_further_on_is_kept(
    company: Company, case: DuplicateCase, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    theirs = Application.objects.get(candidate=case.second)
    application_move(actor=actor, application=theirs, to="invited", at=now)
    duplicate_merge(actor=actor, case=case, at=now)

    case.first.refresh_from_db()
    assert case.first.merged_into_id == case.second_id
    assert Application.objects.get(candidate=case.second).stage == "invited"


def test_both_far_on_is_refused(company: Company, case: DuplicateCase, now: dt.datetime) -> None:
    actor = company.actor("recruiter")
    for application in Application.objects.filter(candidate__in=(case.first, case.second)):
        application_move(actor=actor, application=application, to="invited", at=now)
    with pytest.raises(InvalidInput) as caught:
        duplicate_merge(actor=actor, case=case, at=now)

    assert caught.value.message.id == "recruiting.cannot_merge"
    assert Candidate.objects.filter(merged_into__isnull=False).count() == 0


def test_deciding_twice_is_a_conflict(
    company: Company, case: DuplicateCase, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    duplicate_dismiss(actor=actor, case=case, at=now)
    with pytest.raises(Conflict):
        duplicate_merge(actor=actor, case=case, at=now)
    assert duplicate_undo(actor=actor, case=case, at=now).state == "open"
    with pytest.raises(Conflict):
        duplicate_undo(actor=actor, case=case, at=now)


def test_finding_pairs_again_adds_none_twice(
    position: Position, applications: tuple[Application, ...], now: dt.datetime
) -> None:
    phone = applications[0].candidate.phone
    Candidate.objects.filter(pk=applications[1].candidate_id).update(phone=phone)

    assert duplicates_find(position=position, at=now) == 1
    assert duplicates_find(position=position, at=now) == 0
    assert DuplicateCase.objects.get().reasons == ["same_phone"]


def test_a_further_file_is_taken_away_again(
    company: Company, position: Position, application: Application, now: dt.datetime
) -> None:
    resume = Resume.objects.create(
        position=position,
        candidate=application.candidate,
        file_name="陆遥.docx",
        sha256="f" * 64,
        status="read",
        text="陆遥",
        parsed={"name": "陆遥", "email": "other@example.com", "phone": ""},
        attached=True,
        created_at=now,
    )
    other = resume_separate(actor=company.actor("recruiter"), resume=resume, at=now)

    assert other.candidate_id != application.candidate_id
    assert other.candidate.email == "other@example.com"
    assert DuplicateCase.objects.get().state == "separate"
    with pytest.raises(InvalidInput):
        resume_separate(actor=company.actor("recruiter"), resume=resume, at=now)


def test_a_merge_is_one_entry_of_the_log(
    company: Company, case: DuplicateCase, now: dt.datetime
) -> None:
    duplicate_merge(actor=company.actor("recruiter"), case=case, at=now)

    assert AuditEvent.objects.filter(action="candidate.merged").count() == 1
