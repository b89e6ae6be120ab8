from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from touchstone.engine.judging.efficiency import Timing, efficiency, fit_growth
from touchstone.engine.judging.loading import BadPackage, load_problem
from touchstone.engine.judging.problem import Verdict
from touchstone.engine.judging.verdicts import (
    Seen,
    TestResult,
    correctness,
    near_limit,
    overall_verdict,
    run_verdict,
    total_score,
)

CONTENT = Path(__file__).resolve().parents[3] / "touchstone" / "content" / "problems"
EASY: dict[str, Any] = {"outcome": "exited", "status": 0, "cpu_s": 0.1, "memory_kib": 1000}


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({}, None),
        ({"status": 1}, "RE"),
        ({"status": -11}, "RE"),
        ({"status": 1, "stderr": b"Traceback\nMemoryError\n"}, "MLE"),
        ({"status": -6, "stderr": b"terminate called after throwing 'std::bad_alloc'"}, "MLE"),
        ({"status": 1, "stderr": b"OSError: [Errno 28] No space left on device"}, "RE"),
        ({"status": 1, "stderr": b"No space left on device", "disk_full": True}, "OLE"),
        ({"status": -25}, "OLE"),
        ({"status": -24}, "TLE"),
        ({"cpu_s": 1.01}, "TLE"),
        ({"memory_kib": 2001}, "MLE"),
        ({"outcome": "wall", "status": -9}, "TLE"),
        ({"outcome": "processes", "status": -9}, "MLE"),
        ({"outcome": "output", "status": -9}, "OLE"),
        ({"outcome": "failed"}, "IE"),
        ({"outcome": "compile_error", "status": 1}, "CE"),
    ],
)
def test_run_verdict(seen: dict[str, Any], expected: str | None) -> None:
    verdict = run_verdict(Seen(**(EASY | seen)), time_limit_s=1.0, memory_limit_kib=2000)
    assert verdict == expected


def test_near_limit_asks_for_reruns_where_noise_could_decide() -> None:
    assert near_limit(None, 0.9, 1.0)
    assert near_limit(Verdict.TIME_LIMIT, 1.1, 1.0)
    assert not near_limit(None, 0.5, 1.0)
    assert not near_limit(Verdict.TIME_LIMIT, 1.6, 1.0)
    assert not near_limit(Verdict.RUNTIME_ERROR, 1.0, 1.0)


def result(test: str, verdict: str = "AC", score: float | None = None) -> TestResult:
    points = 100.0 * (verdict == "AC") if score is None else score
    return TestResult(test, Verdict(verdict), 1, 1, 1, points)


def test_overall_verdict() -> None:
    assert overall_verdict([result("1"), result("2", "TLE"), result("3", "WA")]) == "TLE"
    assert overall_verdict([result("1", "WA"), result("2", "IE")]) == "IE"
    assert overall_verdict([result("1")]) == "AC"
    assert overall_verdict([]) == "IE"


def write(folder: Path, about: str, files: dict[str, str]) -> Path:
    (folder / "problem.yaml").write_text(about, "utf-8")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder


def test_groups_of_a_scoring_problem_add_up(tmp_path: Path) -> None:
    files = {"data/secret/test_group.yaml": "max_score: 100"}
    for group, settings in {
        "g1": "max_score: 30",
        "g2": "{max_score: 30, score_aggregation: sum}",
        "g3": "{max_score: 40, score_aggregation: min, require_pass: secret/g1}",
    }.items():
        files[f"data/secret/{group}/test_group.yaml"] = settings
        for test in "ab":
            files[f"data/secret/{group}/{test}.in"] = ""
            files[f"data/secret/{group}/{test}.ans"] = ""
    problem = load_problem(write(tmp_path, "type: scoring", files))

    def score(**wrong: str) -> float:
        tests = [test.id for test in problem.tests()]
        names = {f"secret/{k.replace('_', '/')}": v for k, v in wrong.items()}
        return correctness(problem, [result(t, names.get(t, "AC")) for t in tests])

    assert score() == 100
    assert score(g2_a="WA") == 85
    assert score(g3_b="WA") == 60
    assert score(g1_a="TLE") == 30
    assert score(g1_a="WA", g2_a="WA", g2_b="WA") == 0


def test_efficiency_never_lifts_what_is_wrong() -> None:
    assert total_score(100, 100, 20) == 100
    assert total_score(100, 0, 20) == 80
    assert total_score(50, 100, 20) == 50
    assert total_score(0, 100, 20) == 0


