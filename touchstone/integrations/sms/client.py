"""Sends one text message from an approved template."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from touchstone.common.errors import OutsideError, PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.integrations.sms.signing import CONTENT_TYPE, authorization

LARGEST_ANSWER = 2**20
AGAIN = ("RequestLimitExceeded", "InternalError", "FailedOperation.FailResolvePacket")
SAID = {
    "AuthFailure": "credentials",
    "FailedOperation.TemplateIncorrectOrUnapproved": "template",
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": "template",
    "FailedOperation.SignatureIncorrectOrUnapproved": "sign",
    "InvalidParameterValue.IncorrectPhoneNumber": "number",
    "LimitExceeded.PhoneNumber": "limit",
    "FailedOperation.PhoneNumberInBlacklist": "blocked",
    "FailedOperation.InsufficientBalanceInSmsPackage": "balance",
}


@dataclass(frozen=True, slots=True)
class SmsAccount:
    """An application of Tencent Cloud's SMS."""

    base: str
    secret_id: str
    secret_key: str
    app_id: str
    sign_name: str
    region: str = "ap-guangzhou"


def send_sms(
    account: SmsAccount,
    *,
    number: str,
    template: str,
    values: Sequence[str],
    clock_s: Callable[[], float],
    transport: httpx.BaseTransport | None = None,
) -> str:
    """Sends the template with its values; returns the service's serial number.

    Args:
        number: E.164, such as +8613800138000.
        values: for the template's places, in order; no free text and no addresses.
        clock_s: Unix seconds; the service refuses five minutes of difference.

    Raises:
        OutsideError: refused or not reached; says what to do.
    """
    body = json.dumps(
        {
            "PhoneNumberSet": [number],
            "SmsSdkAppId": account.app_id,
            "TemplateId": template,
            "SignName": account.sign_name,
            "TemplateParamSet": list(values),
        },
        ensure_ascii=False,
    ).encode()
    timestamp_s = int(clock_s())
    host = urllib.parse.urlsplit(account.base).netloc
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Host": host,
        "X-TC-Action": "SendSms",
        "X-TC-Version": "2021-01-11",
        "X-TC-Region": account.region,
        "X-TC-Timestamp": str(timestamp_s),
        "Authorization": authorization(
            secret_id=account.secret_id,
            secret_key=account.secret_key,
            host=host,
            action="SendSms",
            timestamp_s=timestamp_s,
            body=body,
        ),
    }
    timeout = httpx.Timeout(10.0, connect=3.0)
    try:
        with (
            httpx.Client(timeout=timeout, transport=transport, follow_redirects=False) as http,
            http.stream("POST", f"{account.base}/", content=body, headers=headers) as response,
        ):
            answer = _answer(response)
    except httpx.HTTPError as error:
        raise TemporaryOutsideError(say("sms.unreachable")) from error
    return _serial(answer)


def _answer(response: httpx.Response) -> dict[str, Any]:
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > LARGEST_ANSWER:
            raise TemporaryOutsideError(say("sms.unexpected"))
    try:
        answer = json.loads(received)["Response"]
    except (ValueError, KeyError, TypeError) as error:
        raise TemporaryOutsideError(say("sms.unexpected")) from error
    if not isinstance(answer, dict):
        raise TemporaryOutsideError(say("sms.unexpected"))
    return answer


def _serial(answer: dict[str, Any]) -> str:
    error = answer.get("Error")
    if isinstance(error, dict):
        raise _refusal(str(error.get("Code", "")))
    rows = answer.get("SendStatusSet") or []
    if not rows or not isinstance(rows[0], dict):
        raise TemporaryOutsideError(say("sms.unexpected"))
    code = str(rows[0].get("Code", ""))
    if code != "Ok":
        raise _refusal(code)
    return str(rows[0].get("SerialNo", ""))


def _refusal(code: str) -> OutsideError:
    group = next((name for start, name in SAID.items() if code.startswith(start)), "other")
    message = say(f"sms.{group}", code=code[:80])
    if code.startswith(AGAIN):
        return TemporaryOutsideError(message, retry_after_s=30)
    return PermanentOutsideError(message)
