"""Callbacks of WeCom and Tencent Meeting: checked, kept, answered at once; a job does the rest."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM
from touchstone.common.clock import utc_now
from touchstone.integrations.wecom.configured import callback_keys
from touchstone.integrations.wecom.crypto import ForgedCallback
from touchstone.integrations.wecom.events import LARGEST_BODY, read_echo, read_event
from touchstone.interviews.services.outside_events import TENCENT, WECOM, event_keep

log = logging.getLogger("touchstone.callbacks")
SKEW_MS = 600_000
KEPT_FIELDS = (
    "FromUserName",
    "EventKey",
    "TaskId",
    "CardType",
    "ResponseCode",
    "ChangeType",
    "CalId",
    "ScheduleId",
    "MeetingId",
)
RECEIVED = "successfully received callback"


def _refused(source: str, why: str) -> HttpResponse:
    """The same answer whatever was wrong; the reason is for the log and the auditor."""
    log.warning("callback refused", extra={"source": source, "why": why})
    audit_record(
        SYSTEM,
        "callback.refused",
        object_type="callback",
        object_ref=source,
        detail={"why": why[:40]},
    )
    return HttpResponse(status=403)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def wecom_callback(request: HttpRequest) -> HttpResponse:
    """The address that WeCom checks with GET and reports events to with POST."""
    keys = callback_keys()
    if keys is None:
        return HttpResponse(status=404)
    query = request.GET
    signature = query.get("msg_signature", "")
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    try:
        if request.method == "GET":
            echo = read_echo(
                keys,
                signature=signature,
                timestamp=timestamp,
                nonce=nonce,
                echo=query.get("echostr", "").replace(" ", "+"),
            )
            return HttpResponse(echo, content_type="text/plain; charset=utf-8")
        now = utc_now()
        event = read_event(
            keys,
            signature=signature,
            timestamp=timestamp,
            nonce=nonce,
            body=request.read(LARGEST_BODY + 1),
            now_s=now.timestamp(),
        )
    except (ForgedCallback, ValueError) as error:
        return _refused(WECOM, str(error))
    event_keep(
        source=WECOM,
        key=event.key,
        kind=event.kind,
        detail={name: event.fields[name] for name in KEPT_FIELDS if event.fields.get(name)},
        at=now,
    )
    return HttpResponse(b"")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def tencent_callback(request: HttpRequest) -> HttpResponse:
    """The webhook of Tencent Meeting, without encryption of its own (TLS carries it)."""
    if not settings.TENCENT_MEETING_TOKEN:
        return HttpResponse(status=404)
    if request.method == "GET":
        text = request.GET.get("check_str", "").replace(" ", "+")
        why = _signature_fault(request, text)
        if why:
            return _refused(TENCENT, why)
        try:
            plain = base64.b64decode(text, validate=True)
        except binascii.Error:
            return _refused(TENCENT, "base64")
        return HttpResponse(plain, content_type="text/plain; charset=utf-8")
    try:
        body = json.loads(request.read(LARGEST_BODY + 1))
        data = body["data"]
        why = _signature_fault(request, data)
        if why:
            return _refused(TENCENT, why)
        envelope = json.loads(base64.b64decode(data, validate=True))
        trace, kind = str(envelope["trace_id"]), str(envelope["event"])
        detail = _detail(envelope["payload"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return _refused(TENCENT, "body")
    event_keep(source=TENCENT, key=trace, kind=kind, detail=detail, at=utc_now())
    return HttpResponse(RECEIVED, content_type="text/plain; charset=utf-8")


def _signature_fault(request: HttpRequest, data: str) -> str:
    """Why the request is not Tencent Meeting's; empty when it is."""
    timestamp = request.headers.get("timestamp", "")
    joined = "".join(
        sorted((settings.TENCENT_MEETING_TOKEN, timestamp, request.headers.get("nonce", ""), data))
    )
    expected = hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()
    given = request.headers.get("signature", "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return "signature"
    now_ms = utc_now().timestamp() * 1000
    if not timestamp.isdigit() or abs(now_ms - int(timestamp)) > SKEW_MS:
        return "timestamp"
    return ""


def _detail(payload: Any) -> dict[str, str]:
    """Ids only: names and words of the people in the meeting are not ours to keep here."""
    first = payload[0] if payload else {}
    meeting = first.get("meeting_info") or {}
    files = first.get("recording_files") or []
    found = {"meeting_id": str(meeting.get("meeting_id", ""))}
    if files:
        ids = [str(file.get("record_file_id", "")) for file in files[:20]]
        found["file_id"], found["file_ids"] = ids[0], ",".join(ids)
    return found
