"""What the sandbox adds to a program's start, against the same interpreter started bare.

python benchmarks/judge_startup.py [--runs 200]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import time
from collections.abc import Callable

from touchstone.integrations.sandbox import Job, Sandbox
from touchstone.integrations.sandbox.environment import interpreter

HELLO = 'print("hi")'
LIBRARIES = (
    "import numpy, pandas, sklearn.linear_model, sklearn.ensemble\nprint(numpy.zeros(2).sum())"
)


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of each run."""
    seen = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seen.append(1000 * (time.perf_counter() - start))
    return sorted(seen)


def bare(text: str) -> None:
    """The program in a fresh interpreter, as `python -c` does it."""
    home = interpreter()
    subprocess.run(
        [home.program, "-c", text],
        env={"LD_LIBRARY_PATH": str(home.libraries), "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    sandbox = Sandbox()
    print(f"{'program':<12}{'way':<12}{'median ms':>11}{'p90 ms':>9}{'ratio':>8}")
    try:
        for name, text, count in (("hello", HELLO, runs), ("libraries", LIBRARIES, runs // 20)):
            job = Job(
                "python", {"a.py": text.encode()}, ("a.py",), machine_learning=name == "libraries"
            )
            sandbox.run(job)
            bare(text)
            ways = {"bare": lambda t=text: bare(t), "sandbox": lambda j=job: sandbox.run(j)}
            base = 0.0
            for way, work in ways.items():
                seen = timed(work, count)
                middle = statistics.median(seen)
                base = base or middle
                tenth = seen[int(0.9 * len(seen))]
                print(f"{name:<12}{way:<12}{middle:>11.2f}{tenth:>9.2f}{middle / base:>8.3f}")
    finally:
        sandbox.close()


if __name__ == "__main__":
    main()
