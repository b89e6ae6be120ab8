"""Makes a source runnable: compiles it inside the sandbox, knows how each language is started."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message, say
from touchstone.engine.judging.problem import Language
from touchstone.integrations.sandbox.bubblewrap import bubblewrap_command, tool
from touchstone.integrations.sandbox.pool import Sandbox
from touchstone.integrations.sandbox.runs import MIB, Job, Limits

LIBRARIES = re.compile(
    rb"^[ \t]*(?:import|from)[ \t]+[^#\n]*\b(?:numpy|pandas|scipy|sklearn)\b", re.MULTILINE
)
PUBLIC_CLASS = re.compile(r"\bpublic\s+(?:final\s+|abstract\s+)*class\s+([A-Za-z_$][\w$]*)")
CLASS_BEFORE_MAIN = re.compile(r"\bclass\s+([A-Za-z_$][\w$]*)")
MAIN_METHOD = re.compile(r"\bstatic\s+(?:final\s+)?void\s+main\s*\(")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
COMPILER_BYTES = 256 * MIB
COMPILER_WORDS = 4000
# What each language needs on the machine, and the package that brings it.
TOOLS: dict[Language, tuple[tuple[str, ...], str]] = {
    "python": ((), ""),
    "sql": ((), ""),
    "cpp": (("g++",), "apt install g++"),
    "java": (("javac", "java", "jar"), "apt install default-jdk-headless"),
    "javascript": (("node",), "apt install nodejs"),
}
SQL_DRIVER = """\
import sqlite3, sys

def cell(value):
    if value is None:
        return ""
    if isinstance(value, float):
        text = "%.15g" % value
        return text if any(c in text for c in ".enai") else text + ".0"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)

query = open("query.sql", encoding="utf-8-sig").read()
database = sqlite3.connect(":memory:")
database.executescript(sys.stdin.read())
database.commit()
cursor = database.execute(query.strip().rstrip(";"))
if cursor.description is None:
    sys.exit("the statement returns no rows: hand in one SELECT")
for row in cursor:
    print(*map(cell, row), sep="\\t")
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A source made ready; `job` gives a run of it."""

    kind: str
    files: Mapping[str, bytes]
    words: tuple[str, ...]
    executable: frozenset[str] = frozenset()
    machine_learning: bool = False
    bounded_data: bool = True
    extra_processes: int = 0

    def job(
        self,
        limits: Limits,
        *,
        stdin: bytes = b"",
        files: Mapping[str, bytes] | None = None,
        arguments: tuple[str, ...] = (),
        collect: tuple[str, ...] = (),
    ) -> Job:
        """One run with these inputs; files of the test replace files of the program."""
        memory_mib = str(max(16, limits.memory_kib // 1024))
        words = tuple(word.replace("{memory_mib}", memory_mib) for word in self.words)
        command = self.kind == "command"
        return Job(
            kind="command" if command else "python",
            files={**self.files, **(files or {})},
            program=bubblewrap_command((*words, *arguments)) if command else words,
            arguments=() if command else arguments,
            stdin=stdin,
            limits=replace(limits, processes=limits.processes + self.extra_processes),
            collect=collect,
            machine_learning=self.machine_learning,
            bounded_data=self.bounded_data,
            executable=self.executable,
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """The source does not compile; ``words`` are the compiler's."""

    words: str
    sandbox_failed: bool = False


def missing_tools(language: Language) -> Message | None:
    """What to install before ``language`` can be judged here; None: nothing."""
    names, remedy = TOOLS[language]
    absent = [name for name in names if tool(name) is None]
    if not absent:
        return None
    return say(
        "judging.language_missing", language=language, program=", ".join(absent), remedy=remedy
    )


