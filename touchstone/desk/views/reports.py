"""Reports, the round as a ranking, decisions, hires, and what became of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.accounts.models import Person
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotAllowed, NotFound, TouchstoneError
from touchstone.common.messages import say
from touchstone.desk import report_page
from touchstone.desk.access import DeskRequest, staff, wants_json
from touchstone.desk.shell import position_shell
from touchstone.evaluation import selectors
from touchstone.evaluation.models import DepartmentEvaluation, Report
from touchstone.evaluation.services import decisions
from touchstone.evaluation.services.calibration import (
    calibration_run,
    input_sha256,
    position_ratings,
)
from touchstone.evaluation.services.exports import report_export, round_export
from touchstone.evaluation.services.outcome_files import outcomes_import
from touchstone.evaluation.services.outcomes import outcome_record
from touchstone.evaluation.services.reports import (
    latest_report,
    onboarding_plan,
    report_changes,
    report_draft,
    report_issue,
    reports_issue,
)
from touchstone.evaluation.services.summary import summary_available, summary_request
from touchstone.evaluation.services.verification import report_verify
from touchstone.interviews.models import PanelMember
from touchstone.positions.models import Position
from touchstone.positions.permissions import (
    may_decide,
    may_run,
    position_for,
    require_decide,
    require_run,
)
from touchstone.recruiting.models import Application, Consent, PoolEntry
from touchstone.recruiting.permissions import application_for
from touchstone.recruiting.services.consents import has_consent
from touchstone.ui.bilingual import active_language, choose, message_text
from touchstone.ui.formats import clock

MOST_COMPARED = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@staff()
def round_page(request: DeskRequest, ref: str) -> HttpResponse:
    """Everybody who was evaluated, by fair score with interval; ties are shown as ties."""
    position = position_for(request.user, ref)
    selectors.require_round(request.user, position)
    rows = selectors.round_rows(position, selectors.hidden_applications(request.user, position))
    if "meeting" in request.GET:
        return _meeting(request, position, rows)
    chosen = request.GET.getlist("with")[:MOST_COMPARED]
    run = position.calibrations.order_by("-created_at", "-pk").first()
    ratings = position_ratings(position)
    position_shell(request, position, "reports")
    return render(
        request,
        "desk/round.html",
        {
            "position": position,
            "rows": rows,
            "compared": [row for row in rows if row.application.ref in chosen and row.fair],
            "chosen": chosen,
            "run": run,
            "names": _names(run.result if run else {}),
            "links": selectors.panel_links(position),
            "stale": bool(ratings) and (run is None or run.input_sha256 != input_sha256(ratings)),
            "scored": len({row[0] for row in ratings}),
            "may_run": may_run(request.user, position),
            "may_decide": may_decide(request.user, position),
            "mean": _mean([row.fair for row in rows if row.fair is not None]),
            "words": {
                "hired": choose("已录用", "hired"),
                "offer": choose("录用", "offer"),
                "reject": choose("不录用", "not hired"),
                "hold": choose("再看", "on hold"),
                "pool": choose("备选", "reserve"),
                "withdrawn": choose("本人退出", "withdrew"),
                "open": choose("待决定", "to decide"),
            },
        },
    )


def _meeting(
    request: DeskRequest, position: Position, rows: list[selectors.RoundRow]
) -> HttpResponse:
    """One candidate at a time, large, for a room that decides together."""
    shown = [row for row in rows if row.report_ref]
    if not shown:
        raise NotFound(say("reporting.none_issued"))
    wanted = request.GET.get("meeting", "")
    place = next((i for i, row in enumerate(shown) if row.application.ref == wanted), 0)
    row = shown[place]
    report = Report.objects.select_related("application__candidate", "calibration").get(
        ref=row.report_ref
    )
    position_shell(request, position, "reports")
    return render(
        request,
        "desk/meeting.html",
        {
            "position": position,
            "row": row,
            "report": report,
            "place": place + 1,
            "total": len(shown),
            "before": shown[place - 1] if place else None,
            "after": shown[place + 1] if place + 1 < len(shown) else None,
            "dimensions": report_page.dimension_rows(report),
            "sections": report_page.sections(report),
            "departments": report_page.department_rows(report),
            "may_decide": may_decide(request.user, position),
        },
    )


def _names(result: dict[str, object]) -> dict[str, str]:
    raters = result.get("raters", [])
    refs = [row["id"] for row in raters] if isinstance(raters, list) else []
    return dict(Person.objects.filter(ref__in=refs).values_list("ref", "name"))


def _mean(scores: list[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


@require_POST
@staff()
def calibrate(request: DeskRequest, ref: str) -> HttpResponse:
    """Calibrates the round and, when asked, issues everybody's next version."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    now = utc_now()
    if request.POST.get("issue"):
        issued = reports_issue(actor=request.actor, position=position, at=now)
        messages.success(
            request, choose(f"已签发 {len(issued)} 份报告。", f"{len(issued)} reports issued.")
        )
    else:
        calibration_run(position=position, at=now, actor=request.actor)
        messages.success(request, choose("已按现有评分重新校准。", "Calibrated with all scores."))
    return HttpResponseRedirect(reverse("round", args=[position.ref]))


