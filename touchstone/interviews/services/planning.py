"""A whole round in one plan: who meets whom when, as `engine/scheduling` finds, accepted by people.

A plan is a proposal. Nothing is booked and nobody is told before `plan_apply`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from touchstone.accounts.models import Person
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import Message, say
from touchstone.engine.scheduling.problem import (
    Candidate,
    Figures,
    Interviewer,
    Problem,
    Round,
    Window,
)
from touchstone.engine.scheduling.problem import Seat as SeatWish
from touchstone.engine.scheduling.solver import schedule
from touchstone.interviews.models import Interview, InterviewPlan
from touchstone.interviews.services.arranging import (
    dimensions_of,
    focus_of,
    interview_arrange,
    may_interview,
)
from touchstone.interviews.services.booking import Seat
from touchstone.interviews.services.calendars import (
    PersonTime,
    booked_windows,
    panel_people,
    people_time,
)
from touchstone.interviews.services.kits import kit_document, questions_for
from touchstone.library.concepts import company_taxonomy
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

NOTICE = dt.timedelta(hours=4)
LEAST_SEARCH_S, SEARCH_S_PER_TALK, MOST_SEARCH_S = 2.5, 0.03, 8.0
KINDS = ("algorithm", "business", "hr")


@dataclass(frozen=True, slots=True)
class PanelWish:
    """What one round of talks needs. The first seat leads.

    Attributes:
        after_days: whole days after the round before; 0 allows the same day.
    """

    round_no: int = 1
    title: str = ""
    minutes: int = 60
    seats: tuple[SeatWish, ...] = tuple(SeatWish(department=kind) for kind in KINDS)
    break_minutes: int = 15
    after_days: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One talk as proposed; ``people`` in the order of the panel's seats."""

    application: Application
    round_no: int
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A talk without a place, and what stands in its way."""

    application: Application
    round_no: int
    reason: Message


@dataclass(frozen=True, slots=True)
class Plan:
    """A proposal for a round.

    Attributes:
        objective, bound: cost and proven least cost; equal means nothing better exists.
        place, meeting_url, materials: for every talk of the plan.
    """

    position: Position
    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    objective: int
    bound: int
    figures: Figures
    place: str = ""
    meeting_url: str = ""
    materials: str = ""

    @property
    def proven_best(self) -> bool:
        return self.objective == self.bound

    @property
    def gap_percent(self) -> float:
        """How far the plan can be from the best one at most, in percent of its cost."""
        return 100 * (self.objective - self.bound) / self.objective if self.objective else 0.0


def round_plan(
    *,
    position: Position,
    applications: Sequence[Application],
    panels: Sequence[PanelWish],
    horizon: tuple[dt.date, dt.date],
    at: dt.datetime,
    time_limit_s: float | None = None,
) -> Plan:
    """Proposes a time and a panel for every application and round.

    Args:
        panels: the rounds in order; each comes after the one before it.
        horizon: first and last day, both included, in the branch's time zone.
        time_limit_s: for the search; by default 2.5 s, more for many talks, 8 s at most.

    Raises:
        InvalidInput: nobody to meet, no panel, or a horizon of no or of more than 62 days.
    """
    if not applications or not panels:
        raise InvalidInput(say("interviews.nothing_to_plan"), field="applications")
    wanted, unplaced = _wanted(applications, panels)
    if not wanted:
        return Plan(position, (), tuple(unplaced), 0, 0, Figures(0, 0.0, 0, 0, 0.0))
    people = panel_people(position)
    zone = ZoneInfo(position.branch.time_zone)
    first, last = horizon
    start = dt.datetime.combine(first, dt.time(), tzinfo=zone)
    end = dt.datetime.combine(last, dt.time(), tzinfo=zone) + dt.timedelta(days=1)
    times = people_time(people, start, end, at=at)
    past = Window(start, max(start + dt.timedelta(minutes=1), at + NOTICE))
    owners = {f"candidate:{a.candidate.ref}": a for a in wanted}
    taken = booked_windows(owners, start, end)
    weeks = max(1.0, ((last - first).days + 1) / 7)
    problem = Problem(
        zone=position.branch.time_zone,
        first_day=first,
        last_day=last,
        interviewers=tuple(_interviewer(p, times[p.pk], weeks) for p in people),
        rounds=_rounds(panels),
        candidates=tuple(
            Candidate(
                id=application.ref,
                rounds=tuple(f"r{n}" for n in rounds),
                busy=(past, *taken.get(f"candidate:{application.candidate.ref}", ())),
                zone=application.candidate.time_zone,
            )
            for application, rounds in wanted.items()
        ),
    )
    talks = sum(len(rounds) for rounds in wanted.values())
    search_s = min(MOST_SEARCH_S, max(LEAST_SEARCH_S, SEARCH_S_PER_TALK * talks))
    found = schedule(problem, search_s if time_limit_s is None else time_limit_s)
    by_ref = {a.ref: a for a in wanted}
    person_of = {p.ref: p for p in people}
    wish_of = {f"r{wish.round_no}": wish for wish in panels}
    return Plan(
        position=position,
        proposals=tuple(
            Proposal(
                application=by_ref[a.candidate],
                round_no=wish_of[a.round].round_no,
                title=wish_of[a.round].title,
                starts_at=a.start,
                ends_at=a.end,
                people=tuple(person_of[ref] for ref in a.panel),
            )
            for a in found.assignments
        ),
        unplaced=(
            *unplaced,
            *(
                Unplaced(by_ref[u.candidate], wish_of[u.round].round_no, u.reason)
                for u in found.unassigned
            ),
        ),
        objective=found.objective,
        bound=found.bound,
        figures=found.figures,
    )


def plan_apply(*, actor: Actor, plan: Plan, at: dt.datetime) -> list[Interview]:
    """Books every talk of the plan, builds its kit and invites everybody.

    Each talk is a transaction of its own. One whose time was taken meanwhile is left out: it is
    not in the answer, and the next plan finds it another time.
    """
    questions, concepts = questions_for(plan.position), company_taxonomy()
    booked = []
    for proposal in plan.proposals:
        application = Application.objects.select_related(
            "candidate", "position__branch", "position__model_version", "branch", "resume"
        ).get(pk=proposal.application.pk)
        dimensions = dimensions_of(application)
        minutes = int((proposal.ends_at - proposal.starts_at).total_seconds() // 60)
        try:
            interview = interview_arrange(
                actor=actor,
                application=application,
                starts_at=proposal.starts_at,
                ends_at=proposal.ends_at,
                seats=[
                    _seat(person, "member" if index else "lead", dimensions)
                    for index, person in enumerate(proposal.people)
                ],
                at=at,
                round_no=proposal.round_no,
                title=proposal.title,
                place=plan.place,
                meeting_url=plan.meeting_url,
                materials=plan.materials,
                kit=kit_document(
                    application, minutes=minutes, questions=questions, concepts=concepts
                ),
            )
        except Conflict:
            continue
        booked.append(interview)
    return booked


@transaction.atomic
def plan_keep(*, actor: Actor, plan: Plan, at: dt.datetime) -> InterviewPlan:
    """Keeps a proposal, so that it can be looked at, reloaded and accepted later."""
    return InterviewPlan.objects.create(
        position=plan.position,
        document=plan_document(plan),
        created_at=at,
        created_by_id=actor.person_id,
    )


def plan_accept(*, actor: Actor, kept: InterviewPlan, at: dt.datetime) -> list[Interview]:
    """Applies a kept proposal, once.

    Raises:
        Conflict: it was accepted before.
    """
    won = InterviewPlan.objects.filter(pk=kept.pk, applied_at=None).update(applied_at=at)
    if not won:
        raise Conflict(say("interviews.plan_applied"))
    return plan_apply(actor=actor, plan=plan_of(kept), at=at)


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as data: refs, moments, reasons."""
    return {
        "proposals": [
            {
                "application": p.application.ref,
                "round_no": p.round_no,
                "title": p.title,
                "starts_at": p.starts_at.isoformat(),
                "ends_at": p.ends_at.isoformat(),
                "people": [person.ref for person in p.people],
            }
            for p in plan.proposals
        ],
        "unplaced": [
            {
                "application": u.application.ref,
                "round_no": u.round_no,
                "reason": {"id": u.reason.id, "args": dict(u.reason.args)},
            }
            for u in plan.unplaced
        ],
        "objective": plan.objective,
        "bound": plan.bound,
        "figures": {
            name: getattr(plan.figures, name)
            for name in ("days_to_finish", "mean_days", "load_min", "load_max", "load_sd")
        },
        "place": plan.place,
        "meeting_url": plan.meeting_url,
        "materials": plan.materials,
    }


