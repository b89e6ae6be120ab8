"""Reads a scheduling problem from JSON and writes a plan as JSON; the schema is docs/scheduling.md.

Everything that is wrong is said with its place: ``interviewers[3].busy[0].start``. Unknown keys are
ignored.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Lang, render, say
from touchstone.engine.scheduling.problem import (
    OFFICE_HOURS,
    Assignment,
    Candidate,
    Hours,
    Interviewer,
    Problem,
    Room,
    Round,
    Schedule,
    Seat,
    Travel,
    Weights,
    Window,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\Z")
ROOM_KINDS = ("room", "licence")


def problem_from_document(document: Any) -> Problem:
    """The problem of a parsed JSON document.

    Raises:
        InvalidInput: something is missing, of the wrong type or impossible; ``field`` is its place.
    """
    top = _Node(document, "").mapping()
    zone = top.text("zone", default="Asia/Shanghai", known_as="time_zone")
    _zone(zone, top.place("zone"))
    horizon = top.child("horizon").mapping()
    here = _Reader(zone)
    weights = top.optional("weights")
    return Problem(
        zone=zone,
        first_day=_day(horizon.child("first", known_as="start")),
        last_day=_day(horizon.child("last", known_as="end")),
        step_minutes=top.number("step_minutes", 15, low=5, high=240),
        interviewers=tuple(here.interviewer(row) for row in top.rows("interviewers")),
        rounds=tuple(_round(row) for row in top.rows("rounds")),
        candidates=tuple(here.candidate(row) for row in top.rows("candidates")),
        rooms=tuple(here.room(row) for row in top.rows("rooms", optional=True)),
        travel=tuple(_travel(row) for row in top.rows("travel", optional=True)),
        fixed=tuple(here.assignment(row) for row in top.rows("fixed", optional=True)),
        weights=_weights(weights.mapping()) if weights else Weights(),
    )


def assignments_from_document(document: Any, zone: str) -> tuple[Assignment, ...]:
    """The assignments of a plan that `plan_document` wrote.

    Raises:
        InvalidInput: it is no such plan.
    """
    here = _Reader(zone)
    top = _Node(document, "").mapping()
    return tuple(here.assignment(row) for row in top.rows("assignments"))


def plan_document(schedule: Schedule, lang: Lang = "zh") -> dict[str, Any]:
    """The plan as the object that `touchstone schedule` prints."""
    return {
        "status": "optimal" if schedule.gap == 0 else "feasible",
        "assignments": [assignment_document(a) for a in schedule.assignments],
        "unassigned": [
            {
                "candidate": u.candidate,
                "round": u.round,
                "reason": u.reason.id.split(".", 1)[1],
                "detail": render(u.reason, lang),
            }
            for u in schedule.unassigned
        ],
        "objective": schedule.objective,
        "bound": schedule.bound,
        "gap": schedule.gap,
        "figures": dataclasses.asdict(schedule.figures),
    }


def assignment_document(assignment: Assignment) -> dict[str, Any]:
    """One assignment; moments in ISO 8601 with the problem's offset."""
    return {
        "candidate": assignment.candidate,
        "round": assignment.round,
        "start": assignment.start.isoformat(),
        "end": assignment.end.isoformat(),
        "panel": list(assignment.panel),
        "room": assignment.room,
        "shadows": list(assignment.shadows),
    }


