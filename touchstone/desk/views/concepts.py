"""The company's concepts: finding and reading them, drafting changes, trying them, saving them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.common.clock import utc_now
from touchstone.common.errors import Conflict, InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, chosen, staff
from touchstone.desk.concept_pages import (
    FIELD_NAMES,
    KIND_NAMES,
    POLARITIES,
    change_of_form,
    concept_form,
    concept_rows,
    tree_nodes,
)
from touchstone.desk.concept_trial import (
    PER_PAGE,
    people_of,
    positions_to_try,
    results_of,
    spelling_rows,
)
from touchstone.engine.text.layer import Change, layer_document, merged, new_id, parse_layer
from touchstone.engine.text.layer_changes import layer_changes
from touchstone.engine.text.layer_files import layer_yaml, read_layer
from touchstone.engine.text.taxonomy import KINDS, Taxonomy
from touchstone.library.concepts import (
    company_taxonomy,
    current_version,
    draft_concept_set,
    draft_discard,
    draft_layer,
    draft_of,
    draft_rebase,
    draft_save,
    findings_of,
)
from touchstone.library.models import TaxonomyDraft, TaxonomyVersion
from touchstone.library.permissions import (
    TAXONOMY_READERS,
    may_draft_taxonomy,
    may_save_taxonomy,
    require_draft_taxonomy,
    require_save_taxonomy,
)
from touchstone.positions.concepts import concept_uses
from touchstone.positions.permissions import (
    may_run,
    position_for,
    require_run,
    sees_applicants_of,
    visible_positions,
)
from touchstone.recruiting.models import TaxonomyTrial
from touchstone.recruiting.selectors import (
    ConceptCounts,
    concept_counts,
    screened_by_other_concepts,
)
from touchstone.recruiting.services.concepts import layer_publish, layer_undo
from touchstone.recruiting.services.screening import rescreen_ask
from touchstone.recruiting.services.trials import (
    AT_ONCE,
    latest_trial,
    trial_ask,
    trial_discard,
    trial_run,
)
from touchstone.ui.bilingual import active_language, choose, message_text

ROWS_PER_PAGE = 50
VERSIONS_SHOWN = 40
MOST_FILES = 20
MOST_POSITIONS = 400


def _own_draft(request: DeskRequest) -> TaxonomyDraft | None:
    return draft_of(request.user.pk) if may_draft_taxonomy(request.user) else None


def _counts(request: DeskRequest) -> ConceptCounts:
    """Of the positions of which the person sees everybody who applied."""
    found = list(visible_positions(request.user).only("pk", "branch_id")[:MOST_POSITIONS])
    return concept_counts(sees_applicants_of(request.user, found))


@require_GET
@staff(*TAXONOMY_READERS)
def concept_list(request: DeskRequest) -> HttpResponse:
    """All concepts, found by words and filters, or as a tree."""
    known, version = company_taxonomy(), current_version()
    draft = _own_draft(request)
    layer: Mapping[str, Any] = version.document if version else {}
    filters = {name: request.GET.get(name, "") for name in ("kind", "only", "view", "sort")}
    words = request.GET.get("q", "").strip()[:80]
    counts = _counts(request)
    rows = concept_rows(
        known,
        layer,
        counts.counts,
        words=words,
        kind=filters["kind"],
        only=filters["only"],
        sort=filters["sort"],
    )
    context: dict[str, Any] = {
        "words": words,
        "filters": filters,
        "narrowed": bool(words or filters["kind"] or filters["only"]),
        "total": len(known.concepts),
        "own": len(layer),
        "counts": counts,
        "version": version,
        "draft": draft,
        "draft_changes": len(layer_changes(layer, draft.document)) if draft else 0,
        "may_draft": may_draft_taxonomy(request.user),
        "kinds": KIND_NAMES,
        "kind_options": [("", choose("全部类别", "All kinds"))]
        + [(k, name.text(active_language())) for k, name in KIND_NAMES.items()],
        "only_options": [
            ("", choose("全部", "All")),
            ("own", choose("公司改过的", "Changed by the company")),
            ("guarded", choose("有条件的", "Guarded")),
            ("credited", choose("计过分的", "Credited here")),
        ],
        "views": [("", choose("列表", "List"), None), ("tree", choose("树", "Tree"), None)],
    }
    if filters["view"] == "tree" and not context["narrowed"]:
        context["nodes"] = tree_nodes(known)
    else:
        context["page"] = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/concepts.html", context)


@require_GET
@staff(*TAXONOMY_READERS)
def concept_below(request: DeskRequest, concept: str) -> HttpResponse:
    """What stands one step below a concept: a branch of the tree."""
    known = company_taxonomy()
    _require_known(concept, known)
    return render(request, "desk/parts/concept_nodes.html", {"nodes": tree_nodes(known, concept)})


@require_http_methods(["GET", "POST"])
@staff(*TAXONOMY_READERS)
def concept(request: DeskRequest, concept: str) -> HttpResponse:
    """One concept: its words, guards and relations, who asks for it; its form for who may draft.

    What is typed goes into the person's draft at every pause.
    """
    known = company_taxonomy()
    if request.method == "POST":
        return _concept_typed(request, concept, known)
    draft = _own_draft(request)
    layer = draft_layer(draft)
    if concept not in layer:
        _require_known(concept, known)
    return render(request, "desk/concept.html", _concept_context(request, concept, known, draft))


def _concept_typed(request: DeskRequest, concept: str, known: Taxonomy) -> HttpResponse:
    require_draft_taxonomy(request.user)
    layer = draft_layer(draft_of(request.user.pk))
    if concept not in layer:
        _require_known(concept, known)
    change = Change()
    if request.POST.get("action") != "revert":
        change = change_of_form(request.POST, concept, layer, known)
    draft = draft_concept_set(actor=request.actor, concept=concept, change=change, at=utc_now())
    if request.htmx:  # type: ignore[attr-defined]
        context = _checked(concept, draft)
        return render(request, "desk/parts/concept_checked.html", context)
    if request.POST.get("action") == "draft":
        return HttpResponseRedirect(reverse("taxonomy-draft"))
    if request.POST.get("action") == "revert":
        messages.success(request, choose("已恢复成自带的。", "As shipped again, in your draft."))
        if concept not in known.concepts:
            return HttpResponseRedirect(reverse("taxonomy-draft"))
    return HttpResponseRedirect(reverse("concept", args=[concept]))


def _checked(concept: str, draft: TaxonomyDraft | None) -> dict[str, Any]:
    """What is wrong with a concept as the draft has it."""
    findings = findings_of(draft.document) if draft else ()
    return {
        "findings": [f for f in findings if f.concept == concept],
        "field_names": FIELD_NAMES,
        "draft": draft,
    }


def _concept_context(
    request: DeskRequest, concept: str, known: Taxonomy, draft: TaxonomyDraft | None
) -> dict[str, Any]:
    found = known.concepts.get(concept)
    positions = visible_positions(request.user).select_related("model_version", "branch")
    latest = list(positions.order_by("-created_at", "-pk")[:MOST_POSITIONS])
    counts = concept_counts(sees_applicants_of(request.user, latest))
    return {
        "id": concept,
        "form": concept_form(concept, draft_layer(draft), known),
        "kinds": KIND_NAMES,
        "kind_options": [(k, KIND_NAMES[k].text(active_language())) for k in KINDS],
        "above": [known.concepts[p] for p in known.ancestors(concept)] if found else [],
        "below": tree_nodes(known, concept) if found else [],
        "uses": concept_uses(latest, concept, known) if found else [],
        "people": counts.counts.get(concept, 0),
        "counts": counts,
        "may_draft": may_draft_taxonomy(request.user),
        **_checked(concept, draft),
    }


def _require_known(concept: str, known: Taxonomy) -> None:
    if concept not in known.concepts:
        raise NotFound(say("taxonomy.no_such_concept", id=concept[:60]))


@require_http_methods(["GET", "POST"])
@staff(*TAXONOMY_READERS)
def concept_new(request: DeskRequest) -> HttpResponse:
    """A concept of the company's own, begun by its names."""
    require_draft_taxonomy(request.user)
    typed = {name: request.POST.get(name, "").strip()[:80] for name in ("zh", "en", "kind")}
    error = ""
    if request.method == "POST":
        if typed["zh"] or typed["en"]:
            layer = draft_layer(draft_of(request.user.pk))
            known = company_taxonomy()
            concept_id = new_id(typed["en"] or "own", {*known.concepts, *layer})
            kind = typed["kind"] if typed["kind"] in KINDS else "skill"
            change = Change(new=True, kind=kind, zh=typed["zh"], en=typed["en"])
            draft_concept_set(actor=request.actor, concept=concept_id, change=change, at=utc_now())
            return HttpResponseRedirect(reverse("concept", args=[concept_id]))
        error = choose("至少写一种语言的名称。", "Write the name in one language at least.")
    context = {
        "typed": typed,
        "error": error,
        "kind_options": [(k, KIND_NAMES[k].text(active_language())) for k in KINDS],
    }
    return render(request, "desk/concept_new.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@staff(*TAXONOMY_READERS)
def draft_page(request: DeskRequest) -> HttpResponse:
    """The person's draft: what it changes, what is wrong with it, and what it would do."""
    require_draft_taxonomy(request.user)
    if request.method == "POST":
        return _draft_acted(request)
    draft, version = draft_of(request.user.pk), current_version()
    now: Mapping[str, Any] = version.document if version else {}
    number = version.number if version else 0
    findings = findings_of(draft.document) if draft else ()
    errors = [f for f in findings if f.level == "error"]
    names = merged(parse_layer(draft.document)).concepts if draft else {}
    context = {
        "draft": draft,
        "version": version,
        "behind": draft is not None and draft.based_on != number,
        "changes": layer_changes(now, draft.document) if draft else (),
        "findings": [(names.get(f.concept), f) for f in findings],
        "errors": len(errors),
        "field_names": FIELD_NAMES,
        "kinds": KIND_NAMES,
        "may_save": may_save_taxonomy(request.user),
        **_trial_context(request, draft),
    }
    return render(request, "desk/concept_draft.html", context)


def _draft_acted(request: DeskRequest) -> HttpResponse:
    """Discards, keeps on top, or saves the draft."""
    back = HttpResponseRedirect(reverse("taxonomy-draft"))
    draft = draft_of(request.user.pk)
    action = request.POST.get("action", "")
    if draft is None:
        return back
    if action == "discard":
        draft_discard(request.user.pk)
        trial_discard(request.user)
        messages.success(
            request, choose("草稿已丢掉，概念没有变。", "The draft is gone; nothing has changed.")
        )
        return HttpResponseRedirect(reverse("taxonomy"))
    if action == "rebase":
        both = draft_rebase(actor=request.actor, draft=draft, at=utc_now())
        said = choose("已接在同事的新版之上。", "Your draft now stands on theirs.")
        if both:
            names = "、".join(both[:6])
            said += choose(
                f"你们都改过 {names}，这里以你的为准。",
                f" You both changed {names}; here yours stands.",
            )
        messages.success(request, said)
        return back
    if action == "publish":
        return _published(request, draft)
    return back


def _published(request: DeskRequest, draft: TaxonomyDraft) -> HttpResponse:
    require_save_taxonomy(request.user)
    note = request.POST.get("note", "").strip()
    try:
        version = layer_publish(
            actor=request.actor, person=request.user, draft=draft, at=utc_now(), note=note
        )
    except (Conflict, InvalidInput) as error:
        draft_save(actor=request.actor, document=draft.document, at=utc_now(), note=note)
        messages.error(request, message_text(error.message))
        return HttpResponseRedirect(reverse("taxonomy-draft"))
    messages.success(
        request,
        choose(
            f"概念第 {version.number} 版已保存，从现在起新的筛选都按它来；以前的筛选没有动。",
            f"Version {version.number} is saved and new screenings go by it; past ones stay.",
        ),
    )
    return HttpResponseRedirect(reverse("taxonomy-versions"))


def _trial_context(request: DeskRequest, draft: TaxonomyDraft | None) -> dict[str, Any]:
    """What the person asked last and was answered, one position at a time."""
    trial = latest_trial(request.user)
    results = results_of(request.user, trial)
    asked = request.GET.get("position", "")
    shown = next((r for r in results if r.position.ref == asked), results[0] if results else None)
    context: dict[str, Any] = {
        "trial": trial,
        "results": results,
        "shown": shown,
        "polarities": POLARITIES,
        "left_s": _left_s(trial),
        "to_try": positions_to_try(request.user),
        "outdated": trial is not None
        and draft is not None
        and trial.document != layer_document(parse_layer(draft.document)),
    }
    if trial is not None and trial.status == TaxonomyTrial.Status.DONE:
        context["spellings"] = spelling_rows(trial, merged(parse_layer(trial.document)).concepts)
    if shown is not None:
        page = Paginator(shown.row["people"], PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "people": people_of(shown, list(page.object_list))}
    return context


def _left_s(trial: TaxonomyTrial | None) -> float | None:
    if trial is None or trial.started_at is None or not trial.done:
        return None
    spent: dt.timedelta = utc_now() - trial.started_at
    return spent.total_seconds() * (trial.total - trial.done) / trial.done


@require_POST
@staff(*TAXONOMY_READERS)
def draft_try(request: DeskRequest) -> HttpResponse:
    """Screens those who applied by the draft: at once where they are few, else in a job."""
    require_draft_taxonomy(request.user)
    refs = set(chosen(request, "position"))
    positions = [p for p in positions_to_try(request.user) if p.ref in refs]
    draft = draft_of(request.user.pk)
    if draft is None:
        return HttpResponseRedirect(reverse("taxonomy-draft"))
    try:
        trial = trial_ask(
            actor=request.actor,
            person=request.user,
            document=draft.document,
            positions=positions,
            at=utc_now(),
            everybody=request.POST.get("scope") == "all",
        )
        if trial.total <= AT_ONCE:
            trial_run(trial=trial, clock=utc_now)
    except InvalidInput as error:
        messages.error(request, message_text(error.message))
    return HttpResponseRedirect(reverse("taxonomy-draft") + "#effect")


@require_GET
@staff(*TAXONOMY_READERS)
def draft_effect(request: DeskRequest) -> HttpResponse:
    """How far the trial is, or its answer: a part of the draft's page."""
    require_draft_taxonomy(request.user)
    context = _trial_context(request, draft_of(request.user.pk))
    return render(request, "desk/parts/concept_effect.html", context)


@require_http_methods(["GET", "POST"])
@staff(*TAXONOMY_READERS)
def versions(request: DeskRequest) -> HttpResponse:
    """Every version with author and difference; undo of the newest; screening again on purpose."""
    if request.method == "POST":
        return _undone(request)
    rows = list(
        TaxonomyVersion.objects.select_related("author", "undoes").order_by("-number")[
            : VERSIONS_SHOWN + 1
        ]
    )
    olders = [*rows[1:], None]
    pairs = [
        (row, layer_changes(older.document if older else {}, row.document))
        for row, older in zip(rows, olders[: len(rows)], strict=True)
    ][:VERSIONS_SHOWN]
    positions = list(
        visible_positions(request.user)
        .filter(status="open")
        .exclude(model_version=None)
        .select_related("branch")
        .order_by("-created_at", "-pk")[:MOST_POSITIONS]
    )
    known = company_taxonomy()
    stale = screened_by_other_concepts(sees_applicants_of(request.user, positions), known.layer)
    context = {
        "versions": pairs,
        "newest": rows[0] if rows else None,
        "stale": [(p, stale[p.pk], may_run(request.user, p)) for p in positions if p.pk in stale],
        "kinds": KIND_NAMES,
        "field_names": FIELD_NAMES,
        "may_save": may_save_taxonomy(request.user),
        "may_draft": may_draft_taxonomy(request.user),
    }
    return render(request, "desk/concept_versions.html", context)


def _undone(request: DeskRequest) -> HttpResponse:
    require_save_taxonomy(request.user)
    back = HttpResponseRedirect(reverse("taxonomy-versions"))
    version = TaxonomyVersion.objects.filter(ref=request.POST.get("version", "")).first()
    if version is None:
        raise NotFound(say("taxonomy.no_such_version"))
    try:
        fresh = layer_undo(actor=request.actor, version=version, at=utc_now())
    except (Conflict, InvalidInput) as error:
        messages.error(request, message_text(error.message))
        return back
    messages.success(
        request,
        choose(
            f"第 {version.number} 版已撤销，现在用的是第 {fresh.number} 版，内容同它之前。",
            f"Version {version.number} is undone; {fresh.number} says what held before it.",
        ),
    )
    return back


@require_POST
@staff(*TAXONOMY_READERS)
def rescreen(request: DeskRequest, ref: str) -> HttpResponse:
    """Has a position screened again by the concepts that hold now, on a person's word."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    rescreen_ask(actor=request.actor, position=position, by_concepts=True)
    messages.success(
        request,
        choose(
            f"正在按现在的概念重新筛选「{position.title}」，以前的结果仍留着。",
            f"Screening {position.title_en or position.title} again; earlier results are kept.",
        ),
    )
    return HttpResponseRedirect(reverse("taxonomy-versions"))


@require_GET
@staff(*TAXONOMY_READERS)
def export(request: DeskRequest) -> HttpResponse:
    """The company's layer as YAML of the shipped form: what holds now, a version, or the draft."""
    asked = request.GET.get("version", "")
    document: Mapping[str, Any] = {}
    name = "concepts"
    if asked == "draft":
        require_draft_taxonomy(request.user)
        document, name = draft_layer(draft_of(request.user.pk)), "concepts-draft"
    else:
        found = TaxonomyVersion.objects.order_by("-number")
        if asked:
            found = found.filter(ref=asked)
        version = found.first()
        if version is None and asked:
            raise NotFound(say("taxonomy.no_such_version"))
        if version is not None:
            document, name = version.document, f"concepts-v{version.number}"
    text = layer_yaml(parse_layer(document))
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@staff(*TAXONOMY_READERS)
def import_file(request: DeskRequest) -> HttpResponse:
    """Takes files of the shipped form into the draft; nothing holds until it is saved."""
    require_draft_taxonomy(request.user)
    files = request.FILES.getlist("file")[:MOST_FILES]
    try:
        layer = read_layer([(file.name or "concepts.yaml", file.read()) for file in files])
    except InvalidInput as error:
        messages.error(request, message_text(error.message))
        return HttpResponseRedirect(reverse("taxonomy-draft"))
    document = draft_layer(draft_of(request.user.pk)) | layer_document(layer)
    draft_save(actor=request.actor, document=document, at=utc_now())
    messages.success(
        request,
        choose(
            f"{len(layer)} 个概念的改动已放进草稿，保存前不影响任何人。",
            f"Changes to {len(layer)} concepts are in your draft; nobody is affected until saved.",
        ),
    )
    return HttpResponseRedirect(reverse("taxonomy-draft"))
