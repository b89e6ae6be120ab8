"""The question bank: finding, reading, writing, retiring, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.common.clock import utc_now
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import Bilingual, Message, say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.library_check import check, phrase_added
from touchstone.desk.question_form import EMPTY, document_of, form_of
from touchstone.engine.questions.changes import changes
from touchstone.engine.questions.lint import lint_question
from touchstone.engine.questions.question import Question as EngineQuestion
from touchstone.engine.questions.tables import column_name, read_rows
from touchstone.library import names, selectors
from touchstone.library.drafting import KINDS as DRAFTED_KINDS
from touchstone.library.drafting import draft_request, drafting_model
from touchstone.library.files import (
    questions_csv,
    questions_from_yaml,
    questions_xlsx,
    questions_yaml,
)
from touchstone.library.models import Question
from touchstone.library.permissions import READERS, may_edit, require_edit
from touchstone.library.services import (
    question_restore,
    question_retire,
    question_save,
    questions_import,
)
from touchstone.positions.permissions import visible_positions
from touchstone.positions.tables import read_table
from touchstone.ui.bilingual import active_language, choose, message_text

PER_PAGE = 50
SHOWN_PROBLEMS = 200
WRITERS = {
    "yaml": (questions_yaml, "application/yaml"),
    "csv": (questions_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        questions_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


def _choices(found: Mapping[Any, Bilingual], every: str = "") -> list[tuple[str, str]]:
    """Options of a select, the first of them for everything where ``every`` says so."""
    lang = active_language()
    first = [("", every)] if every else []
    return first + [(str(key), words.text(lang)) for key, words in found.items()]


def _industry_filter() -> list[tuple[str, str]]:
    found = {key or selectors.ANY_INDUSTRY: words for key, words in names.INDUSTRIES.items()}
    return _choices(found, choose("全部行业", "All industries"))


def _filters(request: DeskRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in (*selectors.FILTERS, "indicator")}


@require_GET
@staff(*READERS)
def question_list(request: DeskRequest) -> HttpResponse:
    """All questions, found by words and filters."""
    filters = _filters(request)
    words = request.GET.get("q", "").strip()[:80]
    found = selectors.questions_found(filters, words=words, order=request.GET.get("sort", ""))
    counts = selectors.facet_counts()
    lang = active_language()
    kinds = [("", choose("全部", "All"), sum(counts["kind"].values()))]
    kinds += [(k, name.text(lang), counts["kind"][k]) for k, name in names.KINDS.items()]
    return render(
        request,
        "desk/library.html",
        {
            "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "filters": filters,
            "narrowed": bool(words or any(filters.values())),
            "kinds": kinds,
            "industries": _industry_filter(),
            "indicators": _choices(names.indicator_names(), choose("全部指标", "All indicators")),
            "levels": _choices(names.LEVELS, choose("全部等级", "All levels")),
            "statuses": _choices(
                {k: v for k, v in names.STATUSES.items() if k != "superseded"},
                choose("全部状态", "All states"),
            ),
            "kind_names": names.KINDS,
            "industry_names": names.INDUSTRIES,
            "level_names": names.LEVELS,
            "problems": selectors.problems() if not any(filters.values()) and not words else [],
            "may_edit": may_edit(request.user),
        },
    )


@require_GET
@staff(*READERS)
def question(request: DeskRequest, ref: str) -> HttpResponse:
    """One question: text, rubric, anchors, follow-ups, use, revisions."""
    row = selectors.question_for(ref)
    parsed = selectors.parsed(row)
    revisions = selectors.revisions(row.code)
    before = next((r for r in revisions if r.revision == row.revision - 1), None)
    used = selectors.rounds_used(row.code)
    titles = dict(
        visible_positions(request.user)
        .filter(ref__in=[use.round_key for use in used])
        .values_list("ref", "title")
    )
    return render(
        request,
        "desk/question.html",
        {
            "row": row,
            "question": parsed,
            "shown": _shown_lang(request),
            "findings": lint_question(parsed),
            "names": {
                "kind": names.KINDS[row.kind],
                "industry": names.INDUSTRIES.get(row.industry, Bilingual(row.industry, "")),
                "function": names.FUNCTIONS[parsed.function],
                "level": names.LEVELS[row.level],
                "status": names.STATUSES[row.status],
                "dimension": names.DIMENSIONS.get(
                    row.dimension, Bilingual(row.dimension, row.dimension)
                ),
            },
            "indicators": [(i, names.indicator_name(i)) for i in parsed.indicators],
            "when": names.WHEN,
            "used": [(use, titles.get(use.round_key)) for use in used],
            "revisions": revisions,
            "changes": changes(before.document, row.document) if before else (),
            "family": selectors.family_members(row),
            "may_edit": may_edit(request.user),
        },
    )


def _shown_lang(request: DeskRequest) -> str:
    """The language the question is shown in: the reader's, or the one asked for."""
    asked = request.GET.get("in", "")
    return asked if asked in {"zh", "en"} else active_language()


