"""REST under /api/v1: the same services and permissions as the pages, for the systems around."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import File, NinjaAPI, Query, UploadedFile
from ninja.errors import AuthenticationError
from ninja.errors import ValidationError as ShapeError

from touchstone import __version__
from touchstone.accounts.models import Branch, Role
from touchstone.accounts.permissions import require_role, role_scopes
from touchstone.api.auth import ApiRequest, TokenAuth, may, require_scope
from touchstone.api.schemas import (
    ApplicationOut,
    Applications,
    CandidateOut,
    DeliveryOut,
    ErrorOut,
    Me,
    OutcomeIn,
    OutcomeOut,
    PositionOut,
    QuestionOut,
    ReportOut,
    ResumeOut,
    ScreeningOut,
    Stage,
    StageIn,
    WebhookIn,
    WebhookOut,
)
from touchstone.audit.models import Webhook, WebhookDelivery
from touchstone.audit.services import audit_record
from touchstone.audit.webhooks import webhook_create, webhook_stop
from touchstone.common.clock import utc_now
from touchstone.common.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    TouchstoneError,
)
from touchstone.common.messages import say
from touchstone.evaluation.models import Outcome, Report
from touchstone.evaluation.selectors import outcome_for, reports_of, require_report
from touchstone.evaluation.services.outcomes import outcome_record
from touchstone.library.permissions import READERS
from touchstone.library.selectors import current_questions
from touchstone.positions.models import Position
from touchstone.positions.permissions import (
    position_for,
    require_decide,
    require_run,
    visible_positions,
)
from touchstone.recruiting.models import Application
from touchstone.recruiting.permissions import application_for, visible_applications
from touchstone.recruiting.services.applications import application_move
from touchstone.recruiting.services.imports import batch_open, resume_receive
from touchstone.ui.bilingual import active_language

MOST_ROWS = 200
STATUS: tuple[tuple[type[TouchstoneError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (IllegalTransition, 409),
    (InvalidInput, 422),
)
REFUSALS = {401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut}

api = NinjaAPI(
    title="Touchstone 试金石",
    version="1",
    description=f"Hiring rounds for the systems around them. Product version {__version__}.",
    urls_namespace="api-1",
    auth=TokenAuth(),
    docs_url=None,
    openapi_url="openapi.json",
)


@api.exception_handler(TouchstoneError)
def refused(request: HttpRequest, error: TouchstoneError) -> HttpResponse:
    """Our errors: the message's id and its words in the caller's language."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 400)
    body = {"error": error.message.id, "detail": error.text(active_language())}
    return api.create_response(request, body, status=status)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """No token, a wrong, expired or revoked one, or too many wrong ones: one answer for all."""
    body = {"error": "api.not_authenticated", "detail": "A valid token is needed."}
    response = api.create_response(request, body, status=401)
    response["WWW-Authenticate"] = 'Bearer realm="touchstone"'
    return response


@api.exception_handler(ShapeError)
def misshapen(request: HttpRequest, error: ShapeError) -> HttpResponse:
    """The request has not the shape that the schema wants: where, and why."""
    where = "; ".join(
        f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}" for fault in error.errors
    )
    return api.create_response(request, {"error": "api.bad_shape", "detail": where}, status=422)


# -- who


@api.get("/me", response={200: Me, 401: ErrorOut}, tags=["token"])
def me(request: ApiRequest) -> dict[str, Any]:
    """Whose token this is, and what it may do."""
    token = request.auth
    return {
        "ref": request.user.ref,
        "name": request.user.name,
        "scopes": token.scopes,
        "expires_at": token.expires_at,
    }


# -- positions and applications


def _position(position: Position) -> dict[str, Any]:
    version = position.model_version
    return {
        "ref": position.ref,
        "title": position.title,
        "title_en": position.title_en,
        "status": position.status,
        "branch": position.branch.ref,
        "department": position.department.ref,
        "headcount": position.headcount,
        "opened_at": position.opened_at,
        "closed_at": position.closed_at,
        "model_version": version.number if version else None,
    }


