"""A spoken answer as the grader's page shows it: the recording, its words, their evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.urls import reverse

from touchstone.accounts.models import Person
from touchstone.assessments.models import AttemptItem, Grading, SpokenTake
from touchstone.assessments.services.spoken_words import typed_text
from touchstone.assessments.spoken import Form, form_of, kept_take, spoken_consent, words_of
from touchstone.common.clock import utc_now
from touchstone.integrations.speech.configured import speech_ready

SALT = "spoken-answer"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Words that could not be stored, and why: they come back with the page."""

    text: str
    why: str


def spoken_context(
    person: Person,
    item: AttemptItem,
    *,
    machine: Grading | None,
    marks: Sequence[Mapping[str, Any]],
    unsaved: Unsaved | None = None,
) -> dict[str, Any] | None:
    """What the grader's page shows of a spoken answer; None where it was written."""
    form = form_of(item)
    if form is Form.WRITTEN:
        return None
    take = kept_take(item)
    if take is None or take.file is None or not spoken_consent(item, utc_now()):
        return {"gone": True}
    words = words_of(take)
    ready = words is not None and form is Form.HEARD
    segments = words.segments if words and ready else []
    shown = machine is not None and words is not None and machine.result.get("text") == words.text
    return {
        "gone": False,
        "take": take,
        "sound_only": take.file.content_type.startswith("audio/"),
        "url": spoken_url(person, item, take),
        "words": words,
        "lines": _lines(segments, marks if shown else []),
        "timed": any(row["start"] is not None for row in segments),
        "typed": unsaved.text if unsaved else typed_text(segments),
        "error": unsaved.why if unsaved else "",
        "version": words.version if words else 0,
        "may_ask": speech_ready(),
        "now": utc_now(),
    }


def spoken_url(person: Person, item: AttemptItem, take: SpokenTake) -> str:
    """Where this person can play it for the next five minutes."""
    key = signing.dumps([take.ref, person.ref], salt=SALT)
    return f"{reverse('spoken-answer', args=[item.ref])}?key={key}"


def _lines(
    segments: Sequence[Mapping[str, Any]], marks: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The words line by line, each with the marks that lie in it."""
    lines, at = [], 0
    for row in segments:
        end = at + len(row["text"])
        inside = [
            {**mark, "start": max(mark["start"], at) - at, "end": min(mark["end"], end) - at}
            for mark in marks
            if mark["start"] < end and mark["end"] > at
        ]
        lines.append({"start": row["start"], "text": row["text"], "marks": inside})
        at = end + 1
    return lines
