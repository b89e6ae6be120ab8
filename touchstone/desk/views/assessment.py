"""Assessments of a position: who sits, what is asked, what was answered, what it is worth."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.accounts.permissions import has_role
from touchstone.assessments.models import EXERCISES, Attempt, Grading, Paper, TaskKind
from touchstone.assessments.permissions import attempt_for, may_grade
from touchstone.assessments.selectors import (
    board_attempts,
    board_state,
    hidden_from,
    open_paper,
    task_rows,
    waiting_by_task,
)
from touchstone.assessments.services.grading import best_submission
from touchstone.assessments.services.papers import (
    Task,
    default_paper,
    extra_time_give,
    paper_save,
)
from touchstone.assessments.tasks import (
    KIND_NAMES,
    TaskText,
    case_tasks,
    exercises,
    task_text,
    task_texts,
)
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.shell import position_shell
from touchstone.desk.task_html import task_html
from touchstone.library import models as library
from touchstone.positions.models import Position
from touchstone.positions.permissions import SEES_BRANCH, may_run, position_for, require_run
from touchstone.recruiting.permissions import visible_applications
from touchstone.ui.bilingual import choose
from touchstone.ui.markdown import markdown

STATES = ("invited", "sitting", "handed_in", "graded", "expired")
A_PAGE = 50
EMPTY_ROWS = 2


@require_GET
@staff()
def board(request: DeskRequest, ref: str) -> HttpResponse:
    """Who is invited, sitting, done, graded, with times; and what waits for people."""
    position = position_for(request.user, ref)
    now = utc_now()
    rows = [_board_row(attempt, now) for attempt in board_attempts(position)]
    counts = Counter(row["state"] for row in rows)
    chosen = request.GET.get("state", "")
    shown = [row for row in rows if not chosen or row["state"] == chosen]
    position_shell(request, position, "assessment")
    return render(
        request,
        "desk/assessment.html",
        {
            "position": position,
            "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
            "total": len(rows),
            "options": _state_options(counts, len(rows)),
            "waiting": waiting_by_task(position),
            "paper": open_paper(position),
            "may_run": may_run(request.user, position),
            "may_grade": may_grade(request.user, position),
            "named": _sees_names(request, position),
        },
    )


def _board_row(attempt: Attempt, now: dt.datetime) -> dict[str, Any]:
    items = list(attempt.items.all())
    done = [item for item in items if item.submitted_at]
    return {
        "attempt": attempt,
        "state": board_state(attempt, now),
        "done": len(done),
        "tasks": len(items),
        "waiting": sum(item.needs_human for item in done),
        "took_s": (attempt.submitted_at - attempt.started_at).total_seconds()
        if attempt.submitted_at and attempt.started_at
        else None,
    }


def _state_options(counts: Counter[str], total: int) -> list[tuple[str, str, int]]:
    words = {
        "invited": choose("已邀请", "Invited"),
        "sitting": choose("作答中", "Sitting"),
        "handed_in": choose("已交，在评", "In, being graded"),
        "graded": choose("评完", "Graded"),
        "expired": choose("没来", "Did not sit"),
    }
    return [
        ("", choose("全部", "All"), total),
        *((state, words[state], counts[state]) for state in STATES),
    ]


def _sees_names(request: DeskRequest, position: Position) -> bool:
    """Graders who are not told whose application it is see a code instead of a name."""
    if has_role(request.user, SEES_BRANCH, position.branch_id):
        return True
    return position.members.filter(person=request.user, role="hiring_manager").exists()


@require_http_methods(["GET", "POST"])
@staff()
def paper(request: DeskRequest, ref: str) -> HttpResponse:
    """What candidates are asked: tasks, minutes, weights, in order."""
    position = position_for(request.user, ref)
    if request.method == "POST":
        require_run(request.user, position)
        paper_save(
            actor=request.actor,
            position=position,
            title=request.POST.get("title", "").strip() or choose("测评", "Assessment"),
            tasks=_posted_tasks(request),
            at=utc_now(),
        )
        messages.success(
            request,
            choose(
                "试卷已保存。已经邀请的人用原来的试卷，新邀请的用这一份。",
                "Saved. Those already invited keep their paper; new invitations use this one.",
            ),
        )
        return HttpResponseRedirect(reverse("paper", args=[position.ref]))
    current = open_paper(position)
    position_shell(request, position, "assessment")
    return render(request, "desk/paper.html", _paper_context(request, position, current))


def _paper_context(
    request: DeskRequest, position: Position, current: Paper | None
) -> dict[str, Any]:
    rows: list[dict[str, Any]]
    if current is not None:
        items = list(current.items.all())
        texts = task_texts(items)
        rows = [
            {"task": item, "text": texts[item.pk], "order": number}
            for number, item in enumerate(items, 1)
        ]
    else:
        rows = [
            {"task": task, "text": task_text(task.kind, task.code), "order": number}
            for number, task in enumerate(default_paper(position), 1)
        ]
    total = sum(row["task"].minutes for row in rows)
    model = position.model_version
    return {
        "position": position,
        "paper": current,
        "rows": rows,
        "blanks": range(len(rows) + 1, len(rows) + 1 + EMPTY_ROWS),
        "total": total,
        "kinds": [(key, choose(name.zh, name.en)) for key, name in KIND_NAMES.items()],
        "offered": _offered(rows),
        "dimensions": [
            (d["id"], _dimension_name(d))
            for d in (model.document.get("dimensions", []) if model else [])
        ],
        "bank": _bank(),
        "sat": Attempt.objects.filter(paper=current).count() if current else 0,
        "may_run": may_run(request.user, position),
    }


def _offered(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Exercises that the paper does not have yet, by kind."""
    used = {row["task"].code for row in rows}
    return [
        (
            choose(name.zh, name.en),
            [
                {
                    "id": e.id,
                    "title": choose(e.title.zh, e.title.en),
                    "minutes": e.minutes,
                    "industry": e.industry,
                }
                for e in exercises(key)
                if e.id not in used
            ],
        )
        for key, name in KIND_NAMES.items()
        if key in EXERCISES
    ]


