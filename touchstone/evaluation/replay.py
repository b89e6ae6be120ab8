"""A talk afterwards: its recording, its words, one's notes and the key points that may be heard.

What others confirmed comes under the blind rule, as their scores do. The number of queries depends
on nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from touchstone.accounts.models import Person
from touchstone.engine.listening.segments import segment_at
from touchstone.evaluation.permissions import blind, visible_notes
from touchstone.interviews.models import (
    Interview,
    PanelMember,
    PointMark,
    Recording,
    RoomNote,
    Transcript,
)
from touchstone.interviews.services.meetings import recording_allowed, words_allowed

STILL_SAID_S = 30
"""A note is about what was said up to half a minute before it."""


@dataclass(slots=True)
class Line:
    """A segment of the transcript; ``quoted`` where a proposal rests on it."""

    number: int
    start_s: float
    end_s: float
    text: str
    speaker: str
    quoted: bool = False


@dataclass(slots=True)
class NotedMoment:
    """A note with the recording's second and what was said there."""

    note: RoomNote
    at_s: int | None
    line: Line | None


@dataclass(slots=True)
class PointHeard:
    """A key point: its proposal where there is one, one's own word on it, and others' names."""

    id: str
    text: Mapping[str, str]
    mark: str = ""
    decision: str = ""  # yes | no | "" where nobody has said anything yet
    quote: str = ""
    at_s: float | None = None
    line: int | None = None
    whole: bool = False
    others: list[str] = field(default_factory=list)


@dataclass(slots=True)
class QuestionHeard:
    """A question of the kit with its points; ``at_s`` of the recording where it was asked."""

    number: int
    code: str
    title: Mapping[str, str]
    points: list[PointHeard]
    at_s: int | None


@dataclass(slots=True)
class Replay:
    """Everything on the page."""

    interview: Interview
    seat: PanelMember | None
    recordings: list[Recording]
    recording: Recording | None
    transcript: Transcript | None
    lines: list[Line]
    notes: list[NotedMoment]
    questions: list[QuestionHeard]
    closed: bool
    may_write_down: bool

    @property
    def listened(self) -> list[QuestionHeard]:
        """Questions that were marked as asked or have a proposal; all where there are no such."""
        found = [q for q in self.questions if q.at_s is not None or any(p.quote for p in q.points)]
        return found or self.questions

    @property
    def guessed(self) -> bool:
        """Whether there are proposals although nobody marked a question as asked."""
        return self.proposed > 0 and all(q.at_s is None for q in self.questions)

    @property
    def unasked(self) -> list[QuestionHeard]:
        known = {q.code for q in self.listened}
        return [q for q in self.questions if q.code not in known]

    @property
    def speakers(self) -> list[str]:
        return sorted({line.speaker for line in self.lines if line.speaker})

    @property
    def proposed(self) -> int:
        return sum(1 for q in self.questions for p in q.points if p.quote)

    @property
    def undecided(self) -> int:
        return sum(1 for q in self.questions for p in q.points if p.quote and not p.decision)


def replay_of(
    person: Person, interview: Interview, *, wanted: str = "", at_s: int | None = None
) -> Replay:
    """The talk as this person may see it now; without standing consent no recording, no words.

    Args:
        wanted: ref of the recording to play; where there is no such, the one that runs at
            ``at_s``; the first one otherwise.
        at_s: second of the room's clock.
    """
    seats = interview.panel.filter(removed_at=None).select_related("person")
    may_write_down = words_allowed(interview)
    recordings = _recordings(interview)
    recording = next((r for r in recordings if r.ref == wanted), None)
    if recording is None and at_s is not None:
        recording = running_at(recordings, at_s)
    recording = recording or next(iter(recordings), None)
    transcript = getattr(recording, "transcript", None) if recording and may_write_down else None
    lines = _lines(transcript)
    closed = blind(person, interview.application)
    notes = visible_notes(person, interview).select_related("author")
    return Replay(
        interview=interview,
        seat=next((s for s in seats if s.person_id == person.pk), None),
        recordings=recordings,
        recording=recording,
        transcript=transcript,
        lines=lines,
        notes=_moments(notes, recording, lines),
        questions=_questions(person, interview, recording, transcript, closed=closed),
        closed=closed,
        may_write_down=may_write_down,
    )


