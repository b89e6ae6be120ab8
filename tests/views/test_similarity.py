"""Programs like one another on the page of a submission: who sees them, what is said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.conftest import CandidateLink
from tests.engine.judging.test_similarity import ORIGINAL, OWN_WAY, renamed
from tests.services.test_assessments_similarity import PROBLEM, judged, sittings
from touchstone.assessments.models import Attempt, IntegritySignal
from touchstone.assessments.services.similarity import programs_compare
from touchstone.assessments.services.sittings import attempt_start
from touchstone.common.actors import Actor
from touchstone.common.clock import utc_now
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.consents import consent_give

ClientOf = Callable[[str], Client]


@pytest.fixture
def attempts(
    company: Company, position: Position, applications: tuple[Application, ...], now: dt.datetime
) -> list[Attempt]:
    found = sittings(company, position, applications, now)
    for attempt, source in zip(found, (ORIGINAL, renamed(ORIGINAL), OWN_WAY), strict=True):
        judged(attempt, source, now)
    programs_compare(position=position, code=PROBLEM, at=now)
    return found


def page(client: Client, attempt: Attempt) -> str:
    response = client.get(reverse("grade", args=[attempt.items.get().ref]))
    assert response.status_code == 200
    return response.content.decode()


def test_both_programs_stand_side_by_side_with_the_common_parts_marked(
    attempts: list[Attempt], client_of: ClientOf
) -> None:
    shown = page(client_of("recruiter"), attempts[0])
    assert 'id="alike"' in shown
    assert shown.count('<pre class="source"') == 3  # the program itself, and the two compared
    assert shown.count("<mark") >= 2
    assert "不决定任何事" in shown
    assert "沈一鸣" in shown
    assert "trust_level" in shown


def test_a_program_like_no_other_says_nothing(attempts: list[Attempt], client_of: ClientOf) -> None:
    assert 'id="alike"' not in page(client_of("recruiter"), attempts[2])


def test_the_candidates_word_stands_beside_it(attempts: list[Attempt], client_of: ClientOf) -> None:
    IntegritySignal.objects.filter(attempt=attempts[0]).update(comment="我们看的是同一篇教程")
    assert "我们看的是同一篇教程" in page(client_of("recruiter"), attempts[0])
    assert "我们看的是同一篇教程" not in page(client_of("recruiter"), attempts[1])


def test_what_is_outside_ones_branch_is_not_shown(
    attempts: list[Attempt], company: Company, client_of: ClientOf
) -> None:
    Application.objects.filter(pk=attempts[0].application_id).update(branch=company.west)
    shown = page(client_of("other_recruiter"), attempts[0])
    assert 'id="alike"' not in shown
    assert "trust_level" not in shown
    Application.objects.filter(pk=attempts[1].application_id).update(branch=company.west)
    assert "trust_level" in page(client_of("other_recruiter"), attempts[0])


@pytest.mark.parametrize(
    ("name", "status"),
    [("recruiter", 200), ("hiring_manager", 200), ("algorithm_lead", 200)]
    + [(n, 404) for n in ("outsider", "other_recruiter", "other_interviewer", "stranger")],
)
def test_who_may_open_the_page(
    attempts: list[Attempt], client_of: ClientOf, name: str, status: int
) -> None:
    address = reverse("grade", args=[attempts[0].items.get().ref])
    assert client_of(name).get(address).status_code == status


def test_code_is_shown_as_text(
    attempts: list[Attempt], position: Position, now: dt.datetime, client_of: ClientOf
) -> None:
    evil = ORIGINAL.replace('"labels.csv"', '"<script>alert(1)</script>"')
    judged(attempts[1], evil, now, score=99.0)
    programs_compare(position=position, code=PROBLEM, at=now)
    shown = page(client_of("recruiter"), attempts[0])
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown


def test_the_candidate_is_told_sees_it_and_may_explain(
    attempts: list[Attempt], candidate_link: CandidateLink, client: Client, now: dt.datetime
) -> None:
    client.post(candidate_link.path)
    beforehand = client.get(reverse("portal-home")).content.decode()
    assert "程序会与同一道题的其他答案比对" in beforehand
    consent_give(
        actor=Actor("candidate"),
        candidate=candidate_link.application.candidate,
        purpose="assessment",
        granted=True,
        at=now,
    )
    attempt_start(attempt=attempts[0], at=utc_now())
    shown = client.get(reverse("portal-home")).content.decode()
    assert "与别人的相近" in shown
    assert "沈一鸣" not in shown
    signal = IntegritySignal.objects.get(attempt=attempts[0])
    address = reverse("portal-signal-comment", args=[signal.pk])
    client.post(address, {"comment": "和朋友一起学的写法"})
    signal.refresh_from_db()
    assert signal.comment == "和朋友一起学的写法"
