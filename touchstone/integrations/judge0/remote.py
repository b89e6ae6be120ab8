"""Runs the judge's programs on a Judge0 server: inputs go in, outputs come back, nothing else.

The server is asked for no verdict and gets no answer. What it cannot give a problem is said before
anything runs: a candidate never pays for a limit of the server.
"""

from __future__ import annotations

import base64
import io
import json
import re
import shlex
import threading
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import render, say
from touchstone.engine.judging.problem import Language, Problem, TestCase
from touchstone.integrations.judge0.client import Ended, Judge0, LanguageRow, ServerLimits
from touchstone.integrations.judge0.launchers import JAVA, JAVASCRIPT, PYTHON
from touchstone.integrations.sandbox.executors import ProblemNotJudged
from touchstone.integrations.sandbox.programs import LIBRARIES, SQL_DRIVER, Refused, java_class
from touchstone.integrations.sandbox.runs import MIB, Limits, Outcome, Run, SandboxUnavailable

KNOWN_FOR_S = 900.0
PATIENCE = 4  # as here: a program that computes on a busy machine is waited for this much longer
BUSY_SHARE = 0.3
GRACE_RATIO, GRACE_S = 0.5, 0.25
ALL_OF_IT = 0.95  # of the memory, from where an end by SIGKILL was the server's memory limit
STACK_KIB = 256 * 1024
SIGKILL, SIGXFSZ = 9, 25
SHELL_BASE = 128  # the server starts programs from bash, which adds this to a signal's number
MARK = "touchstone: not compiled: "
# Bash characters that Judge0 takes out of options and arguments, even between quotes.
TAKEN_OUT = re.compile(r"[$&;<>|`\n\r\0]")
LONGEST_WORDS = 512
TAKEN_NAMES = frozenset(
    {"script.py", "script.js", "run", "run.sh", "compile", "compile.sh", "additional_files.zip"}
)
PLAIN_NAME = re.compile(r"\A[\w./+-]+\Z", re.ASCII)
MAIN_CLASS = re.compile(r"\b(?:class|interface|enum|record)\s+Main\b")
NAMES: Mapping[str, re.Pattern[str]] = {
    "python": re.compile(r"^Python \((\d+)\.(\d+)"),
    "libraries": re.compile(r"^Python for ML \((\d+)\.(\d+)"),
    "cpp": re.compile(r"^C\+\+ \(GCC (\d+)\.(\d+)"),
    "java": re.compile(r"^Java \((?:OpenJDK|JDK) (\d+)(?:\.(\d+))?"),
    "javascript": re.compile(r"^JavaScript \(Node\.js (\d+)\.(\d+)"),
}
NEWEST_STANDARD = ((10, "gnu++20"), (8, "gnu++2a"), (0, "gnu++17"))
EMPTY = b"pass\n"
LIBRARIES_PROBE = b"import numpy, pandas, sklearn\n"


@dataclass(frozen=True, slots=True)
class Place:
    """One of the server's languages, and processor time it needs before a program starts."""

    id: int
    version: tuple[int, int]
    start_s: float = 0.0


