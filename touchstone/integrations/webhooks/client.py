"""Delivers one signed event."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from urllib.parse import urljoin

import httpx

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.integrations.webhooks.addresses import (
    Network,
    Resolver,
    check_target,
    system_resolver,
)

MOST_REDIRECTS = 3
REDIRECTS = frozenset({307, 308})
AGAIN = frozenset({408, 425, 429})
LARGEST_ANSWER = 64 * 1024


def signature(secret: str, at_s: int, body: bytes) -> str:
    """The value of ``Touchstone-Signature``: ``t=<Unix seconds>,v1=<hex HMAC-SHA256>``.

    The HMAC is over the seconds, a full stop, and the body.
    """
    mac = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256)
    return f"t={at_s},v1={mac.hexdigest()}"


def deliver(
    url: str,
    *,
    body: bytes,
    secret: str,
    event: str,
    delivery: str,
    clock_s: Callable[[], float],
    allowed: Sequence[Network] = (),
    resolver: Resolver = system_resolver,
    transport: httpx.BaseTransport | None = None,
) -> int:
    """Posts the body; returns the status of the answer, which is 2xx.

    A redirect (307, 308) is followed up to three times, and its address checked as the first was.

    Args:
        delivery: the same over all tries of one delivery, by which a receiver drops doubles.

    Raises:
        PermanentOutsideError: a forbidden address, too many redirects, or a 4xx answer.
        TemporaryOutsideError: not reached, or an answer that says to try again.
    """
    with httpx.Client(
        timeout=httpx.Timeout(10.0, connect=3.0), transport=transport, trust_env=False
    ) as http:
        for _hop in range(MOST_REDIRECTS + 1):
            target = check_target(url, allowed=allowed, resolver=resolver)
            shown = f"{target.host}:{target.port}"
            request = http.build_request(
                "POST",
                target.url,
                content=body,
                headers={
                    "Host": target.host if target.port in {80, 443} else shown,
                    "Content-Type": "application/json; charset=utf-8",
                    "User-Agent": "Touchstone-Webhook/1",
                    "Touchstone-Event": event,
                    "Touchstone-Delivery": delivery,
                    "Touchstone-Signature": signature(secret, int(clock_s()), body),
                },
                extensions={"sni_hostname": target.host},
            )
            try:
                answer = http.send(request, stream=True)
                answer.close()
            except httpx.HTTPError as error:
                raise TemporaryOutsideError(
                    say("webhooks.unreachable", host=target.host)
                ) from error
            if answer.status_code not in REDIRECTS:
                break
            url = urljoin(url, answer.headers.get("location", ""))
        else:
            raise PermanentOutsideError(say("webhooks.too_many_redirects"))
    status = answer.status_code
    if 200 <= status < 300:
        return status
    if status >= 500 or status in AGAIN:
        wait = answer.headers.get("retry-after", "")
        raise TemporaryOutsideError(
            say("webhooks.answered", status=status),
            retry_after_s=float(wait) if wait.isdigit() else 0.0,
        )
    raise PermanentOutsideError(say("webhooks.answered", status=status))
