"""The company's own concepts: drafts, versions, undo; what they do to screenings, before and
after; that every reader goes by them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.company import MODEL, Company
from touchstone.accounts.models import Role
from touchstone.accounts.services import role_grant
from touchstone.audit.models import AuditEvent
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import Conflict, InvalidInput, NotAllowed
from touchstone.engine.profiles.model import parse_model
from touchstone.engine.text.layer import Change, layer_sha256
from touchstone.engine.text.taxonomy import taxonomy
from touchstone.jobs.recruiting import pool_concepts_renew
from touchstone.library.concepts import (
    company_taxonomy,
    draft_concept_set,
    draft_of,
    draft_publish,
    draft_save,
    version_save,
    version_undo,
)
from touchstone.library.models import TaxonomyDraft, TaxonomyVersion
from touchstone.library.permissions import (
    may_draft_taxonomy,
    may_save_taxonomy,
    require_save_taxonomy,
)
from touchstone.positions.history import concepts_of
from touchstone.positions.models import Position
from touchstone.recruiting.effects import ranking_effect
from touchstone.recruiting.models import (
    Application,
    ConceptTally,
    Consent,
    PoolEntry,
    Screening,
    TaxonomyTrial,
)
from touchstone.recruiting.pool_search import pool_search
from touchstone.recruiting.services.concepts import layer_publish, stale_tallies, tally_count
from touchstone.recruiting.services.screening import (
    application_screen,
    position_rescreen,
    screening_verify,
    stale_applications,
)
from touchstone.recruiting.services.trials import trial_ask, trial_discard, trial_run, trials_prune

pytestmark = pytest.mark.django_db

ALIAS = "炼丹调校"
LAYER: dict[str, Any] = {"fine_tuning": {"add": [ALIAS]}}
TOLD = f"负责排序模型的{ALIAS}，离线 AUC 由 0.71 提升到 0.78，上线后点击率提升 12%。"


@pytest.fixture
def told(application: Application, now: dt.datetime) -> Application:
    """Somebody whose resume tells of fine-tuning in the company's own word."""
    resume = application.resume
    assert resume is not None
    resume.text = f"陆遥\n2022.03–至今 某公司 推荐算法训练师\n{TOLD}\n"
    resume.save(update_fields=["text"])
    application_screen(application=application, at=now)
    application.refresh_from_db()
    return application


def saved(company: Company, now: dt.datetime, layer: dict[str, Any] = LAYER) -> TaxonomyVersion:
    newest = TaxonomyVersion.objects.order_by("-number").first()
    return version_save(
        actor=company.actor("administrator"),
        document=layer,
        at=now,
        based_on=newest.number if newest else 0,
    )


def training(application: Application) -> float:
    application.refresh_from_db()
    assert application.screening is not None
    return float(application.screening.result["indicators"]["tech.training"]["score"])


def test_a_saved_layer_holds_at_once_and_is_compiled_once(
    company: Company, now: dt.datetime
) -> None:
    assert company_taxonomy() is taxonomy()
    version = saved(company, now)
    with CaptureQueriesContext(connection) as first:
        known = company_taxonomy()
    with CaptureQueriesContext(connection) as second:
        again = company_taxonomy()
    assert known.find(ALIAS) == ("fine_tuning",)
    assert again is known
    assert (len(first), len(second)) == (2, 1)
    assert known.layer == version.sha256 == layer_sha256(LAYER)


def test_a_draft_stays_as_typed_until_it_is_right(company: Company, now: dt.datetime) -> None:
    actor = company.actor("administrator")
    wrong = {"fine_tuning": {"add": ["TensorFlow", "Go"]}}
    draft = draft_save(actor=actor, document=wrong, at=now)
    with pytest.raises(InvalidInput) as caught:
        draft_publish(actor=actor, draft=draft, at=now)
    assert caught.value.message.id == "taxonomy.not_saved"
    kept = draft_of(company.administrator.pk)
    assert kept is not None
    assert kept.document == wrong
    assert not TaxonomyVersion.objects.exists()
    assert company_taxonomy() is taxonomy()


