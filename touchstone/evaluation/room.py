"""What the interview room shows one person, under the blind rule.

Everything of others comes through `evaluation.permissions`; what is not theirs to see yet is not
read at all. The number of queries does not depend on questions, raters or notes.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from touchstone.accounts.models import Person
from touchstone.assessments.models import Attempt
from touchstone.engine.profiles.model import CompetencyModel, Dimension, Indicator, parse_model
from touchstone.evaluation.models import (
    DepartmentEvaluation,
    IndicatorScore,
    Scorecard,
    ScorecardEvent,
)
from touchstone.evaluation.permissions import (
    blind,
    visible_evaluations,
    visible_notes,
    visible_scorecards,
)
from touchstone.interviews.models import Interview, PanelMember, PointMark, Recording, RoomNote
from touchstone.interviews.services.kits import question_codes
from touchstone.interviews.services.meetings import recording_allowed
from touchstone.interviews.services.room import is_present

RANGES = ((0, 3), (4, 7), (8, 10))
GENERIC_ANCHORS: tuple[tuple[str, str], ...] = (
    ("没有做到，或说法与做法对不上", "Not shown, or words and deeds differ"),
    ("大体做到，细节要追问才清楚", "Mostly shown; details only when asked"),
    ("做到并讲得出取舍与结果", "Shown, with trade-offs and results"),
)


@dataclass(slots=True)
class PanelPerson:
    """One seat as everybody in the room may see it: never a score."""

    seat: PanelMember
    present: bool
    submitted: bool
    looking_at: str = ""
    question_number: int = 0


@dataclass(slots=True)
class SheetRow:
    """One indicator of the score sheet with the rater's own entry."""

    indicator: Indicator
    dimension: Dimension
    anchors: list[tuple[str, str]]
    required: bool
    own: IndicatorScore | None = None
    notes: list[RoomNote] = field(default_factory=list)
    covered: bool = False

    @property
    def rated(self) -> bool:
        return self.own is not None and (self.own.score is not None or self.own.not_observed)

    @property
    def range_index(self) -> int:
        """Which of the three ranges the score lies in, or −1."""
        if self.own is None or self.own.score is None:
            return -1
        return next(i for i, (_low, high) in enumerate(RANGES) if self.own.score <= high)


@dataclass(slots=True)
class SheetGroup:
    """A dimension of the sheet; ``focus`` where this rater is asked to judge it."""

    dimension: Dimension
    rows: list[SheetRow]
    focus: bool


@dataclass(slots=True)
class KitPoint:
    """A key point to listen for, with the reader's own mark."""

    id: str
    text: Any
    weight: float
    mark: str = ""


@dataclass(slots=True)
class KitQuestion:
    """One question of the kit as the room shows it."""

    number: int
    code: str
    document: Mapping[str, Any]
    points: list[KitPoint]
    asked_by: str = ""
    asked_at: int | None = None
    claimed_by: list[str] = field(default_factory=list)
    mine: bool = False

    @property
    def asked(self) -> bool:
        return self.asked_at is not None


@dataclass(slots=True)
class ConfirmedPoint:
    """A key point that somebody confirmed in the recording, with its words and who says so."""

    question: Mapping[str, Any]
    text: Mapping[str, Any]
    quote: str
    at_second: int | None
    names: list[str]


@dataclass(slots=True)
class Agreement:
    """How far apart the raters of one indicator are; the widest first in the debrief."""

    row: SheetRow
    scores: list[tuple[PanelMember, float]]
    not_observed: int
    spread: float
    mean: float | None


@dataclass(slots=True)
class Room:
    """Everything on the screen."""

    interview: Interview
    seat: PanelMember | None
    at: dt.datetime
    panel: list[PanelPerson]
    groups: list[SheetGroup]
    questions: list[KitQuestion]
    card: Scorecard | None
    notes: list[RoomNote]
    others_notes: list[RoomNote]
    closed: bool
    evaluation: DepartmentEvaluation | None
    evaluations: list[DepartmentEvaluation]
    cards: list[Scorecard]
    attempt: Attempt | None
    recordings: list[Recording]
    may_record: bool
    reopened: list[ScorecardEvent]
    model: CompetencyModel | None
    heard: list[ConfirmedPoint] = field(default_factory=list)

    @property
    def rows(self) -> list[SheetRow]:
        return [row for group in self.groups for row in group.rows]

    @property
    def expected(self) -> list[str]:
        """Indicators that this rater must judge before submitting."""
        return [row.indicator.id for row in self.rows if row.required]

    @property
    def missing(self) -> int:
        return sum(1 for row in self.rows if row.required and not row.rated)

    @property
    def submitted(self) -> bool:
        return self.card is not None and self.card.status == Scorecard.Status.SUBMITTED

    @property
    def all_submitted(self) -> bool:
        raters = [p for p in self.panel if p.seat.seat != "shadow"]
        return bool(raters) and all(p.submitted for p in raters)

    @property
    def evidence(self) -> list[dict[str, Any]]:
        screening = self.interview.application.screening
        return list(screening.result.get("evidence", ())) if screening else []

    def agreement(self) -> list[Agreement]:
        """Per indicator the scores this person may see, the biggest disagreement first."""
        seats = {p.seat.person_id: p.seat for p in self.panel}
        found = []
        by_indicator: dict[str, list[tuple[int, IndicatorScore]]] = defaultdict(list)
        for card in self.cards:
            if not card.counts or card.status != Scorecard.Status.SUBMITTED:
                continue
            for score in card.scores.all():
                by_indicator[score.indicator].append((card.rater_id, score))
        for row in self.rows:
            entries = by_indicator.get(row.indicator.id, [])
            scores = [
                (seats[rater], float(score.score))
                for rater, score in entries
                if score.score is not None and rater in seats
            ]
            values = [value for _seat, value in scores]
            found.append(
                Agreement(
                    row=row,
                    scores=scores,
                    not_observed=sum(1 for _r, s in entries if s.not_observed),
                    spread=max(values) - min(values) if len(values) > 1 else 0.0,
                    mean=sum(values) / len(values) if values else None,
                )
            )
        return sorted(found, key=lambda a: (-a.spread, -len(a.scores)))