@require_GET
@staff()
def round_xlsx(request: DeskRequest, ref: str) -> HttpResponse:
    """The round as a workbook; applications still closed to the reader are left out."""
    position = position_for(request.user, ref)
    selectors.require_round(request.user, position)
    hidden = selectors.hidden_applications(request.user, position)
    data = round_export(
        actor=request.actor, position=position, hidden=hidden, lang=active_language()
    )
    return _file(data, XLSX, f"{position.title} {choose('综合报告', 'reports')}.xlsx")


@require_GET
@staff()
def report(request: DeskRequest, ref: str) -> HttpResponse:
    """One candidate's report: the version issued last, or the one asked for."""
    application = _readable(request, ref)
    position = application.position
    found = _version(request, application)
    position_shell(request, position, "reports")
    context: dict[str, Any] = {
        "application": application,
        "position": position,
        "report": found,
        "versions": selectors.reports_of(application),
        "draft": application.reports.exclude(status="issued").defer("facts", "analysis").first(),
        "may_run": may_run(request.user, position),
        "may_decide": may_decide(request.user, position),
        "decision": selectors.standing_decisions(position).get(application.pk),
        "people": _managers(position),
        "today": utc_now().date(),
        "pool": _pool_state(application),
    }
    if found is None:
        return render(request, "desk/report_none.html", context)
    rows = report_page.dimension_rows(found)
    context |= {
        "rows": rows,
        "radar": report_page.radar_of(rows),
        "distribution": report_page.distribution(found),
        "sections": report_page.sections(found),
        "raters": report_page.rater_rows(found),
        "departments": report_page.department_rows(found),
        "tasks": report_page.task_rows(found),
        "changes": [message_text(change) for change in report_changes(found)],
        "verified": report_verify(found) if "verify" in request.GET else None,
        "own_scored": any(r["ref"] == request.user.ref for r in found.facts["raters"]),
        "machine": report_page.machine_lines(found),
        "model_there": summary_available(),
        "interview_share": round(100 * found.facts["rule"]["interview_share"]),
        "degree": report_page.degree_word(found.facts["basic"]["highest_degree"]),
        "events": report_page.events(found),
        "skills": choose("、", ", ").join(found.facts["basic"]["skills"]),
        "warnings": [
            message_text(m) for m in (found.facts["calibration"] or {}).get("warnings", [])
        ],
    }
    return render(request, "desk/report.html", context)


def _readable(request: DeskRequest, ref: str) -> Application:
    """The application, where the person may see others' scores of it."""
    application = application_for(request.user, ref)
    selectors.require_report(request.user, application)
    return application


