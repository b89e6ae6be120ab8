"""One task at a time: its clock is the server's, what is typed is kept at every pause."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.assessments.models import AttemptItem, Submission, TaskKind
from touchstone.assessments.selectors import TaskRow, own_item, submissions_of, task_row
from touchstone.assessments.services.case_files import case_file_keep
from touchstone.assessments.services.exercises import exercise_draft_save
from touchstone.assessments.services.grading import best_submission
from touchstone.assessments.services.sittings import (
    MOST_SUBMISSIONS,
    draft_save,
    item_start,
    item_submit,
    learning_phase_next,
    program_submit,
    require_sitting_open,
)
from touchstone.assessments.services.spoken import unfinished_drop
from touchstone.assessments.spoken import may_be_spoken
from touchstone.assessments.tasks import TaskText, task_text
from touchstone.common.clock import utc_now
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.engine.judging.problem import TestCase
from touchstone.portal.access import PortalRequest, back_home, candidate_page, problem
from touchstone.portal.views.exercises import TEMPLATES, exercise_context
from touchstone.portal.views.spoken import spoken_context
from touchstone.ui.bilingual import active_language, message_text
from touchstone.ui.formats import clock
from touchstone.ui.markdown import markdown
from touchstone.ui.policy import policy_with_style

SHOWN_SAMPLE = 1500
LANGUAGE_NAMES = {
    "python": "Python 3",
    "cpp": "C++",
    "java": "Java",
    "javascript": "JavaScript",
    "sql": "SQL (SQLite)",
}
PAGES: dict[str, str] = {
    TaskKind.CODING: "portal/coding.html",
    TaskKind.LEARNING: "portal/learning.html",
    TaskKind.COMMUNICATION: "portal/communication.html",
}


@require_GET
@candidate_page
def task(request: PortalRequest, ref: str) -> HttpResponse:
    """The task as it stands: what to expect, the work itself, or what was handed in."""
    item = own_item(request.application, ref)
    now = utc_now()
    text = task_text(item.item.kind, item.item.code)
    row = task_row(item, text, now)
    context: dict[str, Any] = {"row": row, "item": item, "text": text, "now": now}
    if row.state in {"done", "over"}:
        if text.exercise is not None:
            context |= exercise_context(item, text)
        context["parts"] = [(field, item.content.get(field.id, "")) for field in text.fields]
        if may_be_spoken(item):
            context |= spoken_context(request, item)
        context["best"] = best_submission(item) if item.item.kind == TaskKind.CODING else None
        return render(request, "portal/handed_in.html", context)
    require_sitting_open(item.attempt, now)
    if row.state == "todo":
        return render(request, "portal/task_start.html", context)
    context["fields"] = _fields(row, text)
    if text.exercise is not None:
        return render(request, TEMPLATES[item.item.kind], context | exercise_context(item, text))
    shown = text.text.text(active_language())
    context["question_html"] = markdown(shown)
    if row.phase == "reading":
        # Put together here and nowhere else, so that the material leaves with the phase.
        context["material_html"] = markdown(text.material.text(active_language()))
    if item.item.kind == TaskKind.CODING:
        return _coding(request, context, item, text)
    if may_be_spoken(item):
        context |= spoken_context(request, item)
    return render(request, PAGES.get(item.item.kind, "portal/writing.html"), context)


def _fields(row: TaskRow, text: TaskText) -> list[tuple[Any, str]]:
    """The parts of the form that are open now, with what was last saved."""
    open_now = {"before": {"before"}, "reading": set(), "after": {"answer", "transfer"}}
    wanted = open_now.get(row.phase)
    return [
        (field, row.item.content.get(field.id, ""))
        for field in text.fields
        if wanted is None or field.id in wanted
    ]


def _coding(
    request: PortalRequest, context: dict[str, Any], item: AttemptItem, text: TaskText
) -> HttpResponse:
    package = text.package
    assert package is not None
    nonce = secrets.token_urlsafe(12)
    limits = package.limits
    context |= {
        "statement": markdown(_statement(text)),
        "samples": [_sample(test) for test in package.samples.tests],
        "languages": [(name, LANGUAGE_NAMES[name]) for name in package.languages],
        "language": item.content.get("language") or package.languages[0],
        "source": item.content.get("source", ""),
        "time_s": limits.time_s,
        "memory_mib": limits.memory_mib,
        "tests": len([t for t in package.tests(None) if not t.is_sample]),
        "nonce": nonce,
        **_runs(item),
    }
    response = render(request, "portal/coding.html", context)
    # The editor writes its own style sheet; it may with this page's number, once.
    response["Content-Security-Policy"] = policy_with_style(nonce)
    return response


def _statement(text: TaskText) -> str:
    package = text.package
    assert package is not None
    folder = package.folder / "statement"
    wanted = active_language()
    for name in (f"problem.{wanted}.md", "problem.zh.md", "problem.en.md", "problem.md"):
        if (folder / name).is_file():
            return (folder / name).read_text("utf-8")
    return ""


def _sample(test: TestCase) -> dict[str, Any]:
    given = test.read_input().decode("utf-8", "replace")
    return {
        "id": test.id,
        "input": given[:SHOWN_SAMPLE],
        "answer": test.read_answer().decode("utf-8", "replace")[:SHOWN_SAMPLE],
        "files": [name for name, _path in test.files],
    }


def _runs(item: AttemptItem) -> dict[str, Any]:
    found = submissions_of(item)
    return {
        "runs": found,
        "pending": any(run.status != Submission.Status.JUDGED for run in found),
        "sent": item.submissions.filter(samples_only=False).count(),
        "most": MOST_SUBMISSIONS,
    }


@require_POST
@candidate_page
def start(request: PortalRequest, ref: str) -> HttpResponse:
    """Starts the task's clock."""
    item = own_item(request.application, ref)
    item_start(item=item, at=utc_now())
    return _to(item)


