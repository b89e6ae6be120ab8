"""Password and second factor, set up and used by people themselves."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from tests.company import Company
from touchstone.accounts.services import password_set, second_factor_remove
from touchstone.common.actors import SYSTEM

PASSWORD = "trees grow slowly 7"


def sign_in(client: Client) -> str:
    """Where signing in with the password leads."""
    response = client.post("/sign-in/", {"login": "recruiter", "password": PASSWORD})
    return str(response.get("Location", ""))


@pytest.fixture
def signed_in(company: Company) -> Client:
    password_set(actor=SYSTEM, person=company.recruiter, password=PASSWORD)
    client = Client()
    assert sign_in(client) == "/"
    return client


def code(secret: str) -> str:
    """What the app on the phone shows now."""
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))


def set_up(client: Client) -> str:
    """Turns the second factor on; returns its secret."""
    client.post("/sign-in/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/sign-in/2fa/totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert found
    response = client.post("/sign-in/2fa/totp/activate/", {"code": code(found[1])})
    assert response.status_code == 302
    return found[1]


def test_the_second_factor_is_asked_for(company: Company, signed_in: Client) -> None:
    assert "还没有启用" in signed_in.get("/sign-in/2fa/").content.decode()
    secret = set_up(signed_in)
    assert "已启用" in signed_in.get("/sign-in/2fa/").content.decode()
    another = Client()
    assert sign_in(another) == "/sign-in/2fa/authenticate/"
    assert another.get("/").status_code == 302
    wrong = another.post("/sign-in/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    from django.core.cache import cache

    cache.clear()  # a code works once; this is another half minute
    right = another.post("/sign-in/2fa/authenticate/", {"code": code(secret)})
    assert right.status_code == 302
    assert another.get("/").status_code == 200


def test_an_administrator_removes_it(company: Company, signed_in: Client) -> None:
    set_up(signed_in)
    second_factor_remove(actor=company.actor("administrator"), person=company.recruiter)
    assert signed_in.get("/").status_code == 302
    assert sign_in(Client()) == "/"


def test_changing_the_password_ends_the_other_sessions(company: Company, signed_in: Client) -> None:
    other = Client()
    sign_in(other)
    assert signed_in.get("/sign-in/account/password/change/").status_code == 200
    fresh = "rivers run to the sea 9"
    response = signed_in.post(
        "/sign-in/account/password/change/",
        {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh},
    )
    assert response.status_code == 302
    assert signed_in.get("/").status_code == 200
    assert other.get("/").status_code == 302


def test_a_weak_password_is_refused_with_its_reason(signed_in: Client) -> None:
    response = signed_in.post(
        "/sign-in/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "short", "password2": "short"},
    )
    assert response.status_code == 200
    assert 'class="msg"' in response.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/sign-in/account/signup/", "/sign-in/account/email/", "/sign-in/account/password/reset/"],
)
def test_nobody_signs_up_or_resets_by_themselves(company: Company, path: str) -> None:
    assert Client().get(path).status_code == 404