def _version(request: DeskRequest, application: Application) -> Report | None:
    wanted = request.GET.get("version", "")
    if wanted == "draft":
        require_decide(request.user, application.position)
        return application.reports.exclude(status="issued").exclude(facts={}).first()
    if wanted.isdecimal():
        found = application.reports.filter(status="issued", number=int(wanted[:6])).first()
        if found is None or not found.facts:
            raise NotFound(
                say("reporting.no_such_version" if found is None else "reporting.erased")
            )
        return found
    return latest_report(application)


def _pool_state(application: Application) -> dict[str, Any]:
    """Whether the candidate is in the pool, or might be: they agreed."""
    entry = PoolEntry.objects.filter(candidate_id=application.candidate_id).first()
    agreed = has_consent(application.candidate, Consent.Purpose.TALENT_POOL, utc_now())
    return {"entry": entry, "agreed": agreed}


def _managers(position: Position) -> list[Person]:
    return [
        member.person
        for member in position.members.filter(role="hiring_manager").select_related("person")
    ]


@require_POST
@staff()
def issue(request: DeskRequest, ref: str) -> HttpResponse:
    """Drafts the next version from the scores as they stand, or issues it."""
    application = _readable(request, ref)
    require_decide(request.user, application.position)
    now = utc_now()
    draft = application.reports.exclude(status="issued").first()
    if draft is None or not request.POST.get("keep"):
        draft = report_draft(application=application, at=now)
    address = reverse("report", args=[application.ref])
    if request.POST.get("summary"):
        summary_request(actor=request.actor, report=draft)
        messages.info(
            request,
            choose(
                "已请模型起草，写好会出现在草稿里。",
                "Asked the model; it will appear in the draft.",
            ),
        )
        return HttpResponseRedirect(f"{address}?version=draft")
    if request.POST.get("issue"):
        report_issue(actor=request.actor, report=draft, at=now)
        messages.success(request, choose("已签发并封存。", "Issued and sealed."))
        return HttpResponseRedirect(address)
    if draft.status == "issued":
        messages.info(
            request,
            choose("自上一版以来没有变化。", "Nothing changed since the last version."),
        )
        return HttpResponseRedirect(address)
    return HttpResponseRedirect(f"{address}?version=draft")


@require_GET
@staff()
def report_pdf(request: DeskRequest, ref: str) -> HttpResponse:
    """The issued report as a PDF in the reader's language."""
    application = _readable(request, ref)
    found = _version(request, application)
    if found is None or found.status != "issued":
        raise NotFound(say("reporting.none_issued"))
    data = report_export(actor=request.actor, report=found, lang=active_language())
    name = f"{application.candidate.name} {choose('综合面试报告', 'report')} v{found.number}.pdf"
    return _file(data, "application/pdf", name, inline=True)


