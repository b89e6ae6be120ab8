"""The competency model: edited as a draft, tried on applicants, learned from history, published."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.accounts.models import Department
from touchstone.common.clock import utc_now
from touchstone.common.errors import Conflict, InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.model_form import document_from_form, fields_of
from touchstone.desk.shell import position_shell
from touchstone.desk.views.positions import template_choices
from touchstone.engine.profiles.learning import LEAST_CASES, LearnedModel
from touchstone.engine.profiles.model import model_templates, model_yaml, parse_model
from touchstone.engine.profiles.wishes import WishProposal, common_indicators
from touchstone.library.concepts import company_taxonomy
from touchstone.positions.drafts import (
    current_number,
    document_from_yaml,
    draft_discard,
    draft_of,
    draft_publish,
    draft_save,
)
from touchstone.positions.editing import (
    Document,
    differences,
    dimension_added,
    dimension_removed,
    indicator_added,
    indicator_removed,
    rebalanced,
    weights_set,
)
from touchstone.positions.history import (
    confirmed_batches,
    feature_name,
    learned_document,
    model_learn,
    past_cases,
    wishes_propose,
)
from touchstone.positions.models import ModelDraft, Position
from touchstone.positions.permissions import may_run, position_for, require_run
from touchstone.positions.selectors import document_of, versions_of
from touchstone.positions.services import wish_add
from touchstone.recruiting.effects import ranking_effect
from touchstone.recruiting.services.screening import rescreen_ask
from touchstone.ui.bilingual import active_language, choose, message_text

MOST_YAML = 512 * 1024
_PLACE = re.compile(r"d(\d{1,2})(?:-i(\d{1,2}))?")


@require_GET
@staff()
def editor(request: DeskRequest, ref: str) -> HttpResponse:
    """The model with its draft, what history says, wishes and versions."""
    position = position_for(request.user, ref)
    position_shell(request, position, "model")
    current = document_of(position)
    draft = draft_of(position=position, person_id=request.user.pk)
    document = draft.document if draft else current
    context: dict[str, Any] = {
        "position": position,
        "may_run": may_run(request.user, position),
        "versions": versions_of(position),
        "departments": list(Department.objects.filter(branch=position.branch_id).order_by("name")),
        "batches": confirmed_batches(position),
        "cases": past_cases(position).count(),
        "least": LEAST_CASES,
        "proposals": _wish_rows(position, document),
        "templates": template_choices(),
        "compared": _compared(request, position),
        "learned": None,
    }
    if context["cases"]:
        context |= _learned(model_learn(position=position), document)
    if document is not None:
        context |= _editing(position, document, draft, current)
        context["effect"] = _effect(position, document) if draft else None
    return render(request, "desk/model.html", context)


def _editing(
    position: Position, document: Document, draft: ModelDraft | None, current: Document | None
) -> dict[str, Any]:
    """What the editor's form and its head show."""
    try:
        parse_model(document)
        problem = ""
    except InvalidInput as error:
        problem = message_text(error.message)
    number = current_number(position)
    return {
        "document": document,
        "rows": fields_of(document),
        "bars": _bars(document),
        "advance": document["decision"]["advance"]["min"],
        "review": document["decision"]["review"]["min"],
        "total": sum(float(d["weight"]) for d in document["dimensions"]),
        "indicators": sum(len(d["indicators"]) for d in document["dimensions"]),
        "draft": draft,
        "number": number,
        "changes": differences(current, document) if draft and current else [],
        "behind": draft is not None and draft.based_on != number,
        "problem": problem,
        "common": [
            {"id": i.id, "dimension": i.dimension, "name": i.name}
            for i in common_indicators()
            if i.id not in {x["id"] for d in document["dimensions"] for x in d["indicators"]}
        ],
    }


def _bars(document: Document) -> list[tuple[float, float]]:
    """Where each dimension's part of the bar begins and how wide it is, of 100."""
    bars, at = [], 0.0
    for dimension in document["dimensions"]:
        width = float(dimension["weight"])
        bars.append((round(at, 1), round(width, 1)))
        at += width
    return bars