@require_http_methods(["GET", "POST"])
@staff(*READERS)
def question_new(request: DeskRequest) -> HttpResponse:
    """A question of one's own, from nothing or as a copy."""
    require_edit(request.user)
    if request.method == "POST":
        return _save(request, None)
    document: dict[str, Any] = dict(EMPTY)
    if request.GET.get("copy"):
        source = selectors.question_for(request.GET["copy"])
        document = source.document | {"id": f"{source.code}-b"[:40]}
    return _editor(request, document, None)


@require_http_methods(["GET", "POST"])
@staff(*READERS)
def question_edit(request: DeskRequest, ref: str) -> HttpResponse:
    """Writing a new revision, with lint and three sample answers beside it."""
    require_edit(request.user)
    row = selectors.question_for(ref)
    if row.status == Question.Status.SUPERSEDED:
        row = selectors.revisions(row.code)[0]
    if request.method == "POST":
        return _save(request, row)
    return _editor(request, row.document, row)


def _posted(request: DeskRequest) -> dict[str, Any]:
    ticked = [i[:60] for i in request.POST.getlist("indicators")][:12]
    ticked += [i for i in request.POST.get("own_indicators", "").split() if i not in ticked]
    return document_of(request.POST.dict(), ticked[:16])


def _save(request: DeskRequest, row: Question | None) -> HttpResponse:
    document = _posted(request)
    if row is not None:
        document["id"] = row.code
    try:
        based_on = int(request.POST.get("based_on", "0") or 0)
        saved = question_save(
            actor=request.actor,
            document=document,
            at=utc_now(),
            based_on=based_on if row is not None else 0,
            activate="draft" not in request.POST,
        )
    except (InvalidInput, Conflict) as error:
        return _editor(request, document, row, error=error)
    messages.success(
        request,
        choose(
            f"已存为第 {saved.revision} 版。之前发出的题单不变。",
            f"Saved as revision {saved.revision}. Kits already made are unchanged.",
        ),
    )
    return HttpResponseRedirect(reverse("question", args=[saved.ref]))


def _editor(
    request: DeskRequest,
    document: Mapping[str, Any],
    row: Question | None,
    *,
    error: InvalidInput | Conflict | None = None,
) -> HttpResponse:
    """The editor as typed. After a conflict it is based on the newest revision: saving again
    replaces that one, which stays among the revisions."""
    form = form_of(document)
    newest = selectors.revisions(row.code)[0] if row is not None else None
    known = names.indicator_names()
    samples = [request.POST.get(f"sample{n}", "") for n in (1, 2, 3)]
    lang = request.POST.get("sample_lang") or active_language()
    return render(
        request,
        "desk/question_edit.html",
        {
            "row": newest,
            "form": form,
            "error": message_text(error.message) if error else "",
            "conflict": isinstance(error, Conflict),
            "checked": check(document, samples, lang),
            "samples": [(n, text) for n, text in enumerate(samples, 1)],
            "sample_lang": lang,
            "kinds": _choices(names.KINDS),
            "dimensions": _choices(names.DIMENSIONS),
            "industries": _choices(names.INDUSTRIES),
            "functions": _choices(names.FUNCTIONS),
            "levels": _choices(names.LEVELS),
            "when": _choices(names.WHEN),
            "indicators": _choices(known),
            "own_indicators": " ".join(i for i in form["indicators"] if i not in known),
            "may_draft": row is None or row.status != Question.Status.ACTIVE,
        },
        status=_status_of(error),
    )


def _status_of(error: InvalidInput | Conflict | None) -> int:
    if error is None:
        return 200
    return 409 if isinstance(error, Conflict) else 422


@require_POST
@staff(*READERS)
def question_check(request: DeskRequest) -> HttpResponse:
    """The lint and the graded sample answers of what stands in the editor; nothing is kept."""
    require_edit(request.user)
    samples = [request.POST.get(f"sample{n}", "") for n in (1, 2, 3)]
    lang = request.POST.get("sample_lang", "zh")
    checked = check(_posted(request), samples, lang)
    return render(request, "desk/parts/question_check.html", {"checked": checked})


@require_POST
@staff(*READERS)
def question_phrase(request: DeskRequest) -> HttpResponse:
    """The editor's list of phrases with one of the proposed ones added."""
    require_edit(request.user)
    field, value = phrase_added(request.POST.dict())
    return render(request, "desk/parts/phrases.html", {"name": field, "value": value, "oob": True})


