"""What the tests of commands share: an installation with a small company in it."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, CommandLine

FILL = """
import datetime as dt
from touchstone.cli.site import prepare_database, start_django
start_django()
prepare_database()
from tests.company import build_applications, build_company, build_position
from touchstone.audit.files import file_store
from touchstone.accounts.services import password_set
from touchstone.common.actors import SYSTEM
at = dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC)
company = build_company(at)
password_set(actor=SYSTEM, person=company.recruiter, password="trees grow slowly 7")
build_applications(company, build_position(company, at), at)
for number in range(3):
    file_store(data=b"resume %d" % number, original_name=f"{number}.txt", purpose="resume")
"""


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[[], CommandLine]]:
    """Makes installations with nothing in them: on SQLite, or on the server of `DATABASE_URL`."""
    server = os.environ.get("DATABASE_URL", "")
    made: list[str] = []

    def administer(statement: str) -> None:
        import psycopg

        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)

    def make() -> CommandLine:
        name = f"site_{uuid.uuid4().hex[:12]}"
        if not server:
            return CommandLine(tmp_path / name)
        administer(f'CREATE DATABASE "{name}"')
        made.append(name)
        return CommandLine(
            tmp_path / name, {"DATABASE_URL": server.replace("/postgres", f"/{name}")}
        )

    yield make
    for name in made:
        administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def site(new_site: Callable[[], CommandLine]) -> CommandLine:
    """An installation with the small company, three applications and three files."""
    line = new_site()
    subprocess.run(
        [sys.executable, "-c", FILL], cwd=ROOT, env=line.environment(), check=True, timeout=120
    )
    return line
