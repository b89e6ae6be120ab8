"""The bank: loading, revisions, retirement, import, exposure."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest

from tests.company import Company
from tests.engine.questions.sample import sample
from touchstone.audit.models import AuditEvent
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.engine.questions.loading import built_in_questions, parse_question
from touchstone.library import selectors
from touchstone.library.models import Exposure, Problem, Question
from touchstone.library.services import (
    builtin_problems_load,
    builtin_questions_load,
    exposures_record,
    question_restore,
    question_retire,
    question_save,
    questions_import,
)


@pytest.fixture
def saved(company: Company, now: dt.datetime) -> Question:
    return question_save(actor=company.actor("recruiter"), document=sample(), at=now)


def flawed(**changes: Any) -> dict[str, Any]:
    document = sample(**changes)
    document["rubric"]["key_points"][0]["weight"] = 1
    return document


def test_built_in_questions_are_loaded_once(db: None, now: dt.datetime) -> None:
    assert builtin_questions_load(at=now) == len(built_in_questions())
    assert builtin_questions_load(at=now) == 0
    assert Question.objects.filter(builtin=True, status="active").count() == len(
        built_in_questions()
    )
    assert AuditEvent.objects.filter(action="questions.loaded").count() == 1


def test_a_changed_built_in_question_becomes_a_new_revision(db: None, now: dt.datetime) -> None:
    builtin_questions_load(at=now)
    old = Question.objects.order_by("code")[0]
    Question.objects.filter(pk=old.pk).update(sha256="of an earlier version", exposures=3)
    assert builtin_questions_load(at=now) == 1
    old.refresh_from_db()
    fresh = Question.objects.get(code=old.code, revision=2)
    assert (old.status, fresh.status, fresh.exposures) == ("superseded", "active", 3)


def test_edited_and_retired_built_in_questions_stay_so(company: Company, now: dt.datetime) -> None:
    builtin_questions_load(at=now)
    edited, retired = Question.objects.order_by("code")[:2]
    document = copy.deepcopy(edited.document)
    document["minutes"] = 11
    question_save(actor=company.actor("recruiter"), document=document, at=now, based_on=1)
    question_retire(actor=company.actor("recruiter"), question=retired, at=now)
    Question.objects.filter(pk=retired.pk).update(sha256="earlier")
    builtin_questions_load(at=now)
    newest = selectors.revisions(edited.code)[0]
    assert (newest.revision, newest.minutes, newest.status) == (2, 11, "active")
    assert selectors.revisions(retired.code)[0].status == "retired"


def test_built_in_problems_are_loaded_once(db: None, now: dt.datetime) -> None:
    first = builtin_problems_load(at=now)
    assert first == Problem.objects.count() >= 3
    assert builtin_problems_load(at=now) == 0
    assert set(Problem.objects.get(code="linear-regression").languages) == {"python"}


def test_saving_makes_a_revision_with_one_line_in_the_log(
    company: Company, saved: Question, now: dt.datetime
) -> None:
    again = question_save(
        actor=company.actor("recruiter"), document=sample(minutes=7), at=now, based_on=1
    )
    saved.refresh_from_db()
    assert (again.revision, again.minutes, again.created_by) == (2, 7, "江离")
    assert saved.status == "superseded"
    assert AuditEvent.objects.filter(action="question.saved").count() == 2


def test_a_stale_author_gets_both_versions(
    company: Company, saved: Question, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    question_save(actor=actor, document=sample(minutes=7), at=now, based_on=1)
    with pytest.raises(Conflict) as caught:
        question_save(actor=actor, document=sample(minutes=9), at=now, based_on=1)
    assert caught.value.theirs["minutes"] == 7
    assert caught.value.mine["minutes"] == 9
    assert selectors.revisions(saved.code)[0].minutes == 7


def test_errors_keep_a_question_from_use_but_not_from_a_draft(
    company: Company, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    with pytest.raises(InvalidInput, match="lint_stops"):
        question_save(actor=actor, document=flawed(), at=now)
    assert not Question.objects.exists()
    draft = question_save(actor=actor, document=flawed(), at=now, activate=False)
    assert draft.status == "draft"
    with pytest.raises(InvalidInput):
        question_restore(actor=actor, question=draft, at=now)


def test_a_draft_does_not_take_the_place_of_a_published_question(
    company: Company, saved: Question, now: dt.datetime
) -> None:
    with pytest.raises(InvalidInput, match="draft_over_active"):
        question_save(
            actor=company.actor("recruiter"),
            document=flawed(),
            at=now,
            based_on=1,
            activate=False,
        )
    assert [q.id for q in selectors.active_questions()] == [saved.code]


def test_retired_questions_leave_the_choice_and_come_back(
    company: Company, saved: Question, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    stale = Question.objects.get(pk=saved.pk)
    retired = question_retire(actor=actor, question=saved, at=now)
    assert selectors.active_questions() == []
    with pytest.raises(Conflict):
        question_retire(actor=actor, question=stale, at=now)
    question_restore(actor=actor, question=retired, at=now)
    assert len(selectors.active_questions()) == 1


def test_an_import_creates_updates_and_leaves_alone(
    company: Company, saved: Question, now: dt.datetime
) -> None:
    questions = [parse_question(d) for d in (sample(), sample(id="second"), flawed(id="third"))]
    result = questions_import(actor=company.actor("recruiter"), questions=questions, at=now)
    assert result.unchanged == (saved.code,)
    assert result.created == ("second",)
    assert result.drafts == ("third",)
    changed = [parse_question(sample(id="second", minutes=9))]
    result = questions_import(actor=company.actor("recruiter"), questions=changed, at=now)
    assert result.updated == ("second",)


def test_an_import_with_errors_over_a_published_question_changes_nothing(
    company: Company, saved: Question, now: dt.datetime
) -> None:
    questions = [parse_question(d) for d in (sample(id="aaa"), flawed())]
    with pytest.raises(InvalidInput):
        questions_import(actor=company.actor("recruiter"), questions=questions, at=now)
    assert not Question.objects.filter(code="aaa").exists()


def test_an_exposure_counts_once_for_a_candidate(saved: Question, now: dt.datetime) -> None:
    for ref, fresh in (("a1", 1), ("a1", 0), ("a2", 1)):
        recorded = exposures_record(
            codes=[saved.code, saved.code], round_key="round", application_ref=ref, at=now
        )
        assert recorded == fresh
    saved.refresh_from_db()
    assert saved.exposures == Exposure.objects.count() == 2
    assert [(u.round_key, u.candidates) for u in selectors.rounds_used(saved.code)] == [
        ("round", 2)
    ]


def test_questions_are_found_by_words_and_filters(saved: Question) -> None:
    def codes(words: str = "", **filters: str) -> list[str]:
        return [q.code for q in selectors.questions_found(filters, words=words)]

    assert codes("标注员 图片") == [saved.code]
    assert codes("ANNOTATORS") == [saved.code]
    assert codes("no such words") == []
    assert codes(kind="technical", indicator="tech.annotation", level="4") == [saved.code]
    assert codes(indicator="tech.anno") == []
    assert codes(industry="any") == [saved.code]
    assert codes(industry="finance") == []
    assert codes(level="x") == [saved.code]
