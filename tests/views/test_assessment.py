"""Assessment pages of the desk: board, paper, one sitting, grading; and who may see and do what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.services.test_assessments_grading import CASE, GOOD, PROBLEM, bank
from touchstone.assessments.models import Attempt, AttemptItem, Grading, TaskKind
from touchstone.assessments.selectors import needs_second
from touchstone.assessments.services.grading import items_grade
from touchstone.assessments.services.papers import Task, attempt_invite, paper_save
from touchstone.assessments.services.sittings import (
    attempt_start,
    attempt_submit,
    draft_save,
    item_start,
)
from touchstone.common.actors import SYSTEM, Actor
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.consents import consent_give

ClientOf = Callable[[str], Client]
TASKS = [
    Task(TaskKind.CODING, PROBLEM, "technical", 45, 2.0),
    Task(TaskKind.CASE, "case-main-project", "technical", 40),
    Task(TaskKind.SCENARIO, "biz-1", "business", 20),
    Task(TaskKind.COMMUNICATION, "scn-1", "communication", 20),
]


@pytest.fixture
def attempt(
    company: Company, position: Position, application: Application, now: dt.datetime
) -> Attempt:
    """A sitting handed in and graded by the machine."""
    bank(now)
    actor = company.actor("recruiter")
    paper = paper_save(actor=actor, position=position, title="测评", tasks=TASKS, at=now)
    attempt = attempt_invite(actor=actor, application=application, paper=paper, at=now)
    consent_give(
        actor=Actor("candidate"),
        candidate=application.candidate,
        purpose="assessment",
        granted=True,
        at=now,
    )
    attempt_start(attempt=attempt, at=now)
    for kind, content in (
        (TaskKind.CASE, {"background": CASE}),
        (TaskKind.SCENARIO, {"answer": GOOD}),
        (TaskKind.COMMUNICATION, {"answer": "先算一下 Kappa。"}),
    ):
        item = item_start(item=attempt.items.get(item__kind=kind), at=now)
        draft_save(item=item, content=content, version=item.version, at=now)
    attempt_submit(actor=SYSTEM, attempt=attempt, at=now)
    items_grade(items=attempt.items.all(), at=now)
    attempt.refresh_from_db()
    return attempt


def scenario(attempt: Attempt, *, sample: bool) -> AttemptItem:
    """The business scenario; of the sample graded twice, or not."""
    item = attempt.items.get(item__kind=TaskKind.SCENARIO)
    ref = item.ref
    while needs_second(item) is not sample:
        ref = ref[:-1] + chr(ord(ref[-1]) + 1)
        item.ref = ref
    item.save(update_fields=["ref"])
    return item


# -- who sees what


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("recruiter", 200),
        ("administrator", 200),
        ("auditor", 200),
        ("hiring_manager", 200),
        ("algorithm_lead", 200),
        ("outsider", 404),
        ("other_recruiter", 404),
        ("stranger", 404),
        ("", 302),
    ],
)
def test_who_sees_sittings(client_of: ClientOf, attempt: Attempt, person: str, status: int) -> None:
    client = client_of(person)
    position = attempt.application.position
    item = attempt.items.get(item__kind=TaskKind.SCENARIO)
    for url in (
        reverse("assessment", args=[position.ref]),
        reverse("paper", args=[position.ref]),
        reverse("task-preview", args=[position.ref, 1]),
        reverse("attempt", args=[attempt.ref]),
        reverse("grade", args=[item.ref]),
    ):
        assert client.get(url).status_code == status, url


@pytest.mark.parametrize(
    ("person", "status"), [("auditor", 403), ("other_recruiter", 404), ("stranger", 404)]
)
def test_who_may_not_grade(client_of: ClientOf, attempt: Attempt, person: str, status: int) -> None:
    item = attempt.items.get(item__kind=TaskKind.SCENARIO)
    answer = client_of(person).post(
        reverse("grade", args=[item.ref]), {"point-k1": "1", "point-k2": "1"}
    )
    assert answer.status_code == status
    assert not Grading.objects.filter(rater_kind="person").exists()


@pytest.mark.parametrize("person", ["algorithm_lead", "hiring_manager", "auditor"])
def test_only_those_who_run_the_position_change_it(
    client_of: ClientOf, attempt: Attempt, person: str
) -> None:
    client = client_of(person)
    position = attempt.application.position
    assert client.post(reverse("paper", args=[position.ref]), {}).status_code == 403
    extra = client.post(reverse("extra-time", args=[attempt.ref]), {"minutes": "10"})
    assert extra.status_code == 403


def test_graders_see_a_code_instead_of_a_name(client_of: ClientOf, attempt: Attempt) -> None:
    name = attempt.application.candidate.name
    for url in (
        reverse("assessment", args=[attempt.application.position.ref]),
        reverse("attempt", args=[attempt.ref]),
        reverse("grade", args=[attempt.items.get(item__kind=TaskKind.SCENARIO).ref]),
    ):
        assert name not in client_of("algorithm_lead").get(url).content.decode()
        assert name in client_of("recruiter").get(url).content.decode()


@pytest.mark.parametrize("name", ["extra-time"])
def test_changes_need_a_post(client_of: ClientOf, attempt: Attempt, name: str) -> None:
    assert client_of("recruiter").get(reverse(name, args=[attempt.ref])).status_code == 405


# -- the board and the paper


def test_the_board_counts_and_filters(
    client_of: ClientOf, attempt: Attempt, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = client_of("recruiter")
    url = reverse("assessment", args=[attempt.application.position.ref])
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        page = client.get(url).content.decode()
    assert "已交，在评" in page
    assert (
        attempt.application.candidate.name
        not in client.get(f"{url}?state=invited")
        .content.decode()
        .split("<tbody")[1]
        .split("</tbody")[0]
    )


def test_the_board_is_complete_in_english(client_of: ClientOf, attempt: Attempt) -> None:
    client = client_of("recruiter")
    client.cookies["touchstone_language"] = "en"
    for url in (
        reverse("assessment", args=[attempt.application.position.ref]),
        reverse("paper", args=[attempt.application.position.ref]),
        reverse("attempt", args=[attempt.ref]),
    ):
        page = client.get(url).content.decode().split("<main")[1].split("</main")[0]
        for word in ("测评任务", "候选人", "机器", "次序", "权重", "交卷", "等人评"):
            assert word not in page, (url, word)


def test_a_paper_is_saved_reordered_and_shortened(client_of: ClientOf, attempt: Attempt) -> None:
    position = attempt.application.position
    client = client_of("recruiter")
    answer = client.post(
        reverse("paper", args=[position.ref]),
        {
            "title": "新卷",
            "order": ["2", "1", "3"],
            "kind": ["coding", "scenario", "case"],
            "code": [PROBLEM, "biz-1", "case-main-project"],
            "dimension": ["technical", "business", "technical"],
            "minutes": ["30", "15", "20"],
            "weight": ["2", "1", "1"],
            "drop": ["2"],
        },
    )
    assert answer.status_code == 302
    paper = position.papers.get(status="open")
    assert [i.code for i in paper.items.all()] == ["biz-1", PROBLEM]
    attempt.refresh_from_db()
    assert attempt.paper_id != paper.pk


@pytest.mark.parametrize(
    "bad",
    [
        {"code": ["no-such-code"]},
        {"minutes": ["0"]},
        {"minutes": ["soon"]},
        {"weight": ["0"]},
        {"code": [""]},
    ],
)
def test_a_bad_paper_is_refused_and_the_old_one_stays(
    client_of: ClientOf, attempt: Attempt, bad: dict[str, list[str]]
) -> None:
    position = attempt.application.position
    form = {
        "order": ["1"],
        "kind": ["scenario"],
        "code": ["biz-1"],
        "dimension": ["business"],
        "minutes": ["15"],
        "weight": ["1"],
        **bad,
    }
    answer = client_of("recruiter").post(reverse("paper", args=[position.ref]), form)
    assert answer.status_code in {404, 422}
    assert position.papers.get(status="open").items.count() == 4


# -- grading


def test_grading_by_points(client_of: ClientOf, company: Company, attempt: Attempt) -> None:
    item = scenario(attempt, sample=False)
    client = client_of("algorithm_lead")
    page = client.get(reverse("grade", args=[item.ref])).content.decode()
    assert "机器建议" in page
    assert "<mark" in page
    answer = client.post(
        reverse("grade", args=[item.ref]),
        {"point-k1": "1", "point-k2": "half", "note": "第二点不完整"},
    )
    assert answer.status_code == 302
    grading = Grading.objects.get(rater_kind="person")
    assert grading.points == {"k1": 1.0, "k2": 0.5}
    assert grading.score == pytest.approx(8.0)
    assert grading.person == company.algorithm_lead
    item.refresh_from_db()
    assert item.score == pytest.approx(80.0)
    shown = client_of("recruiter").get(reverse("attempt", args=[attempt.ref])).content.decode()
    assert "第二点不完整" in shown


def test_the_sample_is_graded_blind(client_of: ClientOf, attempt: Attempt) -> None:
    item = scenario(attempt, sample=True)
    url = reverse("grade", args=[item.ref])
    first, second = client_of("algorithm_lead"), client_of("business_lead")
    assert "机器建议" not in first.get(url).content.decode()
    first.post(url, {"point-k1": "1", "point-k2": "1", "note": "先评的"})
    assert "先评的" not in second.get(url).content.decode()
    second.post(url, {"point-k1": "0", "point-k2": "1"})
    assert "先评的" in second.get(url).content.decode()
    assert all(g.blind for g in Grading.objects.filter(rater_kind="person"))
    item.refresh_from_db()
    assert item.score == pytest.approx((100 + 40) / 2)


@pytest.mark.parametrize(
    "form",
    [{"score": "11"}, {"score": "nan"}, {"score": "many"}, {"point-k1": "9"}, {"point-zz": "1"}],
)
def test_numbers_that_make_no_sense(
    client_of: ClientOf, attempt: Attempt, form: dict[str, str]
) -> None:
    item = scenario(attempt, sample=False)
    answer = client_of("recruiter").post(reverse("grade", args=[item.ref]), form)
    assert answer.status_code == 422
    assert not Grading.objects.filter(rater_kind="person").exists()


def test_a_case_shows_its_claims_and_questions(client_of: ClientOf, attempt: Attempt) -> None:
    item = attempt.items.get(item__kind=TaskKind.CASE)
    page = client_of("recruiter").get(reverse("grade", args=[item.ref])).content.decode()
    assert "面试时可以问" in page or needs_second(item)
    answer = client_of("recruiter").post(reverse("grade", args=[item.ref]), {"score": "7.5"})
    assert answer.status_code == 302


def test_extra_time_reaches_every_task(client_of: ClientOf, attempt: Attempt) -> None:
    client = client_of("recruiter")
    url = reverse("extra-time", args=[attempt.ref])
    assert client.post(url, {"minutes": "20"}).status_code == 302
    for bad in ("", "0", "-5", "99999", "x"):
        assert client.post(url, {"minutes": bad}).status_code == 422
    attempt.refresh_from_db()
    assert attempt.extra_minutes == 20
