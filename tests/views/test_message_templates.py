"""Every letter can be looked at in both languages before one is sent."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.company import Company
from touchstone.desk.views.records import LETTERS
from touchstone.recruiting.letters import letter_names, letter_preview

pytestmark = pytest.mark.django_db


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def test_every_letter_has_a_name_and_examples_in_both_languages() -> None:
    assert set(LETTERS) == set(letter_names())
    for name in letter_names():
        for language in ("zh", "en"):
            preview = letter_preview(name, language, "山岚科技")
            whole = "".join(text for text, _ in (*preview.subject, *preview.body))
            assert not re.search(r"[{}]", whole)
            assert any(fact for _, fact in (*preview.subject, *preview.body))
            if language == "en":
                examples = [t for t, fact in preview.body if fact and t != "山岚科技"]
                assert not re.search(r"[\u4e00-\u9fff]", "".join(examples))


def test_the_page_shows_one_letter_twice(company: Company) -> None:
    page = signed_in(company.recruiter).get("/messages/templates/", {"name": "interview_moved"})
    text = page.content.decode()
    assert page.status_code == 200
    assert 'value="interview_moved" selected' in text
    assert text.count('class="sheet"') == 2
    assert "<u>11 月 26 日（周四）14:00</u>" in text
    assert "<u>Thu 26 Nov 2026, 14:00</u>" in text


def test_a_name_that_is_none_shows_the_first(company: Company) -> None:
    page = signed_in(company.recruiter).get("/messages/templates/", {"name": "<script>"})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    assert f'value="{letter_names()[0]}" selected' in page.content.decode()


def test_interviewers_do_not_see_it(company: Company) -> None:
    assert signed_in(company.other_interviewer).get("/messages/templates/").status_code == 403
