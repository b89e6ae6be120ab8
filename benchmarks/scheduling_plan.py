"""Plans 200 candidates × 2 rounds, 30 interviewers, 10 working days: CP-SAT against greedy.

python benchmarks/scheduling_plan.py [--limit 60] [--candidates 200]
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import time
from zoneinfo import ZoneInfo

from touchstone.engine.scheduling.problem import (
    Candidate,
    Interviewer,
    Problem,
    Room,
    Round,
    Seat,
    Window,
)
from touchstone.engine.scheduling.solver import schedule, schedule_greedily

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = dt.date(2026, 11, 30)


def season(candidates: int, *, interviewers: int = 30, seed: int = 7, days: int = 12) -> Problem:
    """A hiring season: offered half-days, meetings, two departments a panel, eight licences."""
    rng = random.Random(seed)

    def window(day: int, start: float, hours: float) -> Window:
        at = dt.datetime.combine(FIRST, dt.time(), tzinfo=ZONE)
        begin = at + dt.timedelta(days=day, hours=start)
        return Window(begin, begin + dt.timedelta(hours=hours))

    working = [d for d in range(days) if (FIRST + dt.timedelta(days=d)).weekday() < 5]
    departments = ["algorithm"] * 10 + ["business"] * 11 + ["hr"] * 9
    people = tuple(
        Interviewer(
            id=f"p{i:02}",
            department=departments[i * len(departments) // interviewers],
            seniority=rng.choice([1, 2, 3]),
            busy=tuple(
                window(rng.choice(working), rng.choice([9, 10, 14, 15, 16]), rng.choice([1, 1.5]))
                for _ in range(6)
            ),
            max_per_day=5,
        )
        for i in range(interviewers)
    )
    wanted = tuple(
        Candidate(
            id=f"c{i:03}",
            offered=tuple(
                window(day, *rng.choice([(9.0, 3.0), (13.5, 4.5)]))
                for day in sorted(rng.sample(working, 5))
            ),
        )
        for i in range(candidates)
    )
    rounds = (
        Round("first", 45, (Seat("algorithm"), Seat("business")), room="licence", break_minutes=15),
        Round(
            "second",
            60,
            (Seat("business", min_seniority=2), Seat("hr")),
            after="first",
            min_gap_minutes=12 * 60,
            room="licence",
        ),
    )
    return Problem(
        zone="Asia/Shanghai",
        first_day=FIRST,
        last_day=FIRST + dt.timedelta(days=days - 1),
        interviewers=people,
        rounds=rounds,
        candidates=wanted,
        rooms=tuple(Room(f"licence{i}", "licence") for i in range(8)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=60.0)
    parser.add_argument("--candidates", type=int, default=200)
    args = parser.parse_args()
    problem = season(args.candidates)
    print(
        f"{'plan':<16}{'seconds':>8}{'open':>6}{'cost':>9}{'bound':>8}{'gap':>8}"
        f"{'days':>6}{'mean':>7}{'load':>8}{'sd':>6}"
    )
    plans = [("greedy", None), ("solver 5 s", 5.0), (f"solver {args.limit:g} s", args.limit)]
    for name, limit in plans:
        start = time.perf_counter()
        plan = schedule_greedily(problem) if limit is None else schedule(problem, limit)
        seconds = time.perf_counter() - start
        f = plan.figures
        print(
            f"{name:<16}{seconds:>8.2f}{len(plan.unassigned):>6}{plan.objective:>9}"
            f"{plan.bound:>8}{plan.gap:>8.3f}{f.days_to_finish:>6}{f.mean_days:>7.2f}"
            f"{f.load_min:>4}–{f.load_max:<3}{f.load_sd:>6.2f}"
        )


if __name__ == "__main__":
    main()