class _Node:
    """A value with its place in the document."""

    def __init__(self, value: Any, where: str) -> None:
        self.value, self.where = value, where

    def wrong(self, what: str, **args: Any) -> InvalidInput:
        where = self.where or "."
        return InvalidInput(
            say("scheduling.bad_json", where=where, what=say(f"scheduling.{what}", **args)),
            field=where,
        )

    def mapping(self) -> _Fields:
        if not isinstance(self.value, Mapping):
            raise self.wrong("want_object")
        return _Fields(self.value, self.where)

    def items(self) -> list[_Node]:
        if not isinstance(self.value, Sequence) or isinstance(self.value, str):
            raise self.wrong("want_list")
        return [_Node(value, f"{self.where}[{i}]") for i, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("want_text")
        return self.value

    def number(self, low: int, high: int) -> int:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong("want_number", low=low, high=high)
        return value


class _Fields:
    """An object of the document."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.values, self.where = values, where

    def place(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def optional(self, name: str, known_as: str = "") -> _Node | None:
        for key in (name, known_as):
            if key and self.values.get(key) is not None:
                return _Node(self.values[key], self.place(key))
        return None

    def child(self, name: str, known_as: str = "") -> _Node:
        found = self.optional(name, known_as)
        if found is None:
            raise _Node(None, self.place(name)).wrong("missing")
        return found

    def rows(self, name: str, *, optional: bool = False) -> list[_Fields]:
        found = self.optional(name) if optional else self.child(name)
        return [row.mapping() for row in found.items()] if found else []

    def text(self, name: str, default: str | None = None, known_as: str = "") -> str:
        found = self.optional(name, known_as)
        if found is None and default is not None:
            return default
        return (found or self.child(name)).text()

    def id(self, name: str = "id") -> str:
        node = self.child(name)
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return str(node.value)
        value = node.text().strip()
        if not value:
            raise node.wrong("missing")
        return value

    def number(self, name: str, default: int, *, low: int = 0, high: int = 100_000) -> int:
        found = self.optional(name)
        return default if found is None else found.number(low, high)

    def words(self, name: str) -> frozenset[str]:
        found = self.optional(name)
        return frozenset(node.text() for node in found.items()) if found else frozenset()


class _Reader:
    """Reads what has moments in it: those without an offset are in the problem's zone."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def interviewer(self, row: _Fields) -> Interviewer:
        zone = row.text("zone", default="")
        if zone:
            _zone(zone, row.place("zone"))
        hours = row.optional("hours", "working_hours")
        total = row.optional("max_total")
        training = row.text("training", default="lead")
        if training not in {"lead", "shadow"}:
            raise row.child("training").wrong("want_one_of", choices="lead, shadow")
        return Interviewer(
            id=row.id(),
            department=row.text("department", default=""),
            skills=row.words("skills"),
            seniority=row.number("seniority", 1),
            branch=row.text("branch", default=""),
            zone=zone,
            hours=_hours(hours) if hours else OFFICE_HOURS,
            busy=self.windows(row, "busy"),
            booked=self.windows(row, "booked"),
            max_per_day=row.number("max_per_day", 4),
            max_total=total.number(0, 100_000) if total else None,
            training=training,
            shadow_sessions=row.number("shadow_sessions", 0),
        )

    def candidate(self, row: _Fields) -> Candidate:
        zone = row.text("zone", default="")
        if zone:
            _zone(zone, row.place("zone"))
        rounds = row.optional("rounds")
        return Candidate(
            id=row.id(),
            rounds=tuple(node.text() for node in rounds.items()) if rounds else (),
            offered=self.windows(row, "offered"),
            busy=self.windows(row, "busy"),
            zone=zone,
            branch=row.text("branch", default=""),
        )

    def room(self, row: _Fields) -> Room:
        kind = row.text("kind", default="room")
        if kind not in ROOM_KINDS:
            raise row.child("kind").wrong("want_one_of", choices=", ".join(ROOM_KINDS))
        return Room(row.id(), kind, row.text("branch", default=""), self.windows(row, "busy"))

    def assignment(self, row: _Fields) -> Assignment:
        return Assignment(
            candidate=row.id("candidate"),
            round=row.id("round"),
            start=self.moment(row.child("start")),
            end=self.moment(row.child("end")),
            panel=tuple(node.text() for node in row.child("panel").items()),
            room=row.text("room", default=""),
            shadows=tuple(sorted(row.words("shadows"))),
        )

    def windows(self, row: _Fields, name: str) -> tuple[Window, ...]:
        found = row.optional(name)
        return tuple(self._window(node) for node in found.items()) if found else ()

    def _window(self, node: _Node) -> Window:
        if isinstance(node.value, Mapping):
            fields = node.mapping()
            start, end = fields.child("start"), fields.child("end")
        else:
            pair = node.items()
            if len(pair) != 2:
                raise node.wrong("want_window")
            start, end = pair
        window = Window(self.moment(start), self.moment(end))
        if not window.start < window.end:
            raise node.wrong("window_backwards")
        return window

    def moment(self, node: _Node) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(node.text())
        except ValueError as error:
            raise node.wrong("want_moment") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.zone))


