"""A spoken answer, as its candidate makes it: sent in pieces, heard again, taken back."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from touchstone.assessments.models import AttemptItem, SpokenTake
from touchstone.assessments.selectors import own_item
from touchstone.assessments.services.spoken import own_takes_erase, take_begin, take_receive
from touchstone.assessments.spoken import (
    MOST_TAKES,
    kept_take,
    largest,
    longest_s,
    spoken_consent,
)
from touchstone.audit.ranges import ranged_file
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.portal.access import PortalRequest, candidate_page
from touchstone.recruiting.services.consents import consent_texts

PIECE = 4 * 2**20
BODY = 4000


@require_http_methods(["GET", "POST", "PUT"])
@candidate_page
def take(request: PortalRequest, ref: str) -> HttpResponseBase:
    """POST announces a take and learns where to go on; PUT brings its next bytes; GET plays it."""
    item = own_item(request.application, ref)
    if request.method == "GET":
        kept = kept_take(item)
        if kept is None or kept.file is None or not spoken_consent(item, utc_now()):
            raise NotFound(say("spoken.gone"))
        return ranged_file(request.headers.get("Range", ""), kept.file)
    if request.method == "POST":
        begun = _begun(request, item)
        left = MOST_TAKES - item.takes.count()
        done = begun.finished_at is not None
        sent = {"take": begun.ref, "received": begun.received, "done": done, "left": left}
        return JsonResponse(sent)
    found = (
        SpokenTake.objects.select_related(
            "attempt_item__item", "attempt_item__attempt__application__candidate"
        )
        .filter(ref=request.GET.get("take", ""), attempt_item=item)
        .first()
    )
    if found is None:
        raise NotFound(say("assessments.no_such_task"))
    data = request.read(PIECE + 1)
    if len(data) > PIECE:
        raise InvalidInput(say("spoken.too_large", mb=PIECE // 2**20))
    offset = _number(request.headers.get("Upload-Offset"))
    now = utc_now()
    there = take_receive(take=found, offset=offset, data=data, at=now)
    return JsonResponse({"received": there.received, "done": there.finished_at is not None})


def _begun(request: HttpRequest, item: AttemptItem) -> SpokenTake:
    if len(request.body) > BODY:
        raise InvalidInput(say("spoken.not_media"))
    try:
        sent = json.loads(request.body)
        size, seconds = int(sent["size"]), int(sent["seconds"])
        sha256 = str(sent["sha256"])[:64]
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise InvalidInput(say("spoken.not_media")) from error
    return take_begin(item=item, size=size, sha256=sha256, seconds=seconds, at=utc_now())


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 12 else 0


@require_POST
@candidate_page
def take_delete(request: PortalRequest, ref: str) -> HttpResponse:
    """Takes the recording back before handing in."""
    item = own_item(request.application, ref)
    own_takes_erase(actor=request.actor, item=item, at=utc_now())
    form = "spoken" if request.POST.get("then") == "again" else "written"
    return HttpResponseRedirect(f"{reverse('portal-task', args=[item.ref])}?form={form}")


def spoken_context(request: PortalRequest, item: AttemptItem) -> dict[str, Any]:
    """What the page of a task that may be spoken shows, and in which form it is being answered."""
    kept = kept_take(item)
    under_way = kept is not None or item.takes.filter(deleted_at=None).exists()
    asked = request.GET.get("form", "spoken" if under_way else "written")
    return {
        "form": "spoken" if asked == "spoken" else "written",
        "take": kept,
        "agreed": spoken_consent(item, utc_now()),
        "consent_text": consent_texts()["spoken_answer"],
        "takes_left": max(0, MOST_TAKES - item.takes.count()),
        "most_takes": MOST_TAKES,
        "longest_s": longest_s(item),
        "longest_minutes": longest_s(item) // 60,
        "largest": largest(item),
    }
