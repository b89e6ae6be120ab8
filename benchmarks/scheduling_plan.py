"""Plans 200 candidates × 2 rounds, 30 interviewers, 10 working days: solver against greedy,
then lets one candidate after another change their times.

python benchmarks/scheduling_plan.py [--limit 60] [--candidates 200]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import time
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from touchstone.engine.scheduling.change import replan
from touchstone.engine.scheduling.compiled import compile_problem
from touchstone.engine.scheduling.costs import fair_shares
from touchstone.engine.scheduling.problem import (
    Candidate,
    Interviewer,
    Problem,
    Room,
    Round,
    Schedule,
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


def above_share(problem: Problem, plan: Schedule) -> int:
    """Talks that people hold beyond their fair share."""
    held = Counter(person for a in plan.assignments for person in a.panel)
    shares = fair_shares(compile_problem(problem))
    return sum(
        max(0, held[p.id] - share) for p, share in zip(problem.interviewers, shares, strict=True)
    )


def change_times(problem: Problem, plan: Schedule, first_s: float, changes: int) -> None:
    """One candidate cannot come on the day of their last talk; what moves, and how fast."""
    last = {a.candidate: a for a in plan.assignments}
    rows = []
    for a in sorted(last.values(), key=lambda a: a.candidate)[:: max(1, len(last) // changes)]:
        whole = a.start.replace(hour=0, minute=0)
        away = Window(whole, whole + dt.timedelta(days=1))
        candidates = tuple(
            replace(c, busy=(*c.busy, away)) if c.id == a.candidate else c
            for c in problem.candidates
        )
        start = time.perf_counter()
        change = replan(replace(problem, candidates=candidates), plan.assignments)
        seconds = time.perf_counter() - start
        others = {moved.candidate for moved in change.moved} - {a.candidate}
        rows.append((seconds, len(others), len(change.schedule.unassigned)))
    seconds_each = sorted(seconds for seconds, _, _ in rows)
    middle, most = seconds_each[len(rows) // 2], seconds_each[-1]
    print(
        f"{len(rows)} changes of one candidate: {middle:.2f} s in the middle, {most:.2f} s at most,"
        f" {middle / first_s:.3f} of the first plan; other candidates moved:"
        f" {sum(n for _, n, _ in rows)} in all, {max(n for _, n, _ in rows)} at most;"
        f" left without a place: {sum(n for _, _, n in rows)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=60.0)
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--changes", type=int, default=20)
    args = parser.parse_args()
    problem = season(args.candidates, seed=args.seed)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"{'plan':<16}{'seconds':>8}{'open':>6}{'cost':>9}{'bound':>8}{'gap':>8}"
        f"{'days':>6}{'mean':>7}{'load':>8}{'sd':>6}{'above':>7}"
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
            f"{f.load_min:>4}–{f.load_max:<3}{f.load_sd:>6.2f}{above_share(problem, plan):>7}"
        )
    change_times(problem, plan, seconds, args.changes)


if __name__ == "__main__":
    main()