def test_drafts_of_two_people_are_apart_and_a_late_one_is_told(
    company: Company, now: dt.datetime
) -> None:
    ours, theirs = company.actor("administrator"), company.actor("recruiter")
    mine = draft_concept_set(actor=ours, concept="fine_tuning", change=Change(add=(ALIAS,)), at=now)
    other = draft_concept_set(actor=theirs, concept="python", change=Change(add=("蟒语",)), at=now)
    assert (set(mine.document), set(other.document)) == ({"fine_tuning"}, {"python"})
    draft_publish(actor=ours, draft=mine, at=now)
    with pytest.raises(Conflict) as caught:
        draft_publish(actor=theirs, draft=other, at=now)
    assert caught.value.message.id == "taxonomy.changed_meanwhile"
    assert TaxonomyDraft.objects.get().document == {"python": {"add": ["蟒语"]}}
    assert TaxonomyVersion.objects.count() == 1


def test_versions_name_their_author_and_undo_is_one_of_them(
    company: Company, now: dt.datetime
) -> None:
    first = saved(company, now)
    second = saved(company, now, {**LAYER, "python": {"add": ["蟒语"]}})
    third = version_undo(actor=company.actor("administrator"), version=second, at=now)
    assert third.document == first.document
    assert third.sha256 == first.sha256
    assert third.undoes == second
    assert third.author == company.administrator
    with pytest.raises(Conflict):
        version_undo(actor=company.actor("administrator"), version=second, at=now)
    actions = AuditEvent.objects.filter(object_type="taxonomy").values_list("action", flat=True)
    assert list(actions.order_by("seq")) == ["taxonomy.saved", "taxonomy.saved", "taxonomy.undone"]


def test_the_first_version_undone_leaves_what_is_shipped(
    company: Company, now: dt.datetime
) -> None:
    version_undo(actor=company.actor("administrator"), version=saved(company, now), at=now)
    assert company_taxonomy() is taxonomy()


def test_saying_the_same_again_is_no_version(company: Company, now: dt.datetime) -> None:
    saved(company, now)
    with pytest.raises(InvalidInput) as caught:
        saved(company, now)
    assert caught.value.message.id == "taxonomy.nothing_changed"


def test_who_may_save(company: Company, now: dt.datetime) -> None:
    assert may_save_taxonomy(company.administrator)
    assert may_draft_taxonomy(company.recruiter)
    assert not may_save_taxonomy(company.recruiter)
    assert not may_draft_taxonomy(company.auditor)
    assert not may_draft_taxonomy(company.algorithm_lead)
    with pytest.raises(NotAllowed):
        require_save_taxonomy(company.recruiter)
    for branch in (company.south, company.west):
        role_grant(actor=SYSTEM, person=company.recruiter, role=Role.RECRUITER, branch=branch)
    person = type(company.recruiter).objects.get(pk=company.recruiter.pk)
    assert may_save_taxonomy(person), "who recruits for every branch"