@api.get("/positions", response={200: list[PositionOut], **REFUSALS}, tags=["positions"])
def positions(request: ApiRequest) -> list[dict[str, Any]]:
    """Positions that the token's person may see, the newest first; at most 200."""
    require_scope(request, "positions:read")
    rows = visible_positions(request.user).select_related("branch", "department", "model_version")
    return [_position(row) for row in rows.order_by("-created_at")[:MOST_ROWS]]


@api.get("/positions/{ref}", response={200: PositionOut, **REFUSALS}, tags=["positions"])
def position(request: ApiRequest, ref: str) -> dict[str, Any]:
    """One position."""
    require_scope(request, "positions:read")
    return _position(position_for(request.user, ref))


def _application(request: ApiRequest, row: Application) -> ApplicationOut:
    candidate = None
    if may(request, "candidates:read"):
        person = row.candidate
        candidate = CandidateOut(
            ref=person.ref,
            name=person.name,
            email=person.email,
            phone=person.phone,
            language=person.language,
        )
    return ApplicationOut(
        ref=row.ref,
        position=row.position.ref,
        stage=cast(Stage, row.stage),
        stage_since=row.stage_since,
        applied_at=row.applied_at,
        source=row.source,
        score=row.score,
        recommendation=row.recommendation,
        human_only=row.human_only,
        candidate=candidate,
    )


def _read_recorded(request: ApiRequest, position: Position, n: int) -> None:
    """Reading people's names and addresses in bulk leaves a trace."""
    if n and may(request, "candidates:read"):
        audit_record(
            request.actor,
            "candidates.read_by_api",
            object_type="position",
            object_ref=position.ref,
            branch_ref=position.branch.ref,
            detail={"n": n, "token": request.auth.ref},
        )


@api.get(
    "/positions/{ref}/applications",
    response={200: Applications, **REFUSALS},
    tags=["applications"],
)
def applications(
    request: ApiRequest,
    ref: str,
    stage: str = "",
    after: str = "",
    limit: int = Query(50, ge=1, le=MOST_ROWS),  # type: ignore[type-arg]
) -> Applications:
    """Applications for a position in the order in which they came.

    `after` is the `next_after` of the page before. Names and addresses are in the answer where the
    token may read them; that is recorded.
    """
    require_scope(request, "applications:read")
    found = position_for(request.user, ref)
    rows = (
        visible_applications(request.user)
        .filter(position=found)
        .select_related("candidate", "position")
        .order_by("pk")
    )
    if stage:
        rows = rows.filter(stage=stage)
    if after:
        last = Application.objects.filter(position=found, ref=after).values_list("pk", flat=True)
        rows = rows.filter(pk__gt=last.first() or 0)
    page = list(rows[: limit + 1])
    items = page[:limit]
    _read_recorded(request, found, len(items))
    return Applications(
        items=[_application(request, row) for row in items],
        next_after=items[-1].ref if len(page) > limit else None,
    )


@api.get("/applications/{ref}", response={200: ApplicationOut, **REFUSALS}, tags=["applications"])
def application(request: ApiRequest, ref: str) -> ApplicationOut:
    """One application."""
    require_scope(request, "applications:read")
    row = application_for(request.user, ref)
    _read_recorded(request, row.position, 1)
    return _application(request, row)


@api.post(
    "/applications/{ref}/stage", response={200: ApplicationOut, **REFUSALS}, tags=["applications"]
)
def stage(request: ApiRequest, ref: str, given: StageIn) -> ApplicationOut:
    """Takes one step in the name of the token's person, who must be allowed to decide.

    A step that the state machine does not have is answered with 409.
    """
    require_scope(request, "applications:write")
    row = application_for(request.user, ref)
    require_decide(request.user, row.position)
    application_move(
        actor=request.actor, application=row, to=given.to, at=utc_now(), reason=given.reason
    )
    return _application(request, row)