def _file(data: bytes, content_type: str, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    disposition = content_disposition_header(not inline, name)
    response["Content-Disposition"] = disposition or "attachment"
    return response


@require_POST
@staff()
def decide(request: DeskRequest, ref: str) -> HttpResponse:
    """A person's decision with its reason; a report must have been issued."""
    application = _readable(request, ref)
    require_decide(request.user, application.position)
    kind = request.POST.get("kind", "")
    if kind not in {"offer", "reject", "hold", "pool"}:
        raise InvalidInput(say("evaluation.no_such_decision"), field="kind")
    found = latest_report(application)
    if found is None and kind == "offer":
        raise InvalidInput(say("evaluation.no_report_yet"))
    decisions.decision_make(
        actor=request.actor,
        application=application,
        kind=kind,
        reason=request.POST.get("reason", ""),
        at=utc_now(),
        report=found,
    )
    word = decision_word(kind)
    messages.success(
        request,
        choose(
            f"已记下：{application.candidate.name}，{word}。发给候选人之前可以撤销。",
            f"Kept: {application.candidate.name}, {word}. It can be undone until it is sent.",
        ),
    )
    return HttpResponseRedirect(_back(request, application))


def decision_word(kind: str) -> str:
    """A decision's kind in words."""
    return {
        "offer": choose("录用", "offer"),
        "reject": choose("不录用", "not hired"),
        "hold": choose("再看", "on hold"),
        "pool": choose("放入备选", "kept as a reserve"),
    }[kind]


@require_POST
@staff()
def decision_undo_view(request: DeskRequest, ref: str) -> HttpResponse:
    """Takes a decision back before it was sent."""
    decision = selectors.decision_for(request.user, ref)
    decisions.decision_undo(actor=request.actor, decision=decision, at=utc_now())
    messages.success(request, choose("已撤销。", "Undone."))
    return HttpResponseRedirect(_back(request, decision.application))


@require_POST
@staff()
def decision_send_view(request: DeskRequest, ref: str) -> HttpResponse:
    """Writes to the candidate; from now on the decision stands."""
    decision = selectors.decision_for(request.user, ref)
    decisions.decision_send(actor=request.actor, decision=decision, at=utc_now())
    messages.success(request, choose("信已写好，正在发出。", "The letter is on its way."))
    return HttpResponseRedirect(_back(request, decision.application))


def _back(request: DeskRequest, application: Application) -> str:
    """Where the form was: the meeting, the round, or the report."""
    position = application.position
    if request.POST.get("from") == "meeting":
        return f"{reverse('round', args=[position.ref])}?meeting={application.ref}"
    if request.POST.get("from") == "round":
        return reverse("round", args=[position.ref])
    return reverse("report", args=[application.ref])


@require_POST
@staff()
def hire(request: DeskRequest, ref: str) -> HttpResponse:
    """The candidate accepted: first day, manager, plan for the first months."""
    application = application_for(request.user, ref)
    require_decide(request.user, application.position)
    starts_on = _date(request.POST.get("starts_on", ""))
    if starts_on is None:
        raise InvalidInput(say("evaluation.start_missing"), field="starts_on")
    managers = {person.ref: person for person in _managers(application.position)}
    decisions.hire_confirm(
        actor=request.actor,
        application=application,
        starts_on=starts_on,
        manager=managers.get(request.POST.get("manager", "")),
        onboarding=onboarding_plan(latest_report(application)),
        at=utc_now(),
    )
    return HttpResponseRedirect(reverse("hires", args=[application.position.ref]))


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@require_GET
@staff()
def hires(request: DeskRequest, ref: str) -> HttpResponse:
    """Offers that wait, and those who joined with plan and outcomes."""
    position = position_for(request.user, ref)
    selectors.require_round(request.user, position)
    position_shell(request, position, "hires")
    offered = (
        Application.objects.filter(position=position, stage="offered")
        .select_related("candidate")
        .order_by("stage_since")
    )
    standing = selectors.standing_decisions(position)
    found = selectors.hires_of(position)
    reports = selectors.latest_overall([hire.application_id for hire in found])
    return render(
        request,
        "desk/hires.html",
        {
            "position": position,
            "offers": [(a, standing.get(a.pk)) for a in offered],
            "hires": [
                {
                    "hire": hire,
                    "outcomes": sorted(hire.outcomes.all(), key=lambda o: o.month),
                    "report": reports.get(hire.application_id),
                    "plan": [message_text(step["message"]) for step in hire.onboarding],
                }
                for hire in found
            ],
            "people": _managers(position),
            "may_decide": may_decide(request.user, position),
            "today": utc_now().date(),
        },
    )


@require_POST
@staff()
def outcomes_upload(request: DeskRequest, ref: str) -> HttpResponse:
    """Outcomes of many hires from a file of another system."""
    position = position_for(request.user, ref)
    require_decide(request.user, position)
    upload = request.FILES.get("file")
    if upload is None:
        raise InvalidInput(say("positions.table_empty"), field="file")
    found = outcomes_import(
        actor=request.actor,
        position=position,
        name=upload.name or "",
        data=upload.read(),
        at=utc_now(),
    )
    messages.success(request, choose(f"记下了 {found.kept} 行。", f"{found.kept} rows were kept."))
    for number, problem in found.problems[:5]:
        words = message_text(problem)
        messages.warning(request, choose(f"第 {number} 行：{words}", f"Row {number}: {words}"))
    return HttpResponseRedirect(reverse("hires", args=[position.ref]))


@require_http_methods(["GET", "POST"])
@staff()
def outcome(request: DeskRequest, ref: str) -> HttpResponse:
    """How a hire is doing: three numbers and a sentence, ninety seconds on a phone."""
    found = selectors.outcome_for(request.user, ref)
    application = found.hire.application
    error: TouchstoneError | None = None
    if request.method == "POST":
        try:
            outcome_record(
                actor=request.actor,
                outcome=found,
                projects_delivered=_number(request, "projects_delivered"),
                model_improvement=_number(request, "model_improvement"),
                review=_number(request, "review"),
                comment=request.POST.get("comment", ""),
                at=utc_now(),
            )
        except InvalidInput as problem:
            error = problem
        else:
            messages.success(request, choose("谢谢，已记下。", "Thank you, kept."))
            return HttpResponseRedirect(reverse("today"))
    return render(
        request,
        "desk/outcome.html",
        {
            "outcome": found,
            "application": application,
            "report": latest_report(application),
            "error": error.text(active_language()) if error else "",
            "field": getattr(error, "field", ""),
            "given": request.POST if error else None,
            "scale": range(11),
        },
        status=422 if error else 200,
    )


def _number(request: DeskRequest, name: str) -> float | None:
    text = request.POST.get(name, "").strip().replace(",", ".").rstrip("%％")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise InvalidInput(say("evaluation.not_a_number"), field=name) from error
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - not a number
        raise InvalidInput(say("evaluation.not_a_number"), field=name)
    return value


@require_GET
@staff()
def own_scoring(request: DeskRequest, ref: str) -> HttpResponse:
    """What calibration says of the reader's own scoring, and of nobody else's."""
    position = position_for(request.user, ref)
    position_shell(request, position, "interviews")
    notes = selectors.own_calibration(request.user, position)
    return render(request, "desk/own_scoring.html", {"position": position, "notes": notes})


@require_POST
@staff()
def evaluation_save(request: DeskRequest, ref: str) -> HttpResponse:
    """The written view of the person's own department, as typed or handed in."""
    application = application_for(request.user, ref)
    department = request.user.department
    if department is None or not _writes(request.user, application):
        raise NotAllowed(say("accounts.not_allowed"))
    version = request.POST.get("version", "0")
    row: DepartmentEvaluation = decisions.evaluation_save(
        actor=request.actor,
        application=application,
        department=department,
        text=request.POST.get("text", "")[:20_000],
        stance=_stance(request.POST.get("stance", "")),
        version=int(version) if version.isdecimal() else 0,
        at=utc_now(),
        submit=bool(request.POST.get("submit")),
    )
    if wants_json(request) or request.headers.get("HX-Request"):
        return JsonResponse(
            {
                "version": row.version,
                "saved_at": clock(row.updated_at),
                "submitted": row.submitted_at is not None,
            }
        )
    target = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return HttpResponseRedirect(target if own and target.startswith("/") else reverse("today"))


def _stance(stance: str) -> str:
    if stance not in {"", "hire", "lean_hire", "lean_no", "no"}:
        raise InvalidInput(say("evaluation.no_such_decision"), field="stance")
    return stance


def _writes(person: Person, application: Application) -> bool:
    """Panel members write for their department; so do those who decide."""
    on_panel = PanelMember.objects.filter(
        interview__application=application, person=person, removed_at=None
    ).exclude(interview__status="cancelled")
    return on_panel.exists() or may_decide(person, application.position)
