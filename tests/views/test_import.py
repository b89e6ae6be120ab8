"""Bringing files in through the pages: uploads, progress, originals, what could not be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.services.test_recruiting_imports import archive, resume_text
from touchstone.audit.files import file_store
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, Candidate, DuplicateCase, Resume, ResumeBatch

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
JSON = {"accept": "application/json"}


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def upload(client: Client, position: Position, **form: Any) -> Any:
    return client.post(reverse("resume-upload", args=[position.ref]), form, headers=JSON)


def test_files_are_taken_into_one_import_and_read(
    client_of: ClientOf, position: Position, run_jobs: Any
) -> None:
    client = client_of("recruiter")
    batch = upload(client, position, open="校招文件夹").json()["batch"]
    answer = upload(
        client,
        position,
        batch=batch,
        paths=["校招/陆遥.txt", "校招/沈一.txt"],
        files=[
            file("陆遥.txt", resume_text("陆遥", "13800000001")),
            file("沈一.txt", resume_text("沈一", "13800000002")),
        ],
    )
    assert answer.json() == {"batch": batch, "received": 2}
    page = client.get(reverse("resume-progress", args=[position.ref]) + f"?batch={batch}")
    assert "every 1s" in page.content.decode()
    assert 'id="batches"' in page.content.decode()
    assert "2 份在读" in page.content.decode()
    run_jobs()
    page = client.get(reverse("resume-progress", args=[position.ref]) + f"?batch={batch}")
    text = page.content.decode()
    assert "every 1s" not in text
    assert "校招/陆遥.txt" in text
    assert Application.objects.filter(position=position).count() == 2
    listed = client.get(reverse("resume-import", args=[position.ref]))
    assert "校招文件夹" in listed.content.decode()


def test_a_plain_form_works_too(client_of: ClientOf, position: Position) -> None:
    client = client_of("recruiter")
    url = reverse("resume-upload", args=[position.ref])
    answer = client.post(url, {"files": [file("a.txt", resume_text("陆遥"))]})
    batch = ResumeBatch.objects.get()
    assert (
        answer["Location"] == reverse("resume-import", args=[position.ref]) + f"?batch={batch.ref}"
    )
    assert client.post(url, {}).status_code == 422


def test_bad_files_stay_with_their_reason(
    client_of: ClientOf, position: Position, run_jobs: Any
) -> None:
    client = client_of("recruiter")
    data = archive(
        {
            "张三.txt".encode("gbk"): resume_text("张三", "13900000001"),
            "空.txt".encode("gbk"): b"",
            b"../up.txt": b"x",
            b"broken.pdf": b"%PDF-1.7 nothing",
        }
    )
    upload(client, position, files=[file("a.zip", data)])
    run_jobs()
    page = client.get(reverse("resume-import", args=[position.ref]) + "?status=failed")
    text = page.content.decode()
    assert page.context["progress"].failed == 3
    assert "文件是空的" in text
    assert "手工补录" in text
    everything = client.get(reverse("resume-import", args=[position.ref])).content.decode()
    assert everything.index("未能读出</span>") < everything.index("已读</span>")
    client.cookies["touchstone_language"] = "en"
    english = client.get(reverse("resume-import", args=[position.ref]) + "?status=failed")
    assert "The file is empty" in english.content.decode()


def test_what_one_types_for_a_file_stays_while_others_are_read(
    client_of: ClientOf, position: Position, failed: Resume
) -> None:
    """The list is drawn anew each second; the form of a file in it is left as it is."""
    part = client_of("recruiter").get(reverse("resume-progress", args=[position.ref]))
    assert f'id="by-hand-{failed.ref}" hx-preserve' in part.content.decode()


def test_a_name_with_markup_is_shown_as_text(
    client_of: ClientOf, position: Position, run_jobs: Any
) -> None:
    client = client_of("recruiter")
    name = '"><img src=x onerror=alert(1)>.txt'
    upload(client, position, files=[file("a.txt", resume_text("陆遥"))], paths=[name])
    page = client.get(reverse("resume-import", args=[position.ref])).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


@pytest.fixture
def failed(position: Position, now: dt.datetime, company: Company) -> Resume:
    return Resume.objects.create(
        position=position,
        file=file_store(data=b"%PDF-1.7", original_name="秦明\r\n.pdf", purpose="resume"),
        file_name="秦明.pdf",
        sha256="a" * 64,
        status="failed",
        reason="broken_pdf",
        parsed={"message": {"id": "resumes.broken_pdf", "args": {}}},
        created_at=now,
    )


def test_a_file_is_taken_in_by_hand(
    client_of: ClientOf, position: Position, failed: Resume
) -> None:
    client = client_of("recruiter")
    url = reverse("resume-act", args=[position.ref, failed.ref])
    assert client.post(url, {"action": "enter", "name": " "}).status_code == 422
    answer = client.post(url, {"action": "enter", "name": "秦明", "phone": "13800000009"})
    application = Application.objects.get(candidate__name="秦明")
    assert answer["Location"] == reverse("application", args=[application.ref])
    assert client.get(answer["Location"]).status_code == 200
    assert client.post(url, {"action": "enter", "name": "秦明"}).status_code == 409
    assert Candidate.objects.filter(name="秦明").count() == 1


def test_a_file_is_read_again(client_of: ClientOf, position: Position, failed: Resume) -> None:
    client = client_of("recruiter")
    url = reverse("resume-act", args=[position.ref, failed.ref])
    client.post(url, {"action": "retry"})
    failed.refresh_from_db()
    assert failed.status == "queued"
    assert client.post(url, {"action": "retry"}).status_code == 409
    assert client.post(url, {"action": "nonsense"}).status_code == 422


def test_originals_are_downloads(
    client_of: ClientOf, position: Position, failed: Resume, application: Application
) -> None:
    answer = client_of("recruiter").get(reverse("resume-original", args=[position.ref, failed.ref]))
    assert answer.content == b"%PDF-1.7"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "\r" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    missing = client_of("recruiter").get(reverse("resume-file", args=[application.ref]))
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("hiring_manager", 403), ("auditor", 403), ("other_recruiter", 404), ("stranger", 404)],
)
def test_who_may_not_bring_in(
    client_of: ClientOf, position: Position, failed: Resume, who: str, status: int
) -> None:
    client = client_of(who)
    assert upload(client, position, files=[file("a.txt", b"x")]).status_code == status
    for name in ("resume-act", "resume-original"):
        url = reverse(name, args=[position.ref, failed.ref])
        method = client.post if name == "resume-act" else client.get
        assert method(url, {"action": "retry"}).status_code == status
    assert Resume.objects.count() == 1


def test_another_positions_import_is_not_found(
    client_of: ClientOf, company: Company, position: Position, now: dt.datetime
) -> None:
    other = Position.objects.create(
        branch=company.head, department=company.hr, title="别的", created_at=now
    )
    batch = ResumeBatch.objects.create(position=other, created_at=now)
    client = client_of("recruiter")
    url = reverse("resume-import", args=[position.ref]) + f"?batch={batch.ref}"
    assert client.get(url).status_code == 404
    assert upload(client, position, batch=batch.ref, files=[file("a", b"x")]).status_code == 404
    assert client.get(reverse("resume-upload", args=[position.ref])).status_code == 405


def test_duplicates_are_settled_and_taken_back(
    client_of: ClientOf,
    company: Company,
    position: Position,
    applications: tuple[Application, ...],
    now: dt.datetime,
) -> None:
    case = DuplicateCase.objects.create(
        branch=company.head,
        first=applications[0].candidate,
        second=applications[1].candidate,
        reasons=["same_phone"],
        found_at=now,
    )
    client = client_of("recruiter")
    url = reverse("duplicates", args=[position.ref])
    assert "手机相同" in client.get(url).content.decode()
    for who, status in (("auditor", 403), ("other_recruiter", 404), ("algorithm_lead", 403)):
        form = {"action": "merge", "case": case.ref}
        assert client_of(who).post(url, form).status_code == status
    client.post(url, {"action": "merge", "case": case.ref})
    case.refresh_from_db()
    assert case.state == "merged"
    assert client.post(url, {"action": "merge", "case": case.ref}).status_code == 409
    client.post(url + "?state=merged", {"action": "undo", "case": case.ref})
    client.post(url, {"action": "separate", "case": case.ref})
    case.refresh_from_db()
    assert case.state == "separate"
    assert client.post(url, {"action": "merge", "case": "nobody"}).status_code == 404
    assert client.post(url, {"action": "find"}).status_code == 302