def _effect(position: Position, document: Document, *, exact: bool = False) -> Any:
    try:
        model = parse_model(document)
    except InvalidInput:
        return None
    return ranking_effect(position, model, exact=exact)


def _learned(learned: LearnedModel, document: Document | None) -> dict[str, Any]:
    lang = active_language()
    known = company_taxonomy()
    ids = {i["id"] for d in (document or {"dimensions": []})["dimensions"] for i in d["indicators"]}
    signals: list[dict[str, Any]] = [
        {
            "signal": signal,
            "name": feature_name(signal.feature, lang, known),
            "known": _signal_id(signal.feature) in ids,
            "share_with": signal.excellent_with / signal.n_with if signal.n_with else None,
            "share_without": signal.excellent_without / signal.n_without
            if signal.n_without
            else None,
        }
        for signal in learned.signals[:24]
    ]
    return {
        "learned": learned,
        "learned_by": {weight.dimension: weight for weight in learned.weights}
        if learned.weighed
        else {},
        "signals": signals,
        "found": [row for row in signals if row["signal"].found],
    }


def _signal_id(feature: str) -> str:
    return f"learned.{re.sub(r'[^a-z0-9]+', '-', feature.lower()).strip('-') or 'feature'}"[:60]


def _wish_rows(position: Position, document: Document | None) -> list[dict[str, Any]]:
    ids = {i["id"] for d in (document or {"dimensions": []})["dimensions"] for i in d["indicators"]}
    grouped: dict[int, dict[str, Any]] = {}
    for wish in position.wishes.select_related("department").order_by("created_at", "pk"):
        grouped[wish.pk] = {"wish": wish, "proposals": []}
    for number, (wish, proposal) in enumerate(wishes_propose(position)):
        grouped[wish.pk]["proposals"].append(
            {"number": number, "proposal": proposal, "known": proposal.indicator in ids}
        )
    return list(grouped.values())


def _compared(request: DeskRequest, position: Position) -> dict[str, Any] | None:
    """What one version changed against the one before it."""
    words = request.GET.get("version", "")
    if not words.isascii() or not words.isdigit():
        return None
    versions = {v.number: v for v in versions_of(position)}
    version = versions.get(int(words[:6]))
    if version is None:
        return None
    before = versions.get(version.number - 1)
    return {
        "version": version,
        "before": before,
        "changes": differences(before.document if before else None, version.document),
    }


@require_POST
@staff()
def draft(request: DeskRequest, ref: str) -> HttpResponse:
    """Keeps what is typed, mends the weights, and shows what it would do.

    ``changed`` names the weight a person moved; ``act`` adds, removes or adopts something; then
    the whole editor comes back, otherwise the weights and the effect alone.
    """
    position = position_for(request.user, ref)
    require_run(request.user, position)
    base = _base(request, position)
    document = document_from_form(request.POST.dict(), base)
    act = request.POST.get("act", "")
    document = _acted(request, position, document, act)
    changed = _PLACE.match(request.POST.get("changed", ""))
    if changed:
        place = (int(changed[1]), int(changed[2]) if changed[2] else None)
        document = rebalanced(document, place if place[0] < len(document["dimensions"]) else None)
    elif act:
        document = rebalanced(document)
    kept = draft_save(
        actor=request.actor,
        position=position,
        document=document,
        at=utc_now(),
        note=request.POST.get("note", ""),
    )
    context = {"position": position, "may_run": True, "effect": _effect(position, document)}
    context |= _editing(position, document, kept, document_of(position))
    if past_cases(position).exists():
        context |= _learned(model_learn(position=position), document)
    if act:
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "desk/parts/model_form.html", context)
        return HttpResponseRedirect(reverse("position-model", args=[ref]))
    return render(request, "desk/parts/model_answer.html", context)


def _base(request: DeskRequest, position: Position) -> Document:
    own = draft_of(position=position, person_id=request.user.pk)
    document = own.document if own else document_of(position)
    if document is None:
        raise InvalidInput(say("positions.model_missing"))
    return dict(document)


