"""Fixtures that every test may use: the company's people, an opening, applications, clients."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.test import Client

from tests.bucket import bucket_server
from tests.company import Company, build_applications, build_company, build_position
from touchstone.accounts.models import Person
from touchstone.common.clock import utc_now
from touchstone.integrations.objects import Bucket
from touchstone.interviews.models import Interview
from touchstone.interviews.services.booking import Seat, interview_book
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.services.links import link_create

ROOT = Path(__file__).resolve().parent.parent
# How long an example takes says more about the machine's other work than about the code.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")


@pytest.fixture
def now() -> dt.datetime:
    """The full hour that has begun: views read the real clock, services are handed this."""
    return utc_now().replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def company(db: None, now: dt.datetime) -> Company:
    """Head office, two branches, and one person for each part (`company.recruiter` …)."""
    return build_company(now - dt.timedelta(days=30))


@pytest.fixture
def position(company: Company, now: dt.datetime) -> Position:
    """An open position of the head office's algorithm department, with its model."""
    return build_position(company, now - dt.timedelta(days=10))


@pytest.fixture
def applications(company: Company, position: Position, now: dt.datetime) -> tuple[Application, ...]:
    """Three screened applications: to advance, to review, to decline."""
    return build_applications(company, position, now - dt.timedelta(days=8))


@pytest.fixture
def application(applications: tuple[Application, ...]) -> Application:
    """The best of the three."""
    return applications[0]


@pytest.fixture
def interview(company: Company, application: Application, now: dt.datetime) -> Interview:
    """Tomorrow's talk with the best applicant: algorithm lead, business lead, HR."""
    actor = company.actor("recruiter")
    application_move(actor=actor, application=application, to="interviewing", at=now)
    starts_at = now + dt.timedelta(days=1)
    return interview_book(
        actor=actor,
        application=application,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=60),
        seats=[
            Seat(company.algorithm_lead, "lead", ("technical", "learning")),
            Seat(company.business_lead, "member", ("business",)),
            Seat(company.hr_interviewer, "member", ("communication",)),
        ],
        at=now,
    )


@dataclass(frozen=True)
class CandidateLink:
    """A candidate's address of the portal: ``path`` is what a browser opens."""

    application: Application
    token: str
    path: str


@pytest.fixture
def candidate_link(company: Company, application: Application, now: dt.datetime) -> CandidateLink:
    """A fresh link of the best applicant."""
    _link, address = link_create(
        actor=company.actor("recruiter"), application=application, purpose="portal", at=now
    )
    path = address.removeprefix(settings.BASE_URL)
    return CandidateLink(application, path.strip("/").removeprefix("p/"), path)


def sign_in(person: Person | None) -> Client:
    """A browser of that person; without one, of nobody."""
    client = Client()
    if person is not None:
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def client_of(company: Company) -> Callable[[str], Client]:
    """``client_of("recruiter")``: a signed-in browser; ``client_of("")``: an anonymous one."""
    return lambda name: sign_in(company.people[name] if name else None)


@pytest.fixture(autouse=True)
def worker_in_the_tests_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker run inside a test leaves its connection open, as Django's own test client does."""
    from touchstone.jobs import worker

    monkeypatch.setattr(worker, "close_old_connections", lambda: None)


@pytest.fixture
def run_jobs(db: None) -> Callable[[], int]:
    """Runs every background task that is due, here and now; returns how many."""
    from touchstone.jobs.worker import Worker

    return lambda: Worker().run(until_empty=True)


@pytest.fixture(autouse=True)
def files_dir(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path | None]:
    """Stored files of a test with a database go to a folder of its own."""
    if "db" not in request.fixturenames and "transactional_db" not in request.fixturenames:
        yield None
        return
    folder = tmp_path_factory.mktemp("files")
    kept = settings.FILES_DIR
    settings.FILES_DIR = folder
    yield folder
    settings.FILES_DIR = kept
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    """A bucket on a server that speaks S3."""
    with bucket_server() as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, files_dir: Path | None) -> Iterator[str]:
    """Files lie in a folder, then, in a second run of the test, in a bucket."""
    if request.param == "bucket":
        prefix = f"{secrets.token_hex(4)}/"
        settings.FILES_BUCKET = dataclasses.replace(
            request.getfixturevalue("bucket"), prefix=prefix
        )
    yield request.param
    settings.FILES_BUCKET = None


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """No test is slowed by the wrong passwords of another."""
    yield
    from django.core.cache import cache

    cache.clear()


@dataclass(frozen=True)
class CommandLine:
    """Runs `touchstone …` as a shell would, with a data directory of its own."""

    data_dir: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a fresh installation."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TOUCHSTONE_", "DJANGO_", "DATABASE_URL", "PYTEST"))
        }
        return {
            **kept,
            "TOUCHSTONE_DATA_DIR": str(self.data_dir),
            "TOUCHSTONE_ENV_FILE": os.devnull,
            **self.settings,
            **(extra or {}),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "touchstone.cli", *arguments]

    def __call__(
        self, *arguments: str, extra: Mapping[str, str] | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=self.environment(extra),
            timeout=120,
            check=False,
        )


@pytest.fixture
def touchstone(tmp_path: Path) -> CommandLine:
    """``touchstone("doctor", "--json")``; its state lies in ``touchstone.data_dir``."""
    return CommandLine(tmp_path / "data")
