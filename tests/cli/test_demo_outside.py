"""The demo's stand-ins of outside systems, in a process of their own."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.company import Company
from touchstone.accounts.models import Person
from touchstone.cli.demo_outside import start_outside

PRODUCT = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_people_of_the_demo_are_in_the_simulated_wecom(company: Company, tmp_path: Path) -> None:
    outside = start_outside(tmp_path, PRODUCT, port=0)
    assert outside is not None
    try:
        recruiter = Person.objects.get(pk=company.people["recruiter"].pk)
        assert recruiter.wecom_userid
        page = httpx.get(outside.page).text
        assert recruiter.name in page
        client = httpx.get(outside.page + f"client/{recruiter.wecom_userid}")
        assert client.status_code == httpx.codes.OK
        assert os.environ["WECOM_API_BASE"].startswith("http://127.0.0.1:")
        assert os.environ["TENCENT_MEETING_BASE"] != os.environ["TENCENT_SMS_BASE"]
        assert os.environ["TOUCHSTONE_DEMO_OUTSIDE"] == outside.page
    finally:
        outside.process.terminate()
        outside.process.wait()


def test_a_real_one_is_left_alone(company: Company, settings: Any, tmp_path: Path) -> None:
    settings.WECOM_CORP_ID = "ww1"
    assert start_outside(tmp_path, PRODUCT, port=0) is None
    assert not Person.objects.exclude(wecom_userid="").exists()


def test_without_a_port_the_demo_goes_on(
    company: Company, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert start_outside(tmp_path, PRODUCT, port=taken.getsockname()[1]) is None
    assert "goes on without" in capfd.readouterr().err
    assert not Person.objects.exclude(wecom_userid="").exists()
