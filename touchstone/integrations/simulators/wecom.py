"""WeCom on loopback: tokens, contacts, messages with cards, schedules, meetings, callbacks,
sign-in, and a client in which one can press a card's buttons."""

from __future__ import annotations

import html
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
from touchstone.integrations.simulators.shapes import fault_in, too_long
from touchstone.integrations.simulators.wecom_content import INTERACTIVE, Refused, check_content
from touchstone.integrations.simulators.wecom_records import SimulatedRecordings
from touchstone.integrations.simulators.wecom_shapes import CALLS, QUERIES
from touchstone.integrations.wecom.crypto import (
    CallbackKeys,
    callback_signature,
    encrypt_callback,
)

TOKEN_LIFE_S = 7200
CODE_LIFE_S = 300
CARD_LIFE_S = 72 * 3600
CHINA_S = 8 * 3600  # the client shows the time of its users, whatever this machine is set to
Body = dict[str, Any]


@dataclass
class Message:
    """A message as its recipients see it; ``closed`` is the word on a greyed card."""

    msgid: str
    users: list[str]
    kind: str
    content: Body
    sent_s: float
    response_code: str = ""
    closed: str = ""
    recalled: bool = False


@dataclass
class SimulatedWecom(Simulator):
    """A corp with one self-built app.

    Attributes:
        members: user id → name, department ids.
        trusted: addresses that may call; empty for any.
        callback_url: where events go; empty until one is configured.
        redirect_hosts: trusted domains of the app, with port.
        paid: the company has bought advanced meetings.
    """

    name: str = "企业微信模拟器 · WeCom simulator"
    own_faults: tuple[str, ...] = (
        "expired_token",
        "busy",
        "rate_limit",
        "untrusted_ip",
        "duplicate_callback",
        "bad_signature",
        "no_callback",
    )
    corp_id: str = "ww0000000000000001"
    agent_id: int = 1000002
    secret: str = "sim-secret"  # noqa: S105 - of the simulator
    keys: CallbackKeys | None = None
    callback_url: str = ""
    redirect_hosts: tuple[str, ...] = ("127.0.0.1:8000", "localhost:8000")
    members: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    departments: dict[int, tuple[str, int]] = field(default_factory=dict)
    clock_s: Callable[[], float] = time.time
    paid: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tokens: dict[str, float] = {}
        self.codes: dict[str, tuple[str, float]] = {}
        self.messages: list[Message] = []
        self.calendars: dict[str, Body] = {}
        self.schedules: dict[str, Body] = {}
        self.meetings: dict[str, Body] = {}
        self.card_codes: dict[str, tuple[str, float]] = {}
        self.token_fetches = 0
        self.records = SimulatedRecordings(self.clock_s)
        if not self.departments:
            self.departments = {1: (self.corp_id, 0)}

    # -- requests

    def answer(self, request: Request) -> Reply:
        if request.path in {"/connect/oauth2/authorize", "/wwlogin/sso/login"}:
            return self._choose_member(request)
        if request.path.startswith("/record/"):
            return self.records.download(request.path.rsplit("/", 1)[-1])
        if not request.path.startswith("/cgi-bin/"):
            return Reply(404, b"not found", "text/plain")
        path = request.path.removeprefix("/cgi-bin/")
        try:
            with self.lock:
                answer = {"errcode": 0, "errmsg": "ok", **self._call(path, request)}
        except Refused as refused:
            hint = f"{refused}, hint: [{secrets.token_hex(6)}], from ip: 127.0.0.1"
            answer = {"errcode": refused.code, "errmsg": hint}
        detail = self._shown(request)
        self.note(f"{request.method} {path}", {"sent": detail, "answer": answer})
        return json_reply(answer)

    def fault_reply(self, kind: str, request: Request) -> Reply | None:
        codes = {"expired_token": 42001, "busy": -1, "rate_limit": 45009, "untrusted_ip": 60020}
        if kind not in codes:
            return None
        answer = {"errcode": codes[kind], "errmsg": f"{kind}, from ip: 203.0.113.9"}
        self.note(f"{request.method} {request.path} ({kind})", answer)
        return json_reply(answer)

    def _shown(self, request: Request) -> Any:
        query = {k: v for k, v in request.query.items() if k not in {"access_token", "corpsecret"}}
        if not request.body:
            return query
        try:
            return json.loads(request.body)
        except ValueError:
            return "wrong json format"

    def _call(self, path: str, request: Request) -> Body:
        if path == "gettoken":
            return self._gettoken(request)
        self._check_token(request.query.get("access_token", ""))
        if path in QUERIES:
            unknown = set(request.query) - QUERIES[path]
            if unknown:
                raise Refused(40058, f"unknown parameter {sorted(unknown)}")
            reader = getattr(self, "_get_" + path.replace("/", "_"))
            answer: Body = reader(request.query)
            return answer
        if path not in CALLS:
            raise Refused(48002, f"api forbidden: {path}")
        try:
            body = json.loads(request.body)
        except ValueError as error:
            raise Refused(40058, "Warning: wrong json format.") from error
        wrong = fault_in(body, CALLS[path])
        if wrong:
            raise Refused(40058, f"invalid parameter {wrong}")
        writer = getattr(self, "_post_" + path.replace("/", "_"))
        written: Body = writer(body)
        return written

    # -- tokens and people

    def _gettoken(self, request: Request) -> Body:
        if request.query.get("corpid") != self.corp_id:
            raise Refused(40013, "invalid corpid")
        if request.query.get("corpsecret") != self.secret:
            raise Refused(40001, "invalid credential")
        self.token_fetches += 1
        token = secrets.token_urlsafe(64)
        self.tokens[token] = self.clock_s() + TOKEN_LIFE_S
        return {"access_token": token, "expires_in": TOKEN_LIFE_S}

    def _check_token(self, token: str) -> None:
        if not token:
            raise Refused(41001, "access_token missing")
        if token not in self.tokens:
            raise Refused(40014, "invalid access_token")
        if self.tokens[token] <= self.clock_s():
            raise Refused(42001, "access_token expired")

    def tokens_expire(self) -> None:
        """The platform withdraws every token early, as it may."""
        with self.lock:
            self.tokens = dict.fromkeys(self.tokens, 0.0)

    def login_code(self, user_id: str) -> str:
        """A code as OAuth gives it: five minutes, once."""
        code = secrets.token_hex(20)
        with self.lock:
            self.codes[code] = (user_id, self.clock_s() + CODE_LIFE_S)
        return code

    def _get_auth_getuserinfo(self, query: Any) -> Body:
        found = self.codes.pop(query.get("code", ""), None)
        if found is None:
            raise Refused(40029, "invalid code")
        if found[1] < self.clock_s():
            raise Refused(42003, "code expired")
        return {"userid": found[0]} if found[0] in self.members else {"openid": found[0]}

    def _get_department_list(self, _query: Any) -> Body:
        rows = [
            {"id": key, "name": name, "parentid": parent, "order": key}
            for key, (name, parent) in sorted(self.departments.items())
        ]
        return {"department": rows}

    def _get_department_simplelist(self, _query: Any) -> Body:
        rows = [
            {"id": key, "parentid": parent, "order": key}
            for key, (_name, parent) in sorted(self.departments.items())
        ]
        return {"department_id": rows}

    def _get_user_list(self, query: Any) -> Body:
        number = query.get("department_id", "")
        if not number.isdigit() or int(number) not in self.departments:
            raise Refused(60003, "department not found")
        rows = [
            {
                "userid": key,
                "name": name,
                "department": list(departments),
                "main_department": departments[0],
                "status": 1,
            }
            for key, (name, departments) in sorted(self.members.items())
            if int(number) in departments
        ]
        return {"userlist": rows}

    _get_user_simplelist = _get_user_list

    def _get_user_get(self, query: Any) -> Body:
        by_lower = {key.lower(): key for key in self.members}
        key = by_lower.get(query.get("userid", "").lower())
        if key is None:
            raise Refused(60111, "userid not found")
        name, departments = self.members[key]
        return {"userid": key, "name": name, "department": list(departments), "status": 1}

    def _get_getcallbackip(self, _query: Any) -> Body:
        return {"ip_list": ["127.0.0.1"]}

    # -- messages

    def _post_message_send(self, body: Body) -> Body:
        if body["agentid"] != self.agent_id:
            raise Refused(301002, "not allow operate another agent")
        wanted = [part for part in body.get("touser", "").split("|") if part]
        if not wanted and not body.get("toparty") and not body.get("totag"):
            raise Refused(40058, "touser, toparty and totag are all empty")
        if len(wanted) > 1000:
            raise Refused(82001, "too many recipients")
        known = {key.lower(): key for key in self.members}
        users = (
            list(self.members)
            if wanted == ["@all"]
            else [known[user.lower()] for user in wanted if user.lower() in known]
        )
        bad = [user.lower() for user in wanted if user.lower() not in known and user != "@all"]
        if not users:
            raise Refused(81013, "user & party & tag all invalid")
        kind = body["msgtype"]
        if kind not in body:
            raise Refused(40058, f"{kind} missing")
        check_content(kind, body[kind])
        code = self._card_code(kind, body[kind])
        if body.get("enable_duplicate_check"):
            twin = self._same_message(kind, users, body)
            if twin is not None:
                return {"msgid": twin.msgid, "invaliduser": "|".join(bad)}
        message = Message(
            secrets.token_hex(16), users, kind, body[kind], self.clock_s(), response_code=code
        )
        self.messages.append(message)
        answer = {"msgid": message.msgid, "invaliduser": "|".join(bad)}
        return {**answer, "response_code": code} if code else answer

    def _same_message(self, kind: str, users: list[str], body: Body) -> Message | None:
        since = self.clock_s() - body.get("duplicate_check_interval", 1800)
        return next(
            (
                m
                for m in self.messages
                if (m.kind, m.users, m.content) == (kind, users, body[kind]) and m.sent_s >= since
            ),
            None,
        )

    def _card_code(self, kind: str, card: Body) -> str:
        if kind != "template_card":
            return ""
        interactive = card["card_type"] in INTERACTIVE
        if interactive and not self.callback_url:
            raise Refused(43012, "no callback url")
        if not interactive and "action_menu" not in card:
            return ""
        if not re.fullmatch(r"[0-9A-Za-z_\-@]{1,128}", card.get("task_id", "")):
            raise Refused(42016, "invalid task_id")
        return self._new_code(card["task_id"])

    def _new_code(self, task_id: str) -> str:
        code = secrets.token_urlsafe(24)
        self.card_codes[code] = (task_id, self.clock_s() + CARD_LIFE_S)
        return code

    def _post_message_update_template_card(self, body: Body) -> Body:
        found = self.card_codes.pop(body["response_code"], None)
        if found is None or found[1] < self.clock_s():
            raise Refused(60140, "invalid response_code")
        for message in self.messages:
            if message.content.get("task_id") == found[0]:
                message.closed = body.get("button", {}).get("replace_name", "") or message.closed
                message.content = body.get("template_card", message.content)
        return {"invaliduser": ""}

    def _post_message_recall(self, body: Body) -> Body:
        message = next((m for m in self.messages if m.msgid == body["msgid"]), None)
        if message is None or self.clock_s() - message.sent_s > 24 * 3600:
            raise Refused(42052, "recall timeout")
        message.recalled = True
        return {}

    # -- calendar

    def _post_oa_calendar_add(self, body: Body) -> Body:
        calendar = body["calendar"]
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", calendar["color"]):
            raise Refused(90473, "invalid color")
        shares = {row["userid"] for row in calendar.get("shares", [])}
        if not set(calendar.get("admins", [])) <= shares:
            raise Refused(90492, "admin not in shares")
        key = f"wc{secrets.token_hex(12)}"
        self.calendars[key] = calendar
        missing = [{"errcode": 60111, "userid": u} for u in sorted(shares - set(self.members))]
        return {"cal_id": key, "fail_result": {"shares": missing}}

    def _post_oa_calendar_update(self, body: Body) -> Body:
        self._calendar(body["calendar"]["cal_id"])
        self.calendars[body["calendar"]["cal_id"]] = body["calendar"]
        return {}

    def _post_oa_calendar_get(self, body: Body) -> Body:
        rows = [
            {**self.calendars[key], "cal_id": key}
            for key in body["cal_id_list"]
            if key in self.calendars
        ]
        return {"calendar_list": rows}

    def _post_oa_calendar_del(self, body: Body) -> Body:
        self._calendar(body["cal_id"])
        del self.calendars[body["cal_id"]]
        return {}

    def _calendar(self, key: str) -> Body:
        if key not in self.calendars:
            raise Refused(90457, "invalid cal_id")
        return self.calendars[key]

    def _check_schedule(self, schedule: Body) -> None:
        if schedule.get("cal_id"):
            self._calendar(schedule["cal_id"])
        elif not any(c.get("set_as_default") for c in self.calendars.values()):
            raise Refused(90708, "no default calendar")
        for name, limit in (("summary", 128), ("description", 1000), ("location", 128)):
            if too_long(schedule.get(name, ""), limit):
                raise Refused(40058, f"{name} too long")
        if schedule["end_time"] < schedule["start_time"]:
            raise Refused(40058, "end_time before start_time")
        attendees = {row["userid"] for row in schedule.get("attendees", [])}
        if not set(schedule.get("admins", [])) <= attendees:
            raise Refused(90715, "admin not in attendees")
        if attendees - set(self.members):
            raise Refused(60111, "userid not found")

    def _post_oa_schedule_add(self, body: Body) -> Body:
        self._check_schedule(body["schedule"])
        key = secrets.token_hex(16)
        rows = [{**row, "response_status": 0} for row in body["schedule"].get("attendees", [])]
        self.schedules[key] = {**body["schedule"], "attendees": rows, "status": 0}
        return {"schedule_id": key}

    def _post_oa_schedule_update(self, body: Body) -> Body:
        schedule = dict(body["schedule"])
        key = schedule.pop("schedule_id")
        before = self._schedule(key)
        self._check_schedule({**schedule, "cal_id": before.get("cal_id", "")})
        status = {row["userid"]: row["response_status"] for row in before.get("attendees", [])}
        rows = [
            {**row, "response_status": status.get(row["userid"], 0)}
            for row in schedule.get("attendees", [])
        ]
        if body.get("skip_attendees"):
            rows = before.get("attendees", [])
        kept = {"cal_id": before["cal_id"]} if "cal_id" in before else {}
        self.schedules[key] = {**schedule, **kept, "attendees": rows, "status": 0}
        return {"schedule_id": key}

    def _schedule(self, key: str) -> Body:
        if key not in self.schedules:
            raise Refused(90461, "invalid schedule_id")
        if self.schedules[key]["status"]:
            raise Refused(90460, "schedule deleted")
        return self.schedules[key]

    def _post_oa_schedule_add_attendees(self, body: Body) -> Body:
        schedule = self._schedule(body["schedule_id"])
        present = {row["userid"] for row in schedule["attendees"]}
        schedule["attendees"] += [
            {**row, "response_status": 0}
            for row in body["attendees"]
            if row["userid"] not in present
        ]
        return {}

    def _post_oa_schedule_del_attendees(self, body: Body) -> Body:
        schedule = self._schedule(body["schedule_id"])
        gone = {row["userid"] for row in body["attendees"]}
        schedule["attendees"] = [r for r in schedule["attendees"] if r["userid"] not in gone]
        return {}

    def _post_oa_schedule_get(self, body: Body) -> Body:
        rows = [
            {**self.schedules[key], "schedule_id": key}
            for key in body["schedule_id_list"]
            if key in self.schedules
        ]
        return {"schedule_list": rows}

    def _post_oa_schedule_get_by_calendar(self, body: Body) -> Body:
        self._calendar(body["cal_id"])
        rows = [
            {**row, "schedule_id": key}
            for key, row in self.schedules.items()
            if row.get("cal_id") == body["cal_id"]
        ]
        first = body.get("offset", 0)
        return {"schedule_list": rows[first : first + body.get("limit", 500)]}

    def _post_oa_schedule_del(self, body: Body) -> Body:
        self._schedule(body["schedule_id"])["status"] = 1
        return {}

    # -- meetings

    def _post_meeting_create(self, body: Body) -> Body:
        if not body.get("admin_userid"):
            raise Refused(400040, "admin_userid missing")
        if too_long(body.get("title", ""), 40, in_bytes=True) or not body.get("title"):
            raise Refused(400042, "invalid title")
        if body.get("meeting_start", 0) <= self.clock_s():
            raise Refused(400222, "invalid start time")
        if not 300 <= body.get("meeting_duration", 0) <= 86399:
            raise Refused(400223, "invalid duration")
        invited = body.get("invitees", {}).get("userid", [])
        if any(user not in self.members for user in invited):
            raise Refused(400021, "invalid invitee")
        if len(invited) > 100:
            raise Refused(400020, "too many invitees")
        if "auto_record_type" in body.get("settings", {}):
            self._advanced()
        hosts = body.get("settings", {}).get("hosts", {}).get("userid", [])
        if set(hosts) - set(invited):
            raise Refused(400029, "host not in invitees")
        if not body.get("skip_duplicate_check"):
            for meeting in self.meetings.values():
                if meeting["body"] == body and meeting["status"] == 1:
                    raise Refused(400302, "meeting exists")
        key = f"hy{secrets.token_hex(12)}"
        code = str(secrets.randbelow(9 * 10**8) + 10**8)
        self.meetings[key] = {"body": body, "status": 1, "code": code}
        return {"meetingid": key, "excess_users": []}

    def _meeting(self, key: str, code: int) -> Body:
        if key not in self.meetings:
            raise Refused(90602, "invalid meetingid")
        meeting = self.meetings[key]
        if meeting["status"] == 4:
            raise Refused(400041, "cancelled")
        if meeting["status"] != 1:
            raise Refused(code, "meeting running or ended")
        return meeting

    def _post_meeting_update(self, body: Body) -> Body:
        meeting = self._meeting(body["meetingid"], 400221)
        change = {k: v for k, v in body.items() if k != "meetingid"}
        if "meeting_start" in change and "meeting_duration" not in change:
            raise Refused(400223, "duration missing")
        meeting["body"] = {**meeting["body"], **change}
        return {"excess_users": []}

    def _post_meeting_cancel(self, body: Body) -> Body:
        self._meeting(body["meetingid"], 400224)["status"] = 4
        return {}

    def _post_meeting_get_info(self, body: Body) -> Body:
        if body["meetingid"] not in self.meetings:
            raise Refused(90602, "invalid meetingid")
        meeting = self.meetings[body["meetingid"]]
        link = f"{self.base}/_sim/meeting/{meeting['code']}"
        shown = {k: v for k, v in meeting["body"].items() if k != "skip_duplicate_check"}
        return {
            **shown,
            "creator_userid": meeting["body"]["admin_userid"],
            "status": meeting["status"],
            "meeting_code": meeting["code"],
            "meeting_link": link,
        }

    def _post_meeting_get_user_meetingid(self, body: Body) -> Body:
        first, last = body.get("begin_time", 0), body.get("end_time", 2**40)
        rows = [
            key
            for key, meeting in self.meetings.items()
            if meeting["body"]["admin_userid"] == body["userid"]
            and first <= meeting["body"]["meeting_start"] <= last
        ]
        start = int(body.get("cursor") or 0)
        page = rows[start : start + body.get("limit", 50)]
        end = start + len(page)
        return {"meetingid_list": page, "next_cursor": str(end) if end < len(rows) else ""}

    # -- recordings

    def _advanced(self) -> None:
        if not self.paid:
            raise Refused(400226, "advanced feature not bought")

    def _recorded(self, key: str) -> None:
        self._advanced()
        if key not in self.meetings:
            raise Refused(90602, "invalid meetingid")

    def _post_meeting_record_list(self, body: Body) -> Body:
        self._advanced()
        wrong = self.records.fault(body)
        if wrong:
            raise Refused(40058, f"invalid parameter {wrong}")
        return self.records.list(body, self.meetings)

    def _post_meeting_record_get_file_list(self, body: Body) -> Body:
        self._recorded(body["meetingid"])
        return self.records.files(body, self.base)

    def _post_meeting_record_transcript_get_detail(self, body: Body) -> Body:
        self._recorded(body["meetingid"])
        return self.records.detail(body)

    def record(self, key: str, data: bytes, words: list[str]) -> list[int]:
        """A meeting's recording is ready; the statuses that its event was answered with."""
        self.records.media[key], self.records.words[key] = data, words
        return self.send_event(
            {
                "FromUserName": "sys",
                "CreateTime": int(self.clock_s()),
                "MsgType": "event",
                "Event": "meeting_change",
                "ChangeType": "recording_complete",
                "MeetingId": key,
            }
        )

    # -- events to the product

    def send_event(self, fields: Body, *, extra: str = "") -> list[int]:
        """Delivers an event to the callback; the statuses answered."""
        kind = self.take_fault("/callback")
        if not self.callback_url or self.keys is None or kind == "no_callback":
            return []
        parts = {"ToUserName": self.corp_id, "AgentID": str(self.agent_id), **fields}
        leaves = "".join(
            f"<{name}><![CDATA[{str(value).replace(']]>', ']] >')}]]></{name}>"
            for name, value in parts.items()
        )
        message = f"<xml>{leaves}{extra}</xml>".encode()
        statuses = [self._deliver(message, forged=kind == "bad_signature")]
        if kind == "duplicate_callback":
            statuses += [self._deliver(message) for _ in range(2)]
        self.note("callback →", {**fields, "answered": statuses})
        return statuses

    def _deliver(self, message: bytes, *, forged: bool = False) -> int:
        if self.keys is None:
            return 0
        encrypted = encrypt_callback(self.keys, message)
        timestamp, nonce = str(int(self.clock_s())), str(secrets.randbelow(10**9))
        signed = callback_signature(self.keys.token, timestamp, nonce, encrypted)
        query = urllib.parse.urlencode(
            {
                "msg_signature": "0" * 40 if forged else signed,
                "timestamp": timestamp,
                "nonce": nonce,
            }
        )
        body = (
            f"<xml><ToUserName><![CDATA[{self.corp_id}]]></ToUserName>"
            f"<AgentID><![CDATA[{self.agent_id}]]></AgentID>"
            f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        )
        return deliver(f"{self.callback_url}?{query}", body.encode(), {"Content-Type": "text/xml"})

    def press(self, user_id: str, msgid: str, key: str) -> list[int]:
        """A member presses a card's button."""
        with self.lock:
            message = next(m for m in self.messages if m.msgid == msgid)
            code = self._new_code(message.content["task_id"])
        return self.send_event(
            {
                "FromUserName": user_id,
                "CreateTime": int(self.clock_s()),
                "MsgType": "event",
                "Event": "template_card_event",
                "EventKey": key,
                "TaskId": message.content["task_id"],
                "CardType": message.content["card_type"],
                "ResponseCode": code,
            }
        )

    # -- pages

    def control_more(self, request: Request) -> Reply | None:
        parts = request.path.strip("/").split("/")
        if parts[:2] == ["_sim", "client"] and len(parts) == 3:
            return self._client(parts[2])
        if request.path == "/_sim/press" and request.method == "POST":
            form = request.form()
            self.press(form["user"], form["msgid"], form["key"])
            return Reply(303, location=f"/_sim/client/{urllib.parse.quote(form['user'])}")
        if parts[:2] == ["_sim", "meeting"]:
            code = html.escape(parts[-1])
            return page_reply("模拟会议 · Simulated meeting", f"<p>会议号 {code}</p>")
        return None

    def _overview(self) -> str:
        people = " · ".join(
            f"<a href='/_sim/client/{urllib.parse.quote(key)}'>{html.escape(name)}</a>"
            for key, (name, _departments) in sorted(self.members.items())
        )
        return f"<p>打开某人的企业微信 · Open somebody's client: {people}</p>{super()._overview()}"

    def _client(self, user: str) -> Reply:
        """What a member's WeCom shows: messages, cards with buttons, schedules."""
        user = urllib.parse.unquote(user)
        with self.lock:
            own = [m for m in self.messages if user in m.users and not m.recalled]
            calendar = [
                s
                for s in self.schedules.values()
                if not s["status"] and any(a["userid"] == user for a in s["attendees"])
            ]
        cards = "".join(_card(user, message) for message in reversed(own))
        dates = "".join(
            f"<li>{html.escape(s.get('summary', '新建事件'))} · "
            f"{time.strftime('%m-%d %H:%M', time.gmtime(s['start_time'] + CHINA_S))}"
            for s in calendar
        )
        name = self.members.get(user, (user, []))[0]
        empty = "<p>还没有消息。</p>"
        return page_reply(f"{name} 的企业微信", f"<ul>{dates}</ul>{cards or empty}")

    def _choose_member(self, request: Request) -> Reply:
        """OAuth and the QR page: choose who signs in; it goes back to a trusted domain only."""
        query = request.query
        target = urllib.parse.urlsplit(query.get("redirect_uri", ""))
        if query.get("appid") != self.corp_id or target.netloc not in self.redirect_hosts:
            return json_reply({"errcode": 50001, "errmsg": "redirect_uri not trusted"}, 400)
        state = query.get("state", "")
        if not re.fullmatch(r"[0-9A-Za-z]{0,128}", state):
            return json_reply({"errcode": 84025, "errmsg": "state malformed"}, 400)
        links = []
        for key, (name, _departments) in sorted(self.members.items()):
            back = urllib.parse.urlencode({"code": self.login_code(key), "state": state})
            url = f"{query['redirect_uri']}{'&' if target.query else '?'}{back}"
            links.append(f"<li><a href='{html.escape(url, quote=True)}'>{html.escape(name)}</a>")
        return page_reply("选择登录的成员 · Sign in as", f"<ul>{''.join(links)}</ul>")


