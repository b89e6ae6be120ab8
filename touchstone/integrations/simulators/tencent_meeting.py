"""Tencent Meeting on loopback: signed requests, meetings, recordings, webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from touchstone.integrations.simulators.base import (
    Reply,
    Request,
    Simulator,
    deliver,
    json_reply,
    page_reply,
)
from touchstone.integrations.simulators.shapes import fault_in
from touchstone.integrations.tencent_meeting.signing import signature

SKEW_S = 300
LINK_LIFE_S = 6 * 3600
SETTINGS = {
    "mute_enable_join": bool,
    "mute_enable_type_join": {0, 1, 2},
    "allow_unmute_self": bool,
    "allow_in_before_host": bool,
    "auto_in_waiting_room": bool,
    "allow_screen_shared_watermark": bool,
    "water_mark_type": int,
    "only_enterprise_user_allowed": bool,
    "only_user_join_type": {1, 2, 3},
    "auto_record_type": {"none", "local", "cloud"},
    "participant_join_auto_record": bool,
    "enable_host_pause_auto_record": bool,
    "allow_multi_device": bool,
    "change_nickname": {1, 2},
    "only_invitees_allowed": bool,
}
USER = [{"userid!": str, "is_anonymous": bool, "nick_name": str}]
OPTIONAL = {
    "hosts": USER,
    "invitees": USER,
    "guests": [{"area!": str, "phone_number!": str, "guest_name": str}],
    "password": str,
    "meeting_type": {0, 1},
    "time_zone": str,
    "location": str,
    "settings": SETTINGS,
    "sync_to_wework": bool,
    "enable_host_key": bool,
    "host_key": str,
}
CREATE = {
    "userid!": str,
    "instanceid!": int,
    "subject!": str,
    "type!": {0, 1},
    "start_time!": str,
    "end_time!": str,
    **OPTIONAL,
}
CHANGE = {
    "userid!": str,
    "instanceid!": int,
    "subject": str,
    "start_time": str,
    "end_time": str,
    **OPTIONAL,
}
CANCEL = {
    "userid!": str,
    "instanceid!": int,
    "reason_code!": int,
    "reason_detail": str,
    "meeting_type": int,
    "sub_meeting_id": str,
}
OPERATOR = {"operator_id", "operator_id_type"}
RECORDS = OPERATOR | {
    *("start_time", "end_time", "meeting_id", "meeting_code", "page_size", "page"),
    *("media_set_type", "query_record_type"),
}
TRANSCRIPT = OPERATOR | {"record_file_id", "pid", "limit", "transcripts_type"}
LONGEST_SPAN_S = 31 * 86400
Body = dict[str, Any]
Words = list[tuple[str, float, float, str]]


class Refused(Exception):
    """The service's error answer."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


