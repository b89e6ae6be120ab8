"""Exercises as candidates see them; gold, causes and key points stay on the server."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from touchstone.assessments.models import AttemptItem
from touchstone.assessments.selectors import own_item, task_row
from touchstone.assessments.services.exercises import exercise_progress
from touchstone.assessments.tasks import TaskText, exercise_language, task_text
from touchstone.common.clock import utc_now
from touchstone.common.errors import NotFound
from touchstone.common.messages import Lang, say
from touchstone.engine.grading.bad_cases import OWN, RANKS
from touchstone.engine.grading.exercise import BAD_CASE, LABELLING, Exercise
from touchstone.engine.grading.pictures import png
from touchstone.portal.access import PortalRequest, candidate_page
from touchstone.ui.bilingual import active_language
from touchstone.ui.markdown import markdown

TEMPLATES = {
    "labelling": "portal/labelling.html",
    "bad_case": "portal/bad_cases.html",
    "prompt_repair": "portal/prompt_repair.html",
}


def exercise_context(item: AttemptItem, text: TaskText) -> dict[str, Any]:
    """What the page of an exercise shows: items and choices in one language, answers as saved."""
    exercise = text.exercise
    assert exercise is not None
    lang = exercise_language(item, active_language())
    shown: dict[str, Any] = {
        "exercise": exercise,
        "sample_lang": lang,
        "html_lang": "zh-Hans" if lang == "zh" else "en",
        "question_html": markdown(exercise.text.text(lang)),
        "progress": exercise_progress(item, exercise),
        "labels": [
            {"id": label.id, "name": label.name.text(lang), "hint": label.hint.text(lang)}
            for label in exercise.labels
        ],
    }
    if exercise.kind == LABELLING:
        return shown | {"form": exercise.form, "items": _items(item, exercise, lang)}
    if exercise.kind == BAD_CASE:
        return shown | _cases(item, exercise, lang)
    broken = exercise.broken(item.variant)
    return shown | {
        "original": broken.prompt.text(lang),
        "prompt": item.content.get("prompt", broken.prompt.text(lang)),
        "tests": [
            {
                "id": case.id,
                "given": case.given.text(lang),
                "output": case.output.text(lang),
                "wanted": case.wanted.text(lang),
                "passed": case.passed,
            }
            for case in broken.cases
        ],
    }


def _items(item: AttemptItem, exercise: Exercise, lang: Lang) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "text": one.text.text(lang),
            "picture": one.picture,
            "given": item.content.get(f"i.{one.id}", ""),
            "note": item.content.get(f"q.{one.id}", ""),
        }
        for one in exercise.sample(item.variant).items
    ]


def _cases(item: AttemptItem, exercise: Exercise, lang: Lang) -> dict[str, Any]:
    return {
        "cases": [
            {
                "id": case.id,
                "given": case.given.text(lang),
                "context": case.context.text(lang),
                "output": case.output.text(lang),
                "cause": item.content.get(f"g.{case.id}", ""),
            }
            for case in exercise.heap(item.variant).cases
        ],
        "own": [(name, item.content.get(name, "")) for name in OWN],
        "ranks": [(name, item.content.get(name, "")) for name in RANKS],
    }


@require_GET
@candidate_page
def picture(request: PortalRequest, ref: str, name: str) -> HttpResponse:
    """A drawing of the candidate's own sample, as pixels; only once the task has begun."""
    item = own_item(request.application, ref)
    text = task_text(item.item.kind, item.item.code)
    found = None
    if text.exercise is not None and text.exercise.form == "boxes":
        found = text.exercise.sample(item.variant).item(name)
    begun = task_row(item, text, utc_now()).state != "todo"
    if found is None or found.picture is None or not begun:
        raise NotFound(say("assessments.no_such_task"))
    drawn = found.picture
    answer = HttpResponse(png(drawn.scene, drawn.seed, found.ambiguity), content_type="image/png")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
