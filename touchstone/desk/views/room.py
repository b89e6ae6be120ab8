"""The interview room: everything at hand, what is typed kept, others' scores after one's own."""

from __future__ import annotations

import datetime as dt
import json
import random
import secrets
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.core import signing
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.accounts.models import Person
from touchstone.audit.ranges import ranged_file
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotAllowed, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.live import TICK_S, hub
from touchstone.desk.room_words import doubts, evidence_by_dimension, results
from touchstone.desk.shell import position_shell
from touchstone.evaluation.models import Scorecard
from touchstone.evaluation.replay import running_at
from touchstone.evaluation.room import Room, pulse_of, room_of, sheet_expected
from touchstone.evaluation.services.scorecards import (
    score_save,
    scorecard_open,
    scorecard_reopen,
    scorecard_submit,
    summary_save,
)
from touchstone.interviews.models import Interview, RecordingUpload
from touchstone.interviews.permissions import (
    interview_for,
    recording_for,
    visible_interviews,
    writable_interview,
)
from touchstone.interviews.services.meetings import recording_allowed
from touchstone.interviews.services.recordings import upload_begin, upload_receive
from touchstone.interviews.services.room import (
    mark_save,
    note_save,
    presence_beat,
    question_ask,
    question_claim,
    room_end,
    room_start,
    seat_of,
)
from touchstone.positions.permissions import require_run, visible_positions
from touchstone.recruiting.permissions import visible_applications
from touchstone.ui.bilingual import choose
from touchstone.ui.formats import clock as clock_text
from touchstone.ui.shell import Shell

LINK_S = 300
STANCES = (
    ("", "还没有倾向", "No stance yet"),
    ("hire", "录用", "Hire"),
    ("lean_hire", "倾向录用", "Lean towards hiring"),
    ("lean_no", "倾向不录用", "Lean against hiring"),
    ("no", "不录用", "Do not hire"),
)
CHUNK = 4 * 2**20
WATCH_S = 20.0
LARGEST_COLUMN = 2**31 - 1  # what a column of whole numbers holds
LARGEST_SIZE = 2**33


@require_GET
@gzip_page
@staff()
def room(request: DeskRequest, ref: str) -> HttpResponse:
    """The whole screen."""
    interview = interview_for(request.user, ref)
    now = utc_now()
    found = room_of(request.user, interview, now)
    heard_at = _moment_recorded(request, found)
    if heard_at:
        return HttpResponseRedirect(heard_at)
    room_frame(request, interview)
    for card in found.cards:
        card.dialog_key = f"reopen-{card.ref}"  # type: ignore[attr-defined]
    return render(
        request,
        "desk/room.html",
        {
            **_context(request, found),
            **_words(),
            "application_url": _application_url(request.user, interview),
            "doubts": doubts(found),
            "results": results(found),
            "evidence_groups": evidence_by_dimension(found),
            "agreement": found.agreement() if found.submitted or not found.closed else [],
            "submit_key": secrets.token_hex(12),
            "may_reopen": _may_run(request.user, interview),
            "recordings": [
                (recording, recording_url(request.user, recording.ref))
                for recording in found.recordings
                if found.may_record
            ],
        },
    )


@require_GET
@staff()
def live(request: DeskRequest, ref: str) -> HttpResponse:
    """What others changed, as parts that replace those of the page."""
    interview = interview_for(request.user, ref, papers=False)
    found = pulse_of(request.user, interview, utc_now())
    return render(request, "desk/parts/room_live.html", _context(request, found))


