"""From what was seen of a run to a verdict, and from the tests' verdicts to the submission's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from touchstone.common.messages import Message, say
from touchstone.engine.judging.problem import Group, Problem, TestCase, Verdict

NEAR_LIMIT = 0.8  # of the time limit: from here on a run is measured again
STILL_NEAR = 1.35
OUT_OF_MEMORY = (
    b"MemoryError",
    b"_ArrayMemoryError",
    b"std::bad_alloc",
    b"java.lang.OutOfMemoryError",
    b"heap out of memory",
    b"out of memory",
)
TOO_MANY_PROCESSES = (
    b"can't start new thread",
    b"Resource temporarily unavailable",
    b"unable to create native thread",
)
DISK_FULL = (b"No space left on device", b"File too large")
SIGNAL_CPU, SIGNAL_FILE_SIZE = -24, -25


@dataclass(frozen=True, slots=True)
class Seen:
    """One run as the supervisor saw it; ``outcome`` is the sandbox's word for how it ended."""

    outcome: str
    status: int
    cpu_s: float
    memory_kib: int
    stderr: bytes = b""
    disk_full: bool = False


def run_verdict(seen: Seen, *, time_limit_s: float, memory_limit_kib: int) -> Verdict | None:
    """The verdict before any output is looked at; None: it ran, compare its output.

    What the program printed to standard error only chooses between kinds of failure.
    """
    by_outcome = {
        "failed": Verdict.INTERNAL_ERROR,
        "compile_error": Verdict.COMPILE_ERROR,
        "output": Verdict.OUTPUT_LIMIT,
        "memory": Verdict.MEMORY_LIMIT,
        "processes": Verdict.MEMORY_LIMIT,
        "wall": Verdict.TIME_LIMIT,
        "time": Verdict.TIME_LIMIT,
    }
    if seen.outcome in by_outcome:
        return by_outcome[seen.outcome]
    if seen.cpu_s > time_limit_s or seen.status == SIGNAL_CPU:
        return Verdict.TIME_LIMIT
    if seen.memory_kib > memory_limit_kib:
        return Verdict.MEMORY_LIMIT
    if seen.status == 0:
        return None
    tail = seen.stderr[-4000:]
    if seen.status == SIGNAL_FILE_SIZE or (
        seen.disk_full and any(word in tail for word in DISK_FULL)
    ):
        return Verdict.OUTPUT_LIMIT
    if any(word in tail for word in (*OUT_OF_MEMORY, *TOO_MANY_PROCESSES)):
        return Verdict.MEMORY_LIMIT
    return Verdict.RUNTIME_ERROR


