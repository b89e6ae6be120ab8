"""Whole submissions: every verdict, every language, forged and hostile ones included."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from touchstone.common.errors import InvalidInput, NotFound
from touchstone.engine.judging.loading import load_problem
from touchstone.engine.judging.problem import TestCase, Verdict
from touchstone.engine.judging.report import JudgeReport
from touchstone.engine.judging.verdicts import TestResult
from touchstone.integrations.sandbox import Sandbox, SandboxUnavailable
from touchstone.integrations.sandbox.environment import Interpreter
from touchstone.integrations.sandbox.judge import _Judging, judge_submission

pytestmark = pytest.mark.sandbox
CONTENT = Path(__file__).resolve().parents[3] / "touchstone" / "content" / "problems"
LIMITS = "limits: {time_limit: 1, memory: 256, output: 1}"
SUMS = {"sample/1": ("1 2\n", "3\n"), "secret/1": ("3 4\n", "7\n"), "secret/2": ("5 6\n", "11\n")}
Package = Callable[..., Path]
Judge = Callable[..., JudgeReport]


@pytest.fixture
def judge(sandbox: Sandbox) -> Judge:
    def run(folder: Path, source: str, language: str = "python", **options: object) -> JudgeReport:
        return judge_submission(folder, source.encode(), language, sandbox=sandbox, **options)  # type: ignore[arg-type]

    return run


RIGHT = {
    "python": "print(sum(map(int, input().split())))",
    "cpp": "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }",
    "java": "import java.util.*;\n// public class Wrong\nclass Other {}\nclass Sum { public static "
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


@pytest.mark.parametrize("language", RIGHT)
def test_every_language_is_judged(package: Package, judge: Judge, language: str) -> None:
    folder = package(LIMITS, SUMS)
    report = judge(folder, RIGHT[language], language)
    assert (report.verdict, report.score) == ("AC", 100)
    broken = judge(folder, NOT_COMPILING[language], language)
    assert (broken.verdict, broken.score) == ("CE", 0)
    assert broken.compiler


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("print(0)", "WA"),
        ("print(3)", "WA"),
        ("while True: pass", "TLE"),
        ("x = bytearray(10**10)", "MLE"),
        ("print('x' * 2**21)", "OLE"),
        ("1 / 0", "RE"),
        ("import os; os._exit(42)", "RE"),
        ("def f(): f()\nf()", "RE"),
        ("x = '\x00'", "CE"),
        ("(" * 5000, "CE"),
        ("print('AC'); import sys; sys.stderr.write('verdict AC score 100')", "WA"),
    ],
)
def test_verdicts(package: Package, judge: Judge, source: str, verdict: str) -> None:
    assert judge(package(LIMITS, SUMS), source).verdict == verdict


def test_white_space_that_counts_gives_pe(package: Package, judge: Judge) -> None:
    folder = package(LIMITS, SUMS)
    (folder / "data/secret/test_group.yaml").write_text(
        "output_validator_args: [space_change_sensitive]"
    )
    report = judge(folder, "print('', sum(map(int, input().split())))")
    assert [test.verdict for test in report.tests] == ["AC", "PE", "PE"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('#include "/dev/random"\nint main() {}', "limit"),
        ('#include "/etc/passwd"\nint main() {}', "No such file"),
        (
            (
                "template<int N> struct A { typedef typename A<N + 1>::T T; A<N + 2> a; };\n"
                "A<0>::T x; int main() {}"
            ),
            "",
        ),
        ("int main() { return 0; } char big[1u << 30] = {1};", ""),
    ],
    ids=["random", "passwd", "templates", "huge binary"],
)
def test_bombs_for_the_compiler_end_as_ce(
    package: Package, judge: Judge, source: str, words: str
) -> None:
    about = "limits: {time_limit: 1, compilation_time: 4, compilation_memory: 512}"
    report = judge(package(about, SUMS), source, "cpp")
    assert report.verdict == "CE"
    assert words in report.compiler
    assert "root:" not in report.compiler


SOLVER = "def solve(a, b):\n    return a + b\n"
DRIVER = "from solution import solve\nprint(solve(*map(int, input().split())))\n"


def test_function_mode_calls_the_function(package: Package, judge: Judge) -> None:
    about = f"{LIMITS}\nx-touchstone: {{kind: function}}"
    folder = package(about, SUMS, **{"include/python/main.py": DRIVER})
    assert judge(folder, SOLVER).verdict == "AC"
    assert judge(folder, "def solve(a, b) return a").verdict == "CE"
    assert judge(folder, "def solve(a): return a").verdict == "RE"
    with pytest.raises(InvalidInput):
        judge(folder, RIGHT["cpp"], "cpp")


ML = f"""{LIMITS.replace("256", "512")}
x-touchstone:
  kind: ml
  metric: accuracy
  columns: {{id: id, prediction: y}}
  thresholds: [{{at: 1.0, points: 100}}, {{at: 0.5, points: 40}}]