async def events(request: HttpRequest, ref: str) -> HttpResponseBase:
    """The room's version whenever it rises, as server-sent events. Ends when the person may no
    longer see the room: taken off the panel, signed out, closed account, changed password."""
    person = await request.auser()
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    if not person.is_authenticated or not person.is_active:
        return JsonResponse({"error": "accounts.signed_out"}, status=401)
    interview = await sync_to_async(_arrived)(person, ref, utc_now())
    response = StreamingHttpResponse(
        _stream(request, person, interview),
        content_type="text/event-stream",
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(
    request: HttpRequest, person: Person, interview: Interview
) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    checked = utc_now()
    # After a restart everybody is back in the same second; they are not all looked at in one.
    spread = random.uniform(0.75, 1.25)
    async for version in hub().follow(interview.pk, TICK_S * spread):
        now = utc_now()
        if version is None or (now - checked).total_seconds() > WATCH_S * spread:
            checked = now
            if not await sync_to_async(_still_there)(request, person, interview, now):
                yield b"event: gone\ndata: 1\n\n"
                return
        if version is None:
            yield b": here\n\n"
        else:
            yield f"id: {version}\nevent: version\ndata: {version}\n\n".encode()


def _arrived(person: Person, ref: str, now: dt.datetime) -> Interview:
    """The interview whose stream begins; the others learn at once who came in."""
    interview = interview_for(person, ref, papers=False)
    seat = interview.panel.filter(person=person, removed_at=None).first()
    if seat is not None:
        presence_beat(seat=seat, looking_at=seat.looking_at, at=now)
    return interview


def _still_there(
    request: HttpRequest, person: Person, interview: Interview, now: dt.datetime
) -> bool:
    """Whether the stream may go on; notes that the person is in the room."""
    fresh = Person.objects.filter(pk=person.pk, is_active=True).first()
    if fresh is None or fresh.get_session_auth_hash() != person.get_session_auth_hash():
        return False
    key = request.session.session_key
    if not key or not request.session.exists(key):
        return False
    if not visible_interviews(fresh).filter(pk=interview.pk).exists():
        return False
    seat = interview.panel.filter(person=fresh, removed_at=None).first()
    if seat is not None:
        presence_beat(seat=seat, looking_at=seat.looking_at, at=now)
    return True


@require_POST
@staff()
def clock(request: DeskRequest, ref: str) -> HttpResponse:
    """Starts the room's clock, or ends the talk."""
    interview = writable_interview(request.user, ref)
    change = room_end if body_fields(request).get("do") == "end" else room_start
    interview = change(actor=request.actor, interview=interview, at=utc_now())
    return _answer(
        request,
        interview,
        {
            "started_at": interview.started_at,
            "ended_at": interview.ended_at,
            "status": interview.status,
        },
    )


@require_POST
@staff()
def note(request: DeskRequest, ref: str) -> HttpResponse:
    """Keeps a note; a repeated request lands once."""
    interview = writable_interview(request.user, ref)
    seat_of(interview, request.user.pk)
    fields, now = body_fields(request), utc_now()
    key = str(fields.get("key", ""))
    if not key:
        raise InvalidInput(say("interviews.no_key"), field="key")
    kept = note_save(
        actor=request.actor,
        interview=interview,
        client_key=key,
        text=str(fields.get("text", ""))[:8000].replace("\x00", ""),
        at=now,
        version=number_given(fields.get("version")) or 0,
        at_second=number_given(fields.get("at_second")),
        question_code=str(fields.get("question_code", "")),
        indicator=str(fields.get("indicator", "")),
        shared_now=bool(fields.get("shared_now")),
        written_at=_moment(fields.get("written_at")),
    )
    return JsonResponse({"version": kept.version, "saved_at": clock_text(now), "ref": kept.ref})


@require_POST
@staff()
def asked(request: DeskRequest, ref: str) -> HttpResponse:
    """What happens around a question: asked, claimed, a key point heard, looked at."""
    interview = writable_interview(request.user, ref)
    fields, now = body_fields(request), utc_now()
    code, what = str(fields.get("code", "")), fields.get("do", "asked")
    if what == "look":
        seat = seat_of(interview, request.user.pk)
        presence_beat(seat=seat, looking_at=code, at=now)
    elif what == "claim":
        claimed = bool(fields.get("on", True))
        question_claim(actor=request.actor, interview=interview, code=code, claimed=claimed)
    elif what == "mark":
        mark_save(
            actor=request.actor,
            interview=interview,
            code=code,
            point=str(fields.get("point", "")),
            mark=str(fields.get("mark", "")),
            at=now,
        )
    else:
        second = number_given(fields.get("at_second")) or 0
        question_ask(actor=request.actor, interview=interview, code=code, at_second=second)
    return JsonResponse({"saved_at": clock_text(now)})


@require_POST
@staff()
def score(request: DeskRequest, ref: str) -> HttpResponse:
    """Keeps one score, or the overall impression, as typed."""
    interview = writable_interview(request.user, ref)
    fields, now = body_fields(request), utc_now()
    card = scorecard_open(actor=request.actor, interview=interview, at=now)
    version = number_given(fields.get("version")) or 0
    if fields.get("indicator") == "summary":
        text = str(fields.get("text", ""))[:8000].replace("\x00", "")
        kept = summary_save(
            actor=request.actor, scorecard=card, text=text, version=version or 1, at=now
        )
        return JsonResponse({"version": kept.version, "saved_at": clock_text(now)})
    indicator = str(fields.get("indicator", ""))
    row = score_save(
        actor=request.actor,
        scorecard=card,
        dimension=_dimension(interview, indicator),
        indicator=indicator,
        at=now,
        version=version,
        score=fields.get("score"),
        not_observed=bool(fields.get("not_observed")),
        comment=str(fields.get("comment", ""))[:4000].replace("\x00", ""),
    )
    return JsonResponse({"version": row.version, "saved_at": clock_text(now)})


@require_POST
@staff()
def submit(request: DeskRequest, ref: str) -> HttpResponse:
    """Locks one's own card; the others' open. Pressing twice submits once."""
    interview = writable_interview(request.user, ref)
    fields, now = body_fields(request), utc_now()
    seat = seat_of(interview, request.user.pk)
    card = scorecard_open(actor=request.actor, interview=interview, at=now)
    card = scorecard_submit(
        actor=request.actor,
        scorecard=card,
        expected=sheet_expected(interview, seat),
        summary=str(fields.get("summary", ""))[:8000].replace("\x00", ""),
        submit_key=str(fields.get("submit_key", "")),
        at=now,
    )
    return _answer(request, interview, {"status": card.status, "version": card.version})


@require_POST
@staff()
def reopen(request: DeskRequest, ref: str) -> HttpResponse:
    """Unlocks a submitted card, with a reason that stays on record."""
    interview = interview_for(request.user, ref)
    require_run(request.user, interview.application.position)
    card = Scorecard.objects.filter(
        interview=interview, ref=request.POST.get("scorecard", ""), status="submitted"
    ).first()
    if card is None:
        raise NotFound(say("interviews.not_found"))
    scorecard_reopen(
        actor=request.actor, scorecard=card, reason=request.POST.get("reason", ""), at=utc_now()
    )
    return _answer(request, interview, {"status": "draft"})


@require_http_methods(["POST", "PUT"])
@staff()
def recording_upload(request: DeskRequest, ref: str) -> HttpResponse:
    """POST names a file and learns where to go on; PUT brings the next bytes of it."""
    interview = writable_interview(request.user, ref)
    now = utc_now()
    if request.method == "POST":
        fields = body_fields(request)
        upload = upload_begin(
            actor=request.actor,
            interview=interview,
            name=str(fields.get("name", "")),
            size=number_given(fields.get("size"), LARGEST_SIZE) or 0,
            at=now,
            starts_at_second=number_given(fields.get("starts_at_second")) or 0,
        )
        return JsonResponse({"upload": upload.ref, "received": upload.received})
    found = RecordingUpload.objects.filter(
        ref=request.GET.get("upload", ""), interview=interview, person=request.user
    ).first()
    if found is None:
        raise NotFound(say("interviews.not_found"))
    data = request.read(CHUNK + 1)
    if len(data) > CHUNK:
        raise InvalidInput(say("interviews.recording_size"), field="file")
    upload = upload_receive(
        actor=request.actor,
        upload=found,
        offset=number_given(request.headers.get("Upload-Offset"), LARGEST_SIZE) or 0,
        data=data,
        at=now,
    )
    return JsonResponse({"received": upload.received, "done": upload.finished_at is not None})


@require_GET
@staff()
def recording(request: DeskRequest, ref: str) -> HttpResponseBase:
    """The recording's bytes, for five minutes a link; `?link=1` gives a fresh link to those who
    may still see it. Consent, time and rights are asked again every time."""
    found = recording_for(request.user, ref)
    if found.deleted_at or found.file is None or not recording_allowed(found.interview):
        raise NotAllowed(say("interviews.recording_gone"))
    if "link" in request.GET:
        return JsonResponse({"url": recording_url(request.user, ref)})
    try:
        held = signing.loads(request.GET.get("key", ""), salt="recording", max_age=LINK_S)
    except signing.BadSignature as error:
        raise NotAllowed(say("interviews.link_over")) from error
    if held != [ref, request.user.ref]:
        raise NotAllowed(say("interviews.link_over"))
    return ranged_file(request.headers.get("Range", ""), found.file)


def recording_url(person: Person, ref: str) -> str:
    """Where this person can play it for the next five minutes."""
    key = signing.dumps([ref, person.ref], salt="recording")
    return f"{reverse('recording', args=[ref])}?key={key}"


def _context(request: DeskRequest, found: Room) -> dict[str, Any]:
    interview = found.interview
    return {
        "room": found,
        "interview": interview,
        "application": interview.application,
        "now": found.at,
        "elapsed_s": max(0, int((found.at - interview.started_at).total_seconds()))
        if interview.started_at
        else 0,
        "planned_s": int((interview.ends_at - interview.starts_at).total_seconds()),
        "planned": int((interview.ends_at - interview.starts_at).total_seconds() // 60),
    }


def _moment_recorded(request: DeskRequest, found: Room) -> str:
    """Where a link to a second of the talk is heard; empty where no recording holds it."""
    second = number_given(request.GET.get("at"))
    if second is None or not found.may_record:
        return ""
    recording = running_at(found.recordings, second)
    if recording is None:
        return ""
    place = {"of": recording.ref, "at": second, "note": request.GET.get("note", "")[:64]}
    query = urlencode({name: value for name, value in place.items() if value != ""})
    return f"{reverse('replay', args=[found.interview.ref])}?{query}"


def _words() -> dict[str, Any]:
    return {
        "scale": range(11),
        "stances": STANCES,
        "no_kit_title": choose("这场面试还没有题单", "There is no question kit for this talk"),
        "reopen_title": choose("重新打开评分表", "Reopen a score sheet"),
        "reopen_why": choose("原因", "Reason"),
        "tour_title": choose("一分钟上手", "The room in one minute"),
        "pick_title": choose("选一条笔记作依据", "Choose a note as evidence"),
    }


def room_frame(request: DeskRequest, interview: Interview) -> None:
    """The frame of the position, or a bare one for people of the panel from elsewhere."""
    position = interview.application.position
    if visible_positions(request.user).filter(pk=position.pk).exists():
        position_shell(request, position, "interviews")
    else:
        request.shell = Shell(  # type: ignore[attr-defined]
            title=position.title,
            subtitle=f"{position.branch.shown} · {position.department.shown}",
            url=reverse("room", args=[interview.ref]),
        )


def _application_url(person: Person, interview: Interview) -> str:
    application = interview.application
    if visible_applications(person).filter(pk=application.pk).exists():
        return reverse("application", args=[application.ref])
    return ""


def _may_run(person: Person, interview: Interview) -> bool:
    try:
        require_run(person, interview.application.position)
    except NotAllowed:
        return False
    return True


def _dimension(interview: Interview, indicator: str) -> str:
    version = interview.application.position.model_version
    for dimension in version.document["dimensions"] if version else ():
        if any(row["id"] == indicator for row in dimension["indicators"]):
            return str(dimension["id"])
    raise InvalidInput(say("interviews.unknown_indicator"), field="indicator")


def _answer(request: DeskRequest, interview: Interview, body: dict[str, Any]) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(body)
    return HttpResponseRedirect(reverse("room", args=[interview.ref]))


def body_fields(request: HttpRequest) -> dict[str, Any]:
    """The fields of a JSON body, or of a form.

    Raises:
        InvalidInput: the body is no JSON object.
    """
    if not (request.content_type or "").startswith("application/json"):
        return request.POST.dict()
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise InvalidInput(say("interviews.bad_body")) from error
    if not isinstance(body, dict):
        raise InvalidInput(say("interviews.bad_body"))
    return body


def number_given(value: Any, most: int = LARGEST_COLUMN) -> int | None:
    """A whole number that can be true, from a body or an address; None for anything else."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):  # a JSON body may hold an infinite number
        return None
    return number if 0 <= number <= most else None


def _moment(value: Any) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