def model_of(interview: Interview) -> CompetencyModel | None:
    """The competency model the sheet is made from."""
    version = interview.application.position.model_version
    return parse_model(version.document) if version else None


def pulse_of(person: Person, interview: Interview, at: dt.datetime) -> Room:
    """What changes while others work: who is there, what was asked, shared notes, who submitted.

    Asked for again with every change of the room, so it leaves everything else out.
    """
    seats = _seats(interview)
    submitted = _submitted(interview)
    codes = question_codes(interview.kit)
    notes = visible_notes(person, interview).exclude(author=person).select_related("author")
    return Room(
        interview=interview,
        seat=next((s for s in seats if s.person_id == person.pk), None),
        at=at,
        panel=[_panel_person(s, submitted, codes, at) for s in seats],
        groups=[],
        questions=_questions(person, interview, seats, {}),
        card=Scorecard(status=Scorecard.Status.SUBMITTED) if person.pk in submitted else None,
        notes=[],
        others_notes=list(notes),
        closed=False,
        evaluation=None,
        evaluations=[],
        cards=[],
        attempt=None,
        recordings=list(interview.recordings.filter(deleted_at=None)[:1]),
        may_record=False,
        reopened=[],
        model=None,
    )


def _seats(interview: Interview) -> list[PanelMember]:
    seats = interview.panel.filter(removed_at=None).select_related("person__department")
    return list(seats.order_by("pk"))


def _submitted(interview: Interview) -> set[int]:
    cards = Scorecard.objects.filter(interview=interview, status=Scorecard.Status.SUBMITTED)
    return set(cards.values_list("rater_id", flat=True))


def room_of(person: Person, interview: Interview, at: dt.datetime) -> Room:
    """The room as this person may see it now."""
    application = interview.application
    seats = _seats(interview)
    seat = next((s for s in seats if s.person_id == person.pk), None)
    submitted = _submitted(interview)
    codes = question_codes(interview.kit)
    cards = list(
        visible_scorecards(person, application)
        .filter(interview=interview)
        .select_related("rater__department")
        .prefetch_related("scores")
        .order_by("pk")
    )
    card = next((c for c in cards if c.rater_id == person.pk), None)
    notes = list(visible_notes(person, interview).select_related("author"))
    own_notes = [n for n in notes if n.author_id == person.pk]
    evaluations = list(
        visible_evaluations(person, application).select_related("department", "author")
    )
    model = model_of(interview)
    closed = blind(person, application)
    marks = _marks(person, interview, closed=closed)
    own_marks = {(m.question_code, m.point): m.mark for m in marks if m.person_id == person.pk}
    events = (
        ScorecardEvent.objects.filter(scorecard__in=cards, kind="reopened")
        .select_related("person")
        .order_by("at")
    )
    return Room(
        interview=interview,
        seat=seat,
        at=at,
        panel=[_panel_person(s, submitted, codes, at) for s in seats],
        groups=_sheet(model, seat, card, own_notes, interview) if model else [],
        questions=_questions(person, interview, seats, own_marks),
        card=card,
        notes=own_notes,
        others_notes=[n for n in notes if n.author_id != person.pk],
        closed=closed,
        evaluation=next((e for e in evaluations if e.department_id == person.department_id), None),
        evaluations=[e for e in evaluations if e.submitted_at],
        cards=cards,
        attempt=_attempt(interview),
        recordings=list(
            interview.recordings.filter(deleted_at=None, file__erased_at=None)
            .select_related("file")
            .order_by("pk")
        ),
        may_record=recording_allowed(interview),
        reopened=list(events),
        model=model,
        heard=_confirmed(interview, marks),
    )


