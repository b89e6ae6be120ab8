"""A thin client: serialise once, sign those bytes, map every error to what a person should do."""

from __future__ import annotations

import json
import secrets
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from touchstone.common.errors import OutsideError, PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.engine.listening.segments import Segment
from touchstone.integrations.tencent_meeting.records import RecordFile, paragraphs, record_files
from touchstone.integrations.tencent_meeting.signing import signature

LARGEST_ANSWER = 2 * 2**20
TRY_AGAIN = {190300, 190301, 190310, 190311, 190313, 4044, 9061, 9098, 500029, 500168}
PAGE, MOST_PAGES = 20, 10
PARAGRAPHS, MOST_ROUNDS = 50, 200
SAID = {
    200003: "signature",
    190300: "clock",
    190303: "credentials",
    190310: "busy",
    190311: "quota",
    190313: "busy",
    500029: "quota",
    500168: "quota",
    9002: "gone",
    9003: "gone",
    9008: "quota",
    9042: "rights",
    9093: "subject",
    403: "rights",
    20001: "user",
    4044: "unfinished",
    4049: "recording_gone",
    4051: "recording_gone",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of an enterprise app (企业自建应用); ``user_id`` is the account that owns the meetings."""

    base: str
    app_id: str
    secret_id: str
    secret_key: str
    user_id: str


@dataclass(frozen=True, slots=True)
class MeetingWish:
    """What a meeting shall be; times are Unix seconds."""

    subject: str
    start_s: int
    end_s: int
    record: bool = False
    waiting_room: bool = True


class Meeting(BaseModel):
    """What the service answers; unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    meeting_id: str
    meeting_code: str = ""
    subject: str = ""
    join_url: str = ""
    start_time: str = ""
    end_time: str = ""
    status: str = ""


class TencentMeeting:
    """The calls that interviews need.

    Args:
        clock_s: returns Unix seconds; the service refuses five minutes of difference.
        transport: replaces the network in tests.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        clock_s: Callable[[], float],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._own = credentials
        self._clock_s = clock_s
        self._http = httpx.Client(
            base_url=credentials.base,
            timeout=httpx.Timeout(10.0, connect=3.0),
            transport=transport,
            follow_redirects=False,
        )

    def close(self) -> None:
        self._http.close()

    def create(self, wish: MeetingWish) -> Meeting:
        """Makes a meeting; guests wait in the waiting room until the panel admits them."""
        body = {
            "userid": self._own.user_id,
            "instanceid": 1,
            "subject": wish.subject,
            "type": 0,
            "start_time": str(wish.start_s),
            "end_time": str(wish.end_s),
            "settings": {
                "mute_enable_join": True,
                "allow_in_before_host": False,
                "auto_in_waiting_room": wish.waiting_room,
                "auto_record_type": "cloud" if wish.record else "none",
            },
        }
        return self._first(self._send("POST", "/v1/meetings", body))

    def change(self, meeting_id: str, wish: MeetingWish) -> Meeting:
        """Moves or renames a meeting that has not begun."""
        body = {
            "userid": self._own.user_id,
            "instanceid": 1,
            "subject": wish.subject,
            "start_time": str(wish.start_s),
            "end_time": str(wish.end_s),
            "settings": {"auto_record_type": "cloud" if wish.record else "none"},
        }
        return self._first(self._send("PUT", f"/v1/meetings/{meeting_id}", body))

    def cancel(self, meeting_id: str, reason: str = "") -> None:
        """Cancels a meeting that has not begun; one that is gone counts as cancelled."""
        body = {
            "userid": self._own.user_id,
            "instanceid": 1,
            "reason_code": 1,
            "reason_detail": reason[:100],
        }
        try:
            self._send("POST", f"/v1/meetings/{meeting_id}/cancel", body)
        except PermanentOutsideError as error:
            if error.message.args.get("code") not in {9002, 9003}:
                raise

    def upcoming(self) -> list[Meeting]:
        """The account's meetings to come: read before a create is tried again."""
        path = (
            f"/v1/meetings?operator_id={self._own.user_id}&operator_id_type=1"
            f"&userid={self._own.user_id}&instanceid=1"
        )
        answer = self._send("GET", path, None)
        return [self._meeting(row) for row in answer.get("meeting_info_list") or []]

    def recording_address(self, file_id: str) -> str:
        """Where a recording's file can be fetched for the next six hours; empty where nowhere."""
        path = (
            f"/v1/addresses/{urllib.parse.quote(file_id, safe='')}"
            f"?operator_id={self._own.user_id}&operator_id_type=1"
        )
        return str(self._send("GET", path, None).get("download_address") or "")

    def records(self, meeting_id: str, *, start_s: int, end_s: int) -> list[RecordFile]:
        """The files recorded in a meeting between two moments, at most 31 days apart."""
        found: list[RecordFile] = []
        for page in range(1, MOST_PAGES + 1):
            query = {
                "operator_id": self._own.user_id,
                "operator_id_type": 1,
                "meeting_id": meeting_id,
                "start_time": start_s,
                "end_time": end_s,
                "page_size": PAGE,
                "page": page,
            }
            answer = self._send("GET", f"/v1/records?{urllib.parse.urlencode(query)}", None)
            found += record_files(answer)
            pages = answer.get("total_page")
            if not isinstance(pages, int) or page >= pages:
                break
        return found

    def transcript(self, file_id: str) -> list[Segment]:
        """What was said in a recording, a sentence each; empty while the service has no words.

        Pages overlap by a paragraph: whether a page begins with or after its id is not promised.
        """
        found: dict[str, list[Segment]] = {}
        pid = ""
        for _round in range(MOST_ROUNDS):
            query: dict[str, Any] = {
                "record_file_id": file_id,
                "operator_id": self._own.user_id,
                "operator_id_type": 1,
                "limit": PARAGRAPHS,
            }
            if pid:
                query["pid"] = pid
            path = f"/v1/records/transcripts/details?{urllib.parse.urlencode(query)}"
            answer = self._send("GET", path, None)
            fresh = {k: v for k, v in paragraphs(answer) if k not in found}
            found |= fresh
            if not answer.get("more") or not fresh:
                break
            pid = list(fresh)[-1]
        return [segment for rows in found.values() for segment in rows]

    def _first(self, answer: dict[str, Any]) -> Meeting:
        rows = answer.get("meeting_info_list") or []
        if not rows:
            raise TemporaryOutsideError(say("tencent_meeting.unexpected"))
        return self._meeting(rows[0])

    def _meeting(self, row: Any) -> Meeting:
        try:
            return Meeting.model_validate(row)
        except ValidationError as error:
            raise TemporaryOutsideError(say("tencent_meeting.unexpected")) from error

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        text = "" if body is None else json.dumps(body, ensure_ascii=False)
        request = self._http.build_request(method, path, content=text.encode() or None)
        nonce = str(secrets.randbelow(2**31 - 1) + 1)
        timestamp = str(int(self._clock_s()))
        request.headers.update(
            {
                "Content-Type": "application/json",
                "X-TC-Key": self._own.secret_id,
                "X-TC-Timestamp": timestamp,
                "X-TC-Nonce": nonce,
                "X-TC-Registered": "1",
                "AppId": self._own.app_id,
                "X-TC-Signature": signature(
                    method=method,
                    secret_id=self._own.secret_id,
                    secret_key=self._own.secret_key,
                    nonce=nonce,
                    timestamp=timestamp,
                    uri=request.url.raw_path.decode(),
                    body=text,
                ),
            }
        )
        try:
            response = self._http.send(request, stream=True)
            try:
                return _answer(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise TemporaryOutsideError(say("tencent_meeting.unreachable")) from error


def _answer(response: httpx.Response) -> dict[str, Any]:
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > LARGEST_ANSWER:
            raise TemporaryOutsideError(say("tencent_meeting.unexpected"))
    if not received and response.is_success:
        return {}
    try:
        answer = json.loads(received)
    except ValueError as error:
        raise TemporaryOutsideError(say("tencent_meeting.unexpected")) from error
    if not isinstance(answer, dict):
        raise TemporaryOutsideError(say("tencent_meeting.unexpected"))
    if response.is_success and "error_info" not in answer:
        return answer
    raise _refusal(answer)


def _refusal(answer: dict[str, Any]) -> OutsideError:
    info = answer.get("error_info") or {}
    code = info.get("error_code") if isinstance(info, dict) else None
    message = say(f"tencent_meeting.{SAID.get(code or 0, 'other')}", code=code)
    if code in TRY_AGAIN or code is None:
        return TemporaryOutsideError(message, retry_after_s=60)
    return PermanentOutsideError(message)
