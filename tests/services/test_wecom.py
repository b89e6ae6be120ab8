"""WeCom against its simulator: invitations, calendars, replies, contacts, sign-in."""

from __future__ import annotations

import datetime as dt
import time
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from tests.company import Company
from tests.conftest import sign_in
from touchstone.accounts.contacts import contacts_apply, contacts_read
from touchstone.accounts.models import Person
from touchstone.audit.models import AuditEvent
from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput, OutsideError, PermanentOutsideError
from touchstone.integrations.simulators.wecom import SimulatedWecom
from touchstone.integrations.wecom.crypto import (
    CallbackKeys,
    callback_signature,
    encrypt_callback,
)
from touchstone.interviews.models import Interview, OutsideEvent, PanelMember, Recording
from touchstone.interviews.services.arranging import interview_call_off, interview_rearrange
from touchstone.interviews.services.booking import interview_cancel, interview_move
from touchstone.interviews.services.invitations import interview_announce
from touchstone.interviews.services.meetings import (
    default_provider,
    meeting_follow,
    meeting_make,
)
from touchstone.interviews.services.outside_events import event_handle
from touchstone.interviews.services.recording_fetch import (
    recording_fetch,
    recording_service,
    recordings_reconcile,
)
from touchstone.interviews.services.schedules import schedule_follow
from touchstone.interviews.services.wecom_setup import STEPS
from touchstone.recruiting.models import OutboxMessage
from touchstone.recruiting.services.consents import consent_give
from touchstone.recruiting.services.sending import message_send

TOKEN = "simtoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CALLBACK = "/api/wecom/callback/"


class LocalWecom(SimulatedWecom):
    """Delivers its callbacks to Django's test client instead of over the network."""

    def _deliver(self, message: bytes, *, forged: bool = False) -> int:
        assert self.keys is not None
        return post_callback(self.keys, message, int(self.clock_s()), forged=forged)


def post_callback(keys: CallbackKeys, message: bytes, at_s: int, *, forged: bool = False) -> int:
    encrypted = encrypt_callback(keys, message)
    signature = callback_signature(keys.token, str(at_s), "7", encrypted)
    query = urllib.parse.urlencode(
        {
            "msg_signature": "f" * 40 if forged else signature,
            "timestamp": str(at_s),
            "nonce": "7",
        }
    )
    body = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    response = Client().post(f"{CALLBACK}?{query}", body, content_type="text/xml")
    assert response.content == b""
    return response.status_code


@pytest.fixture
def platform(company: Company, settings: Any) -> Iterator[SimulatedWecom]:
    call_command("createcachetable", verbosity=0)
    cache.clear()
    simulator = LocalWecom(members={"shen.yan": ("沈砚", [1]), "XuNian": ("许念", [1])})
    simulator.keys = CallbackKeys(simulator.corp_id, TOKEN, AES_KEY)
    simulator.callback_url = "local"
    simulator.start()
    settings.WECOM_API_BASE = f"{simulator.base}/cgi-bin/"
    settings.WECOM_CORP_ID = simulator.corp_id
    settings.WECOM_AGENT_ID = str(simulator.agent_id)
    settings.WECOM_SECRET = simulator.secret
    settings.WECOM_TOKEN, settings.WECOM_AES_KEY = TOKEN, AES_KEY
    Person.objects.filter(pk=company.algorithm_lead.pk).update(wecom_userid="shen.yan")
    Person.objects.filter(pk=company.business_lead.pk).update(wecom_userid="XuNian")
    yield simulator
    simulator.stop()
    cache.clear()


def announced(
    company: Company, interview: Interview, now: dt.datetime, what: str = "invited"
) -> list[OutboxMessage]:
    messages = interview_announce(
        actor=company.actor("recruiter"), interview=interview, what=what, at=now
    )
    return [m for m in messages if m.channel == "wecom"]


def test_a_colleague_presses_yes_and_the_panel_knows(
    platform: SimulatedWecom, company: Company, interview: Interview, now: dt.datetime
) -> None:
    for message in announced(company, interview, now):
        assert message_send(ref=message.ref, at=now) == "sent"
    sent = next(m for m in platform.messages if m.users == ["shen.yan"])
    assert sent.content["card_type"] == "button_interaction"
    platform.fault("duplicate_callback", "/callback")
    assert platform.press("shen.yan", sent.msgid, "accept") == [200, 200, 200]
    event = OutsideEvent.objects.get()
    assert event_handle(event_id=event.pk, at=now) == "accepted"
    assert event_handle(event_id=event.pk, at=now) == "accepted"
    seat = PanelMember.objects.get(interview=interview, person=company.algorithm_lead)
    assert seat.reply == "accepted"
    assert sent.closed == "已确认出席"