@api.get(
    "/applications/{ref}/screening", response={200: ScreeningOut, **REFUSALS}, tags=["applications"]
)
def screening(request: ApiRequest, ref: str) -> dict[str, Any]:
    """The current screening with its evidence; 404 before the resume is read."""
    require_scope(request, "applications:read")
    row = application_for(request.user, ref)
    if row.screening is None:
        raise NotFound(say("recruiting.not_found"))
    return {
        "ref": row.screening.ref,
        "score": row.screening.score,
        "decision": row.screening.decision,
        "override": row.screening.override,
        "result": row.screening.result,
        "created_at": row.screening.created_at,
    }


@api.post(
    "/positions/{ref}/resumes", response={202: list[ResumeOut], **REFUSALS}, tags=["applications"]
)
def resumes(
    request: ApiRequest,
    ref: str,
    files: list[UploadedFile] = File(...),  # type: ignore[type-arg]  # noqa: B008
) -> tuple[int, list[dict[str, Any]]]:
    """Brings in resumes: each file is stored first and read in the background.

    Archives are opened. The same bytes are kept once in a position.
    """
    require_scope(request, "applications:write")
    found = position_for(request.user, ref)
    require_run(request.user, found)
    at = utc_now()
    batch = batch_open(
        actor=request.actor, position=found, source="api", label=request.auth.name, at=at
    )
    received = []
    for file in files:
        received += resume_receive(
            actor=request.actor, batch=batch, name=file.name or "", data=file.read(), at=at
        )
    return 202, [
        {"ref": r.ref, "file_name": r.file_name, "status": r.status, "sha256": r.sha256}
        for r in received
    ]


# -- reports and outcomes


def _report(row: Report) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "number": row.number,
        "overall": row.overall,
        "overall_raw": row.overall_raw,
        "sha256": row.sha256,
        "issued_at": row.issued_at,
        "facts": row.facts,
        "analysis": row.analysis,
    }


@api.get(
    "/applications/{ref}/reports", response={200: list[ReportOut], **REFUSALS}, tags=["reports"]
)
def reports(request: ApiRequest, ref: str) -> list[dict[str, Any]]:
    """Issued reports of an application, the newest first."""
    require_scope(request, "reports:read")
    row = application_for(request.user, ref)
    require_report(request.user, row)
    audit_record(
        request.actor,
        "report.read_by_api",
        object_type="application",
        object_ref=row.ref,
        branch_ref=row.branch.ref,
        detail={"token": request.auth.ref},
    )
    return [_report(report) for report in reports_of(row) if report.status == "issued"]


def _outcome(row: Outcome) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "application": row.hire.application.ref,
        "month": row.month,
        "due_on": row.due_on,
        "projects_delivered": row.projects_delivered,
        "model_improvement": row.model_improvement,
        "review": row.review,
        "at": row.at,
    }


@api.get(
    "/applications/{ref}/outcomes", response={200: list[OutcomeOut], **REFUSALS}, tags=["outcomes"]
)
def outcomes(request: ApiRequest, ref: str) -> list[dict[str, Any]]:
    """Outcomes of a hire, due and given; empty for somebody who was not hired."""
    require_scope(request, "applications:read")
    row = application_for(request.user, ref)
    require_decide(request.user, row.position)
    found = Outcome.objects.filter(hire__application=row).select_related("hire__application")
    return [_outcome(outcome) for outcome in found.order_by("month")]


@api.put("/outcomes/{ref}", response={200: OutcomeOut, **REFUSALS}, tags=["outcomes"])
def outcome(request: ApiRequest, ref: str, given: OutcomeIn) -> dict[str, Any]:
    """Writes down what became of a hire; it joins the history that models are learned from."""
    require_scope(request, "outcomes:write")
    found = outcome_for(request.user, ref)
    recorded = outcome_record(
        actor=request.actor,
        outcome=found,
        projects_delivered=given.projects_delivered,
        model_improvement=given.model_improvement,
        review=given.review,
        comment=given.comment,
        at=utc_now(),
    )
    return _outcome(recorded)


# -- question bank


