"""From an empty data directory to the first position, as the first person who comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.company import Company
from touchstone.accounts.models import Branch, Department, Person
from touchstone.positions.models import Position

pytestmark = pytest.mark.django_db
ADMINISTRATOR = {
    "name": "周程",
    "username": "zhou",
    "email": "zhou@example.com",
    "password": "a long enough word 7",
}


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def step(name: str) -> str:
    return reverse("setup-step", args=[name])


def test_an_empty_installation_leads_here(client: Client) -> None:
    assert client.get("/sign-in/")["Location"] == "/setup/"
    assert client.get("/setup/")["Location"] == step("administrator")
    assert "十分钟" in client.get(step("administrator")).content.decode()
    assert client.get(step("company"))["Location"] == reverse("setup")


def test_the_whole_way(client: Client) -> None:
    answer = client.post(step("administrator"), ADMINISTRATOR)
    assert answer["Location"] == step("company")
    assert client.get(step("administrator"))["Location"] == reverse("setup")

    form: dict[str, Any] = {
        "name": "澄川科技",
        "time_zone": "Asia/Shanghai",
        "department": ["算法部", "业务部", "", ""],
        "kind": ["algorithm", "business", "hr", "other"],
        "branch": ["成都分公司", ""],
    }
    assert client.post(step("company"), form)["Location"] == step("people")
    assert set(Branch.objects.values_list("name", flat=True)) == {"澄川科技", "成都分公司"}

    rows = "姓名,用户名,部门,角色\n沈砚,shen,算法部,面试官\n何鸣,he,产品部,用人经理\n"
    people = SimpleUploadedFile("人员.csv", rows.encode("gbk"))
    assert client.get(step("people")).status_code == 200
    assert client.post(step("people"), {"file": people})["Location"] == step("position")
    he = Person.objects.get(username="he")
    assert not he.has_usable_password()
    assert list(he.roles.values_list("role", flat=True)) == ["hiring_manager"]
    assert he.department is not None
    assert he.department.kind == "business"

    page = client.get(step("position"))
    assert "ai-trainer" in page.content.decode()
    department = Department.objects.get(name="算法部")
    position = {
        "title": "AI 训练师",
        "department": department.ref,
        "headcount": "2",
        "template": "ai-trainer",
        "open": "1",
    }
    assert client.post(step("position"), position)["Location"] == step("resumes")
    made = Position.objects.get()
    assert made.status == "open"
    last = client.get(step("resumes")).content.decode()
    assert reverse("resume-upload", args=[made.ref]) in last
    assert client.get("/setup/")["Location"] == step("resumes")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": ""}, "password"),
        ({"name": ""}, "name"),
        ({"username": " "}, "name"),
    ],
)
def test_wrong_input_keeps_what_was_typed(
    client: Client, changes: dict[str, str], field: str
) -> None:
    answer = client.post(step("administrator"), {**ADMINISTRATOR, **changes})
    assert answer.status_code == 422
    assert field in answer.context["errors"]
    assert not Person.objects.exists()


def test_from_elsewhere_the_code_is_needed(data_dir: Path) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    assert "setup-code" in client.get(step("administrator")).content.decode()
    assert client.post(step("administrator"), ADMINISTRATOR).status_code == 422
    wrong = {**ADMINISTRATOR, "code": "0000"}
    assert client.post(step("administrator"), wrong).status_code == 422
    code = (data_dir / "setup-code").read_text()
    assert (data_dir / "setup-code").stat().st_mode & 0o077 == 0
    right = {**ADMINISTRATOR, "code": code}
    assert client.post(step("administrator"), right)["Location"] == step("company")
    assert not (data_dir / "setup-code").exists()


def test_a_proxy_does_not_make_one_local(client: Client) -> None:
    answer = client.post(
        step("administrator"), ADMINISTRATOR, headers={"x-forwarded-for": "203.0.113.9"}
    )
    assert answer.status_code == 422


def test_later_only_administrators(client_of: Callable[[str], Client], company: Company) -> None:
    assert client_of("").get(step("company")).status_code == 302
    assert client_of("recruiter").get(step("company")).status_code == 403
    assert client_of("administrator").get(step("company")).status_code == 200
    again = client_of("").post(step("administrator"), ADMINISTRATOR)
    assert "/sign-in/" in again["Location"]
    assert not Person.objects.filter(username="zhou").exists()
    assert client_of("administrator").put(step("company")).status_code == 405


def test_people_left_out_are_told(client_of: Callable[[str], Client], company: Company) -> None:
    client = client_of("administrator")
    rows = "姓名,用户名\n新人,newcomer\n沈砚,algorithm_lead\n,nobody\n"
    file = SimpleUploadedFile("p.csv", rows.encode())
    assert client.post(step("people"), {"file": file})["Location"] == step("people")
    text = client.get(step("people")).content.decode()
    assert "第 3 行" in text.replace('<span class="num">', "")
    assert Person.objects.filter(username="newcomer").exists()
    no_names = SimpleUploadedFile("p.csv", b"a,b\n1,2\n")
    assert client.post(step("people"), {"file": no_names}).status_code == 422
    assert client.post(step("people"), {}).status_code == 422
