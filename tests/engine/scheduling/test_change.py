"""One change disturbs the fewest others, quickly."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tests.engine.scheduling.problems import MONDAY, MORNING, at, problem, window
from touchstone.engine.scheduling.change import alternatives, replan
from touchstone.engine.scheduling.problem import Candidate, Interviewer
from touchstone.engine.scheduling.solver import schedule


def test_nothing_changed_moves_nobody() -> None:
    wanted = problem(6)
    before = schedule(wanted, 5)
    change = replan(wanted, before.assignments)
    assert change.moved == ()
    assert change.kept == 6
    assert change.schedule.assignments == before.assignments


def test_a_candidate_who_cannot_come_moves_alone() -> None:
    wanted = problem(6)
    before = schedule(wanted, 5)
    away = before.assignments[0].candidate
    free = tuple(
        replace(c, offered=(window(3, 9, 12),)) if c.id == away else c for c in wanted.candidates
    )
    change = replan(replace(wanted, candidates=free), before.assignments)
    assert [a.candidate for a in change.moved] == [away]
    assert change.moved[0].start == at(3, 9)
    assert change.kept == 5


def test_where_there_is_no_room_one_other_moves() -> None:
    # Three talks fill Monday morning; a new candidate can only come then.
    wanted = problem(3)
    before = schedule(wanted, 5)
    assert {a.start.date() for a in before.assignments} == {MONDAY}
    new = Candidate("new", offered=(window(0, 9, 12),))
    change = replan(replace(wanted, candidates=(*wanted.candidates, new)), before.assignments)
    assert len(change.moved) == 1
    assert change.kept == 2
    assert change.schedule.unassigned == ()


def test_an_interviewer_who_falls_ill_is_replaced_by_a_colleague() -> None:
    people = (
        Interviewer("ann", "algorithm", hours=MORNING),
        Interviewer("amy", "algorithm", hours=MORNING),
        Interviewer("bo", "business", hours=MORNING),
    )
    wanted = problem(2, interviewers=people)
    before = schedule(wanted, 5)
    ill = before.assignments[0].panel[0]
    away = tuple(
        replace(p, busy=(window(0, 0, 24),)) if p.id == ill else p for p in wanted.interviewers
    )
    change = replan(replace(wanted, interviewers=away), before.assignments)
    assert change.schedule.unassigned == ()
    assert all(ill not in a.panel for a in change.schedule.assignments if a.start < at(1, 0))


def test_alternatives_disturb_nobody() -> None:
    wanted = problem(3)
    before = schedule(wanted, 5)
    mine = before.assignments[0]
    found = alternatives(wanted, before.assignments, mine.candidate, "first", limit=6)
    assert len(found) == 6
    assert all(a.start != mine.start for a in found)
    others = [a for a in before.assignments if a is not mine]
    for option in found:
        assert all(option.end <= o.start or o.end <= option.start for o in others)
    days = [a.start.date() for a in found]
    assert all(days.count(day) <= 2 for day in set(days))


def test_somebody_unknown_has_no_alternatives() -> None:
    assert alternatives(problem(1), (), "nobody", "first") == ()


def test_one_change_in_a_season_moves_hardly_anybody() -> None:
    wanted = problem(
        60,
        last_day=MONDAY + dt.timedelta(days=25),
        interviewers=tuple(
            Interviewer(f"{d}{n}", d, hours=MORNING)
            for d in ("algorithm", "business")
            for n in range(4)
        ),
    )
    before = schedule(wanted, 3)
    away = before.assignments[10].candidate
    free = tuple(
        replace(c, offered=(window(8, 9, 12),)) if c.id == away else c for c in wanted.candidates
    )
    change = replan(replace(wanted, candidates=free), before.assignments)
    assert len(change.moved) <= 2