def _card(user: str, message: Message) -> str:
    content = message.content
    if message.kind in {"text", "markdown"}:
        return f"<div class=card><pre>{html.escape(content['content'])}</pre></div>"
    if message.kind == "textcard":
        link = html.escape(content["url"], quote=True)
        return (
            f"<div class=card><b>{html.escape(content['title'])}</b>"
            f"<pre>{html.escape(content['description'])}</pre><a href='{link}'>详情</a></div>"
        )
    title = content.get("main_title", {})
    rows = "".join(
        f"<br>{html.escape(row['keyname'])}　{html.escape(row.get('value', ''))}"
        for row in content.get("horizontal_content_list", [])
    )
    action = content.get("card_action", {}).get("url", "")
    more = f"<p><a href='{html.escape(action, quote=True)}'>打开</a></p>" if action else ""
    buttons = "".join(
        f"<form method=post action=/_sim/press><input type=hidden name=user "
        f"value='{html.escape(user, quote=True)}'><input type=hidden name=msgid "
        f"value={message.msgid}><button name=key value='{html.escape(b['key'], quote=True)}'>"
        f"{html.escape(b['text'])}</button></form>"
        for b in content.get("button_list", [])
        if b.get("type", 0) == 0
    )
    if message.closed:
        buttons = f"<p><button disabled>{html.escape(message.closed)}</button></p>"
    return (
        f"<div class=card><b>{html.escape(title.get('title', ''))}</b> "
        f"<small>{html.escape(title.get('desc', ''))}</small>"
        f"<p>{html.escape(content.get('sub_title_text', ''))}{rows}</p>{more}{buttons}</div>"
    )
