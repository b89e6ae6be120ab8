"""The candidate's overview: what was asked, what was agreed, where things stand."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.accounts.models import Person
from touchstone.assessments.models import Attempt, IntegritySignal
from touchstone.assessments.selectors import TaskRow, attempt_of, own_item, task_rows
from touchstone.assessments.services.sittings import (
    attempt_start,
    attempt_submit,
    signal_comment_save,
    signal_record,
)
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.evaluation.services.reports import report_for_candidate
from touchstone.interviews.models import Interview
from touchstone.interviews.services.calendars import open_slots
from touchstone.portal.access import PortalRequest, back_home, candidate_page
from touchstone.portal.journey import now_text, timeline
from touchstone.recruiting.models import Application, CandidateRequest
from touchstone.recruiting.services.applications import is_final
from touchstone.recruiting.services.consents import (
    asked_beforehand,
    consent_give,
    consent_texts,
    consents_standing,
    has_consent,
)
from touchstone.ui.bilingual import choose
from touchstone.ui.formats import clock

SIGNAL_BYTES = 4000


@require_GET
@candidate_page
def overview(request: PortalRequest) -> HttpResponse:
    """First what will happen and what to agree to; after that the tasks and where things stand."""
    application, now = request.application, utc_now()
    attempt = attempt_of(application)
    closed = is_final(application.stage)
    context: dict[str, Any] = {
        "application": application,
        "position": application.position,
        **asked_of(application),
        "closed": closed,
    }
    rows = task_rows(attempt, now) if attempt else []
    if attempt and not closed:
        context |= _sitting(attempt, rows, now)
        agreed = has_consent(request.candidate, "assessment", now)
        waits = attempt.status in {Attempt.Status.INVITED, Attempt.Status.STARTED}
        if waits and not (agreed and attempt.status == Attempt.Status.STARTED):
            asked = asked_beforehand(request.candidate)
            context["texts"] = [row for row in _consents(request) if row["text"].purpose in asked]
            return render(request, "portal/welcome.html", context)
    context |= {
        "now_text": now_text(application),
        "events": timeline(application, application.events.all()),
        "consents": _consents(request),
        "interviews": _interviews(application, now),
        "slots": [] if closed else open_slots(now).filter(application=application),
        "asked": CandidateRequest.objects.filter(application=application).order_by("-created_at"),
        "signals": attempt.signals.order_by("-at")[:50] if attempt else [],
        "attempt": attempt,
        "report_ready": report_for_candidate(application) is not None,
    }
    return render(request, "portal/home.html", context)


def _sitting(attempt: Attempt, rows: list[TaskRow], now: Any) -> dict[str, Any]:
    done = sum(row.state == "done" for row in rows)
    return {
        "attempt": attempt,
        "rows": rows,
        "done": done,
        "left": len(rows) - done,
        "doing": next((row for row in rows if row.state == "doing"), None),
        "minutes": sum(row.minutes for row in rows),
        "now": now,
        "window_over": now > attempt.deadline,
    }


def _consents(request: PortalRequest) -> list[dict[str, Any]]:
    standing, asked = consents_standing(request.candidate), asked_beforehand(request.candidate)
    return [
        {
            "text": text,
            "granted": bool((given := standing.get(purpose)) and given.granted),
            "since": standing[purpose].at if purpose in standing else None,
        }
        for purpose, text in consent_texts().items()
        if purpose in asked or purpose in standing
    ]


def _interviews(application: Application, now: Any) -> list[Interview]:
    """Those that were told to the candidate, and the one just chosen, whose link is being made."""
    being_made = Q(status=Interview.Status.PLANNED) & ~Q(candidate_reply="accepted")
    rows = application.interviews.exclude(being_made).order_by("-starts_at")
    return list(rows.prefetch_related("panel__person"))


def asked_of(application: Application) -> dict[str, Any]:
    """Whom to ask, under the name the reader's language has for them."""
    person = contact(application)
    name = choose(person.name, person.name_en or person.name) if person else ""
    return {"contact": person, "contact_name": name}