class RemoteExecutor:
    """Judge0 behind the judge's protocol; safe to share among threads."""

    one_machine = False

    def __init__(self, client: Judge0, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.client = client
        self._clock_s = clock_s
        self._places: dict[str, Place] = {}
        self._until_s = float("-inf")
        self._lock = threading.RLock()

    @property
    def most_cpu_s(self) -> float:
        """What the server allows a run."""
        return self.limits().max_cpu_time_limit

    def close(self) -> None:
        """Ends the connections."""
        self.client.close()

    def limits(self) -> ServerLimits:
        """What the server lets a program have.

        Raises:
            SandboxUnavailable: it refuses us.
            TemporaryOutsideError: it cannot be asked now.
        """
        with _as_unavailable():
            return self.client.limits()

    def place(self, kind: str) -> Place:
        """The server's language for ``python``, ``libraries``, ``cpp``, ``java``, ``javascript``.

        Found by name, the newest first, and kept for a quarter of an hour. For Python a small
        program says how long the interpreter takes to start, with the libraries where they are
        wanted: that time is the server's and counts for nobody.

        Raises:
            SandboxUnavailable: the server has no such language, or lacks the libraries.
        """
        with self._lock:
            if self._clock_s() > self._until_s:
                self._places.clear()
                self._until_s = self._clock_s() + KNOWN_FOR_S
            if kind not in self._places:
                with _as_unavailable():
                    self._places[kind] = self._found(kind)
            return self._places[kind]

    def _found(self, kind: str) -> Place:
        rows = self.client.languages()
        found = self._named(rows, kind)
        if found is None and kind == "libraries":
            found = self._named(rows, "python")
        if found is None:
            raise SandboxUnavailable(say("judge0.no_language", language=kind))
        if kind not in {"python", "libraries"}:
            return found
        probe = LIBRARIES_PROBE if kind == "libraries" else EMPTY
        runs = [self._probed(found, probe) for _ in range(2)]
        if runs[0].outcome == "failed":
            raise TemporaryOutsideError(say("judge0.failed", why=runs[0].detail))
        if runs[0].outcome != "exited" or runs[0].status != 0:
            why = runs[0].stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            message = "judge0.no_libraries" if kind == "libraries" else "judge0.failed"
            raise SandboxUnavailable(say(message, why=why[0] if why else runs[0].outcome))
        return replace(found, start_s=min(run.cpu_s for run in runs))

    def _named(self, rows: Sequence[LanguageRow], kind: str) -> Place | None:
        chosen = self.client.service.languages
        if kind in chosen:
            name = next((row.name for row in rows if row.id == chosen[kind]), None)
            if name is None:
                return None
            figures = [int(figure) for figure in re.findall(r"\d+", name)[:2]]
            return Place(chosen[kind], (figures[0], figures[-1]) if figures else (0, 0))
        fitting = [
            Place(row.id, (int(match[1]), int(match[2] or 0)))
            for row in rows
            if (match := NAMES[kind].match(row.name)) and match[1] != "2"
        ]
        return max(fitting, key=lambda place: (place.version, place.id), default=None)

    def _probed(self, place: Place, text: bytes) -> Run:
        program = RemoteProgram(self, place, "python", {"solution.py": text}, ("solution.py",))
        limits = self.limits()
        cpu_s = limits.max_cpu_time_limit / (1 + GRACE_RATIO)
        kib = min(limits.max_memory_limit, 1024 * 1024)
        return program.run(Limits(cpu_s=cpu_s, wall_s=cpu_s, memory_kib=kib))

    def refuse(self, problem: Problem, language: Language, tests: Sequence[TestCase]) -> None:
        """Says what the server cannot give this problem. See `Executor.refuse`."""
        granted = self.limits()
        if problem.interactive:
            raise ProblemNotJudged(say("judge0.interactive"))
        if problem.extension.prediction is not None and language != "python":
            raise ProblemNotJudged(say("judge0.files_out", language=language))
        self._refuse_limits(problem, granted)
        room = granted.max_max_file_size * 1024
        for test in tests:
            self._refuse_test(test, granted, room)

    def _refuse_limits(self, problem: Problem, granted: ServerLimits) -> None:
        kib, most_kib = problem.limits.memory_mib * 1024, granted.max_memory_limit
        if kib > most_kib:
            raise _too_little("MAX_MEMORY_LIMIT", f"{kib} KB", f"{most_kib} KB")
        seconds = problem.limits.time_s
        if seconds is None:
            return
        for setting, wanted_s, most_s in (
            ("MAX_CPU_TIME_LIMIT", seconds, granted.max_cpu_time_limit),
            ("MAX_WALL_TIME_LIMIT", _wall_s(seconds), granted.max_wall_time_limit),
        ):
            if wanted_s > most_s:
                raise _too_little(setting, f"{wanted_s:g} s", f"{most_s:g} s")

    def _refuse_test(self, test: TestCase, granted: ServerLimits, room: int) -> None:
        expected = 2 * test.answer.stat().st_size  # nobody is right with twice as much
        if expected > room:
            kib = -(-expected // 1024)
            most = f"{granted.max_max_file_size} KB"
            raise _too_little("MAX_MAX_FILE_SIZE", f"{kib} KB", most)
        if test.files and not granted.enable_additional_files:
            raise ProblemNotJudged(say("judge0.no_files"))
        for name, path in test.files:
            kib = -(-path.stat().st_size // 1024)
            if kib > granted.max_extract_size:
                most = f"{granted.max_extract_size} KB"
                raise _too_little("MAX_EXTRACT_SIZE", f"{kib} KB", most)
            if name in TAKEN_NAMES:
                raise ProblemNotJudged(say("judge0.name_taken", file=name))
        if test.arguments:
            _words(test.arguments, allowed=granted.enable_command_line_arguments)

    def build(
        self,
        source: bytes,
        language: Language,
        *,
        included: Mapping[str, bytes],
        driver: str,
        limits: Limits,
        libraries: bool,
    ) -> RemoteProgram | Refused:
        """Puts a source and what lies beside it together; it is compiled with every run."""
        if language == "python":
            files = {"solution.py": source, **included}
            main = driver or "solution.py"
            wanted = libraries or any(LIBRARIES.search(text) for text in files.values())
            place = self.place("libraries" if wanted else "python")
            check = tuple(dict.fromkeys(("solution.py", main)))
            return RemoteProgram(self, place, "python", files, check)
        if language == "sql":
            files = {"query.sql": source, "main.py": SQL_DRIVER.encode(), **included}
            return RemoteProgram(self, self.place("python"), "python", files, ("main.py",))
        place = self.place(language)
        if language == "javascript":
            files = {"solution.js": source, **included}
            return RemoteProgram(self, place, language, files, (driver or "solution.js",))
        if language == "cpp":
            return self._cpp(place, {"solution.cpp": source, **included}, driver)
        return self._java(place, source, included, driver)

    def _cpp(self, place: Place, files: dict[str, bytes], driver: str) -> RemoteProgram:
        main = driver or "solution.cpp"
        units = sorted(name for name in files if name.endswith((".cpp", ".cc", ".cxx")))
        others = [] if driver else [name for name in units if name != main]
        standard = next(text for least, text in NEWEST_STANDARD if place.version[0] >= least)
        options = [f"-std={standard}", "-O2", "-pipe", "-DONLINE_JUDGE", "-I.", *others]
        if not self.limits().enable_compiler_options:
            raise SandboxUnavailable(say("judge0.no_options"))
        if not all(PLAIN_NAME.match(name) for name in others):
            raise ProblemNotJudged(say("judge0.words"))
        return RemoteProgram(self, place, "cpp", files, (main,), options=" ".join(options))

    def _java(
        self, place: Place, source: bytes, included: Mapping[str, bytes], driver: str
    ) -> RemoteProgram:
        text = source.decode("utf-8", "replace")
        name = java_class(text)
        files = {f"{name}.java": source, **included}
        if not driver and name != "Main":
            if MAIN_CLASS.search(text):
                raise ProblemNotJudged(say("judge0.main_class"))
            files["Main.java"] = JAVA.format(name=name).encode()
        return RemoteProgram(
            self, place, "java", files, (driver or "Main.java",), extra_processes=32
        )


@dataclass(frozen=True, slots=True)
class RemoteProgram:
    """A source and its files, ready to be handed in; see `Runnable`."""

    executor: RemoteExecutor
    place: Place
    kind: str
    files: Mapping[str, bytes]
    main: tuple[str, ...]
    options: str = ""
    extra_processes: int = 0

    def run(
        self,
        limits: Limits,
        *,
        stdin: bytes = b"",
        files: Mapping[str, bytes] | None = None,
        arguments: tuple[str, ...] = (),
        collect: tuple[str, ...] = (),
    ) -> Run:
        """One run there. A server that is away is a failed run, never the program's."""
        if len(collect) > 1 or (collect and self.kind != "python"):
            raise ValueError("one file can be brought out, and of Python programs only")
        granted = self.executor.limits()
        beside = {**self.files, **(files or {})}
        source = self._source(beside, collect, min(granted.max_max_file_size * 1024, 16 * MIB))
        bounds = self._bounds(limits, granted)
        body: dict[str, Any] = {
            "language_id": self.place.id,
            "source_code": source,
            "stdin": stdin,
            "number_of_runs": 1,
            "redirect_stderr_to_stdout": False,
            "enable_network": False,
            "enable_per_process_and_thread_time_limit": False,
            "enable_per_process_and_thread_memory_limit": False,
            **bounds,
        }
        if self.options:
            body["compiler_options"] = self.options
        if arguments:
            allowed = granted.enable_command_line_arguments
            body["command_line_arguments"] = _words(arguments, allowed=allowed)
        if beside:
            if not granted.enable_additional_files:
                raise SandboxUnavailable(say("judge0.no_files"))
            # Of this field the server always takes the base64 text itself.
            body["additional_files"] = base64.b64encode(_archive(beside)).decode()
        try:
            with _as_unavailable():
                ended = self.executor.client.run(body)
        except TemporaryOutsideError as error:
            return Run("failed", detail=render(error.message, "en"))
        return _collected(_seen(ended, limits, bounds, self.place.start_s), collect)

    def _source(self, beside: dict[str, bytes], collect: tuple[str, ...], most: int) -> bytes:
        """What is handed in as the program itself; it leaves ``beside`` where it lies there."""
        if self.kind == "python":
            facts = (self.main, collect[0] if collect else "", most - 64, MARK)
            return PYTHON.replace("{facts}", repr(facts)).encode()
        if self.kind == "javascript":
            return JAVASCRIPT.format(facts=json.dumps([self.main[0], MARK])).encode()
        return beside.pop(self.main[0])

    def _bounds(self, limits: Limits, granted: ServerLimits) -> dict[str, Any]:
        start_s = self.place.start_s
        cpu_s = min(granted.max_cpu_time_limit, limits.cpu_s + start_s)
        extra_s = min(granted.max_cpu_extra_time, limits.cpu_s * GRACE_RATIO + GRACE_S)
        wall_s = min(granted.max_wall_time_limit, limits.wall_s * PATIENCE + start_s)
        processes = limits.processes + self.extra_processes
        file_kib = max(limits.file_bytes, limits.output_bytes) // 1024
        return {
            "cpu_time_limit": round(cpu_s, 3),
            "cpu_extra_time": round(extra_s, 3),
            "wall_time_limit": round(max(1.0, wall_s), 3),
            "memory_limit": min(granted.max_memory_limit, limits.memory_kib),
            "stack_limit": min(granted.max_stack_limit, STACK_KIB),
            "max_processes_and_or_threads": min(
                granted.max_max_processes_and_or_threads, processes
            ),
            "max_file_size": min(granted.max_max_file_size, file_kib),
        }


def _seen(ended: Ended, limits: Limits, bounds: Mapping[str, Any], start_s: float) -> Run:
    """The server's words as the sandbox here would say them."""
    message = ended.message.decode("utf-8", "replace")
    if ended.status_id == 6:
        return Run("compile_error", detail=ended.compile_output.decode("utf-8", "replace"))
    if not 3 <= ended.status_id <= 12 or ended.time is None:
        detail = f"Judge0, status {ended.status_id}: {message}"[:500]
        return Run("failed", detail=detail)
    stderr = ended.stderr
    if stderr.startswith(MARK.encode()):
        text = stderr[len(MARK) :].decode("utf-8", "replace")
        return Run("compile_error", detail=text, stderr=stderr)
    run = Run(
        "exited",
        status=_status(ended),
        cpu_s=max(0.0, ended.time - start_s),
        wall_s=ended.wall_time or 0.0,
        memory_kib=int(ended.memory or 0),
        stdout=ended.stdout,
        stderr=stderr,
    )
    outcome = _outcome(ended, run, limits, bounds)
    if outcome == "failed":
        return replace(run, outcome=outcome, detail=f"the Judge0 server was too busy: {message}")
    return replace(run, outcome=outcome)


def _outcome(ended: Ended, run: Run, limits: Limits, bounds: Mapping[str, Any]) -> Outcome:
    if ended.status_id == 5:
        if "wall" not in ended.message.decode("utf-8", "replace"):
            return "time" if run.cpu_s > limits.cpu_s else "failed"
        full = bounds["wall_time_limit"] >= limits.wall_s * PATIENCE
        idle = (ended.time or 0.0) < BUSY_SHARE * (ended.wall_time or 0.0)
        return "wall" if full or idle else "failed"
    most = min(limits.output_bytes, bounds["max_file_size"] * 1024)
    if run.status == -SIGXFSZ or len(run.stdout) >= max(1, most):
        return "output"
    if run.status == -SIGKILL and run.memory_kib >= ALL_OF_IT * bounds["memory_limit"]:
        return "memory"
    return "exited"


def _status(ended: Ended) -> int:
    """Exit status, or minus the signal's number."""
    code = ended.exit_code or 0
    if ended.exit_signal:
        return -ended.exit_signal
    if SHELL_BASE < code <= SHELL_BASE + 64:
        return SHELL_BASE - code
    return code or int(ended.status_id >= 7)


def _collected(run: Run, collect: tuple[str, ...]) -> Run:
    """Takes the file out of what was printed."""
    if not collect or run.outcome != "exited":
        return run
    head, _, content = run.stdout.partition(b"\n")
    word, _, size = head.decode("ascii", "replace").partition(" ")
    run = replace(run, stdout=b"")
    if word == "file" and size == str(len(content)):
        return replace(run, files={collect[0]: content})
    if word in {"missing", "not_a_plain_file", "too_large"}:
        return replace(run, refused={collect[0]: word})
    if run.status != 0:
        return replace(run, refused={collect[0]: "missing"})
    return replace(run, outcome="failed", detail="the output did not arrive whole")


def _archive(files: Mapping[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)  # of 1980: the same files, the same archive
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _words(arguments: Sequence[str], *, allowed: bool) -> str:
    words = shlex.join(arguments)
    if not allowed or len(words) > LONGEST_WORDS or TAKEN_OUT.search(words):
        raise ProblemNotJudged(say("judge0.words"))
    return words


def _wall_s(cpu_s: float) -> float:
    """The least elapsed time that the judge grants a run."""
    return cpu_s + max(1.5, 0.5 * cpu_s)


def _too_little(setting: str, wanted: str, most: str) -> ProblemNotJudged:
    return ProblemNotJudged(say("judge0.limit", setting=setting, wanted=wanted, most=most))


class _as_unavailable:  # noqa: N801 - reads as a word where it is used
    """A server that refuses us judges nothing: the programs wait until that is mended."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, PermanentOutsideError) and not isinstance(error, SandboxUnavailable):
            raise SandboxUnavailable(error.message) from error
