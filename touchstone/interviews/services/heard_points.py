"""Key points that may be heard in a recording: the engine proposes, each panel member decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from touchstone.common.actors import Actor
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Lang, say
from touchstone.engine.grading.rubrics import KeyPoint, Rubric, rubric_from_question
from touchstone.engine.listening.heard import AskedQuestion, points_heard
from touchstone.engine.listening.segments import Segment
from touchstone.interviews.models import Interview, PointMark, Recording, Transcript
from touchstone.interviews.services.room import room_touch, seat_of
from touchstone.library.selectors import questions_by_code

DECISIONS = frozenset({"yes", "no", ""})


def proposals_of(
    interview: Interview, recording: Recording, transcript: Transcript
) -> list[dict[str, Any]]:
    """What the engine proposes, as plain data; empty without a kit or without words."""
    if not transcript.segments or not interview.kit.get("questions"):
        return []
    segments = [
        Segment(row["start"], row["end"], row["text"], row.get("speaker", ""))
        for row in transcript.segments
    ]
    return [
        {
            "question": heard.question,
            "point": heard.point,
            "quote": heard.quote,
            "start": heard.start_s,
            "end": heard.end_s,
            "whole": heard.whole,
            "segments": list(heard.segments),
        }
        for heard in points_heard(
            asked_questions(interview, recording),
            segments,
            others=_others(interview, transcript.candidate_speaker, segments),
        )
    ]


def asked_questions(interview: Interview, recording: Recording) -> list[AskedQuestion]:
    """The kit's questions with their rubrics, and where in the recording they were asked.

    The bank's own phrases help where the question still stands there; the kit's points decide.
    """
    rows = interview.kit.get("questions", ())
    lang: Lang = "en" if interview.kit.get("lang") == "en" else "zh"
    known = questions_by_code([str(row["code"]) for row in rows])
    found = []
    for row in rows:
        code = str(row["code"])
        at = (interview.asked.get(code) or {}).get("at")
        full = known.get(code)
        of_bank = rubric_from_question(full, lang).key_points if full else ()
        points = tuple(_points(row, {p.id: p for p in of_bank}, lang))
        if points:
            rubric = Rubric(code, str(row["text"].get(lang, "")), points, lang=lang)
            second = None if at is None else float(at - recording.starts_at_second)
            found.append(AskedQuestion(code, rubric, second))
    return found


def _points(row: dict[str, Any], of_bank: dict[str, KeyPoint], lang: Lang) -> list[KeyPoint]:
    points = []
    for point in row.get("rubric", {}).get("key_points", ()):
        text = str(point["text"].get(lang) or point["text"].get("zh") or "")
        same = of_bank.get(str(point["id"]))
        if same is not None and same.text == text:
            points.append(same)
        elif text:
            points.append(KeyPoint(str(point["id"]), text, float(point.get("weight", 1.0))))
    return points


def _others(interview: Interview, candidate: str, segments: list[Segment]) -> set[str]:
    """Labels that are not the candidate's: all others where theirs is known, else the panel's."""
    labels = {s.speaker for s in segments if s.speaker}
    if candidate:
        return labels - {candidate}
    panel = set(interview.panel.values_list("person__name", flat=True))
    return labels & panel


@transaction.atomic
def heard_decide(
    *,
    actor: Actor,
    transcript: Transcript,
    question: str,
    point: str,
    decision: str,
    at: dt.datetime,
) -> PointMark:
    """Confirms a proposed key point with its words, declines the proposal, or takes it back.

    Confirming marks the point as heard, or in part; it changes no score. Declining says that these
    words are not the point, and nothing about whether the point was heard elsewhere.

    Args:
        decision: "yes", "no", or "" to take it back.

    Raises:
        NotAllowed: not on the panel (any more).
        InvalidInput: no such decision, or no such proposal.
    """
    interview = transcript.recording.interview
    seat = seat_of(interview, actor.person_id)
    proposal = next(
        (p for p in transcript.proposals if (p["question"], p["point"]) == (question, point)), None
    )
    if proposal is None or decision not in DECISIONS:
        raise InvalidInput(say("interviews.no_proposal"), field="point")
    row, _made = PointMark.objects.select_for_update().get_or_create(
        interview=interview,
        person_id=seat.person_id,
        question_code=question[:60],
        point=point[:40],
        defaults={"mark": "", "updated_at": at},
    )
    confirmed_before = bool(row.quote)
    row.declined = decision == "no"
    if decision == "yes":
        row.mark = "full" if proposal["whole"] else "part"
        row.quote = proposal["quote"]
        row.at_second = max(0, int(proposal["start"] + transcript.recording.starts_at_second))
    else:
        # What was marked by ear during the talk stays; only what came from the words goes.
        row.mark = "" if confirmed_before else row.mark
        row.quote, row.at_second = "", None
    row.updated_at = at
    row.version += 1
    row.save()
    if interview.status == Interview.Status.DONE:
        room_touch(interview)
    return row
