"""Signed deliveries: what is sent, which answers end it, where redirects may lead."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

import httpx
import pytest

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.integrations.webhooks.client import deliver

PUBLIC, OTHER = "93.184.215.14", "93.184.215.99"
NAMES = {"hooks.example.com": PUBLIC, "other.example.com": OTHER, "inside.example.com": "10.0.0.1"}
BODY = b'{"event": "application.moved"}'


def resolver(host: str, _port: int) -> Sequence[str]:
    return [NAMES[host]]


def send(answers: list[httpx.Response], seen: list[httpx.Request]) -> int:
    """Delivers to a network that gives the answers one after another."""

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers.pop(0)

    return deliver(
        "https://hooks.example.com/touchstone?x=1",
        body=BODY,
        secret="shared secret",
        event="application.moved",
        delivery="d1",
        clock_s=lambda: 1764000000.4,
        resolver=resolver,
        transport=httpx.MockTransport(answer),
    )


def test_what_is_sent() -> None:
    seen: list[httpx.Request] = []
    assert send([httpx.Response(204)], seen) == 204
    request = seen[0]
    assert str(request.url) == f"https://{PUBLIC}/touchstone?x=1"
    assert request.headers["host"] == "hooks.example.com"
    assert request.extensions["sni_hostname"] == "hooks.example.com"
    assert request.headers["touchstone-delivery"] == "d1"
    mac = hmac.new(b"shared secret", b"1764000000." + BODY, hashlib.sha256).hexdigest()
    assert request.headers["touchstone-signature"] == f"t=1764000000,v1={mac}"
    assert request.content == BODY


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 301, 302, 303])
def test_answers_that_end_it(status: int) -> None:
    with pytest.raises(PermanentOutsideError):
        send([httpx.Response(status)], [])


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_answers_that_are_worth_another_try(status: int) -> None:
    with pytest.raises(TemporaryOutsideError) as caught:
        send([httpx.Response(status, headers={"Retry-After": "30"})], [])
    assert caught.value.retry_after_s == 30


def test_a_redirect_is_followed_and_signed_again() -> None:
    seen: list[httpx.Request] = []
    moved = httpx.Response(307, headers={"Location": "https://other.example.com/new"})
    assert send([moved, httpx.Response(200)], seen) == 200
    assert str(seen[1].url) == f"https://{OTHER}/new"
    assert seen[1].content == BODY
    assert "touchstone-signature" in seen[1].headers


@pytest.mark.parametrize(
    "location",
    ["https://inside.example.com/", "http://other.example.com/", "file:///etc/passwd"],
)
def test_a_redirect_does_not_lead_inside(location: str) -> None:
    seen: list[httpx.Request] = []
    with pytest.raises(PermanentOutsideError):
        send([httpx.Response(307, headers={"Location": location})], seen)
    assert len(seen) == 1


def test_redirects_end() -> None:
    again = [httpx.Response(308, headers={"Location": "/again"}) for _ in range(9)]
    with pytest.raises(PermanentOutsideError) as caught:
        send(again, [])
    assert caught.value.message.id == "webhooks.too_many_redirects"


def test_a_network_that_fails() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(TemporaryOutsideError):
        deliver(
            "https://hooks.example.com/",
            body=BODY,
            secret="s",
            event="e",
            delivery="d",
            clock_s=lambda: 0.0,
            resolver=resolver,
            transport=httpx.MockTransport(broken),
        )