def test_a_press_after_the_cancellation_changes_nothing(
    platform: SimulatedWecom, company: Company, interview: Interview, now: dt.datetime
) -> None:
    for message in announced(company, interview, now):
        message_send(ref=message.ref, at=now)
    sent = next(m for m in platform.messages if m.users == ["shen.yan"])
    interview_cancel(actor=company.actor("recruiter"), interview=interview)
    platform.press("shen.yan", sent.msgid, "accept")
    assert event_handle(event_id=OutsideEvent.objects.get().pk, at=now) == "interview is off"
    assert not PanelMember.objects.filter(reply="accepted").exists()


def test_a_message_is_sent_once_and_by_mail_where_wecom_will_not(
    platform: SimulatedWecom,
    company: Company,
    interview: Interview,
    now: dt.datetime,
    settings: Any,
) -> None:
    settings.DEMO = True
    del platform.members["XuNian"]
    for message in announced(company, interview, now):
        message_send(ref=message.ref, at=now)
        message_send(ref=message.ref, at=now)
    assert len(platform.messages) == 1
    fallen = OutboxMessage.objects.get(person=company.business_lead)
    assert fallen.status == "sent"
    assert fallen.payload["by_mail_because"] == "wecom.person"


@pytest.mark.parametrize("change", ["forged", "old", "other corp"])
def test_callbacks_that_are_not_wecoms_are_refused_and_logged(
    platform: SimulatedWecom, now: dt.datetime, change: str
) -> None:
    keys = CallbackKeys("ww-other" if change == "other corp" else platform.corp_id, TOKEN, AES_KEY)
    at_s = int(platform.clock_s()) - (900 if change == "old" else 0)
    message = b"<xml><MsgType>event</MsgType><Event>enter_agent</Event></xml>"
    assert post_callback(keys, message, at_s, forged=change == "forged") == 403
    assert not OutsideEvent.objects.exists()
    assert AuditEvent.objects.filter(action="callback.refused").count() == 1


def test_the_address_is_checked_by_an_echo(platform: SimulatedWecom) -> None:
    assert platform.keys is not None
    encrypted = encrypt_callback(platform.keys, b"5538571")
    at = str(int(platform.clock_s()))
    query = {
        "msg_signature": callback_signature(TOKEN, at, "1", encrypted),
        "timestamp": at,
        "nonce": "1",
        "echostr": encrypted,
    }
    response = Client().get(CALLBACK, query)
    assert (response.status_code, response.content) == (200, b"5538571")
    query["msg_signature"] = "0" * 40
    assert Client().get(CALLBACK, query).status_code == 403


def test_calendars_follow_the_interview(
    platform: SimulatedWecom, company: Company, interview: Interview, now: dt.datetime
) -> None:
    key = schedule_follow(ref=interview.ref, at=now)
    assert schedule_follow(ref=interview.ref, at=now) == key
    assert len(platform.schedules) == 1
    assert {a["userid"] for a in platform.schedules[key]["attendees"]} == {"shen.yan", "XuNian"}
    interview_move(
        actor=company.actor("recruiter"),
        interview=interview,
        starts_at=interview.starts_at + dt.timedelta(days=1),
        ends_at=interview.ends_at + dt.timedelta(days=1),
    )
    assert schedule_follow(ref=interview.ref, at=now) == key
    assert platform.schedules[key]["start_time"] == int(interview.starts_at.timestamp())
    platform.schedules[key]["attendees"][0]["response_status"] = 4
    platform.send_event(
        {
            "FromUserName": "shen.yan",
            "CreateTime": 1700000000,
            "MsgType": "event",
            "Event": "respond_schedule",
            "ScheduleId": key,
        }
    )
    assert event_handle(event_id=OutsideEvent.objects.get().pk, at=now) == "replies: 1"
    assert PanelMember.objects.get(person=company.algorithm_lead).reply == "declined"
    interview_cancel(actor=company.actor("recruiter"), interview=interview)
    assert schedule_follow(ref=interview.ref, at=now) == ""
    assert platform.schedules[key]["status"] == 1
    assert schedule_follow(ref=interview.ref, at=now) == ""


