"""How the simulated Judge0 runs a program: in the sandbox here, told in Judge0's words."""

from __future__ import annotations

import io
import re
import shlex
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from touchstone.integrations.sandbox.bubblewrap import bubblewrap_command, tool
from touchstone.integrations.sandbox.collect import plain_name
from touchstone.integrations.sandbox.pool import Sandbox
from touchstone.integrations.sandbox.programs import LIBRARIES
from touchstone.integrations.sandbox.runs import MIB, Job, Limits, Run

LANGUAGES: dict[int, str] = {
    46: "Bash (5.0.0)",
    54: "C++ (GCC 9.2.0)",
    62: "Java (OpenJDK 13.0.1)",
    63: "JavaScript (Node.js 12.14.0)",
    70: "Python (2.7.17)",
    71: "Python (3.8.1)",
    92: "Python (3.11.2)",
}
TAKEN_OUT = re.compile(r"[$&;<>|`]")
COMPILER_S = 30.0
ARCHIVE_BYTES = 64 * MIB
SHELL_BASE = 128
SIGKILL, SIGXFSZ = 9, 25
LACKING = b"raise ModuleNotFoundError(\"No module named 'numpy'\", name='numpy')\n"
Answer = dict[str, Any]


@dataclass
class Entry:
    """A program that was handed in; ``held``: looks for which it stays in the queue."""

    token: str
    given: dict[str, Any]
    fault: str = ""
    held: int = 0
    result: Answer = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def ended(self) -> bool:
        return self.done.is_set() and self.held <= 0

    def looked(self) -> Answer:
        """What a look shows; it brings a held program one place forward."""
        if self.held > 0:
            self.held -= 1
            return {"status_id": 1}
        return self.result if self.done.is_set() else {"status_id": 2}


def executed(entry: Entry, language: str, sandbox: Sandbox, *, has_libraries: bool) -> None:
    """Runs the program and fills the entry in."""
    if entry.fault == "internal_error":
        words = "No such file or directory @ rb_sysopen - /box/script.py"
        entry.result = {"status_id": 13, "message": words}
        return
    if entry.fault == "exec_format_error":
        entry.result = {"status_id": 14, "message": "execve(./a.out): Exec format error"}
        return
    try:
        entry.result = _ran(entry.given, language, sandbox, has_libraries=has_libraries)
    except Exception as error:  # noqa: BLE001 - as the real one: whatever goes wrong is status 13
        entry.result = {"status_id": 13, "message": f"{type(error).__name__}: {error}"}
    if entry.fault == "wild_figures":
        entry.result |= {"time": "NaN", "memory": -5}


def _ran(given: Answer, language: str, sandbox: Sandbox, *, has_libraries: bool) -> Answer:
    files = _extracted(given["additional_files"])
    words = TAKEN_OUT.sub("", given["command_line_arguments"] or "").strip()
    if language.startswith("Python"):
        files = {**files, "script.py": given["source_code"]}
        if not has_libraries:
            files["numpy.py"] = LACKING
        libraries = has_libraries and any(LIBRARIES.search(text) for text in files.values())
        return _told(_python(files, words, given, sandbox, libraries=libraries), given)
    if language.startswith("JavaScript"):
        files = {**files, "script.js": given["source_code"]}
        return _told(_shell(f"{tool('node')} script.js {words}", files, given, sandbox), given)
    main = "main.cpp" if language.startswith("C++") else "Main.java"
    files = {**files, main: given["source_code"]}
    options = TAKEN_OUT.sub("", given["compiler_options"] or "").strip()
    if main == "main.cpp":
        script, product, run = f"g++ {options} main.cpp", "a.out", f"./a.out {words}"
    else:
        # Judge0 leaves the classes where they are; one file is what the sandbox brings out.
        script = f"javac {options} Main.java && jar --create --file all.jar *.class"
        product, run = "all.jar", f"java -Xss64m -cp all.jar Main {words}"
    built = _compiled(script, files, product, sandbox)
    if product not in built.files:
        return {"status_id": 6, "compile_output": built.stdout or built.stderr}
    return _told(_shell(run, {**files, product: built.files[product]}, given, sandbox), given)


