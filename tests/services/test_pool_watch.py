"""Saved searches of the pool, and its people for a position that opens."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.company import Company
from touchstone.accounts.permissions import role_scopes
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.positions.models import Position
from touchstone.recruiting.models import (
    Application,
    Consent,
    OutboxMessage,
    PoolEntry,
    PoolSearch,
    PoolSuggestion,
)
from touchstone.recruiting.pool_search import pool_search
from touchstone.recruiting.pool_watch import (
    position_fits,
    saved_searches,
    search_of,
    since_kept,
    since_text,
    suggestions_for,
)
from touchstone.recruiting.services.consents import consent_give
from touchstone.recruiting.services.pool import pool_add, pool_note_add, pool_remove
from touchstone.recruiting.services.pool_index import pool_index_pack
from touchstone.recruiting.services.pool_watch import (
    MOST_SEARCHES,
    position_suggest,
    positions_suggest,
    search_looked,
    search_save,
    search_tell_set,
    searches_tell,
    suggestion_looked,
)


def keep(company: Company, application: Application, at: dt.datetime) -> PoolEntry:
    consent_give(
        actor=company.actor("recruiter"),
        candidate=application.candidate,
        purpose="talent_pool",
        granted=True,
        at=at,
    )
    return pool_add(
        actor=company.actor("recruiter"), application=application, reason="名额已满", at=at
    )


def save(
    company: Company, at: dt.datetime, words: str = "微调", who: str = "recruiter"
) -> PoolSearch:
    return search_save(
        actor=company.actor(who),
        person=getattr(company, who),
        name=words or "中文简历",
        words=words,
        filters=[] if words else [("language", "zh")],
        at=at,
    )


def fresh(company: Company, at: dt.datetime, who: str = "recruiter") -> dict[str, int]:
    return {row.search.name: row.fresh for row in saved_searches(getattr(company, who), at)}


def similar(company: Company, position: Position, at: dt.datetime) -> Position:
    """An open position of the same model that nobody has applied for, with its recruiter."""
    other = Position.objects.create(
        branch=position.branch,
        department=position.department,
        title="大模型训练师",
        title_en="LLM trainer",
        model_version=position.model_version,
        status="open",
        opened_at=at,
        created_at=at,
    )
    other.members.create(person=company.recruiter, role="recruiter")
    return other


def test_who_came_since_counts_as_new_until_looked_at(
    company: Company, applications: tuple[Application, ...], now: dt.datetime
) -> None:
    keep(company, applications[1], now)
    search = save(company, now)
    save(company, now, "")
    assert fresh(company, now) == {"微调": 0, "中文简历": 0}
    for application in (applications[0], applications[2]):
        keep(company, application, now)
    found = pool_search(person=company.recruiter, words="微调", at=now, above=search.looked_to)
    old = pool_search(person=company.recruiter, words="微调", at=now)
    assert {h.entry.pk for h in found.hits} <= {h.entry.pk for h in old.hits}
    assert all(hit.entry.pk > search.looked_to for hit in found.hits)
    counted = fresh(company, now)
    assert counted["微调"] == len(found.hits) > 0
    pool_index_pack()
    assert fresh(company, now) == counted
    search_looked(search=search, at=now)
    assert fresh(company, now) == {**counted, "微调": 0}


def test_new_people_are_of_ones_own_branches_and_stand_by_their_consent(
    company: Company, applications: tuple[Application, ...], now: dt.datetime
) -> None:
    save(company, now)
    save(company, now, who="other_recruiter")
    entries = [keep(company, application, now) for application in applications]
    counted = fresh(company, now)["微调"]
    assert counted
    assert fresh(company, now, "other_recruiter") == {"微调": 0}
    first = pool_search(person=company.recruiter, words="微调", at=now).hits[0].entry
    Consent.objects.filter(candidate=first.candidate).update(withdrawn_at=now)
    assert fresh(company, now)["微调"] == counted - 1
    again = pool_search(person=company.recruiter, words="微调", at=now)
    assert first.pk not in {hit.entry.pk for hit in again.hits}
    PoolEntry.objects.filter(pk__in=[e.pk for e in entries]).update(expires_at=now)
    assert fresh(company, now)["微调"] == 0


def test_the_queries_do_not_grow_with_the_searches(
    company: Company, applications: tuple[Application, ...], now: dt.datetime
) -> None:
    for words in ("微调", "标注", "电商，不要客服", "PyTorch 3 年以上", ""):
        save(company, now, words)
    for application in applications:
        keep(company, application, now)
    role_scopes(company.recruiter)
    counts = {}
    for wanted in (5, 1):
        kept = list(PoolSearch.objects.order_by("pk").values_list("pk", flat=True)[:wanted])
        PoolSearch.objects.exclude(pk__in=kept).delete()
        with CaptureQueriesContext(connection) as seen:
            assert len(saved_searches(company.recruiter, now)) == wanted
        counts[wanted] = len(seen)
    assert counts[5] == counts[1] <= 10


def test_a_search_has_a_name_asks_for_something_and_is_ones_own(
    company: Company, now: dt.datetime
) -> None:
    actor, person = company.actor("recruiter"), company.recruiter
    for name, words in ((" ", "微调"), ("空", "  ")):
        with pytest.raises(InvalidInput):
            search_save(actor=actor, person=person, name=name, words=words, filters=[], at=now)
    search = save(company, now)
    assert search_of(person, search.ref) == search
    with pytest.raises(NotFound):
        search_of(company.other_recruiter, search.ref)
    for _ in range(MOST_SEARCHES - 1):
        save(company, now)
    with pytest.raises(InvalidInput):
        save(company, now)


def test_one_letter_a_person_about_all_searches_with_somebody_new(
    company: Company, applications: tuple[Application, ...], now: dt.datetime
) -> None:
    save(company, now)
    save(company, now, "没有人会的事情")
    quiet = save(company, now, "标注")
    search_tell_set(actor=company.actor("recruiter"), search=quiet, tell=False)
    assert searches_tell(at=now) == 0
    for application in applications:
        keep(company, application, now)
    assert searches_tell(at=now) == 1
    letter = OutboxMessage.objects.get(template="pool_searches")
    assert letter.person == company.recruiter
    assert "- 微调：" in letter.body
    assert "没有人会的事情" not in letter.body
    assert "标注" not in letter.body
    assert searches_tell(at=now + dt.timedelta(days=1)) == 0
    assert fresh(company, now)["微调"] > 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_opened_position_says_who_fits_why_and_what_happened_since(
    company: Company,
    position: Position,
    applications: tuple[Application, ...],
    now: dt.datetime,
    language: str,
) -> None:
    entries = [keep(company, application, now) for application in applications]
    company.recruiter.language = language
    company.recruiter.save()
    pool_note_add(
        actor=company.actor("recruiter"),
        candidate=entries[0].candidate,
        text="年底可以聊",
        at=now + dt.timedelta(days=1),
        contacted=True,
    )
    later = now + dt.timedelta(days=40)
    other = similar(company, position, later)
    fits = position_fits(other, later)
    assert fits
    assert fits[0].reasons
    assert positions_suggest(at=later) == 1
    assert positions_suggest(at=later) == 0
    letter = OutboxMessage.objects.get(template="pool_position")
    assert letter.person == company.recruiter
    assert letter.language == language
    assert fits[0].entry.candidate.name in letter.body
    assert fits[0].reasons[0].quote in letter.body
    assert f"?position={other.ref}" in letter.body
    assert ("Last contact" in letter.body or "last contact" in letter.body) == (language == "en")
    assert ("最近联系" in letter.body) == (language == "zh")
    assert [row.position for row in suggestions_for(company.recruiter, later)] == [other]
    assert suggestions_for(company.other_recruiter, later) == []
    suggestion_looked(position=other, at=later)
    assert suggestions_for(company.recruiter, later) == []


def test_a_letter_forgets_who_is_deleted(
    company: Company,
    position: Position,
    applications: tuple[Application, ...],
    now: dt.datetime,
) -> None:
    for application in applications:
        keep(company, application, now)
    position_suggest(position=similar(company, position, now), at=now)
    letter = OutboxMessage.objects.get(template="pool_position")
    entry = PoolEntry.objects.get(ref=letter.payload["pool"][0])
    assert entry.candidate.name in letter.body
    proof = pool_remove(actor=company.actor("recruiter"), entry=entry, reason="", at=now)
    assert proof["letters"] == 1
    assert proof["left"] == 0
    letter.refresh_from_db()
    assert letter.body == ""
    assert letter.status == "cancelled"


def test_nobody_is_recommended_who_applied_or_was_hired_or_is_elsewhere(
    company: Company,
    position: Position,
    applications: tuple[Application, ...],
    now: dt.datetime,
) -> None:
    for application in applications:
        keep(company, application, now)
    assert position_fits(position, now) == []
    other = similar(company, position, now)
    before = position_fits(other, now)
    best = before[0].entry.candidate
    Application.objects.filter(candidate=best).update(stage="hired")
    assert best.pk not in {hit.entry.candidate_id for hit in position_fits(other, now)}
    other.branch = company.other_recruiter.branch or company.head
    assert position_fits(other, now) == []
    other.status = "closed"
    assert position_suggest(position=other, at=now) == 0
    assert not PoolSuggestion.objects.exists()


def test_what_happened_since_somebody_was_kept(
    company: Company,
    position: Position,
    applications: tuple[Application, ...],
    now: dt.datetime,
) -> None:
    entry = keep(company, applications[0], now)
    Application.objects.filter(pk=applications[0].pk).update(stage="rejected")
    since = since_kept([entry])[entry.pk]
    assert since_text(entry, since, "Asia/Shanghai", "zh") == "还没有联系过；其他没有变化"
    other = similar(company, position, now)
    later = now + dt.timedelta(days=3)
    Application.objects.create(
        candidate=entry.candidate,
        position=other,
        branch=other.branch,
        applied_at=later,
        stage_since=later,
    )
    pool_note_add(
        actor=company.actor("recruiter"), candidate=entry.candidate, text="有新项目", at=later
    )
    since = since_kept([entry])[entry.pk]
    assert since.in_round
    said = since_text(entry, since, "Asia/Shanghai", "en")
    assert said == (
        "not contacted yet; applied again since: LLM trainer; in a round now; 1 note since"
    )
