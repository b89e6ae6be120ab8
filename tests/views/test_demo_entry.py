"""The demo's one-click ways in exist in the demo only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client

from tests.company import Company
from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
from touchstone.recruiting.models import Application


def invite(company: Company, application: Application, now: dt.datetime) -> None:
    actor = company.actor("recruiter")
    paper = paper_save(
        actor=actor,
        position=application.position,
        title="测评",
        tasks=[Task("case", "case-main-project", "technical", 40)],
        at=now,
    )
    attempt_invite(actor=actor, application=application, paper=paper, at=now)


def test_a_candidates_letter_can_be_opened(
    company: Company, application: Application, now: dt.datetime, settings: Any
) -> None:
    settings.DEMO = True
    browser = Client()
    assert browser.post("/p/demo/").status_code == 404
    invite(company, application, now)
    response = browser.post("/p/demo/")
    assert response.status_code == 302
    page = browser.post(response.headers["Location"], follow=True)
    assert application.candidate.name in page.content.decode()


def test_elsewhere_there_is_no_such_door(
    company: Company, application: Application, now: dt.datetime, settings: Any
) -> None:
    settings.DEMO = False
    invite(company, application, now)
    assert Client().post("/p/demo/").status_code == 404
    settings.DEMO = True
    assert Client(REMOTE_ADDR="203.0.113.7").post("/p/demo/").status_code == 404