def _acted(request: DeskRequest, position: Position, document: Document, act: str) -> Document:
    """The document after an act such as "add:0", "remove:1-2", "wish:3", "signal:…"."""
    kind, _, what = act.partition(":")
    numbers = [int(n) for n in re.findall(r"\d{1,3}", what)[:2]]
    dimensions = document["dimensions"]
    if kind == "add" and numbers and numbers[0] < len(dimensions):
        common = request.POST.get(f"common-{numbers[0]}", "")
        found = next((i for i in common_indicators() if i.id == common), None)
        new: dict[str, Any] = {"text": ""}
        if found is not None:
            new = {
                "id": found.id,
                "name": {"zh": found.name.zh, "en": found.name.en},
                "text": {"zh": found.name.zh, "en": found.name.en},
                "keywords": list(found.cues[:12]),
            }
        return indicator_added(document, numbers[0], new)
    if kind == "remove" and len(numbers) == 2 and numbers[0] < len(dimensions):
        own = dimensions[numbers[0]]["indicators"]
        return indicator_removed(document, *numbers) if numbers[1] < len(own) else document
    if kind == "drop" and numbers and numbers[0] < len(dimensions):
        return dimension_removed(document, numbers[0])
    if kind == "dimension":
        return dimension_added(document, {"zh": "新维度", "en": "New dimension"})
    if kind == "wish" and numbers:
        return _wish_taken(position, document, numbers[0])
    if kind == "signal":
        return _signal_taken(position, document, what)
    if kind == "weights":
        learned = model_learn(position=position)
        return weights_set(document, {w.dimension: w.learned for w in learned.weights})
    return document


def _wish_taken(position: Position, document: Document, number: int) -> Document:
    proposals = wishes_propose(position)
    if number >= len(proposals):
        return document
    _wish, proposal = proposals[number]
    for dimension in document["dimensions"]:
        for item in dimension["indicators"]:
            if item["id"] == proposal.indicator:
                words = [*item.get("keywords", ()), *proposal.cues]
                item["keywords"] = list(dict.fromkeys(words))
                return document
    home = next(
        (n for n, d in enumerate(document["dimensions"]) if d["id"] == proposal.dimension), 0
    )
    return indicator_added(document, home, _from_wish(proposal))


def _from_wish(proposal: WishProposal) -> dict[str, Any]:
    new: dict[str, Any] = {
        "id": proposal.indicator or "wish",
        "name": {"zh": proposal.name.zh, "en": proposal.name.en},
        "text": proposal.quote,
        "keywords": list(proposal.cues),
    }
    if proposal.at_least is not None:
        new |= {"at_least": proposal.at_least, "unit": proposal.unit}
    return new


def _signal_taken(position: Position, document: Document, feature: str) -> Document:
    learned = model_learn(position=position)
    signal = next((p.signal for p in learned.proposals if p.signal.feature == feature), None)
    if signal is None:
        return document
    zh, en = feature_name(feature, "zh"), feature_name(feature, "en")
    new: dict[str, Any] = {
        "id": _signal_id(feature),
        "name": {"zh": zh, "en": en},
        "text": {"zh": f"有「{zh}」的实际经历", "en": f"Has real experience with {en}"},
        "keywords": [zh, en] if zh != en else [zh],
    }
    if signal.threshold is not None:
        new |= {"at_least": signal.threshold}
        new["text"] = {"zh": f"{zh} ≥ {signal.threshold:g}", "en": f"{en} ≥ {signal.threshold:g}"}
    return indicator_added(document, 0, new)


