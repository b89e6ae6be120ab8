"""The candidate's page of a task that may be spoken: both forms, pieces, listening, taking back."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.conftest import CandidateLink
from tests.services.test_assessments_grading import bank
from tests.services.test_assessments_spoken import WEBM
from touchstone.assessments.models import AttemptItem, SpokenTake, TaskKind
from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
from touchstone.assessments.spoken import Form, form_of
from touchstone.positions.models import Position
from touchstone.recruiting.models import Consent

JSON = "application/json"
HOME = "/p/"


@pytest.fixture
def item(
    company: Company, position: Position, candidate_link: CandidateLink, now: dt.datetime
) -> AttemptItem:
    bank(now)
    actor = company.actor("recruiter")
    tasks = [
        Task(TaskKind.COMMUNICATION, "scn-1", "communication", 20),
        Task(TaskKind.SCENARIO, "biz-1", "business", 20),
    ]
    paper = paper_save(actor=actor, position=position, title="测评", tasks=tasks, at=now)
    attempt = attempt_invite(
        actor=actor, application=candidate_link.application, paper=paper, at=now
    )
    return attempt.items.get(item__kind=TaskKind.COMMUNICATION)


@pytest.fixture
def client(item: AttemptItem, candidate_link: CandidateLink) -> Client:
    """A browser whose candidate began the task."""
    client = Client()
    assert client.post(candidate_link.path).status_code == 302
    client.post(reverse("portal-start"), {"consent": "assessment"})
    client.post(reverse("portal-task-start", args=[item.ref]))
    return client


def agree(client: Client, item: AttemptItem) -> None:
    answer = client.post(
        reverse("portal-consent"), {"purpose": "spoken_answer", "granted": "1", "task": item.ref}
    )
    assert answer["Location"].endswith("?form=spoken")


def announced(client: Client, item: AttemptItem, data: bytes = WEBM) -> Any:
    return client.post(
        reverse("portal-take", args=[item.ref]),
        {"size": len(data), "seconds": 12, "sha256": hashlib.sha256(data).hexdigest()},
        content_type=JSON,
        headers={"Accept": JSON},
    )


def piece(client: Client, item: AttemptItem, take: str, data: bytes, offset: int = 0) -> Any:
    return client.put(
        f"{reverse('portal-take', args=[item.ref])}?take={take}",
        data,
        content_type="application/octet-stream",
        headers={"Accept": JSON, "Upload-Offset": str(offset)},
    )


def sent(client: Client, item: AttemptItem, data: bytes = WEBM) -> None:
    take = announced(client, item, data).json()["take"]
    assert piece(client, item, take, data).json() == {"received": len(data), "done": True}


def test_both_forms_are_offered_and_said_to_count_the_same(
    client: Client, item: AttemptItem
) -> None:
    page = reverse("portal-task", args=[item.ref])
    written = client.get(page).content.decode()
    assert "两种一样算数" in written
    assert 'name="answer"' in written
    asked = client.get(f"{page}?form=spoken").content.decode()
    assert "录下我对沟通题的回答" in asked
    assert "data-speak" not in asked
    agree(client, item)
    assert "data-speak" in client.get(f"{page}?form=spoken").content.decode()


def test_recording_is_agreed_to_in_place_and_not_asked_of_everybody(
    client: Client, item: AttemptItem
) -> None:
    assert not Consent.objects.filter(purpose="spoken_answer").exists()
    assert "录下我对沟通题的回答" not in client.get(HOME).content.decode()
    assert announced(client, item).status_code == 422
    agree(client, item)
    assert "录下我对沟通题的回答" in client.get(HOME).content.decode()


def test_pieces_arrive_are_heard_and_handed_in(client: Client, item: AttemptItem) -> None:
    agree(client, item)
    told = announced(client, item).json()
    assert (told["received"], told["done"], told["left"]) == (0, False, 2)
    piece(client, item, told["take"], WEBM[:100])
    conflict = piece(client, item, told["take"], WEBM[:100])
    assert (conflict.status_code, conflict.json()["theirs"]) == (409, {"received": 100})
    assert announced(client, item).json()["received"] == 100  # the page was loaded anew
    assert piece(client, item, told["take"], WEBM[100:], 100).json()["done"]
    own = client.get(reverse("portal-take", args=[item.ref]), headers={"Range": "bytes=0-3"})
    assert (own.status_code, own["Content-Type"]) == (206, "video/webm")
    client.post(reverse("portal-submit", args=[item.ref]), {"form": "spoken"})
    item.refresh_from_db()
    assert (form_of(item), item.submitted_at is not None) == (Form.UNHEARD, True)
    page = client.get(reverse("portal-task", args=[item.ref])).content.decode()
    assert "录下的回答" in page
    assert announced(client, item, WEBM + b"2").status_code == 422


def test_written_after_all(client: Client, item: AttemptItem) -> None:
    agree(client, item)
    sent(client, item)
    page = reverse("portal-task", args=[item.ref])
    assert "交的会是那段录音录像" in client.get(f"{page}?form=written").content.decode()
    answer = client.post(reverse("portal-take-delete", args=[item.ref]))
    assert answer["Location"].endswith("?form=written")
    assert "交的会是那段录音录像" not in client.get(page).content.decode()
    assert client.get(reverse("portal-take", args=[item.ref])).status_code == 404
    assert form_of(item) is Form.WRITTEN


def test_text_handed_in_forgets_a_take_on_its_way(client: Client, item: AttemptItem) -> None:
    agree(client, item)
    told = announced(client, item).json()
    piece(client, item, told["take"], WEBM[:50])
    client.post(
        reverse("portal-submit", args=[item.ref]), {"answer": "先问清楚。", "version": item.version}
    )
    assert piece(client, item, told["take"], WEBM[50:], 50).status_code == 422
    assert form_of(item) is Form.WRITTEN


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"size": "x", "seconds": 1, "sha256": ""}',
        b'{"size": 1e999, "seconds": 1, "sha256": ""}',
        b'{"size": 5, "seconds": 5, "sha256": "zz"}',
        b'{"size": 99999999999, "seconds": 5, "sha256": "' + b"a" * 64 + b'"}',
        b"x" * 5000,
    ],
)
def test_what_is_no_announcement_is_refused(client: Client, item: AttemptItem, body: bytes) -> None:
    agree(client, item)
    answer = client.post(
        reverse("portal-take", args=[item.ref]),
        body,
        content_type=JSON,
        headers={"Accept": JSON},
    )
    assert answer.status_code == 422
    assert not SpokenTake.objects.exists()


def test_nobody_reaches_the_take_of_somebody_else(client: Client, item: AttemptItem) -> None:
    agree(client, item)
    sent(client, item)
    assert Client().get(reverse("portal-take", args=[item.ref])).status_code == 403
    other = item.attempt.items.get(item__kind=TaskKind.SCENARIO)
    take = SpokenTake.objects.get()
    assert piece(client, other, take.ref, WEBM).status_code == 404
    client.post(reverse("portal-task-start", args=[other.ref]))
    assert announced(client, other).status_code == 422
