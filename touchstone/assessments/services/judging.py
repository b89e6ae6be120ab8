"""Programs before the judge: each verdict counts once, and only from who holds the lease."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from touchstone.assessments.models import Submission
from touchstone.assessments.services.similarity import comparison_ask
from touchstone.assessments.tasks import problem_folder, problem_package
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import InvalidInput, TemporaryOutsideError
from touchstone.common.messages import render, say
from touchstone.engine.grading.work import message_documents
from touchstone.engine.judging.practice import practice_findings
from touchstone.engine.judging.problem import Language, Verdict
from touchstone.engine.judging.report import JudgeReport
from touchstone.integrations.judge0.configured import configured_executor
from touchstone.integrations.sandbox.executors import ProblemNotJudged
from touchstone.integrations.sandbox.judge import judge_submission
from touchstone.integrations.sandbox.pool import Sandbox
from touchstone.integrations.sandbox.runs import SandboxUnavailable
from touchstone.positions.models import Position

Status = Submission.Status
REFUSED = "CE"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Run:
    """What the judge is asked, without the database; equal ones are run once."""

    folder: Path
    source: str
    language: str
    seed: int
    samples_only: bool

    def judged(self, sandbox: Sandbox | None) -> JudgeReport | None:
        """The judge's report; None when the problem does not take the language."""
        language: Language = self.language  # type: ignore[assignment]
        try:
            return judge_submission(
                self.folder,
                self.source.encode("utf-8", "replace"),
                language,
                seed=self.seed,
                samples_only=self.samples_only,
                sandbox=sandbox,
                executor=configured_executor(),
                practice=practice_findings if self.language == "python" else None,
            )
        except InvalidInput:
            return None


def _run_of(submission: Submission) -> _Run:
    item = submission.attempt_item
    variants = problem_package(item.item.code).extension.variants
    return _Run(
        problem_folder(item.item.code),
        submission.source,
        submission.language,
        item.attempt.seed % len(variants) if variants else 0,
        submission.samples_only,
    )


def submission_judge(
    *, submission: Submission, at: dt.datetime, pool: Sandbox | None = None
) -> Submission:
    """Judges one program; one that is judged already is left alone.

    The row is taken with a fresh token before the sandbox is asked, and the verdict is written
    only while that token still stands: a worker given up for dead cannot overwrite its successor.

    Args:
        pool: the sandbox to use; by default this process's own.

    Raises:
        TemporaryOutsideError: the judge failed; the program waits to be judged again.
        SandboxUnavailable: nothing can be judged on this machine, or this problem cannot be on
            the server that is set up; the program waits.
    """
    token = submission_take(submission=submission)
    if token is None:
        submission.refresh_from_db()
        return submission
    try:
        report = _run_of(submission).judged(pool)
    except SandboxUnavailable:
        submission_release(submission=submission, token=token)
        raise
    if report is not None and report.verdict is Verdict.INTERNAL_ERROR:
        submission_release(submission=submission, token=token)
        raise TemporaryOutsideError(say("assessments.judge_failed"))
    verdict_write(submission=submission, token=token, report=report, at=at)
    submission.refresh_from_db()
    return submission


def submissions_judge(
    *,
    submissions: Iterable[Submission] | None = None,
    position: Position | None = None,
    at: dt.datetime | None = None,
    progress: Progress | None = None,
    workers: int = 2,
) -> list[Submission]:
    """Judges many programs with one warm sandbox, several at a time, equal ones once.

    One that the judge fails on stays queued for the job that was enqueued with it.

    Args:
        submissions: those to judge; without them, all of the position's that wait.
        at: of the verdicts; without it each is dated a minute after it was handed in.
        progress: told (done, total) as programs are judged.
        workers: programs at a time; no more than the machine has cores.

    Raises:
        SandboxUnavailable: nothing can be judged on this machine; all of them wait.
    """
    rows = Submission.objects.exclude(status=Status.JUDGED)
    if submissions is not None:
        rows = rows.filter(pk__in=[s.pk for s in submissions])
    if position is not None:
        rows = rows.filter(attempt_item__attempt__application__position=position)
    waiting = list(
        rows.select_related(
            "attempt_item__item", "attempt_item__attempt__application__branch"
        ).order_by("pk")
    )
    taken: list[tuple[Submission, str]] = []
    with transaction.atomic():
        for submission in waiting:
            token = submission_take(submission=submission)
            if token is not None:
                taken.append((submission, token))
    try:
        reports = _run_all([_run_of(s) for s, _token in taken], workers, progress)
    except SandboxUnavailable:
        for submission, token in taken:
            submission_release(submission=submission, token=token)
        raise
    with transaction.atomic():
        for (submission, token), report in zip(taken, reports, strict=True):
            if report is not None and report.verdict is Verdict.INTERNAL_ERROR:
                submission_release(submission=submission, token=token)
                continue
            moment = at or submission.created_at + dt.timedelta(minutes=1)
            verdict_write(submission=submission, token=token, report=report, at=moment)
    return waiting


