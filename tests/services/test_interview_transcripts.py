"""The words of a recording: three sources, consent, time, and what people confirm out of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import ipaddress
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from tests.company import Company
from touchstone.audit.pieces import scratch_file
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import InvalidInput, NotAllowed, TemporaryOutsideError
from touchstone.engine.listening.segments import Segment
from touchstone.evaluation.services.erasure import candidate_erase
from touchstone.integrations.simulators.speech import SENTENCES, SimulatedSpeech
from touchstone.integrations.speech.configured import speech_service
from touchstone.interviews.models import Interview, PointMark, Recording, Transcript
from touchstone.interviews.services.heard_points import heard_decide
from touchstone.interviews.services.recordings import (
    recording_erase,
    recording_store,
)
from touchstone.interviews.services.room import mark_save, question_ask
from touchstone.interviews.services.transcript_making import transcript_make
from touchstone.interviews.services.transcript_wishes import transcript_wanted
from touchstone.interviews.services.transcripts import (
    MEETING,
    PERSON,
    SPEECH,
    recordings_expire,
    segments_of,
    transcript_bring,
    transcript_keep,
    transcript_speaker_set,
)
from touchstone.portal.my_data import data_of
from touchstone.recruiting.models import Consent
from touchstone.recruiting.services.consents import consent_give

SOUND = b"RIFF....WAVEfmt " + b"x" * 500
VTT = """WEBVTT

00:00:02.000 --> 00:00:06.000
<v 沈砚>两个标注员的结果差得很远，你会怎么办？

00:00:10.000 --> 00:00:16.000
<v 陆遥>我会先算标注一致性，比如 Kappa，看分歧集中在哪些类别。

00:00:17.000 --> 00:00:25.000
<v 陆遥>然后把有分歧的样本拿出来讨论，修订标注规范，补充例子。
""".encode()
KIT = {
    "lang": "zh",
    "questions": [
        {
            "code": "own-1",
            "text": {
                "zh": "两个标注员的结果差得很远，你会怎么办？",
                "en": "Two annotators disagree.",
            },
            "title": {"zh": "标注分歧", "en": "Disagreement"},
            "indicators": ["tech.data"],
            "rubric": {
                "key_points": [
                    {
                        "id": "k1",
                        "weight": 1,
                        "text": {
                            "zh": "先算标注一致性，例如 Kappa，看分歧集中在哪些类别",
                            "en": "Measure agreement first",
                        },
                    },
                    {
                        "id": "k2",
                        "weight": 1,
                        "text": {
                            "zh": "把有分歧的样本拿出来讨论，修订标注规范并补充例子",
                            "en": "Discuss, revise the guideline",
                        },
                    },
                    {
                        "id": "k3",
                        "weight": 1,
                        "text": {
                            "zh": "抽检返工后的数据，确认模型指标恢复",
                            "en": "Check the data again",
                        },
                    },
                ]
            },
        }
    ],
}


BOTH = (Consent.Purpose.RECORDING, Consent.Purpose.TRANSCRIPT)


def agree(
    interview: Interview,
    at: dt.datetime,
    *,
    granted: bool = True,
    purposes: Sequence[str] = BOTH,
) -> None:
    """The candidate's word on being recorded and written down."""
    candidate = interview.application.candidate
    for purpose in purposes:
        consent_give(
            actor=Actor("candidate", candidate.ref, candidate.name),
            candidate=candidate,
            purpose=purpose,
            granted=granted,
            at=at,
        )


def stored(interview: Interview, at: dt.datetime, **more: Any) -> Recording:
    with scratch_file() as part:
        part.write_bytes(SOUND)
        return recording_store(
            actor=SYSTEM,
            interview=interview,
            part=part,
            name="talk.wav",
            source=more.pop("source", "upload"),
            at=at,
            **more,
        )


@pytest.fixture
def recording(interview: Interview, now: dt.datetime, files_dir: Path) -> Recording:
    """A recording of a talk whose one question was asked at its beginning."""
    Interview.objects.filter(pk=interview.pk).update(kit=KIT, started_at=now)
    interview.refresh_from_db()
    agree(interview, now)
    return stored(interview, now)


@pytest.fixture
def transcript(recording: Recording, company: Company, now: dt.datetime) -> Transcript:
    return transcript_bring(
        actor=company.actor("algorithm_lead"), recording=recording, data=VTT, at=now
    )


