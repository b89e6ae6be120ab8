"""Spoken answers: the grader hears, types and sees the proposal; others do not; links run out."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.services.test_assessments_grading import GOOD
from tests.services.test_assessments_spoken import (
    SOUND,
    WEBM,
    agree,
    handed_in,
    item,
)
from touchstone.assessments.models import AttemptItem, Grading, SpokenTake, SpokenWords
from touchstone.assessments.selectors import needs_second
from touchstone.audit.models import AuditEvent
from touchstone.recruiting.models import Application

__all__ = ["item"]
ClientOf = Callable[[str], Client]


def plain_item(item: AttemptItem, *, sample: bool = False) -> AttemptItem:
    """The task under a name that is, or is not, of the sample that two people grade blind."""
    while needs_second(item) is not sample:
        item.ref = item.ref[:-1] + chr(ord(item.ref[-1]) + 1)
    item.save(update_fields=["ref"])
    return item


def link_of(client: Client, item: AttemptItem) -> str:
    answer = client.get(reverse("spoken-answer", args=[item.ref]), {"link": "1"})
    assert answer.status_code == 200
    return str(answer.json()["url"])


def body(answer: Any) -> bytes:
    async def whole() -> bytes:
        return b"".join([block async for block in answer.streaming_content])

    return asyncio.run(whole())


def test_the_grader_plays_it_in_parts_under_their_own_name(
    client_of: ClientOf, item: AttemptItem, now: dt.datetime
) -> None:
    handed_in(plain_item(item), now)
    client = client_of("business_lead")
    page = client.get(reverse("grade", args=[item.ref])).content.decode()
    assert "许念 ·" in page
    assert "还没有文字" in page
    url = link_of(client, item)
    whole = client.get(url)
    assert (whole.status_code, body(whole), whole["Content-Type"]) == (200, WEBM, "video/webm")
    part = client.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, body(part)) == (206, WEBM[10:20])
    assert whole["Cache-Control"] == "private, no-store"
    opened = AuditEvent.objects.filter(action="spoken_answer.opened")
    assert opened.count() == 1  # seeking is no second opening


def test_a_link_is_one_persons_and_runs_out(
    client_of: ClientOf, item: AttemptItem, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in(item, now)
    url = link_of(client_of("business_lead"), item)
    assert client_of("algorithm_lead").get(url).status_code == 403
    assert client_of("business_lead").get(url.split("?")[0]).status_code == 403
    assert client_of("stranger").get(url).status_code == 404
    assert Client().get(url).status_code == 302
    monkeypatch.setattr("touchstone.desk.views.spoken.LINK_S", -1)
    assert client_of("business_lead").get(url).status_code == 403


def test_typed_words_bring_the_machines_proposal_with_its_evidence(
    client_of: ClientOf, item: AttemptItem, now: dt.datetime
) -> None:
    take = handed_in(plain_item(item), now)
    client = client_of("business_lead")
    words = reverse("spoken-words", args=[item.ref])
    answer = client.post(words, {"do": "type", "words": f"00:02 {GOOD}", "version": "0"})
    assert answer.status_code == 302
    page = client.get(reverse("grade", args=[item.ref])).content.decode()
    assert "机器建议" in page
    assert 'data-hear="2.0"' in page
    graded = Grading.objects.get(attempt_item=item)
    for evidence in graded.result["evidence"]:
        assert f'id="ev-{evidence["point"]}-{evidence["start"]}"' in page
    assert SpokenWords.objects.get(take=take).typed_by is not None


def test_words_that_cannot_be_stored_come_back(
    client_of: ClientOf, item: AttemptItem, now: dt.datetime
) -> None:
    handed_in(item, now)
    words = reverse("spoken-words", args=[item.ref])
    client_of("algorithm_lead").post(words, {"do": "type", "words": "先到的。", "version": "0"})
    late = client_of("business_lead").post(
        words, {"do": "type", "words": "后到的 <b>话</b>。", "version": "0"}
    )
    assert late.status_code == 422
    page = late.content.decode()
    assert "后到的 &lt;b&gt;话&lt;/b&gt;。" in page
    assert "先到的。" in page
    assert SpokenWords.objects.get().text == "先到的。"


def test_who_sees_two_grade_blind_sees_the_words_and_no_proposal(
    client_of: ClientOf, item: AttemptItem, now: dt.datetime
) -> None:
    handed_in(plain_item(item, sample=True), now)
    words = reverse("spoken-words", args=[item.ref])
    client_of("algorithm_lead").post(words, {"do": "type", "words": GOOD, "version": "0"})
    assert Grading.objects.filter(attempt_item=item, rater_kind="system").exists()
    page = client_of("business_lead").get(reverse("grade", args=[item.ref])).content.decode()
    assert "互不看分" in page
    assert "机器建议" not in page
    assert "<mark" not in page
    assert GOOD[:10] in page


def test_an_auditor_reads_and_types_nothing(
    client_of: ClientOf, item: AttemptItem, now: dt.datetime
) -> None:
    handed_in(item, now)
    words = reverse("spoken-words", args=[item.ref])
    answer = client_of("auditor").post(words, {"do": "type", "words": "话", "version": "0"})
    assert answer.status_code == 403
    assert not SpokenWords.objects.exists()


def test_withdrawn_consent_shuts_it_at_once(
    client_of: ClientOf, item: AttemptItem, application: Application, now: dt.datetime
) -> None:
    handed_in(item, now)
    client = client_of("business_lead")
    url = link_of(client, item)
    agree(application, "spoken_answer", at=now + dt.timedelta(minutes=1), granted=False)
    assert client.get(url).status_code == 403
    page = client.get(reverse("grade", args=[item.ref])).content.decode()
    assert "已经删除" in page
    assert "<video" not in page


def test_the_graders_page_takes_the_same_queries_for_one_line_and_for_many(
    client_of: ClientOf,
    item: AttemptItem,
    now: dt.datetime,
) -> None:
    handed_in(plain_item(item), now, SOUND)
    client = client_of("business_lead")
    words, page = reverse("spoken-words", args=[item.ref]), reverse("grade", args=[item.ref])
    counts = []
    for version, lines in ((0, 1), (1, 60)):
        typed = "\n".join(f"第 {n} 句话。" for n in range(lines))
        client.post(words, {"do": "type", "words": typed, "version": str(version)})
        client.get(page)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert SpokenTake.objects.count() == 1
