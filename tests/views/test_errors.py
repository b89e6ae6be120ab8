"""When something is wrong: what a person sees, what is kept, what does not leak."""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from tests.company import Company
from touchstone.accounts.services import password_set
from touchstone.audit.models import AuditEvent, StoredFile
from touchstone.common.actors import SYSTEM
from touchstone.config.logs import JsonFormatter
from touchstone.config.middleware import is_full
from touchstone.positions.models import Position
from touchstone.recruiting.models import Resume

ClientOf = Callable[[str], Client]
PASSWORD = "trees grow slowly 7"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_that_is_not_there(db: None, client: Client, language: str) -> None:
    client.cookies["touchstone_language"] = language
    response = client.get("/there/is/nothing/")
    page = response.content.decode()
    assert response.status_code == 404
    assert ("There is no such page" in page) == (language == "en")
    assert response["X-Request-Id"] in page


def test_an_error_for_a_script_is_a_block(company: Company, client_of: ClientOf) -> None:
    response = client_of("recruiter").get("/people/", headers={"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "<html" not in page
    assert 'role="alert"' in page


def test_a_stale_form_says_so(company: Company) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", {"login": "recruiter", "password": "x"})
    assert response.status_code == 403
    assert "这个页面放得太久" in response.content.decode()


def test_a_full_disk_loses_nothing(
    position: Position, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full while an upload is written: a clear answer, no row, no half file."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    response = client_of("recruiter").post(
        f"/positions/{position.ref}/import/files/",
        {"files": SimpleUploadedFile("a.txt", b"a resume")},
    )
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "磁盘满了" in response.content.decode()
    assert not StoredFile.objects.exists()
    assert not Resume.objects.filter(position=position, file__isnull=False).exists()


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError(errno.EDQUOT, "x"), True),
        (OSError(errno.ENOENT, "x"), False),
        (OperationalError("database or disk is full"), True),
        (OperationalError("database is locked"), False),
        (ValueError("disk is full"), False),
    ],
)
def test_what_counts_as_full(error: Exception, full: bool) -> None:
    assert is_full(error) is full


def test_what_is_refused_is_on_record(company: Company, client_of: ClientOf) -> None:
    client_of("recruiter").post(f"/people/{company.auditor.ref}/active/", {"active": "0"})
    event = AuditEvent.objects.order_by("-seq")[0]
    assert (event.action, event.actor_name) == ("access.denied", company.recruiter.name)
    assert event.object_ref == "person-active"
    assert event.detail == {"method": "POST", "ref": company.auditor.ref}


def test_signing_in_and_failing_to_are_on_record(company: Company, client: Client) -> None:
    password_set(actor=SYSTEM, person=company.recruiter, password=PASSWORD)
    client.post("/sign-in/", {"login": "recruiter", "password": "wrong"})
    client.post("/sign-in/", {"login": "nobody", "password": "wrong"})
    client.post("/sign-in/", {"login": "recruiter", "password": PASSWORD})
    seen = list(AuditEvent.objects.order_by("-seq").values_list("action", "object_ref")[:3])
    assert seen == [
        ("sign_in.done", company.recruiter.ref),
        ("sign_in.failed", "unknown"),
        ("sign_in.failed", company.recruiter.ref),
    ]


def tries(client: Client, n: int, login: str = "recruiter", **extra: str) -> str:
    """The page after n wrong passwords."""
    page = ""
    for _ in range(n):
        response = client.post("/sign-in/", {"login": login, "password": "wrong"}, **extra)  # type: ignore[arg-type]
        page = response.content.decode()
    return page


def test_guessing_is_slowed_for_an_account(company: Company, client: Client) -> None:
    password_set(actor=SYSTEM, person=company.recruiter, password=PASSWORD)
    tries(client, 5)
    locked = client.post("/sign-in/", {"login": "recruiter", "password": PASSWORD})
    assert locked.status_code == 200
    other = client.post(
        "/sign-in/", {"login": "auditor", "password": "wrong"}, REMOTE_ADDR="203.0.113.5"
    )
    assert "too many" not in other.content.decode().lower()


def test_guessing_is_slowed_for_an_address(company: Company, client: Client) -> None:
    """One password over many accounts; what a client says of its own address counts nothing."""
    password_set(actor=SYSTEM, person=company.recruiter, password=PASSWORD)
    for number in range(12):
        tries(client, 1, f"somebody{number}", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    response = client.post("/sign-in/", {"login": "recruiter", "password": PASSWORD})
    assert response.status_code != 302
    elsewhere = Client(REMOTE_ADDR="203.0.113.5")
    response = elsewhere.post("/sign-in/", {"login": "recruiter", "password": PASSWORD})
    assert response.status_code == 302


def test_health_readiness_metrics(db: None, client: Client, settings: Settings) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (200, "ok")
    metrics = client.get("/metrics").content
    assert b"python_info" in metrics
    assert b'touchstone_jobs{state="failed"} 0.0' in metrics
    assert b'touchstone_messages{status="waiting"} 0.0' in metrics
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.5").status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="203.0.113.5").status_code == 404
    settings.DATA_DIR = settings.DATA_DIR / "there" / "is" / "nothing"
    failed = client.get("/readyz")
    assert failed.status_code == 503
    assert failed.json()["data_dir"] == "failed"


@pytest.mark.parametrize(
    "secret",
    [
        "http://127.0.0.1:8000/p/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4/",
        "lu.yao@example.com",
        "13800000001",
        "+86 138 0000 0001",
        "110101199003071234",
        "access_token=abcdef",
        '"password": "hunter2"',
    ],
)
def test_logs_hold_no_personal_data(secret: str) -> None:
    record = logging.makeLogRecord(
        {"msg": "said %s", "args": (secret,), "levelno": 30, "levelname": "WARNING", "who": secret}
    )
    line = json.loads(JsonFormatter().format(record))
    for part in (line["message"], line["who"]):
        assert secret not in part
        assert "…" in part


def test_nobody_starts_a_line_of_the_log() -> None:
    record = logging.makeLogRecord({"msg": "agent %s", "args": ('x\r\n{"level": "fake"}\x1b[31m',)})
    text = JsonFormatter().format(record)
    assert "\n" not in text
    assert "\x1b" not in text


def test_traces_hold_places_and_no_values(company: Company) -> None:
    try:
        raise ValueError("resume of Lu Yao, 13800000001")
    except ValueError as error:
        record = logging.makeLogRecord(
            {"msg": "failed", "exc_info": (type(error), error, error.__traceback__)}
        )
    text = JsonFormatter().format(record)
    assert "ValueError" in text
    assert "Lu Yao" not in text


def test_the_database_is_not_written_by_looking(company: Company, client_of: ClientOf) -> None:
    """A GET takes no write lock; otherwise every reader would wait for every writer."""
    client = client_of("administrator")
    client.get("/people/")
    with connection.execute_wrapper(_refuse_writes):
        assert client.get("/people/").status_code == 200
        assert client.get("/audit/").status_code == 200
        assert client.get("/work/").status_code == 200


def _refuse_writes(
    execute: Callable[..., object], sql: str, params: object, many: bool, context: object
) -> object:
    assert sql.split(maxsplit=1)[0].upper() in {"SELECT", "SAVEPOINT", "RELEASE", "BEGIN"}, sql
    return execute(sql, params, many, context)