@pytest.fixture
def speech(settings: Any) -> Iterator[SimulatedSpeech]:
    simulator = SimulatedSpeech()
    simulator.start()
    settings.SPEECH_BASE = f"{simulator.base}/v1"
    settings.SPEECH_KEY, settings.SPEECH_MODEL = simulator.key, simulator.model
    settings.SPEECH_TIMEOUT_S = 5
    yield simulator
    simulator.stop()


# --- the speech service


def test_without_a_service_nothing_is_asked_for(recording: Recording) -> None:
    assert not Transcript.objects.exists()
    assert not DBTaskResult.objects.filter(task_path__endswith="transcript_make").exists()


def test_a_stored_recording_is_written_down_by_a_job(
    speech: SimulatedSpeech,
    interview: Interview,
    now: dt.datetime,
    files_dir: Path,
    run_jobs: Callable[[], int],
) -> None:
    agree(interview, now)
    recording = stored(interview, now)
    assert Transcript.objects.get(recording=recording).status == Transcript.Status.WAITING
    assert speech.received == type(speech.received)([], maxlen=speech.received.maxlen)
    run_jobs()
    kept = Transcript.objects.get(recording=recording)
    assert (kept.status, kept.source, kept.language) == ("ready", SPEECH, "zh")
    assert [s.text for s in segments_of(kept)] == list(SENTENCES)
    assert speech.received[-1].detail["bytes"] == len(SOUND)
    assert not list(files_dir.rglob("*.part"))
    # The job again does nothing: the words are there.
    assert transcript_make(recording_ref=recording.ref, at=now) == "there already"


def test_a_service_that_is_away_is_tried_again_and_a_refusal_is_told(
    speech: SimulatedSpeech, interview: Interview, now: dt.datetime, files_dir: Path
) -> None:
    agree(interview, now)
    recording = stored(interview, now)
    speech.fault("http_500")
    with pytest.raises(TemporaryOutsideError):
        transcript_make(recording_ref=recording.ref, at=now)
    assert Transcript.objects.get().status == Transcript.Status.WAITING
    speech.fault("unreadable")
    assert transcript_make(recording_ref=recording.ref, at=now) == "speech.unreadable"
    failed = Transcript.objects.get()
    assert (failed.status, failed.failure["id"]) == ("failed", "speech.unreadable")
    # A person asks again; nothing is lost.
    transcript_wanted(recording=recording, at=now)
    assert transcript_make(recording_ref=recording.ref, at=now) == "3 segments"


def test_a_recording_beyond_the_limit_is_told_before_it_is_sent(
    speech: SimulatedSpeech,
    interview: Interview,
    now: dt.datetime,
    files_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("touchstone.audit.hearing.sound_program", lambda: "")
    agree(interview, now)
    recording = stored(interview, now)
    service = speech_service()
    assert service is not None
    small = dataclasses.replace(service, largest=10)
    assert transcript_make(recording_ref=recording.ref, at=now, service=small) == "too large"
    assert Transcript.objects.get().failure["id"] == "speech.too_large"
    assert not speech.received


def test_consent_withdrawn_on_the_way_keeps_no_words(
    speech: SimulatedSpeech, interview: Interview, now: dt.datetime, files_dir: Path
) -> None:
    agree(interview, now)
    recording = stored(interview, now)

    def withdrawn(_data: bytes, _language: str) -> list[dict[str, Any]]:
        return [{"start": 0.0, "end": 1.0, "text": "不该留下"}]

    speech.script = withdrawn
    agree(interview, now + dt.timedelta(minutes=1), granted=False)
    assert transcript_make(recording_ref=recording.ref, at=now) == "no consent"
    assert not speech.received


def test_the_address_is_checked_like_every_other(settings: Any) -> None:
    settings.SPEECH_BASE, settings.SPEECH_MODEL = "http://10.0.0.1/v1", "m"
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("10.0.0.0/8")]
    service = speech_service()
    assert service is not None
    assert ipaddress.ip_network("10.0.0.0/8") in service.networks
    settings.SPEECH_MODEL = ""
    assert speech_service() is None


# --- three sources


def test_a_better_source_replaces_a_worse_one_and_never_the_other_way(
    recording: Recording, company: Company, now: dt.datetime
) -> None:
    def keep(source: str, text: str) -> Transcript:
        kept = transcript_keep(
            actor=SYSTEM, recording=recording, source=source, segments=[Segment(1, 2, text)], at=now
        )
        assert kept is not None
        return kept

    assert keep(SPEECH, "语音服务").segments[0]["text"] == "语音服务"
    assert keep(MEETING, "会议服务").segments[0]["text"] == "会议服务"
    assert keep(SPEECH, "又来了").segments[0]["text"] == "会议服务"
    brought = transcript_bring(
        actor=company.actor("algorithm_lead"), recording=recording, data=VTT, at=now
    )
    assert (brought.source, brought.brought_by) == (PERSON, company.algorithm_lead)
    assert keep(MEETING, "会议服务").source == PERSON
    assert Transcript.objects.count() == 1


