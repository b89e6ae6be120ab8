"""The candidate's pages: with their own link, another's, none, an expired one, a revoked one."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.conftest import CandidateLink
from tests.services.test_assessments_grading import PROBLEM, REFERENCE, bank
from touchstone.assessments.models import Attempt, AttemptItem, Submission, TaskKind
from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
from touchstone.audit.models import AuditEvent
from touchstone.library.models import Question
from touchstone.positions.models import Position
from touchstone.recruiting.models import (
    Application,
    Candidate,
    CandidateRequest,
    Consent,
    OutboxMessage,
    PortalLink,
)
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.services.links import link_create, link_revoke

HOME = "/p/"


def opened(path: str) -> Client:
    """A browser that pressed the button behind the letter's link."""
    client = Client()
    assert client.post(path).status_code == 302
    return client


def new_path(company: Company, application: Application, at: dt.datetime, days: int = 21) -> str:
    _link, address = link_create(
        actor=company.actor("recruiter"),
        application=application,
        purpose="portal",
        at=at,
        days=days,
    )
    return address.removeprefix(settings.BASE_URL)


def learning_question(at: dt.datetime) -> None:
    from touchstone.engine.questions.loading import built_in_questions, question_document

    question = next(q for q in built_in_questions() if q.kind == "learning")
    Question.objects.create(
        code="lrn-1",
        kind="learning",
        dimension="learning",
        title="学习",
        document={**question_document(question), "id": "lrn-1"},
        sha256="l" * 64,
        created_at=at,
    )


@pytest.fixture
def attempt(
    company: Company, position: Position, application: Application, now: dt.datetime
) -> Attempt:
    bank(now)
    learning_question(now)
    actor = company.actor("recruiter")
    paper = paper_save(
        actor=actor,
        position=position,
        title="测评",
        tasks=[
            Task(TaskKind.CODING, PROBLEM, "technical", 45, 2.0),
            Task(TaskKind.CASE, "case-main-project", "technical", 40),
            Task(TaskKind.SCENARIO, "biz-1", "business", 20),
            Task(TaskKind.LEARNING, "lrn-1", "learning", 60),
        ],
        at=now,
    )
    return attempt_invite(actor=actor, application=application, paper=paper, at=now)


@pytest.fixture(autouse=True)
def _counted_afresh() -> None:
    cache.clear()


@pytest.fixture
def browser(candidate_link: CandidateLink) -> Client:
    return opened(candidate_link.path)


@pytest.fixture
def sitting(browser: Client, attempt: Attempt) -> Client:
    """A browser whose owner agreed and went in."""
    answer = browser.post(reverse("portal-start"), {"consent": ["assessment", "recording"]})
    assert answer.status_code == 302
    return browser


def item_of(attempt: Attempt, kind: str) -> AttemptItem:
    return attempt.items.get(item__kind=kind)


def begun(client: Client, attempt: Attempt, kind: str) -> AttemptItem:
    item = item_of(attempt, kind)
    client.post(reverse("portal-task-start", args=[item.ref]))
    item.refresh_from_db()
    return item


def save(client: Client, item: AttemptItem, version: int, **fields: str) -> Any:
    return client.post(
        reverse("portal-draft", args=[item.ref]),
        {"version": version, **fields},
        headers={"accept": "application/json"},
    )


# -- the link


def test_opening_the_link_changes_nothing_until_the_button_is_pressed(
    candidate_link: CandidateLink,
) -> None:
    scanner = Client()
    for _ in range(3):
        page = scanner.get(candidate_link.path)
        assert page.status_code == 200
    assert scanner.head(candidate_link.path).status_code == 200
    assert not PortalLink.objects.exclude(redeemed_at=None).exists()
    assert opened(candidate_link.path).get(HOME).status_code == 200


def test_the_link_opens_in_one_browser_only(candidate_link: CandidateLink) -> None:
    first = opened(candidate_link.path)
    second = Client()
    refused = second.post(candidate_link.path)
    assert refused.status_code == 403
    assert "寄一条新链接" in refused.content.decode()
    assert second.get(HOME).status_code == 403
    assert first.get(HOME).status_code == 200
    assert first.post(candidate_link.path).status_code == 302


