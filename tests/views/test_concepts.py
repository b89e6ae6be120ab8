"""Pages of the company's concepts: finding, drafting as typed, the effect, saving, undoing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.company import Company
from touchstone.engine.text.layer_files import read_layer
from touchstone.engine.text.taxonomy import shipped
from touchstone.library.concepts import company_taxonomy, draft_save, version_save
from touchstone.library.models import TaxonomyDraft, TaxonomyVersion
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Screening, TaxonomyTrial
from touchstone.recruiting.services.concepts import tally_count
from touchstone.recruiting.services.screening import application_screen

ClientOf = Callable[[str], Client]
ALIAS = "炼丹调校"
TOLD = f"陆遥\n2022.03–至今 某公司 训练师\n负责模型的{ALIAS}，离线 AUC 由 0.71 提升到 0.78。\n"


@pytest.fixture
def told(application: Application, now: dt.datetime) -> Application:
    resume = application.resume
    assert resume is not None
    resume.text = TOLD
    resume.save(update_fields=["text"])
    application_screen(application=application, at=now)
    application.refresh_from_db()
    return application


def fields(concept: str, **changes: Any) -> dict[str, Any]:
    """What the browser posts for a shipped concept as it stands, guards left aside."""
    known = shipped().concepts[concept]
    posted: dict[str, Any] = {
        "zh": known.zh,
        "en": known.en,
        "kind": known.kind,
        "keep": list(known.aliases),
        "add": "",
        "is_a": "\n".join(known.is_a),
        "part_of": "\n".join(known.part_of),
        "evidence_for": "\n".join(known.evidence_for),
    }
    for number, alias in enumerate(sorted(shipped().guards.get(concept, {}))):
        posted[f"guard-{number}-alias"] = alias
    return posted | changes


def test_the_list_is_found_by_any_spelling_in_either_language(
    company: Company, client_of: ClientOf
) -> None:
    browser = client_of("auditor")
    for words, concept in (
        ("提示工程", "prompt_engineering"),
        ("fine-tuning", "fine_tuning"),
        ("標注規範", "annotation_guideline"),
        ("label_studio", "label_studio"),
    ):
        page = browser.get("/taxonomy/", {"q": words}).content.decode()
        assert f"/taxonomy/concepts/{concept}/" in page
    assert "没有这样的概念" in browser.get("/taxonomy/", {"q": "不存在的词"}).content.decode()


def test_the_tree_opens_branch_by_branch(company: Company, client_of: ClientOf) -> None:
    browser = client_of("hiring_manager")
    top = browser.get("/taxonomy/", {"view": "tree"}).content.decode()
    assert "/taxonomy/concepts/data_annotation/below/" in top
    assert "/taxonomy/concepts/label_studio/" not in top
    below = browser.get("/taxonomy/concepts/annotation_tools/below/")
    if below.status_code == 404:
        below = browser.get("/taxonomy/concepts/data_annotation/below/")
    assert "/taxonomy/concepts/label_studio/" in below.content.decode()
    assert browser.get("/taxonomy/concepts/nowhere/below/").status_code == 404


def test_lists_ask_the_database_as_often_however_many_there_are(
    company: Company, position: Position, told: Application, now: dt.datetime, client_of: ClientOf
) -> None:
    browser = client_of("administrator")
    browser.get("/taxonomy/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/taxonomy/")
    number = 0
    for word in ("蟒语", "火炬框架"):
        number += 1
        version_save(
            actor=company.actor("administrator"),
            document={"python": {"add": [word]}},
            at=now,
            based_on=number - 1,
        )
    tally_count(position=position, at=now)
    company_taxonomy()
    for path in ("/taxonomy/", "/taxonomy/?sort=-people&only=credited", "/taxonomy/?view=tree"):
        with CaptureQueriesContext(connection) as many:
            assert browser.get(path).status_code == 200
        assert len(many) == len(few)
    versions = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/taxonomy/versions/").status_code == 200
        versions.append(len(asked))
        number += 1
        version_save(
            actor=company.actor("administrator"),
            document={"python": {"add": [f"蟒语{number}"]}},
            at=now,
            based_on=number - 1,
        )
        company_taxonomy()
    assert versions[0] == versions[1]


def test_a_concept_says_who_asks_for_it_and_how_often_it_was_credited(
    company: Company, position: Position, told: Application, now: dt.datetime, client_of: ClientOf
) -> None:
    tally_count(position=position, at=now)
    page = client_of("recruiter").get("/taxonomy/concepts/fine_tuning/").content.decode()
    assert position.title in page
    assert "3 份现行筛选里" in page
    elsewhere = client_of("other_recruiter").get("/taxonomy/concepts/fine_tuning/").content.decode()
    assert position.title not in elsewhere
    assert "没有指标要它" in elsewhere


def test_what_is_typed_is_kept_and_judged_in_the_readers_language(
    company: Company, client_of: ClientOf
) -> None:
    browser = client_of("recruiter")
    posted = fields("fine_tuning", add=f"{ALIAS}\nTensorFlow\nGo", is_a="深度学习\n没有这个")
    answer = browser.post("/taxonomy/concepts/fine_tuning/", posted, HTTP_HX_REQUEST="true")
    page = answer.content.decode()
    assert "TensorFlow”已经是“TensorFlow”的说法" in page
    assert "太短" in page
    assert "没有编号为“没有这个”的概念" in page
    draft = TaxonomyDraft.objects.get()
    assert draft.document["fine_tuning"]["add"] == [ALIAS, "TensorFlow", "Go"]
    assert draft.document["fine_tuning"]["is_a"] == ["deep_learning", "没有这个"]
    again = browser.get("/taxonomy/concepts/fine_tuning/").content.decode()
    assert f"{ALIAS}\nTensorFlow\nGo" in again
    assert "没有这个" in again
    browser.cookies["touchstone_language"] = "en"
    english = browser.post("/taxonomy/concepts/fine_tuning/", posted, HTTP_HX_REQUEST="true")
    assert "already belongs to" in english.content.decode()


def test_a_form_sent_as_it_stands_changes_nothing(company: Company, client_of: ClientOf) -> None:
    browser = client_of("recruiter")
    for concept in ("prompt_engineering", "golang", "agent", "alignment", "c_language"):
        page = browser.get(f"/taxonomy/concepts/{concept}/")
        form = page.context["form"]
        posted = fields(concept)
        posted |= {key: value for key, _label, value in form.relations}
        for row in form.guards:
            posted[f"guard-{row.number}-alias"] = row.alias
            posted[f"guard-{row.number}-near"] = row.near
            posted[f"guard-{row.number}-not_near"] = row.not_near
            if row.case:
                posted[f"guard-{row.number}-case"] = "1"
            if row.listed:
                posted[f"guard-{row.number}-listed"] = "1"
        browser.post(f"/taxonomy/concepts/{concept}/", posted, HTTP_HX_REQUEST="true")
        assert TaxonomyDraft.objects.get().document == {}


def test_a_guard_is_written_in_words_and_an_empty_one_is_told(
    company: Company, client_of: ClientOf
) -> None:
    browser = client_of("recruiter")
    guarded = fields("fine_tuning", add="FT") | {
        "guard-0-alias": "FT",
        "guard-0-near": "模型、LoRA",
        "guard-0-not_near": "时报",
        "guard-0-case": "1",
    }
    page = browser.post("/taxonomy/concepts/fine_tuning/", guarded, HTTP_HX_REQUEST="true")
    assert "没有要改的" in page.content.decode()
    rule = TaxonomyDraft.objects.get().document["fine_tuning"]["guards"]["FT"]
    assert rule["case"] == "FT"
    form = browser.get("/taxonomy/concepts/fine_tuning/").context["form"]
    assert (form.guards[0].near, form.guards[0].not_near) == ("模型、lora", "时报")
    empty = fields("fine_tuning", add="FT") | {"guard-0-alias": "FT"}
    page = browser.post("/taxonomy/concepts/fine_tuning/", empty, HTTP_HX_REQUEST="true")
    assert "条件是空的" in page.content.decode()


def test_a_new_concept_begins_with_its_names(company: Company, client_of: ClientOf) -> None:
    browser = client_of("recruiter")
    assert browser.post("/taxonomy/new/", {"zh": " ", "en": ""}).status_code == 422
    answer = browser.post("/taxonomy/new/", {"zh": "炼丹师", "en": "alchemist", "kind": "skill"})
    assert answer["Location"] == "/taxonomy/concepts/alchemist/"
    page = browser.get("/taxonomy/concepts/alchemist/").content.decode()
    assert "还没有上级" in page
    assert client_of("administrator").get("/taxonomy/concepts/alchemist/").status_code == 404
    browser.post("/taxonomy/concepts/alchemist/", {"action": "revert"})
    assert TaxonomyDraft.objects.get().document == {}


def test_the_effect_names_people_and_their_words_and_stores_nothing(
    company: Company, position: Position, told: Application, now: dt.datetime, client_of: ClientOf
) -> None:
    browser = client_of("recruiter")
    draft_save(actor=company.actor("recruiter"), document={"fine_tuning": {"add": [ALIAS]}}, at=now)
    screenings = Screening.objects.count()
    answer = browser.post("/taxonomy/draft/try/", {"position": position.ref, "scope": "all"})
    assert answer.status_code == 302
    page = browser.get("/taxonomy/draft/").content.decode()
    assert told.candidate.name in page
    assert f"<mark>{ALIAS}</mark>" in page
    assert "训练、微调并评测模型" in page
    assert Screening.objects.count() == screenings
    assert not TaxonomyVersion.objects.exists()
    draft_save(actor=company.actor("recruiter"), document={"python": {"add": ["蟒语"]}}, at=now)
    assert "下面是改之前的结果" in browser.get("/taxonomy/draft/").content.decode()


def test_the_effect_of_others_rounds_is_not_shown(
    company: Company, position: Position, told: Application, now: dt.datetime, client_of: ClientOf
) -> None:
    browser = client_of("other_recruiter")
    actor = company.actor("other_recruiter")
    draft_save(actor=actor, document={"fine_tuning": {"add": [ALIAS]}}, at=now)
    browser.post("/taxonomy/draft/try/", {"position": position.ref, "scope": "all"})
    assert not TaxonomyTrial.objects.exists()
    page = browser.get("/taxonomy/draft/").content.decode()
    assert told.candidate.name not in page
    TaxonomyTrial.objects.create(
        author=company.other_recruiter,
        document={},
        status="done",
        created_at=now,
        result={"positions": [{"ref": position.ref, "people": [{"ref": told.ref}]}]},
    )
    assert told.candidate.name not in browser.get("/taxonomy/draft/").content.decode()


def test_a_long_trial_runs_in_a_job_and_shows_how_far_it_is(
    company: Company,
    position: Position,
    told: Application,
    now: dt.datetime,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("touchstone.desk.views.concepts.AT_ONCE", 1)
    monkeypatch.setattr("touchstone.recruiting.services.trials.AT_ONCE", 1)
    browser = client_of("recruiter")
    draft_save(actor=company.actor("recruiter"), document={"fine_tuning": {"add": [ALIAS]}}, at=now)
    browser.post("/taxonomy/draft/try/", {"position": position.ref, "scope": "all"})
    trial = TaxonomyTrial.objects.get()
    assert trial.status == "waiting"
    TaxonomyTrial.objects.update(status="running", done=1, started_at=now)
    part = browser.get("/taxonomy/draft/effect/").content.decode()
    assert 'hx-trigger="every 1s"' in part
    assert "1 / 3" in part


def test_saving_takes_somebody_responsible_for_every_branch(
    company: Company, now: dt.datetime, client_of: ClientOf
) -> None:
    for name in ("recruiter", "administrator"):
        draft_save(actor=company.actor(name), document={"fine_tuning": {"add": [ALIAS]}}, at=now)
    refused = client_of("recruiter").post("/taxonomy/draft/", {"action": "publish"})
    assert refused.status_code == 403
    assert "保存为新版" not in client_of("recruiter").get("/taxonomy/draft/").content.decode()
    saved = client_of("administrator").post(
        "/taxonomy/draft/", {"action": "publish", "note": "简历里常见"}
    )
    assert saved["Location"] == "/taxonomy/versions/"
    assert company_taxonomy().find(ALIAS) == ("fine_tuning",)
    page = client_of("auditor").get("/taxonomy/versions/").content.decode()
    assert "简历里常见" in page
    assert company.administrator.name in page
    assert f"<ins>{ALIAS}</ins>" in page
    assert "撤销这一版" not in page


def test_a_draft_with_errors_is_kept_and_not_saved(
    company: Company, now: dt.datetime, client_of: ClientOf
) -> None:
    draft_save(
        actor=company.actor("administrator"), document={"fine_tuning": {"add": ["Go"]}}, at=now
    )
    browser = client_of("administrator")
    answer = browser.post("/taxonomy/draft/", {"action": "publish", "note": "理由"}, follow=True)
    assert "没有保存" in answer.content.decode()
    assert TaxonomyDraft.objects.get().note == "理由"
    assert not TaxonomyVersion.objects.exists()


def test_a_late_draft_is_put_on_top_of_the_colleagues(
    company: Company, now: dt.datetime, client_of: ClientOf
) -> None:
    mine = {"fine_tuning": {"add": [ALIAS]}, "sql": {"add": ["结构化查询"]}}
    draft_save(actor=company.actor("administrator"), document=mine, at=now)
    version_save(
        actor=company.actor("administrator"),
        document={"python": {"add": ["蟒语"]}, "sql": {"add": ["西口"]}},
        at=now,
        based_on=0,
    )
    browser = client_of("administrator")
    assert "同事存了第 1 版" in browser.get("/taxonomy/draft/").content.decode()
    late = browser.post("/taxonomy/draft/", {"action": "publish"}, follow=True)
    assert "同事刚存了第 1 版" in late.content.decode()
    merged = browser.post("/taxonomy/draft/", {"action": "rebase"}, follow=True)
    assert "sql" in merged.content.decode()
    draft = TaxonomyDraft.objects.get()
    assert draft.document == {**mine, "python": {"add": ["蟒语"]}}
    assert draft.based_on == 1
    browser.post("/taxonomy/draft/", {"action": "publish"})
    assert TaxonomyVersion.objects.count() == 2


def test_the_newest_version_is_undone_and_past_screenings_run_again_on_purpose(
    company: Company, position: Position, told: Application, now: dt.datetime, client_of: ClientOf
) -> None:
    version = version_save(
        actor=company.actor("administrator"),
        document={"fine_tuning": {"add": [ALIAS]}},
        at=now,
        based_on=0,
    )
    browser = client_of("administrator")
    page = browser.get("/taxonomy/versions/").content.decode()
    assert f"/taxonomy/rescreen/{position.ref}/" in page
    assert browser.post(f"/taxonomy/rescreen/{position.ref}/").status_code == 302
    assert (
        client_of("hiring_manager").post(f"/taxonomy/rescreen/{position.ref}/").status_code == 403
    )
    assert (
        client_of("recruiter").post("/taxonomy/versions/", {"version": version.ref}).status_code
        == 403
    )
    browser.post("/taxonomy/versions/", {"version": version.ref})
    assert company_taxonomy().find(ALIAS) == ()
    late = browser.post("/taxonomy/versions/", {"version": version.ref}, follow=True)
    assert "同事刚存了第 2 版" in late.content.decode()


def test_files_come_in_and_go_out_in_the_shipped_form(
    company: Company, now: dt.datetime, client_of: ClientOf
) -> None:
    browser = client_of("recruiter")
    text = (
        "- kind: skill\n  is_a: [prompt_engineering]\n  items:\n"
        "    alchemist: 炼丹师 | alchemist | 咒语师\n"
        "---\nalchemist:\n  咒语师: {near: '模型'}\n"
    )
    upload = SimpleUploadedFile("ours.yaml", text.encode())
    page = browser.post("/taxonomy/import/", {"file": upload}, follow=True).content.decode()
    assert "1 个概念的改动已放进草稿" in page
    assert "咒语师：同一行要有 模型" in page
    assert company_taxonomy().find("咒语师") == ()
    out = browser.get("/taxonomy/export/", {"version": "draft"})
    assert out["Content-Disposition"] == 'attachment; filename="concepts-draft.yaml"'
    assert set(read_layer([("x.yaml", out.content)])) == {"alchemist"}
    bad = SimpleUploadedFile("bad.yaml", b"- kind: gadget\n  items: {a_b: x | y}\n")
    refused = browser.post("/taxonomy/import/", {"file": bad}, follow=True).content.decode()
    assert "bad.yaml" in refused
    assert TaxonomyDraft.objects.get().document["alchemist"]["new"] is True
    assert client_of("auditor").get("/taxonomy/export/").status_code == 200
    assert browser.get("/taxonomy/export/", {"version": "nowhere"}).status_code == 404


def test_interviewers_have_no_business_here(company: Company, client_of: ClientOf) -> None:
    browser = client_of("algorithm_lead")
    for path in ("/taxonomy/", "/taxonomy/concepts/python/", "/taxonomy/draft/"):
        assert browser.get(path).status_code == 403


def test_receipts_are_computed_again_by_the_concepts_they_name(
    company: Company, told: Application, now: dt.datetime, client_of: ClientOf
) -> None:
    version_save(
        actor=company.actor("administrator"),
        document={"fine_tuning": {"add": [ALIAS]}},
        at=now,
        based_on=0,
    )
    application_screen(application=told, at=now)
    told.refresh_from_db()
    assert told.screening is not None
    Screening.objects.filter(pk=told.screening.pk).update(
        result=told.screening.result | {"score": 99.0}
    )
    page = client_of("recruiter").get(f"/applications/{told.ref}/receipts/").content.decode()
    assert "概念第 1 版" in page
    assert "自带概念" in page
    assert page.count("逐字一致") == 1
    assert "重算的总分和当时留下的不一样" in page
    outsider = client_of("outsider").get(f"/applications/{told.ref}/receipts/")
    assert outsider.status_code == 404
