"""Pages of reports, decisions, hires and outcomes, as everybody who might open them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.evaluated import build_round, hold_interview
from touchstone.audit.models import AuditEvent
from touchstone.evaluation.models import (
    Decision,
    DepartmentEvaluation,
    Hire,
    Outcome,
    Report,
    Scorecard,
)
from touchstone.evaluation.services.reports import reports_issue
from touchstone.interviews.models import Interview, PanelMember
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Candidate, OutboxMessage
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.services.links import link_create

Clients = Callable[[str], Client]


@pytest.fixture
def rows(company: Company, position: Position, now: dt.datetime) -> list[Application]:
    found = build_round(company, position, now - dt.timedelta(days=6), count=6)
    for application in found:
        application_move(
            actor=company.actor("recruiter"),
            application=application,
            to="evaluated",
            at=now - dt.timedelta(days=2),
        )
    reports_issue(
        actor=company.actor("recruiter"), position=position, at=now - dt.timedelta(days=1)
    )
    return found


def page(name: str, thing: object, **query: str) -> str:
    address = reverse(name, args=[thing.ref])  # type: ignore[attr-defined]
    return address + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("recruiter", 200),
        ("hiring_manager", 200),
        ("auditor", 200),
        ("administrator", 200),
        ("algorithm_lead", 200),
        ("outsider", 404),
        ("other_recruiter", 404),
        ("stranger", 404),
        ("", 302),
    ],
)
def test_who_reads_a_report(
    client_of: Clients, rows: list[Application], who: str, status: int
) -> None:
    for name in ("report", "report-pdf"):
        assert client_of(who).get(page(name, rows[0])).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("recruiter", 200),
        ("hiring_manager", 200),
        ("auditor", 200),
        ("algorithm_lead", 403),
        ("other_recruiter", 404),
        ("stranger", 404),
        ("", 302),
    ],
)
def test_who_sees_the_round(
    client_of: Clients, position: Position, rows: list[Application], who: str, status: int
) -> None:
    for name in ("round", "hires", "round-xlsx"):
        assert client_of(who).get(page(name, position)).status_code == status
    assert client_of(who).get(page("round", position, meeting="")).status_code == status


def test_wrong_methods_are_refused(
    client_of: Clients, position: Position, rows: list[Application]
) -> None:
    client = client_of("recruiter")
    for name in ("report", "report-pdf"):
        assert client.post(page(name, rows[0])).status_code == 405
    for name in ("report-issue", "decide", "hire", "evaluation-save"):
        assert client.get(page(name, rows[0])).status_code == 405
    for name in ("round", "hires", "round-xlsx"):
        assert client.post(page(name, position)).status_code == 405
    assert client.get(page("calibrate", position)).status_code == 405


def test_a_report_shows_scores_evidence_and_views_in_both_languages(
    client_of: Clients, rows: list[Application]
) -> None:
    client = client_of("hiring_manager")
    text = client.get(page("report", rows[0])).content.decode()
    report = rows[0].reports.get()
    assert f"{report.overall:.1f}" in text
    assert "标注质量超出预期" in text
    assert "讲清了口径" in text
    assert report.sha256 in text
    assert text.count('id="e1"') == 1
    client.cookies["touchstone_language"] = "en"
    english = client.get(page("report", rows[0])).content.decode()
    assert "Strengths" in english
    assert "style=" not in english


def test_recomputing_says_that_everything_agrees(
    client_of: Clients, rows: list[Application]
) -> None:
    client = client_of("auditor")
    assert "重算一致" in client.get(page("report", rows[0]) + "?verify").content.decode()
    Report.objects.filter(application=rows[0]).update(overall=99.0)
    assert "重算一致" not in client.get(page("report", rows[0]) + "?verify").content.decode()


def test_somebody_who_owes_a_scorecard_sees_no_score_anywhere(
    company: Company,
    client_of: Clients,
    position: Position,
    rows: list[Application],
    now: dt.datetime,
) -> None:
    interview = Interview.objects.create(
        application=rows[0],
        round_no=2,
        status=Interview.Status.DONE,
        starts_at=now,
        ends_at=now,
        created_at=now,
    )
    for name in ("hiring_manager", "algorithm_lead"):
        PanelMember.objects.create(interview=interview, person=company.people[name])
    score = f"{rows[0].reports.get().overall:.1f}"
    client = client_of("hiring_manager")
    for name in ("report", "report-pdf"):
        answer = client.get(page(name, rows[0]))
        assert answer.status_code == 403
        assert score not in answer.content.decode(errors="ignore")
    assert client_of("algorithm_lead").get(page("report", rows[0])).status_code == 403
    listed = client.get(page("round", position)).content.decode()
    assert "你的评分还没有提交" in listed
    assert score not in listed
    meeting = client.get(page("round", position, meeting=rows[0].ref)).content.decode()
    assert rows[0].candidate.name not in meeting
    answer = client.post(page("decide", rows[0]), {"kind": "offer", "reason": "好"})
    assert answer.status_code == 403
    assert not Decision.objects.exists()


def test_decide_undo_decide_send_and_hire(
    company: Company, client_of: Clients, position: Position, rows: list[Application]
) -> None:
    client = client_of("hiring_manager")
    decide = page("decide", rows[0])
    assert client.post(decide, {"kind": "offer", "reason": ""}).status_code == 422
    assert client.post(decide, {"kind": "nonsense", "reason": "x"}).status_code == 422
    assert client.post(decide, {"kind": "offer", "reason": "业务扎实"}).status_code == 302
    assert client.post(decide, {"kind": "offer", "reason": "再来"}).status_code == 409
    decision = Decision.objects.get(undone_at=None)
    assert decision.report == rows[0].reports.get()
    assert client.post(page("decision-undo", decision)).status_code == 302
    rows[0].refresh_from_db()
    assert rows[0].stage == "evaluated"
    client.post(decide, {"kind": "offer", "reason": "业务扎实", "from": "meeting"})
    decision = Decision.objects.get(undone_at=None)
    assert client.post(page("decision-send", decision)).status_code == 302
    assert OutboxMessage.objects.filter(template="offer").count() == 1
    assert client.post(page("decision-undo", decision)).status_code == 409
    hire = {"starts_on": "2027-01-04", "manager": company.hiring_manager.ref}
    assert client.post(page("hire", rows[0]), {"starts_on": "soon"}).status_code == 422
    assert client.post(page("hire", rows[0]), hire).status_code == 302
    assert Hire.objects.get().manager == company.hiring_manager
    assert rows[0].candidate.name in client.get(page("hires", position)).content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("algorithm_lead", 403), ("auditor", 403), ("other_recruiter", 404), ("stranger", 404)],
)
def test_who_may_not_decide(
    client_of: Clients, rows: list[Application], who: str, status: int
) -> None:
    answer = client_of(who).post(page("decide", rows[0]), {"kind": "reject", "reason": "x"})
    assert answer.status_code == status
    rows[0].refresh_from_db()
    assert rows[0].stage == "evaluated"


def test_a_new_score_gives_a_draft_and_then_the_next_version(
    company: Company, client_of: Clients, rows: list[Application], now: dt.datetime
) -> None:
    application_move(
        actor=company.actor("recruiter"), application=rows[0], to="interviewing", at=now
    )
    hold_interview(company, rows[0], now, 5.0, raters=("hr_interviewer",), seed=3)
    client = client_of("hiring_manager")
    answer = client.post(page("report-issue", rows[0]))
    assert answer.status_code == 302
    assert "draft" in answer["Location"]
    assert "草稿" in client.get(answer["Location"]).content.decode()
    assert client_of("algorithm_lead").get(answer["Location"]).status_code == 403
    client.post(page("report-issue", rows[0]), {"issue": "1"})
    text = client.get(page("report", rows[0])).content.decode()
    assert "与第 1 版对照" in text
    assert client.get(page("report", rows[0], version="1")).status_code == 200
    assert client.get(page("report", rows[0], version="9")).status_code == 404


def test_compare_takes_five_at_most(
    client_of: Clients, position: Position, rows: list[Application]
) -> None:
    query = "&".join(f"with={row.ref}" for row in rows)
    text = client_of("recruiter").get(f"{page('round', position)}?{query}").content.decode()
    assert "并排看" in text
    assert text.count("<th><a href") == 5


def test_the_round_costs_a_fixed_number_of_queries(
    company: Company,
    client_of: Clients,
    position: Position,
    rows: list[Application],
    now: dt.datetime,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = client_of("recruiter")
    with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
        client.get(page("round", position))


def test_outcomes_are_for_the_manager_and_those_who_decide(
    company: Company, client_of: Clients, rows: list[Application], now: dt.datetime
) -> None:
    client = client_of("hiring_manager")
    client.post(page("decide", rows[0]), {"kind": "offer", "reason": "好"})
    client.post(page("hire", rows[0]), {"starts_on": "2026-12-01"})
    outcome = Outcome.objects.get(month=1)
    for who, status in (("stranger", 404), ("algorithm_lead", 404), ("other_recruiter", 404)):
        assert client_of(who).get(page("outcome", outcome)).status_code == status
    assert client.get(page("outcome", outcome)).status_code == 200
    bad = client.post(page("outcome", outcome), {"review": "8", "projects_delivered": "两个"})
    assert bad.status_code == 422
    assert "两个" in bad.content.decode()
    sent = {"review": "8", "model_improvement": "3,5", "comment": "上手快"}
    assert client.post(page("outcome", outcome), sent).status_code == 302
    outcome.refresh_from_db()
    assert (outcome.review, outcome.model_improvement) == (8.0, 3.5)


def test_a_departments_view_is_kept_as_typed_and_submitted_once(
    company: Company, client_of: Clients, rows: list[Application]
) -> None:
    application = rows[0]
    client = client_of("business_lead")
    address = page("evaluation-save", application)
    first = client.post(address, {"text": "懂业务", "version": "0"}, HTTP_ACCEPT="application/json")
    assert first.json()["version"] == 1
    stale = client.post(address, {"text": "另一份", "version": "0"}, HTTP_ACCEPT="application/json")
    assert stale.status_code == 409
    done = client.post(address, {"text": "懂业务", "version": "1", "stance": "hire", "submit": "1"})
    assert done.status_code == 302
    assert client.post(address, {"text": "改", "version": "2"}).status_code == 403
    view = DepartmentEvaluation.objects.get(department=company.commerce)
    assert (view.text, view.stance) == ("懂业务", "hire")
    for who, status in (("outsider", 404), ("stranger", 404), ("hr_interviewer", 404)):
        assert client_of(who).post(address, {"text": "x"}).status_code == status
    elsewhere = client.post(address, {"text": "", "next": "https://evil.example/"})
    assert "evil" not in elsewhere.get("Location", "")


def test_a_rater_reads_about_their_own_scoring_only(
    company: Company, client_of: Clients, position: Position, rows: list[Application]
) -> None:
    address = page("own-scoring", position)
    strict = client_of("algorithm_lead").get(address).content.decode()
    assert "平均低" in strict
    assert company.business_lead.name not in strict
    assert "平均高" in client_of("business_lead").get(address).content.decode()
    assert "还没有" in client_of("hiring_manager").get(address).content.decode()
    assert client_of("outsider").get(address).status_code == 404
    assert client_of("algorithm_lead").post(address).status_code == 405


def test_the_candidate_reads_their_own_version_once_the_decision_was_sent(
    company: Company, client_of: Clients, rows: list[Application], now: dt.datetime
) -> None:
    _link, address = link_create(
        actor=company.actor("recruiter"), application=rows[0], purpose="portal", at=now
    )
    browser = Client()
    browser.post(address.removeprefix(settings.BASE_URL))
    own = reverse("portal-report")
    assert browser.get(own).status_code == 404
    manager = client_of("hiring_manager")
    manager.post(page("decide", rows[0]), {"kind": "offer", "reason": "内部理由"})
    assert browser.get(own).status_code == 404
    manager.post(page("decision-send", Decision.objects.get()))
    answer = browser.get(own)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "技术能力" in text
    for secret in (*(p.name for p in company.people.values()), "内部理由", "讲清了口径"):
        assert secret not in text
    for other in rows[1:]:
        assert other.candidate.name not in text
    assert own in browser.get(reverse("portal-home")).content.decode()
    assert browser.post(own).status_code == 405
    assert Client().get(own).status_code != 200


def test_long_notes_rare_characters_and_gaps_are_shown_whole(
    company: Company, client_of: Clients, application: Application, now: dt.datetime
) -> None:
    Candidate.objects.filter(pk=application.candidate_id).update(name="𠮷㐂👍 <b>")
    interview = hold_interview(company, application, now, 6.0, raters=("hr_interviewer",))
    card = interview.scorecards.get()
    card.scores.filter(dimension="learning").update(score=None, not_observed=True)
    card.scores.filter(indicator="tech.data").update(comment="长" * 10_000)
    Scorecard.objects.filter(pk=card.pk).update(summary="尾" * 10_000)
    application.refresh_from_db()
    client = client_of("hiring_manager")
    client.post(page("report-issue", application), {"issue": "1"})
    text = client.get(page("report", application)).content.decode()
    assert "𠮷㐂👍 &lt;b&gt;" in text
    assert "长" * 10_000 in text
    assert "尾" * 10_000 in text
    assert "学习能力没有任何测评或面试分" in text
    assert "只有 1 位评分人" in text
    assert "未观察到" in text
    assert client.get(page("report-pdf", application)).content[:5] == b"%PDF-"
    assert client.get(page("round-xlsx", application.position)).content[:2] == b"PK"


def test_outcomes_come_from_a_file_and_bad_rows_are_named(
    client_of: Clients, position: Position, rows: list[Application]
) -> None:
    client = client_of("hiring_manager")
    client.post(page("decide", rows[0]), {"kind": "offer", "reason": "好"})
    client.post(page("hire", rows[0]), {"starts_on": "2026-12-01"})
    upload = page("outcomes-upload", position)
    text = (
        "姓名,月份,交付项目数,效果提升,评价\n候选人0,3,2,12.5%,8\n无名氏,3,1,1,5\n候选人0,1,x,1,5\n"
    )
    file = SimpleUploadedFile("近况.csv", text.encode("gb18030"))
    answer = client.post(upload, {"file": file}, follow=True).content.decode()
    assert "记下了 1 行" in answer
    assert "第 3 行" in answer
    assert "第 4 行" in answer
    outcome = Outcome.objects.get(month=3)
    assert (outcome.projects_delivered, outcome.model_improvement, outcome.review) == (2, 12.5, 8)
    assert client.post(upload, {}).status_code == 422
    assert client.get(upload).status_code == 405
    for who, status in (("algorithm_lead", 403), ("other_recruiter", 404), ("auditor", 403)):
        assert client_of(who).post(upload, {"file": file}).status_code == status


def test_every_file_that_leaves_is_in_the_log(
    client_of: Clients, position: Position, rows: list[Application]
) -> None:
    client = client_of("auditor")
    client.get(page("report-pdf", rows[0]))
    client.get(page("round-xlsx", position))
    client.get(page("insights-csv", position))
    client_of("other_recruiter").get(page("round-xlsx", position))
    logged = AuditEvent.objects.filter(action__endswith=".exported")
    assert sorted(logged.values_list("action", flat=True)) == [
        "insights.exported",
        "report.exported",
        "round.exported",
    ]
