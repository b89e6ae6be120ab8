"""The bound holds for every real plan and is close to the best one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchmarks.scheduling_plan import season
from tests.engine.scheduling.problems import MONDAY, MORNING, at, problem, window
from touchstone.engine.scheduling.calendar import Calendar, copy_of, fixed_calendar
from touchstone.engine.scheduling.compiled import compile_problem, fixed_of
from touchstone.engine.scheduling.costs import plan_cost
from touchstone.engine.scheduling.greedy import place_greedily, try_orders
from touchstone.engine.scheduling.linear import Linear
from touchstone.engine.scheduling.master import MOST_CELLS, Master
from touchstone.engine.scheduling.problem import (
    Candidate,
    Interviewer,
    Problem,
    Room,
    Round,
    Seat,
    Travel,
    Window,
)
from touchstone.engine.scheduling.solver import schedule, schedule_greedily


def odd_problem(seed: int) -> Problem:
    """Windows of any shape, limits over days and weeks, rooms with travel, talks that stand."""
    rng = random.Random(seed)

    def windows(count: int) -> tuple[Window, ...]:
        starts = [(rng.randrange(5), rng.choice([9, 9.5, 10.75, 13.5, 15])) for _ in range(count)]
        return tuple(window(d, s, s + rng.choice([1, 1.5, 2, 3, 4.5])) for d, s in starts)

    people = tuple(
        Interviewer(
            f"p{n}",
            rng.choice(["a", "b"]),
            seniority=rng.choice([1, 2]),
            busy=windows(2),
            booked=windows(rng.choice([0, 1])),
            max_per_day=rng.choice([2, 3, 4]),
            max_total=rng.choice([None, None, 5]),
        )
        for n in range(5)
    )
    chained = rng.random() < 0.7
    wanted = problem(
        interviewers=people,
        rounds=(
            Round(
                "one",
                45,
                (Seat("a"), Seat("b")),
                room=rng.choice(["", "licence", "room"]),
                break_minutes=rng.choice([0, 15]),
            ),
            Round(
                "two",
                60,
                (Seat(min_seniority=2), Seat("b")),
                after="one" if chained else "",
                min_gap_minutes=rng.choice([0, 15, 720]),
                max_gap_days=rng.choice([None, 0, 2]) if chained else None,
            ),
        ),
        candidates=tuple(
            Candidate(f"c{n}", offered=windows(4), branch=rng.choice(["sh", "sz"]))
            for n in range(4)
        ),
        rooms=(Room("l", "licence"), Room("r1", "room", "sh"), Room("r2", "room", "sz")),
        travel=(Travel("sh", "sz", 60),),
    )
    standing = [a for a in schedule_greedily(wanted).assignments if a.round == "one"]
    return replace(wanted, fixed=tuple(standing[: rng.choice([0, 1])]))


def relaxation(base: Calendar) -> Master:
    master = Master(base, lambda: 5.0)
    master.prepare()
    while (days := master.solve()) is not None and master.tighten(days):
        assert days.close
    return master


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_costs_less_than_the_bound(seed: int) -> None:
    compiled = compile_problem(odd_problem(seed))
    base = fixed_calendar(compiled, fixed_of(compiled))
    bound = relaxation(base).bound
    rng = random.Random(seed)
    assert bound > 0
    for _ in range(20):
        plan, order = copy_of(base), list(compiled.talks)
        rng.shuffle(order)
        place_greedily(plan, order)
        place_greedily(plan, compiled.talks)
        assert plan_cost(plan) >= bound


def test_where_nobody_can_be_met_the_bound_is_the_cost() -> None:
    wanted = problem(3, rounds=(Round("first", 60, (Seat("legal"),)),))
    plan = schedule(wanted, 5)
    assert plan.assignments == ()
    assert plan.bound == plan.objective == 3 * (10_000 + 10 * 5)


def test_more_kinds_of_times_than_cells_still_give_a_bound() -> None:
    # Every candidate has a window of their own, so nobody's starts coincide.
    candidates = tuple(
        Candidate(f"c{n}", offered=(window(0, 9 + n / 4, 11 + n / 4),)) for n in range(12)
    )
    wanted = problem(
        candidates=candidates,
        interviewers=tuple(
            Interviewer(f"{d}{n}", d, max_per_day=9)
            for d in ("algorithm", "business")
            for n in "ab"
        ),
    )
    compiled = compile_problem(wanted)
    master = relaxation(Calendar(compiled))
    assert len(master.cells) == MOST_CELLS
    plan = schedule(wanted, 5)
    assert 0 < master.bound <= plan.objective


def test_two_rounds_of_one_day_follow_each_other() -> None:
    rounds = (
        Round("first", 45, (Seat("algorithm"),)),
        Round("second", 45, (Seat("business"),), after="first", min_gap_minutes=15, max_gap_days=0),
    )
    plan = schedule(problem(2, rounds=rounds), 5)
    assert plan.unassigned == ()
    assert {a.start.date() for a in plan.assignments} == {MONDAY}
    by = {(a.candidate, a.round): a for a in plan.assignments}
    for n in range(2):
        gap = by[f"c{n}", "second"].start - by[f"c{n}", "first"].end
        assert gap.total_seconds() >= 15 * 60
    assert plan.gap == 0


def test_a_season_is_proven_within_two_percent_and_stays_the_same() -> None:
    wanted = season(60, interviewers=12)
    plan = schedule(wanted, 60)
    assert plan.unassigned == ()
    assert plan.gap <= 0.02
    assert schedule(wanted, 60) == plan


def test_other_orders_place_whom_the_first_leaves_out() -> None:
    people = (Interviewer("ann", "algorithm", hours=MORNING),)
    wanted = problem(
        interviewers=people,
        rounds=(Round("first", 60, (Seat("algorithm"),)),),
        candidates=(Candidate("any"), Candidate("picky", offered=(window(0, 9, 10),))),
    )
    compiled = compile_problem(wanted)
    first = Calendar(compiled)
    place_greedily(first, compiled.talks)
    assert len(first.placements) == 1
    plan = try_orders(Calendar(compiled), bound=0, left=lambda: 5.0, polish=lambda _: None)
    assert len(plan.placements) == 2
    start = plan.placements[1].start
    assert compiled.timeline.moment(start) == at(0, 9)


def test_a_linear_model_is_solved_in_fractions_in_whole_numbers_and_quietly(
    capfd: pytest.CaptureFixture[str],
) -> None:
    model = Linear()
    items = [model.var(2, cost=-3), model.var(2, cost=-2)]
    model.most([(items[0], 2), (items[1], 2)], 5)
    relaxed = model.relax(5)
    assert relaxed is not None
    assert relaxed.value == pytest.approx(-7)
    assert list(relaxed.worth) == pytest.approx([-1, 0])
    whole = model.solve(5, gap=0)
    assert whole.value == pytest.approx(-6)
    assert whole.bound == pytest.approx(-6)
    assert whole.x is not None
    assert list(whole.x) == [2, 0]
    assert capfd.readouterr().out == ""


def test_a_model_without_a_solution_says_so() -> None:
    model = Linear()
    model.equal([(model.var(1), 1)], 2)
    assert model.relax(5) is None
    assert model.solve(5, gap=0).x is None
