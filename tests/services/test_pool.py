"""The talent pool: consent, finding, forgetting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.company import Company
from touchstone.audit.models import AuditEvent
from touchstone.common.db import rows_of_bytes
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.positions.models import Position
from touchstone.recruiting.models import (
    Application,
    OutboxMessage,
    PoolEntry,
    PoolPosting,
    PoolRecent,
)
from touchstone.recruiting.pool_search import entry_for, pool_like, pool_recommend, pool_search
from touchstone.recruiting.services.consents import consent_give
from touchstone.recruiting.services.pool import (
    pool_add,
    pool_ask_again,
    pool_expire,
    pool_note_add,
    pool_remove,
    pool_renew,
    pool_tags_set,
)
from touchstone.recruiting.services.pool_index import entry_mentions, pool_index_pack


def agree(
    company: Company, application: Application, at: dt.datetime, granted: bool = True
) -> None:
    consent_give(
        actor=company.actor("recruiter"),
        candidate=application.candidate,
        purpose="talent_pool",
        granted=granted,
        at=at,
    )


@pytest.fixture
def pool(
    company: Company, applications: tuple[Application, ...], now: dt.datetime
) -> list[PoolEntry]:
    entries = []
    for application in applications:
        agree(company, application, now)
        entries.append(
            pool_add(
                actor=company.actor("recruiter"),
                application=application,
                reason="名额已满",
                at=now,
            )
        )
    return entries


def test_nobody_is_kept_without_consent(
    company: Company, application: Application, now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    with pytest.raises(InvalidInput) as error:
        pool_add(actor=actor, application=application, reason="好", at=now)
    assert error.value.message.id == "pool.no_consent"
    agree(company, application, now, granted=False)
    with pytest.raises(InvalidInput):
        pool_add(actor=actor, application=application, reason="好", at=now)
    assert not PoolPosting.objects.exists()
    assert not PoolRecent.objects.exists()


def test_words_find_people_with_the_sentence_that_shows_it(
    company: Company, pool: list[PoolEntry], now: dt.datetime
) -> None:
    found = pool_search(person=company.recruiter, words="微调", at=now)
    assert found.hits[0].entry.candidate.name == "陆遥"
    reason = found.hits[0].reasons[0]
    text = found.hits[0].entry.search_text
    assert text[reason.start : reason.end] == reason.quote
    assert "微调" in reason.quote
    assert reason.level == 3


def test_adding_twice_keeps_one_entry_and_the_same_index(
    company: Company, applications: tuple[Application, ...], pool: list[PoolEntry], now: dt.datetime
) -> None:
    noted = PoolRecent.objects.order_by("term", "number").values_list("term", "number", "weight")
    before = list(noted.all())
    assert before
    pool_add(actor=company.actor("recruiter"), application=applications[0], reason="再次", at=now)
    assert list(noted.all()) == before
    assert pool_index_pack() == len(before)
    pool_add(actor=company.actor("recruiter"), application=applications[0], reason="再次", at=now)
    assert not noted.all().exists()
    assert PoolEntry.objects.count() == 3


def test_the_pool_of_another_branch_is_not_found(
    company: Company, pool: list[PoolEntry], now: dt.datetime
) -> None:
    assert pool_search(person=company.other_recruiter, words="微调", at=now).hits == ()
    with pytest.raises(NotFound):
        entry_for(company.other_recruiter, pool[0].ref)
    assert entry_for(company.recruiter, pool[0].ref).pk == pool[0].pk


def test_tags_and_filters_narrow(company: Company, pool: list[PoolEntry], now: dt.datetime) -> None:
    pool_tags_set(actor=company.actor("recruiter"), entry=pool[1], tags=["年底可谈", " "])
    found = pool_search(person=company.recruiter, words="", filters=[("tag", "年底可谈")], at=now)
    assert [hit.entry.pk for hit in found.hits] == [pool[1].pk]
    with pytest.raises(InvalidInput):
        pool_tags_set(actor=company.actor("recruiter"), entry=pool[1], tags=["x" * 30])


def test_for_a_position_and_like_somebody(
    company: Company, position: Position, pool: list[PoolEntry], now: dt.datetime
) -> None:
    found = pool_recommend(position, at=now)
    assert found.hits[0].entry.candidate.name == "陆遥"
    assert found.hits[0].reasons
    like = pool_like(person=company.recruiter, entry=pool[0], at=now)
    assert pool[0].pk not in {hit.entry.pk for hit in like.hits}


def test_who_is_removed_leaves_nothing_but_the_fact(
    company: Company, pool: list[PoolEntry], now: dt.datetime
) -> None:
    pool_note_add(
        actor=company.actor("recruiter"),
        candidate=pool[0].candidate,
        text="年底可以聊",
        at=now,
        contacted=True,
    )
    name = pool[0].candidate.name
    pool[0].refresh_from_db()
    proof = pool_remove(actor=company.actor("recruiter"), entry=pool[0], reason="本人要求", at=now)
    assert proof["left"] == 0
    assert proof["notes"] == 1
    assert pool_search(person=company.recruiter, words=name, at=now).hits == ()
    events = AuditEvent.objects.filter(action="pool.removed")
    assert events.count() == 1
    assert name not in str(events.values())


def test_time_over_or_consent_withdrawn_means_gone(
    company: Company, applications: tuple[Application, ...], pool: list[PoolEntry], now: dt.datetime
) -> None:
    assert pool_expire(at=now) == 0
    agree(company, applications[0], now, granted=False)
    PoolEntry.objects.filter(pk=pool[1].pk).update(expires_at=now)
    assert pool_expire(at=now) == 2
    assert list(PoolEntry.objects.all()) == [pool[2]]


def test_the_question_to_stay_is_asked_once_and_renews(
    company: Company, applications: tuple[Application, ...], pool: list[PoolEntry], now: dt.datetime
) -> None:
    PoolEntry.objects.filter(pk=pool[0].pk).update(expires_at=now + dt.timedelta(days=20))
    assert pool_ask_again(at=now) == 1
    assert pool_ask_again(at=now + dt.timedelta(days=1)) == 0
    assert OutboxMessage.objects.filter(template="pool_renewal").count() == 1
    later = now + dt.timedelta(days=2)
    agree(company, applications[0], later, granted=False)
    agree(company, applications[0], later)
    entry = pool_renew(
        actor=company.actor("recruiter"), candidate=applications[0].candidate, at=later
    )
    assert entry is not None
    assert entry.expires_at > now + dt.timedelta(days=600)


def test_an_index_that_is_right_stays_as_it_is(pool: list[PoolEntry], company: Company) -> None:
    pool_index_pack()
    before = sorted(PoolPosting.objects.values_list("term", "segment"))
    assert before
    pool_tags_set(actor=company.actor("recruiter"), entry=pool[0], tags=pool[0].tags)
    assert sorted(PoolPosting.objects.values_list("term", "segment")) == before
    assert not PoolRecent.objects.exists()


def test_bytes_come_as_they_are_on_either_database(pool: list[PoolEntry]) -> None:
    pool_index_pack()
    rows = PoolPosting.objects.order_by("term", "segment").values_list("term", "ids", "weights")
    plain = [(term, bytes(ids), bytes(weights)) for term, ids, weights in rows]
    assert list(rows_of_bytes(rows)) == plain
    assert len(plain) > 20
    assert list(rows_of_bytes(rows.filter(term__in=[]))) == []


def test_a_search_costs_a_fixed_number_of_queries(
    company: Company,
    pool: list[PoolEntry],
    now: dt.datetime,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        assert pool_search(person=company.recruiter, words="微调 5 年以上", at=now).query.filters


def found_by(company: Company, position: Position, now: dt.datetime) -> list[object]:
    """Everything three kinds of search say."""
    results = [
        pool_search(person=company.recruiter, words="微调，懂标注，不要客服", at=now),
        pool_search(person=company.recruiter, words="", filters=[("tag", "年底可谈")], at=now),
        pool_search(person=company.recruiter, words="", filters=[("language", "zh")], at=now),
        pool_recommend(position, at=now),
    ]
    return [
        ([(hit.entry.pk, hit.score, hit.reasons, hit.missing) for hit in r.hits], r.total, r.facets)
        for r in results
    ]


def test_packing_the_index_changes_no_answer(
    company: Company, position: Position, pool: list[PoolEntry], now: dt.datetime
) -> None:
    actor = company.actor("recruiter")
    pool_tags_set(actor=actor, entry=pool[1], tags=["年底可谈"])
    fresh = found_by(company, position, now)
    assert pool_index_pack()
    assert pool_index_pack() == 0
    assert found_by(company, position, now) == fresh
    pool_tags_set(actor=actor, entry=pool[1], tags=["异地"])
    pool_tags_set(actor=actor, entry=pool[2], tags=["年底可谈"])
    half_packed = found_by(company, position, now)
    assert half_packed != fresh
    pool_index_pack()
    assert found_by(company, position, now) == half_packed


@pytest.mark.parametrize("packed_at", ["never", "before the tag", "after the tag"])
def test_who_leaves_is_out_of_what_is_packed_and_of_what_is_not(
    company: Company, pool: list[PoolEntry], now: dt.datetime, packed_at: str
) -> None:
    actor = company.actor("recruiter")
    pool_tags_set(actor=actor, entry=pool[0], tags=["先前"])
    if packed_at == "before the tag":
        pool_index_pack()
    pool_tags_set(actor=actor, entry=pool[0], tags=["后来"])
    if packed_at == "after the tag":
        pool_index_pack()
    number = pool[0].pk
    assert entry_mentions(number) > 20
    proof = pool_remove(actor=actor, entry=pool[0], reason="", at=now)
    assert proof["postings"] > 20
    assert proof["left"] == 0
    pool_index_pack()
    assert entry_mentions(number) == 0
    assert entry_mentions(pool[1].pk) > 5