@require_POST
@staff(*READERS)
def question_status(request: DeskRequest, ref: str) -> HttpResponse:
    """Takes a question out of use, or puts it back."""
    require_edit(request.user)
    row = selectors.question_for(ref)
    if request.POST.get("status") == "active":
        question_restore(actor=request.actor, question=row, at=utc_now())
        said = choose("已启用，以后的题单会用到它。", "In use; later kits may hold it.")
    else:
        question_retire(actor=request.actor, question=row, at=utc_now())
        said = choose(
            "已停用。已经发出的题单不变，以后不再选它。",
            "Retired. Kits already made keep it; later ones leave it out.",
        )
    messages.success(request, said)
    return HttpResponseRedirect(reverse("question", args=[row.ref]))


@require_GET
@staff(*READERS)
def library_export(request: DeskRequest, kind: str) -> HttpResponse:
    """The questions found by the same filters as the list, as a file."""
    require_edit(request.user)
    if kind not in WRITERS:
        raise InvalidInput(say("questions.file_kind", name=kind))
    found = selectors.questions_found(_filters(request), words=request.GET.get("q", "")[:80])
    write, content_type = WRITERS[kind]
    response = HttpResponse(
        write([selectors.parsed(row) for row in found.defer("words")]), content_type=content_type
    )
    response["Content-Disposition"] = f'attachment; filename="questions.{kind}"'
    return response


@require_http_methods(["GET", "POST"])
@staff(*READERS)
def library_import(request: DeskRequest) -> HttpResponse:
    """Questions out of a file: all of them, or none and what is wrong with which row."""
    require_edit(request.user)
    context: dict[str, Any] = {}
    problems: tuple[Message, ...] = ()
    if request.method == "POST":
        try:
            questions, problems = _read_upload(request)
            if problems:
                raise InvalidInput(say("questions.rows_wrong", n=len(problems)), field="file")
            context["result"] = questions_import(
                actor=request.actor, questions=questions, at=utc_now()
            )
        except InvalidInput as error:
            context["error"] = message_text(error.message)
            context["problems"] = [message_text(p) for p in problems[:SHOWN_PROBLEMS]]
    status = 422 if context.get("error") else 200
    return render(request, "desk/library_import.html", context, status=status)


def _read_upload(request: DeskRequest) -> tuple[tuple[EngineQuestion, ...], tuple[Message, ...]]:
    file = request.FILES.get("file")
    if file is None:
        raise InvalidInput(say("questions.no_file"), field="file")
    name = str(file.name)[:120]
    data = file.read()
    ending = name.lower().rpartition(".")[2]
    if ending in {"yaml", "yml"}:
        return questions_from_yaml(data, name), ()
    if ending not in {"csv", "xlsx", "tsv", "txt"}:
        raise InvalidInput(say("questions.file_kind", name=name), field="file")
    table = read_table(data, name, lambda heading: bool(column_name(heading)))
    reading = read_rows(table.headings, table.rows, source=name, numbers=table.numbers)
    return reading.questions, reading.problems


@require_http_methods(["GET", "POST"])
@staff(*READERS)
def question_draft(request: DeskRequest) -> HttpResponse:
    """Asks the language model for a draft, and shows what became of earlier wishes."""
    require_edit(request.user)
    error = ""
    if request.method == "POST":
        try:
            draft_request(
                actor=request.actor,
                wish=request.POST.get("wish", ""),
                fields=_draft_fields(request),
                at=utc_now(),
            )
        except InvalidInput as refused:
            error = message_text(refused.message)
        else:
            return HttpResponseRedirect(reverse("question-draft"))
    drafts = selectors.recent_drafts()
    context = {
        "error": error,
        "wish": request.POST.get("wish", ""),
        "drafts": drafts,
        "waiting": any(draft.status == "waiting" for draft in drafts),
        "model": drafting_model(),
        "kinds": _choices({k: names.KINDS[k] for k in DRAFTED_KINDS}),
        "industries": _choices(names.INDUSTRIES),
        "functions": _choices(names.FUNCTIONS),
        "levels": _choices(names.LEVELS),
        "indicators": _choices(names.indicator_names()),
        "posted": request.POST,
        "ticked": request.POST.getlist("indicators"),
    }
    if getattr(request, "htmx", False):
        return render(request, "desk/parts/question_drafts.html", context)
    return render(request, "desk/question_draft.html", context, status=422 if error else 200)


def _draft_fields(request: DeskRequest) -> dict[str, Any]:
    level = request.POST.get("level", "3")
    return {
        "kind": request.POST.get("kind", ""),
        "industry": request.POST.get("industry", ""),
        "function": request.POST.get("function", ""),
        "indicators": [i[:60] for i in request.POST.getlist("indicators")][:6],
        "level": int(level) if level in {"1", "2", "3", "4", "5"} else 3,
    }
