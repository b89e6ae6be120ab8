"""Hiring history brought in: a file of another system, its columns, what was read of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.shell import position_shell
from touchstone.library.concepts import company_taxonomy
from touchstone.positions.columns import FIELDS, PastRow, problem_groups
from touchstone.positions.history import (
    Preview,
    confirmed_batches,
    feature_name,
    history_confirm,
    history_discard,
    history_preview,
    history_receive,
    past_cases,
)
from touchstone.positions.models import HistoryBatch, Position
from touchstone.positions.permissions import position_for, require_run
from touchstone.ui.bilingual import active_language, choose


@require_http_methods(["GET", "POST"])
@staff()
def history_import(request: DeskRequest, ref: str) -> HttpResponse:
    """A history file: stored, its columns guessed, looked at, confirmed or taken back."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    here = reverse("history-import", args=[ref])
    refused: InvalidInput | None = None
    source = request.GET
    if request.method == "POST":
        try:
            return HttpResponseRedirect(here + _history_post(request, position))
        except InvalidInput as error:
            refused, source = error, request.POST  # said on the page, what was chosen stays
    batch = _history_batch(position, source.get("batch", ""))
    position_shell(request, position, "model")
    preview = None
    if batch is not None and batch.confirmed_at is None:
        preview = history_preview(batch, _mapping_of(source, batch))
    context = {
        "position": position,
        "batch": batch,
        "refused": refused,
        "preview": preview,
        "first": _first_rows(preview) if preview else [],
        "groups": problem_groups(batch.problems) if batch else [],
        "factors": _factors(preview) if preview else [],
        "batches": confirmed_batches(position),
        "fields": _field_choices(),
        "cases": past_cases(position).count(),
    }
    if request.htmx and preview is not None:  # type: ignore[attr-defined]
        return render(request, "desk/parts/history_preview.html", context)
    return render(request, "desk/history.html", context, status=422 if refused else 200)


def _first_rows(preview: Preview) -> list[tuple[PastRow, list[str]]]:
    """The first rows as they read, each with the names of what it speaks of."""
    lang, known = active_language(), company_taxonomy()
    return [
        (row, [feature_name(concept, lang, known) for concept in concepts])
        for row, concepts in preview.first
    ]


def _factors(preview: Preview) -> list[tuple[str, float]]:
    """By what the ratings under each heading were multiplied."""
    headings = {column.field: column.heading for column in preview.columns if column.field}
    return [(headings[name], factor) for name, factor in preview.read.factors.items()]


def _history_batch(position: Position, ref: str) -> HistoryBatch | None:
    if not ref:
        return None
    batch = position.history.select_related("file", "branch").filter(ref=ref).first()
    if batch is None:
        raise NotFound(say("positions.no_batch"))
    return batch


def _history_post(request: DeskRequest, position: Position) -> str:
    at = utc_now()
    upload = request.FILES.get("file")
    if upload is not None:
        batch = history_receive(
            actor=request.actor,
            branch=position.branch,
            position=position,
            name=upload.name or "history.csv",
            data=upload.read(),
            at=at,
        )
        return f"?batch={batch.ref}"
    found = _history_batch(position, request.POST.get("batch", ""))
    if found is None:
        raise InvalidInput(say("positions.no_file"), field="file")
    if request.POST.get("action") == "discard":
        history_discard(actor=request.actor, batch=found)
        messages.success(request, choose("这份历史已移出。", "This history was taken out."))
        return ""
    mapping = _mapping_of(request.POST, found) or {}
    done = history_confirm(actor=request.actor, batch=found, mapping=mapping, at=at)
    messages.success(
        request, choose(f"已导入 {done.rows} 行。", f"{done.rows} rows were taken in.")
    )
    return f"?batch={done.ref}"


def _mapping_of(form: QueryDict, batch: HistoryBatch) -> dict[str, str] | None:
    """Field → heading as the columns' selects say; None where the form has none of them."""
    if not any(key.startswith("col-") for key in form):
        return None
    columns = history_preview(batch).columns
    return {
        str(form[f"col-{n}"]): column.heading
        for n, column in reversed(list(enumerate(columns)))
        if form.get(f"col-{n}")
    }


def _field_choices() -> list[tuple[str, str]]:
    words = {
        "key": ("编号", "Number"),
        "name": ("姓名（只用来认人，不保存）", "Name (to tell people apart; not kept)"),
        "phone": ("手机（只用来认人，不保存）", "Phone (to tell people apart; not kept)"),
        "email": ("邮箱（只用来认人，不保存）", "E-mail (to tell people apart; not kept)"),
        "round_name": ("批次", "Round"),
        "year_month": ("月份", "Month"),
        "features": ("简历特征", "Features"),
        "resume_text": ("简历文字", "Resume text"),
        "years_experience": ("工作年限", "Years of experience"),
        "training_projects": ("训练项目数", "Training projects"),
        "technical": ("面试分：技术", "Interview: technical"),
        "business": ("面试分：业务", "Interview: business"),
        "communication": ("面试分：沟通", "Interview: communication"),
        "learning": ("面试分：学习", "Interview: learning"),
        "overall": ("面试分：总分", "Interview: overall"),
        "hired": ("是否录用", "Hired"),
        "projects_delivered": ("录用后：交付项目", "Outcome: projects delivered"),
        "model_improvement": ("录用后：效果提升", "Outcome: model improvement"),
        "review": ("录用后：评价", "Outcome: review"),
    }
    return [(name, choose(*words[name])) for name in FIELDS]