@pytest.mark.parametrize("token", ["x", "x" * 32, "x" * 5000, "你好", "-_-" * 11])
def test_tokens_that_mean_nothing_get_one_neutral_page(db: None, token: str) -> None:
    answer = Client().post(f"/p/{token}/")
    assert answer.status_code == 403
    assert "这条链接打不开" in answer.content.decode()


def test_expired_revoked_and_erased_links_look_alike(
    company: Company, application: Application, now: dt.datetime
) -> None:
    expired = new_path(company, application, now - dt.timedelta(days=40), days=20)
    revoked = new_path(company, application, now)
    link_revoke(actor=company.actor("recruiter"), link=PortalLink.objects.latest("pk"), at=now)
    pages = []
    for path in (expired, revoked, "/p/" + "q" * 32 + "/"):
        answer = Client().post(path)
        assert answer.status_code == 403
        pages.append(answer.content.decode().split("<main")[1].split('value="')[0])
    assert len(set(pages)) == 1


def test_revoking_ends_the_open_page_at_once(
    company: Company, browser: Client, candidate_link: CandidateLink, now: dt.datetime
) -> None:
    assert browser.get(HOME).status_code == 200
    link_revoke(actor=company.actor("recruiter"), link=PortalLink.objects.get(), at=now)
    assert browser.get(HOME).status_code == 403


def test_a_bent_cookie_opens_nothing(browser: Client) -> None:
    browser.cookies["touchstone_portal"] = browser.cookies["touchstone_portal"].value[:-2] + "AA"
    assert browser.get(HOME).status_code == 403


def test_the_token_stays_out_of_cookies_pages_and_the_log(
    browser: Client, candidate_link: CandidateLink
) -> None:
    page = browser.get(HOME)
    assert candidate_link.token not in page.content.decode()
    assert candidate_link.token not in str(browser.cookies)
    assert page["Referrer-Policy"] == "same-origin"
    assert not any(candidate_link.token in str(e.detail) for e in AuditEvent.objects.all())


def test_a_new_link_is_sent_to_the_address_and_nobody_learns_whose_it_is(
    application: Application, now: dt.datetime
) -> None:
    known = Client().post("/p/new-link/", {"email": application.candidate.email.upper()})
    unknown = Client().post("/p/new-link/", {"email": "nobody@example.com"})
    assert known.status_code == unknown.status_code == 200
    assert "请查收邮件" in known.content.decode()
    message = OutboxMessage.objects.get(template="new_link")
    assert "/p/" in message.body
    assert message.address == application.candidate.email


def test_another_device_gets_a_link_of_its_own(browser: Client) -> None:
    page = browser.post("/p/device/").content.decode()
    path = "/p/" + page.split("/p/", 1)[1].split('"')[0].split("/p/")[-1]
    start = page.index(f"{settings.BASE_URL}/p/") + len(settings.BASE_URL)
    path = page[start : page.index('"', start)]
    assert opened(path).get(HOME).status_code == 200
    assert browser.get(HOME).status_code == 200


def test_leaving_a_shared_computer(browser: Client) -> None:
    assert browser.post("/p/leave/").status_code == 200
    assert browser.get(HOME).status_code == 403


def test_guessing_is_stopped_for_the_address(candidate_link: CandidateLink) -> None:
    client = Client()
    for number in range(60):
        client.post(f"/p/guess-number-{number:04}/")
    assert client.post(candidate_link.path).status_code == 403


# -- other people's things


def test_another_candidates_task_is_not_there(
    company: Company, applications: tuple[Application, ...], attempt: Attempt, now: dt.datetime
) -> None:
    stranger = opened(new_path(company, applications[1], now))
    item = item_of(attempt, TaskKind.SCENARIO)
    assert stranger.get(reverse("portal-task", args=[item.ref])).status_code == 404
    for name in ("task-start", "draft", "run", "phase", "submit", "file"):
        answer = stranger.post(reverse(f"portal-{name}", args=[item.ref]), {"answer": "mine"})
        assert answer.status_code == 404, name
    item.refresh_from_db()
    assert item.content == {}
    assert item.started_at is None