def test_a_persons_file_needs_a_seat_and_a_time_in_it(
    recording: Recording, company: Company, now: dt.datetime
) -> None:
    def bring(who: str, data: bytes) -> Transcript:
        return transcript_bring(actor=company.actor(who), recording=recording, data=data, at=now)

    with pytest.raises(NotAllowed):
        bring("recruiter", VTT)
    for data, message in (
        ("没有时间".encode(), "interviews.transcript_unreadable"),
        (b"\xff\xfe\xfa\xff\x00\x81", "interviews.transcript_unreadable"),
        (b"", "interviews.transcript_unreadable"),
        (b"0" * (4 * 2**20 + 1), "interviews.transcript_size"),
    ):
        with pytest.raises(InvalidInput) as caught:
            bring("algorithm_lead", data)
        assert caught.value.message.id == message
    assert not Transcript.objects.exists()
    assert bring("algorithm_lead", "00:02 陆遥：你好".encode("gb18030")).segments == [
        {"start": 2.0, "end": 10.0, "text": "你好", "speaker": "陆遥"}
    ]


# --- what ends it


def test_withdrawing_consent_deletes_recording_words_and_confirmed_quotes(
    transcript: Transcript,
    interview: Interview,
    company: Company,
    now: dt.datetime,
    run_jobs: Callable[[], int],
) -> None:
    heard_decide(
        actor=company.actor("algorithm_lead"),
        transcript=transcript,
        question="own-1",
        point="k1",
        decision="yes",
        at=now,
    )
    agree(interview, now + dt.timedelta(hours=1), granted=False)
    run_jobs()
    recording = Recording.objects.select_related("file").get()
    assert recording.deleted_at is not None
    assert recording.file is not None
    assert recording.file.erased_at is not None
    assert not Transcript.objects.exists()
    mark = PointMark.objects.get()
    assert (mark.mark, mark.quote, mark.at_second) == ("full", "", None)


def test_taking_back_the_words_alone_leaves_the_recording(
    transcript: Transcript,
    recording: Recording,
    interview: Interview,
    company: Company,
    now: dt.datetime,
    run_jobs: Callable[[], int],
) -> None:
    only = (Consent.Purpose.TRANSCRIPT,)
    agree(interview, now + dt.timedelta(minutes=1), granted=False, purposes=only)
    run_jobs()
    recording.refresh_from_db()
    assert recording.deleted_at is None
    assert not Transcript.objects.exists()
    with pytest.raises(InvalidInput) as caught:
        transcript_bring(
            actor=company.actor("algorithm_lead"), recording=recording, data=VTT, at=now
        )
    assert caught.value.message.id == "interviews.transcript_no_consent"


def test_without_consent_to_words_a_recording_is_not_sent(
    speech: SimulatedSpeech, interview: Interview, now: dt.datetime, files_dir: Path
) -> None:
    agree(interview, now, purposes=(Consent.Purpose.RECORDING,))
    recording = stored(interview, now)
    assert not Transcript.objects.exists()
    transcript_wanted(recording=recording, at=now)
    assert transcript_make(recording_ref=recording.ref, at=now) == "no consent"
    assert not speech.received


def test_a_consent_given_again_before_the_job_keeps_everything(
    transcript: Transcript, interview: Interview, now: dt.datetime, run_jobs: Callable[[], int]
) -> None:
    agree(interview, now + dt.timedelta(minutes=1), granted=False)
    agree(interview, now + dt.timedelta(minutes=2))
    run_jobs()
    assert Transcript.objects.filter(pk=transcript.pk).exists()


def test_words_end_on_the_recordings_day(transcript: Transcript, now: dt.datetime) -> None:
    assert recordings_expire(actor=SYSTEM, at=now + dt.timedelta(days=89)) == 0
    assert recordings_expire(actor=SYSTEM, at=now + dt.timedelta(days=90)) == 1
    assert not Transcript.objects.exists()
    assert recordings_expire(actor=SYSTEM, at=now + dt.timedelta(days=91)) == 0