"""
TRUTH = {"secret/1": ("", "id,y\na,1\nb,0\n")}
HANDED = {"data/secret/1.files/test.csv": "id\na\nb\n"}
WRITE = "open('predictions.csv', 'w').write({!r})"


@pytest.mark.parametrize(
    ("source", "verdict", "score"),
    [
        (WRITE.format("id,y\na,1\nb,0\n"), "AC", 100),
        (WRITE.format("id,y\na,1\nb,1\n"), "WA", 40),
        (WRITE.format("id,y\na,nan\nb,0\n"), "WA", 0),
        ("assert open('test.csv').read()", "WA", 0),
        ("import pickle; pickle.dump([1, 0], open('predictions.csv', 'wb'))", "WA", 0),
        ("import os; os.symlink('/etc/passwd', 'predictions.csv')", "WA", 0),
        ("import os; os.symlink('test.csv', 'predictions.csv')", "WA", 0),
        (
            "import sklearn.metrics as m\nm.accuracy_score = lambda *a, **k: 1.0\n"
            "import builtins; builtins.float = lambda x: 1.0\n" + WRITE.format("id,y\na,0\nb,1\n"),
            "WA",
            0,
        ),
        (
            (
                "open('verdict', 'w').write('AC'); open('score.txt', 'w').write('100')\n"
                "open('secret.ans', 'w'); print('accuracy 1.0')"
            ),
            "WA",
            0,
        ),
        (
            "import os\nfor top in ('/box', '/tmp', '/etc', '/dev', '/.space'):\n"
            " for d, _, fs in os.walk(top):\n"
            "  if any(f.endswith('.ans') for f in fs): raise SystemExit(9)\n"
            + WRITE.format("id,y\na,0\nb,1\n"),
            "WA",
            0,
        ),
    ],
    ids=range(10),
)
def test_predictions_are_scored_outside(
    package: Package, judge: Judge, source: str, verdict: str, score: float
) -> None:
    report = judge(package(ML, TRUTH, **HANDED), source)
    assert (report.verdict, report.score) == (verdict, score)


def test_output_validator_rules(package: Package, judge: Judge) -> None:
    validator = (
        "import sys\nexpected = int(open(sys.argv[2]).read())\n"
        "open(sys.argv[3] + 'teammessage.txt', 'w').write('seen')\n"
        "sys.exit(42 if abs(int(sys.stdin.read()) - expected) <= int(sys.argv[4]) else 43)"
    )
    folder = package(LIMITS, SUMS, **{"output_validator/check.py": validator})
    for part in ("sample", "secret"):
        (folder / f"data/{part}/test_group.yaml").write_text("output_validator_args: ['1']")
    assert judge(folder, "print(sum(map(int, input().split())) + 1)").verdict == "AC"
    report = judge(folder, "print(sum(map(int, input().split())) + 2)")
    assert report.verdict == "WA"
    assert report.as_json()["tests"][0]["feedback"] == "seen"
    (folder / "output_validator/check.py").write_text("import sys; sys.exit(0)")
    failed = judge(folder, RIGHT["python"])
    assert (failed.verdict, failed.score) == ("IE", 0)


def test_interactive_problem(package: Package, judge: Judge) -> None:
    validator = (
        "import sys\nsecret = int(open(sys.argv[1]).read())\n"
        "for _ in range(10):\n guess = int(input())\n"
        " if guess == secret: print('found', flush=True); sys.exit(42)\n"
        " print('more' if guess < secret else 'less', flush=True)\nsys.exit(43)"
    )
    tests = {"secret/1": ("77", ""), "secret/2": ("3", "")}
    folder = package(
        f"type: [pass-fail, interactive]\n{LIMITS}", tests, **{"output_validator/v.py": validator}
    )
    bisect = (
        "low, high = 1, 100\nwhile True:\n m = (low + high) // 2\n print(m, flush=True)\n"
        " word = input()\n if word == 'found': break\n"
        " low, high = (m + 1, high) if word == 'more' else (low, m - 1)"
    )
    assert judge(folder, bisect).verdict == "AC"
    assert judge(folder, "for i in range(10): print(i + 50, flush=True)").verdict == "WA"


def test_learners_that_ask_for_the_machines_threads_work(package: Package, judge: Judge) -> None:
    source = (
        "import numpy as np\nfrom sklearn.cluster import KMeans\n"
        "from sklearn.neighbors import KNeighborsClassifier\n"
        "x = np.random.default_rng(0).random((200, 40))\ny = x[:, 0] > 0.5\n"
        "KMeans(3, n_init=1, random_state=0).fit(x)\n"
        "KNeighborsClassifier(3).fit(x, y).predict(x)\n"
        "print(sum(map(int, input().split())))"
    )
    assert judge(package(LIMITS, SUMS), source).verdict == "AC"


def test_the_reference_is_timed_in_dialogue_too(package: Package, judge: Judge) -> None:
    validator = (
        "import sys\nprint('ready', flush=True)\n"
        "sys.exit(42 if input() == 'done' and not sys.stdin.read().strip() else 43)"
    )
    slow = "assert input() == 'ready'\nsum(range(20_000_000))\nprint('done', flush=True)"
    folder = package(
        f"type: [pass-fail, interactive]\n{LIMITS}\nx-touchstone: {{efficiency: 20}}",
        {"secret/1": ("no dialogue", "")},
        **{"output_validator/v.py": validator, "submissions/accepted/reference.py": slow},
    )
    report = judge(folder, slow)
    assert (report.verdict, report.score) == ("AC", 100)


def test_static_validator_scores(package: Package, judge: Judge) -> None:
    validator = (
        "import sys\ntext = open(sys.argv[2]).read()\n"
        "open(sys.argv[3] + 'score_multiplier.txt', 'w').write('0.5' if 'eval' in text else '1')\n"
        "sys.exit(42)"
    )
    about = f"type: scoring\n{LIMITS}"
    tests = {"secret/g/1": ("3 4", "7"), "secret/g/2": ("5 6", "11")}
    folder = package(about, tests, **{"static_validator/v.py": validator})
    (folder / "data/secret/g/test_group.yaml").write_text(
        "{max_score: 100, score_aggregation: sum, static_validation_score: 40}"
    )
    assert judge(folder, RIGHT["python"]).score == 100
    assert judge(folder, "print(eval(input().replace(' ', '+')))").score == pytest.approx(80)


@pytest.mark.parametrize(
    "folder", ["standardise-missing-values", "linear-regression", "label-quality-sql"]
)
def test_packages_keep_their_promises(judge: Judge, folder: str) -> None:
    expected = {"accepted": "AC", "wrong_answer": "WA", "time_limit_exceeded": "TLE"}
    languages = {".py": "python", ".sql": "sql"}
    for path in sorted((CONTENT / folder / "submissions").glob("*/*")):
        for variant in ("a", "b"):
            language = languages[path.suffix]
            report = judge(CONTENT / folder, path.read_text("utf-8"), language, variant=variant)
            assert report.verdict == expected[path.parent.name], (path, variant)


@pytest.mark.parametrize(
    ("query", "verdict"),
    [
        ("DROP TABLE gold", "RE"),
        ("SELECT 1; SELECT 2", "RE"),
        ("SELEC 1", "CE"),
        ("SELECT nosuch FROM gold", "RE"),
        (
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT SUM(n) FROM c",
            "TLE",
        ),
        ("ATTACH DATABASE '/etc/passwd' AS x", "RE"),
        ("SELECT load_extension('/usr/lib/x')", "RE"),
    ],
)
def test_hostile_queries(judge: Judge, query: str, verdict: str) -> None:
    report = judge(CONTENT / "label-quality-sql", query, "sql", samples_only=True)
    assert report.verdict in verdict.split()


def test_same_submission_twenty_times(package: Package, judge: Judge) -> None:
    folder = package(LIMITS, {"secret/1": ("", "1")})
    source = "import time\nwhile time.process_time() < 0.5: pass\nprint(1)"
    assert {judge(folder, source).verdict for _ in range(20)} == {"AC"}


def test_time_limit_is_derived_from_the_reference(package: Package, judge: Judge) -> None:
    burn = "import time\nwhile time.process_time() < {}: pass\nprint(1)"
    folder = package("limits: {time_resolution: 0.1}", {"secret/1": ("", "1")})
    (folder / "submissions/accepted").mkdir(parents=True)
    (folder / "submissions/accepted/a.py").write_text(burn.format(0.1))
    assert judge(folder, burn.format(0.05)).verdict == "AC"
    assert judge(folder, burn.format(0.8)).verdict == "TLE"


def test_reports_speak_and_hide_answers(package: Package, judge: Judge) -> None:
    row = judge(package(LIMITS, SUMS), "print(3)").as_json("en")
    assert row["report"][0] == "Correct on 0 of 2 hidden tests."
    assert [test["verdict"] for test in row["tests"]] == ["AC", "WA", "WA"]
    assert row["tests"][1]["feedback"] == "The result is not right."
    assert set(row) >= {"verdict", "score", "correctness", "efficiency", "tests", "practice"}


def test_command_prints_the_object(package: Package, tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text(RIGHT["python"])
    start = "import sys; from touchstone.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "judge", str(package(LIMITS, SUMS))]
    done = subprocess.run(
        [*command, str(source), "--json"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "AC"


def test_no_variant_no_language_no_sandbox(package: Package, judge: Judge, tmp_path: Path) -> None:
    folder = package(f"languages: [python3]\n{LIMITS}", SUMS)
    with pytest.raises(InvalidInput):
        judge(folder, RIGHT["cpp"], "cpp")
    with pytest.raises(NotFound):
        judge(folder, RIGHT["python"], variant="z")
    for place, reason in (
        (Path("/nowhere/python"), "judging.no_interpreter"),
        (tmp_path / "python", "judging.folder_covered"),
    ):
        missing = Sandbox(home=Interpreter(place))
        with pytest.raises(SandboxUnavailable) as caught:
            judge_submission(folder, RIGHT["python"].encode(), "python", sandbox=missing)
        assert caught.value.message.id == reason


def test_a_source_too_long_is_refused(package: Package, judge: Judge) -> None:
    report = judge(package("limits: {code: 1}", SUMS), "#" * 2000)
    assert report.verdict == "CE"


@pytest.mark.parametrize(
    ("seconds", "verdict", "runs"),
    [
        ([0.5], "AC", 1),
        ([0.9, 0.92, 0.91], "AC", 3),
        ([1.1, 1.12, 0.95], "AC", 3),
        ([1.1, 1.12, 1.09, 0.95], "AC", 4),
        ([1.1, 1.12, 1.09, 1.2, 1.3, 1.1], "TLE", 6),
        ([2.0], "TLE", 1),
    ],
)
def test_near_the_limit_the_quickest_of_several_runs_counts(
    package: Package,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    seconds: list[float],
    verdict: str,
    runs: int,
) -> None:
    left = list(seconds)

    def run_once(_self: object, _program: object, test: TestCase) -> TestResult:
        cpu_s = left.pop(0)
        said = Verdict.ACCEPTED if cpu_s <= 1 else Verdict.TIME_LIMIT
        return TestResult(test.id, said, round(cpu_s * 1000), 0, 0, 100.0)

    monkeypatch.setattr(_Judging, "_run_once", run_once)
    problem = load_problem(package(LIMITS, SUMS))
    judging = _Judging(problem, "python", sandbox, time_limit_s=1.0)
    result = judging._stable_run(cast("Any", None), problem.tests()[0])
    assert (str(result.verdict), len(seconds) - len(left)) == (verdict, runs)
    assert result.unstable == (len({s <= 1 for s in seconds}) > 1)
