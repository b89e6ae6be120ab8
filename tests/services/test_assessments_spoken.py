"""Spoken answers: sent in pieces, kept while consent holds, heard, graded, taken back, deleted."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from tests.company import Company
from tests.services.test_assessments_grading import GOOD, bank
from touchstone.assessments.models import AttemptItem, Grading, SpokenTake, SpokenWords, TaskKind
from touchstone.assessments.services.grading import grading_by_person, items_grade
from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
from touchstone.assessments.services.sittings import (
    GRACE,
    attempt_start,
    attempts_close_expired,
    draft_save,
    item_start,
    item_submit,
)
from touchstone.assessments.services.spoken import (
    ARRIVES_WITHIN,
    KEEP,
    own_takes_erase,
    take_begin,
    take_receive,
    takes_expire,
    takes_withdrawn,
    unfinished_drop,
)
from touchstone.assessments.services.spoken_wishes import words_wanted
from touchstone.assessments.services.spoken_words import typed_text, words_make, words_type
from touchstone.assessments.spoken import MOST_TAKES, Form, form_of, kept_take, largest
from touchstone.audit.files import file_bytes, store
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import Conflict, InvalidInput, NotFound, TemporaryOutsideError
from touchstone.engine.listening.media import media_type
from touchstone.evaluation.services.erasure import candidate_erase
from touchstone.integrations.simulators.speech import SENTENCES, SimulatedSpeech
from touchstone.portal.my_data import archive_of, data_of
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Consent
from touchstone.recruiting.services.consents import consent_give

WEBM = b"\x1aE\xdf\xa3\x9fB\x82\x84webmB\x87\x81\x04" + b"\xae\x86\x85V_VP8" + b"seen" * 300
SOUND = b"\x1aE\xdf\xa3\x9fB\x82\x84webmB\x87\x81\x04" + b"\xae\x86\x86A_OPUS" + b"said" * 200


@pytest.fixture
def item(
    company: Company, position: Position, application: Application, now: dt.datetime
) -> AttemptItem:
    """A communication task that was begun, of a candidate who agreed to speak."""
    bank(now)
    actor = company.actor("recruiter")
    tasks = [
        Task(TaskKind.COMMUNICATION, "scn-1", "communication", 20),
        Task(TaskKind.SCENARIO, "biz-1", "business", 20),
    ]
    paper = paper_save(actor=actor, position=position, title="测评", tasks=tasks, at=now)
    attempt = attempt_invite(actor=actor, application=application, paper=paper, at=now)
    agree(application, "assessment", at=now)
    agree(application, "spoken_answer", at=now)
    attempt_start(attempt=attempt, at=now)
    return item_start(item=attempt.items.get(item__kind=TaskKind.COMMUNICATION), at=now)


def agree(
    application: Application, purpose: str, *, at: dt.datetime, granted: bool = True
) -> Consent:
    return consent_give(
        actor=Actor("candidate", application.candidate.ref),
        candidate=application.candidate,
        purpose=purpose,
        granted=granted,
        at=at,
    )


def begun(item: AttemptItem, at: dt.datetime, data: bytes = WEBM, seconds: int = 30) -> SpokenTake:
    digest = hashlib.sha256(data).hexdigest()
    return take_begin(item=item, size=len(data), sha256=digest, seconds=seconds, at=at)


def spoken(item: AttemptItem, at: dt.datetime, data: bytes = WEBM) -> SpokenTake:
    """A take that arrived completely."""
    take = begun(item, at, data)
    half = len(data) // 2
    take_receive(take=take, offset=0, data=data[:half], at=at)
    return take_receive(take=take, offset=half, data=data[half:], at=at)


def fresh(item: AttemptItem) -> AttemptItem:
    return AttemptItem.objects.select_related("item", "attempt__application__candidate").get(
        pk=item.pk
    )


def handed_in(item: AttemptItem, at: dt.datetime, data: bytes = WEBM) -> SpokenTake:
    take = spoken(item, at, data)
    item_submit(item=item, at=at)
    items_grade(items=[item], at=at)
    return take


def pieces(take: SpokenTake) -> list[str]:
    return list(store().keys(f"uploads/{take.ref}/"))


# -- what it is


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (WEBM, "video/webm"),
        (SOUND, "audio/webm"),
        (b"\0\0\0\x20ftypisom....moov....vide", "video/mp4"),
        (b"\0\0\0\x20ftypM4A ....moov....soun", "audio/mp4"),
        (b"OggS\0\x02..........OpusHead", "audio/ogg"),
        (b"OggS\0\x02..........\x80theora", "video/ogg"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x88matroska", ""),
        (b"<html><script>alert(1)</script>", ""),
        (b"MZ\x90", ""),
        (b"", ""),
    ],
)
def test_a_recording_is_known_by_its_content(head: bytes, kind: str) -> None:
    assert media_type(head) == kind


# -- on its way in


def test_pieces_go_on_where_they_stopped_and_make_a_take(
    item: AttemptItem, now: dt.datetime
) -> None:
    take = begun(item, now)
    take_receive(take=take, offset=0, data=WEBM[:100], at=now)
    again = begun(item, now)  # the page was loaded anew
    assert (again.pk, again.received) == (take.pk, 100)
    with pytest.raises(Conflict) as refused:
        take_receive(take=again, offset=0, data=WEBM[:100], at=now)
    assert refused.value.theirs == {"received": 100}
    done = take_receive(take=again, offset=100, data=WEBM[100:], at=now)
    assert done.file is not None
    assert (file_bytes(done.file), done.file.content_type) == (WEBM, "video/webm")
    assert pieces(done) == []
    assert form_of(fresh(item)) is Form.UNHEARD


def test_what_is_no_recording_or_not_what_was_announced_is_not_kept(
    item: AttemptItem, now: dt.datetime
) -> None:
    page = b"<html>" * 100
    take = begun(item, now, page)
    with pytest.raises(InvalidInput) as refused:
        take_receive(take=take, offset=0, data=page, at=now)
    assert refused.value.message.id == "spoken.not_media"
    take = begun(item, now)
    with pytest.raises(Conflict) as other:
        take_receive(take=take, offset=0, data=WEBM[:-1] + b"!", at=now)
    assert other.value.theirs == {"received": 0}
    with pytest.raises(InvalidInput):
        take_receive(take=take, offset=0, data=WEBM + b"!", at=now)
    assert kept_take(fresh(item)) is None


def test_limits_come_from_the_task(item: AttemptItem, now: dt.datetime) -> None:
    digest = hashlib.sha256(WEBM).hexdigest()
    for size, seconds, why in (
        (largest(item) + 1, 60, "spoken.too_large"),
        (0, 60, "spoken.too_large"),
        (500, 10 * 60 + 60, "spoken.too_long"),
        (500, 0, "spoken.too_long"),
    ):
        with pytest.raises(InvalidInput) as refused:
            take_begin(item=item, size=size, sha256=digest, seconds=seconds, at=now)
        assert refused.value.message.id == why
    with pytest.raises(InvalidInput):
        take_begin(item=item, size=500, sha256="../../etc", seconds=60, at=now)
    other = item_start(item=item.attempt.items.get(item__kind=TaskKind.SCENARIO), at=now)
    with pytest.raises(InvalidInput) as refused:
        begun(other, now)
    assert refused.value.message.id == "spoken.not_here"


def test_the_last_of_three_takes_counts(item: AttemptItem, now: dt.datetime) -> None:
    first, second = spoken(item, now), spoken(item, now, SOUND)
    kept = kept_take(fresh(item))
    assert kept == second
    first.refresh_from_db()
    assert first.deleted_at is not None
    assert first.file is not None
    with pytest.raises(NotFound):
        file_bytes(first.file)
    last = spoken(item, now, WEBM + b"3")
    assert last.number == MOST_TAKES
    with pytest.raises(InvalidInput) as refused:
        begun(item, now, WEBM + b"4")
    assert refused.value.message.id == "spoken.no_more_takes"
    own_takes_erase(actor=SYSTEM, item=item, at=now)
    assert form_of(fresh(item)) is Form.WRITTEN


def test_no_take_without_consent_or_after_the_clock(
    item: AttemptItem, application: Application, now: dt.datetime
) -> None:
    assert item.deadline is not None
    over = item.deadline + GRACE + dt.timedelta(seconds=1)
    take = begun(item, now)
    with pytest.raises(InvalidInput) as refused:
        begun(item, over, SOUND)
    assert refused.value.message.id == "assessments.time_over"
    agree(application, "spoken_answer", at=now, granted=False)
    with pytest.raises(InvalidInput) as refused:
        begun(item, now, SOUND)
    assert refused.value.message.id == "spoken.no_consent"
    with pytest.raises(InvalidInput) as refused:
        take_receive(take=take, offset=0, data=WEBM, at=now)
    assert refused.value.message.id == "spoken.no_consent"


def test_a_take_of_a_slow_network_arrives_after_the_clock_and_replaces_what_was_graded(
    item: AttemptItem, now: dt.datetime
) -> None:
    draft_save(item=item, content={"answer": GOOD}, version=item.version, at=now)
    take = begun(item, now)
    take_receive(take=take, offset=0, data=WEBM[:50], at=now)
    assert item.deadline is not None
    later = item.deadline + 2 * GRACE
    attempts_close_expired(at=later)
    items_grade(items=[item], at=later)
    assert fresh(item).score is not None
    take_receive(take=take, offset=50, data=WEBM[50:], at=later)
    closed = fresh(item)
    assert (form_of(closed), closed.score, closed.needs_human) == (Form.UNHEARD, None, True)
    waiting = DBTaskResult.objects.filter(task_path__endswith="assessments.item_grade")
    assert {"args": [], "kwargs": {"item_ref": item.ref}} in [job.args_kwargs for job in waiting]


def test_handing_in_without_a_take_that_did_not_arrive_forgets_it(
    item: AttemptItem, now: dt.datetime
) -> None:
    take = begun(item, now)
    take_receive(take=take, offset=0, data=WEBM[:50], at=now)
    unfinished_drop(item=item, at=now)
    assert pieces(take) == []
    with pytest.raises(InvalidInput):
        take_receive(take=take, offset=50, data=WEBM[50:], at=now)


def test_what_never_arrives_is_forgotten_after_a_day(item: AttemptItem, now: dt.datetime) -> None:
    take = begun(item, now)
    take_receive(take=take, offset=0, data=WEBM[:50], at=now)
    takes_expire(at=now + ARRIVES_WITHIN)
    assert pieces(take) != []
    takes_expire(at=now + ARRIVES_WITHIN + GRACE)
    assert pieces(take) == []


# -- heard and graded


def test_without_words_a_person_is_needed_and_typed_words_are_graded_like_written_ones(
    item: AttemptItem, company: Company, now: dt.datetime
) -> None:
    take = handed_in(item, now)
    waiting = fresh(item)
    assert (waiting.needs_human, waiting.score) == (True, None)
    assert not Grading.objects.filter(attempt_item=item).exists()
    actor = company.actor("business_lead")
    words = words_type(actor=actor, take=take, text=f"\n{GOOD}\n\n第二行。", version=0, at=now)
    assert [row["start"] for row in words.segments] == [None, None]
    by_machine = Grading.objects.get(attempt_item=item, rater_kind="system")
    assert by_machine.result["text"] == f"{GOOD}\n第二行。"
    written = item.attempt.items.get(item__kind=TaskKind.SCENARIO)
    assert by_machine.score > 0
    assert written.score is None
    with pytest.raises(Conflict):
        words_type(actor=actor, take=take, text="别的。", version=0, at=now)
    words_type(actor=actor, take=take, text="只说了这一句。", version=words.version, at=now)
    assert Grading.objects.filter(attempt_item=item, rater_kind="system").count() == 2
    with pytest.raises(InvalidInput):
        words_type(actor=actor, take=take, text=" \n ", version=2, at=now)


def test_typed_times_are_kept_and_edited_as_they_were(
    item: AttemptItem, company: Company, now: dt.datetime
) -> None:
    take = handed_in(item, now)
    text = "00:02 先问清楚。\n00:20 再说原因。"
    words = words_type(actor=company.actor("recruiter"), take=take, text=text, version=0, at=now)
    assert [row["start"] for row in words.segments] == [2.0, 20.0]
    assert typed_text(words.segments) == text
    assert words.text == "先问清楚。\n再说原因。"


@pytest.fixture
def speech(settings: Any) -> Iterator[SimulatedSpeech]:
    """A speech service, set up as an administrator would."""
    simulator = SimulatedSpeech()
    simulator.start()
    settings.SPEECH_BASE = f"{simulator.base}/v1"
    settings.SPEECH_KEY, settings.SPEECH_MODEL = simulator.key, simulator.model
    settings.SPEECH_TIMEOUT_S = 5
    yield simulator
    simulator.stop()


def test_the_speech_service_writes_down_the_take_that_was_handed_in(
    speech: SimulatedSpeech, item: AttemptItem, now: dt.datetime, run_jobs: Callable[[], int]
) -> None:
    spoken(item, now, SOUND)
    take = spoken(item, now)
    assert not SpokenWords.objects.exists()  # it may be recorded again until it is handed in
    item_submit(item=item, at=now)
    run_jobs()
    words = SpokenWords.objects.get()
    assert (words.take_id, words.status, words.source) == (take.pk, "ready", "speech")
    assert words.text == "\n".join(SENTENCES)
    assert len(speech.received) == 1
    graded = Grading.objects.get(attempt_item=item, rater_kind="system")
    assert graded.result["text"] == words.text


def test_a_service_that_is_away_is_tried_again_and_a_person_stands_before_it(
    speech: SimulatedSpeech, item: AttemptItem, company: Company, now: dt.datetime
) -> None:
    take = handed_in(item, now)
    speech.fault("http_500")
    with pytest.raises(TemporaryOutsideError):
        words_make(take_ref=take.ref, at=now)
    speech.fault("unreadable")
    assert words_make(take_ref=take.ref, at=now) == "speech.unreadable"
    assert SpokenWords.objects.get().status == SpokenWords.Status.FAILED
    assert fresh(item).needs_human
    words_wanted(take=take, at=now)
    words_type(actor=company.actor("business_lead"), take=take, text=GOOD, version=1, at=now)
    assert words_make(take_ref=take.ref, at=now) == "there already"
    assert SpokenWords.objects.get().text == GOOD


# -- taken back, over, deleted


def test_withdrawn_consent_deletes_recording_and_words_and_the_machines_score(
    item: AttemptItem, application: Application, company: Company, now: dt.datetime
) -> None:
    take = handed_in(item, now)
    words_type(actor=company.actor("business_lead"), take=take, text=GOOD, version=0, at=now)
    assert fresh(item).score is not None
    after = now + dt.timedelta(minutes=5)
    agree(application, "spoken_answer", at=after, granted=False)
    assert takes_withdrawn(actor=SYSTEM, candidate_ref=application.candidate.ref, at=after) == 1
    take.refresh_from_db()
    assert take.file is not None
    with pytest.raises(NotFound):
        file_bytes(take.file)
    assert not SpokenWords.objects.exists()
    closed = fresh(item)
    assert (form_of(closed), closed.score, closed.needs_human) == (Form.GONE, None, True)
    assert GOOD not in json.dumps([g.result for g in item.gradings.all()], ensure_ascii=False)
    items_grade(items=[item], at=after)  # the draft is no answer that was handed in
    assert fresh(item).score is None
    grading_by_person(actor=company.actor("business_lead"), item=item, score=6, at=after)
    decided = fresh(item)
    assert (decided.score, decided.needs_human) == (60.0, False)


def test_a_persons_word_stands_when_consent_is_withdrawn(
    item: AttemptItem, application: Application, company: Company, now: dt.datetime
) -> None:
    handed_in(item, now)
    grading_by_person(actor=company.actor("business_lead"), item=item, score=7, at=now)
    after = now + dt.timedelta(minutes=5)
    agree(application, "spoken_answer", at=after, granted=False)
    takes_withdrawn(actor=SYSTEM, candidate_ref=application.candidate.ref, at=after)
    stood = fresh(item)
    assert (stood.score, stood.needs_human) == (70.0, False)


def test_consent_that_was_given_again_keeps_the_take(
    item: AttemptItem, application: Application, now: dt.datetime
) -> None:
    take = handed_in(item, now)
    assert takes_withdrawn(actor=SYSTEM, candidate_ref=application.candidate.ref, at=now) == 0
    take.refresh_from_db()
    assert take.deleted_at is None


def test_on_its_day_the_recording_goes_and_the_score_stays_without_its_words(
    item: AttemptItem, company: Company, now: dt.datetime
) -> None:
    take = handed_in(item, now)
    words_type(actor=company.actor("business_lead"), take=take, text=GOOD, version=0, at=now)
    score = fresh(item).score
    over = now + KEEP
    # Consent for half a year runs out about when the recording goes; the score was for that time.
    assert takes_expire(at=over + dt.timedelta(days=1)) == 1
    closed = fresh(item)
    assert closed.score == score
    assert GOOD not in json.dumps([g.result for g in item.gradings.all()], ensure_ascii=False)
    assert not SpokenWords.objects.exists()


def test_the_candidate_can_take_it_away_and_have_it_erased(
    item: AttemptItem, application: Application, company: Company, now: dt.datetime
) -> None:
    take = handed_in(item, now)
    words_type(actor=company.actor("business_lead"), take=take, text=GOOD, version=0, at=now)
    with zipfile.ZipFile(io.BytesIO(archive_of(application.candidate, at=now))) as archive:
        name = next(n for n in archive.namelist() if n.endswith("answer-1.webm"))
        assert archive.read(name) == WEBM
    said = data_of(application.candidate, at=now)["applications"][0]["assessment"]
    mine = next(row for row in said if row["kind"] == "communication")
    assert mine["spoken_words"][0]["segments"][0]["text"] == GOOD
    erasure = candidate_erase(
        actor=company.actor("recruiter"), candidate=application.candidate, at=now
    )
    assert erasure.counts["spoken"] == 1
    assert not SpokenTake.objects.exists()
    assert take.file is not None
    take.file.refresh_from_db()
    with pytest.raises(NotFound):
        file_bytes(take.file)


def test_somebody_who_wants_people_only_is_heard_and_not_scored_by_a_machine(
    item: AttemptItem, application: Application, company: Company, now: dt.datetime
) -> None:
    take = handed_in(item, now)
    application.human_only = True
    application.save(update_fields=["human_only"])
    words_type(actor=company.actor("business_lead"), take=take, text=GOOD, version=0, at=now)
    assert not Grading.objects.filter(attempt_item=item).exists()
    assert fresh(item).needs_human
