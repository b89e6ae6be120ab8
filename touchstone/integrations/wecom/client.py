"""A thin client of WeCom's server API for one self-built app."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from touchstone.common.errors import TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.integrations.wecom.codes import STALE_TOKEN, refusal
from touchstone.integrations.wecom.records import MeetingRecordings
from touchstone.integrations.wecom.tokens import Cache, SharedToken

LARGEST_ANSWER = 8 * 2**20
BUSY = -1
BUSY_PAUSES_S = (0.5, 1.0, 2.0)
ADDRESS = re.compile(r"from ip:\s*([0-9a-fA-F.:]+)")


@dataclass(frozen=True, slots=True)
class WecomApp:
    """A self-built app. ``base`` ends in ``/cgi-bin/``."""

    base: str
    corp_id: str
    agent_id: int
    secret: str


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")


AnswerT = TypeVar("AnswerT", bound=_Answer)


class Member(_Answer):
    """A member as far as the app may see: no phone and no mail for apps made since June 2022."""

    userid: str
    name: str = ""
    department: list[int] = []
    main_department: int = 0
    position: str = ""
    status: int = 1


class Department(_Answer):
    """A department; ``parentid`` 0 or absent at the root."""

    id: int
    name: str = ""
    parentid: int = 0
    order: int = 0


class Login(_Answer):
    """Who has signed in: ``userid`` for a member, otherwise empty."""

    userid: str = ""
    user_ticket: str = ""
    openid: str = ""
    external_userid: str = ""


class Sent(_Answer):
    """A message that was accepted, which is not yet delivered; ids not reached are lower-case."""

    msgid: str = ""
    response_code: str = ""
    invaliduser: str = ""

    def unreached(self) -> set[str]:
        """Ids, lower-case, of members it did not go to."""
        return {part.lower() for part in self.invaliduser.split("|") if part}


class MeetingInfo(_Answer):
    """A meeting. ``status``: 1 pending, 2 running, 3 ended, 4 cancelled, 5 over."""

    title: str = ""
    meeting_start: int = 0
    meeting_duration: int = 0
    status: int = 1
    meeting_code: str = ""
    meeting_link: str = ""


class Wecom:
    """The calls that the product needs; every one raises `OutsideError` with what to do.

    Args:
        cache: shared by all processes, for the token.
        clock_s: Unix seconds.
        pause: waits between tries of a busy platform.
        transport: replaces the network in tests.
    """

    def __init__(
        self,
        app: WecomApp,
        *,
        cache: Cache,
        clock_s: Callable[[], float],
        pause: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.app = app
        self._pause = pause
        self._http = httpx.Client(
            base_url=app.base,
            timeout=httpx.Timeout(10.0, connect=3.0),
            transport=transport,
            follow_redirects=False,
        )
        self._token = SharedToken(
            cache,
            f"{app.corp_id}:{app.agent_id}",
            self._fetch_token,
            clock_s=clock_s,
            pause=pause,
        )

    def close(self) -> None:
        self._http.close()

    # -- people

    def login(self, code: str) -> Login:
        """Who came back from OAuth or the QR page with this code; a code works once."""
        return _read(Login, self._get("auth/getuserinfo", code=code))

    def departments(self) -> list[Department]:
        """Every department in the app's visible range."""
        rows = self._get("department/list").get("department")
        return [_read(Department, row) for row in rows or []]

    def members(self, department: int) -> list[Member]:
        """The members of one department, not of those below it."""
        rows = self._get("user/list", department_id=department).get("userlist")
        return [_read(Member, row) for row in rows or []]

    # -- messages

    def send(
        self, users: Iterable[str], kind: str, content: Mapping[str, Any], *, once: bool = True
    ) -> Sent:
        """Sends one message.

        Args:
            users: user ids, at most 1,000.
            kind: text, textcard, markdown or template_card.
            content: the part named after the kind.
            once: refuse the same message for half an hour, so that a retry does not double it.
        """
        body = {
            "touser": "|".join(users),
            "msgtype": kind,
            "agentid": self.app.agent_id,
            kind: dict(content),
            "enable_duplicate_check": int(once),
            "duplicate_check_interval": 1800,
        }
        return _read(Sent, self._post("message/send", body))

    def card_close(self, response_code: str, users: Iterable[str], text: str) -> None:
        """Greys a card's buttons with a word; uses the code up."""
        body = {
            "userids": list(users),
            "agentid": self.app.agent_id,
            "response_code": response_code,
            "button": {"replace_name": text},
        }
        self._post("message/update_template_card", body)

    def recall(self, msgid: str) -> None:
        """Takes a message back, within 24 hours."""
        self._post("message/recall", {"msgid": msgid})

    # -- calendar

    def calendar_add(self, summary: str, description: str = "") -> str:
        """A calendar owned by the app; returns its id."""
        calendar = {
            "summary": summary[:128],
            "color": "#1B606C",
            "description": description[:512],
            "set_as_default": 1,
        }
        return str(self._post("oa/calendar/add", {"calendar": calendar}).get("cal_id", ""))

    def schedule_add(self, schedule: Mapping[str, Any]) -> str:
        """A schedule with its attendees, who are told by WeCom; returns its id."""
        answer = self._post("oa/schedule/add", {"schedule": dict(schedule)})
        return str(answer.get("schedule_id", ""))

    def schedule_update(
        self, schedule_id: str, schedule: Mapping[str, Any], *, keep_attendees: bool
    ) -> str:
        """Overwrites a schedule whole: what is left out is gone. Returns its id, new or old."""
        body = {
            "skip_attendees": int(keep_attendees),
            "schedule": {**schedule, "schedule_id": schedule_id},
        }
        return str(self._post("oa/schedule/update", body).get("schedule_id") or schedule_id)

    def schedule_attendees(self, schedule_id: str, *, add: list[str], remove: list[str]) -> None:
        """Adds and removes attendees without asking the others again."""
        for path, users in (("add", add), ("del", remove)):
            if users:
                body = {"schedule_id": schedule_id, "attendees": [{"userid": u} for u in users]}
                self._post(f"oa/schedule/{path}_attendees", body)

    def schedule_replies(self, schedule_id: str) -> dict[str, int]:
        """User id → 0 none, 1 tentative, 2 accepted, 3 accepted this one, 4 declined."""
        answer = self._post("oa/schedule/get", {"schedule_id_list": [schedule_id]})
        return {
            str(row.get("userid", "")): int(row.get("response_status", 0))
            for schedule in answer.get("schedule_list") or []
            for row in schedule.get("attendees") or []
        }

    def schedule_cancel(self, schedule_id: str) -> None:
        """Cancels a schedule; attendees are told by WeCom."""
        self._post("oa/schedule/del", {"schedule_id": schedule_id})

    # -- meetings

    def meeting_create(self, meeting: Mapping[str, Any]) -> tuple[str, list[str]]:
        """Makes a meeting; returns its id and the invitees for whom there is no licence."""
        answer = self._post("meeting/create", dict(meeting))
        return str(answer.get("meetingid", "")), [str(u) for u in answer.get("excess_users") or []]

    def meeting_update(self, meeting_id: str, meeting: Mapping[str, Any]) -> None:
        """Changes a meeting that has not begun; a new start needs the duration as well."""
        self._post("meeting/update", {**meeting, "meetingid": meeting_id})

    def meeting_cancel(self, meeting_id: str) -> None:
        """Cancels a meeting that has not begun."""
        self._post("meeting/cancel", {"meetingid": meeting_id})

    def meeting_info(self, meeting_id: str) -> MeetingInfo:
        """State, code and link; the free edition gives code and link only here."""
        return _read(MeetingInfo, self._post("meeting/get_info", {"meetingid": meeting_id}))

    def meetings_of(self, user_id: str, begin_s: int, end_s: int) -> list[str]:
        """Ids of the app's meetings of a user: read before a create is tried again."""
        found: list[str] = []
        cursor = "0"
        while True:
            body = {
                "userid": user_id,
                "cursor": cursor,
                "begin_time": begin_s,
                "end_time": end_s,
                "limit": 100,
            }
            answer = self._post("meeting/get_user_meetingid", body)
            page = [str(m) for m in answer.get("meetingid_list") or []]
            found += page
            cursor = str(answer.get("next_cursor") or "")
            if not page or not cursor or cursor == "0":
                return found

    def recordings_of(self, meeting_id: str, *, start_s: int, end_s: int) -> MeetingRecordings:
        """The recordings of a meeting; needs the paid edition. Closing them closes this client."""
        return MeetingRecordings(self._post, self.close, meeting_id, start_s=start_s, end_s=end_s)

    def recordings_permitted(self, user_id: str, now_s: int) -> None:
        """Asks for a member's recordings of the last day, for the sake of the answer.

        Raises:
            OutsideError: the company or the app may not.
        """
        body = {"userid": user_id, "start_time": now_s - 86400, "end_time": now_s, "limit": 1}
        self._post("meeting/record/list", body)

    # -- the wire

    def _fetch_token(self) -> tuple[str, float]:
        query = {"corpid": self.app.corp_id, "corpsecret": self.app.secret}
        answer = self._once("GET", "gettoken", query, None)
        _check(answer)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise TemporaryOutsideError(say("wecom.unexpected"))
        return token, float(answer.get("expires_in") or 7200)

    def _get(self, path: str, **query: str | int) -> dict[str, Any]:
        return self._call("GET", path, query, None)

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, {}, body)

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        token = self._token.get()
        answer = self._patient(method, path, {**query, "access_token": token}, body)
        if answer.get("errcode") in STALE_TOKEN:
            token = self._token.get(refused=token)
            answer = self._patient(method, path, {**query, "access_token": token}, body)
        _check(answer)
        return answer

    def _patient(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """A busy platform is asked at most three times more."""
        answer = self._once(method, path, query, body)
        for pause_s in BUSY_PAUSES_S:
            if answer.get("errcode") != BUSY:
                break
            self._pause(pause_s)
            answer = self._once(method, path, query, body)
        return answer

    def _once(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            with self._http.stream(
                method,
                path,
                params=dict(query),
                content=content,
                headers={"Content-Type": "application/json"},
            ) as response:
                return _decoded(response)
        except httpx.HTTPError as error:
            raise TemporaryOutsideError(say("wecom.unreachable")) from error


def _decoded(response: httpx.Response) -> dict[str, Any]:
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > LARGEST_ANSWER:
            raise TemporaryOutsideError(say("wecom.unexpected"))
    if response.status_code >= 500:
        raise TemporaryOutsideError(say("wecom.unreachable"), retry_after_s=5)
    try:
        answer = json.loads(received)
    except ValueError as error:
        raise TemporaryOutsideError(say("wecom.unexpected")) from error
    if not isinstance(answer, dict):
        raise TemporaryOutsideError(say("wecom.unexpected"))
    return answer


def _check(answer: Mapping[str, Any]) -> None:
    code = answer.get("errcode", 0)
    if code == 0:
        return
    errmsg = str(answer.get("errmsg", ""))
    address = ADDRESS.search(errmsg)
    raise refusal(code if isinstance(code, int) else 0, errmsg, address.group(1) if address else "")


def _read(kind: type[AnswerT], row: Any) -> AnswerT:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        raise TemporaryOutsideError(say("wecom.unexpected")) from error
