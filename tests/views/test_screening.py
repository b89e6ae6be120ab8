"""The ranked list and the page of one application, as each kind of person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.company import Company, screening_row
from touchstone.audit.models import AuditEvent
from touchstone.positions.models import Position
from touchstone.recruiting.models import (
    Application,
    Candidate,
    CandidateNote,
    CandidateRequest,
    Resume,
    Screening,
    StageEvent,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


def changes_logged() -> int:
    """Entries of the log but for refusals, which are kept as well."""
    return AuditEvent.objects.exclude(action__startswith="access.").count()


def list_url(position: Position, query: str = "") -> str:
    return reverse("shortlist", args=[position.ref]) + query


def many(company: Company, position: Position, count: int, at: dt.datetime) -> None:
    """More screened applications, in bulk."""
    assert position.model_version is not None
    people = Candidate.objects.bulk_create(
        Candidate(branch=company.head, name=f"候选 {n}", created_at=at) for n in range(count)
    )
    resumes = Resume.objects.bulk_create(
        Resume(
            position=position,
            candidate=person,
            file_name=f"{n}.txt",
            sha256=f"{n:064d}",
            status="read",
            text=f"候选 {n}\n2020-至今\n做过数据清洗的第 {n} 人\n",
            years=n % 9,
            degree="bachelor" if n % 2 else "master",
            created_at=at,
        )
        for n, person in enumerate(people)
    )
    applications = Application.objects.bulk_create(
        Application(
            candidate=person,
            position=position,
            branch=company.head,
            stage="screened",
            applied_at=at,
            stage_since=at,
            resume=resume,
            score=float(n % 100),
            recommendation="advance" if n % 100 >= 70 else "review",
        )
        for n, (person, resume) in enumerate(zip(people, resumes, strict=True))
    )
    screenings = Screening.objects.bulk_create(
        Screening(
            application=application,
            resume=resume,
            model_version=position.model_version,
            score=application.score or 0.0,
            decision=application.recommendation,
            result=screening_row(resume, application.score or 0.0, application.recommendation),
            created_at=at,
        )
        for application, resume in zip(applications, resumes, strict=True)
    )
    for application, screening in zip(applications, screenings, strict=True):
        application.screening = screening
    Application.objects.bulk_update(applications, ["screening"])


def test_the_list_ranks_by_score(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...]
) -> None:
    page = client_of("recruiter").get(list_url(position))
    assert page.status_code == 200
    names = [row.application.candidate.name for row in page.context["rows"]]
    assert names == ["陆遥", "沈一鸣", "Anna Keller"]
    assert page.context["sides"] == {"advance": 1, "review": 1, "decline": 1}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?decision=review", ["沈一鸣"]),
        ("?q=点击率", ["陆遥"]),
        ("?q=ANNA", ["Anna Keller"]),
        ("?q=nobody", []),
        ("?sort=score", ["Anna Keller", "沈一鸣", "陆遥"]),
        ("?sort=nonsense&page=99", ["陆遥", "沈一鸣", "Anna Keller"]),
        ("?years=x&degree=king&stage=gone", ["陆遥", "沈一鸣", "Anna Keller"]),
        ("?q=%00", ["陆遥", "沈一鸣", "Anna Keller"]),
    ],
)
def test_filters(
    client_of: ClientOf,
    position: Position,
    applications: tuple[Application, ...],
    query: str,
    names: list[str],
) -> None:
    page = client_of("recruiter").get(list_url(position, query))
    assert [row.application.candidate.name for row in page.context["rows"]] == names


def test_the_list_takes_as_many_queries_for_many(
    client_of: ClientOf,
    company: Company,
    position: Position,
    applications: tuple[Application, ...],
    now: dt.datetime,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    client = client_of("recruiter")
    client.get(list_url(position))
    with django_assert_max_num_queries(14) as few:
        client.get(list_url(position))
    many(company, position, 120, now)
    with django_assert_num_queries(len(few)):
        page = client.get(list_url(position))
    assert len(page.context["rows"]) == 50


@pytest.mark.parametrize("line", ["0", "55.5", "100"])
def test_the_line_counts_both_sides(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...], line: str
) -> None:
    page = client_of("recruiter").get(list_url(position, f"?part=line&line={line}"))
    above = sum(a.score is not None and a.score >= float(line) for a in applications)
    assert page.context["sides"]["advance"] == above
    assert "数据不够" in page.content.decode()


def test_the_line_counts_those_whom_the_list_shows(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...]
) -> None:
    Application.objects.filter(pk=applications[0].pk).update(stage="rejected")
    page = client_of("recruiter").get(list_url(position))
    tabs = {name: page.context["counts"][name] for name in ("advance", "review", "decline")}
    assert page.context["sides"] == tabs
    assert sum(tabs.values()) == len(applications) - 1
    for _, groups in page.context["groupings"]:
        assert sum(row.group.n for _, row in groups) == len(applications)
    assert "已结束的 1 人不在内" in page.content.decode()


@pytest.mark.parametrize("line", ["-1", "101", "x", "nan", "1e9"])
def test_a_wrong_line_is_told(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...], line: str
) -> None:
    client = client_of("recruiter")
    assert client.get(list_url(position, f"?part=line&line={line}")).status_code == 422
    answer = client.post(reverse("line-set", args=[position.ref]), {"line": line})
    assert answer.status_code == 422


def test_a_line_becomes_the_models(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...], run_jobs: Any
) -> None:
    client_of("recruiter").post(reverse("line-set", args=[position.ref]), {"line": "55"})
    position.refresh_from_db()
    assert position.model_version is not None
    assert position.model_version.document["decision"]["advance"]["min"] == 55
    run_jobs()
    first = Application.objects.get(pk=applications[0].pk)
    assert first.screening is not None
    assert first.screening.model_version_id == position.model_version_id


def test_the_panel_shows_evidence(
    client_of: ClientOf, position: Position, application: Application
) -> None:
    page = client_of("recruiter").get(list_url(position, f"?part=panel&person={application.ref}"))
    text = page.content.decode()
    assert "2022.03–至今 推荐算法训练师" in text or "负责数据清洗" in text
    foreign = client_of("recruiter").get(list_url(position, "?part=panel&person=nobody"))
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("recruiter", 200),
        ("administrator", 200),
        ("auditor", 200),
        ("hiring_manager", 200),
        ("algorithm_lead", 403),
        ("outsider", 404),
        ("other_recruiter", 404),
        ("stranger", 404),
        ("", 302),
    ],
)
def test_who_sees_the_list(
    client_of: ClientOf,
    position: Position,
    applications: tuple[Application, ...],
    who: str,
    status: int,
) -> None:
    client = client_of(who)
    for name in ("shortlist", "compare", "resume-import", "resume-progress", "duplicates"):
        assert client.get(reverse(name, args=[position.ref])).status_code == status, name


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("recruiter", 200),
        ("auditor", 200),
        ("hiring_manager", 200),
        ("algorithm_lead", 404),
        ("other_recruiter", 404),
        ("stranger", 404),
        ("", 302),
    ],
)
def test_who_sees_an_application(
    client_of: ClientOf, application: Application, who: str, status: int
) -> None:
    answer = client_of(who).get(reverse("application", args=[application.ref]))
    assert answer.status_code == status


def test_an_interviewer_of_the_panel_sees_the_application(
    client_of: ClientOf, application: Application, interview: object
) -> None:
    url = reverse("application", args=[application.ref])
    assert client_of("algorithm_lead").get(url).status_code == 200
    assert client_of("outsider").get(url).status_code == 404


def test_the_resume_carries_its_marks(client_of: ClientOf, application: Application) -> None:
    text = client_of("recruiter").get(reverse("application", args=[application.ref]))
    page = text.content.decode()
    assert '<mark data-s="2" id="ev-0"' in page
    assert 'data-evidence="ev-0"' in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("auditor", 403), ("other_recruiter", 404), ("stranger", 404), ("algorithm_lead", 404)],
)
def test_who_may_not_act(
    client_of: ClientOf, application: Application, who: str, status: int
) -> None:
    client = client_of(who)
    before = changes_logged()
    for name, form in (
        ("application-move", {"to": "rejected", "reason": "x"}),
        ("application-undo", {}),
        ("screening-override", {"decision": "decline", "reason": "x"}),
        ("candidate-note", {"text": "x"}),
    ):
        answer = client.post(reverse(name, args=[application.ref]), form)
        assert answer.status_code == status, name
    application.refresh_from_db()
    assert application.stage == "screened"
    assert changes_logged() == before


def test_wrong_methods(client_of: ClientOf, position: Position, application: Application) -> None:
    client = client_of("recruiter")
    for name in ("application-move", "application-undo", "screening-override", "candidate-note"):
        assert client.get(reverse(name, args=[application.ref])).status_code == 405
    for name in ("invite", "line-set"):
        assert client.get(reverse(name, args=[position.ref])).status_code == 405
    assert client.post(list_url(position)).status_code == 405


def test_rejecting_needs_a_reason_and_can_be_undone(
    client_of: ClientOf, company: Company, application: Application
) -> None:
    client = client_of("hiring_manager")
    url = reverse("application-move", args=[application.ref])
    assert client.post(url, {"to": "rejected", "reason": " "}).status_code == 422
    client.post(url, {"to": "rejected", "reason": "缺少推荐业务经验"})
    application.refresh_from_db()
    assert application.stage == "rejected"
    event = StageEvent.objects.get(application=application, to_stage="rejected")
    assert event.person == company.hiring_manager
    client.post(reverse("application-undo", args=[application.ref]))
    application.refresh_from_db()
    assert application.stage == "screened"


@pytest.mark.parametrize(
    ("to", "status"),
    [("offered", 409), ("hired", 409), ("evaluated", 409), ("nonsense", 422), ("", 422)],
)
def test_steps_cannot_be_skipped(
    client_of: ClientOf, application: Application, to: str, status: int
) -> None:
    url = reverse("application-move", args=[application.ref])
    assert client_of("recruiter").post(url, {"to": to, "reason": "x"}).status_code == status
    application.refresh_from_db()
    assert application.stage == "screened"


def test_a_stale_page_moves_nobody(client_of: ClientOf, application: Application) -> None:
    client = client_of("recruiter")
    url = reverse("application-move", args=[application.ref])
    version = application.version
    client.post(url, {"to": "interviewing", "version": version})
    again = client.post(url, {"to": "rejected", "reason": "x", "version": version})
    assert again.status_code == 409
    application.refresh_from_db()
    assert application.stage == "interviewing"


def test_a_persons_word_stands_above(client_of: ClientOf, application: Application) -> None:
    client = client_of("recruiter")
    url = reverse("screening-override", args=[application.ref])
    assert client.post(url, {"decision": "decline", "reason": ""}).status_code == 422
    client.post(url, {"decision": "review", "reason": "项目时间对不上，想当面问"})
    application.refresh_from_db()
    assert application.recommendation == "review"
    page = client.get(reverse("application", args=[application.ref])).content.decode()
    assert "项目时间对不上" in page


def test_chosen_people_are_invited_once(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...]
) -> None:
    client = client_of("recruiter")
    url = reverse("invite", args=[position.ref])
    assert client.post(url, {}).status_code == 422
    chosen = {"application": [applications[0].ref, applications[1].ref]}
    client.post(url, chosen)
    client.post(url, chosen)
    stages = [Application.objects.get(pk=a.pk).stage for a in applications]
    assert stages == ["invited", "invited", "screened"]
    assert StageEvent.objects.filter(to_stage="invited").count() == 2


def test_everybody_above_the_line_is_invited(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...]
) -> None:
    client_of("recruiter").post(reverse("invite", args=[position.ref]), {"above": "50"})
    stages = [Application.objects.get(pk=a.pk).stage for a in applications]
    assert stages == ["invited", "invited", "screened"]


def test_foreign_people_cannot_be_invited(
    client_of: ClientOf, company: Company, position: Position, application: Application
) -> None:
    other = Position.objects.create(
        branch=company.head,
        department=company.algorithm,
        title="别的岗位",
        created_at=position.created_at,
    )
    url = reverse("invite", args=[other.ref])
    assert client_of("recruiter").post(url, {"application": [application.ref]}).status_code == 422
    application.refresh_from_db()
    assert application.stage == "screened"


def test_side_by_side(
    client_of: ClientOf, position: Position, applications: tuple[Application, ...]
) -> None:
    client = client_of("recruiter")
    query = "&".join(f"application={a.ref}" for a in applications)
    page = client.get(reverse("compare", args=[position.ref]) + f"?{query}&application=nobody")
    assert [a.candidate.name for a in page.context["people"]] == ["陆遥", "沈一鸣", "Anna Keller"]
    too_many = "&".join(f"application=a{n}" for n in range(6))
    answer = client.get(reverse("compare", args=[position.ref]) + f"?{too_many}")
    assert answer.status_code == 422


def test_notes_and_requests(
    client_of: ClientOf, application: Application, now: dt.datetime
) -> None:
    client = client_of("recruiter")
    url = reverse("candidate-note", args=[application.ref])
    assert client.post(url, {"text": " "}).status_code == 422
    assert client.post(url, {"text": "x", "remind_on": "tomorrow"}).status_code == 422
    client.post(url, {"text": "<script>alert(1)</script>", "remind_on": "2026-12-01"})
    assert CandidateNote.objects.get().remind_on == dt.date(2026, 12, 1)
    page = client.get(reverse("application", args=[application.ref])).content.decode()
    assert "<script>alert(1)" not in page

    asked = CandidateRequest.objects.create(
        application=application,
        candidate=application.candidate,
        kind="explanation",
        text="为什么",
        created_at=now,
    )
    answer_url = reverse("request-answer", args=[asked.ref])
    assert client_of("other_recruiter").post(answer_url, {"answer": "x"}).status_code == 404
    assert client_of("auditor").post(answer_url, {"answer": "x"}).status_code == 403
    client.post(answer_url, {"answer": "因为推荐业务经验的证据少。"})
    asked.refresh_from_db()
    assert asked.answered_at is not None


def test_english_is_complete(
    client_of: ClientOf, position: Position, application: Application
) -> None:
    client = client_of("recruiter")
    client.cookies["touchstone_language"] = "en"
    for url in (list_url(position), reverse("application", args=[application.ref])):
        page = client.get(url).content.decode()
        for words in ("建议邀请", "暂不邀请", "下载原件", "经过", "不再继续"):
            assert words not in page, (url, words)


def test_many_are_invited_by_a_job(
    client_of: ClientOf,
    company: Company,
    position: Position,
    applications: tuple[Application, ...],
    now: dt.datetime,
    run_jobs: Any,
) -> None:
    many(company, position, 60, now)
    client_of("recruiter").post(reverse("invite", args=[position.ref]), {"above": "0"})
    assert not StageEvent.objects.filter(to_stage="invited").exists()
    run_jobs()
    assert StageEvent.objects.filter(to_stage="invited").count() == 63
    assert Application.objects.filter(stage="invited").count() == 63


def test_an_interviewer_sees_no_contacts_and_no_notes(
    client_of: ClientOf, application: Application, interview: object
) -> None:
    client_of("recruiter").post(
        reverse("candidate-note", args=[application.ref]), {"text": "薪资期望偏高"}
    )
    url = reverse("application", args=[application.ref])
    theirs = client_of("algorithm_lead").get(url).content.decode()
    assert application.candidate.email not in theirs
    assert "薪资期望偏高" not in theirs
    ours = client_of("recruiter").get(url).content.decode()
    assert application.candidate.email in ours
    assert "薪资期望偏高" in ours


def test_somebody_taken_in_by_hand_can_go_on(client_of: ClientOf, application: Application) -> None:
    Application.objects.filter(pk=application.pk).update(stage="applied", screening=None)
    client = client_of("recruiter")
    url = reverse("application", args=[application.ref])
    assert "改为「已筛选」" in client.get(url).content.decode()
    client.post(reverse("application-move", args=[application.ref]), {"to": "screened"})
    application.refresh_from_db()
    assert application.stage == "screened"
