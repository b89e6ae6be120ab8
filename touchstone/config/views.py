"""Error pages, health, readiness, metrics."""

from __future__ import annotations

import ipaddress
import logging

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from touchstone.common.messages import Message
from touchstone.common.messages import render as say_it
from touchstone.insights.background import work_counts
from touchstone.recruiting.models import OutboxMessage

log = logging.getLogger("touchstone.web")
KNOWN = {400, 403, 404, 409, 422, 500, 503}


def language() -> str:
    """ "zh" or "en", as the reader chose."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def error_page(
    request: HttpRequest, status: int, message: Message | None, **more: object
) -> HttpResponse:
    """The error in the reader's language: JSON for the API and our scripts, a block for HTMX, a
    page otherwise.

    Args:
        more: further fields of the JSON answer, such as both sides of a conflict.
    """
    text = say_it(message, language()) if message else ""  # type: ignore[arg-type]
    by_script = request.headers.get("Accept", "").startswith("application/json")
    if request.path.startswith("/api/") or by_script:
        body = {"error": message.id if message else f"http.{status}", "detail": text, **more}
        return JsonResponse(body, status=status)
    htmx = getattr(request, "htmx", None)
    context = {
        "status": status,
        "message": text,
        "error_number": getattr(request, "request_id", ""),
    }
    if htmx and not htmx.boosted:
        return render(request, "ui/error_block.html", context, status=status)
    template = f"ui/{status if status in KNOWN else 400}.html"
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400, None)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403, None)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404, None)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500, None)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale page: what was typed is still in the browser."""
    return error_page(request, 403, Message("web.stale_page"))


@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and the data directory can be written; 503 otherwise."""
    checks = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = "ok"
    except Exception:
        log.exception("not ready: database")
        checks["database"] = "failed"
    try:
        probe = settings.DATA_DIR / ".ready"
        probe.touch()
        checks["data_dir"] = "ok"
    except OSError:
        log.exception("not ready: data directory")
        checks["data_dir"] = "failed"
    fine = all(value == "ok" for value in checks.values())
    return JsonResponse(
        {"status": "ok" if fine else "failed", **checks}, status=200 if fine else 503
    )


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, to programs on this machine that ask directly, not through a proxy."""
    address = request.META.get("REMOTE_ADDR", "")
    try:
        allowed = ipaddress.ip_address(address).is_loopback
    except ValueError:
        allowed = False
    if not allowed or "HTTP_X_FORWARDED_FOR" in request.META:
        return error_page(request, 404, None)
    return HttpResponse(
        generate_latest() + generate_latest(own_metrics()), content_type=CONTENT_TYPE_LATEST
    )


def own_metrics() -> CollectorRegistry:
    """Background work and letters by state, as they stand now in the database."""
    registry = CollectorRegistry()
    jobs = Gauge("touchstone_jobs", "Background tasks", ["state"], registry=registry)
    for state, n in work_counts().items():
        jobs.labels(state).set(n)
    letters = Gauge("touchstone_messages", "Letters", ["status"], registry=registry)
    counts = dict(OutboxMessage.objects.values_list("status").annotate(n=Count("pk")))
    for status in OutboxMessage.Status.values:
        letters.labels(status).set(counts.get(status, 0))
    return registry