def running_at(recordings: Iterable[Recording], second: int) -> Recording | None:
    """The recording that holds this second of the room's clock; one whose length nobody knows
    holds everything after its start."""
    found = None
    for recording in sorted(recordings, key=lambda r: (r.starts_at_second, r.pk)):
        length = recording.duration_s
        begun = recording.starts_at_second <= second
        if begun and (not length or second <= recording.starts_at_second + length):
            found = recording
    return found


def _recordings(interview: Interview) -> list[Recording]:
    if not recording_allowed(interview):
        return []
    return list(
        interview.recordings.filter(deleted_at=None, file__erased_at=None)
        .select_related("file", "transcript__brought_by")
        .order_by("starts_at_second", "pk")
    )


def _lines(transcript: Transcript | None) -> list[Line]:
    if transcript is None:
        return []
    quoted = {n for proposal in transcript.proposals for n in proposal["segments"]}
    return [
        Line(n, row["start"], row["end"], row["text"], row.get("speaker", ""), n in quoted)
        for n, row in enumerate(transcript.segments)
    ]


def _moments(
    notes: Sequence[RoomNote] | Any, recording: Recording | None, lines: Sequence[Line]
) -> list[NotedMoment]:
    starts = [line.start_s for line in lines]
    found = []
    for note in notes:
        at_s = None
        if note.at_second is not None and recording is not None:
            at_s = note.at_second - recording.starts_at_second
        within = at_s is not None and at_s >= 0
        number = segment_at(starts, at_s) if within and at_s is not None else None
        line = None if number is None else lines[number]
        if line is not None and at_s is not None and at_s - line.end_s > STILL_SAID_S:
            line = None
        found.append(NotedMoment(note, at_s if within else None, line))
    return found


def _questions(
    person: Person,
    interview: Interview,
    recording: Recording | None,
    transcript: Transcript | None,
    *,
    closed: bool,
) -> list[QuestionHeard]:
    marks = PointMark.objects.filter(interview=interview).select_related("person")
    if closed:
        marks = marks.filter(person=person)
    own: dict[tuple[str, str], PointMark] = {}
    others: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mark in marks.order_by("pk"):
        key = (mark.question_code, mark.point)
        if mark.person_id == person.pk:
            own[key] = mark
        elif mark.quote:
            others[key].append(mark.person.name)
    proposals = {
        (p["question"], p["point"]): p for p in (transcript.proposals if transcript else ())
    }
    found = []
    for number, row in enumerate(interview.kit.get("questions", ()), 1):
        code = str(row["code"])
        asked = (interview.asked.get(code) or {}).get("at")
        points = [
            _point(point, own.get(key), proposals.get(key), others.get(key, []))
            for point in row.get("rubric", {}).get("key_points", ())
            for key in [(code, str(point["id"]))]
        ]
        at_s = None if asked is None or recording is None else asked - recording.starts_at_second
        title = row.get("title") or row.get("text") or {}
        found.append(QuestionHeard(number, code, title, points, at_s))
    return found


def _point(
    point: Mapping[str, Any],
    own: PointMark | None,
    proposal: Mapping[str, Any] | None,
    others: list[str],
) -> PointHeard:
    heard = PointHeard(str(point["id"]), point["text"], mark=own.mark if own else "", others=others)
    if proposal is not None:
        heard.quote, heard.at_s = proposal["quote"], proposal["start"]
        heard.whole, heard.line = proposal["whole"], proposal["segments"][0]
        if own is not None:
            heard.decision = "yes" if own.quote else "no" if own.declined else ""
    return heard
