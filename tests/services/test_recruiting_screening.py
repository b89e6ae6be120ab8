"""Screening again: for one, for all; a person's word and a candidate's refusal stand."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.company import MODEL, Company
from touchstone.audit.models import AuditEvent
from touchstone.common.errors import InvalidInput
from touchstone.engine.profiles.model import parse_model
from touchstone.positions.editing import rebalanced
from touchstone.positions.models import Position
from touchstone.positions.services import model_version_save
from touchstone.recruiting.effects import ranking_effect
from touchstone.recruiting.models import Application, Screening
from touchstone.recruiting.selectors import findings, standings, what_would_change
from touchstone.recruiting.services.applications import screening_override
from touchstone.recruiting.services.screening import (
    application_screen,
    line_set,
    position_rescreen,
    stale_applications,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(company: Company, position: Position, now: dt.datetime) -> Position:
    """The position with a second version of its model."""
    document = rebalanced({**MODEL, "job_title": "AI 训练师二"}, (0, 0))
    model_version_save(
        actor=company.actor("recruiter"), position=position, document=document, at=now, based_on=1
    )
    return position


def test_everybody_stale_is_screened_once(
    company: Company,
    applications: tuple[Application, ...],
    changed: Position,
    now: dt.datetime,
) -> None:
    actor = company.actor("recruiter")
    assert stale_applications(changed).count() == 3
    assert position_rescreen(actor=actor, position=changed, at=now) == 3
    assert position_rescreen(actor=actor, position=changed, at=now) == 0
    assert Screening.objects.count() == 6
    for application in Application.objects.select_related("screening"):
        assert application.screening is not None
        assert application.screening.model_version_id == changed.model_version_id
        assert application.score == application.screening.score
    assert AuditEvent.objects.filter(action="applications.screened").count() == 1


def test_a_persons_word_stays_after_screening_again(
    company: Company,
    applications: tuple[Application, ...],
    changed: Position,
    now: dt.datetime,
) -> None:
    first = applications[0]
    assert first.screening is not None
    screening_override(
        actor=company.actor("recruiter"),
        screening=first.screening,
        decision="decline",
        reason="项目时间对不上",
        at=now,
    )
    position_rescreen(actor=company.actor("recruiter"), position=changed, at=now)
    first.refresh_from_db()
    assert first.recommendation == "decline"
    assert first.overridden
    assert first.screening is not None
    assert first.screening.override_reason == "项目时间对不上"
    assert {s.override for s in standings(changed)} == {"", "decline"}


def test_the_rejected_and_those_who_want_people_are_left_alone(
    applications: tuple[Application, ...], company: Company, changed: Position, now: dt.datetime
) -> None:
    Application.objects.filter(pk=applications[0].pk).update(human_only=True)
    Application.objects.filter(pk=applications[1].pk).update(stage="withdrawn")
    assert position_rescreen(actor=company.actor("recruiter"), position=changed, at=now) == 1
    applications[0].refresh_from_db()
    with pytest.raises(InvalidInput) as caught:
        application_screen(application=applications[0], at=now)
    assert caught.value.message.id == "recruiting.human_only"


def test_the_same_text_gives_the_same_row(
    applications: tuple[Application, ...], changed: Position, now: dt.datetime
) -> None:
    application = applications[0]
    application.position.refresh_from_db()
    one = application_screen(application=application, at=now)
    two = application_screen(application=application, at=now + dt.timedelta(days=40))
    assert one.result == two.result
    assert one.result["receipt"]["file_sha256"]


def test_without_a_model_nothing_is_screened(
    applications: tuple[Application, ...], company: Company, position: Position, now: dt.datetime
) -> None:
    position.model_version = None
    with pytest.raises(InvalidInput):
        position_rescreen(actor=company.actor("recruiter"), position=position, at=now)
    with pytest.raises(InvalidInput):
        line_set(actor=company.actor("recruiter"), position=position, line=60, at=now)


def test_a_lower_line_takes_the_other_line_along(
    company: Company, position: Position, now: dt.datetime
) -> None:
    version = line_set(actor=company.actor("recruiter"), position=position, line=40, at=now)
    assert version.document["decision"]["advance"]["min"] == 40
    assert version.document["decision"]["review"]["min"] == 40


def test_what_would_change_names_the_points_missing(
    applications: tuple[Application, ...],
) -> None:
    model = parse_model(MODEL)
    review = applications[1].screening
    change = what_would_change(review, model)
    assert change is not None
    assert (change.target, change.missing) == ("advance", 14.0)
    assert sum(indicator.room for indicator in change.chances) >= change.missing
    assert what_would_change(applications[0].screening, model) is None
    assert findings(None, model) == []


def test_a_changed_weight_moves_ranks(
    applications: tuple[Application, ...], position: Position
) -> None:
    position.refresh_from_db()
    draft = parse_model(rebalanced({**MODEL}, None))
    effect = ranking_effect(position, draft, exact=False)
    assert effect is not None
    assert (effect.n, effect.up, effect.down, effect.fresh) == (3, 0, 0, 0)
    assert [moved.places for moved in effect.first] == [0, 0, 0]
    exact = ranking_effect(position, draft, exact=True)
    assert exact is not None
    assert exact.exact
