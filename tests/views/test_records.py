"""Outbox, background work, audit log."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from tests.company import Company
from touchstone.audit.models import AuditEvent, ChainHead
from touchstone.audit.selectors import chain_verify
from touchstone.common.background import enqueue
from touchstone.recruiting.models import Application, OutboxMessage
from touchstone.recruiting.services.outbox import Draft, message_queue

ClientOf = Callable[[str], Client]
TOKEN = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"


@pytest.fixture
def message(company: Company, application: Application, now: dt.datetime) -> OutboxMessage:
    """An invitation that could not be sent."""
    draft = Draft(
        channel="mail",
        template="assessment_invitation",
        language="zh",
        subject="请完成测评",
        body=f"你好，请打开 http://127.0.0.1:8000/p/{TOKEN}/ 开始。",
        address="lu.yao@example.com",
    )
    made = message_queue(
        key="invite:test", branch=company.head, draft=draft, at=now, application=application
    )
    OutboxMessage.objects.filter(pk=made.pk).update(
        status="failed", failure="地址不存在", attempts=3
    )
    made.refresh_from_db()
    return made


def test_outbox_shows_what_became_of_a_letter(
    message: OutboxMessage,
    client_of: ClientOf,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of("recruiter")
    with django_assert_max_num_queries(10):
        page = client.get("/messages/").content.decode()
    assert "请完成测评" in page
    assert "地址不存在" in page


def test_the_candidates_link_is_not_shown(message: OutboxMessage, client_of: ClientOf) -> None:
    page = client_of("recruiter").get(f"/messages/{message.ref}/").content.decode()
    assert "开始。" in page
    assert TOKEN not in page


def test_another_branch_does_not_see_it(message: OutboxMessage, client_of: ClientOf) -> None:
    client = client_of("other_recruiter")
    assert "请完成测评" not in client.get("/messages/").content.decode()
    assert client.get(f"/messages/{message.ref}/").status_code == 404
    assert client.post(f"/messages/{message.ref}/again/").status_code == 404


@pytest.mark.parametrize("name", ["algorithm_lead", "hiring_manager", "stranger"])
def test_interviewers_have_no_outbox(
    message: OutboxMessage, client_of: ClientOf, name: str
) -> None:
    assert client_of(name).get("/messages/").status_code == 403
    assert client_of(name).get(f"/messages/{message.ref}/").status_code == 403


def test_sending_again(message: OutboxMessage, client_of: ClientOf) -> None:
    client = client_of("recruiter")
    assert client.post(f"/messages/{message.ref}/again/").status_code == 302
    message.refresh_from_db()
    assert message.status == "waiting"
    assert client.post(f"/messages/{message.ref}/again/").status_code == 409


def test_the_auditor_reads_only(message: OutboxMessage, client_of: ClientOf) -> None:
    client = client_of("auditor")
    assert client.get(f"/messages/{message.ref}/").status_code == 200
    assert client.post(f"/messages/{message.ref}/again/").status_code == 403
    message.refresh_from_db()
    assert message.status == "failed"


@pytest.fixture
def failed_job(company: Company) -> uuid.UUID:
    """A task that gave up."""
    job = uuid.UUID(enqueue("touchstone.jobs.housekeeping.retention_sweep"))
    DBTaskResult.objects.filter(pk=job).update(status=TaskResultStatus.FAILED)
    return job


def test_work_shows_and_retries_what_failed(
    failed_job: uuid.UUID, client_of: ClientOf, run_jobs: Callable[[], int]
) -> None:
    client = client_of("recruiter")
    page = client.get("/work/", {"state": "failed"}).content.decode()
    assert "按期删除" in page
    assert client.post(f"/work/{failed_job}/retry/").status_code == 302
    assert run_jobs() == 1
    assert DBTaskResult.objects.get(pk=failed_job).status == TaskResultStatus.SUCCESSFUL
    assert client.post(f"/work/{failed_job}/retry/").status_code == 409
    assert client.post(f"/work/{uuid.uuid4()}/retry/").status_code == 404


def test_the_auditor_does_not_retry(failed_job: uuid.UUID, client_of: ClientOf) -> None:
    client = client_of("auditor")
    assert client.get("/work/").status_code == 200
    assert client.post(f"/work/{failed_job}/retry/").status_code == 403


def test_audit_log_is_for_auditors_and_administrators(
    application: Application, client_of: ClientOf
) -> None:
    for name in ("auditor", "administrator"):
        page = client_of(name).get("/audit/", {"action": "application"}).content.decode()
        assert "application.opened" in page
        assert "role.granted" not in page
    for name in ("recruiter", "hiring_manager", "algorithm_lead"):
        assert client_of(name).get("/audit/").status_code == 403


def test_verifying_finds_nothing_wrong(application: Application, client_of: ClientOf) -> None:
    page = client_of("auditor").post("/audit/verify/").content.decode()
    assert "条记录都对得上" in page


def _change(_events: list[AuditEvent]) -> None:
    AuditEvent.objects.filter(seq=3).update(action="nothing.happened")


def _remove(_events: list[AuditEvent]) -> None:
    AuditEvent.objects.filter(seq=3).delete()


def _cut_off(events: list[AuditEvent]) -> None:
    AuditEvent.objects.filter(seq=len(events)).delete()


def _forge(events: list[AuditEvent]) -> None:
    """Changes the last event and writes a fresh hash for it, but not the chain's head."""
    from touchstone.audit.services import event_hash

    last = events[-1]
    last.action = "nothing.happened"
    last.hash = event_hash(last)
    last.save()


@pytest.mark.parametrize(
    ("tamper", "problem", "at"),
    [
        (_change, "changed", 3),
        (_remove, "missing", 3),
        (_cut_off, "cut_off", 0),
        (_forge, "cut_off", 1),
    ],
)
def test_tampering_is_found(
    application: Application, tamper: Callable[[list[AuditEvent]], None], problem: str, at: int
) -> None:
    events = list(AuditEvent.objects.order_by("seq"))
    assert chain_verify().intact
    tamper(events)
    state = chain_verify()
    assert state.problem == problem
    assert state.broken_at == (at if at > 1 else len(events) + at)


def test_an_emptied_log_is_found(application: Application) -> None:
    AuditEvent.objects.all().delete()
    assert chain_verify().problem == "cut_off"
    ChainHead.objects.all().delete()
    assert chain_verify().intact


def test_export_needs_a_reason_and_is_recorded(
    application: Application, client_of: ClientOf
) -> None:
    client = client_of("auditor")
    assert client.post("/audit/export/", {"reason": " "}).status_code == 422
    response = client.post("/audit/export/", {"reason": "年度内审", "action": "role"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert lines[0].startswith("seq,at,actor_kind")
    assert all(",role." in line for line in lines[1:])
    event = AuditEvent.objects.order_by("-seq")[0]
    assert event.action == "audit.exported"
    assert event.detail == {"events": len(lines) - 1, "reason": "年度内审"}