def contact(application: Application) -> Person | None:
    """Whom the candidate may ask: the recruiter in charge, else one of the position."""
    if application.owner_id:
        return application.owner
    member = (
        application.position.members.filter(role="recruiter", person__is_active=True)
        .select_related("person")
        .order_by("pk")
        .first()
    )
    return member.person if member else None


@require_POST
@candidate_page
def start(request: PortalRequest) -> HttpResponse:
    """Keeps what was agreed to and opens the sitting; no task's clock runs yet."""
    attempt = _own_attempt(request)
    now = utc_now()
    chosen = set(request.POST.getlist("consent"))
    if "assessment" not in chosen:
        raise InvalidInput(say("assessments.consent_missing"), field="consent")
    for purpose in sorted(asked_beforehand(request.candidate)):
        consent_give(
            actor=request.actor,
            candidate=request.candidate,
            purpose=purpose,
            granted=purpose in chosen,
            at=now,
        )
    attempt_start(attempt=attempt, at=now)
    if request.POST.get("then") == "practice":
        return HttpResponseRedirect(reverse("portal-practice"))
    return back_home()


@require_POST
@candidate_page
def consent(request: PortalRequest) -> HttpResponse:
    """Gives or takes back one consent, at any time."""
    consent_give(
        actor=request.actor,
        candidate=request.candidate,
        purpose=request.POST.get("purpose", ""),
        granted=request.POST.get("granted") == "1",
        at=utc_now(),
    )
    if task := request.POST.get("task"):
        item = own_item(request.application, task)
        return HttpResponseRedirect(f"{reverse('portal-task', args=[item.ref])}?form=spoken")
    return HttpResponseRedirect(f"{reverse('portal-home')}#consents")


@require_GET
@candidate_page
def practice(request: PortalRequest) -> HttpResponse:
    """A task that counts for nothing: typing, saving, the clock, the editor."""
    return render(request, "portal/practice.html", {"now": utc_now()})


@require_POST
@candidate_page
def practice_draft(request: PortalRequest) -> HttpResponse:
    """Answers as saving does, and keeps nothing."""
    sent = request.POST.get("version", "0")
    version = int(sent) + 1 if sent.isdigit() and len(sent) < 9 else 1
    return JsonResponse({"version": version, "saved_at": clock(utc_now())})


@require_POST
@candidate_page
def finish(request: PortalRequest) -> HttpResponse:
    """Hands the whole sitting in."""
    attempt_submit(actor=request.actor, attempt=_own_attempt(request), at=utc_now())
    return back_home()


@require_POST
@candidate_page
def signal(request: PortalRequest) -> HttpResponse:
    """Notes a paste or that the page was left, as the candidate was told."""
    if len(request.body) > SIGNAL_BYTES:
        raise InvalidInput(say("assessments.bad_signal"))
    try:
        sent = json.loads(request.body)
        kind, amount = str(sent["kind"]), int(sent.get("amount", 0))
        task = str(sent.get("task", ""))[:32]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(say("assessments.bad_signal")) from error
    signal_record(
        attempt=_own_attempt(request),
        kind=kind,
        detail={"task": task, "amount": max(0, min(amount, 10**6))},
        at=utc_now(),
    )
    return HttpResponse(status=204)


@require_POST
@candidate_page
def signal_comment(request: PortalRequest, number: int) -> HttpResponse:
    """The candidate's own word about a note."""
    found = IntegritySignal.objects.filter(
        pk=number, attempt__application=request.application
    ).first()
    if found is None:
        raise NotFound(say("assessments.no_such_task"))
    signal_comment_save(actor=request.actor, signal=found, text=request.POST.get("comment", ""))
    return HttpResponseRedirect(f"{reverse('portal-home')}#signals")


def _own_attempt(request: HttpRequest) -> Attempt:
    attempt = attempt_of(request.application)  # type: ignore[attr-defined]
    if attempt is None:
        raise NotFound(say("assessments.no_such_task"))
    return attempt
