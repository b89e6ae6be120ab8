"""Grading one answer: take each point as the machine has it, or change it; blind where agreed."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from touchstone.assessments.models import AttemptItem, Grading, TaskKind
from touchstone.assessments.permissions import item_for, may_grade, require_grade
from touchstone.assessments.selectors import agreements, alike_of, hidden_from, next_to_grade
from touchstone.assessments.services.grading import best_submission, grading_by_person
from touchstone.assessments.spoken import counts
from touchstone.assessments.tasks import TaskText, task_text
from touchstone.audit.files import file_bytes
from touchstone.audit.services import audit_record
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import Bilingual, say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.exercise_page import exercise_review, prompt_marks
from touchstone.desk.shell import position_shell
from touchstone.desk.spoken_page import Unsaved, spoken_context
from touchstone.desk.task_html import task_html
from touchstone.engine.grading.exercise import LABELLING, PROMPT_REPAIR
from touchstone.engine.grading.pictures import png
from touchstone.recruiting.permissions import visible_applications

CREDITS = {"0": 0.0, "half": 0.5, "1": 1.0}
SCALE = (("0", "没说到", "Missing"), ("half", "部分", "Partly"), ("1", "说到", "Said"))


@require_GET
@staff()
def case_file(request: DeskRequest, ref: str) -> HttpResponse | FileResponse:
    """The document of a project case, to keep and not to run."""
    item = item_for(request.user, ref)
    if item.file is None:
        raise NotFound(say("files.erased"))
    audit_record(
        request.actor,
        "case_file.opened",
        object_type="attempt_item",
        object_ref=item.ref,
        branch_ref=item.attempt.application.branch.ref,
    )
    return FileResponse(
        io.BytesIO(file_bytes(item.file)),
        as_attachment=True,
        filename=item.file.original_name,
        content_type="application/octet-stream",
    )


@require_GET
@staff()
def picture(request: DeskRequest, ref: str, name: str) -> HttpResponse:
    """A drawing of a labelling sample, for those who may read the answer."""
    item = item_for(request.user, ref)
    text = task_text(item.item.kind, item.item.code)
    exercise = text.exercise
    found = exercise.sample(item.variant).item(name) if exercise and exercise.samples else None
    if found is None or found.picture is None:
        raise NotFound(say("files.erased"))
    drawn = found.picture
    answer = HttpResponse(png(drawn.scene, drawn.seed, found.ambiguity), content_type="image/png")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _is_sample(text: TaskText) -> bool:
    return text.exercise is not None and text.exercise.kind == LABELLING


@require_http_methods(["GET", "POST"])
@staff()
def grade(request: DeskRequest, ref: str) -> HttpResponse:
    """One answer with its evidence: take each point as the machine has it, or change it."""
    item = item_for(request.user, ref)
    position = item.attempt.application.position
    gradings = list(item.gradings.all())
    blind = hidden_from(item, gradings, request.user)
    if request.method == "POST":
        require_grade(request.user, position)
        _grade(request, item, blind=blind)
        following = next_to_grade(item, request.user)
        if request.POST.get("then") == "next" and following is not None:
            return HttpResponseRedirect(reverse("grade", args=[following.ref]))
        return HttpResponseRedirect(reverse("attempt", args=[item.attempt.ref]))
    return grade_page(request, item)


def grade_page(
    request: DeskRequest, item: AttemptItem, unsaved: Unsaved | None = None, status: int = 200
) -> HttpResponse:
    """The page of one answer, with words of a spoken one that could not be stored."""
    gradings = list(item.gradings.all())
    blind = hidden_from(item, gradings, request.user)
    position_shell(request, item.attempt.application.position, "assessment")
    context = _grade_context(request, item, gradings, blind)
    context["spoken"] = spoken_context(
        request.user,
        item,
        machine=context["machine"],
        marks=_marks(context["machine"]) if context["machine"] else [],
        unsaved=unsaved,
    )
    if context["spoken"]:
        context["parts"] = []  # a draft beside the recording was not handed in
    return render(request, "desk/grade.html", context, status=status)


def _grade(request: DeskRequest, item: AttemptItem, *, blind: bool) -> None:
    points = {
        name.removeprefix("point-"): CREDITS.get(str(value), -1.0)
        for name, value in request.POST.items()
        if name.startswith("point-")
    }
    written = request.POST.get("score", "").strip()
    try:
        score = float(written) if written else None
    except ValueError as error:
        raise InvalidInput(say("assessments.bad_score"), field="score") from error
    grading_by_person(
        actor=request.actor,
        item=item,
        points=points,
        score=score,
        note=request.POST.get("note", ""),
        blind=blind,
        at=utc_now(),
    )


def _grade_context(
    request: DeskRequest, item: AttemptItem, gradings: list[Grading], blind: bool
) -> dict[str, Any]:
    text = task_text(item.item.kind, item.item.code)
    application = item.attempt.application
    ordered = sorted(gradings, key=lambda g: g.pk)
    machine = next((g for g in reversed(ordered) if g.rater_kind == "system" and counts(g)), None)
    mine = next((g for g in reversed(ordered) if g.person_id == request.user.pk), None)
    shown = None if blind else machine
    second = next((g for g in reversed(ordered) if g.rater_kind == "llm"), None)
    second = None if blind or not _of_this_text(second, machine) else second
    agreed = {} if blind else agreements(item.item.code)
    best = best_submission(item) if item.item.kind == TaskKind.CODING else None
    alike = alike_of(best, request.user) if best else []
    people = visible_applications(request.user).filter(
        pk__in=[a.other.attempt_item.attempt.application_id for a in alike]
    )
    return {
        "position": application.position,
        "attempt": item.attempt,
        "application": application,
        "item": item,
        "text": text,
        "shown": task_html(text),
        "blind": blind,
        "machine": shown,
        "mine": mine,
        "others": []
        if blind
        else [g for g in ordered if g.rater_kind == "person" and g.person_id != request.user.pk],
        "review": exercise_review(item, text, shown),
        "points": _points(item, text, shown, mine, second),
        "second": second,
        "second_agreement": agreed.get("llm"),
        "parts": _parts(item, text, shown, second),
        "agreement": agreed.get("system"),
        "best": best,
        "alike": alike,
        "named_others": set(people.values_list("pk", flat=True)) if alike else set(),
        "signals": item.attempt.signals.filter(kind="similarity", detail__code=item.item.code)
        if alike
        else [],
        "following": next_to_grade(item, request.user),
        "may_grade": may_grade(request.user, application.position),
        "named": visible_applications(request.user).filter(pk=application.pk).exists(),
        "scale": SCALE,
    }


def _key_points(item: AttemptItem, text: TaskText) -> list[tuple[str, Bilingual, float]]:
    """Id, words and weight of what people give credit for point by point.

    An exercise of somebody who wants people only has none: its score would rest on the machine's
    comparison with gold.
    """
    if text.question is not None:
        return [(p.id, p.text, p.weight) for p in text.question.rubric.key_points]
    if text.exercise is None or item.attempt.application.human_only:
        return []
    zh, en = (text.exercise.rubric_document(item.variant, lang) for lang in ("zh", "en"))
    return [
        (one["id"], Bilingual(one["text"], other["text"]), float(one["weight"]))
        for one, other in zip(zh["key_points"], en["key_points"], strict=True)
    ]


def _of_this_text(second: Grading | None, machine: Grading | None) -> bool:
    """Whether the language model read the words that count now."""
    return (
        second is not None
        and machine is not None
        and second.result.get("text") == machine.result.get("text")
    )


def _points(
    item: AttemptItem,
    text: TaskText,
    machine: Grading | None,
    mine: Grading | None,
    second: Grading | None,
) -> list[dict[str, Any]]:
    rows = []
    for name, words, weight in _key_points(item, text):
        credit = float(machine.points.get(name, 0.0)) if machine else None
        given = (mine.points if mine else {}).get(name, credit)
        quotes = [
            e for e in (machine.result.get("evidence", []) if machine else []) if e["point"] == name
        ]
        rows.append(
            {
                "id": name,
                "text": words,
                "weight": weight,
                "credit": credit,
                "choice": _choice(given),
                "machine_choice": _choice(credit),
                "quotes": quotes,
                "second": _second_view(name, second, machine),
            }
        )
    return rows


def _second_view(
    name: str, second: Grading | None, machine: Grading | None
) -> dict[str, Any] | None:
    """What the language model made of a point; None where it was not asked."""
    if second is None or name not in second.points:
        return None
    credit = float(second.points[name])
    quote = next((e for e in second.result.get("evidence", []) if e["point"] == name), None)
    return {
        "credit": credit,
        "choice": _choice(credit),
        "quote": quote,
        "target": _target(quote, machine) if quote and machine else "",
        "unverified": name in second.result.get("unverified", []),
    }


def _second_marks(second: Grading) -> list[dict[str, Any]]:
    """The words that the language model quotes, the faintest streak; the engine's go before."""
    return [
        {"start": e["start"], "end": e["end"], "kind": "listed", "id": f"l-{e['point']}"}
        for e in second.result.get("evidence", [])
    ]


