"""Pages of the talent pool, as everybody who might open them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.company import Company
from touchstone.accounts.models import Person
from touchstone.audit.models import StoredFile
from touchstone.interviews.models import Interview, Recording
from touchstone.positions.models import Position
from touchstone.recruiting.models import (
    Application,
    CandidateNote,
    OutboxMessage,
    PoolEntry,
    PoolSearch,
    PoolSuggestion,
)
from touchstone.recruiting.pool_search import pool_search
from touchstone.recruiting.services.consents import consent_give
from touchstone.recruiting.services.pool import pool_add

Clients = Callable[[str], Client]


@pytest.fixture
def entry(company: Company, applications: tuple[Application, ...], now: dt.datetime) -> PoolEntry:
    for application in applications:
        consent_give(
            actor=company.actor("recruiter"),
            candidate=application.candidate,
            purpose="talent_pool",
            granted=True,
            at=now,
        )
    for application in applications[1:]:
        pool_add(actor=company.actor("recruiter"), application=application, reason="名额满", at=now)
    return pool_add(
        actor=company.actor("recruiter"), application=applications[0], reason="名额满", at=now
    )


@pytest.mark.parametrize(
    ("who", "listed", "one"),
    [
        ("recruiter", 200, 200),
        ("administrator", 200, 200),
        ("auditor", 200, 200),
        ("other_recruiter", 200, 404),
        ("hiring_manager", 403, 403),
        ("algorithm_lead", 403, 403),
        ("stranger", 403, 403),
        ("", 302, 302),
    ],
)
def test_who_sees_the_pool(
    client_of: Clients, entry: PoolEntry, who: str, listed: int, one: int
) -> None:
    client = client_of(who)
    answer = client.get(reverse("pool"), {"q": "微调"})
    assert answer.status_code == listed
    if who == "other_recruiter":
        assert entry.candidate.name not in answer.content.decode()
    assert client.get(reverse("pool-person", args=[entry.ref])).status_code == one


def test_found_by_words_filters_position_and_likeness(
    client_of: Clients, position: Position, entry: PoolEntry
) -> None:
    client, name = client_of("recruiter"), entry.candidate.name
    text = client.get(reverse("pool"), {"q": "微调，没有做过客服"}).content.decode()
    assert name in text
    assert "微调排序模型" in text
    assert name in client.get(reverse("pool"), {"position": position.ref}).content.decode()
    assert name in client.get(reverse("pool"), {"language": "zh"}).content.decode()
    english = client.get(reverse("pool"), {"language": "en"}).content.decode()
    assert "Anna Keller" in english
    assert name not in english
    assert client.get(reverse("pool"), {"like": entry.ref}).status_code == 200
    assert client.get(reverse("pool"), {"like": "nobody"}).status_code == 404
    assert client.get(reverse("pool"), {"position": "nowhere"}).status_code == 404
    nothing = client.get(reverse("pool"), {"q": "qwertyuiop"}).content.decode()
    assert "没有找到这样的人" in nothing


def test_what_people_typed_stays_text(client_of: Clients, entry: PoolEntry) -> None:
    client = client_of("recruiter")
    evil = '<script>alert(1)</script>"'
    assert "<script>alert" not in client.get(reverse("pool"), {"q": evil}).content.decode()
    client.post(reverse("pool-note", args=[entry.ref]), {"text": evil})
    page = client.get(reverse("pool-person", args=[entry.ref])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_notes_tags_and_letting_go(client_of: Clients, entry: PoolEntry, now: dt.datetime) -> None:
    client = client_of("recruiter")
    note = reverse("pool-note", args=[entry.ref])
    assert client.post(note, {"text": ""}).status_code == 422
    sent = {"text": "年底可以聊", "remind_on": "2026-12-20", "contacted": "1"}
    assert client.post(note, sent).status_code == 302
    entry.refresh_from_db()
    assert entry.last_contact_at is not None
    assert (
        client.post(reverse("pool-tags", args=[entry.ref]), {"tags": "可迁，年底"}).status_code
        == 302
    )
    assert "年底可以聊" in client.get(reverse("pool-person", args=[entry.ref])).content.decode()
    found = client.get(reverse("pool"), {"tag": "可迁"}).content.decode()
    assert entry.candidate.name in found
    everybody = pool_search(person=Person.objects.get(username="recruiter"), words="", at=now)
    assert everybody.facets["tag"] == [("可迁", 1), ("年底", 1)]
    assert ">可迁<span" in client.get(reverse("pool"), {"q": "微调"}).content.decode()
    page = client.get(reverse("pool-person", args=[entry.ref])).content.decode()
    assert "入库以来" in page
    CandidateNote.objects.update(remind_on=now.date())
    assert "该联系：" in client.get(reverse("today")).content.decode()
    assert "该联系：" not in client_of("administrator").get(reverse("today")).content.decode()
    client.post(note, {"text": "今天聊过了", "contacted": "1"})
    assert "该联系：" not in client.get(reverse("today")).content.decode()
    gone = client.post(
        reverse("pool-remove", args=[entry.ref]), {"reason": "本人要求"}, follow=True
    )
    assert "剩余 0 处" in gone.content.decode()
    assert not CandidateNote.objects.exists()
    assert client.get(reverse("pool-person", args=[entry.ref])).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("auditor", 403), ("other_recruiter", 404), ("hiring_manager", 403)]
)
def test_who_may_not_change_the_pool(
    client_of: Clients, entry: PoolEntry, who: str, status: int
) -> None:
    client = client_of(who)
    for name in ("pool-note", "pool-tags", "pool-remove"):
        answer = client.post(reverse(name, args=[entry.ref]), {"text": "x", "tags": "x"})
        assert answer.status_code == status
    assert PoolEntry.objects.filter(pk=entry.pk).exists()


def test_adding_needs_consent_and_asking_again_is_for_ones_own_branches(
    company: Company,
    client_of: Clients,
    applications: tuple[Application, ...],
    now: dt.datetime,
) -> None:
    client = client_of("recruiter")
    add = reverse("pool-add", args=[applications[0].ref])
    assert client.get(add).status_code == 405
    assert client.post(add, {"reason": "好"}).status_code == 422
    consent_give(
        actor=company.actor("recruiter"),
        candidate=applications[0].candidate,
        purpose="talent_pool",
        granted=True,
        at=now,
    )
    assert client_of("algorithm_lead").post(add, {"reason": "好"}).status_code == 403
    assert client.post(add, {"reason": "好"}).status_code == 302
    PoolEntry.objects.update(expires_at=now + dt.timedelta(days=9))
    client_of("other_recruiter").post(reverse("pool-ask"))
    assert not OutboxMessage.objects.filter(template="pool_renewal").exists()
    client.post(reverse("pool-ask"))
    assert OutboxMessage.objects.filter(template="pool_renewal").count() == 1


def test_the_search_costs_a_fixed_number_of_queries(
    client_of: Clients, entry: PoolEntry, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = client_of("recruiter")
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        client.get(reverse("pool"), {"q": "微调"})


def test_a_note_comes_back_on_its_day(client_of: Clients, entry: PoolEntry) -> None:
    client = client_of("recruiter")
    sent = {"text": "该打电话了", "remind_on": "2020-01-01"}
    client.post(reverse("pool-note", args=[entry.ref]), sent)
    assert "该打电话了" in client.get(reverse("pool")).content.decode()
    assert "该打电话了" not in client_of("administrator").get(reverse("pool")).content.decode()


def test_a_search_is_kept_says_who_is_new_and_is_forgotten(
    company: Company,
    client_of: Clients,
    applications: tuple[Application, ...],
    entry: PoolEntry,
    now: dt.datetime,
) -> None:
    client, save = client_of("recruiter"), reverse("pool-search-save")
    assert client.post(save, {"name": "", "q": "微调"}).status_code == 422
    assert client.post(save, {"name": "空的", "q": " "}).status_code == 422
    evil = "<b>微调</b>"
    kept = client.post(save, {"name": evil, "q": "微调", "language": "zh", "tell": "1"})
    search = PoolSearch.objects.get()
    assert kept.status_code == 302
    assert f"saved={search.ref}" in kept["Location"]
    assert search.filters == [["language", "zh"]]
    page = client.get(kept["Location"]).content.decode()
    assert evil not in page
    assert "没有新人" in page
    PoolSearch.objects.update(looked_to=0)
    today = client.get(reverse("today")).content.decode()
    assert f"saved={search.ref}&amp;since=0" in today
    assert "1 位新人" in today
    new = client.get(reverse("pool"), {"q": "微调", "saved": search.ref, "since": "0"})
    assert entry.candidate.name in new.content.decode()
    assert f"saved={search.ref}" not in client.get(reverse("today")).content.decode()
    for words in ({"q": "\x00"}, {"tag": "\x00"}, {"saved": "\x00"}, {"like": "\x00"}):
        assert client.get(reverse("pool"), words).status_code < 500
    assert client.post(save, {"name": "\x00", "q": "\x00"}).status_code == 422
    nonsense = client.get(reverse("pool"), {"q": "微调", "since": "-9²x"})
    assert entry.candidate.name in nonsense.content.decode()
    change = reverse("pool-search-change", args=[search.ref])
    assert client.post(change, {"do": "quiet"}).status_code == 302
    search.refresh_from_db()
    assert not search.tell
    assert client.post(change, {"do": "drop"}).status_code == 302
    assert not PoolSearch.objects.exists()
    assert client.get(reverse("pool"), {"saved": search.ref}).status_code == 404


def test_saved_searches_are_their_owners_and_not_for_those_who_only_look(
    client_of: Clients, entry: PoolEntry
) -> None:
    client_of("recruiter").post(reverse("pool-search-save"), {"name": "微调的人", "q": "微调"})
    search = PoolSearch.objects.get()
    other = client_of("other_recruiter")
    assert "微调的人" not in other.get(reverse("pool")).content.decode()
    assert other.get(reverse("pool"), {"saved": search.ref}).status_code == 404
    change = reverse("pool-search-change", args=[search.ref])
    assert other.post(change, {"do": "drop"}).status_code == 404
    auditor = client_of("auditor")
    assert auditor.post(reverse("pool-search-save"), {"name": "x", "q": "x"}).status_code == 403
    assert auditor.post(change, {"do": "drop"}).status_code == 403
    assert "存下这次查找" not in auditor.get(reverse("pool"), {"q": "微调"}).content.decode()
    assert PoolSearch.objects.get().name == "微调的人"


def test_the_page_of_a_position_says_what_happened_since_and_ends_the_hint(
    client_of: Clients, position: Position, entry: PoolEntry, now: dt.datetime
) -> None:
    PoolSuggestion.objects.create(position=position, fits=3, made_at=now)
    position.members.get_or_create(
        person=Person.objects.get(username="recruiter"), role="recruiter"
    )
    client, hint = client_of("recruiter"), "人才库里有 3 人合适"
    assert hint in client.get(reverse("today")).content.decode()
    assert hint not in client_of("other_recruiter").get(reverse("today")).content.decode()
    client_of("auditor").get(reverse("pool"), {"position": position.ref})
    assert hint in client.get(reverse("today")).content.decode()
    page = client.get(reverse("pool"), {"position": position.ref}).content.decode()
    assert "还没有联系过" in page
    assert hint not in client.get(reverse("today")).content.decode()


def test_the_pool_page_costs_a_fixed_number_of_queries(
    client_of: Clients,
    position: Position,
    entry: PoolEntry,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = client_of("recruiter")
    for number in range(6):
        client.post(reverse("pool-search-save"), {"name": f"第 {number} 个", "q": "微调"})
    for asked in ({"q": "微调"}, {"position": position.ref}):
        with django_assert_max_num_queries(37):  # type: ignore[attr-defined]
            assert client.get(reverse("pool"), asked).status_code == 200


def test_the_page_of_a_person_leads_to_the_recordings_that_are_kept(
    company: Company,
    client_of: Clients,
    applications: tuple[Application, ...],
    entry: PoolEntry,
    now: dt.datetime,
) -> None:
    talk = Interview.objects.create(
        application=applications[0], starts_at=now, ends_at=now, status="done", created_at=now
    )
    page, link = reverse("pool-person", args=[entry.ref]), reverse("replay", args=[talk.ref])
    client = client_of("recruiter")
    assert link not in client.get(page).content.decode()
    stored = StoredFile.objects.create(
        original_name="talk.webm",
        storage_key="recordings/talk",
        purpose="recording",
        size=1,
        sha256="0" * 64,
        content_type="video/webm",
        created_at=now,
    )
    kept = Recording.objects.create(
        interview=talk, file=stored, source="upload", created_at=now, delete_on=now.date()
    )
    assert link in client.get(page).content.decode()
    assert client.get(link).status_code == 200
    kept.deleted_at = now
    kept.save()
    assert link not in client.get(page).content.decode()
