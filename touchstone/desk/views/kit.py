"""One interview's question kit: why each question, changing it, printing it."""

from __future__ import annotations

import zlib
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.assessments.models import AttemptItem, TaskKind
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.shell import position_shell
from touchstone.engine.profiles.model import parse_model
from touchstone.engine.questions.cover import choose as choose_cover
from touchstone.engine.questions.kit import kit_problem
from touchstone.engine.questions.optimal import optimum
from touchstone.interviews.models import Interview
from touchstone.interviews.permissions import interview_for
from touchstone.interviews.services.kit_editing import (
    kit_question_put,
    kit_question_remove,
    kit_rebuild,
)
from touchstone.interviews.services.kits import question_codes, questions_for, questions_met
from touchstone.library import names
from touchstone.library.concepts import company_taxonomy
from touchstone.library.models import Exposure
from touchstone.positions.permissions import may_run, require_run
from touchstone.ui.bilingual import choose

NODES = 4000
"""Partial choices that the comparison looks at: about a second."""


@require_GET
@staff()
def kit(request: DeskRequest, ref: str) -> HttpResponse:
    """The kit with its reasons; with editing for those who run the position."""
    interview = interview_for(request.user, ref)
    position = interview.application.position
    position_shell(request, position, "interviews")
    document: dict[str, Any] = interview.kit
    may_edit = may_run(request.user, position) and interview.started_at is None
    held = set(question_codes(document))
    bank = [q for q in questions_for(position) if q.id not in held] if may_edit else []
    titles = {q.id: q.title for q in bank}
    rows = [
        {
            "number": number,
            "document": row,
            "variants": [(c, titles[c]) for c in row.get("variants", ()) if c in titles],
            "kind": names.KINDS.get(row.get("kind", "")),
            "indicators": [names.indicator_name(i) for i in row.get("indicators", ())],
        }
        for number, row in enumerate(document.get("questions", ()), 1)
    ]
    return render(
        request,
        "desk/kit.html",
        {
            "interview": interview,
            "application": interview.application,
            "kit": document,
            "rows": rows,
            "bank": bank,
            "may_edit": may_edit,
            "learning_tried": AttemptItem.objects.filter(
                attempt__application=interview.application_id, item__kind=TaskKind.LEARNING
            ).exists(),
            "minutes": int((interview.ends_at - interview.starts_at).total_seconds() // 60),
        },
    )


@require_POST
@staff()
def kit_change(request: DeskRequest, ref: str) -> HttpResponse:
    """Puts a question in, takes one out, or chooses the kit anew."""
    interview = interview_for(request.user, ref)
    require_run(request.user, interview.application.position)
    common: dict[str, Any] = {
        "actor": request.actor,
        "interview": interview,
        "at": utc_now(),
        "version": _number(request.POST.get("version", "")),
    }
    action, code = request.POST.get("action", ""), request.POST.get("code", "").strip()[:60]
    if action == "put":
        kit_question_put(
            **common, code=code.split(" ")[0], in_place_of=request.POST.get("in_place_of", "")[:60]
        )
        said = choose("题单已换好。", "The kit is changed.")
    elif action == "remove":
        kit_question_remove(**common, code=code)
        said = choose(
            "已拿掉；它要查问的内容还列在下面。", "Taken out; what it was to probe is listed below."
        )
    elif action == "rebuild":
        kit_rebuild(**common)
        said = choose("已按现在的题库重选。", "Chosen anew from the bank as it is now.")
    else:
        raise InvalidInput(say("interviews.kit_no_action"), field="action")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("kit", args=[ref]))


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 9 else -1


@require_GET
@staff()
def kit_compare(request: DeskRequest, ref: str) -> HttpResponse:
    """How the quick choice compares with the best there is; a part of the page."""
    interview = interview_for(request.user, ref)
    application = interview.application
    version = application.position.model_version
    questions = questions_for(application.position)
    context: dict[str, Any] = {}
    if version is not None and questions:
        problem = kit_problem(
            parse_model(version.document),
            questions,
            resume_text=application.resume.text if application.resume else "",
            screening_row=application.screening.result if application.screening else {},
            seen=_seen_by_others(interview),
            minutes=int((interview.ends_at - interview.starts_at).total_seconds() // 60),
            seed=zlib.crc32(application.ref.encode()),
            excluded=questions_met(application) - set(question_codes(interview.kit)),
            concepts=company_taxonomy(),
        )
        places = {question.id: n for n, question in enumerate(questions)}
        held = [places[c] for c in question_codes(interview.kit) if c in places]
        best = optimum(problem, nodes=NODES)
        context = {
            "best": best,
            "own": problem.value(held),
            "greedy": choose_cover(problem).greedy,
            "codes": [questions[n].id for n in best.chosen],
        }
    return render(request, "desk/parts/kit_compare.html", context)


def _seen_by_others(interview: Interview) -> dict[str, int]:
    """How many of the round saw each question, this candidate left out."""
    application = interview.application
    return dict(
        Exposure.objects.filter(round_key=application.position.ref)
        .exclude(application_ref=application.ref)
        .values_list("question_code")
        .annotate(n=Count("pk"))
    )