def test_nothing_is_kept_for_a_deleted_recording(
    transcript: Transcript, recording: Recording, now: dt.datetime
) -> None:
    recording_erase(actor=SYSTEM, recording=recording, at=now)
    kept = transcript_keep(
        actor=SYSTEM, recording=recording, source=PERSON, segments=[Segment(1, 2, "x")], at=now
    )
    assert kept is None
    assert not Transcript.objects.exists()


def test_the_candidates_own_archive_has_the_words(
    transcript: Transcript, interview: Interview, now: dt.datetime
) -> None:
    (application,) = data_of(interview.application.candidate, at=now)["applications"]
    (said,) = application["said_in_interviews"]
    assert said["text"][1]["text"].startswith("我会先算标注一致性")
    assert said["deleted_on"] == transcript.recording.delete_on


def test_erasing_a_person_erases_the_words(
    transcript: Transcript, interview: Interview, company: Company, now: dt.datetime
) -> None:
    done = candidate_erase(
        actor=company.actor("recruiter"), candidate=interview.application.candidate, at=now
    )
    assert done.counts["transcripts"] == 1
    assert not Transcript.objects.exists()


# --- key points heard


def proposed(transcript: Transcript) -> list[tuple[str, float]]:
    return [(p["point"], p["start"]) for p in transcript.proposals]


def test_key_points_are_proposed_with_quote_and_second(transcript: Transcript) -> None:
    assert proposed(transcript) == [("k1", 10.0), ("k2", 17.0)]
    assert transcript.candidate_speaker == "陆遥"
    first = transcript.proposals[0]
    assert first["quote"] in transcript.segments[first["segments"][0]]["text"]


def test_a_question_asked_later_hears_only_what_followed(
    recording: Recording, company: Company, interview: Interview, now: dt.datetime
) -> None:
    actor = company.actor("algorithm_lead")
    asked = question_ask(actor=actor, interview=interview, code="own-1", at_second=24)
    recording.interview = asked
    kept = transcript_bring(actor=actor, recording=recording, data=VTT, at=now)
    assert proposed(kept) == [("k2", 17.0)]


def test_naming_the_candidates_voice_listens_again(
    transcript: Transcript, company: Company, now: dt.datetime
) -> None:
    actor = company.actor("business_lead")
    changed = transcript_speaker_set(actor=actor, transcript=transcript, speaker="沈砚", at=now)
    assert changed.proposals == []
    changed = transcript_speaker_set(actor=actor, transcript=transcript, speaker="", at=now)
    assert proposed(changed) == [("k1", 10.0), ("k2", 17.0)]
    with pytest.raises(InvalidInput):
        transcript_speaker_set(actor=actor, transcript=transcript, speaker="没有这个人", at=now)
    with pytest.raises(NotAllowed):
        transcript_speaker_set(
            actor=company.actor("recruiter"), transcript=transcript, speaker="陆遥", at=now
        )


def test_a_person_confirms_declines_and_takes_back(
    transcript: Transcript, company: Company, now: dt.datetime
) -> None:
    def decide(who: str, point: str, decision: str) -> PointMark:
        return heard_decide(
            actor=company.actor(who),
            transcript=transcript,
            question="own-1",
            point=point,
            decision=decision,
            at=now,
        )

    yes = decide("algorithm_lead", "k1", "yes")
    assert (yes.mark, yes.at_second, yes.declined) == ("full", 10, False)
    assert yes.quote.startswith("我会先算标注一致性")
    no = decide("algorithm_lead", "k1", "no")
    assert (no.mark, no.quote, no.at_second, no.declined) == ("", "", None, True)
    back = decide("algorithm_lead", "k1", "")
    assert (back.mark, back.declined) == ("", False)
    # What was marked by ear during the talk is no machine's to take.
    mark_save(
        actor=company.actor("business_lead"),
        interview=transcript.recording.interview,
        code="own-1",
        point="k2",
        mark="part",
        at=now,
    )
    assert decide("business_lead", "k2", "no").mark == "part"
    for point, decision in (("k3", "yes"), ("k1", "maybe")):
        with pytest.raises(InvalidInput):
            decide("algorithm_lead", point, decision)
    with pytest.raises(NotAllowed):
        decide("recruiter", "k1", "yes")


def test_confirming_twice_is_confirming_once(
    transcript: Transcript, company: Company, now: dt.datetime
) -> None:
    for _ in range(2):
        heard_decide(
            actor=company.actor("algorithm_lead"),
            transcript=transcript,
            question="own-1",
            point="k1",
            decision="yes",
            at=now,
        )
    assert PointMark.objects.count() == 1