def _bank() -> list[tuple[str, str]]:
    """Every code that a paper can name, with its title."""
    problems = library.Problem.objects.filter(status="active").order_by("code")
    questions = library.Question.objects.filter(status="active").order_by("code")
    rows = [(p.code, choose(p.title, p.title_en or p.title)) for p in problems]
    rows += [(code, choose(t.title.zh, t.title.en)) for code, t in case_tasks().items()]
    rows += [(e.id, choose(e.title.zh, e.title.en)) for e in exercises()]
    rows += [(q.code, q.title) for q in questions.only("code", "title") if q.kind != "technical"]
    return rows


def _posted_tasks(request: DeskRequest) -> list[Task]:
    rows: list[tuple[float, Task]] = []
    columns = ("order", "kind", "code", "dimension", "minutes", "weight")
    fields = zip(*(request.POST.getlist(name) for name in columns), strict=False)
    dropped = set(request.POST.getlist("drop"))
    for number, (order, kind, code, dimension, minutes, weight) in enumerate(fields):
        if not code.strip() or str(number) in dropped:
            continue
        task_text(kind, code.strip())
        try:
            task = Task(kind, code.strip(), dimension, int(minutes), float(weight))
            rows.append((float(order or number), task))
        except ValueError as error:
            raise InvalidInput(say("assessments.bad_task", number=number + 1)) from error
    return [task for _order, task in sorted(rows, key=lambda row: row[0])]


@require_GET
@staff()
def preview(request: DeskRequest, ref: str, order: int) -> HttpResponse:
    """A task as candidates read it."""
    position = position_for(request.user, ref)
    current = open_paper(position)
    tasks: list[Any] = list(current.items.all()) if current else list(default_paper(position))
    if not 1 <= order <= len(tasks):
        raise NotFound(say("assessments.no_such_task"))
    chosen = tasks[order - 1]
    text = task_text(chosen.kind, chosen.code)
    position_shell(request, position, "assessment")
    return render(
        request,
        "desk/task_preview.html",
        {
            "position": position,
            "task": chosen,
            "text": text,
            "order": order,
            "last": len(tasks),
            "shown": task_html(text),
            "parts": _preview_items(text),
            "material": markdown(choose(text.material.zh, text.material.en)),
        },
    )