def sheet_expected(interview: Interview, seat: PanelMember) -> list[str]:
    """Indicators a rater must judge: those of the seat's focus, or all without one."""
    model = model_of(interview)
    if model is None:
        return []
    focus = _focus(model, seat)
    return [i.id for d in model.dimensions if d.id in focus for i in d.indicators]


def _focus(model: CompetencyModel, seat: PanelMember | None) -> set[str]:
    known = {d.id for d in model.dimensions}
    own = {str(d) for d in seat.focus} & known if seat else set()
    return own or known


def _panel_person(
    seat: PanelMember, submitted: set[int], codes: Sequence[str], at: dt.datetime
) -> PanelPerson:
    number = codes.index(seat.looking_at) + 1 if seat.looking_at in codes else 0
    return PanelPerson(
        seat, is_present(seat, at), seat.person_id in submitted, seat.looking_at, number
    )


def _sheet(
    model: CompetencyModel,
    seat: PanelMember | None,
    card: Scorecard | None,
    notes: Sequence[RoomNote],
    interview: Interview,
) -> list[SheetGroup]:
    focus = _focus(model, seat)
    own = {score.indicator: score for score in card.scores.all()} if card else {}
    linked: dict[str, list[RoomNote]] = defaultdict(list)
    for note in notes:
        if note.indicator:
            linked[note.indicator].append(note)
    covered = _covered(interview)
    groups = [
        SheetGroup(
            dimension,
            [
                SheetRow(
                    indicator=indicator,
                    dimension=dimension,
                    anchors=anchors_of(indicator),
                    required=dimension.id in focus,
                    own=own.get(indicator.id),
                    notes=linked.get(indicator.id, []),
                    covered=indicator.id in covered,
                )
                for indicator in dimension.indicators
            ],
            dimension.id in focus,
        )
        for dimension in model.dimensions
    ]
    return sorted(groups, key=lambda g: not g.focus)


def _covered(interview: Interview) -> set[str]:
    """Indicators that a question asked so far speaks to."""
    found: set[str] = set()
    for row in interview.kit.get("questions", ()):
        if str(row["code"]) in interview.asked:
            found.update(row.get("indicators", ()))
    return found


def anchors_of(indicator: Indicator) -> list[tuple[str, str]]:
    """Three sentences, for 0–3, 4–7 and 8–10, in both languages."""
    found = []
    for (low, high), generic in zip(RANGES, GENERIC_ANCHORS, strict=True):
        own = [a for a in indicator.anchors if low <= a.score <= high]
        found.append((own[-1].text.zh, own[-1].text.en) if own else generic)
    return found


def _marks(person: Person, interview: Interview, *, closed: bool) -> list[PointMark]:
    """One's own marks; others' with them once scores are open."""
    rows = PointMark.objects.filter(interview=interview).select_related("person").order_by("pk")
    return list(rows.filter(person=person) if closed else rows)


def _confirmed(interview: Interview, marks: Sequence[PointMark]) -> list[ConfirmedPoint]:
    """What was confirmed in the recording, in the order of the kit."""
    by_point: dict[tuple[str, str], list[PointMark]] = defaultdict(list)
    for mark in marks:
        if mark.quote:
            by_point[mark.question_code, mark.point].append(mark)
    found = []
    for row in interview.kit.get("questions", ()):
        for point in row.get("rubric", {}).get("key_points", ()):
            said = by_point.get((str(row["code"]), str(point["id"])), [])
            if said:
                names = [mark.person.name for mark in said]
                first = said[0]
                found.append(
                    ConfirmedPoint(
                        row.get("title") or row.get("text") or {},
                        point["text"],
                        first.quote,
                        first.at_second,
                        names,
                    )
                )
    return found


def _questions(
    person: Person,
    interview: Interview,
    seats: Sequence[PanelMember],
    marks: Mapping[tuple[str, str], str],
) -> list[KitQuestion]:
    name_of = {s.person.ref: s.person.name for s in seats}
    found = []
    for number, row in enumerate(interview.kit.get("questions", ()), 1):
        code = str(row["code"])
        asked = interview.asked.get(code) or {}
        points = row.get("rubric", {}).get("key_points", ())
        found.append(
            KitQuestion(
                number=number,
                code=code,
                document=row,
                points=[
                    KitPoint(
                        str(p["id"]),
                        p["text"],
                        float(p.get("weight", 1)),
                        marks.get((code, str(p["id"])), ""),
                    )
                    for p in points
                ],
                asked_by=name_of.get(asked.get("by", ""), ""),
                asked_at=asked.get("at") if asked else None,
                claimed_by=[s.person.name for s in seats if code in s.asks],
                mine=any(code in s.asks for s in seats if s.person_id == person.pk),
            )
        )
    return found


def _attempt(interview: Interview) -> Attempt | None:
    return (
        Attempt.objects.filter(application_id=interview.application_id)
        .prefetch_related("items__item", "items__gradings", "items__submissions", "signals")
        .first()
    )
