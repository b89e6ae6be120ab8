"""A scheduling problem and its plan. Moments are aware; days are those of the problem's zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from touchstone.common.messages import Message


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, end exclusive."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of one weekday in the owner's zone: 0 Monday; minutes after midnight."""

    weekday: int
    start_minute: int
    end_minute: int


OFFICE_HOURS = tuple(
    Hours(weekday, start, end) for weekday in range(5) for start, end in ((540, 720), (810, 1080))
)
WAKING_HOURS = tuple(Hours(weekday, 480, 1260) for weekday in range(7))


@dataclass(frozen=True, slots=True)
class Interviewer:
    """Somebody who can sit on panels.

    Attributes:
        zone: IANA name; empty for the problem's.
        seniority: any scale, higher is more senior.
        max_total: over the horizon; None for no limit.
        booked: talks of other plans: busy, and counted towards the day's limit.
        training: "lead" may fill seats; "shadow" only sits in, beside a lead of the department.
        shadow_sessions: how many sessions a shadow still needs.
    """

    id: str
    department: str = ""
    skills: frozenset[str] = frozenset()
    seniority: int = 1
    branch: str = ""
    zone: str = ""
    hours: tuple[Hours, ...] = OFFICE_HOURS
    busy: tuple[Window, ...] = ()
    booked: tuple[Window, ...] = ()
    max_per_day: int = 4
    max_total: int | None = None
    training: str = "lead"
    shadow_sessions: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a branch, or a meeting licence (usable from anywhere)."""

    id: str
    kind: str = "room"
    branch: str = ""
    busy: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """``count`` different people who fit every condition given."""

    department: str = ""
    skills: frozenset[str] = frozenset()
    min_seniority: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True)
class Round:
    """One kind of talk.

    Attributes:
        after: the round that must be over first; empty for none.
        min_gap_minutes: from the end of ``after`` to the start.
        max_gap_days: calendar days from ``after`` to this round at most; None for no limit.
        room: "" none, "room" a room at the candidate's branch, "licence" a meeting licence.
        break_minutes: the panel's pause afterwards.
    """

    id: str
    minutes: int
    seats: tuple[Seat, ...]
    after: str = ""
    min_gap_minutes: int = 0
    max_gap_days: int | None = None
    room: str = ""
    break_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to be met.

    Attributes:
        rounds: ids in any order; empty for all rounds.
        offered: when they can; empty for any waking hour of their zone.
        branch: where they come to; empty for online.
    """

    id: str
    rounds: tuple[str, ...] = ()
    offered: tuple[Window, ...] = ()
    busy: tuple[Window, ...] = ()
    zone: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Travel:
    """Minutes between two branches, both ways."""

    origin: str
    destination: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What a plan costs; see docs/scheduling.md.

    Attributes:
        unplaced: per talk without a place. finish: per candidate and day until the last talk.
        last_day: per day until the last talk of all. load: per talk above a fair share.
    """

    unplaced: int = 10_000
    finish: int = 10
    last_day: int = 100
    load: int = 5


@dataclass(frozen=True, slots=True)
class Assignment:
    """One talk with its place in the plan; ``shadows`` sit in without a vote."""

    candidate: str
    round: str
    start: dt.datetime
    end: dt.datetime
    panel: tuple[str, ...]
    room: str = ""
    shadows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything `schedule` needs.

    Attributes:
        first_day, last_day: both inclusive, in ``zone``.
        step_minutes: talks start on multiples of this after midnight.
        fixed: talks that already stand and must not move.
    """

    zone: str
    first_day: dt.date
    last_day: dt.date
    interviewers: tuple[Interviewer, ...]
    rounds: tuple[Round, ...]
    candidates: tuple[Candidate, ...]
    rooms: tuple[Room, ...] = ()
    travel: tuple[Travel, ...] = ()
    fixed: tuple[Assignment, ...] = ()
    step_minutes: int = 15
    weights: Weights = Weights()


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A talk without a place, and the first thing that stands in its way."""

    candidate: str
    round: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Figures:
    """What people compare plans by.

    Attributes:
        days_to_finish: calendar days from the first day of the horizon to the last talk, inclusive.
        mean_days: mean over fully placed candidates of the day of their last talk, first day = 1.
        load_min, load_max, load_sd: talks per interviewer who can fill a seat at all.
    """

    days_to_finish: int
    mean_days: float
    load_min: int
    load_max: int
    load_sd: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plan.

    Attributes:
        assignments: by start, then candidate.
        objective: cost by `Weights`. bound: no plan costs less.
        gap: (objective − bound) / objective; 0 is proven optimal.
    """

    assignments: tuple[Assignment, ...]
    unassigned: tuple[Unassigned, ...]
    objective: int
    bound: int
    gap: float
    figures: Figures
