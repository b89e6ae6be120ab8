"""People and roles: administrators only, each within what they administer."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.company import Company, role_row
from touchstone.accounts.models import Department, Person, Role, RoleAssignment
from touchstone.audit.models import AuditEvent
from touchstone.recruiting.models import OutboxMessage

ClientOf = Callable[[str], Client]


@pytest.fixture
def branch_administrator(company: Company, client_of: ClientOf) -> Client:
    """A browser of somebody who administers the western branch alone."""
    role_row(company.other_recruiter, Role.ADMINISTRATOR, company.west)
    return client_of("other_recruiter")


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("-seq").values_list("action", flat=True)[:4])


@pytest.mark.parametrize("name", ["recruiter", "hiring_manager", "algorithm_lead", "auditor"])
def test_others_may_not_look(company: Company, client_of: ClientOf, name: str) -> None:
    client = client_of(name)
    assert client.get("/people/").status_code == 403
    assert client.get(f"/people/{company.recruiter.ref}/").status_code == 403
    assert client.post(f"/people/{company.recruiter.ref}/active/").status_code == 403


def test_anonymous_is_sent_to_sign_in(company: Company, client_of: ClientOf) -> None:
    response = client_of("").get("/people/")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/people/"


def test_list_shows_everybody_in_few_queries(
    company: Company, client_of: ClientOf, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of("administrator")
    with django_assert_max_num_queries(12):
        page = client.get("/people/").content.decode()
    for person in company.people.values():
        assert person.name in page


def test_search_finds_by_department(company: Company, client_of: ClientOf) -> None:
    page = client_of("administrator").get("/people/", {"q": "电商"}).content.decode()
    assert company.business_lead.name in page
    assert company.auditor.username not in page


def test_adding_a_person_invites_them(company: Company, client_of: ClientOf) -> None:
    client = client_of("administrator")
    response = client.post(
        "/people/new/",
        {
            "name": "温瑾",
            "username": "wen_jin",
            "email": "wen_jin@company.example",
            "department": company.west_imaging.ref,
            "roles": ["interviewer"],
        },
    )
    person = Person.objects.get(username="wen_jin")
    assert response["Location"] == f"/people/{person.ref}/"
    assert person.branch == company.west
    assert list(person.roles.values_list("role", "branch_id")) == [("interviewer", company.west.pk)]
    page = client.get(f"/people/{person.ref}/").content.decode()
    address = re.search(r"http\S+/sign-in/account/password/new/[^<\s]+", page)
    assert address
    letter = OutboxMessage.objects.get(person=person)
    assert address[0] in letter.body
    assert "password/new" not in client.get(f"/people/{person.ref}/").content.decode()


def test_the_invitation_sets_a_password_once(company: Company, client_of: ClientOf) -> None:
    administrator = client_of("administrator")
    administrator.post(f"/people/{company.recruiter.ref}/invite/")
    page = administrator.get(f"/people/{company.recruiter.ref}/").content.decode()
    found = re.search(r"http://[^/]+(/sign-in/account/password/new/[^<\s]+)", page)
    assert found
    newcomer = Client()
    opened = newcomer.get(found[1], follow=True)
    form = opened.redirect_chain[-1][0]
    password = "rivers run to the sea 9"
    response = newcomer.post(form, {"password1": password, "password2": password})
    assert response.status_code == 302
    assert actions()[0] == "person.password_set"
    signed_in = Client().post("/sign-in/", {"login": "recruiter", "password": password})
    assert signed_in["Location"] == "/"
    again = Client().get(found[1], follow=True).content.decode()
    assert "这个链接不能用了" in again


def test_a_taken_user_name_keeps_the_form(company: Company, client_of: ClientOf) -> None:
    response = client_of("administrator").post(
        "/people/new/",
        {"name": "江离二", "username": "recruiter", "department": company.hr.ref},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "江离二" in page
    assert "已经有人用了" in page


def test_giving_and_taking_a_role(company: Company, client_of: ClientOf) -> None:
    client = client_of("administrator")
    at = f"/people/{company.outsider.ref}/role/"
    client.post(at, {"role": "recruiter", "branch": company.south.ref})
    assert RoleAssignment.objects.filter(
        person=company.outsider, role="recruiter", branch=company.south
    ).exists()
    client.post(f"{at}take/", {"role": "recruiter", "branch": company.south.ref})
    assert not RoleAssignment.objects.filter(person=company.outsider, role="recruiter").exists()
    assert actions()[:2] == ["role.revoked", "role.granted"]


def test_closing_and_reopening(company: Company, client_of: ClientOf) -> None:
    client = client_of("administrator")
    at = f"/people/{company.outsider.ref}/active/"
    client.post(at, {"active": "0"})
    company.outsider.refresh_from_db()
    assert not company.outsider.is_active
    assert client_of("outsider").get("/").status_code == 302
    client.post(at, {"active": "1"})
    company.outsider.refresh_from_db()
    assert company.outsider.is_active


def test_the_last_administrator_stays(company: Company, client_of: ClientOf) -> None:
    client = client_of("administrator")
    ref = company.administrator.ref
    assert client.post(f"/people/{ref}/active/", {"active": "0"}).status_code == 422
    taken = client.post(f"/people/{ref}/role/take/", {"role": "administrator", "branch": ""})
    assert taken.status_code == 422
    company.administrator.refresh_from_db()
    assert company.administrator.is_active
    assert company.administrator.roles.filter(role="administrator").exists()


def test_a_branch_administrator_sees_their_branch_alone(
    company: Company, branch_administrator: Client
) -> None:
    page = branch_administrator.get("/people/").content.decode()
    assert company.other_interviewer.name in page
    assert company.recruiter.name not in page
    assert branch_administrator.get(f"/people/{company.recruiter.ref}/").status_code == 404


def test_a_branch_administrator_gives_no_rights_elsewhere(
    company: Company, branch_administrator: Client
) -> None:
    at = f"/people/{company.other_interviewer.ref}/role/"
    elsewhere = branch_administrator.post(at, {"role": "recruiter", "branch": company.head.ref})
    everywhere = branch_administrator.post(at, {"role": "administrator", "branch": ""})
    assert elsewhere.status_code == 404
    assert everywhere.status_code == 403
    assert company.other_interviewer.roles.count() == 1
    assert branch_administrator.post("/people/branches/new/", {"name": "北京"}).status_code == 403


def test_a_branch_administrator_does_not_take_over_a_wider_account(
    company: Company, branch_administrator: Client
) -> None:
    role_row(company.other_interviewer, Role.AUDITOR, None)
    ref = company.other_interviewer.ref
    assert branch_administrator.post(f"/people/{ref}/invite/").status_code == 403
    assert branch_administrator.post(f"/people/{ref}/factor/").status_code == 403
    assert branch_administrator.post(f"/people/{ref}/", {"name": "x"}).status_code == 403


def test_new_department(company: Company, client_of: ClientOf) -> None:
    client = client_of("administrator")
    client.post(
        "/people/departments/new/",
        {"branch": company.south.ref, "name": "智能客服部", "kind": "business"},
    )
    assert Department.objects.filter(branch=company.south, name="智能客服部").exists()
    missing = client.post("/people/departments/new/", {"branch": "", "name": "x", "kind": "hr"})
    assert missing.status_code == 404


def test_an_api_token_is_shown_once_and_ended(company: Company, client_of: ClientOf) -> None:
    client = client_of("administrator")
    at = f"/people/{company.recruiter.ref}/"
    client.post(f"{at}token/", {"name": "HR", "days": "30", "scopes": ["positions:read"]})
    text = re.search(r"ts_[\w-]{40,}", client.get(at).content.decode())
    assert text
    assert "ts_" not in client.get(at).content.decode()
    program = Client(headers={"Authorization": f"Bearer {text[0]}"})
    assert program.get("/api/v1/me").json()["name"] == company.recruiter.name
    token = company.recruiter.api_tokens.get()
    client.post(f"{at}token/end/", {"token": token.ref})
    assert program.get("/api/v1/me").status_code == 401
    assert client.post(f"{at}token/", {"name": "x", "days": "x"}).status_code == 422