def _preview_items(text: TaskText) -> list[tuple[str, list[str]]]:
    """The items of both variants of an exercise, in the reader's language."""
    exercise = text.exercise
    if exercise is None:
        return []
    lang = choose("zh", "en")
    found = []
    for number, name in enumerate("ab"[: exercise.variants]):
        if exercise.samples:
            items = exercise.sample(number).items
            lines = [i.text.text(lang) for i in items if i.text.zh]
            drawn = sum(i.picture is not None for i in items)
            lines += [choose(f"{drawn} 张图", f"{drawn} pictures")] if drawn else []
        elif exercise.heaps:
            lines = [
                f"{c.given.text(lang)} → {c.output.text(lang)}" for c in exercise.heap(number).cases
            ]
        else:
            lines = exercise.broken(number).prompt.text(lang).splitlines()
        found.append((name, lines))
    return found


@require_GET
@staff()
def attempt(request: DeskRequest, ref: str) -> HttpResponse:
    """One sitting: its tasks, scores with their evidence, times, signals with comments."""
    found = attempt_for(request.user, ref)
    position = found.application.position
    now = utc_now()
    rows = task_rows(found, now)
    seen = visible_applications(request.user).filter(pk=found.application_id).exists()
    position_shell(request, position, "assessment")
    return render(
        request,
        "desk/attempt.html",
        {
            "position": position,
            "attempt": found,
            "application": found.application,
            "rows": [_attempt_row(request, row) for row in rows],
            "state": board_state(found, now),
            "scores": _named_scores(found, position),
            "signals": found.signals.order_by("at"),
            "may_run": may_run(request.user, position),
            "may_grade": may_grade(request.user, position),
            "named": seen,
        },
    )


def _dimension_name(dimension: dict[str, Any]) -> str:
    """A dimension's name in the reader's language, however the model writes it."""
    name = dimension.get("name") or dimension["id"]
    if isinstance(name, dict):
        zh, en = str(name.get("zh") or ""), str(name.get("en") or "")
        return choose(zh or en, en or zh)
    return choose(name, dimension.get("name_en") or name)


def _named_scores(found: Attempt, position: Position) -> list[tuple[str, float]]:
    """Dimension scores under the names of the position's model, in its order."""
    model = position.model_version
    dimensions = model.document.get("dimensions", []) if model else []
    names = {d["id"]: _dimension_name(d) for d in dimensions}
    known = [(names[d], found.scores[d]) for d in names if d in found.scores]
    return known + [(d, score) for d, score in found.scores.items() if d not in names]


def _attempt_row(request: DeskRequest, row: Any) -> dict[str, Any]:
    item = row.item
    gradings = list(item.gradings.select_related("person").order_by("pk"))
    machine = next((g for g in reversed(gradings) if g.rater_kind == "system"), None)
    people = [g for g in gradings if g.rater_kind == "person"]
    hidden = hidden_from(item, gradings, request.user)
    return {
        "row": row,
        "machine": None if hidden else machine,
        "people": [] if hidden else people,
        "hidden": hidden,
        "evidence": [] if hidden or machine is None else _quotes(machine)[:3],
        "best": best_submission(item) if item.item.kind == TaskKind.CODING else None,
        "took_s": (item.submitted_at - item.started_at).total_seconds()
        if item.submitted_at and item.started_at
        else None,
    }


def _quotes(machine: Grading) -> list[dict[str, Any]]:
    result = machine.result
    if "claims" in result:
        return [
            {"quote": c["text"], "level": 3 if c.get("baseline") is not None else 2}
            for c in result["claims"]
        ]
    found = [e for e in result.get("evidence", []) if e["polarity"] == "supports"]
    return [{"quote": e["quote"], "level": 2} for e in found]


@require_POST
@staff()
def extra_time(request: DeskRequest, ref: str) -> HttpResponse:
    """More minutes for somebody who needs them, tasks that run included."""
    found = attempt_for(request.user, ref)
    require_run(request.user, found.application.position)
    minutes = request.POST.get("minutes", "")
    if not minutes.isdigit() or len(minutes) > 4:
        raise InvalidInput(say("assessments.bad_extra"), field="minutes")
    extra_time_give(actor=request.actor, attempt=found, minutes=int(minutes), at=utc_now())
    messages.success(
        request,
        choose(
            f"每项加了 {minutes} 分钟，正在做的也算。", f"{minutes} minutes added to each task."
        ),
    )
    return HttpResponseRedirect(reverse("attempt", args=[found.ref]))
