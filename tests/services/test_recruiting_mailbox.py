"""Resumes by mail: a folder of the mailbox is looked into, once for every letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.services.test_recruiting_imports import resume_text
from touchstone.common.errors import InvalidInput, PermanentOutsideError, TemporaryOutsideError
from touchstone.integrations.mail.mailbox import encoded_folder
from touchstone.integrations.simulators.imap import SimulatedImap
from touchstone.positions.models import Position
from touchstone.recruiting.models import MailSource, Resume, ResumeBatch
from touchstone.recruiting.services.mailbox import mail_source_fetch, mail_source_set

pytestmark = pytest.mark.django_db
FOLDER = "简历/AI训练师"


def letter(name: str, *attachments: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"] = f"{name} <a@example.com>"
    message["Subject"] = f"应聘 AI 训练师：{name}"
    message.set_content(f"您好，我是{name}，请查收简历。")
    for file_name, data in attachments:
        message.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=file_name
        )
    return message.as_bytes()


@pytest.fixture
def imap(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedImap]:
    server = SimulatedImap()
    server.folders[encoded_folder(FOLDER)] = [
        letter("陆遥", ("陆遥_简历.txt", resume_text("陆遥", "13800000001"))),
        letter("沈一"),
    ]
    server.start()
    monkeypatch.setattr(settings, "IMAP_HOST", "127.0.0.1", raising=False)
    monkeypatch.setattr(settings, "IMAP_PORT", server.port, raising=False)
    monkeypatch.setattr(settings, "IMAP_USER", server.user, raising=False)
    monkeypatch.setattr(settings, "IMAP_PASSWORD", server.password, raising=False)
    monkeypatch.setattr(settings, "IMAP_TLS", False, raising=False)
    yield server
    server.stop()


@pytest.fixture
def source(company: Company, position: Position, imap: SimulatedImap) -> MailSource:
    made = mail_source_set(
        actor=company.actor("recruiter"), position=position, folder=f" {FOLDER} "
    )
    assert made is not None
    return made


def look(source: MailSource, at: dt.datetime) -> int:
    return mail_source_fetch(source=MailSource.objects.get(pk=source.pk), at=at)


def test_letters_come_in_once(source: MailSource, imap: SimulatedImap, now: dt.datetime) -> None:
    assert look(source, now) == 2
    names = set(Resume.objects.values_list("file_name", flat=True))
    assert names == {"陆遥_简历.txt", "2.eml"}
    assert ResumeBatch.objects.get().source == "mail"

    assert look(source, now) == 0
    imap.folders[encoded_folder(FOLDER)].append(letter("白桦"))
    assert look(source, now) == 1
    assert imap.fetched == [1, 2, 3]
    source.refresh_from_db()
    assert (source.last_uid, source.received, source.failure) == (3, 3, {})


def test_renumbered_letters_are_known_by_their_bytes(
    source: MailSource, imap: SimulatedImap, now: dt.datetime
) -> None:
    look(source, now)
    imap.validity = 8
    assert look(source, now) == 2
    assert Resume.objects.count() == 2


def test_failures_are_kept_for_people(
    source: MailSource, imap: SimulatedImap, now: dt.datetime
) -> None:
    imap.password = "changed"
    with pytest.raises(PermanentOutsideError):
        look(source, now)
    source.refresh_from_db()
    assert source.failure["id"] == "mail.mailbox_refused"

    imap.password = str(settings.IMAP_PASSWORD)
    del imap.folders[encoded_folder(FOLDER)]
    with pytest.raises(PermanentOutsideError) as caught:
        look(source, now)
    assert caught.value.message.id == "mail.no_folder"

    imap.stop()
    with pytest.raises(TemporaryOutsideError):
        look(source, now)
    assert not Resume.objects.exists()


def test_a_folder_serves_one_position(
    company: Company, position: Position, source: MailSource, now: dt.datetime
) -> None:
    other = Position.objects.create(
        branch=company.head, department=company.hr, title="别的", created_at=now
    )
    with pytest.raises(InvalidInput):
        mail_source_set(actor=company.actor("recruiter"), position=other, folder=FOLDER)
    assert mail_source_set(actor=company.actor("recruiter"), position=position, folder="") is None
    assert not MailSource.objects.exists()


def test_folders_of_other_alphabets() -> None:
    assert encoded_folder("简历").encode("ascii")
    assert encoded_folder("A&B") == "A&-B"
    assert encoded_folder('x"\r\ny') == 'x\\"y'
    # RFC 3501, 5.1.3
    assert encoded_folder("~peter/mail/台北/日本語") == "~peter/mail/&U,BTFw-/&ZeVnLIqe-"


def test_the_page_sets_a_folder_and_looks(
    client_of: Callable[[str], Client],
    position: Position,
    imap: SimulatedImap,
    run_jobs: Any,
) -> None:
    client = client_of("recruiter")
    url = reverse("mail-source", args=[position.ref])
    assert client_of("hiring_manager").post(url, {"folder": "INBOX"}).status_code == 403
    assert client_of("other_recruiter").post(url, {"folder": "INBOX"}).status_code == 404
    assert client.get(url).status_code == 405
    client.post(url, {"folder": FOLDER})
    run_jobs()
    page = client.get(reverse("resume-import", args=[position.ref])).content.decode()
    assert "陆遥_简历.txt" in page
    assert FOLDER in page


def test_without_a_mailbox_the_page_says_how(
    client_of: Callable[[str], Client], position: Position
) -> None:
    client = client_of("recruiter")
    page = client.get(reverse("resume-import", args=[position.ref])).content.decode()
    assert "TOUCHSTONE_IMAP_HOST" in page
    url = reverse("mail-source", args=[position.ref])
    assert client.post(url, {"folder": "INBOX"}).status_code == 422
