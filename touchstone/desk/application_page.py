"""What the page of one application shows. Other areas add their sections to `SECTIONS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from touchstone.assessments.models import Attempt
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest
from touchstone.positions.permissions import may_decide, may_run, may_see_applicants
from touchstone.positions.selectors import competency_model
from touchstone.recruiting.models import Application, PoolEntry
from touchstone.recruiting.page_images import MarkedPage, geometry_of, marked_pages
from touchstone.recruiting.permissions import visible_applications
from touchstone.recruiting.selectors import (
    DimensionFinding,
    findings,
    reasons_in,
    what_would_change,
)
from touchstone.recruiting.stages import NEEDS_REASON, STEPS, Stage, may_step
from touchstone.ui.bilingual import active_language, choose, message_text

Section = tuple[str, Callable[[DeskRequest, Application], dict[str, Any] | None]]


def later_steps(_request: DeskRequest, application: Application) -> dict[str, Any] | None:
    """What came after the screening: the sitting, the talks, the reports; each with its page.

    No scores stand here: the pages themselves keep the blind rule.
    """
    attempt = Attempt.objects.filter(application=application).first()
    interviews = list(
        application.interviews.exclude(status="cancelled").order_by("round_no", "starts_at")
    )
    report = application.reports.order_by("-number").first()
    if attempt is None and not interviews and report is None:
        return None
    return {"attempt": attempt, "interviews": interviews, "report": report}


def talent_pool(request: DeskRequest, application: Application) -> dict[str, Any] | None:
    """Whether the person is in the talent pool, for those who run the position."""
    if not may_run(request.user, application.position):
        return None
    return {"entry": PoolEntry.objects.filter(candidate=application.candidate_id).first()}


# A section is a template and what gives it its context; None leaves it out for this person.
SECTIONS: list[Section] = [
    ("desk/parts/application_later.html", later_steps),
    ("desk/parts/application_pool.html", talent_pool),
]


def application_context(request: DeskRequest, application: Application) -> dict[str, Any]:
    """Everything the page needs; the number of queries does not depend on how much there is."""
    screening = application.screening
    version = screening.model_version if screening else None
    model = competency_model(version) if version else None
    found = findings(screening, model)
    resume = application.resume
    files = list(
        application.candidate.resumes.filter(position=application.position_id)
        .select_related("file")
        .defer("text", "parsed", "geometry")
        .order_by("-pk")
    )
    pages = _pages(application, found)
    sees = may_see_applicants(request.user, application.position)
    view = request.GET.get("view", "pages" if pages else "text")
    return {
        "application": application,
        "candidate": application.candidate,
        "position": application.position,
        "resume": resume,
        "files": files,
        "screening": screening,
        "result": screening.result if screening else {},
        "reasons": reasons_in(screening, active_language()),
        "findings": found,
        "marks": [
            {"start": e.start, "end": e.end, "kind": e.kind, "id": e.id}
            for d in found
            for i in d.indicators
            for e in i.evidence
        ],
        "change": what_would_change(screening, model),
        "pages": pages if view == "pages" else [],
        "view": view if pages else "text",
        "views": (
            (("", choose("原样", "As it looks"), None), ("text", choose("文字", "Text"), None))
            if pages
            else ()
        ),
        "stale": bool(version and application.position.model_version_id not in {None, version.pk}),
        "events": _events(application),
        "steps": _steps(application),
        "notes": list(application.candidate.notes.select_related("author").order_by("-created_at"))
        if sees
        else [],
        "requests": list(application.requests.select_related("answered_by").order_by("created_at")),
        "others": list(
            visible_applications(request.user)
            .filter(candidate=application.candidate_id)
            .exclude(pk=application.pk)
            .select_related("position")
        ),
        "sees": sees,
        "may_decide": may_decide(request.user, application.position),
        "may_run": may_run(request.user, application.position),
        "sections": [
            {"template": template, **context}
            for template, give in SECTIONS
            if (context := give(request, application)) is not None
        ],
    }


def _pages(application: Application, found: list[DimensionFinding]) -> list[MarkedPage]:
    resume = application.resume
    geometry = geometry_of(resume) if resume is not None else None
    if geometry is None or resume is None or resume.file is None:
        return []
    evidence = [
        (e.id, e.level, e.quote, e.start, e.end)
        for dimension in found
        for indicator in dimension.indicators
        for e in indicator.evidence
    ]
    return marked_pages(geometry, evidence)


def _events(application: Application) -> list[dict[str, Any]]:
    """Steps and overrides by time; the last one is where it stands."""
    events: list[dict[str, Any]] = []
    for event in application.events.select_related("person"):
        stage = message_text(say(f"recruiting.stage_{event.to_stage}"))
        if event.undoes_id:
            words = choose(f"撤销，回到「{stage}」", f"taken back, at: {stage}")
        else:
            words = stage
        events.append(
            {
                "at": event.at,
                "text": words,
                "who": event.person.name if event.person else _who(event.actor_kind),
                "reason": event.reason,
                "state": "done",
            }
        )
    screening = application.screening
    if screening is not None and screening.override and screening.override_at:
        events.append(
            {
                "at": screening.override_at,
                "text": choose("改了筛选建议", "Recommendation changed"),
                "who": screening.override_by.name if screening.override_by else "",
                "reason": screening.override_reason,
                "state": "done",
            }
        )
    events.sort(key=lambda event: event["at"])
    if events:
        events[-1]["state"] = "now"
    return events


def _who(kind: str) -> str:
    return choose("候选人", "Candidate") if kind == "candidate" else choose("系统", "System")


def _steps(application: Application) -> dict[str, Any]:
    """What a person may do next: steps forward, and the two ways out."""
    origin = application.stage
    onward = [
        {
            "to": to,
            "label": message_text(say(f"recruiting.stage_{to}")),
            "reason": to in NEEDS_REASON,
        }
        for (start, to) in STEPS
        if start == origin and to not in _OUT and may_step(origin, to, "person")
    ]
    last = application.events.order_by("-at", "-id").first()
    return {
        "onward": [step for step in onward if step["to"] not in _ELSEWHERE],
        "invite": any(step["to"] == Stage.INVITED for step in onward),
        "interview": any(step["to"] == Stage.INTERVIEWING for step in onward),
        "offer": any(step["to"] == Stage.OFFERED for step in onward),
        "reject": may_step(origin, Stage.REJECTED, "person"),
        "withdraw": may_step(origin, Stage.WITHDRAWN, "person"),
        "undo": bool(
            last and last.from_stage and not last.undoes_id and last.actor_kind == "person"
        ),
    }


_OUT = {Stage.REJECTED, Stage.WITHDRAWN}
# These steps have pages of their own: the invitation, the booking, the decision, the hire.
_ELSEWHERE = {Stage.INVITED, Stage.INTERVIEWING, Stage.OFFERED, Stage.HIRED}
