"""A talk afterwards: who sees its words, what a click confirms, and what stays blind."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.company import Company
from tests.services.test_interview_transcripts import KIT, VTT, agree, stored
from tests.views.test_room import submit
from touchstone.common.actors import SYSTEM
from touchstone.common.messages import Message, render, say
from touchstone.desk.report_page import evidence_url
from touchstone.engine.listening.segments import Segment
from touchstone.evaluation.services.report_facts import report_facts
from touchstone.evaluation.services.round_context import round_context
from touchstone.integrations.simulators.speech import SimulatedSpeech
from touchstone.interviews.models import Interview, PointMark, Recording, Transcript
from touchstone.interviews.services.heard_points import heard_decide
from touchstone.interviews.services.room import note_save, panel_remove
from touchstone.interviews.services.transcript_wishes import transcript_failed, transcript_wanted
from touchstone.interviews.services.transcripts import transcript_bring, transcript_keep
from touchstone.recruiting.models import Consent

ClientOf = Callable[[str], Client]
JSON = {"accept": "application/json"}


@pytest.fixture
def recording(interview: Interview, now: dt.datetime, files_dir: Path) -> Recording:
    Interview.objects.filter(pk=interview.pk).update(
        kit=KIT, started_at=now, status=Interview.Status.DONE
    )
    interview.refresh_from_db()
    agree(interview, now)
    return stored(interview, now, starts_at_second=5)


@pytest.fixture
def transcript(recording: Recording, company: Company, now: dt.datetime) -> Transcript:
    return transcript_bring(
        actor=company.actor("algorithm_lead"), recording=recording, data=VTT, at=now
    )


def url(interview: Interview) -> str:
    return reverse("replay", args=[interview.ref])


def decide(client: Client, recording: Recording, point: str, decision: str) -> Any:
    return client.post(
        reverse("recording-heard", args=[recording.ref]),
        json.dumps({"question": "own-1", "point": point, "decision": decision}),
        content_type="application/json",
        headers=JSON,
    )


def bring(client: Client, recording: Recording, **fields: Any) -> Any:
    return client.post(reverse("recording-words", args=[recording.ref]), fields)


# --- what is on the page


def test_words_notes_and_points_stand_together(
    transcript: Transcript,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    # The room's second 16 is the recording's second 11: within the first answer.
    note_save(
        actor=company.actor("algorithm_lead"),
        interview=interview,
        client_key="n1",
        text="一致性说得清楚",
        at=now,
        at_second=16,
    )
    page = client_of("algorithm_lead").get(url(interview))
    (moment,) = page.context["replay"].notes
    assert (moment.at_s, moment.line.number) == (11, 1)
    text = page.content.decode()
    assert text.count("我会先算标注一致性，比如 Kappa，看分歧集中在哪些类别。") == 2
    assert 'data-hear="11" data-line="1"' in text
    (question,) = page.context["replay"].questions
    assert [(p.id, p.at_s, p.decision) for p in question.points] == [
        ("k1", 10.0, ""),
        ("k2", 17.0, ""),
        ("k3", None, ""),
    ]
    assert page.context["replay"].undecided == 2
    assert "整段话都找了一遍" in text


def test_hostile_words_stay_words(
    recording: Recording, interview: Interview, client_of: ClientOf, now: dt.datetime
) -> None:
    bad = '<script>alert(1)</script>"onload=x'
    transcript_keep(
        actor=SYSTEM,
        recording=recording,
        source="speech",
        segments=[Segment(1, 2, bad, bad)],
        at=now,
    )
    text = client_of("algorithm_lead").get(url(interview)).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_room_leads_there(
    transcript: Transcript, interview: Interview, client_of: ClientOf
) -> None:
    page = client_of("algorithm_lead").get(reverse("room", args=[interview.ref]))
    assert url(interview) in page.content.decode()


def test_the_number_of_queries_is_fixed(
    recording: Recording,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    client = client_of("algorithm_lead")
    client.get(url(interview))
    with CaptureQueriesContext(connection) as bare:
        client.get(url(interview))
    talk = [Segment(n, n + 1, f"第 {n} 句话", "陆遥") for n in range(900)]
    transcript_keep(actor=SYSTEM, recording=recording, source="meeting", segments=talk, at=now)
    for name in ("algorithm_lead", "business_lead", "hr_interviewer"):
        submit(company, interview, name)
        for n in range(6):
            note_save(
                actor=company.actor(name),
                interview=interview,
                client_key=f"n{n}",
                text="记一条",
                at=now,
                at_second=n * 10,
            )
    with CaptureQueriesContext(connection) as full:
        page = client.get(url(interview), headers={"accept-encoding": "gzip"})
    assert len(full) <= len(bare)
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < 80_000


def test_both_languages_are_complete(
    transcript: Transcript, interview: Interview, client_of: ClientOf
) -> None:
    client = client_of("algorithm_lead")
    client.cookies["touchstone_language"] = "en"
    text = client.get(url(interview)).content.decode()
    for words in ("What was said", "Key points heard", "found by the machine", "Store the words"):
        assert words in text
    assert "要点听到没有" not in text


def test_a_note_in_a_long_silence_stands_alone(
    transcript: Transcript,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    # The recording begins at the room's second 5 and its last words end at the second 25.
    for number, second in enumerate((2, 55, 61)):
        note_save(
            actor=company.actor("algorithm_lead"),
            interview=interview,
            client_key=f"n{number}",
            text="记一条",
            at=now,
            at_second=second,
        )
    page = client_of("algorithm_lead").get(url(interview))
    found = [(m.at_s, m.line.number if m.line else None) for m in page.context["replay"].notes]
    assert found == [(None, None), (50, 2), (56, None)]


# --- who sees it


def test_consent_withdrawn_closes_words_at_once(
    transcript: Transcript,
    recording: Recording,
    interview: Interview,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    agree(interview, now + dt.timedelta(minutes=1), granted=False)
    client = client_of("algorithm_lead")
    text = client.get(url(interview)).content.decode()
    assert "Kappa" not in text.replace("例如 Kappa", "")
    assert "没有能回放的录制" in text
    assert decide(client, recording, "k1", "yes").status_code == 404
    assert bring(client, recording, do="bring", typed="00:01 你好").status_code == 404


def test_without_consent_to_words_the_recording_alone_is_there(
    transcript: Transcript,
    recording: Recording,
    interview: Interview,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    agree(interview, now, granted=False, purposes=(Consent.Purpose.TRANSCRIPT,))
    client = client_of("algorithm_lead")
    page = client.get(url(interview))
    text = page.content.decode()
    assert "data-recording" in text
    assert "没有同意把面试转成文字" in text
    assert "我会先算标注一致性" not in text
    assert not page.context["replay"].lines
    assert decide(client, recording, "k1", "yes").status_code == 404
    assert bring(client, recording, do="bring", typed="00:01 你好").status_code == 422


@pytest.mark.parametrize("name", ["stranger", "auditor"])
def test_strangers_and_those_who_only_look_write_nothing(
    transcript: Transcript,
    recording: Recording,
    interview: Interview,
    client_of: ClientOf,
    name: str,
) -> None:
    client = client_of(name)
    assert decide(client, recording, "k1", "yes").status_code in {403, 404}
    assert bring(client, recording, do="bring", typed="00:01 你好").status_code in {403, 404}
    assert bring(client, recording, do="ask").status_code in {403, 404}
    assert not PointMark.objects.exists()
    if name == "stranger":
        assert client.get(url(interview)).status_code == 404


def test_whoever_is_taken_off_the_panel_loses_it(
    transcript: Transcript,
    recording: Recording,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    client = client_of("business_lead")
    assert client.get(url(interview)).status_code == 200
    seat = interview.panel.get(person=company.business_lead)
    panel_remove(actor=company.actor("recruiter"), interview=interview, seat=seat, at=now)
    assert client.get(url(interview)).status_code == 404
    assert decide(client, recording, "k1", "yes").status_code in {403, 404}


def test_a_recruiter_reads_and_does_not_decide(
    transcript: Transcript, recording: Recording, interview: Interview, client_of: ClientOf
) -> None:
    client = client_of("recruiter")
    text = client.get(url(interview)).content.decode()
    assert "我会先算标注一致性" in text
    assert "data-decide" not in text
    assert decide(client, recording, "k1", "yes").status_code == 403


def test_others_confirmations_stay_closed_until_ones_own_sheet_is_in(
    transcript: Transcript,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    heard_decide(
        actor=company.actor("business_lead"),
        transcript=transcript,
        question="own-1",
        point="k1",
        decision="yes",
        at=now,
    )
    client = client_of("algorithm_lead")
    page = client.get(url(interview))
    assert page.context["replay"].closed
    assert "也确认了" not in page.content.decode()
    submit(company, interview, "algorithm_lead")
    page = client.get(url(interview))
    assert f"{company.business_lead.name} 也确认了" in page.content.decode()
    # Their "no" is nobody else's business.
    heard_decide(
        actor=company.actor("business_lead"),
        transcript=transcript,
        question="own-1",
        point="k1",
        decision="no",
        at=now,
    )
    assert "也确认了" not in client.get(url(interview)).content.decode()


# --- what a click does


def test_a_click_confirms_declines_and_takes_back(
    transcript: Transcript, recording: Recording, interview: Interview, client_of: ClientOf
) -> None:
    client = client_of("algorithm_lead")
    assert decide(client, recording, "k1", "yes").json() == {"decision": "yes", "mark": "full"}
    mark = PointMark.objects.get()
    assert (mark.at_second, mark.quote[:5]) == (15, "我会先算标")
    assert client.get(url(interview)).context["replay"].undecided == 1
    assert decide(client, recording, "k1", "no").json() == {"decision": "no", "mark": ""}
    assert decide(client, recording, "k1", "").json() == {"decision": "", "mark": ""}
    refused = decide(client, recording, "k3", "yes")
    assert refused.status_code == 422
    assert "刷新" in refused.json()["detail"]


def test_words_are_brought_as_a_file_or_typed(
    recording: Recording, interview: Interview, client_of: ClientOf
) -> None:
    client = client_of("algorithm_lead")
    answer = bring(client, recording, do="bring", words=SimpleUploadedFile("x.vtt", VTT))
    assert answer.status_code == 302
    assert answer["Location"] == f"{url(interview)}?of={recording.ref}"
    assert len(Transcript.objects.get().segments) == 3
    bring(client, recording, do="bring", typed="02:15 陆遥：自己写的")
    assert Transcript.objects.get().segments[0]["text"] == "自己写的"


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "bring", "typed": "这一行没有时间"},
        {"do": "bring"},
        {"do": "bring", "words": SimpleUploadedFile("x.vtt", b"\xff\xfe\x00\x81")},
        {"do": "speaker", "speaker": "没有这个人"},
        {"do": "ask"},
        {"do": "else"},
        {},
    ],
)
def test_what_cannot_be_used_is_refused_in_place_and_keeps_what_was_typed(
    transcript: Transcript, recording: Recording, client_of: ClientOf, fields: dict[str, Any]
) -> None:
    answer = bring(client_of("algorithm_lead"), recording, **fields)
    assert answer.status_code == 422
    assert 'class="note bad"' in answer.content.decode()
    if fields.get("typed"):
        assert fields["typed"] in answer.content.decode()
    assert Transcript.objects.get().segments == transcript.segments


def test_the_candidates_voice_is_chosen(
    transcript: Transcript, recording: Recording, client_of: ClientOf
) -> None:
    bring(client_of("business_lead"), recording, do="speaker", speaker="沈砚")
    assert Transcript.objects.get().proposals == []


@pytest.fixture
def speech(settings: Any) -> Iterator[SimulatedSpeech]:
    simulator = SimulatedSpeech()
    simulator.start()
    settings.SPEECH_BASE = f"{simulator.base}/v1"
    settings.SPEECH_KEY, settings.SPEECH_MODEL = simulator.key, simulator.model
    yield simulator
    simulator.stop()


def test_the_speech_service_is_asked_by_hand_and_its_refusal_is_shown(
    recording: Recording,
    interview: Interview,
    speech: SimulatedSpeech,
    client_of: ClientOf,
    now: dt.datetime,
    run_jobs: Callable[[], int],
) -> None:
    client = client_of("algorithm_lead")
    assert "转成文字" in client.get(url(interview)).content.decode()
    transcript_wanted(recording=recording, at=now)
    assert "正在转写" in client.get(url(interview)).content.decode()
    transcript_failed(recording=recording, why=say("speech.too_large", mb=25), at=now)
    assert "25 MB" in client.get(url(interview)).content.decode()
    assert bring(client, recording, do="ask").status_code == 302
    run_jobs()
    text = client.get(url(interview)).content.decode()
    assert "语音转写，可能有错字" in text
    assert "我负责电商场景的标注规范" in text


# --- a report's link to a note


def noted(company: Company, interview: Interview, key: str, second: int | None, at: Any) -> str:
    """A shared note, and where a report's evidence made of it leads."""
    note_save(
        actor=company.actor("algorithm_lead"),
        interview=interview,
        client_key=key,
        text=f"笔记 {key}",
        at_second=second,
        shared_now=True,
        at=at,
    )
    application = interview.application
    facts = report_facts(application, round_context(application.position, None))
    (piece,) = [e for e in facts["evidence"] if e["quote"] == f"笔记 {key}"]
    return evidence_url(piece["link"])


