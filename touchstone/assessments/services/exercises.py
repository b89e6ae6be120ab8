"""Drafts of exercises: only fields that the variant has, only answers that can be measured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from touchstone.assessments.models import AttemptItem
from touchstone.assessments.services.sittings import draft_save
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Lang, say
from touchstone.engine.grading.bad_cases import OWN, RANKS, is_cause
from touchstone.engine.grading.exercise import BAD_CASE, LABELLING, Exercise
from touchstone.engine.grading.labelling import is_answer

LONGEST_NOTE = 500
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Progress:
    """How many items of an exercise have an answer; None of all for a prompt."""

    done: int
    total: int


def exercise_draft_save(
    *,
    item: AttemptItem,
    exercise: Exercise,
    content: Mapping[str, str],
    version: int,
    at: dt.datetime,
) -> AttemptItem:
    """Keeps what the candidate did, field by field; fields the variant does not have are left out.

    Raises:
        InvalidInput: an answer of a form that cannot be measured, a note that is too long, or the
            other language than the one the task was begun in; nothing of it is saved.
        Conflict, InvalidInput: as `draft_save`.
    """
    lang = _language(item, content)
    kept: dict[str, str] = {"lang": lang}
    for name in exercise_fields(exercise, item.variant):
        value = content.get(name)
        if value is None or (not value and not item.content.get(name)):
            continue
        if not answer_fits(exercise, item.variant, name, value, lang):
            raise InvalidInput(say("exercises.bad_answer", what=name), field=name)
        kept[name] = value
    return draft_save(item=item, content=kept, version=version, at=at)


def exercise_fields(exercise: Exercise, variant: int) -> list[str]:
    """The names of the form's fields."""
    if exercise.kind == LABELLING:
        ids = [item.id for item in exercise.sample(variant).items]
        return [*(f"i.{name}" for name in ids), *(f"q.{name}" for name in ids), "questions"]
    if exercise.kind == BAD_CASE:
        cases = [f"g.{case.id}" for case in exercise.heap(variant).cases]
        return [*cases, *OWN, *RANKS, "proposal"]
    return ["prompt", "explanation"]


def exercise_progress(item: AttemptItem, exercise: Exercise) -> Progress | None:
    """How far it is; None where there is nothing to count."""
    prefix = {LABELLING: "i.", BAD_CASE: "g."}.get(exercise.kind)
    if prefix is None:
        return None
    names = [n for n in exercise_fields(exercise, item.variant) if n.startswith(prefix)]
    return Progress(sum(bool(item.content.get(name)) for name in names), len(names))


def _language(item: AttemptItem, content: Mapping[str, str]) -> Lang:
    begun, sent = item.content.get("lang"), content.get("lang")
    if begun and sent and begun != sent:
        raise InvalidInput(say("exercises.other_language"))
    return "en" if (begun or sent) == "en" else "zh"


def answer_fits(exercise: Exercise, variant: int, name: str, value: str, lang: Lang) -> bool:
    """Whether a field's value is of a form that can be measured."""
    if name.startswith("i."):
        found = exercise.sample(variant).item(name.removeprefix("i."))
        return found is not None and is_answer(exercise, found, value, lang)
    if name.startswith("q."):
        return len(value) <= LONGEST_NOTE
    if name in OWN:
        return len(value) <= LONGEST_NAME
    if name in RANKS or name.startswith("g."):
        return is_cause(exercise, value)
    return True
