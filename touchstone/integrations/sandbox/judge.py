"""Judges a submission against a problem package: runs inside, verdict outside."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from touchstone.common.errors import InvalidInput, NotFound, TemporaryOutsideError
from touchstone.common.messages import Message, render, say
from touchstone.engine.judging.comparison import compare, compare_rows, parse_rules
from touchstone.engine.judging.efficiency import GRANULARITY_S, Timing, efficiency
from touchstone.engine.judging.loading import load_problem
from touchstone.engine.judging.metrics import BadPredictions, score_predictions
from touchstone.engine.judging.problem import Language, Problem, TestCase, Verdict
from touchstone.engine.judging.report import JudgeReport, PracticeFinding, sentences
from touchstone.engine.judging.verdicts import (
    Seen,
    TestResult,
    correctness,
    failure_feedback,
    near_limit,
    overall_verdict,
    run_verdict,
    total_score,
)
from touchstone.integrations.sandbox.executors import (
    Executor,
    LocalExecutor,
    LocalRunnable,
    Runnable,
)
from touchstone.integrations.sandbox.pool import Sandbox, shared_sandbox
from touchstone.integrations.sandbox.programs import Program, Refused
from touchstone.integrations.sandbox.runs import MIB, Limits, Run
from touchstone.integrations.sandbox.validators import (
    Ruling,
    ValidatorFailed,
    build_validator,
    interact,
    validate_output,
    validate_source,
)

DEFAULT_TIME_S = 10.0
GENEROUS_TIME_S = 60.0
LEAST_PATIENCE_S = 1.5
RERUNS, MOST_RERUNS = 2, 5
EFFICIENCY_REPEATS = 2
HEAVY_TESTS = 6
WORTH_MEASURING_S = 4 * GRANULARITY_S
STOP_AFTER_TIMEOUTS = 3
KEPT_STDERR = 2000
CACHED_REFERENCES = 256
START_UP_S = {"java": 0.09, "javascript": 0.035}
SQL_SYNTAX = re.compile(
    rb"^sqlite3\.OperationalError: (near |incomplete input|unrecognized token)", re.MULTILINE
)
SOURCE_NAMES = {"python": "solution.py", "cpp": "solution.cpp", "javascript": "solution.js"}
INCLUDE_NAMES = {"python": ("python3", "python"), "javascript": ("javascript", "node")}
DRIVERS = {"python": "main.py", "cpp": "main.cpp", "java": "Main.java", "javascript": "main.js"}

PracticeChecks = Callable[[bytes, Problem], Sequence[PracticeFinding]]


def judge_submission(
    package_dir: Path,
    source: bytes,
    language: Language,
    *,
    variant: str | None = None,
    seed: int | None = None,
    samples_only: bool = False,
    sandbox: Sandbox | None = None,
    executor: Executor | None = None,
    practice: PracticeChecks | None = None,
) -> JudgeReport:
    """Judges one submission.

    Args:
        package_dir: a problem package.
        source: one source file as handed in.
        language: python, cpp, java, javascript or sql.
        variant: judge this variant's hidden tests only.
        seed: the candidate's; chooses the variant where none is named. Neither: all variants.
        samples_only: run the samples alone, as the candidate may at any time.
        sandbox: of validators, which are ours to run; by default this process's own.
        executor: runs the submission and the reference; by default that sandbox.
        practice: checks of how the program works, added to the report.

    Returns:
        The report. Verdict IE means that the judge failed, and that the submission should be
        judged again.

    Raises:
        InvalidInput: the package is faulty, the language is not taken or has no tools here.
        NotFound: no such variant.
        SandboxUnavailable: nothing can be judged here, or this problem cannot; nothing was run.
    """
    problem = load_problem(package_dir)
    if language not in problem.languages:
        known = ", ".join(problem.languages)
        raise InvalidInput(say("judging.language_not_allowed", language=language, languages=known))
    if variant is not None and variant not in problem.extension.variants:
        raise NotFound(say("judging.variant_unknown", variant=variant))
    if variant is None and seed is not None:
        variant = problem.variant_for(seed)
    judging = _Judging(problem, language, sandbox or shared_sandbox(), executor)
    tests = problem.tests(variant)
    if samples_only:
        tests = [test for test in tests if test.is_sample]
    try:
        judging.executor.refuse(problem, language, tests)
        report = judging.judge(source, tests)
    except TemporaryOutsideError as error:
        report = _all_fail(tests, Verdict.INTERNAL_ERROR, detail=render(error.message, "en"))
    findings = tuple(practice(source, problem)) if practice else ()
    said = sentences(problem, report.verdict, report.tests, judging.timings, findings)
    return replace(report, practice=findings, report=said, variant=variant)


References = dict[tuple[str, int, str, str], float]
_references: References = {}


@dataclass
class _Judging:
    """One submission on its way through the tests."""

    problem: Problem
    language: Language
    sandbox: Sandbox
    runs_on: Executor | None = None
    time_limit_s: float = DEFAULT_TIME_S
    timings: list[Timing] = field(default_factory=list)
    validator: Program | None = None
    _reference: Runnable | None = None

    def __post_init__(self) -> None:
        self.executor: Executor = self.runs_on or LocalExecutor(self.sandbox)
        self._references: References = _references if self.executor.one_machine else {}

    def judge(self, source: bytes, tests: Sequence[TestCase]) -> JudgeReport:
        limit = self.problem.limits.code_kib
        if len(source) > limit * 1024:
            size = math.ceil(len(source) / 1024)
            words = say("judging.source_too_large", size=size, limit=limit)
            return _all_fail(tests, Verdict.COMPILE_ERROR, feedback=words)
        try:
            self.time_limit_s = self._time_limit(tests)
            if self.problem.output_validator is not None:
                self.validator = build_validator(self.sandbox, self.problem.output_validator)
            program = self._build(source, self.language)
            if isinstance(program, Refused):
                return self._refused(program, tests)
            results = self._run_all(program, tests)
            compiler = next((r.stderr for r in results if r.verdict is Verdict.COMPILE_ERROR), "")
            if compiler:
                return _all_fail(tests, Verdict.COMPILE_ERROR, compiler=compiler)
            static = self._static_scores(source)
            results = self._measured(program, tests, results)
        except ValidatorFailed as error:
            return _all_fail(tests, Verdict.INTERNAL_ERROR, detail=str(error))
        return self._report(results, static)

    def _report(self, results: list[TestResult], static: Mapping[str, float]) -> JudgeReport:
        verdict = overall_verdict(results)
        if verdict is Verdict.ACCEPTED and any(share == 0 for share in static.values()):
            verdict = Verdict.WRONG_ANSWER
        if verdict is Verdict.INTERNAL_ERROR:
            failed = next((r for r in results if r.verdict is verdict), None)
            detail = failed.stderr if failed else ""
            return JudgeReport(verdict, 0.0, 0.0, 0.0, tuple(results), detail=detail)
        correct = correctness(self.problem, results, static)
        quick = self._efficiency(results)
        weight = self.problem.extension.efficiency_weight
        return JudgeReport(
            verdict=verdict,
            score=total_score(correct, quick, weight),
            correctness=correct,
            efficiency=quick,
            tests=tuple(results),
            unstable=any(result.unstable for result in results),
        )

    def _refused(self, refused: Refused, tests: Sequence[TestCase]) -> JudgeReport:
        if refused.sandbox_failed:
            return _all_fail(tests, Verdict.INTERNAL_ERROR, detail=refused.words)
        return _all_fail(tests, Verdict.COMPILE_ERROR, compiler=refused.words)

    def _build(self, source: bytes, language: Language) -> Runnable | Refused:
        limits = self.problem.limits
        included = included_files(self.problem, language)
        driver = ""
        if self.problem.extension.kind == "function":
            driver = DRIVERS.get(language, "")
            if driver not in included:
                known = ", ".join(self.problem.languages)
                raise InvalidInput(
                    say("judging.language_not_allowed", language=language, languages=known)
                )
        compiler = Limits(
            cpu_s=limits.compilation_time_s,
            wall_s=limits.compilation_time_s,
            memory_kib=limits.compilation_memory_mib * 1024,
        )
        return self.executor.build(
            source,
            language,
            included=included,
            driver=driver,
            limits=compiler,
            libraries=self.problem.extension.prediction is not None,
        )

    def _time_limit(self, tests: Sequence[TestCase]) -> float:
        limits = self.problem.limits
        if limits.time_s is not None:
            return limits.time_s
        self.time_limit_s = min(GENEROUS_TIME_S, self.executor.most_cpu_s)
        seconds = [self._reference_s(test) for test in tests]
        slowest = max((s for s in seconds if s is not None), default=None)
        if slowest is None:
            return DEFAULT_TIME_S
        steps = math.ceil(slowest * limits.time_multiplier / limits.time_resolution_s)
        return max(1, steps) * limits.time_resolution_s

    def _limits(self) -> Limits:
        limits = self.problem.limits
        return Limits(
            cpu_s=self.time_limit_s,
            wall_s=self.time_limit_s + max(LEAST_PATIENCE_S, 0.5 * self.time_limit_s),
            memory_kib=limits.memory_mib * 1024,
            output_bytes=limits.output_mib * MIB,
        )

    def _run_all(self, program: Runnable, tests: Sequence[TestCase]) -> list[TestResult]:
        results: list[TestResult] = []
        timeouts = 0
        for test in tests:
            if timeouts >= STOP_AFTER_TIMEOUTS:
                skipped = _failed(test, Verdict.TIME_LIMIT, say("judging.not_run"))
                results.append(skipped)
                continue
            result = self._stable_run(program, test)
            results.append(result)
            timeouts += result.verdict is Verdict.TIME_LIMIT
            if result.verdict in {Verdict.COMPILE_ERROR, Verdict.INTERNAL_ERROR}:
                break
        return results

    def _stable_run(self, program: Runnable, test: TestCase) -> TestResult:
        """A test's result; near the time limit the quickest of several runs counts."""
        first = self._run_once(program, test)
        if not near_limit(first.verdict, first.cpu_ms / 1000, self.time_limit_s):
            return first
        again = [self._run_once(program, test) for _ in range(RERUNS)]
        best = min([first, *again], key=lambda result: result.cpu_ms)
        while (
            best.verdict is Verdict.TIME_LIMIT
            and near_limit(best.verdict, best.cpu_ms / 1000, self.time_limit_s)
            and len(again) < MOST_RERUNS
        ):  # a busy machine makes a run slower and never quicker
            again.append(self._run_once(program, test))
            best = min(best, again[-1], key=lambda result: result.cpu_ms)
        verdicts = {first.verdict, *(result.verdict for result in again)}
        return replace(best, unstable=len(verdicts) > 1)

    def _run_once(self, program: Runnable, test: TestCase) -> TestResult:
        run, ruling = self._run(program, test)
        seen = Seen(run.outcome, run.status, run.cpu_s, run.memory_kib, run.stderr, run.disk_full)
        memory_limit_kib = self.problem.limits.memory_mib * 1024
        verdict = run_verdict(
            seen, time_limit_s=self.time_limit_s, memory_limit_kib=memory_limit_kib
        )
        if verdict is None or (ruling and verdict is Verdict.RUNTIME_ERROR):
            return self._scored(test, run, ruling)
        return self._not_scored(test, run, verdict)

    def _run(self, program: Runnable, test: TestCase) -> tuple[Run, Ruling | None]:
        """Runs a program on a test, in dialogue with the validator where the problem is one."""
        files = {name: path.read_bytes() for name, path in test.files}
        limits, given, words = self._limits(), test.read_input(), test.arguments
        collect = self._collected()
        if self.problem.interactive and self.validator is not None:
            assert isinstance(program, LocalRunnable)  # others refuse these problems
            job = program.job(limits, stdin=given, files=files, arguments=words, collect=collect)
            return interact(self.sandbox, self.problem, self.validator, test, job)
        run = program.run(limits, stdin=given, files=files, arguments=words, collect=collect)
        if run.outcome == "failed":
            run = program.run(limits, stdin=given, files=files, arguments=words, collect=collect)
        return run, None

    def _collected(self) -> tuple[str, ...]:
        task = self.problem.extension.prediction
        return (task.output,) if task else ()

    def _not_scored(self, test: TestCase, run: Run, verdict: Verdict) -> TestResult:
        if self.language == "sql" and SQL_SYNTAX.search(run.stderr):
            verdict = Verdict.COMPILE_ERROR
            run = replace(run, detail=run.stderr.decode("utf-8", "replace").splitlines()[-1])
        unseen = verdict in {Verdict.INTERNAL_ERROR, Verdict.COMPILE_ERROR}
        text = run.detail if unseen else run.stderr[-KEPT_STDERR:].decode("utf-8", "replace")
        feedback = failure_feedback(verdict, outcome=run.outcome, status=run.status)
        return replace(_observed(test, run), verdict=verdict, feedback=feedback, stderr=text)

    def _scored(self, test: TestCase, run: Run, ruling: Ruling | None) -> TestResult:
        """Looks at the output of a run that ended well."""
        task = self.problem.extension.prediction
        observed = _observed(test, run)
        if task is not None:
            return self._predictions(test, run, observed)
        if self.validator is not None:
            if ruling is None:
                ruling = validate_output(
                    self.sandbox, self.problem, self.validator, test, run.stdout
                )
            return replace(
                observed,
                verdict=ruling.verdict,
                score=100 * self._share(test, ruling),
                feedback=ruling.message,
            )
        rules = parse_rules(test.validator_args)
        if self.language == "sql":
            ordered = self.problem.extension.ordered
            compared = compare_rows(run.stdout, test.read_answer(), rules, ordered=ordered)
        else:
            compared = compare(run.stdout, test.read_answer(), rules)
        if compared.verdict is Verdict.ACCEPTED:
            return replace(observed, verdict=Verdict.ACCEPTED, score=100.0)
        shown = compared.detail if test.full_feedback else say("judging.wrong_on_hidden")
        if compared.verdict is Verdict.PRESENTATION_ERROR:
            shown = compared.detail
        return replace(observed, verdict=compared.verdict, feedback=shown)

    def _predictions(self, test: TestCase, run: Run, observed: TestResult) -> TestResult:
        task = self.problem.extension.prediction
        assert task is not None
        output = run.files.get(task.output)
        if output is None:
            reason = run.refused.get(task.output, "missing")
            words = say("judging.prediction_missing_file", file=task.output, reason=reason)
            return replace(observed, verdict=Verdict.WRONG_ANSWER, feedback=words)
        try:
            scored = score_predictions(task, output, test.read_answer())
        except BadPredictions as error:
            return replace(observed, verdict=Verdict.WRONG_ANSWER, feedback=error.message)
        best = max(step.points for step in task.thresholds)
        reached = Verdict.ACCEPTED if scored.points >= best else Verdict.WRONG_ANSWER
        shown = say(
            "judging.metric_reached",
            metric=task.metric,
            value=f"{scored.value:.4g}",
            points=f"{scored.points:g}",
        )
        return replace(
            observed, verdict=reached, score=scored.points, metric=scored.value, feedback=shown
        )

    def _share(self, test: TestCase, ruling: Ruling) -> float:
        """What part of the test's maximum a ruling earns, 0 to 1."""
        if ruling.verdict is not Verdict.ACCEPTED or ruling.points is None:
            return ruling.share
        group = next((g for g in self.problem.groups if test in g.tests), self.problem.secret)
        if group.max_score is None:
            return min(1.0, ruling.points / 100)
        most = group.max_score
        if group.aggregation == "sum":
            most = (group.max_score - (group.static_score or 0)) / max(1, len(group.tests))
        return min(1.0, ruling.points / most) if most else 0.0

    def _static_scores(self, source: bytes) -> dict[str, float]:
        folder = self.problem.static_validator
        groups = [self.problem.samples, self.problem.secret, *self.problem.groups]
        asking = [group for group in groups if group.static_score is not None]
        if folder is None or not asking:
            return {}
        program = build_validator(self.sandbox, folder)
        shares = {}
        for group in asking:
            ruling = validate_source(
                self.sandbox,
                self.problem,
                program,
                source=source,
                language=self.language,
                entry=SOURCE_NAMES.get(self.language, f"solution.{self.language}"),
                arguments=group.static_args,
            )
            share = ruling.share
            if ruling.points is not None and group.static_score:
                share = min(1.0, ruling.points / group.static_score)
            shares[group.name] = share
        return shares

    def _measured(
        self, program: Runnable, tests: Sequence[TestCase], results: list[TestResult]
    ) -> list[TestResult]:
        """Times the heaviest accepted tests again, beside the reference, one after the other."""
        by_id = {test.id: test for test in tests}
        passed = [r for r in results if r.verdict is Verdict.ACCEPTED]
        heavy = sorted(passed, key=lambda r: -r.cpu_ms)[:HEAVY_TESTS]
        if not heavy or heavy[0].cpu_ms < 1000 * WORTH_MEASURING_S:
            return results
        best: dict[str, int] = {}
        for result in heavy:
            test = by_id[result.id]
            reference_s = self._reference_s(test)
            if reference_s is None:
                return results
            repeats = EFFICIENCY_REPEATS if result is heavy[0] else 0
            again = [self._run_once(program, test).cpu_ms for _ in range(repeats)]
            best[result.id] = min([result.cpu_ms, *again])
            mine_s = max(0.0, best[result.id] / 1000 - self._start_up_s())
            self.timings.append(Timing(test.size_bytes(), mine_s, reference_s))
        return [replace(r, cpu_ms=best.get(r.id, r.cpu_ms)) for r in results]

    def _start_up_s(self) -> float:
        """What a run-time system needs before the program; no part of a comparison of programs."""
        reference = self.problem.reference(self.language)
        if reference is None or reference.language == self.language:
            return 0.0
        return START_UP_S.get(self.language, 0.0)

    def _efficiency(self, results: Sequence[TestResult]) -> float:
        passed = [r for r in results if r.verdict is Verdict.ACCEPTED]
        if not passed or any(r.verdict is Verdict.TIME_LIMIT for r in results):
            return 0.0
        return efficiency(self.timings) if self.timings else 100.0

    def _reference_s(self, test: TestCase) -> float | None:
        """Processor seconds of the reference on this test, measured by this process."""
        solution = self.problem.reference(self.language)
        if solution is None:
            return None
        stamp = solution.path.stat().st_mtime_ns ^ test.input.stat().st_mtime_ns
        key = (str(solution.path), stamp, test.id, self.language)
        if key not in self._references:
            if self._reference is None:
                built = self._build(solution.path.read_bytes(), solution.language)
                if isinstance(built, Refused):
                    return None
                self._reference = built
            runs = [self._run(self._reference, test)[0] for _ in range(1 + RERUNS)]
            seen = [run.cpu_s for run in runs if run.outcome != "failed"]
            if not seen:
                raise ValidatorFailed(f"the reference did not run: {runs[-1].detail}")
            if len(self._references) >= CACHED_REFERENCES:
                self._references.clear()
            self._references[key] = min(seen)
        return self._references[key]


