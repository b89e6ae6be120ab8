"""Pages of positions: who sees them, who changes what, and what happens to wrong input."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.company import Company
from touchstone.audit.models import AuditEvent
from touchstone.positions.models import Position, PositionMember

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


def changes_logged() -> int:
    """Entries of the log but for refusals, which are kept as well."""
    return AuditEvent.objects.exclude(action__startswith="access.").count()


def test_the_list_shows_what_i_may_see(client_of: ClientOf, position: Position) -> None:
    page = client_of("recruiter").get("/positions/")
    assert page.status_code == 200
    assert position.title in page.content.decode()
    assert position.title not in client_of("other_recruiter").get("/positions/").content.decode()


def test_the_list_takes_a_fixed_number_of_queries(
    client_of: ClientOf,
    company: Company,
    position: Position,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = client_of("recruiter")
    for number in range(12):
        Position.objects.create(
            branch=company.head,
            department=company.algorithm,
            title=f"岗位 {number}",
            created_at=position.created_at,
        )
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        assert client.get("/positions/?q=岗位").status_code == 200


def test_a_new_position_starts_from_a_template(client_of: ClientOf, company: Company) -> None:
    client = client_of("recruiter")
    assert client.get(reverse("position-new")).status_code == 200
    answer = client.post(
        reverse("position-new"),
        {
            "title": "对话运营训练师",
            "department": company.commerce.ref,
            "headcount": "2",
            "template": "dialogue-operations-trainer",
            "open": "1",
        },
    )
    made = Position.objects.get(title="对话运营训练师")
    assert answer["Location"] == reverse("position", args=[made.ref])
    assert made.status == "open"
    assert made.model_version is not None
    assert made.model_version.document["job_title"] == "对话运营训练师"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"headcount": "0"}, "headcount"),
        ({"headcount": "many"}, "headcount"),
        ({"department": "nothing"}, "department"),
    ],
)
def test_wrong_input_comes_back_with_what_was_typed(
    client_of: ClientOf, company: Company, changes: dict[str, str], field: str
) -> None:
    form = {"title": "岗位甲", "department": company.commerce.ref, "headcount": "1", **changes}
    answer = client_of("recruiter").post(reverse("position-new"), form)
    assert answer.status_code == 422
    assert field in answer.context["errors"]
    assert not Position.objects.exists()


def test_another_branchs_department_is_refused(client_of: ClientOf, company: Company) -> None:
    form = {"title": "岗位甲", "department": company.west_imaging.ref, "headcount": "1"}
    assert client_of("recruiter").post(reverse("position-new"), form).status_code == 422
    assert not Position.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
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
def test_who_sees_a_position(
    client_of: ClientOf, position: Position, who: str, status: int
) -> None:
    for name in ("position", "position-members", "position-model"):
        assert client_of(who).get(reverse(name, args=[position.ref])).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [("hiring_manager", 403), ("auditor", 403), ("other_recruiter", 404), ("stranger", 404)],
)
def test_who_may_not_change_a_position(
    client_of: ClientOf, position: Position, who: str, status: int
) -> None:
    client = client_of(who)
    before = changes_logged()
    for name in ("position", "position-status", "position-members", "model-save", "wish-add"):
        answer = client.post(reverse(name, args=[position.ref]), {"status": "closed"})
        assert answer.status_code == status, name
    position.refresh_from_db()
    assert position.status == "open"
    assert changes_logged() == before


def test_wrong_methods(client_of: ClientOf, position: Position) -> None:
    client = client_of("recruiter")
    for name in ("position-status", "model-save", "model-draft", "model-learn", "wish-add"):
        assert client.get(reverse(name, args=[position.ref])).status_code == 405
    assert client.post("/positions/").status_code == 405
    assert client.post(reverse("model-export", args=[position.ref])).status_code == 405


def test_edit_and_close(client_of: ClientOf, position: Position) -> None:
    client = client_of("recruiter")
    client.post(
        reverse("position", args=[position.ref]),
        {"title": "AI 训练师（推荐）", "headcount": "4", "recording_wanted": "on"},
    )
    client.post(reverse("position-status", args=[position.ref]), {"status": "closed"})
    position.refresh_from_db()
    assert (position.title, position.headcount, position.blind_first) == (
        "AI 训练师（推荐）",
        4,
        False,
    )
    assert position.status == "closed"
    answer = client.post(reverse("position-status", args=[position.ref]), {"status": "gone"})
    assert answer.status_code == 422


def test_people_come_and_go(client_of: ClientOf, company: Company, position: Position) -> None:
    client = client_of("recruiter")
    url = reverse("position-members", args=[position.ref])
    form = {"person": company.outsider.ref, "role": "interviewer"}
    client.post(url, form)
    assert PositionMember.objects.filter(position=position, person=company.outsider).count() == 1
    client.post(url, form)
    assert PositionMember.objects.filter(position=position, person=company.outsider).count() == 1
    client.post(url, {**form, "remove": "1"})
    assert not PositionMember.objects.filter(position=position, person=company.outsider).exists()


def test_a_person_of_another_branch_cannot_be_added(
    client_of: ClientOf, company: Company, position: Position
) -> None:
    url = reverse("position-members", args=[position.ref])
    company.west.parent = None
    company.west.save()
    form = {"person": company.other_interviewer.ref, "role": "interviewer"}
    assert client_of("recruiter").post(url, form).status_code == 404
    wrong = {"person": company.outsider.ref, "role": "king"}
    assert client_of("recruiter").post(url, wrong).status_code == 422


def test_both_languages(client_of: ClientOf, position: Position) -> None:
    client = client_of("recruiter")
    client.cookies["touchstone_language"] = "en"
    page = client.get(reverse("position", args=[position.ref])).content.decode()
    assert "Where the round stands" in page
    assert "这一轮到哪了" not in page


def test_a_form_sent_twice_makes_one_position(client_of: ClientOf, company: Company) -> None:
    client = client_of("recruiter")
    key = client.get(reverse("position-new")).context["key"]
    form = {"title": "岗位甲", "department": company.commerce.ref, "headcount": "1", "key": key}
    first = client.post(reverse("position-new"), form)
    again = client.post(reverse("position-new"), form)
    assert first["Location"] == again["Location"]
    assert Position.objects.count() == 1


@pytest.mark.parametrize("who", ["recruiter", "hiring_manager", "algorithm_lead", "auditor"])
def test_no_link_of_the_overview_leads_to_a_refusal(
    client_of: ClientOf, position: Position, who: str
) -> None:
    client = client_of(who)
    address = f"/positions/{position.ref}/"
    page = client.get(address)
    assert page.status_code == 200
    links = set(re.findall(rf'href="({address}[^"#?]+)', page.content.decode()))
    assert f"{address}assessment/" in links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
