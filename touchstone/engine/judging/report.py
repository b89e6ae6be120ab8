"""The judge's report on one submission, and what it says in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Lang, Message, render, say
from touchstone.engine.judging.efficiency import Timing, fit_growth, time_ratio
from touchstone.engine.judging.problem import Problem, Verdict
from touchstone.engine.judging.verdicts import TestResult

SLOWER = 1.5
FASTER = 0.67
HIDDEN_STDERR = 2000


@dataclass(frozen=True, slots=True)
class PracticeFinding:
    """One practice check: whether the program passes it, where, and why."""

    check: str
    passed: bool
    line: int | None
    message: Message


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """All that is known of one submission.

    Attributes:
        score: 0 to 100, correctness and efficiency by the problem's weights.
        tests: samples first, in order.
        unstable: a verdict lies so near the time limit that reruns disagreed.
        variant: the seeded variant that was judged; None: all.
        compiler: the compiler's words.
        detail: for IE what failed; for administrators.
    """

    verdict: Verdict
    score: float
    correctness: float
    efficiency: float
    tests: tuple[TestResult, ...]
    practice: tuple[PracticeFinding, ...] = ()
    report: tuple[Message, ...] = ()
    unstable: bool = False
    variant: str | None = None
    compiler: str = ""
    detail: str = ""

    def as_json(self, lang: Lang = "zh") -> dict[str, Any]:
        """The object that `touchstone judge` prints."""
        row: dict[str, Any] = {
            "verdict": str(self.verdict),
            "score": round(self.score, 2),
            "correctness": round(self.correctness, 2),
            "efficiency": round(self.efficiency, 2),
            "tests": [
                {
                    "id": test.id,
                    "verdict": str(test.verdict),
                    "cpu_ms": test.cpu_ms,
                    "wall_ms": test.wall_ms,
                    "memory_kib": test.memory_kib,
                    "score": round(test.score, 2),
                    "feedback": render(test.feedback, lang) if test.feedback else "",
                }
                for test in self.tests
            ],
            "practice": [
                {
                    "check": finding.check,
                    "passed": finding.passed,
                    "line": finding.line,
                    "message": render(finding.message, lang),
                }
                for finding in self.practice
            ],
            "report": [render(message, lang) for message in self.report],
        }
        extra = {"unstable": self.unstable, "variant": self.variant, "compiler": self.compiler}
        return row | {key: value for key, value in extra.items() if value}


def sentences(
    problem: Problem,
    verdict: Verdict,
    tests: Sequence[TestResult],
    timings: Sequence[Timing],
    practice: Sequence[PracticeFinding] = (),
) -> tuple[Message, ...]:
    """What a senior colleague would say of the submission, most important first."""
    if verdict is Verdict.COMPILE_ERROR:
        return (say("judging.does_not_compile"),)
    if verdict is Verdict.INTERNAL_ERROR:
        return (say("judging.our_fault"),)
    said = [_correct(tests)]
    said += [_metric(problem, test) for test in tests if test.metric is not None]
    said += _failures(tests)
    said += _speed(timings)
    if any(test.unstable for test in tests):
        said.append(say("judging.near_limit"))
    left = max((test.leftover_processes for test in tests), default=0)
    if left:
        said.append(say("judging.leftover", n=left))
    said += [finding.message for finding in practice if not finding.passed]
    return tuple(said)


def _correct(tests: Sequence[TestResult]) -> Message:
    hidden = [test for test in tests if not test.id.startswith("sample/")]
    counted = hidden or list(tests)
    passed = sum(test.verdict is Verdict.ACCEPTED for test in counted)
    return say(
        "judging.correct_on" if hidden else "judging.correct_on_samples",
        passed=passed,
        total=len(counted),
    )


def _metric(problem: Problem, test: TestResult) -> Message:
    task = problem.extension.prediction
    assert task is not None
    assert test.metric is not None
    value = f"{test.metric:.4g}"
    return say(
        "judging.metric", metric=task.metric, value=value, points=f"{test.score:g}", test=test.id
    )


def _failures(tests: Sequence[TestResult]) -> list[Message]:
    kinds = Counter(test.verdict for test in tests if test.verdict is not Verdict.ACCEPTED)
    said = []
    for verdict, count in kinds.most_common():
        first = next(test.id for test in tests if test.verdict is verdict)
        said.append(say(f"judging.failed_{verdict}", n=count, test=first))
    return said


def _speed(timings: Sequence[Timing]) -> list[Message]:
    if not timings:
        return []
    said = []
    ratio = time_ratio(timings)
    if ratio >= SLOWER:
        said.append(say("judging.slower", ratio=f"{ratio:.1f}"))
    elif ratio <= FASTER:
        said.append(say("judging.faster", percent=round(100 * ratio)))
    else:
        said.append(say("judging.as_fast"))
    mine = fit_growth([(t.size, t.cpu_s) for t in timings])
    theirs = fit_growth([(t.size, t.reference_s) for t in timings])
    if mine and theirs and mine != theirs:
        said.append(say("judging.growth_both", mine=mine, reference=theirs))
    elif mine:
        said.append(say("judging.growth", mine=mine))
    return said
