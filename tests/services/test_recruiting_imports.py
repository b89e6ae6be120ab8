"""Bringing in resume files: bytes first, archives opened, people found, nothing lost."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest

from tests.company import Company
from touchstone.audit.files import file_bytes
from touchstone.audit.models import AuditEvent, StoredFile
from touchstone.common.errors import InvalidInput
from touchstone.positions.models import Position
from touchstone.recruiting.identity import Contact, match
from touchstone.recruiting.models import (
    Application,
    Candidate,
    DuplicateCase,
    Resume,
    ResumeBatch,
    Screening,
    StageEvent,
)
from touchstone.recruiting.services import imports
from touchstone.recruiting.services.imports import batch_open, resume_receive
from touchstone.recruiting.services.reading import (
    resumes_drain,
    resumes_read,
    resumes_waiting,
    unread_positions,
)

pytestmark = pytest.mark.django_db


def resume_text(name: str, phone: str = "", email: str = "", extra: str = "") -> bytes:
    return (
        f"{name}\n电话：{phone}\n邮箱：{email}\n\n工作经历\n2021.03-至今  云帆科技  AI训练师\n"
        f"负责数据清洗与标注规范，微调推荐模型，点击率由 3.1% 提升到 3.9%。{extra}\n"
    ).encode()


def archive(members: dict[bytes, bytes]) -> bytes:
    """A ZIP as Windows writes it: names in GBK, without the UTF-8 flag."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in members.items():
            file.writestr(name.decode("cp437"), data)
    raw = out.getvalue()
    return raw.replace(b"\x00\x08", b"\x00\x08")


@pytest.fixture
def batch(company: Company, position: Position, now: dt.datetime) -> ResumeBatch:
    return batch_open(
        actor=company.actor("recruiter"), position=position, source="upload", label="校招", at=now
    )


def receive(company: Company, batch: ResumeBatch, name: str, data: bytes, at: dt.datetime) -> Any:
    return resume_receive(
        actor=company.actor("recruiter"), batch=batch, name=name, data=data, at=at
    )


def read(resumes: list[Resume], at: dt.datetime) -> int:
    return resumes_read(resume_ids=[resume.pk for resume in resumes], at=at)


