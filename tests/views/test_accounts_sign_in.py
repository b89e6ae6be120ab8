"""Signing in and out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from tests.company import Company
from touchstone.accounts.services import password_set
from touchstone.common.actors import SYSTEM

PASSWORD = "trees grow slowly 7"


def signed_in(client: Client) -> bool:
    """Whether the sign-in page sends this browser on, as it does with those who are in."""
    return client.get("/sign-in/").status_code == 302


def test_without_anybody_the_set_up_assistant_opens(db: None, client: Client) -> None:
    response = client.get("/sign-in/")
    assert response.status_code == 302
    assert response["Location"] == "/setup/"


def test_password_signs_in(company: Company, client: Client) -> None:
    password_set(actor=SYSTEM, person=company.recruiter, password=PASSWORD)
    response = client.post("/sign-in/", {"login": "recruiter", "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert signed_in(client)


def test_wrong_password_says_so_and_keeps_the_name(company: Company, client: Client) -> None:
    password_set(actor=SYSTEM, person=company.recruiter, password=PASSWORD)
    response = client.post("/sign-in/", {"login": "recruiter", "password": "wrong"})
    assert response.status_code == 200
    assert 'value="recruiter"' in response.content.decode()
    assert not signed_in(client)


@pytest.mark.parametrize(
    "target", ["//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_stays_on_this_host(company: Company, client: Client, target: str) -> None:
    password_set(actor=SYSTEM, person=company.recruiter, password=PASSWORD)
    response = client.post(
        "/sign-in/", {"login": "recruiter", "password": PASSWORD, "next": target}
    )
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_demo_people_are_offered_in_the_demo_only(
    company: Company, client: Client, settings: Settings
) -> None:
    page = client.get("/sign-in/").content.decode()
    assert "/sign-in/as/" not in page
    assert client.post(f"/sign-in/as/{company.recruiter.ref}/").status_code == 404
    settings.DEMO = True
    assert "/sign-in/as/" in client.get("/sign-in/").content.decode()
    assert client.post(f"/sign-in/as/{company.recruiter.ref}/").status_code == 302
    assert signed_in(client)


def test_demo_sign_in_is_for_this_machine_only(
    company: Company, client: Client, settings: Settings
) -> None:
    settings.DEMO = True
    door = f"/sign-in/as/{company.recruiter.ref}/"
    assert client.post(door, REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.post(door, HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 404


def test_closing_an_account_ends_its_sessions(
    company: Company, client_of: Callable[[str], Client]
) -> None:
    from touchstone.accounts.services import person_active_set

    client = client_of("recruiter")
    assert signed_in(client)
    person_active_set(actor=SYSTEM, person=company.recruiter, active=False)
    assert not signed_in(client)
