"""Practice checks against labelled programs: precision, recall and right lines, check by check.

python benchmarks/practice_checks.py [--wrong SET]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.engine.judging.labelled_programs import (  # noqa: E402 - the tests stand beside this
    SETS,
    Judged,
    figures,
    judged,
    programs,
)

TITLES = {"practice": "looked at while improving", "practice_held_out": "not looked at"}


def table(rows: tuple[Judged, ...]) -> None:
    print(f"  {'check':22s} labels  right  wrong  missed  precision  recall  line named")
    for check in (*sorted({r.check for r in rows}), "all"):
        f = figures(r for r in rows if check in {"all", r.check})
        lines = f"{f.lines}/{f.right}"
        print(
            f"  {check:22s} {f.judged:6d} {f.right:6d} {f.wrong:6d} {f.missed:7d}"
            f" {f.precision:10.3f} {f.recall:7.3f} {lines:>11s}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", choices=SETS, help="lists what a set gets wrong")
    wanted = parser.parse_args().wrong
    every: list[Judged] = []
    for name in SETS:
        chosen = programs(name)
        begun = time.process_time()
        rows = judged(chosen)
        spent = (time.process_time() - begun) / len(chosen)
        every += rows
        print(f"{len(chosen)} programs, {TITLES[name]} ({1000 * spent:.1f} ms each)")
        table(rows)
        for row in rows if name == wanted else ():
            if row.bad != row.found or (row.bad and not row.right_line):
                said = f"says {'bad' if row.found else 'good'}, line {row.line}"
                print(f"    {row.program}: {row.check} {said}")
    print("all")
    table(tuple(every))


if __name__ == "__main__":
    main()