@require_POST
@candidate_page
def draft(request: PortalRequest, ref: str) -> HttpResponse:
    """Keeps what was typed; answers with the new version, or with both texts on a conflict."""
    item = own_item(request.application, ref)
    require_sitting_open(item.attempt, utc_now())
    try:
        saved = _save(request, item)
    except Conflict as error:
        fresh = AttemptItem.objects.only("version").get(pk=item.pk)
        return problem(request, error, version=fresh.version)
    return JsonResponse({"version": saved.version, "saved_at": clock(saved.saved_at or utc_now())})


def _save(request: PortalRequest, item: AttemptItem) -> AttemptItem:
    text = task_text(item.item.kind, item.item.code)
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdigit() and len(sent) < 10 else 0
    if text.exercise is not None:
        return exercise_draft_save(
            item=item,
            exercise=text.exercise,
            content={name: _clean(str(value)) for name, value in request.POST.items()},
            version=version,
            at=utc_now(),
        )
    names = {field.id for field in text.fields} | {"language", "notes"}
    content = {
        name: _clean(value)
        for name, value in request.POST.items()
        if name in names and isinstance(value, str)
    }
    return draft_save(item=item, content=content, version=version, at=utc_now())


def _clean(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\x00", "")


@require_POST
@candidate_page
def file(request: PortalRequest, ref: str) -> HttpResponse:
    """Keeps the document of a project case, first of all; it is read later."""
    item = own_item(request.application, ref)
    require_sitting_open(item.attempt, utc_now())
    upload = request.FILES.get("file")
    name = upload.name if upload and upload.name else ""
    data = upload.read() if upload else b""
    case_file_keep(item=item, name=name, data=data, at=utc_now())
    return _to(item)


@require_POST
@candidate_page
def run(request: PortalRequest, ref: str) -> HttpResponse:
    """Sends the program to the judge, on the samples or for good."""
    item = own_item(request.application, ref)
    now = utc_now()
    require_sitting_open(item.attempt, now)
    trouble = ""
    try:
        program_submit(
            item=item,
            language=request.POST.get("language", ""),
            source=request.POST.get("source", "").replace("\r\n", "\n").replace("\x00", ""),
            samples_only=request.POST.get("on") == "samples",
            at=now,
        )
    except InvalidInput as error:
        if not getattr(request, "htmx", None):
            raise
        trouble = message_text(error.message)
    if getattr(request, "htmx", None):
        return _runs_part(request, item, trouble)
    return _to(item)


@require_GET
@candidate_page
def runs(request: PortalRequest, ref: str) -> HttpResponse:
    """The judge's word on each program so far."""
    return _runs_part(request, own_item(request.application, ref))


def _runs_part(request: PortalRequest, item: AttemptItem, trouble: str = "") -> HttpResponse:
    context = {"item": item, "trouble": trouble, **_runs(item)}
    return render(request, "portal/parts/runs.html", context, status=422 if trouble else 200)


@require_POST
@candidate_page
def next_phase(request: PortalRequest, ref: str) -> HttpResponse:
    """Quick learning: on to the reading, and on to the answer. Never back."""
    item = own_item(request.application, ref)
    now = utc_now()
    require_sitting_open(item.attempt, now)
    _save(request, item)
    if request.POST.get("from") == item.phase:
        learning_phase_next(item=item, at=now)
    return _to(item)


@require_POST
@candidate_page
def submit(request: PortalRequest, ref: str) -> HttpResponse:
    """Hands the task in, with what the page still held."""
    item = own_item(request.application, ref)
    now = utc_now()
    row = task_row(item, task_text(item.item.kind, item.item.code), now)
    if row.state == "doing":
        require_sitting_open(item.attempt, now)
        _save(request, item)
        if may_be_spoken(item) and request.POST.get("form") != "spoken":
            unfinished_drop(item=item, at=now)
    item_submit(item=item, at=now)
    return back_home()


def _to(item: AttemptItem) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("portal-task", args=[item.ref]))
