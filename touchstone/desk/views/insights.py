"""How the round went: funnel, times, departments, fairness, validity, and what to change."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from touchstone.common.clock import utc_now
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.shell import position_shell
from touchstone.evaluation.selectors import hidden_applications, require_round
from touchstone.evaluation.services.exports import export_record
from touchstone.insights import figures as computing
from touchstone.insights.gathering import past_deviations
from touchstone.insights.measures import Duration
from touchstone.insights.models import Proposal
from touchstone.insights.onepage import onepage_pdf
from touchstone.insights.services import proposal_decide, proposals_refresh, subject_names
from touchstone.insights.snapshots import round_figures, round_times
from touchstone.insights.tables import (
    as_csv,
    as_xlsx,
    fact_word,
    stage_word,
    tables,
    time_word,
    value_word,
)
from touchstone.positions.models import Position
from touchstone.positions.permissions import may_run, position_for, require_run, visible_positions
from touchstone.ui.bilingual import active_language, choose, message_text
from touchstone.ui.templatetags.ui import words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@staff()
def page(request: DeskRequest, ref: str) -> HttpResponse:
    """The round's figures, each with n and interval, and a comparison with another period."""
    position = _position(request, ref)
    now = utc_now()
    found, at = _figures(request, position, now)
    names = _names(position, found)
    position_shell(request, position, "reports")
    return render(
        request,
        "desk/insights.html",
        {
            "position": position,
            "f": found,
            "past": _past_validity(position),
            "at": at,
            "funnel": [
                {"word": stage_word(s.stage), "step": s, "width": _width(s.n, found.funnel)}
                for s in found.funnel
            ],
            "times": [
                {"word": time_word(d.name), "d": d, "length": length(d.median_days)}
                for d in (
                    found.decision,
                    found.scheduling,
                    found.evaluation,
                    found.collaboration,
                    found.report_to_decision,
                )
            ],
            "evaluation_length": length(found.evaluation.median_days),
            "departments": [
                (name, d, length(d.median_days))
                for name, d in found.evaluation_by_department.items()
            ],
            "waits": [(w, length(w.median_days)) for w in found.waits[:5]],
            "stages": _spreads(found.stages),
            "deviations": [
                {"word": names.get(d.dimension, d.dimension), "d": d} for d in found.deviations
            ],
            "rounds": [
                {
                    "position": p,
                    "raw": _percent(agreement.get("mean_abs_deviation_raw")),
                    "fair": _percent(agreement.get("mean_abs_deviation_fair")),
                }
                for p, agreement in past_deviations(position)
            ],
            "fairness": [
                {
                    "word": fact_word(name),
                    "report": report,
                    "rows": [(value_word(row.group.key), row) for row in report.rows],
                }
                for name, report in found.fairness
            ],
            "indicators": [
                {"word": names.get(i.indicator, i.indicator), "i": i} for i in found.indicators
            ],
            "tasks": [{"word": names.get(t.code, t.code), "t": t} for t in found.tasks],
            "sources": [{"word": value_word(s.name), "s": s} for s in found.sources],
            "proposals": _proposals(position),
            "comparison": _comparison(request, position, now),
            "others": visible_positions(request.user)
            .filter(branch_id=position.branch_id)
            .exclude(pk=position.pk)[:20],
            "split": request.GET.get("split", ""),
            "beside": request.GET.get("with", ""),
            "may_run": may_run(request.user, position),
        },
    )


def _position(request: DeskRequest, ref: str) -> Position:
    position = position_for(request.user, ref)
    require_round(request.user, position)
    return position


def _figures(
    request: DeskRequest, position: Position, now: dt.datetime
) -> tuple[computing.Figures, dt.datetime]:
    """The figures and the moment they are of. Scores of interviews the reader still owes a card
    for are left out."""
    return round_figures(position, now, hidden_applications(request.user, position))


def length(days: float | None) -> tuple[float | None, str]:
    """A length of time in the unit people would say it in: hours below one day."""
    if days is None:
        return None, ""
    if days < 1:
        return 24 * days, choose("小时", "hours")
    return days, choose("天", "days")


def _spreads(durations: list[Duration]) -> list[dict[str, Any]]:
    """Each length of time with the places of its quartiles on a line of 200."""
    longest = max((d.q3_days or d.median_days or 0.0 for d in durations), default=0.0) or 1.0

    def place(days: float | None) -> float | None:
        return None if days is None else round(200 * days / longest, 1)

    return [
        {
            "word": stage_word(d.name),
            "d": d,
            "low": place(d.q1_days),
            "high": place(d.q3_days),
            "middle": place(d.median_days),
        }
        for d in durations
        if d.n
    ]