def build_program(
    sandbox: Sandbox,
    source: bytes,
    language: Language,
    *,
    included: Mapping[str, bytes] | None = None,
    driver: str = "",
    limits: Limits | None = None,
) -> Program | Refused:
    """Compiles ``source`` and returns how to run it.

    Args:
        sandbox: compilers run inside it too.
        source: as handed in.
        language: one of the judge's languages.
        included: files of the package to lie beside it; they win over the source's own name.
        driver: for the function mode, the included file that is the main program.
        limits: of the compiler.

    Raises:
        InvalidInput: the language's tools are not on this machine.
    """
    missing = missing_tools(language)
    if missing is not None:
        raise InvalidInput(missing)
    beside = dict(included or {})
    compiler_limits = limits or Limits(cpu_s=30, wall_s=60)
    if language == "python":
        main = driver or "solution.py"
        files = {"solution.py": source, **beside}
        check = tuple(dict.fromkeys(("solution.py", main)))
        libraries = any(LIBRARIES.search(text) for text in files.values())
        return Program("python", files, check, machine_learning=libraries)
    if language == "sql":
        files = {"query.sql": source, "main.py": SQL_DRIVER.encode(), **beside}
        return Program("python", files, ("main.py",))
    compiler_limits = replace(
        compiler_limits,
        file_bytes=COMPILER_BYTES,
        output_bytes=MIB,
        processes=compiler_limits.processes + 32,
    )
    builders = {"cpp": _build_cpp, "java": _build_java, "javascript": _build_javascript}
    return builders[language](sandbox, source, beside, driver, compiler_limits)


def _compile(
    sandbox: Sandbox,
    command: tuple[str, ...],
    files: Mapping[str, bytes],
    product: str,
    limits: Limits,
) -> bytes | Refused:
    run = sandbox.run(
        Job(
            kind="command",
            files=files,
            program=bubblewrap_command(command),
            limits=limits,
            collect=(product,) if product else (),
            collect_bytes=64 * MIB,
            bounded_data=False,
        )
    )
    words = (run.stderr or run.stdout)[:COMPILER_WORDS].decode("utf-8", "replace")
    if run.outcome == "failed":
        return Refused(run.detail, sandbox_failed=True)
    if run.outcome != "exited":
        return Refused(f"the compiler was ended: {run.outcome} limit\n{words}")
    if run.status != 0 or (product and product not in run.files):
        return Refused(words or f"the compiler failed with status {run.status}")
    return run.files[product] if product else b""


def _build_cpp(
    sandbox: Sandbox, source: bytes, beside: Mapping[str, bytes], driver: str, limits: Limits
) -> Program | Refused:
    files = {"solution.cpp": source, **beside}
    units = sorted(name for name in files if name.endswith((".cpp", ".cc", ".cxx")))
    if driver:
        units = [driver]
    options = ("-std=gnu++20", "-O2", "-pipe", "-DONLINE_JUDGE", "-I.")
    command = ("/usr/bin/g++", *options, "-o", "program", *units)
    product = _compile(sandbox, command, files, "program", limits)
    if isinstance(product, Refused):
        return product
    return Program("command", {"program": product}, ("./program",), frozenset({"program"}))


def java_class(source: str) -> str:
    """The class that holds ``main``: the public one, else the last one before the method."""
    code = COMMENT.sub(" ", source)
    public = PUBLIC_CLASS.search(code)
    if public:
        return public[1]
    main = MAIN_METHOD.search(code)
    before = CLASS_BEFORE_MAIN.findall(code[: main.start()] if main else code)
    return before[-1] if before else "Main"


def _build_java(
    sandbox: Sandbox, source: bytes, beside: Mapping[str, bytes], driver: str, limits: Limits
) -> Program | Refused:
    name = java_class(source.decode("utf-8", "replace"))
    files = {f"{name}.java": source, **beside}
    main = driver.removesuffix(".java") or name
    script = (
        'javac -J-XX:+UseSerialGC -encoding UTF-8 -d classes "$@" >&2'
        " && jar --create --no-compress --file program.jar -C classes ."
    )
    sources = sorted(file for file in files if file.endswith(".java"))
    command = ("/bin/sh", "-c", script, "sh", *sources)
    product = _compile(sandbox, command, files, "program.jar", limits)
    if isinstance(product, Refused):
        return product
    words = (
        "/usr/bin/java",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=4",
        "-Xss64m",
        "-Xmx{memory_mib}m",
        "-cp",
        "program.jar",
        main,
    )
    return Program(
        "command", {"program.jar": product}, words, bounded_data=False, extra_processes=32
    )


def _build_javascript(
    sandbox: Sandbox, source: bytes, beside: Mapping[str, bytes], driver: str, limits: Limits
) -> Program | Refused:
    node = tool("node") or "/usr/bin/node"
    files = {"solution.js": source, **beside}
    checked = _compile(sandbox, (node, "--check", "solution.js"), files, "", limits)
    if isinstance(checked, Refused):
        return checked
    words = (
        node,
        "--stack-size=65500",
        "--max-old-space-size={memory_mib}",
        driver or "solution.js",
    )
    return Program("command", files, words, bounded_data=False, extra_processes=32)