def test_without_a_link_every_page_is_the_neutral_one(attempt: Attempt) -> None:
    item = item_of(attempt, TaskKind.SCENARIO)
    client = Client()
    for name in ("portal-home", "portal-practice"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("portal-task", args=[item.ref])).status_code == 403
    assert client.post(reverse("portal-submit", args=[item.ref])).status_code == 403
    answer = save(client, item, 1, answer="x")
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("application/json")


def test_staff_are_not_candidates(company: Company, client_of: Any, attempt: Attempt) -> None:
    assert client_of("recruiter").get(HOME).status_code == 403


@pytest.mark.parametrize(
    "name", ["portal-start", "portal-consent", "portal-finish", "portal-withdraw", "portal-erase"]
)
def test_changes_need_a_post(browser: Client, name: str) -> None:
    assert browser.get(reverse(name)).status_code == 405


# -- agreeing


def test_nothing_starts_before_the_candidate_agrees(browser: Client, attempt: Attempt) -> None:
    page = browser.get(HOME).content.decode()
    assert "请你同意" in page
    assert browser.post(reverse("portal-start"), {"consent": ["recording"]}).status_code == 422
    item = item_of(attempt, TaskKind.SCENARIO)
    browser.post(reverse("portal-task-start", args=[item.ref]))
    item.refresh_from_db()
    assert item.started_at is None
    assert not Consent.objects.filter(purpose="assessment", granted=True).exists()


def test_each_purpose_is_kept_with_the_version_and_hash_of_its_text(sitting: Client) -> None:
    rows = {c.purpose: c for c in Consent.objects.all()}
    assert {p: c.granted for p, c in rows.items()} == {
        "assessment": True,
        "recording": True,
        "transcript": False,
        "talent_pool": False,
    }
    assert all(len(c.text_sha256) == 64 and c.text_version for c in rows.values())
    sitting.post(reverse("portal-consent"), {"purpose": "recording", "granted": "0"})
    latest = Consent.objects.filter(purpose="recording", withdrawn_at=None).get()
    assert not latest.granted
    assert Consent.objects.filter(purpose="recording").count() == 2


# -- working


def test_typing_is_kept_and_two_windows_do_not_overwrite(sitting: Client, attempt: Attempt) -> None:
    item = begun(sitting, attempt, TaskKind.SCENARIO)
    assert item.deadline is not None
    page = sitting.get(reverse("portal-task", args=[item.ref])).content.decode()
    assert "data-autosave" in page
    first = save(sitting, item, item.version, answer="第一窗口")
    assert first.status_code == 200
    version = first.json()["version"]
    clash = save(sitting, item, item.version, answer="第二窗口")
    assert clash.status_code == 409
    assert clash.json()["theirs"]["answer"] == "第一窗口"
    assert clash.json()["version"] == version
    again = save(sitting, item, version, answer="第二窗口")
    assert again.status_code == 200
    item.refresh_from_db()
    assert item.content["answer"] == "第二窗口"


def test_the_clock_is_the_servers_and_starting_twice_does_not_restart_it(
    sitting: Client, attempt: Attempt
) -> None:
    item = begun(sitting, attempt, TaskKind.SCENARIO)
    deadline = item.deadline
    item = begun(sitting, attempt, TaskKind.SCENARIO)
    assert item.deadline == deadline
    AttemptItem.objects.filter(pk=item.pk).update(
        deadline=deadline - dt.timedelta(minutes=25)  # type: ignore[operator]
    )
    late = save(sitting, item, item.version, answer="太晚了")
    assert late.status_code == 422
    page = sitting.get(reverse("portal-task", args=[item.ref])).content.decode()
    assert "时间到了" in page


def test_handing_in_takes_what_the_page_still_held(sitting: Client, attempt: Attempt) -> None:
    item = begun(sitting, attempt, TaskKind.SCENARIO)
    answer = sitting.post(
        reverse("portal-submit", args=[item.ref]), {"version": item.version, "answer": "最后一句"}
    )
    assert answer.status_code == 302
    item.refresh_from_db()
    assert item.submitted_at
    assert item.content["answer"] == "最后一句"
    assert save(sitting, item, item.version, answer="又改").status_code == 422
    page = sitting.get(reverse("portal-task", args=[item.ref])).content.decode()
    assert "最后一句" in page
    assert "<textarea" not in page


