"""A talk afterwards: recording, words and notes side by side, key points to confirm."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from touchstone.accounts.models import Person
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.views.room import body_fields, number_given, recording_url, room_frame
from touchstone.evaluation.replay import replay_of
from touchstone.integrations.speech.configured import speech_ready
from touchstone.interviews.models import Recording, Transcript
from touchstone.interviews.permissions import interview_for, recording_for, writable_interview
from touchstone.interviews.services.heard_points import heard_decide
from touchstone.interviews.services.meetings import recording_allowed, words_allowed
from touchstone.interviews.services.room import seat_of
from touchstone.interviews.services.transcript_wishes import transcript_wanted
from touchstone.interviews.services.transcripts import (
    LARGEST_FILE,
    transcript_bring,
    transcript_speaker_set,
)
from touchstone.ui.bilingual import choose, message_text


@require_GET
@gzip_page
@staff()
def replay(request: DeskRequest, ref: str) -> HttpResponse:
    """The page."""
    return _page(request, ref, request.GET.get("of", ""))


@require_POST
@staff()
def words(request: DeskRequest, ref: str) -> HttpResponse:
    """Words for a recording: brought as a file or typed, asked of the speech service, or whose
    voice is the candidate's."""
    recording = _recording(request.user, ref)
    what = request.POST.get("do", "")
    try:
        if what == "bring":
            transcript_bring(
                actor=request.actor, recording=recording, data=_brought(request), at=utc_now()
            )
            said = choose("文字已存。", "The words are stored.")
        elif what == "ask":
            _ask(request, recording)
            said = choose("已排上，写好会出现在这里。", "Queued; the words will appear here.")
        elif what == "speaker":
            transcript_speaker_set(
                actor=request.actor,
                transcript=_transcript(recording),
                speaker=request.POST.get("speaker", ""),
                at=utc_now(),
            )
            said = choose("要点按这个声音重新找过了。", "Key points were looked for again.")
        else:
            raise InvalidInput(say("interviews.bad_body"))
    except InvalidInput as problem:
        return _page(
            request,
            recording.interview.ref,
            recording.ref,
            error=message_text(problem.message),
            status=422,
        )
    messages.success(request, said)
    where = reverse("replay", args=[recording.interview.ref])
    return HttpResponseRedirect(f"{where}?of={recording.ref}")


@require_POST
@staff()
def heard(request: DeskRequest, ref: str) -> HttpResponse:
    """Confirms or declines one proposed key point, or takes that back."""
    recording = _recording(request.user, ref)
    fields = body_fields(request)
    mark = heard_decide(
        actor=request.actor,
        transcript=_transcript(recording),
        question=str(fields.get("question", "")),
        point=str(fields.get("point", "")),
        decision=str(fields.get("decision", "")),
        at=utc_now(),
    )
    decision = "yes" if mark.quote else "no" if mark.declined else ""
    return JsonResponse({"decision": decision, "mark": mark.mark})


def _page(
    request: DeskRequest, ref: str, wanted: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    interview = interview_for(request.user, ref)
    found = replay_of(
        request.user, interview, wanted=wanted, at_s=number_given(request.GET.get("at"))
    )
    room_frame(request, interview)
    return render(
        request,
        "desk/replay.html",
        {
            "replay": found,
            "interview": interview,
            "application": interview.application,
            "recording": found.recording,
            "transcript": found.transcript,
            "url": recording_url(request.user, found.recording.ref) if found.recording else "",
            "may_ask": bool(found.seat) and speech_ready(),
            "now": utc_now(),
            "error": error,
            "empty": choose("这场面试没有能回放的录制", "There is no recording of this talk"),
            "find": choose("在文字里找", "Find in the words"),
        },
        status=status,
    )


def _recording(person: Person, ref: str) -> Recording:
    """The recording for somebody who is about to write about it."""
    recording = recording_for(person, ref)
    writable_interview(person, recording.interview.ref)
    if recording.deleted_at or not recording_allowed(recording.interview):
        raise NotFound(say("interviews.recording_gone"))
    return recording


def _transcript(recording: Recording) -> Transcript:
    found = Transcript.objects.filter(recording=recording).first()
    if found is None or not words_allowed(recording.interview):
        raise NotFound(say("interviews.transcript_none"))
    found.recording = recording
    return found


def _brought(request: DeskRequest) -> bytes:
    """A file where one was chosen, the typed lines otherwise."""
    upload = request.FILES.get("words")
    if upload is not None:
        return bytes(upload.read(LARGEST_FILE + 1))
    return request.POST.get("typed", "").encode()[: LARGEST_FILE + 1]


def _ask(request: DeskRequest, recording: Recording) -> None:
    seat_of(recording.interview, request.user.pk)
    if not words_allowed(recording.interview):
        raise InvalidInput(say("interviews.transcript_no_consent"))
    if not speech_ready():
        raise InvalidInput(say("speech.off"))
    transcript_wanted(recording=recording, at=utc_now())
