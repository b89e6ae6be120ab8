"""Verdicts of reruns near the time limit while the machine is busy.

The programs burn a fixed amount of work, calibrated to a share of the limit while idle; the load
is as many endless loops as there are cores.

python benchmarks/judge_stability.py [--runs 200]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from touchstone.integrations.sandbox import Job, Sandbox
from touchstone.integrations.sandbox.judge import judge_submission

LIMIT_S = 0.5
SHARES = (0.85, 0.9, 1.1, 1.15)
BURN = "x = 0\nfor i in range({n}): x += i * i % 7\nprint(1)\n"
PROBE_ROUNDS = 2_000_000


def rounds_per_second(sandbox: Sandbox) -> float:
    text = BURN.format(n=PROBE_ROUNDS).encode()
    job = Job("python", {"a.py": text}, ("a.py",))
    return PROBE_ROUNDS / min(sandbox.run(job).cpu_s for _ in range(7))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    sandbox = Sandbox()
    load: list[subprocess.Popen[bytes]] = []
    print(f"{'share of limit':<16}{'verdicts':<24}{'same':>7}{'marked unstable':>17}")
    try:
        speed = rounds_per_second(sandbox)
        load = [
            subprocess.Popen([sys.executable, "-c", "while True: pass"])
            for _ in range(os.cpu_count() or 1)
        ]
        same = 0
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "data/secret").mkdir(parents=True)
            (folder / "problem.yaml").write_text(f"name: Burn\nlimits: {{time_limit: {LIMIT_S}}}\n")
            (folder / "data/secret/1.in").write_text("")
            (folder / "data/secret/1.ans").write_text("1\n")
            for share in SHARES:
                source = BURN.format(n=int(speed * LIMIT_S * share)).encode()
                reports = [
                    judge_submission(folder, source, "python", sandbox=sandbox)
                    for _ in range(runs // len(SHARES))
                ]
                counts = Counter(str(report.verdict) for report in reports)
                most = counts.most_common(1)[0][1]
                same += most
                said = " ".join(f"{verdict} {count}" for verdict, count in counts.items())
                marked = sum(report.unstable for report in reports)
                print(f"{share:<16}{said:<24}{most / len(reports):>7.1%}{marked:>17}")
        print(f"{'all':<40}{same / (runs // len(SHARES) * len(SHARES)):>7.1%}")
    finally:
        for process in load:
            process.kill()
            process.wait()
        sandbox.close()


if __name__ == "__main__":
    main()