def test_bytes_are_stored_before_anything_is_read(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    data = resume_text("陆遥", "13800000001")
    (resume,) = receive(company, batch, "陆遥.txt", data, now)

    assert resume.status == Resume.Status.QUEUED
    assert file_bytes(resume.file) == data
    batch.refresh_from_db()
    assert (batch.expected, batch.repeated, batch.finished_at) == (1, 0, None)


def test_a_file_becomes_a_candidate_an_application_and_events(
    company: Company, position: Position, batch: ResumeBatch, now: dt.datetime
) -> None:
    resumes = receive(
        company, batch, "陆遥.txt", resume_text("陆遥", "13800000001", "lu@example.com"), now
    )
    later = now + dt.timedelta(minutes=5)

    assert read(resumes, later) == 1
    application = Application.objects.get(position=position)
    assert application.candidate.name == "陆遥"
    assert application.candidate.phone == "+8613800000001"
    assert application.candidate.email == "lu@example.com"
    assert application.applied_at == now
    stages = list(StageEvent.objects.values_list("to_stage", "at", "actor_kind"))
    assert stages == [("applied", now, "system"), ("screened", later, "system")]
    screening = application.screening
    assert screening is not None
    assert application.score == screening.score
    assert screening.result["receipt"]["file_sha256"] == resumes[0].sha256
    batch.refresh_from_db()
    assert batch.finished_at == later


def test_reading_twice_changes_nothing(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    resumes = receive(company, batch, "陆遥.txt", resume_text("陆遥", "13800000001"), now)

    assert read(resumes, now) == 1
    before = AuditEvent.objects.count()
    assert read(resumes, now) == 0
    assert AuditEvent.objects.count() == before
    assert Application.objects.count() == Screening.objects.count() == 1


def test_the_same_bytes_are_one_resume(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    data = resume_text("陆遥", "13800000001")
    first = receive(company, batch, "a.txt", data, now)
    second = receive(company, batch, "b.txt", data, now)

    assert [r.pk for r in first] == [r.pk for r in second]
    batch.refresh_from_db()
    assert (batch.expected, batch.repeated) == (2, 1)


def test_archive_with_names_in_gbk_and_a_bad_member(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    data = archive(
        {
            "张三_简历.txt".encode("gbk"): resume_text("张三", "13900000001"),
            b"../../etc/passwd": b"root",
            "空.txt".encode("gbk"): b"",
        }
    )
    resumes = receive(company, batch, "校招.zip", data, now)

    assert resumes[0].file_name.startswith("校招.zip!/")
    by_status = {r.status for r in resumes}
    assert by_status == {Resume.Status.QUEUED, Resume.Status.FAILED}
    refused = next(r for r in resumes if r.status == Resume.Status.FAILED)
    assert refused.reason == "path_traversal"
    assert refused.parsed["message"]["id"] == "resumes.path_traversal"
    assert read(resumes, now) == 2
    empty = Resume.objects.get(reason="empty_file")
    assert empty.candidate is None
    assert StoredFile.objects.filter(purpose="import").count() == 1
    batch.refresh_from_db()
    assert batch.finished_at == now


def test_failed_files_are_read_again_when_sent_again(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    data = b"%PDF-1.4 broken"
    resumes = receive(company, batch, "a.pdf", data, now)
    read(resumes, now)
    assert Resume.objects.get().status == Resume.Status.FAILED

    receive(company, batch, "a.pdf", data, now)
    assert Resume.objects.get().status == Resume.Status.QUEUED


def test_further_file_of_the_same_person_goes_to_them(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    first = receive(company, batch, "a.txt", resume_text("陆遥", "13800000001"), now)
    second = receive(
        company, batch, "b.txt", resume_text("陆 遥", "138-0000-0001", extra="。"), now
    )
    read(first + second, now)

    candidate = Candidate.objects.get()
    assert candidate.resumes.count() == 2
    assert Resume.objects.filter(attached=True).count() == 1
    assert Application.objects.count() == 1
    assert not DuplicateCase.objects.exists()


def test_doubtful_pairs_wait_for_a_person(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    first = receive(company, batch, "a.txt", resume_text("陆遥", "13800000001"), now)
    read(first, now)
    second = receive(company, batch, "b.txt", resume_text("沈一鸣", "13800000001"), now)
    read(second, now)

    assert Candidate.objects.count() == 2
    case = DuplicateCase.objects.get()
    assert case.reasons == ["same_phone"]
    assert case.first.name == "陆遥"


def test_names_of_ten_thousand_characters(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    name = "很长" * 5000 + "\u202e\r\n<img>.txt"
    (resume,) = receive(company, batch, name, resume_text("陆遥", "13800000001"), now)

    assert len(resume.file_name) <= 400
    assert "\u202e" not in resume.file_name
    assert read([resume], now) == 1


def test_too_large_is_refused_with_the_limit(
    company: Company, batch: ResumeBatch, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_BYTES", 10)
    with pytest.raises(InvalidInput) as caught:
        receive(company, batch, "a.txt", b"x" * 11, now)

    assert caught.value.message.id == "recruiting.file_too_large"
    assert not Resume.objects.exists()


def test_a_job_reads_what_was_queued(
    company: Company, batch: ResumeBatch, now: dt.datetime, run_jobs: Any
) -> None:
    for number in range(4):
        data = resume_text(f"王{'甲乙丙丁'[number]}", f"1380000000{number}")
        receive(company, batch, f"{number}.txt", data, now)

    run_jobs()
    assert Resume.objects.filter(status=Resume.Status.READ).count() == 4
    assert Application.objects.count() == 4


def test_what_a_lost_job_claimed_is_found_again(
    company: Company, position: Position, batch: ResumeBatch, now: dt.datetime
) -> None:
    (resume,) = receive(company, batch, "a.txt", resume_text("陆遥"), now)
    Resume.objects.filter(pk=resume.pk).update(claimed_until=now + dt.timedelta(minutes=4))

    waited = dt.timedelta(minutes=2)
    assert unread_positions(now=now, waited=waited) == []
    after = now + dt.timedelta(minutes=5)
    assert unread_positions(now=after, waited=waited) == [position.ref]


def test_every_step_has_one_audit_row(
    company: Company, batch: ResumeBatch, now: dt.datetime
) -> None:
    resumes = receive(company, batch, "a.txt", resume_text("陆遥", "13800000001"), now)
    read(resumes, now)

    actions = list(AuditEvent.objects.order_by("-seq").values_list("action", flat=True)[:3])
    assert actions == ["resumes.read", "resumes.received", "resumes.batch_opened"]
    detail = AuditEvent.objects.get(action="resumes.read").detail
    assert detail["read"] == [resumes[0].ref]
    assert "陆遥" not in str(detail)


@pytest.mark.parametrize(
    ("new", "known", "index", "reasons"),
    [
        (Contact("陆遥", "a@x.cn", "+861"), Contact("陆遥", "a@x.cn", "+861"), 0, ()),
        (Contact("陆遥", "", "+861"), Contact("陆 遥", "b@x.cn", "+861"), 0, ()),
        (Contact("", "", "+861"), Contact("陆遥", "", "+861"), 0, ()),
        (Contact("陆遥", "b@x.cn", "+861"), Contact("陆遥", "a@x.cn", "+861"), 0, ()),
        (Contact("", "b@x.cn", "+861"), Contact("陆遥", "a@x.cn", "+861"), None, ("same_phone",)),
        (Contact("沈一", "", "+861"), Contact("陆遥", "", "+861"), None, ("same_phone",)),
        (Contact("陆遥", "", ""), Contact("陆遥", "a@x.cn", "+861"), None, ("same_name",)),
        (
            Contact("陆遥", "zhao@y.cn", "+8613811112222"),
            Contact("陆遥", "a@x.cn", "+8613899998888"),
            None,
            (),
        ),
    ],
)
def test_whose_file_it_is(
    new: Contact, known: Contact, index: int | None, reasons: tuple[str, ...]
) -> None:
    found = match(new, [known])

    assert found.index == index
    assert tuple(reason for doubt in found.doubts for reason in doubt.reasons) == reasons


def test_two_certain_people_are_a_doubt() -> None:
    known = [Contact("陆遥", "a@x.cn", ""), Contact("陆遥", "", "+861")]
    found = match(Contact("陆遥", "a@x.cn", "+861"), known)

    assert found.index is None
    assert [doubt.index for doubt in found.doubts] == [0, 1]


def test_a_turn_ends_and_the_rest_waits_for_the_next(
    company: Company, position: Position, batch: ResumeBatch, now: dt.datetime
) -> None:
    for number in range(3):
        receive(company, batch, f"{number}.txt", resume_text("王甲", f"1380000000{number}"), now)

    over = dt.timedelta(0)
    assert resumes_drain(position=position, clock=lambda: now, most=over) == 0
    assert resumes_waiting(position=position, now=now)
    assert resumes_drain(position=position, clock=lambda: now, workers=1) == 3
    assert not resumes_waiting(position=position, now=now)


def test_a_fault_of_ours_does_not_lose_the_reading(
    company: Company, position: Position, batch: ResumeBatch, now: dt.datetime
) -> None:
    assert position.model_version is not None
    type(position.model_version).objects.update(document={"dimensions": "none"})
    resumes = receive(company, batch, "a.txt", resume_text("陆遥", "13800000001"), now)
    read(resumes, now)

    resume = Resume.objects.get()
    assert resume.status == Resume.Status.READ
    assert "screening_failed" in resume.flags
    assert Application.objects.get().stage == "applied"