def test_a_schedule_deleted_in_wecom_is_made_anew(
    platform: SimulatedWecom, company: Company, interview: Interview, now: dt.datetime
) -> None:
    key = schedule_follow(ref=interview.ref, at=now)
    platform.schedules[key]["status"] = 1
    interview.place = "3 楼 301"
    interview.save(update_fields=["place"])
    again = schedule_follow(ref=interview.ref, at=now)
    assert again != key
    assert platform.schedules[again]["location"] == "3 楼 301"


def test_leavers_lose_access_and_new_members_have_no_rights(
    platform: SimulatedWecom, company: Company, now: dt.datetime
) -> None:
    browser = sign_in(company.business_lead)
    assert browser.get("/").status_code == 200
    del platform.members["XuNian"]
    platform.members["new.one"] = ("新同事", [1])
    result = contacts_apply(branch=company.head, contacts=contacts_read(), at=now)
    assert (result.added, result.closed) == (["new.one"], ["XuNian"])
    assert browser.get("/").status_code == 302
    newcomer = Person.objects.get(wecom_userid="new.one")
    assert not newcomer.roles.exists()
    assert not newcomer.has_usable_password()
    platform.members["XuNian"] = ("许念", [1])
    again = contacts_apply(branch=company.head, contacts=contacts_read(), at=now)
    assert again.reopened == ["XuNian"]


def test_an_empty_answer_closes_nobody(
    platform: SimulatedWecom, company: Company, now: dt.datetime
) -> None:
    platform.members.clear()
    with pytest.raises(InvalidInput):
        contacts_apply(branch=company.head, contacts=contacts_read(), at=now)
    assert Person.objects.get(pk=company.algorithm_lead.pk).is_active


def test_nobody_closes_their_own_sign_in_by_synchronising(
    platform: SimulatedWecom, company: Company
) -> None:
    Person.objects.filter(pk=company.administrator.pk).update(wecom_userid="renamed.since")
    browser = sign_in(company.administrator)
    page = browser.post("/people/wecom/contacts/", follow=True).content.decode()
    assert "看不到你自己的账号 renamed.since" in page
    assert Person.objects.get(pk=company.administrator.pk).is_active
    page = browser.post("/people/wecom/message/", follow=True).content.decode()
    assert "企业微信里没有账号 renamed.since" in page


def start(browser: Client, agent: str = "Mozilla/5.0") -> dict[str, str]:
    response = browser.get("/sign-in/wecom/?next=/positions/", headers={"User-Agent": agent})
    address = response.headers["Location"]
    return {
        "address": address,
        **dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query)),
    }


def test_signing_in_with_wecom(platform: SimulatedWecom, company: Company) -> None:
    browser = Client()
    inside = start(browser, "Mozilla/5.0 MicroMessenger wxwork/4.1")
    assert inside["address"].endswith("#wechat_redirect")
    assert "/wwlogin/sso/login" in start(browser)["address"]
    state = start(browser)["state"]
    assert state.isalnum()
    back = {"code": platform.login_code("SHEN.YAN".lower()), "state": state}
    response = browser.get("/sign-in/wecom/back/", back)
    assert (response.status_code, response.headers["Location"]) == (302, "/positions/")
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("fault", ["state", "replay", "unknown", "no start"])
def test_a_wrong_way_back_signs_nobody_in(
    platform: SimulatedWecom, company: Company, fault: str
) -> None:
    browser = Client()
    state = "" if fault == "no start" else start(browser)["state"]
    code = platform.login_code("stranger" if fault == "unknown" else "shen.yan")
    back = {"code": code, "state": "x" if fault == "state" else state}
    if fault == "replay":
        browser.get("/sign-in/wecom/back/", back)
        browser = Client()
        start(browser)
    assert browser.get("/sign-in/wecom/back/", back).status_code == 403
    assert browser.get("/").status_code == 302


def test_the_assistant_tries_every_step(
    platform: SimulatedWecom, company: Company, settings: Any
) -> None:
    settings.BASE_URL = "https://hr.example.com"
    settings.WECOM_PAID_MEETINGS = platform.paid = True
    Person.objects.filter(pk=company.administrator.pk).update(wecom_userid="zhou")
    platform.members["zhou"] = ("周程", [1])
    browser = sign_in(company.administrator)
    for key in STEPS:
        page = browser.post(f"/people/wecom/{key}/", follow=True).content.decode()
        assert '<div class="note warn"' not in page, key
    assert page.count('<div class="note ok"') == len(STEPS)
    assert platform.messages[-1].users == ["zhou"]


