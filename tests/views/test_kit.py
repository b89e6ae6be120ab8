"""The kit of an interview: reading, changing, comparing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from tests.company import Company
from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
from touchstone.audit.models import AuditEvent
from touchstone.interviews.models import Interview
from touchstone.interviews.services.kits import kit_document, kit_keep, question_codes
from touchstone.interviews.services.room import room_start
from touchstone.library.models import Exposure, Question
from touchstone.library.services import builtin_questions_load
from touchstone.recruiting.models import Application

ClientOf = Callable[[str], Client]


@pytest.fixture
def talk(interview: Interview, now: dt.datetime) -> Interview:
    """An interview with a kit from the built-in bank."""
    builtin_questions_load(at=now)
    document = kit_document(interview.application, minutes=60)
    kit_keep(interview=interview, document=document, at=now)
    interview.refresh_from_db()
    return interview


def change(client: Client, talk: Interview, **fields: str) -> int:
    posted = {"version": str(talk.version), **fields}
    status = client.post(f"/interviews/{talk.ref}/kit/change/", posted).status_code
    talk.refresh_from_db()
    return status


def other_question(talk: Interview) -> str:
    held = question_codes(talk.kit)
    return Question.objects.filter(industry="").exclude(code__in=held).order_by("code")[0].code


@pytest.mark.parametrize("name", ["recruiter", "algorithm_lead", "hiring_manager"])
def test_those_of_the_interview_read_it(client_of: ClientOf, talk: Interview, name: str) -> None:
    page = client_of(name).get(f"/interviews/{talk.ref}/kit/")
    assert page.status_code == 200
    text = page.content.decode()
    for code in question_codes(talk.kit):
        assert code in text
    assert ('value="rebuild"' in text) == (name == "recruiter")


@pytest.mark.parametrize("name", ["outsider", "other_recruiter", "stranger"])
def test_others_do_not_know_of_it(client_of: ClientOf, talk: Interview, name: str) -> None:
    client = client_of(name)
    assert client.get(f"/interviews/{talk.ref}/kit/").status_code == 404
    assert client.get(f"/interviews/{talk.ref}/kit/compare/").status_code == 404
    assert change(client, talk, action="remove", code="x") == 404


def test_only_those_who_run_the_position_change_it(client_of: ClientOf, talk: Interview) -> None:
    before = question_codes(talk.kit)
    assert change(client_of("algorithm_lead"), talk, action="remove", code=before[0]) == 403
    assert client_of("recruiter").get(f"/interviews/{talk.ref}/kit/change/").status_code == 405
    assert question_codes(talk.kit) == before


def test_a_question_is_swapped_and_its_probes_stay_open(
    company: Company, client_of: ClientOf, talk: Interview
) -> None:
    old, fresh = question_codes(talk.kit)[0], other_question(talk)
    probes = len(talk.kit["questions"][0]["probes"]) + len(talk.kit["probes"])
    assert change(client_of("recruiter"), talk, action="put", code=fresh, in_place_of=old) == 302
    assert question_codes(talk.kit)[0] == fresh
    assert len(talk.kit["probes"]) == probes
    assert talk.kit["edited_by"] == "江离"
    seen = set(Exposure.objects.values_list("question_code", flat=True))
    assert seen == set(question_codes(talk.kit))
    assert Question.objects.get(code=old, status="active").exposures == 0
    assert AuditEvent.objects.filter(action="kit.question_put").count() == 1


def test_a_question_is_added_by_its_title_line_and_taken_out(
    client_of: ClientOf, talk: Interview
) -> None:
    client, count = client_of("recruiter"), len(question_codes(talk.kit))
    fresh = other_question(talk)
    assert change(client, talk, action="put", code=f"{fresh} 标题") == 302
    assert len(question_codes(talk.kit)) == count + 1
    assert talk.kit["used"] == sum(q["minutes"] for q in talk.kit["questions"])
    assert change(client, talk, action="remove", code=fresh) == 302
    assert len(question_codes(talk.kit)) == count


@pytest.mark.parametrize(
    "fields", [{"action": "put", "code": "no-such"}, {"action": "dance"}, {"action": "put"}]
)
def test_what_cannot_be_done_is_said(
    client_of: ClientOf, talk: Interview, fields: dict[str, str]
) -> None:
    before = talk.kit
    assert change(client_of("recruiter"), talk, **fields) == 422
    assert talk.kit == before


def test_the_same_question_twice_is_refused(client_of: ClientOf, talk: Interview) -> None:
    code = question_codes(talk.kit)[1]
    assert change(client_of("recruiter"), talk, action="put", code=code) == 422


def test_a_stale_page_changes_nothing(client_of: ClientOf, talk: Interview) -> None:
    client = client_of("recruiter")
    first, second = question_codes(talk.kit)[:2]
    assert change(client, talk, action="remove", code=first) == 302
    stale = str(talk.version - 1)
    assert change(client, talk, action="remove", code=second, version=stale) == 409
    assert second in question_codes(talk.kit)


def test_a_started_talk_keeps_its_kit(
    company: Company, client_of: ClientOf, talk: Interview, now: dt.datetime
) -> None:
    room_start(actor=company.actor("algorithm_lead"), interview=talk, at=now)
    talk.refresh_from_db()
    code = question_codes(talk.kit)[0]
    assert change(client_of("recruiter"), talk, action="remove", code=code) == 409
    assert code in question_codes(talk.kit)
    page = client_of("recruiter").get(f"/interviews/{talk.ref}/kit/").content.decode()
    assert 'value="rebuild"' not in page


def test_choosing_anew_takes_the_bank_as_it_is(client_of: ClientOf, talk: Interview) -> None:
    gone = question_codes(talk.kit)[0]
    Question.objects.filter(code=gone).update(status="retired")
    assert change(client_of("recruiter"), talk, action="rebuild") == 302
    assert gone not in question_codes(talk.kit)
    assert set(Exposure.objects.values_list("question_code", flat=True)) == set(
        question_codes(talk.kit)
    )


def test_the_choice_is_compared_with_the_best(client_of: ClientOf, talk: Interview) -> None:
    page = client_of("recruiter").get(f"/interviews/{talk.ref}/kit/compare/").content.decode()
    assert "贪心" in page
    assert "种部分选法" in page


def test_questions_of_the_candidates_paper_are_not_asked_again(
    company: Company, application: Application, now: dt.datetime
) -> None:
    builtin_questions_load(at=now)
    usual = question_codes(kit_document(application, minutes=60))
    tasks = [Task("scenario", code, "business", 20) for code in usual[:3]]
    paper = paper_save(
        actor=company.actor("recruiter"),
        position=application.position,
        title="测评",
        tasks=tasks,
        at=now,
    )
    attempt_invite(actor=company.actor("recruiter"), application=application, paper=paper, at=now)
    kit = question_codes(kit_document(application, minutes=60))
    assert kit
    assert not set(usual[:3]) & set(kit)
