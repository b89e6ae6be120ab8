"""The insights page, its files, its proposals, as everybody who might open them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.evaluated import build_round
from touchstone.evaluation.models import IndicatorScore
from touchstone.evaluation.services.reports import reports_issue
from touchstone.insights import snapshots
from touchstone.insights.models import Proposal
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

Clients = Callable[[str], Client]
PAGES = ("insights", "insights-csv", "insights-pdf")


@pytest.fixture
def rows(company: Company, position: Position, now: dt.datetime) -> list[Application]:
    found = build_round(company, position, now - dt.timedelta(days=6), count=10)
    reports_issue(actor=company.actor("recruiter"), position=position, at=now)
    return found


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("recruiter", 200),
        ("hiring_manager", 200),
        ("auditor", 200),
        ("algorithm_lead", 403),
        ("outsider", 404),
        ("other_recruiter", 404),
        ("stranger", 404),
        ("", 302),
    ],
)
def test_who_sees_insights(
    client_of: Clients, position: Position, rows: list[Application], who: str, status: int
) -> None:
    client = client_of(who)
    for name in PAGES:
        assert client.get(reverse(name, args=[position.ref])).status_code == status
        assert client_of("recruiter").post(reverse(name, args=[position.ref])).status_code == 405


def test_an_empty_round_says_so_instead_of_guessing(
    client_of: Clients, position: Position, application: Application
) -> None:
    text = client_of("recruiter").get(reverse("insights", args=[position.ref])).content.decode()
    assert "数据不够" in text
    assert "还没有两个部门评过同一个人" in text


def test_the_page_compares_and_speaks_english(
    client_of: Clients, position: Position, rows: list[Application], now: dt.datetime
) -> None:
    client = client_of("recruiter")
    address = reverse("insights", args=[position.ref])
    text = client.get(f"{address}?split={now:%Y-%m-%d}").content.decode()
    assert "投递为界" in text
    assert client.get(f"{address}?split=yesterday").status_code == 200
    assert client.get(f"{address}?with=nonsense").status_code == 404
    client.cookies["touchstone_language"] = "en"
    english = client.get(address).content.decode()
    assert "Who waits for whom" in english
    assert "漏斗" not in english


def test_workbook_and_csv(client_of: Clients, position: Position, rows: list[Application]) -> None:
    client = client_of("auditor")
    address = reverse("insights-csv", args=[position.ref])
    assert client.get(address).content.decode("utf-8-sig").startswith("漏斗")
    assert client.get(f"{address}?format=xlsx").content[:2] == b"PK"


def test_proposals_are_taken_up_by_those_who_run_the_round(
    client_of: Clients, position: Position, rows: list[Application]
) -> None:
    IndicatorScore.objects.filter(indicator="learn.apply").update(score=7)
    look = reverse("proposals", args=[position.ref])
    assert client_of("hiring_manager").post(look).status_code == 403
    assert client_of("other_recruiter").post(look).status_code == 404
    client = client_of("recruiter")
    assert client.post(look).status_code == 302
    proposal = Proposal.objects.get(kind="indicator_same")
    address = reverse("proposal", args=[proposal.ref])
    assert client.get(address).status_code == 405
    assert client_of("other_recruiter").post(address, {"accept": "1"}).status_code == 404
    assert client_of("auditor").post(address, {"accept": "1"}).status_code == 403
    assert client.post(address, {"accept": "1"}).status_code == 302
    assert client.post(address, {"accept": "0"}).status_code == 409
    proposal.refresh_from_db()
    assert proposal.status == "accepted"


def test_the_page_costs_a_fixed_number_of_queries(
    client_of: Clients,
    position: Position,
    rows: list[Application],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = client_of("recruiter")
    with django_assert_max_num_queries(40):  # type: ignore[attr-defined]
        client.get(reverse("insights", args=[position.ref]))


@pytest.mark.parametrize("query", ["", "?split=2026-01-01"])
def test_the_page_of_a_large_round_reads_what_is_kept(
    query: str,
    client_of: Clients,
    position: Position,
    rows: list[Application],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    monkeypatch.setattr(snapshots, "LIVE_UP_TO", 5)
    client = client_of("recruiter")
    address = reverse("insights", args=[position.ref]) + query
    first = client.get(address)
    monkeypatch.setattr(snapshots, "round_data", None)
    with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
        assert client.get(address).content.count(b"<tr>") == first.content.count(b"<tr>")