def test_efficiency_follows_the_ratio_on_the_heaviest_test() -> None:
    assert efficiency([Timing(1, 0.001, 0.02), Timing(9, 1.2, 1.0)]) == 100
    assert efficiency([Timing(1, 2.99, 0.99)]) == pytest.approx(66.67, abs=0.01)
    assert efficiency([Timing(1, 20.0, 1.0)]) == 0
    assert efficiency([Timing(1, 0.012, 0.001)]) < 100
    assert efficiency([]) == 0


@pytest.mark.parametrize(
    ("law", "function"),
    [
        ("n", lambda n: 2e-5 * n),
        ("n log n", lambda n: 3e-6 * n * math.log2(n)),
        ("n²", lambda n: 1e-8 * n**2),
        ("n³", lambda n: 1e-12 * n**3),
        ("1", lambda n: 0.2 + 0.05 * (n == 200)),
    ],
)
def test_growth_is_recognised_under_noise(law: str, function: Any) -> None:
    sizes = [200, 500, 1000, 2000, 5000, 10000, 20000]
    noise = [1.03, 0.98, 1.02, 0.97, 1.04, 0.99, 1.01]
    points = [(n, 0.006 + function(n) * e) for n, e in zip(sizes, noise, strict=True)]
    assert fit_growth(points) in ({law, "n"} if law == "n log n" else {law})


def test_growth_is_not_guessed() -> None:
    assert fit_growth([(1, 0.1), (2, 0.2), (3, 0.3)]) is None
    assert fit_growth([(10, 0.1), (11, 0.2), (12, 0.3), (13, 0.4)]) is None
    assert fit_growth([(1, 0.006), (10, 0.007), (100, 0.008), (1000, 0.009)]) is None


@pytest.mark.parametrize(
    ("about", "part"),
    [
        ("type: multi-pass", "multi-pass"),
        ("limits: {time_limit: 0}", "greater than 0"),
        ("limits: {memory: lots}", "number"),
        ("- a list", "keys and values"),
        ("x-touchstone: {kind: magic}", "kind"),
        ("x-touchstone: {kind: ml, metric: luck}", "metric"),
        (
            (
                "x-touchstone: {kind: ml, metric: mae, predictions: ../p.csv, "
                "thresholds: [{at: 1, points: 1}]}"
            ),
            "predictions",
        ),
        ("x-touchstone: {variants: [a]}", "variants"),
        ("a: [", "problem.yaml"),
    ],
)
def test_faulty_packages_are_told(tmp_path: Path, about: str, part: str) -> None:
    folder = write(tmp_path, about, {"data/secret/1.in": "", "data/secret/1.ans": ""})
    with pytest.raises(BadPackage) as caught:
        load_problem(folder)
    assert part in caught.value.text("en")


def test_a_link_out_of_the_package_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, "name: x", {"data/secret/1.ans": ""})
    (folder / "data/secret/1.in").symlink_to("/etc/passwd")
    with pytest.raises(BadPackage):
        load_problem(folder)


def test_a_test_without_answer_or_no_test_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, "name: x", {"data/secret/1.in": ""})
    with pytest.raises(BadPackage):
        load_problem(folder)
    (folder / "data/secret/1.in").unlink()
    with pytest.raises(BadPackage):
        load_problem(folder)


def test_variants_are_chosen_by_seed_and_kept_apart() -> None:
    problem = load_problem(CONTENT / "standardise-missing-values")
    assert [problem.variant_for(seed) for seed in range(4)] == ["a", "b", "a", "b"]
    chosen = {test.id.split("/")[1] for test in problem.tests("a") if not test.is_sample}
    assert chosen == {"a"}
    assert len(problem.tests()) == 13
    assert problem.tests("a")[-1].validator_args == ("float_tolerance", "1e-4")


def test_settings_are_inherited_and_overridden(tmp_path: Path) -> None:
    files = {f"data/secret/deep/{n}.{end}": "" for n in (1, 2) for end in ("in", "ans")}
    files["data/secret/test_group.yaml"] = "output_validator_args: [case_sensitive]\nargs: [x]"
    files["data/secret/deep/2.yaml"] = "output_validator_args: [float_tolerance, 0.1]"
    problem = load_problem(write(tmp_path, "name: {zh: 题, en: P}", files))
    first, second = problem.tests()
    assert (first.validator_args, first.arguments) == (("case_sensitive",), ("x",))
    assert second.validator_args == ("float_tolerance", "0.1")
    assert problem.names["zh"] == "题"
