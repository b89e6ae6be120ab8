"""Who runs programs for the judge: the sandbox here, or another machine behind the same protocol.

An executor says what it saw of a run. It never sees an answer and never forms a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from touchstone.engine.judging.problem import Language, Problem, TestCase
from touchstone.integrations.sandbox.pool import Sandbox
from touchstone.integrations.sandbox.programs import Program, Refused, build_program
from touchstone.integrations.sandbox.runs import Job, Limits, Run, SandboxUnavailable


class ProblemNotJudged(SandboxUnavailable):
    """This executor cannot judge this problem; another problem it may."""


class Runnable(Protocol):
    """A source made ready."""

    def run(
        self,
        limits: Limits,
        *,
        stdin: bytes = b"",
        files: Mapping[str, bytes] | None = None,
        arguments: tuple[str, ...] = (),
        collect: tuple[str, ...] = (),
    ) -> Run:
        """One run; files of the test replace files of the program."""
        ...


class Executor(Protocol):
    """Makes sources ready and runs them.

    Attributes:
        most_cpu_s: processor time that one run can be given.
        one_machine: every run is on the same machine, so that a measured reference stays good.
    """

    @property
    def most_cpu_s(self) -> float: ...

    @property
    def one_machine(self) -> bool: ...

    def refuse(self, problem: Problem, language: Language, tests: Sequence[TestCase]) -> None:
        """Looks at what a problem needs before anything runs.

        Raises:
            ProblemNotJudged: it cannot be had here.
        """
        ...

    def build(
        self,
        source: bytes,
        language: Language,
        *,
        included: Mapping[str, bytes],
        driver: str,
        limits: Limits,
        libraries: bool,
    ) -> Runnable | Refused:
        """Makes a source ready.

        Args:
            libraries: the problem is one of machine learning.
        """
        ...


@dataclass(frozen=True, slots=True)
class LocalRunnable:
    """A program for the sandbox here."""

    sandbox: Sandbox
    program: Program

    def job(
        self,
        limits: Limits,
        *,
        stdin: bytes = b"",
        files: Mapping[str, bytes] | None = None,
        arguments: tuple[str, ...] = (),
        collect: tuple[str, ...] = (),
    ) -> Job:
        """The run as the sandbox takes it, for a run in dialogue."""
        return self.program.job(
            limits, stdin=stdin, files=files, arguments=arguments, collect=collect
        )

    def run(
        self,
        limits: Limits,
        *,
        stdin: bytes = b"",
        files: Mapping[str, bytes] | None = None,
        arguments: tuple[str, ...] = (),
        collect: tuple[str, ...] = (),
    ) -> Run:
        """See `Runnable.run`."""
        return self.sandbox.run(
            self.job(limits, stdin=stdin, files=files, arguments=arguments, collect=collect)
        )


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """The sandbox of this machine, which can run whatever the judge asks for."""

    sandbox: Sandbox
    most_cpu_s: float = float("inf")
    one_machine: bool = True

    def refuse(self, problem: Problem, language: Language, tests: Sequence[TestCase]) -> None:
        """Nothing is refused here."""

    def build(
        self,
        source: bytes,
        language: Language,
        *,
        included: Mapping[str, bytes],
        driver: str,
        limits: Limits,
        libraries: bool,
    ) -> LocalRunnable | Refused:
        """Compiles in the sandbox."""
        built = build_program(
            self.sandbox, source, language, included=included, driver=driver, limits=limits
        )
        return built if isinstance(built, Refused) else LocalRunnable(self.sandbox, built)