def _round(row: _Fields) -> Round:
    room = row.text("room", default="")
    if room not in {"", *ROOM_KINDS}:
        raise row.child("room").wrong("want_one_of", choices=", ".join(ROOM_KINDS))
    gap_days = row.optional("max_gap_days")
    return Round(
        id=row.id(),
        minutes=row.child("minutes").number(5, 480),
        seats=tuple(
            Seat(
                department=seat.text("department", default=""),
                skills=seat.words("skills"),
                min_seniority=seat.number("min_seniority", 0),
                count=seat.number("count", 1, low=1, high=20),
            )
            for seat in row.rows("seats")
        ),
        after=row.text("after", default=""),
        min_gap_minutes=row.number("min_gap_minutes", 0),
        max_gap_days=gap_days.number(0, 62) if gap_days else None,
        room=room,
        break_minutes=row.number("break_minutes", 0, high=240),
    )


def _hours(node: _Node) -> tuple[Hours, ...]:
    """A list of {weekday, from, to}, or a mapping mon … sun → list of [from, to]."""
    if isinstance(node.value, Mapping):
        found = []
        for key, value in node.value.items():
            day = _Node(key, f"{node.where}.{key}")
            weekday = _weekday(day)
            for pair in _Node(value, day.where).items():
                ends = pair.items()
                if len(ends) != 2:
                    raise pair.wrong("want_window")
                found.append(_span(pair, weekday, ends[0], ends[1]))
        return tuple(found)
    rows = [(item, item.mapping()) for item in node.items()]
    return tuple(
        _span(item, _weekday(row.child("weekday")), row.child("from"), row.child("to"))
        for item, row in rows
    )


def _span(node: _Node, weekday: int, start: _Node, end: _Node) -> Hours:
    hours = Hours(weekday, _minute(start), _minute(end))
    if not hours.start_minute < hours.end_minute <= 24 * 60:
        raise node.wrong("window_backwards")
    return hours


def _weekday(node: _Node) -> int:
    if isinstance(node.value, str) and node.value[:3].lower() in WEEKDAYS:
        return WEEKDAYS.index(node.value[:3].lower())
    if isinstance(node.value, int) and not isinstance(node.value, bool) and 0 <= node.value <= 6:
        return node.value
    raise node.wrong("want_weekday")


def _minute(node: _Node) -> int:
    match = CLOCK.match(node.text())
    if not match:
        raise node.wrong("want_clock")
    return 60 * int(match[1]) + int(match[2])


def _day(node: _Node) -> dt.date:
    try:
        return dt.date.fromisoformat(node.text())
    except ValueError as error:
        raise node.wrong("want_day") from error


def _travel(row: _Fields) -> Travel:
    return Travel(row.id("from"), row.id("to"), row.child("minutes").number(0, 1440))


def _weights(row: _Fields) -> Weights:
    plain = Weights()
    return Weights(
        **{
            field.name: row.number(field.name, getattr(plain, field.name), high=10_000_000)
            for field in dataclasses.fields(Weights)
        }
    )


def _zone(name: str, where: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _Node(name, where).wrong("unknown_zone", zone=name) from error
