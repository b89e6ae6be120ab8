"""Submissions a minute on two cores, ten small tests each, plain and with the ML libraries.

python benchmarks/judge_throughput.py [--seconds 20] [--workers 2]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

TESTS = 10
PLAIN = "print(sum(map(int, input().split())))"
LIBRARIES = (
    "import numpy, pandas, sklearn.linear_model\nprint(numpy.array(input().split(), int).sum())"
)
ABOUT = "problem_format_version: 2025-09\nname: Sum\nlimits: {time_limit: 2, memory: 1024}\n"


def write_package(folder: Path) -> None:
    """A problem with ten small hidden tests."""
    (folder / "data/secret").mkdir(parents=True)
    (folder / "problem.yaml").write_text(ABOUT)
    for number in range(TESTS):
        (folder / f"data/secret/{number}.in").write_text(f"{number} 5\n")
        (folder / f"data/secret/{number}.ans").write_text(f"{number + 5}\n")


def work(folder: str, source: str, seconds: float) -> tuple[int, float]:
    """Judges for about ``seconds``; returns how many and how long it took, warm-up left out."""
    from touchstone.integrations.sandbox import Sandbox
    from touchstone.integrations.sandbox.judge import judge_submission

    sandbox = Sandbox()
    try:
        judge_submission(Path(folder), source.encode(), "python", sandbox=sandbox)
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            report = judge_submission(Path(folder), source.encode(), "python", sandbox=sandbox)
            if report.verdict != "AC":
                raise SystemExit(f"verdict {report.verdict}: {report.detail}")
            count += 1
        return count, time.perf_counter() - start
    finally:
        sandbox.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    print(f"{'program':<12}{'workers':>8}{'submissions/min':>17}{'tests/s':>9}")
    with tempfile.TemporaryDirectory() as folder:
        write_package(Path(folder))
        for name, source in (("plain", PLAIN), ("libraries", LIBRARIES)):
            with ProcessPoolExecutor(args.workers) as pool:
                futures = [
                    pool.submit(work, folder, source, args.seconds) for _ in range(args.workers)
                ]
                rate = sum(60 * n / s for n, s in (f.result() for f in futures))
            print(f"{name:<12}{args.workers:>8}{rate:>17.0f}{rate * TESTS / 60:>9.1f}")


if __name__ == "__main__":
    main()
