"""Webhooks: each event told exactly once, stopped ones no more, failures kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import http.server
import ipaddress
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client
from pytest_django import Settings

from tests.company import Company
from touchstone.audit.models import Webhook, WebhookDelivery
from touchstone.audit.webhooks import deliveries_write, webhook_create, webhook_stop
from touchstone.common.errors import InvalidInput
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move

Caller = Callable[..., Client]


@dataclass
class Receiver:
    """Somebody's server on this machine; answers with ``status`` and keeps what came."""

    port: int = 0
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    found = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((dict(self.headers), body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(company: Company, receiver: Receiver, now: dt.datetime) -> Webhook:
    return webhook_create(
        actor=company.actor("administrator"),
        name="HR system",
        url=receiver.url,
        events=["application"],
        at=now - dt.timedelta(hours=1),
    )


def move(company: Company, application: Application, now: dt.datetime) -> None:
    application_move(
        actor=company.actor("recruiter"), application=application, to="invited", at=now
    )


def test_an_event_is_told_once_and_signed(
    company: Company,
    application: Application,
    hook: Webhook,
    receiver: Receiver,
    now: dt.datetime,
    run_jobs: Callable[[], int],
) -> None:
    move(company, application, now)
    assert deliveries_write(at=now) == 1
    assert deliveries_write(at=now) == 0
    run_jobs()
    run_jobs()
    assert len(receiver.got) == 1
    headers, body = receiver.got[0]
    told = json.loads(body)
    assert told["event"] == "application.moved"
    assert told["object"] == {"type": "application", "ref": application.ref}
    assert told["detail"] == {"from": "screened", "to": "invited"}
    assert application.candidate.name not in body.decode()
    stamp, mac = (part.split("=", 1)[1] for part in headers["Touchstone-Signature"].split(","))
    expected = hmac.new(hook.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    assert mac == expected.hexdigest()
    assert WebhookDelivery.objects.get().status == "delivered"


def test_what_was_before_is_not_told(
    company: Company, application: Application, receiver: Receiver, now: dt.datetime
) -> None:
    webhook_create(
        actor=company.actor("administrator"),
        name="late",
        url=receiver.url,
        events=["application"],
        at=now,
    )
    assert deliveries_write(at=now) == 0


def test_other_events_and_other_branches_are_not_told(
    company: Company, application: Application, receiver: Receiver, now: dt.datetime
) -> None:
    for events, branch in ((["report"], ""), (["application"], company.west.ref)):
        webhook_create(
            actor=company.actor("administrator"),
            name="x",
            url=receiver.url,
            events=events,
            branch_ref=branch,
            at=now - dt.timedelta(hours=1),
        )
    move(company, application, now)
    assert deliveries_write(at=now) == 0


def test_a_failing_receiver_is_tried_again(
    company: Company,
    application: Application,
    hook: Webhook,
    receiver: Receiver,
    now: dt.datetime,
    run_jobs: Callable[[], int],
) -> None:
    receiver.status = 503
    move(company, application, now)
    deliveries_write(at=now)
    run_jobs()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("waiting", 1)
    assert "503" in delivery.failure


def test_a_refusal_is_final(
    company: Company,
    application: Application,
    hook: Webhook,
    receiver: Receiver,
    now: dt.datetime,
    run_jobs: Callable[[], int],
) -> None:
    receiver.status = 410
    move(company, application, now)
    deliveries_write(at=now)
    run_jobs()
    assert WebhookDelivery.objects.get().status == "failed"


def test_a_stopped_webhook_hears_nothing_more(
    company: Company,
    application: Application,
    hook: Webhook,
    receiver: Receiver,
    now: dt.datetime,
    run_jobs: Callable[[], int],
) -> None:
    move(company, application, now)
    deliveries_write(at=now)
    webhook_stop(actor=company.actor("administrator"), webhook=hook, at=now)
    run_jobs()
    assert receiver.got == []
    assert WebhookDelivery.objects.get().status == "failed"


@pytest.mark.parametrize(
    ("url", "events"),
    [
        ("https://127.0.0.1/", ["application"]),
        ("https://2130706433/", ["application"]),
        ("https://[::ffff:127.0.0.1]/", ["application"]),
        ("https://169.254.169.254/latest/meta-data/", ["application"]),
        ("ftp://8.8.8.8/", ["application"]),
        ("https://8.8.8.8/", []),
        ("https://8.8.8.8/", ["person"]),
    ],
)
def test_webhooks_that_are_not_made(
    company: Company, now: dt.datetime, url: str, events: list[str]
) -> None:
    with pytest.raises(InvalidInput):
        webhook_create(
            actor=company.actor("administrator"), name="x", url=url, events=events, at=now
        )
    assert not Webhook.objects.exists()


def test_over_the_api(caller: Caller, receiver: Receiver) -> None:
    client = caller("administrator")
    body = json.dumps({"url": receiver.url, "events": ["report.issued"], "name": "HR"})
    made = client.post("/api/v1/webhooks", body, content_type="application/json")
    assert made.status_code == 201
    secret = made.json()["secret"]
    listed = client.get("/api/v1/webhooks")
    assert listed.json()[0]["url"] == receiver.url
    assert secret not in listed.content.decode()
    ref = made.json()["ref"]
    assert client.get(f"/api/v1/webhooks/{ref}/deliveries").json() == []
    assert client.delete(f"/api/v1/webhooks/{ref}").status_code == 204
    assert client.get("/api/v1/webhooks").json()[0]["stopped_at"] is not None
    for name in ("recruiter", "auditor"):
        assert caller(name).get("/api/v1/webhooks").status_code == 403
