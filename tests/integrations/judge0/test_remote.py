"""Whole submissions on the remote: the same verdicts as here, and no fault of it on a candidate."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.judge0.conftest import Package, Waits
from touchstone.common.errors import TemporaryOutsideError
from touchstone.engine.judging.loading import load_problem
from touchstone.engine.judging.problem import Verdict
from touchstone.engine.judging.report import JudgeReport
from touchstone.integrations.judge0.client import Ended, Judge0
from touchstone.integrations.judge0.remote import RemoteExecutor, RemoteProgram, _seen
from touchstone.integrations.judge0.service import Judge0Service
from touchstone.integrations.sandbox import Limits, Sandbox, SandboxUnavailable
from touchstone.integrations.sandbox.executors import ProblemNotJudged
from touchstone.integrations.sandbox.judge import judge_submission
from touchstone.integrations.simulators.judge0 import SimulatedJudge0

pytestmark = pytest.mark.sandbox
CONTENT = Path(__file__).resolve().parents[3] / "touchstone" / "content" / "problems"
LIMITS = "limits: {time_limit: 1, memory: 256, output: 1}"
SUMS = {"sample/1": ("1 2\n", "3\n"), "secret/1": ("3 4\n", "7\n"), "secret/2": ("5 6\n", "11\n")}
BOUNDS = {"wall_time_limit": 10.0, "max_file_size": 1024, "memory_limit": 256_000}
RIGHT = {
    "python": "print(sum(map(int, input().split())))",
    "cpp": "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }",
    "java": "import java.util.*;\nclass Other {}\npublic class Sum { public static "
    "void main(String[] x) { Scanner s = new Scanner(System.in); "
    "System.out.println(s.nextInt() + s.nextInt()); } }",
    "javascript": "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number);"
    "\nconsole.log(a + b);",
}
NOT_COMPILING = {
    "python": "print(",
    "cpp": "int main() { return x; }",
    "java": "class A { void main( }",
    "javascript": "let = ;",
}


def judged(
    folder: Path, source: str, remote: RemoteExecutor | None, sandbox: Sandbox, **options: Any
) -> JudgeReport:
    language = options.pop("language", "python")
    return judge_submission(
        folder, source.encode(), language, sandbox=sandbox, executor=remote, **options
    )


@pytest.mark.parametrize("language", RIGHT)
def test_every_language_is_judged(
    package: Package, remote: RemoteExecutor, sandbox: Sandbox, language: str
) -> None:
    folder = package(LIMITS, SUMS)
    report = judged(folder, RIGHT[language], remote, sandbox, language=language)
    assert (report.verdict, report.score) == ("AC", 100), report.detail
    broken = judged(folder, NOT_COMPILING[language], remote, sandbox, language=language)
    assert broken.verdict == "CE"
    assert broken.compiler


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("print(sum(map(int, input().split())) + 1)", "WA"),
        ("while True: pass", "TLE"),
        ("import time; time.sleep(60)", "TLE"),
        ("raise SystemExit(3)", "RE"),
        ("import ctypes; ctypes.string_at(0)", "RE"),
        ("x = bytearray(600 << 20); print(len(x))", "MLE"),
        ("while True: print('x' * 1000)", "OLE"),
        ("import sys; sys.stderr.write('touchstone: not compiled: mine'); sys.exit(1)", "CE"),
        ("print(3 if input() == '1 2' else 0)", "WA"),
        ("import solution; print(__name__, __file__)", "WA"),
    ],
)
def test_verdicts_are_those_of_the_sandbox_here(
    package: Package, remote: RemoteExecutor, sandbox: Sandbox, source: str, verdict: str
) -> None:
    folder = package(LIMITS, SUMS if verdict != "TLE" else {"secret/1": SUMS["secret/1"]})
    report = judged(folder, source, remote, sandbox)
    assert report.verdict == verdict, report.detail
    if "not compiled" not in source:  # only who forges our mark is taken at their word
        assert judged(folder, source, None, sandbox).verdict == verdict


@pytest.mark.parametrize("name", ["pair-agreement-sql", "small-digit-images", "near-duplicates"])
def test_problems_of_the_product_get_the_same_verdicts(
    name: str, remote: RemoteExecutor, sandbox: Sandbox
) -> None:
    problem = load_problem(CONTENT / name)
    variant = problem.extension.variants[0]
    first = {solution.expected: solution for solution in reversed(problem.solutions)}
    if problem.extension.prediction is not None:  # minutes of waiting for what the others show
        del first["time_limit_exceeded"]
    assert len(first) >= 2
    for solution in first.values():
        there, here = (
            judged(
                problem.folder,
                solution.path.read_text("utf-8"),
                executor,
                sandbox,
                language=solution.language,
                variant=variant,
            )
            for executor in (remote, None)
        )
        assert there.verdict == here.verdict, (solution.path.name, there.detail)
        assert there.correctness == pytest.approx(here.correctness, abs=0.01)
        assert [test.verdict for test in there.tests] == [test.verdict for test in here.tests]


def test_function_mode_in_every_language_it_has(
    package: Package, remote: RemoteExecutor, sandbox: Sandbox
) -> None:
    folder = package(
        f"{LIMITS}\nx-touchstone: {{kind: function}}",
        SUMS,
        **{
            "include/python/main.py": "from solution import add\n"
            "print(add(*map(int, input().split())))\n",
            "include/cpp/main.cpp": '#include <iostream>\n#include "solution.cpp"\nint main() '
            "{ int a, b; std::cin >> a >> b; std::cout << add(a, b); }\n",
        },
    )
    python = "def add(a, b):\n    return a + b\n"
    assert judged(folder, python, remote, sandbox).verdict == "AC"
    assert judged(folder, "def add(a, b): return a +", remote, sandbox).verdict == "CE"
    plus = "int add(int a, int b) { return a + b; }"
    assert judged(folder, plus, remote, sandbox, language="cpp").verdict == "AC"


def test_the_server_gets_no_answers_and_no_network_for_programs(
    package: Package, remote: RemoteExecutor, sandbox: Sandbox, server: SimulatedJudge0
) -> None:
    folder = package(LIMITS, {"sample/1": ("1 2\n", "98765\n"), "secret/1": ("3 4\n", "98765\n")})
    judged(folder, RIGHT["python"], remote, sandbox)
    handed = [row.detail for row in server.received if row.what == "POST /submissions"]
    assert handed
    assert all(row["enable_network"] is False for row in handed)
    assert all("expected_output" not in row for row in handed)
    assert "98765" not in str(handed)


def test_the_reference_runs_there_in_the_same_judging(
    remote: RemoteExecutor, sandbox: Sandbox, server: SimulatedJudge0
) -> None:
    problem = load_problem(CONTENT / "near-duplicates")
    slow = next(s for s in problem.solutions if s.expected == "time_limit_exceeded")
    reference = problem.reference()
    assert reference is not None
    source = reference.path.read_text("utf-8")
    variant = problem.extension.variants[0]
    report = judged(problem.folder, source, remote, sandbox, variant=variant)
    before = len(server.received)
    again = judged(problem.folder, source, remote, sandbox, variant=variant)
    assert (report.verdict, again.verdict) == ("AC", "AC")
    # what was measured in the first judging is measured once more, three times at least
    assert len(server.received) - before >= len(again.tests) + 3
    worse = judged(problem.folder, slow.path.read_text("utf-8"), remote, sandbox, variant=variant)
    assert worse.efficiency < report.efficiency


def test_a_server_that_is_away_is_the_judges_failure(
    package: Package, sandbox: Sandbox, service: Judge0Service, server: SimulatedJudge0
) -> None:
    folder = package(LIMITS, SUMS)
    server.stop()
    pauses: list[float] = []
    away = RemoteExecutor(Judge0(service, pause=pauses.append))
    report = judged(folder, RIGHT["python"], away, sandbox)
    assert report.verdict is Verdict.INTERNAL_ERROR
    assert "cannot be reached" in report.detail
    assert len(pauses) == 3


@pytest.mark.parametrize("fault", ["internal_error", "exec_format_error", "truncated"])
def test_faults_of_the_server_are_its_own(
    package: Package,
    remote: RemoteExecutor,
    sandbox: Sandbox,
    server: SimulatedJudge0,
    fault: str,
) -> None:
    folder = package(LIMITS, SUMS)
    remote.place("python")
    server.fault(fault, "/submissions", times=1)
    assert judged(folder, RIGHT["python"], remote, sandbox).verdict == "AC"  # run once more
    server.fault(fault, "/submissions", times=8)
    report = judged(folder, RIGHT["python"], remote, sandbox)
    assert report.verdict is Verdict.INTERNAL_ERROR
    assert report.detail


def test_a_key_that_is_not_taken_judges_nothing(
    package: Package, sandbox: Sandbox, service: Judge0Service
) -> None:
    folder = package(LIMITS, SUMS)
    refused = RemoteExecutor(Judge0(dataclasses.replace(service, token="other")))
    with pytest.raises(SandboxUnavailable) as caught:
        judged(folder, RIGHT["python"], refused, sandbox)
    assert "TOUCHSTONE_JUDGE0_TOKEN" in caught.value.text("en")


def test_missing_libraries_are_said_and_only_their_programs_wait(
    package: Package, remote: RemoteExecutor, sandbox: Sandbox, server: SimulatedJudge0
) -> None:
    server.has_libraries = False
    folder = package(LIMITS, SUMS)
    assert judged(folder, RIGHT["python"], remote, sandbox).verdict == "AC"
    with pytest.raises(SandboxUnavailable) as caught:
        judged(folder, "import numpy\nprint(3)", remote, sandbox)
    assert "No module named 'numpy'" in caught.value.text("zh")
    with pytest.raises(SandboxUnavailable):
        judged(CONTENT / "small-digit-images", "print(1)", remote, sandbox)


def test_what_was_learnt_of_the_server_is_kept_for_a_while(
    client: Judge0, server: SimulatedJudge0, waits: Waits
) -> None:
    remote = RemoteExecutor(client, clock_s=waits.clock_s)
    remote.place("libraries")
    asked = len(server.received)
    assert remote.place("libraries").id == 92
    assert len(server.received) == asked
    waits.now_s += 10_000
    remote.place("libraries")
    assert len(server.received) == 2 * asked


@pytest.mark.parametrize(
    ("about", "setting", "message"),
    [
        ("type: [pass-fail, interactive]", {}, "judge0.interactive"),
        ("limits: {memory: 512}", {"max_memory_limit": 256_000}, "judge0.limit"),
        ("limits: {time_limit: 9, memory: 9}", {"max_cpu_time_limit": 5.0}, "judge0.limit"),
        ("limits: {time_limit: 15, memory: 9}", {}, "judge0.limit"),
        ("limits: {memory: 9}", {"max_max_file_size": 0}, "judge0.limit"),
    ],
)
def test_what_the_server_cannot_give_is_said_before_anything_runs(
    package: Package,
    remote: RemoteExecutor,
    sandbox: Sandbox,
    server: SimulatedJudge0,
    about: str,
    setting: dict[str, Any],
    message: str,
) -> None:
    server.config |= {"max_cpu_time_limit": 15.0, **setting}
    if setting.get("max_max_file_size") == 0:
        server.config["max_max_file_size"] = 1
    validator = {"output_validator/check.py": "raise SystemExit(42)"}
    tests = {"secret/1": ("1 2\n", "3" * 2000)}
    folder = package(about, tests, **validator if "interactive" in about else {})
    with pytest.raises(ProblemNotJudged) as caught:
        judged(folder, RIGHT["python"], remote, sandbox)
    assert caught.value.message.id == message
    assert not [row for row in server.received if row.what == "POST /submissions"]


@pytest.mark.parametrize(
    ("given", "outcome", "status"),
    [
        ({"status_id": 3}, "exited", 0),
        ({"status_id": 4}, "exited", 0),
        ({"status_id": 5, "time": 1.4}, "time", 0),
        ({"status_id": 5, "time": 0.1, "wall_time": 10, "message": "wall clock"}, "wall", 0),
        ({"status_id": 6, "time": None}, "compile_error", 0),
        ({"status_id": 7, "exit_signal": 11}, "exited", -11),
        ({"status_id": 8, "exit_signal": 25}, "output", -25),
        ({"status_id": 9, "exit_signal": 8}, "exited", -8),
        ({"status_id": 10, "exit_signal": 6}, "exited", -6),
        ({"status_id": 11, "exit_code": 3}, "exited", 3),
        ({"status_id": 11, "exit_code": 139}, "exited", -11),
        ({"status_id": 11, "exit_code": 137, "memory": 255_990}, "memory", -9),
        ({"status_id": 11, "exit_code": 137, "memory": 9_000}, "exited", -9),
        ({"status_id": 12, "exit_signal": 9, "memory": 256_000}, "memory", -9),
        ({"status_id": 12}, "exited", 1),
        ({"status_id": 13}, "failed", 0),
        ({"status_id": 14}, "failed", 0),
        ({"status_id": 15}, "failed", 0),
        ({"status_id": 3, "time": None}, "failed", 0),
    ],
)
def test_every_status_is_told_in_the_sandboxs_words(
    given: dict[str, Any], outcome: str, status: int
) -> None:
    message = given.pop("message", "")
    ended = Ended.model_validate({"time": 0.1, "wall_time": 0.2, "memory": 9000} | given)
    ended = ended.model_copy(update={"message": message.encode()})
    run = _seen(ended, Limits(cpu_s=1, wall_s=2.5), BOUNDS, 0.02)
    assert (run.outcome, run.status) == (outcome, status)


def test_a_busy_server_is_not_the_programs_fault() -> None:
    ended = Ended.model_validate({"status_id": 5, "time": 4.0, "wall_time": 5.0})
    ended = ended.model_copy(update={"message": b"Time limit exceeded (wall clock)"})
    bounds = BOUNDS | {"wall_time_limit": 5.0}
    assert _seen(ended, Limits(cpu_s=8, wall_s=12), bounds, 0.0).outcome == "failed"


def test_start_up_counts_for_nobody() -> None:
    ended = Ended.model_validate({"status_id": 3, "time": 1.45, "wall_time": 2.0})
    assert _seen(ended, Limits(cpu_s=1), BOUNDS, 1.2).cpu_s == pytest.approx(0.25)
    assert _seen(ended, Limits(cpu_s=1), BOUNDS, 1.6).cpu_s == 0.0


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("pass", "missing"),
        ("import os; os.symlink('/etc/passwd', 'out.csv')", "not_a_plain_file"),
        ("import os; os.mkdir('out.csv')", "not_a_plain_file"),
        ("open('out.csv', 'wb').write(b'x' * 600_000)", "too_large"),
    ],
)
def test_files_come_out_whole_or_not_at_all(
    remote: RemoteExecutor, server: SimulatedJudge0, source: str, reason: str
) -> None:
    server.config["max_max_file_size"] = 512
    place = remote.place("python")
    files = {"solution.py": source.encode()}
    program = RemoteProgram(remote, place, "python", files, ("solution.py",))
    run = program.run(Limits(memory_kib=256_000), collect=("out.csv",))
    assert run.refused == {"out.csv": reason}
    assert run.stdout == b""
    text = b"open('out.csv', 'wb').write(bytes(range(256)) * 9); print('file 3')"
    written = dataclasses.replace(program, files={"solution.py": text})
    run = written.run(Limits(memory_kib=256_000), collect=("out.csv",))
    assert run.files == {"out.csv": bytes(range(256)) * 9}


def test_arguments_reach_the_program_or_are_refused(remote: RemoteExecutor) -> None:
    files = {"solution.py": b"import sys; print(sys.argv)"}
    program = RemoteProgram(remote, remote.place("python"), "python", files, ("solution.py",))
    run = program.run(Limits(memory_kib=256_000), arguments=("a b", "*'\""))
    assert run.stdout == b"""['solution.py', 'a b', '*\\'"']\n"""
    for bad in ("$HOME", "a;b", "x" * 600):
        with pytest.raises(ProblemNotJudged):
            program.run(Limits(memory_kib=256_000), arguments=(bad,))


def test_the_newest_language_of_a_kind_is_taken_unless_one_is_named(
    server: SimulatedJudge0, service: Judge0Service, waits: Waits
) -> None:
    server.languages[54] = "C++ (GCC 14.1.0)"
    server.languages[53] = "C++ (GCC 8.3.0)"
    newest = RemoteExecutor(Judge0(service, pause=waits.pause))
    assert (newest.place("cpp").id, newest.place("cpp").version) == (54, (14, 1))
    assert newest.place("python").id == 92
    named = dataclasses.replace(service, languages={"python": 71, "cpp": 53, "java": 999})
    chosen = RemoteExecutor(Judge0(named, pause=waits.pause))
    assert (chosen.place("python").id, chosen.place("cpp").version) == (71, (8, 3))
    with pytest.raises(SandboxUnavailable):
        chosen.place("java")


def test_a_server_that_cannot_be_asked_raises_nothing_permanent(
    service: Judge0Service, server: SimulatedJudge0
) -> None:
    server.stop()
    with pytest.raises(TemporaryOutsideError):
        RemoteExecutor(Judge0(service, pause=lambda _s: None)).place("cpp")