@api.get("/questions", response={200: list[QuestionOut], **REFUSALS}, tags=["questions"])
def questions(
    request: ApiRequest,
    after: str = "",
    limit: int = Query(100, ge=1, le=MOST_ROWS),  # type: ignore[type-arg]
) -> list[dict[str, Any]]:
    """The newest revision of every question, by code; `after` is the last code of a page."""
    require_scope(request, "questions:read")
    require_role(request.user, READERS)
    rows = current_questions().order_by("code")
    if after:
        rows = rows.filter(code__gt=after)
    return [
        {
            "code": row.code,
            "revision": row.revision,
            "kind": row.kind,
            "dimension": row.dimension,
            "industry": row.industry,
            "status": row.status,
            "sha256": row.sha256,
            "document": row.document,
        }
        for row in rows[:limit]
    ]


# -- webhooks


def _administered(request: ApiRequest) -> str:
    """The branch whose events the person may have told: empty for the whole group."""
    require_scope(request, "webhooks:write")
    require_role(request.user, (Role.ADMINISTRATOR,))
    scopes = role_scopes(request.user)[Role.ADMINISTRATOR]
    if None in scopes:
        return ""
    ids = {branch for branch in scopes if branch is not None}
    return Branch.objects.filter(pk__in=ids).order_by("pk")[0].ref


def _webhook(hook: Webhook, secret: str | None = None) -> dict[str, Any]:
    return {
        "ref": hook.ref,
        "name": hook.name,
        "url": hook.url,
        "events": hook.events,
        "created_at": hook.created_at,
        "stopped_at": hook.stopped_at,
        "secret": secret,
    }


def _webhook_for(request: ApiRequest, ref: str) -> Webhook:
    branch = _administered(request)
    hook = Webhook.objects.filter(ref=ref).first()
    if hook is None or (branch and hook.branch_ref != branch):
        raise NotFound(say("webhooks.not_found"))
    return hook


@api.get("/webhooks", response={200: list[WebhookOut], **REFUSALS}, tags=["webhooks"])
def webhooks(request: ApiRequest) -> list[dict[str, Any]]:
    """Webhooks of the branch or, for administrators of the group, all."""
    branch = _administered(request)
    rows = Webhook.objects.order_by("-pk")
    return [_webhook(hook) for hook in (rows.filter(branch_ref=branch) if branch else rows)]


@api.post("/webhooks", response={201: WebhookOut, **REFUSALS}, tags=["webhooks"])
def webhook_new(request: ApiRequest, given: WebhookIn) -> tuple[int, dict[str, Any]]:
    """Has an address told of events. The secret that signs them is given in this answer alone."""
    hook = webhook_create(
        actor=request.actor,
        name=given.name,
        url=given.url,
        events=given.events,
        branch_ref=_administered(request),
        at=utc_now(),
    )
    return 201, _webhook(hook, hook.secret)


@api.delete("/webhooks/{ref}", response={204: None, **REFUSALS}, tags=["webhooks"])
def webhook_end(request: ApiRequest, ref: str) -> tuple[int, None]:
    """Stops a webhook; what waits to be delivered is cancelled."""
    webhook_stop(actor=request.actor, webhook=_webhook_for(request, ref), at=utc_now())
    return 204, None


@api.get(
    "/webhooks/{ref}/deliveries", response={200: list[DeliveryOut], **REFUSALS}, tags=["webhooks"]
)
def deliveries(request: ApiRequest, ref: str) -> list[dict[str, Any]]:
    """The latest 100 deliveries of a webhook."""
    hook = _webhook_for(request, ref)
    rows = WebhookDelivery.objects.filter(webhook=hook).order_by("-pk")[:100]
    return [
        {
            "ref": row.ref,
            "event": row.event,
            "number": row.seq,
            "status": row.status,
            "attempts": row.attempts,
            "response_status": row.response_status,
            "failure": row.failure,
            "created_at": row.created_at,
            "delivered_at": row.delivered_at,
        }
        for row in rows
    ]
