"""Scorecards: kept as typed, locked once, and closed to others until one's own are in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.company import Company
from touchstone.common.errors import Conflict, InvalidInput, NotAllowed
from touchstone.evaluation.models import (
    DepartmentEvaluation,
    IndicatorScore,
    Scorecard,
    ScorecardEvent,
)
from touchstone.evaluation.permissions import (
    blind,
    visible_evaluations,
    visible_notes,
    visible_scorecards,
)
from touchstone.evaluation.room import room_of, sheet_expected
from touchstone.evaluation.services.scorecards import (
    half_points,
    score_save,
    scorecard_open,
    scorecard_reopen,
    scorecard_submit,
    summary_save,
)
from touchstone.interviews.models import Interview
from touchstone.interviews.services.booking import Seat, interview_book
from touchstone.interviews.services.room import note_save, panel_remove


def opened(company: Company, interview: Interview, name: str, now: dt.datetime) -> Scorecard:
    return scorecard_open(actor=company.actor(name), interview=interview, at=now)


def submitted(company: Company, interview: Interview, name: str, now: dt.datetime) -> Scorecard:
    return scorecard_submit(
        actor=company.actor(name),
        scorecard=opened(company, interview, name, now),
        expected=[],
        summary="",
        submit_key="k",
        at=now,
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [("7", "7.0"), (7.5, "7.5"), (Decimal(0), "0.0"), ("10", "10.0"), (" 6.5", "6.5")],
)
def test_half_points(given: str | float | Decimal, kept: str) -> None:
    assert str(half_points(given)) == kept


@pytest.mark.parametrize("given", ["10.5", "-0.5", "7.25", "Infinity", "sNaN", "sieben", "1e999"])
def test_no_half_points(given: str) -> None:
    with pytest.raises(InvalidInput):
        half_points(given)


def test_no_score_is_none_and_not_zero() -> None:
    assert half_points("") is None
    assert half_points(None) is None


def test_one_card_a_rater_made_on_first_use(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    first = opened(company, interview, "algorithm_lead", now)
    assert opened(company, interview, "algorithm_lead", now) == first
    assert (first.department, first.counts) == (company.algorithm, True)
    with pytest.raises(NotAllowed):
        opened(company, interview, "outsider", now)


def test_a_shadows_card_does_not_count(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    interview.panel.create(person=company.outsider, seat="shadow")
    assert not opened(company, interview, "outsider", now).counts


def test_a_card_is_written_by_its_rater_alone(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    card = opened(company, interview, "algorithm_lead", now)
    with pytest.raises(NotAllowed):
        score_save(
            actor=company.actor("business_lead"),
            scorecard=card,
            dimension="technical",
            indicator="tech.data",
            at=now,
            version=0,
            score=1,
        )
    with pytest.raises(NotAllowed):
        scorecard_submit(
            actor=company.actor("business_lead"),
            scorecard=card,
            expected=[],
            summary="",
            submit_key="k",
            at=now,
        )
    assert not card.scores.exists()


def test_the_impression_is_kept_as_typed_and_not_overwritten(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    actor, card = company.actor("algorithm_lead"), opened(company, interview, "algorithm_lead", now)
    card = summary_save(actor=actor, scorecard=card, text="稳", version=1, at=now)
    with pytest.raises(Conflict) as conflict:
        summary_save(actor=actor, scorecard=card, text="快", version=1, at=now)
    assert conflict.value.theirs == {"text": "稳", "version": 2}
    card = summary_save(actor=actor, scorecard=card, text="稳而快", version=2, at=now)
    # Submitting without repeating the words keeps them.
    assert submitted(company, interview, "algorithm_lead", now).summary == "稳而快"


def test_typing_on_after_a_lost_answer_is_no_conflict(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    actor, card = company.actor("algorithm_lead"), opened(company, interview, "algorithm_lead", now)

    def comment(words: str, version: int, score: float = 7) -> IndicatorScore:
        return score_save(
            actor=actor,
            scorecard=card,
            dimension="technical",
            indicator="tech.data",
            at=now,
            version=version,
            score=score,
            comment=words,
        )

    comment("会写", 0)
    assert comment("会写规范", 0).comment == "会写规范"
    for words, score in (("会教", 7.0), ("会写规范也会教", 8.0)):
        with pytest.raises(Conflict):
            comment(words, 0, score)
    summary_save(actor=actor, scorecard=card, text="稳", version=1, at=now)
    assert summary_save(actor=actor, scorecard=card, text="稳而快", version=1, at=now).version == 3


def test_submitting_twice_is_one_event(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    first = submitted(company, interview, "algorithm_lead", now)
    again = submitted(company, interview, "algorithm_lead", now + dt.timedelta(seconds=3))
    assert again.submitted_at == first.submitted_at
    assert ScorecardEvent.objects.count() == 1


def test_reopening_closes_the_others_again(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    submitted(company, interview, "business_lead", now)
    card = submitted(company, interview, "algorithm_lead", now)
    lead, application = company.algorithm_lead, interview.application
    assert not blind(lead, application)
    scorecard_reopen(actor=company.actor("recruiter"), scorecard=card, reason="漏评", at=now)
    assert blind(lead, application)
    assert list(visible_scorecards(lead, application)) == [card]


@pytest.mark.parametrize(
    ("name", "is_blind"),
    [
        ("algorithm_lead", True),
        ("outsider", True),
        ("stranger", True),
        ("recruiter", False),
        ("hiring_manager", False),
        ("auditor", False),
    ],
)
def test_who_is_blind_while_scores_are_open(
    company: Company, interview: Interview, now: dt.datetime, name: str, is_blind: bool
) -> None:
    assert blind(company.people[name], interview.application) is is_blind


def test_a_recruiter_on_the_panel_is_blind_like_everybody(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    interview.panel.create(person=company.recruiter)
    submitted(company, interview, "algorithm_lead", now)
    assert blind(company.recruiter, interview.application)
    assert not visible_scorecards(company.recruiter, interview.application).exists()


def test_somebody_taken_off_the_panel_stays_blind(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    seat = interview.panel.get(person=company.business_lead)
    panel_remove(actor=company.actor("recruiter"), interview=interview, seat=seat, at=now)
    assert blind(company.business_lead, interview.application)


def test_a_second_round_closes_the_first_to_those_who_sit_in_it(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    submitted(company, interview, "algorithm_lead", now)
    later = interview.starts_at + dt.timedelta(days=1)
    interview_book(
        actor=company.actor("recruiter"),
        application=interview.application,
        starts_at=later,
        ends_at=later + dt.timedelta(hours=1),
        seats=[Seat(company.algorithm_lead), Seat(company.outsider)],
        at=now,
        round_no=2,
    )
    assert blind(company.algorithm_lead, interview.application)
    assert blind(company.outsider, interview.application)


def test_evaluations_and_notes_follow_the_same_rule(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    DepartmentEvaluation.objects.create(
        application=interview.application,
        department=company.commerce,
        author=company.business_lead,
        text="懂推荐",
        submitted_at=now,
        updated_at=now,
    )
    note_save(
        actor=company.actor("business_lead"),
        interview=interview,
        client_key="quiet",
        text="自己看",
        at=now,
    )
    note_save(
        actor=company.actor("business_lead"),
        interview=interview,
        client_key="never",
        text="永远自己看",
        at=now,
        private=True,
    )
    lead, application = company.algorithm_lead, interview.application
    assert not visible_evaluations(lead, application).exists()
    assert not visible_notes(lead, interview).exists()
    submitted(company, interview, "algorithm_lead", now)
    assert visible_evaluations(lead, application).count() == 1
    assert [n.text for n in visible_notes(lead, interview)] == ["自己看"]


def test_the_sheet_asks_for_the_seats_focus(
    company: Company, interview: Interview, now: dt.datetime
) -> None:
    seat = interview.panel.get(person=company.algorithm_lead)
    assert sheet_expected(interview, seat) == ["tech.data", "tech.training", "learn.apply"]
    seat.focus = []
    assert len(sheet_expected(interview, seat)) == 5
    room = room_of(company.algorithm_lead, interview, now)
    assert [g.dimension.id for g in room.groups if g.focus] == ["technical", "learning"]
    assert all(len(row.anchors) == 3 for row in room.rows)