def test_a_reports_link_plays_the_notes_second(
    recording: Recording,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    lead = client_of("algorithm_lead")
    where = noted(company, interview, "n1", 20, now)
    assert where == f"{reverse('room', args=[interview.ref])}?at=20&note=n1"
    answer = lead.get(where)
    assert answer.status_code == 302
    assert answer["Location"] == f"{url(interview)}?of={recording.ref}&at=20&note=n1"
    assert 'data-key="n1"' in lead.get(answer["Location"]).content.decode()
    # Before the recording began, or after its end, there is nothing to hear.
    Recording.objects.filter(pk=recording.pk).update(duration_s=60)
    for second in (0, 4, 66):
        assert lead.get(f"{reverse('room', args=[interview.ref])}?at={second}").status_code == 200
    later = stored(interview, now, starts_at_second=70)
    answer = lead.get(f"{reverse('room', args=[interview.ref])}?at=75")
    assert answer["Location"] == f"{url(interview)}?of={later.ref}&at=75"
    # The replay by itself chooses the recording that holds the second, too.
    assert later.ref in lead.get(f"{url(interview)}?at=75").content.decode()


def test_without_a_recording_the_link_opens_the_note_in_the_room(
    interview: Interview, company: Company, client_of: ClientOf, now: dt.datetime
) -> None:
    timeless = noted(company, interview, "n0", None, now)
    assert timeless == f"{reverse('room', args=[interview.ref])}?note=n0"
    where = noted(company, interview, "n1", 20, now)
    for name in ("algorithm_lead", "business_lead"):
        answer = client_of(name).get(where)
        assert answer.status_code == 200
        assert 'data-key="n1"' in answer.content.decode()


def test_consent_withdrawn_takes_the_links_target_away(
    recording: Recording,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
    now: dt.datetime,
) -> None:
    where = noted(company, interview, "n1", 20, now)
    Consent.objects.filter(candidate=interview.application.candidate).update(withdrawn_at=now)
    assert client_of("algorithm_lead").get(where).status_code == 200


@pytest.mark.parametrize("at", ["x", "-1", "1e9", "99999999999999999999", "", "inf"])
def test_a_link_with_a_wrong_second_opens_the_room(
    recording: Recording, interview: Interview, client_of: ClientOf, at: str
) -> None:
    lead = client_of("algorithm_lead")
    Recording.objects.filter(pk=recording.pk).update(duration_s=60)
    for page in ("room", "replay"):
        answer = lead.get(f"{reverse(page, args=[interview.ref])}?at={at}")
        assert answer.status_code == 200


# --- where a confirmed point goes


def test_a_confirmed_point_stands_in_the_debrief_and_nowhere_before(
    transcript: Transcript,
    recording: Recording,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
) -> None:
    decide(client_of("business_lead"), recording, "k1", "yes")
    room = reverse("room", args=[interview.ref])
    words = "录制里确认听到的要点"
    lead = client_of("algorithm_lead")
    assert words not in lead.get(room).content.decode()
    submit(company, interview, "algorithm_lead")
    submit(company, interview, "business_lead")
    text = lead.get(room).content.decode()
    assert words in text
    assert f"00:15 · 标注分歧 · {company.business_lead.name}" in text


def test_a_confirmed_point_is_evidence_of_the_report(
    transcript: Transcript,
    recording: Recording,
    interview: Interview,
    company: Company,
    client_of: ClientOf,
) -> None:
    for name in ("algorithm_lead", "business_lead"):
        decide(client_of(name), recording, "k1", "yes")
    decide(client_of("algorithm_lead"), recording, "k2", "no")
    application = interview.application
    facts = report_facts(application, round_context(application.position, None))
    (heard,) = [e for e in facts["evidence"] if e["id"].startswith("h")]
    assert heard["quote"].startswith("我会先算标注一致性")
    assert (heard["indicator"], heard["dimension"]) == ("tech.data", "technical")
    assert evidence_url(heard["link"]) == f"{url(interview)}?at=15"
    message = Message(heard["source"]["id"], heard["source"]["args"])
    said = render(message, "zh")
    assert "沈砚、许念" in said
    assert "00:15" in said
    # It is evidence and moves no score.
    assert "h1" in facts["scores"]["indicators"][0]["evidence"]

    def bare(found: dict[str, Any]) -> list[dict[str, Any]]:
        rows = [*found["scores"]["indicators"], *found["scores"]["dimensions"]]
        return [{k: v for k, v in row.items() if k != "evidence"} for row in rows]

    decide(client_of("business_lead"), recording, "k1", "")
    decide(client_of("algorithm_lead"), recording, "k1", "")
    again = report_facts(application, round_context(application.position, None))
    assert bare(again) == bare(facts)
    assert not [e for e in again["evidence"] if e["id"].startswith("h")]
