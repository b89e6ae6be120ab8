"""The API: tokens and scopes, the same permissions as the pages, its schema."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.company import Company
from tests.conftest import ROOT
from touchstone.accounts.models import ApiToken
from touchstone.accounts.services import person_active_set
from touchstone.accounts.tokens import SCOPES, token_create, token_revoke
from touchstone.audit.models import AuditEvent
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import InvalidInput
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Resume

Caller = Callable[..., Client]
V1 = "/api/v1"
SNAPSHOT = ROOT / "docs" / "openapi.json"


def last_action() -> str:
    return AuditEvent.objects.order_by("-seq")[0].action


# -- tokens


@pytest.mark.parametrize(
    "header", ["", "Bearer ", "Bearer ts_wrong", "Basic abc", "Bearer " + "x" * 9000]
)
def test_without_a_token_nothing_is_told(company: Company, header: str) -> None:
    client = Client(headers={"Authorization": header}) if header else Client()
    response = client.get(f"{V1}/me")
    assert response.status_code == 401
    assert response.json()["error"] == "api.not_authenticated"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(company: Company, client_of: Callable[[str], Client]) -> None:
    assert client_of("recruiter").get(f"{V1}/me").status_code == 401


def test_me(caller: Caller, company: Company) -> None:
    body = caller("recruiter", ["positions:read"]).get(f"{V1}/me").json()
    assert body["name"] == company.recruiter.name
    assert body["scopes"] == ["positions:read"]


def test_revoked_expired_and_closed(company: Company, now: dt.datetime) -> None:
    def call(text: str) -> int:
        return Client(headers={"Authorization": f"Bearer {text}"}).get(f"{V1}/me").status_code

    def make(at: dt.datetime, days: int = 90) -> tuple[ApiToken, str]:
        return token_create(
            actor=SYSTEM, person=company.recruiter, name="x", scopes=SCOPES, at=at, days=days
        )

    token, text = make(now)
    assert call(text) == 200
    token_revoke(actor=SYSTEM, token=token, at=now)
    assert call(text) == 401
    assert last_action() == "token.revoked"
    _expired, text = make(now - dt.timedelta(days=10), days=3)
    assert call(text) == 401
    _living, text = make(now)
    person_active_set(actor=SYSTEM, person=company.recruiter, active=False)
    assert call(text) == 401


def test_only_a_hash_is_kept(company: Company, now: dt.datetime) -> None:
    token, text = token_create(
        actor=SYSTEM, person=company.recruiter, name="x", scopes=SCOPES, at=now
    )
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert text not in json.dumps(row, default=str)
    assert text not in json.dumps(list(AuditEvent.objects.values()), default=str)


@pytest.mark.parametrize(
    ("scopes", "days"),
    [([], 90), (["everything"], 90), (["positions:read"], 0), (["positions:read"], 999)],
)
def test_tokens_that_are_not_made(
    company: Company, now: dt.datetime, scopes: list[str], days: int
) -> None:
    with pytest.raises(InvalidInput):
        token_create(
            actor=SYSTEM, person=company.recruiter, name="x", scopes=scopes, at=now, days=days
        )
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "/positions", "positions:read"),
        ("get", "/positions/{position}", "positions:read"),
        ("get", "/positions/{position}/applications", "applications:read"),
        ("get", "/applications/{application}", "applications:read"),
        ("get", "/applications/{application}/screening", "applications:read"),
        ("get", "/applications/{application}/reports", "reports:read"),
        ("get", "/applications/{application}/outcomes", "applications:read"),
        ("post", "/applications/{application}/stage", "applications:write"),
        ("post", "/positions/{position}/resumes", "applications:write"),
        ("put", "/outcomes/{application}", "outcomes:write"),
        ("get", "/questions", "questions:read"),
        ("get", "/webhooks", "webhooks:write"),
        ("post", "/webhooks", "webhooks:write"),
    ],
)
def test_each_call_needs_its_scope(
    caller: Caller, application: Application, method: str, path: str, scope: str
) -> None:
    url = V1 + path.format(position=application.position.ref, application=application.ref)
    bodies: dict[str, object] = {
        "/applications/{application}/stage": {"to": "invited"},
        "/outcomes/{application}": {"review": 5},
        "/webhooks": {"url": "https://hooks.example.com/", "events": ["application"]},
    }
    client = caller("administrator", [name for name in SCOPES if name != scope])
    if path.endswith("/resumes"):
        response = client.post(url, {"files": SimpleUploadedFile("a.txt", b"resume")})
    elif method == "get":
        response = client.get(url)
    else:
        response = getattr(client, method)(
            url, json.dumps(bodies[path]), content_type="application/json"
        )
    assert response.status_code == 403
    assert scope in response.json()["detail"]


# -- positions and applications


def test_positions_of_my_branch(caller: Caller, position: Position) -> None:
    mine = caller("recruiter").get(f"{V1}/positions").json()
    assert [row["ref"] for row in mine] == [position.ref]
    assert mine[0]["model_version"] == 1
    assert caller("other_recruiter").get(f"{V1}/positions").json() == []
    assert caller("other_recruiter").get(f"{V1}/positions/{position.ref}").status_code == 404


def test_applications_by_pages(
    caller: Caller, position: Position, applications: tuple[Application, ...]
) -> None:
    client = caller("recruiter")
    url = f"{V1}/positions/{position.ref}/applications"
    first = client.get(url, {"limit": 2}).json()
    second = client.get(url, {"limit": 2, "after": first["next_after"]}).json()
    refs = [row["ref"] for row in first["items"] + second["items"]]
    assert refs == [application.ref for application in applications]
    assert second["next_after"] is None
    assert client.get(url, {"stage": "hired"}).json()["items"] == []
    assert client.get(url, {"limit": 0}).status_code == 422
    assert client.get(url, {"limit": 100_000}).status_code == 422


def test_names_need_a_scope_of_their_own_and_leave_a_trace(
    caller: Caller, application: Application
) -> None:
    url = f"{V1}/applications/{application.ref}"
    without = caller("recruiter", ["applications:read"]).get(url)
    assert without.json()["candidate"] is None
    assert application.candidate.name not in without.content.decode()
    read = caller("recruiter", ["applications:read", "candidates:read"]).get(url).json()
    assert read["candidate"]["name"] == application.candidate.name
    assert last_action() == "candidates.read_by_api"


def test_an_interviewer_sees_no_more_than_on_the_pages(
    caller: Caller, application: Application
) -> None:
    url = f"{V1}/applications/{application.ref}"
    assert caller("algorithm_lead").get(url).status_code == 404
    assert caller("other_recruiter").get(url).status_code == 404
    assert caller("auditor").get(url).status_code == 200


def test_screening_with_its_evidence(caller: Caller, application: Application) -> None:
    body = caller("recruiter").get(f"{V1}/applications/{application.ref}/screening").json()
    assert body["result"]["evidence"][0]["indicator"] == "tech.data"


def test_taking_a_step(caller: Caller, application: Application) -> None:
    client = caller("recruiter")
    url = f"{V1}/applications/{application.ref}/stage"

    def step(to: str, reason: str = "") -> int:
        body = json.dumps({"to": to, "reason": reason})
        return client.post(url, body, content_type="application/json").status_code

    assert step("invited") == 200
    application.refresh_from_db()
    assert application.stage == "invited"
    event = application.events.last()
    assert event is not None
    assert event.person is not None
    assert event.person.username == "recruiter"
    assert step("hired") == 409
    assert step("rejected") == 422
    assert step("nowhere") == 422
    application.refresh_from_db()
    assert application.stage == "invited"


def test_auditors_take_no_step(caller: Caller, application: Application) -> None:
    response = caller("auditor").post(
        f"{V1}/applications/{application.ref}/stage",
        json.dumps({"to": "invited"}),
        content_type="application/json",
    )
    assert response.status_code == 403
    application.refresh_from_db()
    assert application.stage == "screened"


def test_bringing_in_resumes(caller: Caller, position: Position) -> None:
    url = f"{V1}/positions/{position.ref}/resumes"
    data = "陆遥\n2022.03–至今 推荐算法训练师\n".encode()
    client = caller("recruiter")
    response = client.post(url, {"files": SimpleUploadedFile("陆遥.txt", data)})
    assert response.status_code == 202
    assert response.json()[0]["file_name"] == "陆遥.txt"
    again = client.post(url, {"files": SimpleUploadedFile("again.txt", data)})
    assert again.json()[0]["ref"] == response.json()[0]["ref"]
    assert Resume.objects.filter(position=position).count() == 1
    assert client.post(url).status_code == 422
    assert (
        caller("hiring_manager").post(url, {"files": SimpleUploadedFile("b.txt", data)}).status_code
        == 403
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '{"to": 3}',
        '{"to": null}',
        '{"to": "invited", "reason": "' + "x" * 600 + '"}',
    ],
)
def test_misshapen_bodies(caller: Caller, application: Application, body: str) -> None:
    response = caller("recruiter").post(
        f"{V1}/applications/{application.ref}/stage", body, content_type="application/json"
    )
    assert response.status_code in {400, 422}
    application.refresh_from_db()
    assert application.stage == "screened"


def test_reports_and_outcomes_before_there_are_any(
    caller: Caller, application: Application
) -> None:
    client = caller("recruiter")
    assert client.get(f"{V1}/applications/{application.ref}/reports").json() == []
    assert client.get(f"{V1}/applications/{application.ref}/outcomes").json() == []
    body = json.dumps({"review": 8})
    missing = client.put(f"{V1}/outcomes/nothing", body, content_type="application/json")
    assert missing.status_code == 404


# -- schema


def test_the_schema_is_the_documented_one(db: None, client: Client) -> None:
    """docs/openapi.json is what is served; write it anew with WRITE_SCHEMA=1 pytest …"""
    schema = client.get(f"{V1}/openapi.json").json()
    text = json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("WRITE_SCHEMA"):
        SNAPSHOT.write_text(text, "utf-8")
    assert text == SNAPSHOT.read_text("utf-8")


def test_the_document_names_every_path(db: None, client: Client) -> None:
    document = (ROOT / "docs" / "api.md").read_text("utf-8")
    for path, methods in client.get(f"{V1}/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path.removeprefix('/api/v1')}`" in document
