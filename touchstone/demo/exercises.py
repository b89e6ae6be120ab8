"""Exercises done by simulated candidates, as well as the candidates are."""

from __future__ import annotations

import math
import random

from touchstone.common.messages import Lang
from touchstone.demo.answers import write_answer
from touchstone.demo.people import Person
from touchstone.demo.wording import rng_for
from touchstone.engine.grading.bad_cases import RANKS
from touchstone.engine.grading.exercise import (
    BAD_CASE,
    LABELLING,
    Box,
    BrokenPrompt,
    Exercise,
    LabelItem,
    write_boxes,
    write_marks,
)
from touchstone.engine.grading.labelling import read_boxes, read_marks
from touchstone.engine.grading.phrases import find_phrase

HALF_NOTICED = 6.2
"""On a scale of 0–10: the ability at which half of what a guideline leaves open is noticed."""
WORST_JITTER = 14.0


def exercise_answers(
    person: Person, exercise: Exercise, variant: int, seed: int, lang: Lang = "zh"
) -> dict[str, str]:
    """The form's fields as the person leaves them; the same for the same arguments."""
    rng = rng_for(seed, "exercise", person.identity, exercise.id)
    level = person.level("technical")
    fields: dict[str, str] = {"lang": lang}
    if exercise.kind == LABELLING:
        return fields | _labels(rng, level, exercise, variant, lang)
    if exercise.kind == BAD_CASE:
        fields |= _causes(rng, level, exercise, variant)
        written = "proposal"
    else:
        fields["prompt"] = _prompt(rng, level, exercise.broken(variant), lang)
        written = "explanation"
    answer = write_answer(person, exercise.rubric_document(variant, lang), seed, lang)
    return fields | {written: answer.text}


def _right(rng: random.Random, level: float) -> bool:
    return rng.random() < 0.5 + 0.048 * level


def _notices(rng: random.Random, level: float) -> bool:
    return rng.random() < 1 / (1 + math.exp(HALF_NOTICED - level))


def _labels(
    rng: random.Random, level: float, exercise: Exercise, variant: int, lang: Lang
) -> dict[str, str]:
    names = [label.id for label in exercise.labels]
    found: dict[str, str] = {}
    for item in exercise.sample(variant).items:
        gold = rng.choice(list(item.gold[lang].values()))
        value = gold
        if exercise.form == "classes" and not _right(rng, level):
            value = rng.choice(names)
        elif exercise.form == "spans":
            value = _spans(rng, level, item, gold, names, lang)
        elif exercise.form == "boxes":
            value = _boxes(rng, level, item, gold, names)
        if value:
            found[f"i.{item.id}"] = value
    asked = [
        rng.choice(a.accept.of(lang)).replace("…", " ")
        for a in exercise.ambiguities
        if _notices(rng, level)
    ]
    ends = "，请明确。" if lang == "zh" else ", please make this clear."
    return found | ({"questions": "\n".join(a + ends for a in asked)} if asked else {})


def _spans(
    rng: random.Random, level: float, item: LabelItem, gold: str, names: list[str], lang: Lang
) -> str:
    marks = read_marks(gold, len(item.text.text(lang)), names) or ()
    return write_marks(tuple(mark for mark in marks if _right(rng, level)))


def _boxes(rng: random.Random, level: float, item: LabelItem, gold: str, names: list[str]) -> str:
    drawn = item.picture
    assert drawn is not None
    most = WORST_JITTER * (1 - level / 10)
    found = []
    for box in read_boxes(gold, drawn.width, drawn.height, names) or ():
        if not _right(rng, level):
            continue
        x, y = (max(0, round(v + rng.uniform(-most, most))) for v in (box.x, box.y))
        width, height = min(box.width, drawn.width - x), min(box.height, drawn.height - y)
        found.append(Box(box.label, x, y, max(4, width), max(4, height)))
    return write_boxes(tuple(dict.fromkeys(found)))


def _causes(rng: random.Random, level: float, exercise: Exercise, variant: int) -> dict[str, str]:
    heap = exercise.heap(variant)
    names = [label.id for label in exercise.labels]
    found = {
        f"g.{case.id}": case.causes[0] if _right(rng, level) else rng.choice(names)
        for case in heap.cases
    }
    order = sorted(heap.worth, key=lambda cause: -heap.worth[cause])[: len(RANKS)]
    if not _right(rng, level):
        rng.shuffle(order)
    return found | dict(zip(RANKS, order, strict=False))


def _prompt(rng: random.Random, level: float, broken: BrokenPrompt, lang: Lang) -> str:
    lines = broken.prompt.text(lang).splitlines()
    for trap in broken.traps:
        groups = trap.there.get(lang, ())
        if groups and _notices(rng, level + 1):
            lines = [line for line in lines if not any(find_phrase(p, line) for p in groups[-1])]
        elif not groups and _notices(rng, level):
            lines.append(trap.fixed_by.of(lang)[0].replace("…", "都" if lang == "zh" else " are "))
    lines += [d.text.text(lang) for d in broken.add if _notices(rng, level + 1)]
    return "\n".join(lines)