def test_unknown_fields_are_not_stored(sitting: Client, attempt: Attempt) -> None:
    item = begun(sitting, attempt, TaskKind.SCENARIO)
    save(sitting, item, item.version, answer="a", score="100", ref="x")
    item.refresh_from_db()
    assert item.content == {"answer": "a"}


def test_the_material_is_shown_only_while_reading(sitting: Client, attempt: Attempt) -> None:
    item = begun(sitting, attempt, TaskKind.LEARNING)
    url = reverse("portal-task", args=[item.ref])
    step = reverse("portal-phase", args=[item.ref])
    assert "material" not in sitting.get(url).content.decode()
    assert save(sitting, item, item.version, answer="抢答").status_code == 422
    sitting.post(step, {"from": "before", "version": item.version, "before": "不了解"})
    page = sitting.get(url).content.decode()
    assert 'class="material"' in page
    item.refresh_from_db()
    assert item.phase == "reading"
    assert item.content["before"] == "不了解"
    # The half hour ends on the server, whatever the browser thinks.
    AttemptItem.objects.filter(pk=item.pk).update(phase_deadline=item.started_at)
    page = sitting.get(url).content.decode()
    assert 'class="material"' not in page
    assert 'name="answer"' in page
    assert save(sitting, item, item.version, before="改一改").status_code == 422
    item.refresh_from_db()
    assert save(sitting, item, item.version, answer="现在答").status_code == 200


def test_a_program_is_judged_and_shown(sitting: Client, attempt: Attempt, run_jobs: Any) -> None:
    item = begun(sitting, attempt, TaskKind.CODING)
    page = sitting.get(reverse("portal-task", args=[item.ref]))
    text = page.content.decode()
    assert "data-editor" in text
    assert "'nonce-" in page["Content-Security-Policy"]
    sent = sitting.post(
        reverse("portal-run", args=[item.ref]),
        {"language": "python", "source": REFERENCE.read_text(), "on": "samples"},
        headers={"hx-request": "true"},
    )
    assert sent.status_code == 200
    assert "正在判" in sent.content.decode()
    twice = sitting.post(
        reverse("portal-run", args=[item.ref]),
        {"language": "python", "source": "print(1)", "on": "samples"},
        headers={"hx-request": "true"},
    )
    assert twice.status_code == 422
    assert Submission.objects.count() == 1
    run_jobs()
    shown = sitting.get(reverse("portal-runs", args=[item.ref])).content.decode()
    submission = Submission.objects.get()
    if submission.status == "judged":
        assert ">AC<" in shown


def test_a_case_document_is_stored_and_can_be_replaced(sitting: Client, attempt: Attempt) -> None:
    item = begun(sitting, attempt, TaskKind.CASE)
    url = reverse("portal-file", args=[item.ref])

    def upload(name: str, data: bytes) -> int:
        file = io.BytesIO(data)
        file.name = name
        return sitting.post(url, {"file": file}).status_code

    assert upload("case.txt", "准确率从 81% 提升到 88%".encode()) == 302
    item.refresh_from_db()
    assert item.file is not None
    assert item.file.expires_at is not None
    assert upload("run.exe", b"MZ") == 422
    assert upload("empty.pdf", b"") == 422
    item.refresh_from_db()
    assert item.file.original_name == "case.txt"


# -- signals, status, rights


def test_signals_are_shown_to_the_candidate_who_may_comment(
    sitting: Client, attempt: Attempt
) -> None:
    body = json.dumps({"kind": "paste", "amount": 120, "task": "t"})
    url = reverse("portal-signal")
    assert sitting.post(url, body, content_type="application/json").status_code == 204
    for bad in ("", "[]", '{"kind": "guess"}', '{"kind": "paste", "amount": "x"}'):
        assert sitting.post(url, bad, content_type="application/json").status_code == 422
    assert "粘贴了 120 个字" in sitting.get(HOME).content.decode()
    signal = attempt.signals.get()
    sitting.post(reverse("portal-signal-comment", args=[signal.pk]), {"comment": "我的笔记"})
    signal.refresh_from_db()
    assert signal.comment == "我的笔记"