def plan_of(kept: InterviewPlan) -> Plan:
    """The plan from its stored form; people and applications read afresh."""
    document = kept.document
    rows = [*document["proposals"], *document["unplaced"]]
    applications = {
        a.ref: a
        for a in Application.objects.filter(
            ref__in={row["application"] for row in rows}, position_id=kept.position_id
        ).select_related("candidate")
    }
    refs = {ref for row in document["proposals"] for ref in row["people"]}
    people = {p.ref: p for p in Person.objects.filter(ref__in=refs).select_related("department")}
    return Plan(
        position=kept.position,
        proposals=tuple(
            Proposal(
                application=applications[row["application"]],
                round_no=row["round_no"],
                title=row["title"],
                starts_at=dt.datetime.fromisoformat(row["starts_at"]),
                ends_at=dt.datetime.fromisoformat(row["ends_at"]),
                people=tuple(people[ref] for ref in row["people"]),
            )
            for row in document["proposals"]
            if row["application"] in applications
        ),
        unplaced=tuple(
            Unplaced(
                applications[row["application"]],
                row["round_no"],
                Message(row["reason"]["id"], row["reason"]["args"]),
            )
            for row in document["unplaced"]
            if row["application"] in applications
        ),
        objective=document["objective"],
        bound=document["bound"],
        figures=Figures(**document["figures"]),
        place=document.get("place", ""),
        meeting_url=document.get("meeting_url", ""),
        materials=document.get("materials", ""),
    )