def _target(quote: dict[str, Any], machine: Grading) -> str:
    """The mark that shows a quote: its own, or the engine's that lies over it."""
    over = (m for m in _marks(machine) if m["start"] < quote["end"] and quote["start"] < m["end"])
    return next((str(m["id"]) for m in over), f"l-{quote['point']}")


def _choice(credit: float | None) -> str:
    """The button nearest to a credit."""
    if credit is None:
        return ""
    return "1" if credit >= 0.7 else "half" if credit >= 0.35 else "0"


def _parts(
    item: AttemptItem, text: TaskText, machine: Grading | None, second: Grading | None
) -> list[dict[str, Any]]:
    """The answer in its parts; where the offsets of the evidence count, with marks."""
    marked = str(machine.result.get("text", "")) if machine else ""
    marks = _marks(machine) if machine else []
    marks += _second_marks(second) if second else []
    parts: list[dict[str, Any]] = []
    if item.item.kind == TaskKind.CASE and marked:
        parts.append({"label": None, "text": marked, "marks": marks, "code": False})
        return parts
    if _is_sample(text) and marked:
        notes = text.fields[0].label
        return [{"label": notes, "text": marked, "marks": marks, "code": False}]
    for field in text.fields:
        value = str(item.content.get(field.id, ""))
        if not value:
            continue
        own = marks if value == marked else []
        if item.item.kind == PROMPT_REPAIR and field.id == "prompt" and machine:
            own = prompt_marks(machine.result.get("exercise", {}))
        parts.append(
            {"label": field.label, "text": value, "marks": own, "code": field.id == "source"}
        )
    return parts


def _marks(machine: Grading) -> list[dict[str, Any]]:
    if "claims" in machine.result:
        return [
            {
                "start": c["start"],
                "end": c["end"],
                "kind": "result" if c.get("baseline") is not None else "used",
                "id": f"c{number}",
            }
            for number, c in enumerate(machine.result["claims"])
        ]
    kinds = {"supports": "used", "contradicts": "negated"}
    return [
        {
            "start": e["start"],
            "end": e["end"],
            "kind": kinds.get(e["polarity"], "used"),
            "id": f"{e['point']}-{e['start']}",
        }
        for e in machine.result.get("evidence", [])
    ]
