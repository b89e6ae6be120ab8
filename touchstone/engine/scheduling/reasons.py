"""Why a talk has no place: the first rule that leaves no start."""

from __future__ import annotations

import numpy as np

from touchstone.common.messages import Message, say
from touchstone.engine.scheduling.calendar import Calendar, copy_of
from touchstone.engine.scheduling.compiled import Talk
from touchstone.engine.scheduling.problem import Seat


def why_not(calendar: Calendar, talk: Talk) -> Message:
    """What stands in the way of a talk, given all that is already placed."""
    compiled = calendar.compiled
    if not len(talk.starts):
        return say("scheduling.no_candidate_time")
    names = [
        seat
        for r in compiled.problem.rounds
        if r.id == talk.round
        for seat in r.seats
        for _ in range(seat.count)
    ]
    for seat, name in zip(talk.seats, names, strict=True):
        if not seat:
            return say("scheduling.nobody_fits", seat=_seat(name))
    if talk.before >= 0 and talk.before not in calendar.placements:
        return say("scheduling.earlier_round_open", round=compiled.talks[talk.before].round)
    starts = calendar.candidate_starts(talk)
    if not len(starts):
        return say("scheduling.order_leaves_no_time")
    for seat, name in zip(talk.seats, names, strict=True):
        free = np.any([compiled.fits(p, talk.length)[starts] for p in seat], axis=0)
        if not free.any():
            return say("scheduling.never_together", seat=_seat(name))
        open_ = np.any([calendar.person_starts(p, talk, starts) for p in seat], axis=0)
        if not open_.any():
            return say("scheduling.people_full", seat=_seat(name))
    if talk.room and not compiled.rooms_of.get((talk.room, talk.place)):
        return say("scheduling.no_such_room", kind=talk.room, branch=talk.place)
    empty = copy_of(calendar, without=set(calendar.placements) - {talk.before})
    if next(empty.options(talk, starts), None) is None:
        return say("scheduling.panel_never_meets")
    if talk.room and all(calendar.free_room(talk, int(s)) < 0 for s in starts):
        return say("scheduling.rooms_full")
    return say("scheduling.others_took_it")


def _seat(seat: Seat) -> str:
    parts = [seat.department, *sorted(seat.skills)]
    if seat.min_seniority:
        parts.append(f"≥{seat.min_seniority}")
    return " · ".join(part for part in parts if part) or "*"