def _python(
    files: Mapping[str, bytes], words: str, given: Answer, sandbox: Sandbox, *, libraries: bool
) -> Run:
    """From the warm parent; arguments are split as the shell would."""
    job = Job(
        "python",
        files,
        ("script.py",),
        arguments=tuple(shlex.split(words)),
        stdin=given["stdin"] or b"",
        limits=_limits(given),
        machine_learning=libraries,
    )
    return sandbox.run(job)


def _shell(line: str, files: Mapping[str, bytes], given: Answer, sandbox: Sandbox) -> Run:
    job = Job(
        "command",
        files,
        bubblewrap_command(("/bin/sh", "-c", f"{line}\nexit $?")),
        stdin=given["stdin"] or b"",
        limits=_limits(given),
        bounded_data=False,
        executable=frozenset({"a.out"}),
    )
    return sandbox.run(job)


def _compiled(script: str, files: Mapping[str, bytes], product: str, sandbox: Sandbox) -> Run:
    limits = Limits(cpu_s=COMPILER_S, wall_s=COMPILER_S, file_bytes=256 * MIB, processes=128)
    job = Job(
        "command",
        files,
        bubblewrap_command(("/bin/sh", "-c", f"exec 2>&1; {script}")),
        limits=limits,
        collect=(product,),
        collect_bytes=64 * MIB,
        bounded_data=False,
    )
    return sandbox.run(job)


def _limits(given: Answer) -> Limits:
    return Limits(
        cpu_s=float(given["cpu_time_limit"]),
        wall_s=float(given["wall_time_limit"]),
        memory_kib=int(given["memory_limit"]),
        output_bytes=int(given["max_file_size"]) * 1024,
        file_bytes=max(MIB, int(given["max_file_size"]) * 1024),
        processes=int(given["max_processes_and_or_threads"]) + 4,
    )


def _extracted(archive: bytes | None) -> dict[str, bytes]:
    """``unzip -n -qq``; a damaged archive leaves nothing, and nobody is told."""
    if archive is None:
        return {}
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        size = 0
        for entry in opened.infolist():
            size += entry.file_size
            if size > ARCHIVE_BYTES or not plain_name(entry.filename):
                raise ValueError("the archive is too large or leaves its folder")
            if not entry.is_dir():
                found.setdefault(entry.filename, opened.read(entry))
    return found


def _told(run: Run, given: Answer) -> Answer:
    """What the sandbox saw, as isolate and Judge0 tell it."""
    if run.outcome == "failed":
        return {"status_id": 13, "message": run.detail}
    answer: Answer = {
        "time": f"{run.cpu_s:.3f}",
        "wall_time": f"{max(run.wall_s, run.cpu_s):.3f}",
        "memory": run.memory_kib,
        "stdout": run.stdout or None,
        "stderr": run.stderr or None,
        "compile_output": None,
        "message": None,
        "exit_code": 0,
        "exit_signal": None,
    }
    if run.outcome == "wall":
        message = "Time limit exceeded (wall clock)"
        return answer | {"status_id": 5, "message": message}
    if run.outcome == "time" or run.cpu_s > given["cpu_time_limit"]:
        return answer | {"status_id": 5, "message": "Time limit exceeded"}
    code = {
        "memory": SHELL_BASE + SIGKILL,
        "output": SHELL_BASE + SIGXFSZ,
        "processes": 1,
        "compile_error": 1,
    }.get(run.outcome, run.status if run.status >= 0 else SHELL_BASE - run.status)
    if run.outcome == "memory":
        answer["memory"] = given["memory_limit"]
    if run.outcome == "processes":
        answer["stderr"] = b"fork: Resource temporarily unavailable\n"
    if run.outcome == "compile_error":
        answer["stderr"] = run.detail.encode()
    answer["exit_code"] = code
    if code:
        message = f"Exited with error status {code}"
        return answer | {"status_id": 11, "message": message}
    return answer | {"status_id": 3}