def _width(n: int, steps: list[Any]) -> float:
    return round(100 * n / (steps[0].n or 1), 1) if steps else 0.0


def _percent(points: float | None) -> float | None:
    return None if points is None else 10 * points


def _names(position: Position, found: computing.Figures) -> dict[str, str]:
    raw = subject_names(position, [t.code for t in found.tasks])
    document = position.model_version.document if position.model_version else {}
    named = {d["id"]: words(d.get("name") or d["id"]) for d in document.get("dimensions", [])}
    return named | {key: words(value) if value else key for key, value in raw.items()}


def _past_validity(position: Position) -> dict[str, Any] | None:
    """What past rounds say of interview scores and outcomes, as learned with the model."""
    learned = position.model_version.learned if position.model_version else {}
    found: dict[str, Any] | None = learned.get("validity")
    return found


def _proposals(position: Position) -> list[dict[str, Any]]:
    rows = position.proposals.select_related("decided_by").order_by("status", "created_at", "pk")
    return [{"row": row, "text": message_text(row.message)} for row in rows]


def _comparison(
    request: DeskRequest, position: Position, now: dt.datetime
) -> dict[str, Any] | None:
    """Before and after a day of this round, or against another round of the branch."""
    if request.GET.get("with"):
        other = _position(request, request.GET["with"])
        before, after = round_times(other, now), round_times(position, now)
        title = choose(f"与「{other.title}」相比", f"Against {other.title}")
    else:
        day = _day(request.GET.get("split", ""))
        if day is None:
            return None
        before, after = computing.split(round_times(position, now), day)
        title = choose(f"以 {day:%Y-%m-%d} 投递为界", f"Applied before and from {day:%Y-%m-%d}")
    rows = computing.compare(before, after)
    return {"title": title, "rows": [{"word": time_word(d.name), "d": d} for d in rows]}


def _day(text: str) -> dt.datetime | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(), ZoneInfo(settings.TIME_ZONE))


@require_GET
@staff()
def export(request: DeskRequest, ref: str) -> HttpResponse:
    """All tables as CSV, or with ``?format=xlsx`` as a workbook."""
    position = _position(request, ref)
    found, _at = _figures(request, position, utc_now())
    parts = tables(found, _names(position, found))
    export_record(actor=request.actor, position=position, what="insights.exported")
    name = f"{position.title} {choose('洞察', 'insights')}"
    if request.GET.get("format") == "xlsx":
        return _file(as_xlsx(parts), XLSX, f"{name}.xlsx")
    return _file(as_csv(parts), "text/csv; charset=utf-8", f"{name}.csv")


@require_GET
@staff()
def onepage(request: DeskRequest, ref: str) -> HttpResponse:
    """One page for management, as PDF."""
    position = _position(request, ref)
    found, at = _figures(request, position, utc_now())
    data = onepage_pdf(position, found, _names(position, found), at=at, lang=active_language())
    return _file(data, "application/pdf", f"{position.title}.pdf", inline=True)


def _file(data: bytes, content_type: str, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    return response


@require_POST
@staff()
def refresh(request: DeskRequest, ref: str) -> HttpResponse:
    """Looks through the figures for what could be changed."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    now = utc_now()
    found, _at = round_figures(position, now)
    rows = proposals_refresh(position=position, at=now, actor=request.actor, known=found)
    n = sum(1 for row in rows if row.status == "open")
    messages.success(request, choose(f"现在有 {n} 条建议。", f"{n} proposals now."))
    return HttpResponseRedirect(reverse("insights", args=[position.ref]) + "#proposals")


@require_POST
@staff()
def decide(request: DeskRequest, ref: str) -> HttpResponse:
    """Takes a proposal up, or sets it aside."""
    proposal = get_object_or_404(
        Proposal.objects.select_related("position__branch"),
        ref=ref,
        position__in=visible_positions(request.user),
    )
    require_run(request.user, proposal.position)
    accept = request.POST.get("accept") == "1"
    proposal_decide(actor=request.actor, proposal=proposal, accept=accept, at=utc_now())
    return HttpResponseRedirect(reverse("insights", args=[proposal.position.ref]) + "#proposals")
