"""Tencent Cloud's SMS on loopback: the real TC3 signature, templates, one status a number."""

from __future__ import annotations

import hmac
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from touchstone.integrations.simulators.base import Reply, Request, Simulator, json_reply
from touchstone.integrations.simulators.shapes import fault_in
from touchstone.integrations.sms.signing import authorization

SHAPE = {
    "PhoneNumberSet!": [str],
    "SmsSdkAppId!": str,
    "TemplateId!": str,
    "SignName": str,
    "TemplateParamSet": [str],
    "SessionContext": str,
    "ExtendCode": str,
    "SenderId": str,
}
SKEW_S = 300


@dataclass
class SimulatedSms(Simulator):
    """The service with one application; ``sent`` holds (number, template, parameters)."""

    name: str = "短信模拟器 · SMS simulator"
    own_faults: tuple[str, ...] = ("rate_limit", "number_limit")
    secret_id: str = "sim-secret-id"  # noqa: S105 - of the simulator
    secret_key: str = "sim-secret-key"  # noqa: S105 - of the simulator
    app_id: str = "1400000001"
    templates: tuple[str, ...] = ("1001", "1002")
    places: int = 2  # of each template
    clock_s: Callable[[], float] = time.time
    sent: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self._answer(request, headers)
        self.note(
            headers.get("x-tc-action", "?"),
            {"sent": request.body.decode("utf-8", "replace"), "answer": answer},
        )
        return json_reply({"Response": {**answer, "RequestId": secrets.token_hex(8)}})

    def fault_reply(self, kind: str, request: Request) -> Reply | None:
        if kind == "rate_limit":
            error = {"Code": "RequestLimitExceeded", "Message": "too many requests"}
            return json_reply({"Response": {"Error": error, "RequestId": "sim"}})
        numbers = json.loads(request.body)["PhoneNumberSet"]
        rows = [_status(n, "LimitExceeded.PhoneNumberDailyLimit") for n in numbers]
        return json_reply({"Response": {"SendStatusSet": rows, "RequestId": "sim"}})

    def _answer(self, request: Request, headers: dict[str, str]) -> dict[str, Any]:
        timestamp = headers.get("x-tc-timestamp", "")
        if not timestamp.isdigit() or abs(self.clock_s() - int(timestamp)) > SKEW_S:
            return _error("AuthFailure.SignatureExpire", "timestamp")
        expected = authorization(
            secret_id=self.secret_id,
            secret_key=self.secret_key,
            host=headers.get("host", ""),
            action=headers.get("x-tc-action", ""),
            timestamp_s=int(timestamp),
            body=request.body,
        )
        if not hmac.compare_digest(expected, headers.get("authorization", "")):
            return _error("AuthFailure.SignatureFailure", "signature")
        version, action = headers.get("x-tc-version"), headers.get("x-tc-action")
        if (action, version) != ("SendSms", "2021-01-11"):
            return _error("InvalidAction", "action or version")
        if not headers.get("x-tc-region"):
            return _error("MissingParameter", "region")
        body = json.loads(request.body)
        wrong = fault_in(body, SHAPE)
        if wrong:
            return _error("InvalidParameter", wrong)
        if body["SmsSdkAppId"] != self.app_id or body["TemplateId"] not in self.templates:
            return _error("FailedOperation.TemplateIncorrectOrUnapproved", "template")
        if len(body.get("TemplateParamSet", [])) != self.places:
            code = "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
            return _error(code, "number of values")
        numbers = body["PhoneNumberSet"]
        if not 1 <= len(numbers) <= 200:
            return _error("LimitExceeded.PhoneNumberCountLimit", "numbers")
        if any(n.startswith("+86") for n in numbers) and not body.get("SignName"):
            return _error("FailedOperation.SignatureIncorrectOrUnapproved", "sign name")
        rows = []
        for number in numbers:
            good = re.fullmatch(r"\+\d{6,15}", number)
            if good:
                self.sent.append((number, body["TemplateId"], body.get("TemplateParamSet", [])))
            code = "Ok" if good else "InvalidParameterValue.IncorrectPhoneNumber"
            rows.append(_status(number, code))
        return {"SendStatusSet": rows}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": message}}


def _status(number: str, code: str) -> dict[str, Any]:
    return {
        "SerialNo": secrets.token_hex(8),
        "PhoneNumber": number,
        "Fee": int(code == "Ok"),
        "SessionContext": "",
        "Code": code,
        "Message": "send success" if code == "Ok" else code,
        "IsoCode": "CN",
    }
