"""Chinese by default, English by switch, remembered in the account."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.company import Company
from tests.conftest import sign_in


@pytest.mark.parametrize("header", ["en-US,en;q=0.9", "fr", ""])
def test_the_browsers_wish_does_not_change_the_companys_language(
    company: Company, header: str
) -> None:
    response = Client().get("/sign-in/", headers={"Accept-Language": header})
    assert response.headers["Content-Language"] == "zh-hans"
    assert 'lang="zh-Hans"' in response.content.decode()


def test_the_switch_is_remembered_in_the_account(company: Company) -> None:
    browser = sign_in(company.recruiter)
    browser.post("/ui/language/", {"language": "en", "next": "/"})
    assert 'lang="en"' in browser.get("/messages/").content.decode()
    company.recruiter.refresh_from_db()
    elsewhere = sign_in(company.recruiter)
    assert 'lang="en"' in elsewhere.get("/messages/").content.decode()


def test_an_unknown_language_is_ignored(company: Company) -> None:
    browser = sign_in(company.recruiter)
    browser.cookies["touchstone_language"] = "xx"
    assert 'lang="zh-Hans"' in browser.get("/messages/").content.decode()