@dataclass
class SimulatedTencentMeeting(Simulator):
    """An enterprise with one app.

    Attributes:
        users: accounts of the company.
        webhook_url, webhook_token: where events go and how they are signed.
    """

    name: str = "腾讯会议模拟器 · Tencent Meeting simulator"
    own_faults: tuple[str, ...] = (
        "rate_limit",
        "concurrent",
        "unfinished",
        "duplicate_callback",
        "bad_signature",
        "no_callback",
    )
    app_id: str = "200000001"
    secret_id: str = "sim-secret-id"  # noqa: S105 - of the simulator
    secret_key: str = "sim-secret-key"  # noqa: S105 - of the simulator
    users: tuple[str, ...] = ("touchstone",)
    webhook_url: str = ""
    webhook_token: str = "simtoken"  # noqa: S105 - of the simulator
    clock_s: Callable[[], float] = time.time
    meetings: dict[str, Body] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.nonces: dict[tuple[str, str], float] = {}
        self.links: dict[str, tuple[bytes, float]] = {}
        self.recordings: dict[str, bytes] = {}
        self.transcripts: dict[str, Words] = {}

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/download/"):
            return self._download(request)
        try:
            with self.lock:
                self._check_signature(request)
                answer = self._call(request)
        except Refused as refused:
            info = {"error_info": {"error_code": refused.code, "message": str(refused)}}
            self.note(f"{request.method} {request.path}", info, refused.status)
            return json_reply(info, refused.status)
        sent = request.body.decode("utf-8", "replace")
        self.note(f"{request.method} {request.path}", {"sent": sent, "answer": answer})
        return json_reply(answer) if answer is not None else Reply(200, b"")

    def fault_reply(self, kind: str, request: Request) -> Reply | None:
        codes = {"rate_limit": 190310, "concurrent": 9098, "unfinished": 4044}
        if kind not in codes:
            return None
        info = {"error_info": {"error_code": codes[kind], "message": kind}}
        self.note(f"{request.method} {request.path} ({kind})", info, 400)
        return json_reply(info, 400)

    def _check_signature(self, request: Request) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        timestamp, nonce = headers.get("x-tc-timestamp", ""), headers.get("x-tc-nonce", "")
        if headers.get("x-tc-key") != self.secret_id or headers.get("appid") != self.app_id:
            raise Refused(190303, "secret id or app id not accepted")
        if not timestamp.isdigit() or abs(self.clock_s() - int(timestamp)) > SKEW_S:
            raise Refused(190300, "timestamp skew")
        expected = signature(
            method=request.method,
            secret_id=self.secret_id,
            secret_key=self.secret_key,
            nonce=nonce,
            timestamp=timestamp,
            uri=request.uri,
            body=request.body.decode("utf-8", "replace"),
        )
        if not hmac.compare_digest(expected, headers.get("x-tc-signature", "")):
            raise Refused(200003, "signature error")
        if (timestamp, nonce) in self.nonces:
            raise Refused(190301, "replay")
        self.nonces[timestamp, nonce] = self.clock_s()
        if not request.method == "GET" and "application/json" not in headers.get(
            "content-type", ""
        ):
            raise Refused(190004, "content type")

    def _call(self, request: Request) -> Body | None:
        found = re.fullmatch(r"/v1/meetings/(\d+)(/cancel)?", request.path)
        if request.path == "/v1/meetings":
            return self._create(request) if request.method == "POST" else self._list(request)
        if found and request.method == "POST" and found[2]:
            self._cancel(found[1], request)
            return None
        if found and request.method == "PUT" and not found[2]:
            return self._change(found[1], request)
        if found and request.method == "GET" and not found[2]:
            self._operator(request)
            return {"meeting_number": 1, "meeting_info_list": [self._shown(found[1])]}
        if request.path == "/v1/records" and request.method == "GET":
            return self._records(request)
        if request.path == "/v1/records/transcripts/details" and request.method == "GET":
            return self._transcript(request)
        if request.path.startswith("/v1/addresses") and request.method == "GET":
            return self._addresses(request)
        raise Refused(10001, f"no such interface {request.method} {request.path}")

    def _body(self, request: Request, shape: Body) -> Body:
        try:
            body: Body = json.loads(request.body)
        except ValueError as error:
            raise Refused(190004, "body is not JSON") from error
        wrong = fault_in(body, shape)
        if wrong:
            raise Refused(190004, wrong)
        if body["userid"] not in self.users:
            raise Refused(20001, "user not found", 500)
        return body

    def _times(self, body: Body) -> None:
        start, end = body.get("start_time", ""), body.get("end_time", "")
        if not start.isdigit() or not end.isdigit() or int(end) <= int(start):
            raise Refused(190004, "start_time and end_time must be seconds, as text")
        if int(end) < self.clock_s():
            raise Refused(190004, "the meeting lies in the past")

    def _create(self, request: Request) -> Body:
        body = self._body(request, CREATE)
        self._times(body)
        password = body.get("password", "")
        if password and not re.fullmatch(r"\d{4,6}", password):
            raise Refused(190004, "password must be 4 to 6 digits")
        key = str(secrets.randbelow(9 * 10**18) + 10**18)
        code = str(secrets.randbelow(9 * 10**8) + 10**8)
        self.meetings[key] = {**body, "code": code, "state": "MEETING_STATE_INIT"}
        return {"meeting_number": 1, "meeting_info_list": [self._shown(key)]}

    def _meeting(self, key: str) -> Body:
        if key not in self.meetings:
            raise Refused(9003, "meeting not found", 500)
        return self.meetings[key]

    def _shown(self, key: str) -> Body:
        meeting = self._meeting(key)
        return {
            "meeting_id": key,
            "meeting_code": meeting["code"],
            "subject": meeting["subject"],
            "join_url": f"{self.base}/_sim/meeting/{meeting['code']}",
            "password": meeting.get("password", ""),
            "start_time": meeting["start_time"],
            "end_time": meeting["end_time"],
            "type": meeting.get("type", 0),
            "status": meeting["state"],
            "settings": meeting.get("settings", {}),
            "user_non_registered": [],
        }

    def _change(self, key: str, request: Request) -> Body:
        body = self._body(request, CHANGE)
        meeting = self._ahead(key)
        if "start_time" in body or "end_time" in body:
            self._times({**meeting, **body})
        settings = {**meeting.get("settings", {}), **body.get("settings", {})}
        self.meetings[key] = {**meeting, **body, "settings": settings}
        return {"meeting_number": 1, "meeting_info_list": [self._shown(key)]}

    def _ahead(self, key: str) -> Body:
        meeting = self._meeting(key)
        if meeting["state"] == "MEETING_STATE_CANCELLED":
            raise Refused(9002, "meeting cancelled", 500)
        if meeting["state"] != "MEETING_STATE_INIT":
            raise Refused(403, "meeting has begun", 500)
        return meeting

    def _cancel(self, key: str, request: Request) -> None:
        self._body(request, CANCEL)
        self._ahead(key)["state"] = "MEETING_STATE_CANCELLED"

    def _operator(self, request: Request) -> str:
        query = request.query
        user = query.get("userid") or query.get("operator_id", "")
        if "operator_id" in query and query.get("operator_id_type") not in {"1", "2", "3", "4"}:
            raise Refused(190004, "operator_id_type")
        if user not in self.users:
            raise Refused(20001, "user not found", 500)
        return user

    def _list(self, request: Request) -> Body:
        user = self._operator(request)
        rows = [
            self._shown(key)
            for key, meeting in self.meetings.items()
            if meeting["userid"] == user
            and meeting["state"] in {"MEETING_STATE_INIT", "MEETING_STATE_STARTED"}
        ]
        return {"meeting_number": len(rows), "meeting_info_list": rows}

    # -- recordings

    def meeting_recorded(self, key: str, data: bytes, words: Words | None = None) -> list[int]:
        """A meeting has ended and its recording is ready; the webhooks that say so.

        Args:
            words: what was said, as (speaker, start, end, text); without any no transcript comes.
        """
        with self.lock:
            self.meetings[key]["state"] = "MEETING_STATE_ENDED"
            self.recordings[key] = data
        file_id = f"f{key}"
        statuses = self.send_event("meeting.end", key, {"meeting_end_type": 1})
        files = {"recording_files": [{"record_file_id": file_id}]}
        statuses += self.send_event("recording.completed", key, files)
        if words:
            self.transcripts[key] = list(words)
            statuses += self.send_event("smart.transcripts", key, {"lang": "zh"})
        return statuses

    def _known(self, request: Request, names: set[str]) -> None:
        unknown = sorted(set(request.query) - names)
        if unknown:
            raise Refused(190004, f"unknown parameter {unknown[0]}")

    def _whole(self, request: Request, name: str, usual: int, most: int) -> int:
        """A number of the query between 1 and ``most``."""
        text = request.query.get(name, str(usual))
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise Refused(190004, name)
        return int(text)

    def _transcript(self, request: Request) -> Body:
        """A page of paragraphs, from the one asked for; one speaker's turn is a paragraph."""
        self._known(request, TRANSCRIPT)
        self._operator(request)
        key = request.query.get("record_file_id", "").removeprefix("f")
        if key not in self.recordings:
            raise Refused(4049, "record not found", 500)
        if key not in self.transcripts:
            raise Refused(4044, "transcript not finished", 500)
        limit = self._whole(request, "limit", 50, 100)
        pid = request.query.get("pid", "0")
        if not pid.isdigit():
            raise Refused(190004, "pid")
        rows = [_paragraph(n, row) for n, row in enumerate(self.transcripts[key])]
        page = rows[int(pid) : int(pid) + limit]
        return {
            "more": int(pid) + limit < len(rows),
            "minutes": {"paragraphs": page, "keywords": [], "audio_detect": 1},
        }

    def _records(self, request: Request) -> Body:
        self._known(request, RECORDS)
        self._operator(request)
        start, end = request.query.get("start_time", ""), request.query.get("end_time", "")
        if not start.isdigit() or not end.isdigit() or int(end) - int(start) > LONGEST_SPAN_S:
            raise Refused(190004, "start_time and end_time must be seconds, at most 31 days apart")
        size, page = (
            self._whole(request, "page_size", 10, 20),
            self._whole(request, "page", 1, 10_000),
        )
        wanted = request.query.get("meeting_id", "")
        rows = [
            {
                "meeting_record_id": f"r{key}",
                "meeting_id": key,
                "meeting_code": self.meetings[key]["code"],
                "media_start_time": int(self.meetings[key]["start_time"]) * 1000,
                "subject": self.meetings[key]["subject"],
                "state": 3,
                "record_files": [
                    {
                        "record_file_id": f"f{key}",
                        "record_start_time": int(self.meetings[key]["start_time"]) * 1000,
                        "record_end_time": int(self.meetings[key]["end_time"]) * 1000,
                        "record_size": len(data),
                    }
                ],
            }
            for key, data in self.recordings.items()
            if (not wanted or key == wanted)
            and int(start) <= int(self.meetings[key]["start_time"]) <= int(end)
        ]
        return {
            "record_meetings": rows[(page - 1) * size : page * size],
            "total_count": len(rows),
            "total_page": max(1, -(-len(rows) // size)),
        }

    def _addresses(self, request: Request) -> Body:
        self._operator(request)
        last = request.path.removeprefix("/v1/addresses").strip("/")
        key = last.removeprefix("f") or request.query.get("meeting_record_id", "").removeprefix("r")
        if key not in self.recordings:
            raise Refused(4049, "record not found", 500)
        name = secrets.token_hex(16)
        self.links[name] = (self.recordings[key], self.clock_s() + LINK_LIFE_S)
        file = {
            "record_file_id": f"f{key}",
            "view_address": f"{self.base}/view/{name}",
            "download_address": f"{self.base}/download/{name}",
            "download_address_file_type": "mp4",
        }
        return file if last else {"record_files": [file]}

    def _download(self, request: Request) -> Reply:
        data, until_s = self.links.get(request.path.rsplit("/", 1)[-1], (b"", 0.0))
        if until_s < self.clock_s():
            return Reply(403, b"link expired", "text/plain")
        return Reply(200, data, "video/mp4")

    # -- webhooks

    def check_webhook(self, url: str) -> bool:
        """The check of a new webhook: whether it answers with the decoded text."""
        import httpx

        text = secrets.token_hex(8)
        check = base64.b64encode(text.encode()).decode()
        headers = self._webhook_headers(check)
        target = f"{url}?{urllib.parse.urlencode({'check_str': check})}"
        response = httpx.get(target, headers=headers, timeout=3.0, trust_env=False)
        return response.status_code == 200 and response.text == text

    def send_event(self, event: str, key: str, more: Body | None = None) -> list[int]:
        """Delivers an event about a meeting; the statuses answered."""
        kind = self.take_fault("/callback")
        if not self.webhook_url or kind == "no_callback":
            return []
        meeting = self.meetings[key]
        payload = {
            "operate_time": int(self.clock_s() * 1000),
            "operator": {"userid": meeting["userid"], "user_name": meeting["userid"]},
            "meeting_info": {
                "meeting_id": key,
                "meeting_code": meeting["code"],
                "subject": meeting["subject"],
                "meeting_type": 0,
                "start_time": int(meeting["start_time"]),
                "end_time": int(meeting["end_time"]),
            },
            **(more or {}),
        }
        envelope = {"event": event, "trace_id": secrets.token_hex(12), "payload": [payload]}
        data = base64.b64encode(json.dumps(envelope, ensure_ascii=False).encode()).decode()
        body = json.dumps({"data": data}).encode()
        times = 3 if kind == "duplicate_callback" else 1
        statuses = []
        for _ in range(times):
            headers = self._webhook_headers(data)
            if kind == "bad_signature":
                headers["signature"] = "0" * 40
            statuses.append(deliver(self.webhook_url, body, headers))
        self.note(f"webhook → {event}", {**envelope, "answered": statuses})
        return statuses

    def _webhook_headers(self, data: str) -> dict[str, str]:
        timestamp, nonce = str(int(self.clock_s() * 1000)), str(secrets.randbelow(10**9))
        joined = "".join(sorted((self.webhook_token, timestamp, nonce, data)))
        signed = hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()
        return {
            "Content-Type": "application/json",
            "timestamp": timestamp,
            "nonce": nonce,
            "signature": signed,
        }

    def control_more(self, request: Request) -> Reply | None:
        if request.path.startswith("/_sim/meeting/"):
            return page_reply("模拟会议 · Simulated meeting", "<p>这里是模拟的会议入口。</p>")
        return None


def _paragraph(number: int, row: tuple[str, float, float, str]) -> Body:
    """A turn as the service gives it: ids, milliseconds, every word by itself."""
    speaker, start_s, end_s, text = row
    start, end = int(start_s * 1000), int(end_s * 1000)
    words = [
        {"wid": str(n), "start_time": start, "end_time": end, "text": word}
        for n, word in enumerate(re.findall(r"[A-Za-z0-9]+|[^A-Za-z0-9\s]", text))
    ]
    sentence = {"sid": "0", "start_time": start, "end_time": end, "words": words}
    return {
        "pid": str(number),
        "start_time": start,
        "end_time": end,
        "speaker_info": {"userid": "", "username": speaker},
        "sentences": [sentence],
    }
