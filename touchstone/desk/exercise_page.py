"""An exercise as graders read it: given and gold side by side, what was asked, the measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from touchstone.assessments.models import AttemptItem, Grading
from touchstone.assessments.tasks import TaskText, exercise_language
from touchstone.common.messages import Lang
from touchstone.engine.grading.bad_cases import OWN, RANKS, bad_case_row, grade_bad_cases
from touchstone.engine.grading.exercise import (
    BAD_CASE,
    LABELLING,
    BrokenPrompt,
    Demand,
    Exercise,
    LabelItem,
)
from touchstone.engine.grading.labelling import grade_labelling, labelling_row
from touchstone.ui.bilingual import active_language, choose

TRAP_KINDS = {
    "conflict": ("互相矛盾", "contradiction"),
    "leak": ("泄露示例", "leaked example"),
    "format": ("缺输出格式", "no output format"),
    "injection": ("能被注入", "open to injection"),
}


def exercise_review(
    item: AttemptItem, text: TaskText, machine: Grading | None
) -> dict[str, Any] | None:
    """What the grader's page shows of an exercise; None for other tasks.

    Without the machine's grading (a blind second look, people only) the items stand beside gold
    and nothing is measured.
    """
    exercise = text.exercise
    if exercise is None or item.submitted_at is None:
        return None
    lang: Lang = exercise_language(item, "zh")
    stored: Mapping[str, Any] = machine.result.get("exercise", {}) if machine else {}
    shown: dict[str, Any] = {"kind": exercise.kind, "found": stored, "lang": lang}
    content = {name: str(value) for name, value in item.content.items()}
    if exercise.kind == LABELLING:
        found = stored or labelling_row(grade_labelling(exercise, item.variant, content, lang))
        shown |= _labelling(item, exercise, found, lang)
        shown["noticed"] = _noticed(exercise, stored, machine)
    elif exercise.kind == BAD_CASE:
        found = stored or bad_case_row(grade_bad_cases(exercise, item.variant, content, lang))
        shown |= _bad_cases(item, exercise, found, lang)
    else:
        shown |= _prompt(item, exercise.broken(item.variant), stored, lang)
    shown["guideline"] = exercise.text.text(active_language())
    return shown


def prompt_marks(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where the prompt says what was asked for, and where a fault still stands."""
    marks = [
        {"start": s["start"], "end": s["end"], "kind": "used", "id": f"p-{s['id']}"}
        for s in [*stored.get("added", []), *stored.get("kept", [])]
        if s["end"] and s["met"]
    ]
    return marks + [
        {"start": t["start"], "end": t["end"], "kind": "negated", "id": f"p-{t['id']}"}
        for t in stored.get("traps", [])
        if t["end"] and not t["gone"]
    ]


def _labelling(
    item: AttemptItem, exercise: Exercise, found: Mapping[str, Any], lang: str
) -> dict[str, Any]:
    reader = active_language()
    names = {label.id: label.name.text(reader) for label in exercise.labels}
    readings = {(a.id, r.id): r.text.text(reader) for a in exercise.ambiguities for r in a.readings}
    numbers = {a.id: n for n, a in enumerate(exercise.ambiguities, 1)}
    rows = []
    for number, row in enumerate(found["rows"], 1):
        one = exercise.sample(item.variant).item(row["item"])
        if one is None:
            continue
        words = one.text.text(lang)
        rows.append(
            {
                "number": number,
                "text": words,
                "given": _answer(exercise, one, row["given"], lang, names),
                "gold": _answer(exercise, one, row["gold"], lang, names),
                "agrees": row["agrees"],
                "ambiguity": numbers.get(row["ambiguity"], 0),
                "reading": readings.get((row["ambiguity"], row["reading"]), ""),
                "note": item.content.get(f"q.{one.id}", ""),
                "picture": _picture(item, one, row) if one.picture else None,
            }
        )
    return {
        "apart": [row for row in rows if row["agrees"] < 1],
        "same": [row for row in rows if row["agrees"] >= 1],
        "classes": [
            {"name": names.get(name, name), **figures}
            for name, figures in found.get("classes", {}).items()
        ],
    }


def _answer(
    exercise: Exercise, one: LabelItem, value: str, lang: str, names: Mapping[str, str]
) -> list[str]:
    """An answer in words: the class, or each span with its label, or how many boxes of each."""
    if exercise.form == "classes":
        return [names.get(value, value)] if value else []
    parts = value.split(";") if value else []
    if exercise.form == "spans":
        words = one.text.text(lang)
        told = []
        for part in parts:
            bounds, _, label = part.rpartition(":")
            start, _, end = bounds.partition("-")
            told.append(f"{words[int(start) : int(end)]} — {names.get(label, label)}")
        return told
    labels = [part.rpartition(":")[2] for part in parts]
    return [f"{names[name]} × {labels.count(name)}" for name in names if name in labels]


