"""The interview room: blind first, nothing lost, nobody who should not be there."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import AsyncClient, Client
from django.urls import reverse

from tests.company import Company
from tests.conftest import sign_in
from touchstone.audit.files import file_bytes, store
from touchstone.audit.models import AuditEvent
from touchstone.common.clock import utc_now
from touchstone.evaluation.models import DepartmentEvaluation, IndicatorScore, Scorecard
from touchstone.evaluation.services.scorecards import (
    score_save,
    scorecard_open,
    scorecard_submit,
)
from touchstone.integrations.objects import Bucket
from touchstone.interviews.models import Interview, PanelMember, PointMark, RoomNote
from touchstone.interviews.services.room import note_save, panel_remove
from touchstone.positions.models import Position
from touchstone.recruiting.models import Consent

ClientOf = Callable[[str], Client]
TECHNICAL = ["tech.data", "tech.training", "learn.apply"]
SECRET = "这句话只有写的人看得到"


def send(client: Client, page: str, interview: Interview, /, **fields: Any) -> Any:
    return client.post(
        reverse(page, args=[interview.ref]),
        json.dumps(fields),
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def score_all(company: Company, interview: Interview, name: str, value: float) -> Scorecard:
    """A card with every indicator scored and a comment, as the person would."""
    actor, now = company.actor(name), utc_now()
    card = scorecard_open(actor=actor, interview=interview, at=now)
    version = interview.application.position.model_version
    assert version is not None
    for dimension in version.document["dimensions"]:
        for indicator in dimension["indicators"]:
            score_save(
                actor=actor,
                scorecard=card,
                dimension=dimension["id"],
                indicator=indicator["id"],
                at=now,
                version=0,
                score=value,
                comment=f"{SECRET} {name}",
            )
    return card


def submit(company: Company, interview: Interview, name: str, value: float = 6.5) -> Scorecard:
    card = score_all(company, interview, name, value)
    return scorecard_submit(
        actor=company.actor(name),
        scorecard=card,
        expected=[],
        summary=f"{SECRET} {name} 总评",
        submit_key="k",
        at=utc_now(),
    )


# --- who gets in


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("algorithm_lead", 200),
        ("business_lead", 200),
        ("hr_interviewer", 200),
        ("recruiter", 200),
        ("hiring_manager", 200),
        ("administrator", 200),
        ("auditor", 200),
        ("outsider", 404),
        ("other_recruiter", 404),
        ("other_interviewer", 404),
        ("stranger", 404),
        ("", 302),
    ],
)
def test_who_opens_the_room(
    client_of: ClientOf, interview: Interview, name: str, status: int
) -> None:
    assert client_of(name).get(reverse("room", args=[interview.ref])).status_code == status


@pytest.mark.parametrize("name", ["outsider", "other_recruiter", "stranger"])
@pytest.mark.parametrize(
    "page", ["room-note", "room-score", "room-asked", "room-clock", "room-submit"]
)
def test_a_stranger_writes_nothing(
    client_of: ClientOf, interview: Interview, name: str, page: str
) -> None:
    answer = send(client_of(name), page, interview, key="k", text="x", code="q", indicator="i")
    assert answer.status_code == 404
    assert not RoomNote.objects.exists()
    assert not Scorecard.objects.exists()


@pytest.mark.parametrize("name", ["recruiter", "auditor", "hiring_manager"])
def test_who_only_looks_cannot_write(client_of: ClientOf, interview: Interview, name: str) -> None:
    for page in ("room-note", "room-score", "room-clock", "room-submit"):
        answer = send(
            client_of(name), page, interview, key="k", text="x", indicator="tech.data", score=5
        )
        assert answer.status_code == 403
    assert not Scorecard.objects.exists()


@pytest.mark.parametrize("page", ["room-note", "room-score", "room-clock", "room-submit"])
def test_a_change_is_a_post(client_of: ClientOf, interview: Interview, page: str) -> None:
    answer = client_of("algorithm_lead").get(reverse(page, args=[interview.ref]))
    assert answer.status_code == 405


def test_a_signed_out_script_is_told_in_words(interview: Interview, db: None) -> None:
    answer = send(Client(), "room-note", interview, key="k", text="写到一半")
    assert answer.status_code == 401
    assert answer.json()["error"] == "accounts.signed_out"


def test_taken_off_the_panel_in_mid_interview(
    client_of: ClientOf, interview: Interview, company: Company
) -> None:
    client = client_of("business_lead")
    assert send(client, "room-note", interview, key="a", text="第一条").status_code == 200
    seat = interview.panel.get(person=company.business_lead)
    panel_remove(actor=company.actor("recruiter"), interview=interview, seat=seat, at=utc_now())
    assert client.get(reverse("room", args=[interview.ref])).status_code == 404
    assert client.get(reverse("room-live", args=[interview.ref])).status_code == 404
    answer = send(client, "room-note", interview, key="b", text="第二条")
    assert answer.status_code == 403
    assert "本机" in answer.json()["detail"]
    assert list(RoomNote.objects.values_list("text", flat=True)) == ["第一条"]


# --- notes


def test_a_repeated_request_lands_once(client_of: ClientOf, interview: Interview) -> None:
    client = client_of("algorithm_lead")
    for _ in range(3):
        answer = send(client, "room-note", interview, key="same", text="一条", at_second=61)
        assert answer.status_code == 200
    note = RoomNote.objects.get()
    assert (note.text, note.at_second, note.version) == ("一条", 61, 1)


@pytest.mark.parametrize("second", ["1e400", "4294967296", "-1", '"x"', "null", "[1]"])
def test_an_impossible_second_keeps_the_words(
    client_of: ClientOf, interview: Interview, second: str
) -> None:
    answer = client_of("algorithm_lead").post(
        reverse("room-note", args=[interview.ref]),
        f'{{"key": "k1", "text": "x", "at_second": {second}}}',
        content_type="application/json",
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 200
    assert RoomNote.objects.get().at_second is None


def test_two_tabs_on_one_note_keep_both(client_of: ClientOf, interview: Interview) -> None:
    client = client_of("algorithm_lead")
    version = send(client, "room-note", interview, key="n", text="起").json()["version"]
    send(client, "room-note", interview, key="n", text="这边改的", version=version)
    answer = send(client, "room-note", interview, key="n", text="那边改的", version=version)
    assert answer.status_code == 409
    assert answer.json()["theirs"] == {"text": "这边改的", "version": 2}
    assert answer.json()["mine"] == {"text": "那边改的"}
    assert RoomNote.objects.get().text == "这边改的"


def test_notes_of_two_devices_offline_merge_in_a_stable_order(
    client_of: ClientOf, interview: Interview
) -> None:
    client = client_of("algorithm_lead")
    texts = {f"d{device}n{n}": f"设备{device}第{n}条" for device in (1, 2) for n in range(30)}
    for n, (key, text) in enumerate(reversed(list(texts.items()))):
        second = int(key.split("n")[1]) * 60
        assert (
            send(client, "room-note", interview, key=key, text=text, at_second=second).status_code
            == 200
        ), n
    kept = list(RoomNote.objects.values_list("client_key", "text", "at_second"))
    assert {key: text for key, text, _second in kept} == texts
    order = [second or 0 for _key, _text, second in kept]
    assert order == sorted(order)


def test_offline_notes_keep_the_time_they_were_written(
    client_of: ClientOf, interview: Interview
) -> None:
    client = client_of("algorithm_lead")
    written = utc_now() - dt.timedelta(minutes=7)
    send(client, "room-note", interview, key="a", text="x", written_at=written.isoformat())
    assert RoomNote.objects.get().created_at == written
    future = utc_now() + dt.timedelta(days=2)
    send(client, "room-note", interview, key="b", text="x", written_at=future.isoformat())
    assert RoomNote.objects.get(client_key="b").created_at <= utc_now()


@pytest.mark.parametrize("body", ["", "[", "[1]", '"x"', "\x00"])
def test_a_broken_body_is_refused(client_of: ClientOf, interview: Interview, body: str) -> None:
    answer = client_of("algorithm_lead").post(
        reverse("room-note", args=[interview.ref]), body, content_type="application/json"
    )
    assert answer.status_code == 422
    assert not RoomNote.objects.exists()


# --- scores


def test_two_tabs_on_one_sheet_show_both(client_of: ClientOf, interview: Interview) -> None:
    client = client_of("algorithm_lead")
    first = send(client, "room-score", interview, indicator="tech.data", score=7, version=0)
    assert first.json()["version"] == 1
    send(client, "room-score", interview, indicator="tech.data", score=8, version=1)
    answer = send(client, "room-score", interview, indicator="tech.data", score=5.5, version=1)
    assert answer.status_code == 409
    assert (answer.json()["theirs"]["score"], answer.json()["mine"]["score"]) == ("8.0", "5.5")
    assert IndicatorScore.objects.get().score == 8


@pytest.mark.parametrize("score", ["7.3", 11, -1, "ten", "NaN"])
def test_scores_are_half_points_from_0_to_10(
    client_of: ClientOf, interview: Interview, score: Any
) -> None:
    answer = send(
        client_of("algorithm_lead"), "room-score", interview, indicator="tech.data", score=score
    )
    assert answer.status_code == 422
    assert not IndicatorScore.objects.exists()


def test_an_indicator_that_is_not_on_the_sheet_is_refused(
    client_of: ClientOf, interview: Interview
) -> None:
    answer = send(
        client_of("algorithm_lead"), "room-score", interview, indicator="made.up", score=5
    )
    assert answer.status_code == 422


def test_submitting_needs_the_focus_and_counts_what_is_open(
    client_of: ClientOf, interview: Interview
) -> None:
    client = client_of("algorithm_lead")
    send(client, "room-score", interview, indicator="tech.data", score=7)
    answer = send(client, "room-submit", interview, submit_key="k", summary="")
    assert answer.status_code == 422
    assert "2" in answer.json()["detail"]
    for name in TECHNICAL[1:]:
        send(client, "room-score", interview, indicator=name, not_observed=True)
    assert send(client, "room-submit", interview, submit_key="k").status_code == 200


def test_a_double_submit_submits_once(
    client_of: ClientOf, interview: Interview, company: Company
) -> None:
    client = client_of("algorithm_lead")
    for name in TECHNICAL:
        send(client, "room-score", interview, indicator=name, score=7)
    answers = [
        send(client, "room-submit", interview, submit_key="one", summary="稳") for _ in range(4)
    ]
    assert {a.status_code for a in answers} == {200}
    assert len({a.content for a in answers}) == 1
    assert AuditEvent.objects.filter(action="scorecard.submitted").count() == 1
    locked = send(client, "room-score", interview, indicator="tech.data", score=1, version=1)
    assert locked.status_code == 403
    assert IndicatorScore.objects.get(indicator="tech.data").score == 7


def test_reopening_is_the_recruiters_with_a_reason(
    client_of: ClientOf, interview: Interview, company: Company
) -> None:
    card = submit(company, interview, "algorithm_lead")
    url = reverse("room-reopen", args=[interview.ref])
    fields = {"scorecard": card.ref, "reason": "漏评一项"}
    assert client_of("algorithm_lead").post(url, fields).status_code == 403
    assert client_of("recruiter").post(url, {**fields, "reason": " "}).status_code == 422
    assert client_of("recruiter").post(url, fields).status_code == 302
    card.refresh_from_db()
    assert card.status == "draft"
    event = card.events.get(kind="reopened")
    assert (event.person, event.reason) == (company.recruiter, "漏评一项")


# --- blind first


def everything_seen(client: Client, interview: Interview) -> str:
    pages = [
        client.get(reverse("room", args=[interview.ref])),
        client.get(reverse("room-live", args=[interview.ref])),
    ]
    return "".join(page.content.decode() for page in pages)


def test_nothing_of_others_is_in_the_page_before_one_has_submitted(
    client_of: ClientOf, interview: Interview, company: Company, now: dt.datetime
) -> None:
    submit(company, interview, "algorithm_lead", 9.5)
    note_save(
        actor=company.actor("algorithm_lead"),
        interview=interview,
        client_key="n",
        text=f"{SECRET} 笔记",
        at=now,
    )
    DepartmentEvaluation.objects.create(
        application=interview.application,
        department=company.algorithm,
        author=company.algorithm_lead,
        text=f"{SECRET} 意见",
        submitted_at=now,
        updated_at=now,
    )
    before = everything_seen(client_of("business_lead"), interview)
    assert SECRET not in before
    assert ">9.5<" not in before
    assert "沈砚已提交" in before
    submit(company, interview, "business_lead", 4.0)
    after = everything_seen(client_of("business_lead"), interview)
    for words in (f"{SECRET} 笔记", f"{SECRET} 意见", f"{SECRET} algorithm_lead 总评", ">9.5<"):
        assert words in after


def test_a_draft_is_seen_by_its_rater_alone(
    client_of: ClientOf, interview: Interview, company: Company
) -> None:
    score_all(company, interview, "hr_interviewer", 9.5)
    submit(company, interview, "algorithm_lead", 6)
    for name in ("algorithm_lead", "business_lead", "recruiter", "hiring_manager", "auditor"):
        assert f"{SECRET} hr_interviewer" not in everything_seen(client_of(name), interview)


def test_drafts_do_not_move_the_rooms_counter(client_of: ClientOf, interview: Interview) -> None:
    client = client_of("algorithm_lead")
    send(client, "room-score", interview, indicator="tech.data", score=7)
    send(client, "room-note", interview, key="quiet", text="只给自己")
    interview.refresh_from_db()
    assert interview.room_version == 0
    send(client, "room-note", interview, key="loud", text="给小组", shared_now=True)
    interview.refresh_from_db()
    assert interview.room_version == 1


def test_a_shared_note_is_seen_at_once_and_a_quiet_one_is_not(
    client_of: ClientOf, interview: Interview
) -> None:
    client = client_of("algorithm_lead")
    send(client, "room-note", interview, key="a", text="给小组看的话", shared_now=True)
    send(client, "room-note", interview, key="b", text=SECRET)
    seen = everything_seen(client_of("business_lead"), interview)
    assert "给小组看的话" in seen
    assert SECRET not in seen


def test_an_open_position_shows_submitted_scores_at_once(
    client_of: ClientOf, interview: Interview, company: Company, position: Position
) -> None:
    Position.objects.filter(pk=position.pk).update(blind_first=False)
    submit(company, interview, "algorithm_lead", 9.5)
    assert f"{SECRET} algorithm_lead 总评" in everything_seen(client_of("business_lead"), interview)


def test_the_debrief_begins_with_the_biggest_disagreement(
    client_of: ClientOf, interview: Interview, company: Company
) -> None:
    submit(company, interview, "algorithm_lead", 9)
    submit(company, interview, "business_lead", 9)
    card = score_all(company, interview, "hr_interviewer", 9)
    row = card.scores.get(indicator="biz.scenario")
    score_save(
        actor=company.actor("hr_interviewer"),
        scorecard=card,
        dimension="business",
        indicator="biz.scenario",
        at=utc_now(),
        version=row.version,
        score=3,
    )
    scorecard_submit(
        actor=company.actor("hr_interviewer"),
        scorecard=card,
        expected=[],
        summary="",
        submit_key="k",
        at=utc_now(),
    )
    page = client_of("algorithm_lead").get(reverse("room", args=[interview.ref]))
    agreement = page.context["agreement"]
    assert agreement[0].row.indicator.id == "biz.scenario"
    assert agreement[0].spread == 6
    assert page.context["room"].all_submitted


# --- around the questions


def test_the_clock_starts_once(client_of: ClientOf, interview: Interview) -> None:
    client = client_of("algorithm_lead")
    first = send(client, "room-clock", interview, do="start").json()["started_at"]
    assert (
        send(client_of("business_lead"), "room-clock", interview, do="start").json()["started_at"]
        == first
    )
    assert send(client, "room-clock", interview, do="end").json()["status"] == "done"


def test_claims_marks_and_what_was_asked(client_of: ClientOf, interview: Interview) -> None:
    Interview.objects.filter(pk=interview.pk).update(kit=KIT)
    lead, colleague = client_of("algorithm_lead"), client_of("business_lead")
    send(lead, "room-asked", interview, do="claim", code="q1", on=True)
    send(lead, "room-asked", interview, do="asked", code="q1", at_second=90)
    send(lead, "room-asked", interview, do="mark", code="q1", point="k1", mark="part")
    page = colleague.get(reverse("room-live", args=[interview.ref])).content.decode()
    assert 'data-claimed="沈砚"' in page
    assert "沈砚 01:30" in page
    assert PointMark.objects.get().mark == "part"
    own = lead.get(reverse("room", args=[interview.ref])).context["room"].questions[0]
    assert own.points[0].mark == "part"
    theirs = colleague.get(reverse("room", args=[interview.ref])).context["room"].questions[0]
    assert theirs.points[0].mark == ""


KIT: dict[str, Any] = {
    "questions": [
        {
            "code": f"q{n}",
            "title": {"zh": f"题目{n}", "en": f"Question {n}"},
            "text": {"zh": "新品没有点击数据，怎样排序？", "en": "How do you rank new items?"},
            "minutes": 8,
            "indicators": ["tech.data"],
            "rubric": {
                "max_score": 10,
                "key_points": [
                    {"id": f"k{k}", "text": {"zh": "借相似商品的数据", "en": "borrow data"}}
                    for k in range(1, 5)
                ],
            },
            "follow_ups": [{"when": "weak", "zh": "再说说", "en": "Say more"}],
            "anchors": {"2": {"zh": "说不出", "en": "cannot"}, "8": {"zh": "说得清", "en": "can"}},
        }
        for n in range(1, 13)
    ]
}


def test_the_number_of_queries_is_fixed(
    client_of: ClientOf,
    interview: Interview,
    company: Company,
    django_assert_num_queries: Any,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("algorithm_lead")
    url = reverse("room", args=[interview.ref])
    client.get(url)
    with CaptureQueriesContext(connection) as bare:
        client.get(url)
    Interview.objects.filter(pk=interview.pk).update(kit=KIT)
    for name in ("algorithm_lead", "business_lead", "hr_interviewer"):
        submit(company, interview, name, 7)
        for n in range(8):
            note_save(
                actor=company.actor(name),
                interview=interview,
                client_key=f"n{n}",
                text="记一条",
                at=utc_now(),
            )
    with CaptureQueriesContext(connection) as full:
        page = client.get(url)
    assert page.status_code == 200
    # Cards bring their scores and events: three more queries, however many there are.
    assert len(full) <= len(bare) + 3
    assert len(page.content) < 200_000


def test_both_languages_are_complete(client_of: ClientOf, interview: Interview) -> None:
    client = client_of("algorithm_lead")
    client.cookies["touchstone_language"] = "en"
    page = client.get(reverse("room", args=[interview.ref])).content.decode()
    for words in ("Score sheet", "Not observed", "Start the clock", "To clear up face to face"):
        assert words in page
    assert "评分表" not in page


# --- following the room


@pytest.mark.django_db(transaction=True)
def test_followers_hear_of_a_change_within_a_second(interview: Interview, company: Company) -> None:
    client = AsyncClient()
    client.force_login(company.business_lead)

    async def follow() -> list[str]:
        from asgiref.sync import sync_to_async

        answer = await client.get(reverse("room-events", args=[interview.ref]))
        assert answer["Content-Type"] == "text/event-stream"
        heard: list[str] = []
        stream = aiter(answer.streaming_content)  # type: ignore[attr-defined]
        await anext(stream)
        heard.append((await asyncio.wait_for(anext(stream), 5)).decode())
        await sync_to_async(note_save)(
            actor=company.actor("algorithm_lead"),
            interview=interview,
            client_key="x",
            text="给小组",
            at=utc_now(),
            shared_now=True,
        )
        heard.append((await asyncio.wait_for(anext(stream), 2)).decode())
        await stream.aclose()
        return heard

    heard = asyncio.run(follow())
    # Coming in is the first thing that the others are told.
    assert "data: 1" in heard[0]
    assert "data: 2" in heard[1]
    assert PanelMember.objects.get(person=company.business_lead).last_seen_at is not None


@pytest.mark.parametrize(("name", "status"), [("stranger", 404), ("", 401)])
def test_strangers_do_not_follow(
    interview: Interview, company: Company, name: str, status: int
) -> None:
    client = sign_in(company.people[name] if name else None)
    assert client.get(reverse("room-events", args=[interview.ref])).status_code == status


def test_the_stream_ends_when_rights_end(interview: Interview, company: Company) -> None:
    from django.contrib.auth import get_user
    from django.http import HttpRequest

    from touchstone.desk.views.room import _still_there

    client = sign_in(company.business_lead)
    request = HttpRequest()
    request.session = client.session
    person = get_user(request)
    now = utc_now()
    assert _still_there(request, person, interview, now)  # type: ignore[arg-type]
    assert PanelMember.objects.get(person=company.business_lead).last_seen_at == now
    panel_remove(
        actor=company.actor("recruiter"),
        interview=interview,
        seat=interview.panel.get(person=company.business_lead),
        at=now,
    )
    assert not _still_there(request, person, interview, now)  # type: ignore[arg-type]


def test_a_stream_ends_with_the_session(interview: Interview, company: Company) -> None:
    from django.http import HttpRequest

    from touchstone.desk.views.room import _still_there

    client = sign_in(company.business_lead)
    request = HttpRequest()
    request.session = client.session
    client.logout()
    assert not _still_there(request, company.business_lead, interview, utc_now())


# --- recordings


def consent(interview: Interview, *, granted: bool = True) -> Consent:
    return Consent.objects.create(
        candidate=interview.application.candidate,
        purpose="recording",
        granted=granted,
        text_version="1",
        text_sha256="0" * 64,
        at=utc_now(),
    )


def upload(client: Client, interview: Interview, data: bytes, name: str = "talk.mp4") -> Any:
    begun = send(client, "recording-upload", interview, name=name, size=len(data))
    if begun.status_code != 200:
        return begun
    half = len(data) // 2
    url = f"{reverse('recording-upload', args=[interview.ref])}?upload={begun.json()['upload']}"
    headers = {"accept": "application/json"}
    for offset, part in ((0, data[:half]), (half, data[half:])):
        answer = client.put(
            url,
            part,
            content_type="application/octet-stream",
            headers={**headers, "upload-offset": str(offset)},
        )
    return answer


async def whole(content: Any) -> bytes:
    return b"".join([block async for block in content])


def test_without_consent_there_is_no_recording(client_of: ClientOf, interview: Interview) -> None:
    assert upload(client_of("algorithm_lead"), interview, b"x" * 100).status_code == 422
    consent(interview, granted=False)
    assert upload(client_of("algorithm_lead"), interview, b"x" * 100).status_code == 422
    assert not interview.recordings.exists()


@pytest.mark.usefixtures("storage")
def test_an_upload_goes_on_where_it_stopped(client_of: ClientOf, interview: Interview) -> None:
    consent(interview)
    client = client_of("algorithm_lead")
    data = bytes(range(256)) * 40
    begun = send(client, "recording-upload", interview, name="a.mp4", size=len(data)).json()
    url = f"{reverse('recording-upload', args=[interview.ref])}?upload={begun['upload']}"
    kind = "application/octet-stream"
    client.put(url, data[:4000], content_type=kind, headers={"upload-offset": "0"})
    wrong = client.put(
        url,
        data[9000:],
        content_type=kind,
        headers={"upload-offset": "9000", "accept": "application/json"},
    )
    assert wrong.status_code == 409
    assert wrong.json()["theirs"] == {"received": 4000}
    again = send(client, "recording-upload", interview, name="a.mp4", size=len(data)).json()
    assert again == {"upload": begun["upload"], "received": 4000}
    done = client.put(url, data[4000:], content_type=kind, headers={"upload-offset": "4000"})
    assert done.json() == {"received": len(data), "done": True}
    stored = interview.recordings.get()
    assert stored.file is not None
    assert stored.file.size == len(data)
    assert file_bytes(stored.file) == data
    assert list(store().keys("uploads/")) == []


@pytest.mark.usefixtures("storage")
def test_an_upload_whose_pieces_were_lost_begins_again(
    client_of: ClientOf, interview: Interview
) -> None:
    consent(interview)
    client = client_of("algorithm_lead")
    data = b"0123456789" * 100
    begun = send(client, "recording-upload", interview, name="a.mp4", size=len(data)).json()
    url = f"{reverse('recording-upload', args=[interview.ref])}?upload={begun['upload']}"

    def put(offset: int, piece: bytes) -> Any:
        headers = {"upload-offset": str(offset), "accept": "application/json"}
        return client.put(url, piece, content_type="application/octet-stream", headers=headers)

    put(0, data[:400])
    store().delete(next(store().keys(f"uploads/{begun['upload']}/")))
    lost = put(400, data[400:])
    assert lost.status_code == 409
    assert lost.json()["theirs"] == {"received": 0}
    assert not interview.recordings.exists()
    put(0, data[:400])
    assert put(400, data[400:]).json()["done"]


def test_an_upload_waits_while_the_bucket_is_away(
    client_of: ClientOf, interview: Interview, bucket: Bucket, settings: Any
) -> None:
    consent(interview)
    settings.FILES_BUCKET = bucket
    client = client_of("algorithm_lead")
    begun = send(client, "recording-upload", interview, name="a.mp4", size=10).json()
    url = f"{reverse('recording-upload', args=[interview.ref])}?upload={begun['upload']}"
    headers = {"upload-offset": "0", "accept": "application/json"}
    kind = "application/octet-stream"
    settings.FILES_BUCKET = dataclasses.replace(bucket, name="gone")
    refused = client.put(url, b"0123456789", content_type=kind, headers=headers)
    assert refused.status_code >= 500
    assert "NoSuchBucket" in refused.json()["detail"]
    settings.FILES_BUCKET = bucket
    assert client.put(url, b"0123456789", content_type=kind, headers=headers).json()["done"]


@pytest.mark.usefixtures("storage")
def test_a_recording_plays_by_range_for_those_who_may_and_only_for_a_while(
    client_of: ClientOf, interview: Interview, company: Company
) -> None:
    permission = consent(interview)
    data = bytes(range(256)) * 4
    lead = client_of("algorithm_lead")
    assert upload(lead, interview, data).json()["done"]
    recording = interview.recordings.get()
    page = lead.get(reverse("room", args=[interview.ref]))
    url = page.context["recordings"][0][1]
    part = lead.get(url, headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 10-19/{len(data)}"
    played = asyncio.run(whole(part.streaming_content))  # type: ignore[attr-defined]
    assert played == data[10:20]
    assert lead.get(url, headers={"range": "bytes=99999-"}).status_code == 416
    # Somebody else's link, no link, a stranger, consent withdrawn.
    assert client_of("business_lead").get(url).status_code == 403
    bare = reverse("recording", args=[recording.ref])
    assert lead.get(bare).status_code == 403
    assert client_of("stranger").get(url).status_code == 404
    assert lead.get(f"{bare}?link=1", headers={"accept": "application/json"}).json()["url"]
    permission.withdrawn_at = utc_now()
    permission.save()
    assert lead.get(url).status_code == 403


def test_other_files_are_not_taken(client_of: ClientOf, interview: Interview) -> None:
    consent(interview)
    client = client_of("algorithm_lead")
    for name, size in (("x.html", 10), ("x.mp4", 0), ("x.mp4", 5 * 2**30)):
        answer = send(client, "recording-upload", interview, name=name, size=size)
        assert answer.status_code == 422
