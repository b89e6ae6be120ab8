"""Fair shares and the cost of a plan."""

from __future__ import annotations

import pytest

from tests.engine.scheduling.problems import problem
from touchstone.engine.scheduling.compiled import compile_problem
from touchstone.engine.scheduling.costs import fair_shares
from touchstone.engine.scheduling.problem import Interviewer, Round, Seat
from touchstone.engine.scheduling.solver import schedule


def people(*seniorities: int) -> tuple[Interviewer, ...]:
    return tuple(Interviewer(f"p{n}", "a", seniority=s) for n, s in enumerate(seniorities))


@pytest.mark.parametrize(
    ("interviewers", "seats", "shares"),
    [
        (people(1, 1), (Seat("a"),), [3, 3]),
        (people(1, 1, 1), (Seat("a"),), [2, 2, 2]),
        # One seat only the senior may take: the others take the rest.
        (people(2, 1, 1), (Seat("a", min_seniority=2), Seat("a")), [6, 3, 3]),
        # Two seniors share what only they may do and leave the other seat to the junior.
        (people(2, 2, 1), (Seat("a", min_seniority=2), Seat("a")), [4, 4, 4]),
        (people(1), (Seat("nobody"),), [0]),
    ],
)
def test_fair_shares_are_as_even_as_rights_allow(
    interviewers: tuple[Interviewer, ...], seats: tuple[Seat, ...], shares: list[int]
) -> None:
    wanted = problem(6, interviewers=interviewers, rounds=(Round("first", 60, seats),))
    assert fair_shares(compile_problem(wanted)) == shares


def test_a_season_is_planned_better_than_by_hand() -> None:
    from benchmarks.scheduling_plan import season
    from touchstone.engine.scheduling.solver import schedule_greedily

    wanted = season(60, interviewers=12)
    greedy, plan = schedule_greedily(wanted), schedule(wanted, 4)
    assert len(plan.unassigned) <= len(greedy.unassigned)
    assert plan.objective <= greedy.objective
    assert plan.bound <= plan.objective