def _picture(item: AttemptItem, one: LabelItem, row: Mapping[str, Any]) -> dict[str, Any]:
    """The drawing with given boxes and gold over it."""
    assert one.picture is not None
    return {
        "url": reverse("grade-picture", args=[item.ref, one.id]),
        "width": one.picture.width,
        "height": one.picture.height,
        "given": _rectangles(row["given"]),
        "gold": _rectangles(row["gold"]),
    }


def _rectangles(value: str) -> list[dict[str, str]]:
    found = []
    for part in value.split(";") if value else ():
        x, y, width, height = part.rpartition(":")[0].split(",")
        found.append({"x": x, "y": y, "width": width, "height": height})
    return found


def _noticed(
    exercise: Exercise, stored: Mapping[str, Any], machine: Grading | None
) -> list[dict[str, Any]]:
    """Each ambiguity, whether it was asked about or declared, and the words that did."""
    reader = active_language()
    told = {n["id"]: n for n in stored.get("noticed", [])}
    evidence = machine.result.get("evidence", []) if machine else []
    return [
        {
            "text": a.text.text(reader),
            "raised": told.get(a.id, {}).get("raised"),
            "declared": [
                r.text.text(reader)
                for r in a.readings
                if r.id in told.get(a.id, {}).get("declared", [])
            ],
            "default": next(r.text.text(reader) for r in a.readings if r.id == a.default),
            "quotes": [
                {"words": e["quote"], "mark": f"ev-{a.id}-{e['start']}"}
                for e in evidence
                if e["point"] == a.id
            ],
        }
        for a in exercise.ambiguities
    ]


def _bad_cases(
    item: AttemptItem, exercise: Exercise, found: Mapping[str, Any], lang: str
) -> dict[str, Any]:
    reader = active_language()
    names = {label.id: label.name.text(reader) for label in exercise.labels}
    names |= {name: item.content.get(name) or choose("（没有名字）", "(no name)") for name in OWN}
    heap = exercise.heap(item.variant)
    cases = {case.id: case for case in heap.cases}
    rows = [
        {
            "number": number,
            "text": cases[row["item"]].given.text(lang),
            "context": cases[row["item"]].context.text(lang),
            "output": cases[row["item"]].output.text(lang),
            "given": [names.get(row["given"], row["given"])] if row["given"] else [],
            "gold": [names[cause] for cause in cases[row["item"]].causes],
            "meant": names.get(row["meant"], "") if row["given"] in OWN else "",
            "agrees": row["agrees"],
        }
        for number, row in enumerate(found["rows"], 1)
        if row["item"] in cases
    ]
    best = sorted(heap.worth, key=lambda cause: -heap.worth[cause])[: len(RANKS)]
    given = [names.get(item.content.get(name, ""), "") for name in RANKS]
    return {
        "apart": [row for row in rows if row["agrees"] < 1],
        "same": [row for row in rows if row["agrees"] >= 1],
        "ranks": list(zip(given, [names[cause] for cause in best], strict=False)),
    }


def _prompt(
    item: AttemptItem, broken: BrokenPrompt, stored: Mapping[str, Any], lang: str
) -> dict[str, Any]:
    reader = active_language()
    said = {s["id"]: s for s in [*stored.get("added", []), *stored.get("kept", [])]}
    gone = {t["id"]: t for t in stored.get("traps", [])}
    prompt = str(item.content.get("prompt", ""))

    def demand(one: Demand) -> dict[str, Any]:
        hit = said.get(one.id, {})
        return {
            "id": one.id,
            "text": one.text.text(reader),
            "met": hit.get("met"),
            "how": hit.get("how", ""),
            "quote": prompt[hit.get("start", 0) : hit.get("end", 0)],
        }

    return {
        "added": [demand(one) for one in broken.add],
        "kept": [demand(one) for one in broken.keep],
        "traps": [
            {
                "id": trap.id,
                "kind": choose(*TRAP_KINDS[trap.kind]),
                "text": trap.text.text(reader),
                "gone": gone.get(trap.id, {}).get("gone"),
                "quote": prompt[
                    gone.get(trap.id, {}).get("start", 0) : gone.get(trap.id, {}).get("end", 0)
                ],
            }
            for trap in broken.traps
        ],
        "original": broken.prompt.text(lang),
        "untouched": bool(stored) and not stored.get("changed", True),
    }