@pytest.mark.parametrize(
    ("kind", "step", "expected"),
    [
        ("untrusted_ip", "token", "203.0.113.9"),
        ("http_502", "calendar", "连不上企业微信"),
    ],
)
def test_the_assistant_explains_what_failed(
    platform: SimulatedWecom, company: Company, kind: str, step: str, expected: str
) -> None:
    browser = sign_in(company.administrator)
    browser.post("/people/wecom/token/")
    platform.fault(kind, times=9)
    page = browser.post(f"/people/wecom/{step}/", follow=True).content.decode()
    assert expected in page


@pytest.mark.parametrize("who", ["recruiter", "auditor", "stranger"])
def test_only_administrators_set_wecom_up(company: Company, who: str) -> None:
    browser = sign_in(company.people[who])
    assert browser.get("/people/wecom/").status_code == 403
    assert browser.post("/people/wecom/token/").status_code == 403
    administrator = sign_in(company.administrator)
    assert administrator.post("/people/wecom/nonsense/").status_code == 404
    assert administrator.get("/people/wecom/token/").status_code == 405


# --- meetings


@pytest.fixture
def meeting_there(platform: SimulatedWecom, interview: Interview, settings: Any) -> Interview:
    """Tomorrow's interview, to be held in WeCom."""
    settings.WECOM_MEETINGS = True
    assert default_provider() == "wecom"
    Interview.objects.filter(pk=interview.pk).update(meeting_provider="wecom")
    interview.refresh_from_db()
    return interview


