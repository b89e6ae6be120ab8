"""Runs a package's own output and static validators, inside the sandbox like everything else."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from touchstone.common.messages import Message, say
from touchstone.engine.judging.problem import Language, Problem, TestCase, Verdict
from touchstone.integrations.sandbox.pool import Sandbox
from touchstone.integrations.sandbox.programs import Program, Refused, build_program
from touchstone.integrations.sandbox.runs import Job, Limits, Run

ACCEPTED, REJECTED = 42, 43
FEEDBACK = "feedback"
TEAM_MESSAGE, JUDGE_MESSAGE = f"{FEEDBACK}/teammessage.txt", f"{FEEDBACK}/judgemessage.txt"
SCORE, MULTIPLIER = f"{FEEDBACK}/score.txt", f"{FEEDBACK}/score_multiplier.txt"
BROUGHT_OUT = (TEAM_MESSAGE, JUDGE_MESSAGE, SCORE, MULTIPLIER)
MESSAGE_CHARACTERS = 2000
PIPE_BYTES = 1 << 16
CODE_SUFFIXES = {".py": "python", ".cpp": "cpp", ".cc": "cpp", ".c": "cpp"}


class ValidatorFailed(Exception):
    """The validator itself is at fault; never the candidate."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A validator's word.

    Attributes:
        share: 0 to 1 of the test's maximum.
        points: an absolute score it gave instead, None if none.
    """

    verdict: Verdict
    share: float
    points: float | None = None
    message: Message | None = None


def build_validator(sandbox: Sandbox, folder: Path) -> Program:
    """Compiles the validator in ``folder``: one Python file or C++ sources.

    Raises:
        ValidatorFailed: there is no source that can be used, or it does not compile.
    """
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    kinds = {
        CODE_SUFFIXES[Path(name).suffix] for name in files if Path(name).suffix in CODE_SUFFIXES
    }
    if kinds == {"python"}:
        roots = [name for name in files if name.endswith(".py") and "/" not in name]
        main = "__main__.py" if "__main__.py" in roots else roots[0]
        names = tuple(dict.fromkeys((*roots, main)))
        ordered = (*(name for name in names if name != main), main)
        return Program("python", files, ordered)
    if kinds != {"cpp"}:
        raise ValidatorFailed(f"{folder.name}: no single Python or C++ program")
    sources = [name for name in files if Path(name).suffix in CODE_SUFFIXES]
    language: Language = "cpp"
    built = build_program(
        sandbox,
        files[sources[0]],
        language,
        included={name: content for name, content in files.items() if name != sources[0]},
    )
    if isinstance(built, Refused):
        raise ValidatorFailed(built.words)
    return built


def validate_output(
    sandbox: Sandbox, problem: Problem, program: Program, test: TestCase, output: bytes
) -> Ruling:
    """The validator's ruling on one output.

    Raises:
        ValidatorFailed: it neither accepted nor rejected.
    """
    return _ruling(sandbox.run(_output_job(problem, program, test, output)))


def _output_job(problem: Problem, program: Program, test: TestCase, output: bytes) -> Job:
    files = {
        "judge/input": test.read_input(),
        "judge/answer": test.read_answer(),
        f"{FEEDBACK}/.keep": b"",
    }
    arguments = ("judge/input", "judge/answer", f"{FEEDBACK}/", *test.validator_args)
    return program.job(
        _limits(problem), stdin=output, files=files, arguments=arguments, collect=BROUGHT_OUT
    )


def validate_source(
    sandbox: Sandbox,
    problem: Problem,
    program: Program,
    *,
    source: bytes,
    language: str,
    entry: str,
    arguments: tuple[str, ...],
) -> Ruling:
    """The static validator's ruling on the source.

    Raises:
        ValidatorFailed: it neither accepted nor rejected.
    """
    name = {"python": "python3", "cpp": "cpp", "java": "java", "javascript": "javascript"}
    words = (name.get(language, language), entry, f"{FEEDBACK}/", *arguments)
    files: Mapping[str, bytes] = {entry: source, f"{FEEDBACK}/.keep": b""}
    job = program.job(_limits(problem), files=files, arguments=words, collect=BROUGHT_OUT)
    return _ruling(sandbox.run(job))


def interact(
    sandbox: Sandbox, problem: Problem, program: Program, test: TestCase, submission: Job
) -> tuple[Run, Ruling]:
    """Runs submission and validator with their streams joined.

    Returns:
        What was seen of the submission, and the ruling.

    Raises:
        ValidatorFailed: the validator neither accepted nor rejected.
    """
    to_submission, from_validator = os.pipe()
    to_validator, from_submission = os.pipe()
    seen: list[Run] = []
    judge_job = _output_job(problem, program, test, b"")

    def run_submission() -> None:
        try:
            seen.append(sandbox.run(submission, stdin_fd=to_submission, stdout_fd=from_submission))
        finally:
            os.close(from_submission)  # now the validator sees the end of its input
        while os.read(to_submission, PIPE_BYTES):
            pass  # a submission that reads nothing must not leave the validator waiting

    worker = threading.Thread(target=run_submission)
    worker.start()
    try:
        judged = sandbox.partner().run(judge_job, stdin_fd=to_validator, stdout_fd=from_validator)
    finally:
        os.close(to_validator)
        os.close(from_validator)
        worker.join()
        os.close(to_submission)
    return seen[0], _ruling(judged)


def _limits(problem: Problem) -> Limits:
    limits = problem.limits
    return Limits(
        cpu_s=limits.validation_time_s,
        wall_s=limits.validation_time_s + 10,
        memory_kib=limits.validation_memory_mib * 1024,
    )


def _ruling(run: Run) -> Ruling:
    if run.outcome != "exited" or run.status not in (ACCEPTED, REJECTED):
        detail = run.detail or run.stderr[-500:].decode("utf-8", "replace")
        raise ValidatorFailed(f"validator: {run.outcome}, status {run.status}: {detail}")
    text = run.files.get(TEAM_MESSAGE, b"").decode("utf-8", "replace").strip()
    message = say("judging.validator_message", text=text[:MESSAGE_CHARACTERS]) if text else None
    if run.status == REJECTED:
        return Ruling(Verdict.WRONG_ANSWER, 0.0, None, message)
    share, points = 1.0, None
    if MULTIPLIER in run.files:
        share = _figure(run.files[MULTIPLIER])
        if share > 1:
            raise ValidatorFailed("score_multiplier.txt is above 1")
    elif SCORE in run.files:
        points = _figure(run.files[SCORE])
    return Ruling(Verdict.ACCEPTED, share, points, message)


def _figure(text: bytes) -> float:
    try:
        value = float(text.decode("ascii").strip())
    except (UnicodeDecodeError, ValueError) as error:
        raise ValidatorFailed("a score that is no number") from error
    if not math.isfinite(value) or value < 0:
        raise ValidatorFailed("a score that is negative or not finite")
    return value