def _wanted(
    applications: Sequence[Application], panels: Sequence[PanelWish]
) -> tuple[dict[Application, list[int]], list[Unplaced]]:
    """Which rounds each application still needs, and who cannot be planned at all."""
    rounds = [wish.round_no for wish in panels]
    has: dict[int, set[int]] = {}
    standing = Interview.objects.filter(application__in=applications).exclude(
        status=Interview.Status.CANCELLED
    )
    for application_id, round_no in standing.values_list("application_id", "round_no"):
        has.setdefault(application_id, set()).add(round_no)
    wanted: dict[Application, list[int]] = {}
    unplaced = []
    for application in applications:
        missing = [n for n in rounds if n not in has.get(application.pk, set())]
        if not missing:
            reason = say("interviews.already_planned")
            unplaced.append(Unplaced(application, rounds[0], reason))
        elif not may_interview(application):
            reason = say("interviews.not_at_this_stage")
            unplaced.append(Unplaced(application, missing[0], reason))
        else:
            wanted[application] = missing
    return wanted, unplaced


def _rounds(panels: Sequence[PanelWish]) -> tuple[Round, ...]:
    ordered = sorted(panels, key=lambda wish: wish.round_no)
    rounds = []
    for index, wish in enumerate(ordered):
        rounds.append(
            Round(
                id=f"r{wish.round_no}",
                minutes=wish.minutes,
                seats=wish.seats,
                after=f"r{ordered[index - 1].round_no}" if index else "",
                min_gap_minutes=wish.after_days * 12 * 60,
                break_minutes=wish.break_minutes,
            )
        )
    return tuple(rounds)


def _interviewer(person: Person, time: PersonTime, weeks: float) -> Interviewer:
    most = round(person.max_interviews_per_week * weeks) - len(time.booked)
    return Interviewer(
        id=person.ref,
        department=person.department.kind if person.department else "",
        skills=frozenset(person.skills),
        seniority=person.seniority,
        zone=person.time_zone,
        hours=time.hours,
        busy=tuple(time.busy),
        booked=tuple(time.booked),
        max_per_day=person.max_interviews_per_day,
        max_total=max(0, most),
    )


def _seat(person: Person, seat: str, dimensions: Sequence[str]) -> Seat:
    kind = person.department.kind if person.department else ""
    return Seat(person, seat, focus_of(kind, dimensions))