def near_limit(verdict: Verdict | None, cpu_s: float, time_limit_s: float) -> bool:
    """Whether noise could have decided: worth measuring again."""
    if verdict not in (None, Verdict.ACCEPTED, Verdict.TIME_LIMIT):
        return False
    return NEAR_LIMIT * time_limit_s <= cpu_s <= STILL_NEAR * time_limit_s


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test's outcome.

    Attributes:
        score: 0 to 100, the share of this test's own maximum.
        unstable: its processor time lies so near the limit that reruns disagreed.
    """

    __test__ = False

    id: str
    verdict: Verdict
    cpu_ms: int
    wall_ms: int
    memory_kib: int
    score: float
    feedback: Message | None = None
    unstable: bool = False
    leftover_processes: int = 0
    size_bytes: int = 0
    metric: float | None = None
    stderr: str = ""


def overall_verdict(results: Sequence[TestResult]) -> Verdict:
    """IE if any, else the first that is not AC, else AC."""
    verdicts = [result.verdict for result in results]
    if not verdicts or Verdict.INTERNAL_ERROR in verdicts:
        return Verdict.INTERNAL_ERROR
    return next((v for v in verdicts if v is not Verdict.ACCEPTED), Verdict.ACCEPTED)


def correctness(
    problem: Problem,
    results: Sequence[TestResult],
    static_scores: Mapping[str, float] | None = None,
) -> float:
    """0 to 100: the share of hidden tests, or of the points of a scoring problem.

    Args:
        problem: its groups say how points add up.
        results: of samples and hidden tests that were run.
        static_scores: by group name, the share (0..1) its static validation earned.
    """
    hidden = [r for r in results if not r.id.startswith("sample/")] or list(results)
    if not hidden:
        return 0.0
    if problem.type == "pass-fail":
        return sum(r.score for r in hidden) / len(hidden)
    by_id = {r.id: r for r in results}
    share = static_scores or {}
    if not problem.groups:
        return 100 * _fraction(problem.secret, by_id, share.get(problem.secret.name))
    earned, most = 0.0, 0.0
    fractions: list[float] = []
    for group in problem.groups:
        if not any(test.id in by_id for test in group.tests) and group.static_score is None:
            continue
        weight = group.max_score or 0.0
        fraction = _fraction(group, by_id, share.get(group.name))
        if not _requirements_met(problem, group, by_id):
            fraction = 0.0
        fractions.append(fraction)
        earned += fraction * weight
        most += weight
    if problem.secret.aggregation == "pass-fail":
        return 100.0 * all(fraction == 1.0 for fraction in fractions)
    if problem.secret.aggregation == "min":
        return 100 * min(fractions, default=0.0)
    if not most:
        return 100 * sum(fractions) / max(1, len(fractions))
    return min(100.0, 100 * earned / most)


def _fraction(group: Group, by_id: Mapping[str, TestResult], static: float | None) -> float:
    """Share of the group's points, 0 to 1."""
    shares = [by_id[test.id].score / 100 for test in group.tests if test.id in by_id]
    if group.aggregation == "pass-fail":
        passed = all(share == 1.0 for share in shares) and static in (None, 1.0)
        return float(bool(shares or static is not None) and passed)
    if group.aggregation == "min":
        return min([*shares, *([] if static is None else [static])], default=0.0)
    tests_share = sum(shares) / len(shares) if shares else 0.0
    if static is None or not group.static_score:
        return tests_share
    if not group.max_score:
        return (tests_share + static) / 2
    static_part = group.static_score / group.max_score
    return tests_share * (1 - static_part) + static * static_part


def _requirements_met(problem: Problem, group: Group, by_id: Mapping[str, TestResult]) -> bool:
    named: dict[str, Sequence[TestCase]] = {g.name: g.tests for g in problem.groups}
    named["sample"] = problem.samples.tests
    return all(
        by_id[test.id].verdict is Verdict.ACCEPTED
        for name in group.require_pass
        for test in named.get(name, named.get(f"secret/{name}", ()))
        if test.id in by_id
    )


def total_score(correct: float, efficiency: float, efficiency_weight: float) -> float:
    """0 to 100: correctness, of which the weight's share is earned by efficiency.

    Efficiency never lifts what is wrong: a submission half right and fast earns at most half.
    """
    share = efficiency_weight / 100
    return correct * (1 - share + share * efficiency / 100)


def failure_feedback(verdict: Verdict, *, outcome: str = "", status: int = 0) -> Message | None:
    """One sentence for a verdict that no output comparison explains."""
    if outcome == "wall":
        return say("judging.waited")
    if outcome == "processes":
        return say("judging.too_many_processes")
    by_verdict = {
        Verdict.TIME_LIMIT: "judging.time_limit",
        Verdict.MEMORY_LIMIT: "judging.memory_limit",
        Verdict.OUTPUT_LIMIT: "judging.output_limit",
    }
    if verdict in by_verdict:
        return say(by_verdict[verdict])
    if verdict is Verdict.RUNTIME_ERROR:
        if status < 0:
            return say("judging.ended_by_signal", signal=-status)
        return say("judging.exit_status", status=status)
    return None