def included_files(problem: Problem, language: str) -> dict[str, bytes]:
    """Files of the package's ``include`` folder that lie beside every submission."""
    found: dict[str, bytes] = {}
    for name in ("default", *INCLUDE_NAMES.get(language, (language,))):
        folder = problem.folder / "include" / name
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.resolve().is_relative_to(problem.folder):
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _observed(test: TestCase, run: Run) -> TestResult:
    return TestResult(
        id=test.id,
        verdict=Verdict.WRONG_ANSWER,
        cpu_ms=round(1000 * run.cpu_s),
        wall_ms=round(1000 * run.wall_s),
        memory_kib=run.memory_kib,
        score=0.0,
        leftover_processes=run.leftover_processes,
        size_bytes=test.size_bytes(),
        stderr=run.stderr[-KEPT_STDERR:].decode("utf-8", "replace"),
    )


def _failed(test: TestCase, verdict: Verdict, feedback: Message | None = None) -> TestResult:
    return TestResult(test.id, verdict, 0, 0, 0, 0.0, feedback)


def _all_fail(
    tests: Sequence[TestCase],
    verdict: Verdict,
    *,
    compiler: str = "",
    detail: str = "",
    feedback: Message | None = None,
) -> JudgeReport:
    results = tuple(_failed(test, verdict, feedback) for test in tests)
    return JudgeReport(verdict, 0.0, 0.0, 0.0, results, compiler=compiler, detail=detail)