def test_withdrawing_closes_the_work_but_not_the_rights(sitting: Client, attempt: Attempt) -> None:
    item = begun(sitting, attempt, TaskKind.SCENARIO)
    sitting.post(reverse("portal-withdraw"), {"text": "另有安排"})
    attempt.application.refresh_from_db()
    assert attempt.application.stage == "withdrawn"
    assert save(sitting, item, item.version, answer="x").status_code == 403
    page = sitting.get(HOME).content.decode()
    assert "你已经退出" in page
    assert "删除我的资料" in page


def test_asking_for_people_stops_the_machine_at_once(browser: Client, attempt: Attempt) -> None:
    browser.post(reverse("portal-right", args=["human_review"]), {"text": "请人看"})
    attempt.application.refresh_from_db()
    assert attempt.application.human_only
    browser.post(reverse("portal-right", args=["explanation"]), {"text": "为什么"})
    browser.post(reverse("portal-right", args=["explanation"]), {"text": "再问"})
    kinds = sorted(CandidateRequest.objects.values_list("kind", flat=True))
    assert kinds == ["explanation", "human_review"]
    assert browser.get("/p/rights/everything/").status_code == 404


def test_the_copy_holds_what_was_given(sitting: Client, attempt: Attempt) -> None:
    item = begun(sitting, attempt, TaskKind.SCENARIO)
    save(sitting, item, item.version, answer="我的回答")
    answer = sitting.post(reverse("portal-data"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("data.json"))
    assert data["person"]["name"] == "陆遥"
    assert "我的回答" in json.dumps(data, ensure_ascii=False)
    assert data["consents"]


def test_erasing_leaves_no_trace_of_the_person(
    sitting: Client, attempt: Attempt, candidate_link: CandidateLink, files_dir: Any
) -> None:
    from django.apps import apps

    item = begun(sitting, attempt, TaskKind.CASE)
    save(sitting, item, item.version, background="独一无二的作答")
    file = io.BytesIO("独一无二的文件".encode())
    file.name = "陆遥的案例.txt"
    sitting.post(reverse("portal-file", args=[item.ref]), {"file": file})
    candidate = candidate_link.application.candidate
    unsure = sitting.post(reverse("portal-erase"), {})
    assert unsure.status_code == 200
    assert Candidate.objects.get(pk=candidate.pk).name
    page = sitting.post(reverse("portal-erase"), {"sure": "yes"})
    assert "回执" in page.content.decode()
    assert sitting.get(HOME).status_code == 403
    assert Client().post(candidate_link.path).status_code == 403
    traces = (candidate.name, candidate.email, candidate.phone, "独一无二")
    for model in apps.get_models():
        for row in model._base_manager.values():
            text = str(row)
            assert not any(trace in text for trace in traces), (model, row)
    stored = [p.read_bytes() for p in files_dir.rglob("*") if p.is_file()]
    assert not any("独一无二".encode() in data for data in stored)
    assert AuditEvent.objects.filter(action="candidate.erased").count() == 1


def test_who_was_offered_a_job_is_answered_by_people(
    company: Company, browser: Client, application: Application, now: dt.datetime
) -> None:
    Application.objects.filter(pk=application.pk).update(stage="offered")
    assert browser.post(reverse("portal-erase"), {"sure": "yes"}).status_code == 302
    assert CandidateRequest.objects.get().kind == "deletion"
    assert Candidate.objects.get(pk=application.candidate_id).name


@pytest.mark.parametrize(
    "stage", ["screened", "assessed", "interviewing", "evaluated", "offered", "hired", "withdrawn"]
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_stage_has_words_in_both_languages(
    browser: Client, application: Application, stage: str, language: str
) -> None:
    Application.objects.filter(pk=application.pk).update(stage=stage)
    browser.cookies["touchstone_language"] = language
    page = browser.get(HOME)
    assert page.status_code == 200
    main = page.content.decode().split("<main")[1]
    if language == "en":
        allowed = "".join(
            c for c in main if "一" <= c <= "鿿" and c not in "陆遥上海总部试金石江离"
        )
        assert allowed == ""


def test_rejected_candidates_read_that_people_decided(
    company: Company, browser: Client, application: Application, now: dt.datetime
) -> None:
    application_move(
        actor=company.actor("recruiter"),
        application=application,
        to="rejected",
        at=now,
        reason="内部理由",
    )
    page = browser.get(HOME).content.decode()
    assert "决定由人作出" in page
    assert "内部理由" not in page
