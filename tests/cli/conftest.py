"""What the tests of commands share: an installation with a small company in it."""

from __future__ import annotations

import os
import shutil
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


def administer(statement: str) -> None:
    """Has the PostgreSQL server of `DATABASE_URL` do something."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)


def installation(folder: Path, name: str) -> CommandLine:
    """An installation in a folder; on PostgreSQL, with the database of that name."""
    server = os.environ.get("DATABASE_URL", "")
    settings = {"DATABASE_URL": server.replace("/postgres?", f"/{name}?")} if server else {}
    return CommandLine(folder, settings)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Folder and database of an installation with the small company; never changed, only copied."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    name = f"filled_{uuid.uuid4().hex[:12]}"
    on_postgres = bool(os.environ.get("DATABASE_URL"))
    if on_postgres:
        administer(f'CREATE DATABASE "{name}"')
    subprocess.run(
        [sys.executable, "-c", FILL],
        cwd=ROOT,
        env=installation(folder, name).environment(),
        check=True,
        timeout=300,
    )
    yield folder, name
    if on_postgres:
        administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def databases() -> Iterator[list[str]]:
    """Names of databases that a test has made on the server; dropped after it."""
    made: list[str] = []
    yield made
    for name in made:
        administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def new_site(tmp_path: Path, databases: list[str]) -> Callable[[], CommandLine]:
    """Makes installations with nothing in them: on SQLite, or on the server of `DATABASE_URL`."""

    def make() -> CommandLine:
        name = f"site_{uuid.uuid4().hex[:12]}"
        if os.environ.get("DATABASE_URL"):
            administer(f'CREATE DATABASE "{name}"')
            databases.append(name)
        return installation(tmp_path / name, name)

    return make


@pytest.fixture
def site(tmp_path: Path, filled: tuple[Path, str], databases: list[str]) -> CommandLine:
    """An installation with the small company, three applications and three files."""
    folder, template = filled
    name = f"site_{uuid.uuid4().hex[:12]}"
    shutil.copytree(folder, tmp_path / name)
    if os.environ.get("DATABASE_URL"):
        administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        databases.append(name)
    return installation(tmp_path / name, name)
