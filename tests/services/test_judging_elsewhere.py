"""Programs judged on a Judge0 server: the job's part, with the server there, away and unfit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.company import Company
from tests.services.test_assessments_grading import attempt, sit  # noqa: F401
from touchstone.assessments.models import Attempt, Submission
from touchstone.assessments.services.judging import submission_judge, submissions_judge
from touchstone.common.errors import TemporaryOutsideError
from touchstone.integrations.judge0.service import LOOPBACK, Judge0Service
from touchstone.integrations.sandbox.executors import ProblemNotJudged
from touchstone.integrations.simulators.judge0 import SimulatedJudge0

pytestmark = [pytest.mark.django_db, pytest.mark.sandbox]


@pytest.fixture
def server(settings: object) -> Iterator[SimulatedJudge0]:
    simulator = SimulatedJudge0()
    simulator.start()
    service = Judge0Service(simulator.base, simulator.token, networks=LOOPBACK, timeout_s=10)
    settings.JUDGE0 = service  # type: ignore[attr-defined]
    yield simulator
    simulator.stop()


@pytest.fixture
def program(company: Company, attempt: Attempt, now: dt.datetime) -> Submission:  # noqa: F811
    return sit(attempt, now)


def test_the_program_runs_there_and_is_scored_here(
    program: Submission, server: SimulatedJudge0, now: dt.datetime
) -> None:
    judged = submission_judge(submission=program, at=now)
    assert (judged.status, judged.verdict) == ("judged", "AC")
    handed = [row for row in server.received if row.what == "POST /submissions"]
    assert len(handed) > 3
    people = str([row.detail for row in handed])
    candidate = program.attempt_item.attempt.application.candidate
    assert candidate.name not in people
    assert program.ref not in people


def test_a_server_that_fails_leaves_the_program_for_another_try(
    program: Submission, server: SimulatedJudge0, now: dt.datetime
) -> None:
    server.fault("internal_error", "/submissions", times=50)
    with pytest.raises(TemporaryOutsideError):
        submission_judge(submission=program, at=now)
    program.refresh_from_db()
    assert (program.status, program.verdict) == ("queued", "")
    server.faults.clear()
    server._next.clear()
    assert submission_judge(submission=program, at=now).verdict == "AC"


def test_a_problem_that_cannot_be_judged_there_waits(
    program: Submission, server: SimulatedJudge0, now: dt.datetime
) -> None:
    server.config["max_memory_limit"] = 64_000
    with pytest.raises(ProblemNotJudged) as caught:
        submission_judge(submission=program, at=now)
    assert "MAX_MEMORY_LIMIT" in caught.value.text("zh")
    submissions_judge(submissions=[program], at=now)  # and holds up no other
    program.refresh_from_db()
    assert program.status == "queued"
