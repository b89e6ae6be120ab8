"""Plans keep every rule, are proven, and say why somebody has no place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations

import pytest

from tests.engine.scheduling.problems import MONDAY, MORNING, at, problem, window
from touchstone.common.errors import InvalidInput
from touchstone.engine.scheduling.problem import (
    Candidate,
    Interviewer,
    Room,
    Round,
    Schedule,
    Seat,
    Travel,
)
from touchstone.engine.scheduling.solver import schedule, schedule_greedily


def assert_no_clash(plan: Schedule) -> None:
    for a, b in combinations(plan.assignments, 2):
        if a.start < b.end and b.start < a.end:
            assert a.candidate != b.candidate
            assert not {*a.panel, *a.shadows} & {*b.panel, *b.shadows}
            assert not a.room or a.room != b.room


def reasons(plan: Schedule) -> list[str]:
    return [u.reason.id.removeprefix("scheduling.") for u in plan.unassigned]


def test_everybody_is_placed_on_the_first_day_and_that_is_proven() -> None:
    plan = schedule(problem(3), 5)
    assert len(plan.assignments) == 3
    assert {a.start.date() for a in plan.assignments} == {MONDAY}
    assert (plan.objective, plan.bound, plan.gap) == (130, 130, 0.0)
    assert_no_clash(plan)


def test_the_same_problem_gives_the_same_plan() -> None:
    assert schedule(problem(5), 5) == schedule(problem(5), 5)


def test_never_worse_than_the_greedy_coordinator() -> None:
    wanted = problem(
        6,
        candidates=(
            Candidate("flexible"),
            Candidate("picky", offered=(window(0, 9, 10),)),
            *(Candidate(f"c{n}") for n in range(4)),
        ),
    )
    greedy, plan = schedule_greedily(wanted), schedule(wanted, 5)
    assert reasons(greedy) == ["others_took_it"] or len(greedy.unassigned) == 1
    assert plan.unassigned == ()
    assert plan.objective < greedy.objective


def test_busy_times_bookings_and_limits_are_kept() -> None:
    people = (
        Interviewer("ann", "algorithm", hours=MORNING, busy=(window(0, 9, 10.5),)),
        Interviewer("bo", "business", hours=MORNING, booked=(window(0, 10.5, 11),), max_per_day=2),
    )
    plan = schedule(problem(3, interviewers=people), 5)
    monday = [a for a in plan.assignments if a.start.date() == MONDAY]
    assert [a.start for a in monday] == [at(0, 11)]
    assert len(plan.assignments) == 3
    assert_no_clash(plan)


def test_rounds_follow_each_other_with_their_gap() -> None:
    rounds = (
        Round("second", 45, (Seat("business"),), after="first", min_gap_minutes=12 * 60),
        Round("first", 60, (Seat("algorithm"),)),
    )
    plan = schedule(problem(3, rounds=rounds), 5)
    by = {(a.candidate, a.round): a for a in plan.assignments}
    assert len(by) == 6
    for n in range(3):
        gap = by[f"c{n}", "second"].start - by[f"c{n}", "first"].end
        assert gap >= dt.timedelta(hours=12)


def test_candidates_in_another_zone_meet_within_their_waking_hours() -> None:
    berlin = (Candidate("berlin", zone="Europe/Berlin"),)
    plan = schedule(problem(candidates=berlin), 5)
    # Mornings in Shanghai are nights in Berlin.
    assert reasons(plan) == ["order_leaves_no_time"] or reasons(plan) == ["never_together"]
    late = tuple(Interviewer(i, d) for i, d in (("ann", "algorithm"), ("bo", "business")))
    plan = schedule(
        problem(candidates=(Candidate("berlin", zone="Europe/Berlin"),), interviewers=late), 5
    )
    assert plan.assignments[0].start >= at(0, 15)


def test_rooms_licences_and_travel() -> None:
    talks = problem(
        2,
        rooms=(Room("licence", "licence"),),
        rounds=(Round("first", 60, (Seat("algorithm"),), room="licence"),),
        interviewers=tuple(Interviewer(f"p{n}", "algorithm", hours=MORNING) for n in range(2)),
    )
    plan = schedule(talks, 5)
    assert {a.room for a in plan.assignments} == {"licence"}
    assert_no_clash(plan)
    travelling = problem(
        candidates=(Candidate("here", branch="sh"), Candidate("there", branch="sz")),
        rooms=(Room("r1", "room", "sh"), Room("r2", "room", "sz")),
        rounds=(Round("first", 60, (Seat("algorithm"),), room="room"),),
        interviewers=(Interviewer("ann", "algorithm", hours=MORNING),),
        travel=(Travel("sh", "sz", 60),),
    )
    first, second = schedule(travelling, 5).assignments
    assert second.start - first.end >= dt.timedelta(hours=1)


def test_shadows_sit_beside_a_lead_of_their_department() -> None:
    people = (
        Interviewer("ann", "algorithm", hours=MORNING),
        Interviewer("bo", "business", hours=MORNING),
        Interviewer("eve", "business", hours=MORNING, training="shadow", shadow_sessions=2),
    )
    plan = schedule(problem(3, interviewers=people), 5)
    assert sum(a.shadows == ("eve",) for a in plan.assignments) == 2
    assert all("eve" not in a.panel for a in plan.assignments)
    assert_no_clash(plan)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"candidates": (Candidate("c", offered=(window(0, 9, 9.5),)),)}, "no_candidate_time"),
        ({"rounds": (Round("first", 60, (Seat("legal"),)),)}, "nobody_fits"),
        ({"candidates": (Candidate("c", offered=(window(0, 14, 18),)),)}, "never_together"),
        (
            {"rounds": (Round("first", 60, (Seat("algorithm"),), room="room"),)},
            "no_such_room",
        ),
        (
            {
                "interviewers": (
                    Interviewer("ann", "algorithm", hours=MORNING, busy=(window(0, 9, 10.5),)),
                    Interviewer("bo", "business", hours=MORNING, busy=(window(0, 10, 12),)),
                ),
                "last_day": MONDAY,
            },
            "panel_never_meets",
        ),
    ],
)
def test_whoever_has_no_place_is_told_why(changes: dict[str, object], reason: str) -> None:
    plan = schedule(problem(1, **changes), 5)
    assert reasons(plan) == [reason]


def test_people_who_are_full_are_named_as_the_reason() -> None:
    people = (
        Interviewer("ann", "algorithm", hours=MORNING, max_total=1),
        Interviewer("bo", "business", hours=MORNING),
    )
    plan = schedule(problem(2, interviewers=people), 5)
    assert reasons(plan) == ["people_full"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"last_day": MONDAY - dt.timedelta(days=1)}, "horizon"),
        ({"last_day": MONDAY + dt.timedelta(days=90)}, "horizon"),
        ({"candidates": (Candidate("c"), Candidate("c"))}, "id_twice"),
        ({"candidates": (Candidate("c", rounds=("none",)),)}, "unknown_round"),
        (
            {
                "rounds": (
                    Round("a", 30, (Seat(),), after="b"),
                    Round("b", 30, (Seat(),), after="a"),
                )
            },
            "round_cycle",
        ),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        schedule(problem(1, **changes), 5)
    assert refused.value.message.id == f"scheduling.{message}"


def test_what_stands_stays() -> None:
    wanted = problem(3)
    before = schedule(wanted, 5).assignments
    fixed = (before[1],)
    again = schedule(replace(wanted, fixed=fixed), 5)
    assert before[1] in again.assignments