def test_a_trial_shows_who_gains_and_stores_no_screening(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    before = Screening.objects.count()
    trial = trial_ask(
        actor=company.actor("administrator"),
        person=company.administrator,
        document=LAYER,
        positions=[position],
        at=now,
        everybody=True,
    )
    assert trial_run(trial=trial, clock=lambda: now)
    assert not trial_run(trial=trial, clock=lambda: now), "once computed, never again"
    trial.refresh_from_db()
    assert (trial.status, trial.done, trial.total) == ("done", 3, 3)
    (row,) = trial.result["positions"]
    assert (row["n"], row["changed"]) == (3, 1)
    assert row["gained"]["tech.training"] == 1
    (person,) = row["people"]
    assert person["ref"] == told.ref
    assert person["after"] > person["before"] == told.score
    (met,) = person["gained"]
    assert told.resume is not None
    assert told.resume.text[met[1] : met[2]] == ALIAS
    assert (met[0], met[3]) == ("fine_tuning", "own")
    (spelling,) = trial.result["spellings"]
    assert (spelling["concept"], spelling["words"], spelling["people"]) == (
        "fine_tuning",
        ALIAS,
        1,
    )
    assert Screening.objects.count() == before
    assert company_taxonomy() is taxonomy()


def test_a_trial_says_what_saving_does(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    trial = trial_ask(
        actor=company.actor("administrator"),
        person=company.administrator,
        document=LAYER,
        positions=[position],
        at=now,
        everybody=True,
    )
    trial_run(trial=trial, clock=lambda: now)
    trial.refresh_from_db()
    foretold = trial.result["positions"][0]["people"][0]["after"]
    saved(company, now)
    position_rescreen(actor=SYSTEM, position=position, at=now, by_concepts=True)
    told.refresh_from_db()
    assert told.score == foretold


def test_a_trial_withdrawn_meanwhile_leaves_nothing(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    trial = trial_ask(
        actor=company.actor("administrator"),
        person=company.administrator,
        document=LAYER,
        positions=[position],
        at=now,
        everybody=False,
    )
    trial_discard(company.administrator)
    assert not trial_run(trial=trial, clock=lambda: now)
    assert not TaxonomyTrial.objects.exists()


def test_answers_that_point_at_people_do_not_stay(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    trial_ask(
        actor=company.actor("administrator"),
        person=company.administrator,
        document=LAYER,
        positions=[position],
        at=now,
        everybody=True,
    )
    assert trials_prune(at=now + dt.timedelta(days=1)) == 0
    assert trials_prune(at=now + dt.timedelta(days=3)) > 0
    assert not TaxonomyTrial.objects.exists()


def test_a_draft_with_errors_is_not_tried(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    with pytest.raises(InvalidInput) as caught:
        trial_ask(
            actor=company.actor("administrator"),
            person=company.administrator,
            document={"fine_tuning": {"add": ["Go"]}},
            positions=[position],
            at=now,
            everybody=True,
        )
    assert caught.value.message.id == "taxonomy.not_tried"


def test_a_position_without_resumes_has_nothing_to_compare(
    company: Company, position: Position, now: dt.datetime
) -> None:
    with pytest.raises(InvalidInput) as caught:
        trial_ask(
            actor=company.actor("administrator"),
            person=company.administrator,
            document=LAYER,
            positions=[position],
            at=now,
            everybody=True,
        )
    assert caught.value.message.id == "taxonomy.nobody_to_try"


def test_old_screenings_stay_and_can_be_computed_again_after_the_concepts_change(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    old = told.screening
    assert old is not None
    saved(company, now)
    application_screen(application=told, at=now)
    told.refresh_from_db()
    new = told.screening
    assert new is not None
    assert new.score > old.score
    assert (old.taxonomy_sha256, new.taxonomy_sha256) == ("", layer_sha256(LAYER))
    assert new.result["receipt"]["taxonomy"] == layer_sha256(LAYER)
    saved(company, now, {"python": {"add": ["蟒语"]}})
    assert screening_verify(old) == ()
    assert screening_verify(new) == ()


def test_a_screening_that_was_tampered_with_is_told(
    company: Company, told: Application, now: dt.datetime
) -> None:
    screening = told.screening
    assert screening is not None
    screening.result["score"] += 1
    assert [m.id for m in screening_verify(screening)] == ["screening.differs"]


def test_a_receipt_of_concepts_never_saved_here_is_refused(
    company: Company, told: Application
) -> None:
    screening = told.screening
    assert screening is not None
    screening.taxonomy_sha256 = "0" * 64
    with pytest.raises(InvalidInput) as caught:
        screening_verify(screening)
    assert caught.value.message.id == "taxonomy.version_unknown"


def test_past_screenings_are_run_again_only_on_purpose(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    for application in Application.objects.all():
        application_screen(application=application, at=now)
    before = training(told)
    saved(company, now)
    assert stale_applications(position).count() == 0
    assert position_rescreen(actor=SYSTEM, position=position, at=now) == 0
    assert training(told) == before
    assert stale_applications(position, company_taxonomy().layer).count() == 3
    assert position_rescreen(actor=SYSTEM, position=position, at=now, by_concepts=True) == 3
    assert training(told) > before
    assert position_rescreen(actor=SYSTEM, position=position, at=now, by_concepts=True) == 0


def test_history_and_rounds_learn_by_the_companys_concepts(
    company: Company, now: dt.datetime
) -> None:
    assert concepts_of([], TOLD) == [c for c in concepts_of([], TOLD) if c != "fine_tuning"]
    saved(company, now)
    assert "fine_tuning" in concepts_of([ALIAS], "")
    assert "fine_tuning" in concepts_of([], TOLD)


def test_the_pool_is_brought_up_to_the_concepts_and_searched_by_them(
    company: Company, told: Application, now: dt.datetime
) -> None:
    Consent.objects.create(
        candidate=told.candidate,
        purpose=Consent.Purpose.TALENT_POOL,
        granted=True,
        text_version="1",
        text_sha256="0" * 64,
        at=now,
    )
    entry = PoolEntry.objects.create(
        candidate=told.candidate,
        branch=company.head,
        added_at=now,
        expires_at=now + dt.timedelta(days=90),
        search_text=TOLD,
        terms={"w:别的": 80},
    )
    renewed(0)
    entry.refresh_from_db()
    assert "d:fine_tuning" not in entry.terms
    layer = {
        "prompt_smith": {
            "new": True,
            "kind": "skill",
            "zh": "炼丹师",
            "en": "alchemist",
            "add": [ALIAS],
            "is_a": ["fine_tuning"],
        }
    }
    saved(company, now, layer)
    renewed(0)
    entry.refresh_from_db()
    assert entry.terms["d:prompt_smith"]
    assert entry.terms["c:fine_tuning"]
    assert entry.terms["w:别的"] == 80
    assert "prompt_smith" in {row["concept"] for row in entry.concepts}
    found = pool_search(person=company.administrator, words="炼丹师", at=now)
    assert [hit.entry.pk for hit in found.hits] == [entry.pk]
    version = TaxonomyVersion.objects.get()
    version_undo(actor=company.actor("administrator"), version=version, at=now)
    renewed(0)
    entry.refresh_from_db()
    assert not {t for t in entry.terms if "prompt_smith" in t}


def renewed(after: int) -> None:
    pool_concepts_renew.func(after=after)


def test_saving_asks_for_the_pool_and_ends_the_trial(
    company: Company,
    position: Position,
    told: Application,
    now: dt.datetime,
) -> None:
    actor = company.actor("administrator")
    draft = draft_save(actor=actor, document=LAYER, at=now, note="招聘会上常见的说法")
    trial_ask(
        actor=actor,
        person=company.administrator,
        document=LAYER,
        positions=[position],
        at=now,
        everybody=True,
    )
    version = layer_publish(actor=actor, person=company.administrator, draft=draft, at=now)
    assert version.note == "招聘会上常见的说法"
    assert not TaxonomyTrial.objects.exists()
    assert not TaxonomyDraft.objects.exists()


def test_credits_are_counted_by_concept(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    assert stale_tallies() == [position]
    tally = tally_count(position=position, at=now)
    assert tally.people == 3
    assert tally.counts.get("fine_tuning", 0) < 3
    assert stale_tallies() == []
    saved(company, now)
    application_screen(application=told, at=now)
    assert stale_tallies() == [position]
    counted = tally_count(position=position, at=now)
    assert counted.counts["fine_tuning"] == tally.counts.get("fine_tuning", 0) + 1
    assert ConceptTally.objects.count() == 1


def test_readers_in_other_processes_are_given_the_layer(
    company: Company, position: Position, now: dt.datetime
) -> None:
    from touchstone.engine.resumes.files import Source
    from touchstone.library.concepts import current_layer
    from touchstone.recruiting.reading import reader_pool

    saved(company, now)
    source = Source("赵六.txt", f"赵六\n13900000009\n工作经历\n{TOLD}\n".encode())
    scores = []
    for layer in ({}, current_layer()):
        with reader_pool(now.date(), MODEL, layer=layer, workers=1) as pool:
            (outcome,) = pool.read([source])
        row = outcome.value.screening
        scores.append(row["indicators"]["tech.training"]["score"])
        assert row["receipt"].get("taxonomy", "") == layer_sha256(layer)
    assert scores[1] > scores[0]


def test_a_models_effect_is_not_mixed_with_that_of_the_concepts(
    company: Company, position: Position, told: Application, now: dt.datetime
) -> None:
    saved(company, now)
    effect = ranking_effect(position, parse_model(MODEL), exact=True)
    assert effect is not None
    mine = next(one for one in effect.first if one.ref == told.ref)
    assert mine.before == mine.after != told.score
