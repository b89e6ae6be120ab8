"""Callers of the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
from django.test import Client

from tests.company import Company
from touchstone.accounts.tokens import SCOPES, token_create
from touchstone.common.actors import SYSTEM


@pytest.fixture
def caller(company: Company, now: dt.datetime) -> Callable[..., Client]:
    """``caller("recruiter", scopes)``: somebody's program, with a token of these scopes."""

    def make(name: str, scopes: Sequence[str] = SCOPES) -> Client:
        _token, text = token_create(
            actor=SYSTEM, person=company.people[name], name="HR system", scopes=scopes, at=now
        )
        return Client(headers={"Authorization": f"Bearer {text}"})

    return make