def _run_all(runs: list[_Run], workers: int, progress: Progress | None) -> list[JudgeReport | None]:
    sandbox = Sandbox(workers)
    try:
        with ThreadPoolExecutor(workers) as threads:
            distinct = {run: threads.submit(run.judged, sandbox) for run in dict.fromkeys(runs)}
            reports = []
            for done, run in enumerate(runs, 1):
                reports.append(_result(distinct[run]))
                if progress:
                    progress(done, len(runs))
            return reports
    finally:
        sandbox.close()


def _result(asked: Future[JudgeReport | None]) -> JudgeReport | None:
    """The report; one problem that cannot be judged here does not hold up the others."""
    try:
        return asked.result()
    except ProblemNotJudged as error:
        detail = render(error.message, "en")
        return JudgeReport(Verdict.INTERNAL_ERROR, 0.0, 0.0, 0.0, (), detail=detail)


def submission_take(*, submission: Submission) -> str | None:
    """A token for judging it, by one conditional update; None when it is judged already.

    One that a lost worker held is taken over: the job that calls this holds the job's lease, so
    nobody else is working on it.
    """
    token = secrets.token_hex(12)
    took = (
        Submission.objects.filter(pk=submission.pk, lease=submission.lease)
        .exclude(status=Status.JUDGED)
        .update(status=Status.JUDGING, lease=token)
    )
    if not took:
        fresh = Submission.objects.get(pk=submission.pk)
        if fresh.status == Status.JUDGED or fresh.lease != submission.lease:
            return None
    submission.status, submission.lease = Status.JUDGING, token
    return token


def submission_release(*, submission: Submission, token: str) -> None:
    """Puts it back into the queue, if the token still stands."""
    Submission.objects.filter(pk=submission.pk, lease=token).update(status=Status.QUEUED)


def verdict_write(
    *, submission: Submission, token: str, report: JudgeReport | None, at: dt.datetime
) -> bool:
    """Writes the verdict if the token still stands; returns whether it did."""
    result = report_document(report)
    with transaction.atomic():
        wrote = Submission.objects.filter(
            pk=submission.pk, lease=token, status=Status.JUDGING
        ).update(
            status=Status.JUDGED,
            verdict=result["verdict"],
            score=result["score"],
            result=result,
            judged_at=at,
        )
        if not wrote:
            return False
        audit_record(
            SYSTEM,
            "submission.judged",
            object_type="submission",
            object_ref=submission.ref,
            branch_ref=submission.attempt_item.attempt.application.branch.ref,
            after={"verdict": result["verdict"], "score": result["score"]},
            detail={"samples_only": submission.samples_only},
        )
        if not submission.samples_only:
            comparison_ask(submission=submission, at=at)
    submission.status = Status.JUDGED
    return True


def report_document(report: JudgeReport | None) -> dict[str, Any]:
    """An object of `touchstone judge`, and its sentences as messages under ``said``."""
    if report is None:
        message = say("assessments.bad_language")
        return {
            "verdict": REFUSED,
            "score": 0.0,
            "tests": [],
            "practice": [],
            "report": [],
            "said": message_documents([message]),
        }
    document = report.as_json("zh")
    for row, test in zip(document["tests"], report.tests, strict=True):
        row["said"] = message_documents([test.feedback])[0] if test.feedback else None
    for row, finding in zip(document["practice"], report.practice, strict=True):
        row["said"] = message_documents([finding.message])[0]
    document["said"] = message_documents(report.report)
    return document
