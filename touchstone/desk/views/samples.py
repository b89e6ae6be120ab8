"""Calibration samples: set one, score it for oneself, see how far apart the panel is."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff, wants_json
from touchstone.desk.shell import position_shell
from touchstone.engine.profiles.model import parse_model
from touchstone.evaluation.models import CalibrationSample
from touchstone.evaluation.samples import compared, indicators_of, may_score, sample_for
from touchstone.evaluation.services.samples import sample_close, sample_create, sheet_save
from touchstone.positions.permissions import may_run, position_for, require_run
from touchstone.ui.bilingual import message_text
from touchstone.ui.formats import clock


@require_http_methods(["GET", "POST"])
@staff()
def samples(request: DeskRequest, ref: str) -> HttpResponse:
    """The position's samples; whoever runs the position sets another."""
    position = position_for(request.user, ref)
    error, field = "", ""
    if request.method == "POST":
        require_run(request.user, position)
        try:
            made = sample_create(
                actor=request.actor,
                position=position,
                title=request.POST.get("title", ""),
                question=request.POST.get("question", ""),
                text=request.POST.get("text", ""),
                indicators=request.POST.getlist("indicator"),
                at=utc_now(),
            )
        except InvalidInput as problem:
            error, field = message_text(problem.message), problem.field
        else:
            return HttpResponseRedirect(reverse("calibration-sample", args=[made.ref]))
    position_shell(request, position, "interviews")
    version = position.model_version
    rows = position.calibration_samples.prefetch_related("sheets")
    return render(
        request,
        "desk/samples.html",
        {
            "position": position,
            "rows": [(row, _state(request, row)) for row in rows],
            "dimensions": parse_model(version.document).dimensions if version else (),
            "chosen": request.POST.getlist("indicator"),
            "given": request.POST,
            "error": error,
            "field": field,
            "may_run": may_run(request.user, position),
        },
        status=422 if error else 200,
    )


def _state(request: DeskRequest, sample: CalibrationSample) -> dict[str, object]:
    sheets = list(sample.sheets.all())
    return {
        "done": sum(1 for sheet in sheets if sheet.submitted_at),
        "mine": any(s.person_id == request.user.pk and s.submitted_at for s in sheets),
    }


@require_http_methods(["GET", "POST"])
@staff()
def sample(request: DeskRequest, ref: str) -> HttpResponse:
    """One sample: the sheet to fill in, then everybody's scores side by side."""
    found = sample_for(request.user, ref)
    if request.method == "POST":
        return _save(request, found)
    return _page(request, found)


def _save(request: DeskRequest, found: CalibrationSample) -> HttpResponse:
    if not may_score(request.user, found.position):
        raise NotAllowed(say("accounts.not_allowed"))
    version = request.POST.get("version", "0")
    submit = "submit" in request.GET and not wants_json(request)
    sheet = sheet_save(
        actor=request.actor,
        sample=found,
        scores={
            name: {
                "score": request.POST.get(f"score_{name}", ""),
                "comment": request.POST.get(f"comment_{name}", ""),
            }
            for name in found.indicators
        },
        version=int(version) if version.isdecimal() else 0,
        at=utc_now(),
        submit=submit,
    )
    if wants_json(request):
        return JsonResponse({"version": sheet.version, "saved_at": clock(sheet.updated_at)})
    if submit and not sheet.submitted_at:
        count = sum(1 for cell in sheet.scores.values() if cell["score"] is None)
        return _page(request, found, message_text(say("evaluation.sample_missing", count=count)))
    return HttpResponseRedirect(reverse("calibration-sample", args=[found.ref]))


def _page(request: DeskRequest, found: CalibrationSample, error: str = "") -> HttpResponse:
    position_shell(request, found.position, "interviews")
    sheet = found.sheets.filter(person=request.user).first()
    scores = sheet.scores if sheet else {}
    return render(
        request,
        "desk/sample.html",
        {
            "sample": found,
            "position": found.position,
            "rows": [(i, anchors, scores.get(i.id, {})) for i, anchors in indicators_of(found)],
            "sheet": sheet,
            "compared": compared(request.user, found),
            "done": found.sheets.filter(submitted_at__isnull=False).count(),
            "may_score": may_score(request.user, found.position) and not found.closed_at,
            "may_run": may_run(request.user, found.position),
            "error": error,
        },
        status=422 if error else 200,
    )


@require_POST
@staff()
def close(request: DeskRequest, ref: str) -> HttpResponse:
    """Ends the scoring; the result is open to everybody who may see the position."""
    found = sample_for(request.user, ref)
    require_run(request.user, found.position)
    sample_close(actor=request.actor, sample=found, at=utc_now())
    return HttpResponseRedirect(reverse("calibration-sample", args=[found.ref]))