def test_a_meeting_in_wecom_is_made_once_moved_and_cancelled(
    platform: SimulatedWecom, meeting_there: Interview, company: Company, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    made = meeting_make(actor=actor, ref=meeting_there.ref, at=now)
    assert made.meeting_url.startswith(platform.base)
    assert made.meeting_code
    body = platform.meetings[made.meeting_id]["body"]
    assert body["admin_userid"] == "shen.yan"
    assert body["invitees"] == {"userid": ["shen.yan", "XuNian"]}
    assert len(body["title"].encode()) <= 40
    # The answer was lost: the same meeting is found again.
    Interview.objects.filter(pk=made.pk).update(meeting_id="", meeting_url="")
    again = meeting_make(actor=actor, ref=made.ref, at=now)
    assert (again.meeting_id, len(platform.meetings)) == (made.meeting_id, 1)
    later = made.starts_at + dt.timedelta(days=1)
    moved = interview_rearrange(
        actor=actor,
        interview=again,
        starts_at=later,
        ends_at=later + dt.timedelta(minutes=45),
        at=now,
    )
    meeting_follow(ref=moved.ref)
    body = platform.meetings[made.meeting_id]["body"]
    assert (body["meeting_start"], body["meeting_duration"]) == (int(later.timestamp()), 2700)
    interview_call_off(actor=actor, interview=moved, at=now)
    meeting_follow(ref=moved.ref)
    assert platform.meetings[made.meeting_id]["status"] == 4
    meeting_follow(ref=moved.ref)


def test_a_panel_without_wecom_accounts_is_told_to_type_a_link(
    platform: SimulatedWecom, meeting_there: Interview, company: Company, now: dt.datetime
) -> None:
    Person.objects.update(wecom_userid="")
    with pytest.raises(PermanentOutsideError) as caught:
        meeting_make(actor=company.actor("recruiter"), ref=meeting_there.ref, at=now)
    assert caught.value.message.id == "interviews.no_wecom_host"
    meeting_there.refresh_from_db()
    assert "企业微信账号" in meeting_there.meeting_failure
    assert not platform.meetings


def test_meetings_are_held_in_wecom_only_where_that_was_wanted(
    platform: SimulatedWecom, settings: Any
) -> None:
    assert default_provider() == "manual"
    settings.WECOM_MEETINGS = True
    assert default_provider() == "wecom"
    for name in ("APP_ID", "SECRET_ID", "SECRET_KEY", "USER_ID"):
        setattr(settings, f"TENCENT_MEETING_{name}", "x")
    assert default_provider() == "tencent"


# --- recordings of the paid edition

VIDEO = b"\x00\x00\x00\x18ftypmp42" + b"x" * 3000


@pytest.fixture
def recorded(
    platform: SimulatedWecom,
    meeting_there: Interview,
    company: Company,
    settings: Any,
    now: dt.datetime,
) -> Interview:
    """A talk held in WeCom that is over; its candidate agreed to recording and words."""
    settings.WECOM_PAID_MEETINGS = platform.paid = True
    for purpose in ("recording", "transcript"):
        consent_give(
            actor=Actor("candidate"),
            candidate=meeting_there.application.candidate,
            purpose=purpose,
            granted=True,
            at=now,
        )
    made = meeting_make(actor=company.actor("recruiter"), ref=meeting_there.ref, at=now)
    assert platform.meetings[made.meeting_id]["body"]["settings"]["auto_record_type"] == "cloud"
    return made


def fetched(interview: Interview) -> list[Recording]:
    return list(Recording.objects.filter(interview=interview, deleted_at=None))


@pytest.mark.parametrize("other_names", [False, True])
def test_a_recording_and_its_words_come_into_our_storage(
    platform: SimulatedWecom,
    recorded: Interview,
    run_jobs: Callable[[], int],
    other_names: bool,
) -> None:
    platform.records.other_names = other_names
    platform.fault("duplicate_callback", "/callback")
    said = [f"第 {n} 句话说的是标注规范。" for n in range(60)]
    assert platform.record(recorded.meeting_id, VIDEO, said) == [200, 200, 200]
    run_jobs()
    (recording,) = fetched(recorded)
    assert recording.outside_id == f"f{recorded.meeting_id}"
    assert len(recording.transcript.segments) == 60
    run_jobs()
    assert len(fetched(recorded)) == 1


def test_what_no_event_told_of_is_found_by_looking(
    platform: SimulatedWecom, recorded: Interview, run_jobs: Callable[[], int]
) -> None:
    platform.fault("no_callback", "/callback")
    platform.record(recorded.meeting_id, VIDEO, [])
    later = recorded.ends_at + dt.timedelta(hours=1)
    platform.records.state = 2  # still being transcoded
    assert recordings_reconcile(at=later) == 0
    platform.records.state = 3
    assert recordings_reconcile(at=later) == 1
    run_jobs()
    assert len(fetched(recorded)) == 1


@pytest.mark.parametrize("fault", ["http_502", "rate_limit", "nonsense", "reset"])
def test_a_recording_is_fetched_again_after_a_fault(
    platform: SimulatedWecom, recorded: Interview, fault: str, now: dt.datetime
) -> None:
    platform.fault("no_callback", "/callback")
    platform.record(recorded.meeting_id, VIDEO, [])
    file_id = f"f{recorded.meeting_id}"
    platform.fault(fault, "/record/")
    with pytest.raises(OutsideError):
        recording_fetch(ref=recorded.ref, file_id=file_id, at=now)
    assert fetched(recorded) == []
    assert recording_fetch(ref=recorded.ref, file_id=file_id, at=now) is not None


def test_a_link_that_expired_is_asked_for_anew(
    platform: SimulatedWecom, recorded: Interview, now: dt.datetime
) -> None:
    platform.fault("no_callback", "/callback")
    platform.record(recorded.meeting_id, VIDEO, [])
    service = recording_service(recorded)
    old = service.recording_address(f"f{recorded.meeting_id}")
    service.close()
    platform.records.clock_s = lambda: time.time() + 7 * 3600
    assert httpx.get(old).status_code == 403
    assert recording_fetch(ref=recorded.ref, file_id=f"f{recorded.meeting_id}", at=now) is not None


def test_without_consent_nothing_is_fetched(
    platform: SimulatedWecom, recorded: Interview, run_jobs: Callable[[], int], now: dt.datetime
) -> None:
    consent_give(
        actor=Actor("candidate"),
        candidate=recorded.application.candidate,
        purpose="recording",
        granted=False,
        at=now,
    )
    platform.record(recorded.meeting_id, VIDEO, [])
    run_jobs()
    assert fetched(recorded) == []


def test_where_it_was_not_bought_a_plain_meeting_is_made_and_the_assistant_says_so(
    platform: SimulatedWecom,
    recorded: Interview,
    company: Company,
    now: dt.datetime,
) -> None:
    platform.paid = False
    platform.meetings.clear()
    Interview.objects.filter(pk=recorded.pk).update(meeting_id="", meeting_url="")
    made = meeting_make(actor=company.actor("recruiter"), ref=recorded.ref, at=now)
    assert "auto_record_type" not in platform.meetings[made.meeting_id]["body"]["settings"]
    Person.objects.filter(pk=company.administrator.pk).update(wecom_userid="shen.yan2")
    browser = sign_in(company.administrator)
    page = browser.post("/people/wecom/recordings/", follow=True).content.decode()
    assert "需要企业微信的「会议高级功能」" in page
