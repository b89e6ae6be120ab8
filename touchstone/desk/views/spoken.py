"""A spoken answer for its graders: played by expiring links; its words made, typed, put right."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.assessments.models import AttemptItem, SpokenTake
from touchstone.assessments.permissions import item_for, require_grade
from touchstone.assessments.services.spoken_wishes import words_wanted
from touchstone.assessments.services.spoken_words import words_type
from touchstone.assessments.spoken import kept_take, spoken_consent
from touchstone.audit.ranges import ranged_file
from touchstone.audit.services import audit_record
from touchstone.common.clock import utc_now
from touchstone.common.errors import Conflict, InvalidInput, NotAllowed
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.spoken_page import SALT, Unsaved, spoken_url
from touchstone.desk.views.grading import grade_page
from touchstone.ui.bilingual import choose, message_text

LINK_S = 300


@require_GET
@staff()
def spoken_answer(request: DeskRequest, ref: str) -> HttpResponseBase:
    """The bytes of the take that counts, for five minutes a link; `?link=1` gives a fresh link to
    those who may still see it. Consent, time and rights are asked again every time."""
    item = item_for(request.user, ref)
    take = _playable(item)
    if "link" in request.GET:
        return JsonResponse({"url": spoken_url(request.user, item, take)})
    try:
        held = signing.loads(request.GET.get("key", ""), salt=SALT, max_age=LINK_S)
    except signing.BadSignature as error:
        raise NotAllowed(say("spoken.link_over")) from error
    if held != [take.ref, request.user.ref]:
        raise NotAllowed(say("spoken.link_over"))
    wanted = request.headers.get("Range", "")
    if wanted in {"", "bytes=0-"}:
        audit_record(
            request.actor,
            "spoken_answer.opened",
            object_type="attempt_item",
            object_ref=item.ref,
            branch_ref=item.attempt.application.branch.ref,
            detail={"take": take.ref},
        )
    assert take.file is not None
    return ranged_file(wanted, take.file)


@require_POST
@staff()
def spoken_words(request: DeskRequest, ref: str) -> HttpResponse:
    """Words of a spoken answer: asked of the speech service, or typed and put right."""
    item = item_for(request.user, ref)
    require_grade(request.user, item.attempt.application.position)
    take = _playable(item)
    back = HttpResponseRedirect(f"{reverse('grade', args=[item.ref])}#said")
    if request.POST.get("do") == "ask":
        words_wanted(take=take, at=utc_now())
        messages.success(
            request, choose("已排上，写好会出现在这里。", "Queued; the words will appear here.")
        )
        return back
    typed = request.POST.get("words", "")
    version = request.POST.get("version", "")
    try:
        words_type(
            actor=request.actor,
            take=take,
            text=typed,
            version=int(version) if version.isdigit() and len(version) < 9 else 0,
            at=utc_now(),
        )
    except (InvalidInput, Conflict) as error:
        return grade_page(request, item, Unsaved(typed, message_text(error.message)), status=422)
    messages.success(request, choose("文字已存，按它评过了。", "The words are stored and graded."))
    return back


def _playable(item: AttemptItem) -> SpokenTake:
    take = kept_take(item)
    if take is None or take.file is None or not spoken_consent(item, utc_now()):
        raise NotAllowed(say("spoken.gone"))
    take.attempt_item = item
    return take