@require_POST
@staff()
def try_out(request: DeskRequest, ref: str) -> HttpResponse:
    """Screens those who applied by the draft and shows who would rank where."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    document = rebalanced(document_from_form(request.POST.dict(), _base(request, position)))
    parse_model(document)
    context = {
        "position": position,
        "effect": _effect(position, document, exact=True),
        "document": document,
    }
    return render(request, "desk/parts/model_effect.html", context)


@require_POST
@staff()
def save(request: DeskRequest, ref: str) -> HttpResponse:
    """Publishes the draft, discards it, or takes it over to a version published meanwhile."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    own = draft_of(position=position, person_id=request.user.pk)
    back = HttpResponseRedirect(reverse("position-model", args=[ref]))
    action = request.POST.get("action", "publish")
    if action == "discard":
        draft_discard(position=position, person_id=request.user.pk)
        messages.success(
            request,
            choose(
                "草稿已丢掉，用的还是现在这一版。", "The draft is gone; the present version stays."
            ),
        )
        return back
    if own is None:
        raise InvalidInput(say("positions.no_draft"))
    at = utc_now()
    if action == "keep":
        draft_save(
            actor=request.actor,
            position=position,
            document=own.document,
            at=at,
            based_on=current_number(position),
        )
        return back
    if request.POST.get("job_title") is not None:
        document = document_from_form(request.POST.dict(), own.document)
        own = draft_save(actor=request.actor, position=position, document=document, at=at)
    learned = (
        learned_document(model_learn(position=position)) if past_cases(position).exists() else None
    )
    try:
        version = draft_publish(
            actor=request.actor,
            draft=own,
            at=at,
            note=request.POST.get("note", ""),
            learned=learned,
        )
    except (Conflict, InvalidInput) as error:
        messages.error(request, message_text(error.message))
        return back
    rescreen_ask(actor=request.actor, position=position)
    messages.success(
        request,
        choose(
            f"画像 v{version.number} 已发布，正在按它重新筛选。",
            f"Model v{version.number} is published; screening again by it.",
        ),
    )
    return back


@require_POST
@staff()
def from_template(request: DeskRequest, ref: str) -> HttpResponse:
    """Starts from a built-in model or a MODEL.yaml: the first version, or a draft to look at."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    upload = request.FILES.get("file")
    if upload is not None:
        document = document_from_yaml(upload.read(MOST_YAML), upload.name or "MODEL.yaml")
    else:
        found = model_templates().get(request.POST.get("template", ""))
        if found is None:
            raise NotFound(say("positions.no_template"))
        document = {**found, "job_title": position.title}
    kept = draft_save(
        actor=request.actor,
        position=position,
        document=document,
        at=utc_now(),
        based_on=current_number(position),
    )
    if position.model_version is None:
        draft_publish(actor=request.actor, draft=kept, at=utc_now(), note="")
        rescreen_ask(actor=request.actor, position=position)
        messages.success(
            request,
            choose("画像已建好，可以接着改。", "The model is ready; change it as you like."),
        )
    else:
        messages.success(
            request,
            choose(
                "已放进草稿，发布前不影响任何人。",
                "It is in your draft; nobody is affected until you publish.",
            ),
        )
    return HttpResponseRedirect(reverse("position-model", args=[ref]))


@require_POST
@staff()
def learn(request: DeskRequest, ref: str) -> HttpResponse:
    """Takes the learned weights into the draft."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    learned = model_learn(position=position)
    if learned.refused:
        raise InvalidInput(learned.refused[0])
    document = weights_set(
        _base(request, position), {w.dimension: w.learned for w in learned.weights}
    )
    draft_save(actor=request.actor, position=position, document=document, at=utc_now())
    messages.success(
        request,
        choose(
            "学到的权重已放进草稿，请看过再发布。",
            "The learned weights are in your draft; look before you publish.",
        ),
    )
    return HttpResponseRedirect(reverse("position-model", args=[ref]))


@require_POST
@staff()
def wish(request: DeskRequest, ref: str) -> HttpResponse:
    """Keeps what a department asks for."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    department = Department.objects.filter(
        ref=request.POST.get("department", ""), branch=position.branch_id
    ).first()
    wish_add(
        actor=request.actor,
        position=position,
        department=department,
        text=request.POST.get("text", "")[:10000],
        at=utc_now(),
    )
    messages.success(request, choose("需求已记下。", "The wish is kept."))
    return HttpResponseRedirect(reverse("position-model", args=[ref]) + "#wishes")


@require_GET
@staff()
def export(request: DeskRequest, ref: str) -> HttpResponse:
    """The current model as MODEL.yaml."""
    position = position_for(request.user, ref)
    document = document_of(position)
    if document is None:
        raise NotFound(say("positions.model_missing"))
    response = HttpResponse(model_yaml(parse_model(document)), content_type="application/yaml")
    number = current_number(position)
    response["Content-Disposition"] = f'attachment; filename="MODEL-{position.ref}-v{number}.yaml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
