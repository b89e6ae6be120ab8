"""Resume files: brought in, their progress, what could not be read, duplicates, the originals."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from touchstone.audit.files import file_bytes
from touchstone.common.background import enqueue
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput, NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff, wants_json
from touchstone.desk.shell import position_shell
from touchstone.positions.models import Position
from touchstone.positions.permissions import may_run, position_for, require_run, require_sees
from touchstone.recruiting.models import DuplicateCase, MailSource, Resume, ResumeBatch
from touchstone.recruiting.page_images import page_image
from touchstone.recruiting.permissions import application_for
from touchstone.recruiting.selectors import (
    batches_of,
    duplicate_cases,
    import_progress,
    open_duplicates,
    resumes_of,
)
from touchstone.recruiting.services.by_hand import resume_enter, resume_retry
from touchstone.recruiting.services.duplicates import (
    duplicate_dismiss,
    duplicate_merge,
    duplicate_undo,
    duplicates_find,
    resume_separate,
)
from touchstone.recruiting.services.imports import MOST_BYTES, batch_open, resume_receive
from touchstone.recruiting.services.mailbox import mail_source_set, mailbox
from touchstone.ui.bilingual import choose

PER_PAGE = 50
LOOK_TASK = "touchstone.jobs.recruiting.mail_source_look"


def _batch(position: Position, ref: str) -> ResumeBatch | None:
    """Raises:
    NotFound: no such import of this position.
    """
    if not ref:
        return None
    batch = position.batches.filter(ref=ref).first()
    if batch is None:
        raise NotFound(say("recruiting.no_batch"))
    return batch


@require_GET
@staff()
def import_page(request: DeskRequest, ref: str) -> HttpResponse:
    """Drop files here; below, what became of each."""
    position = position_for(request.user, ref)
    require_sees(request.user, position)
    position_shell(request, position, "screening")
    context = _progress_context(request, position)
    return render(
        request,
        "desk/import.html",
        {
            **context,
            "batches": batches_of(position),
            "duplicates": open_duplicates(position),
            "may_run": may_run(request.user, position),
            "limit_mib": MOST_BYTES >> 20,
            "has_mailbox": mailbox() is not None,
            "mail_source": MailSource.objects.filter(position=position).first(),
        },
    )


@require_GET
@staff()
def progress(request: DeskRequest, ref: str) -> HttpResponse:
    """The same files again, for the page to follow them."""
    position = position_for(request.user, ref)
    require_sees(request.user, position)
    context = _progress_context(request, position)
    context |= {
        "may_run": may_run(request.user, position),
        "batches": batches_of(position),
        "following": True,
    }
    return render(request, "desk/parts/import_progress.html", context)


def _progress_context(request: DeskRequest, position: Position) -> dict[str, object]:
    batch = _batch(position, request.GET.get("batch", ""))
    status = request.GET.get("status", "")
    now = utc_now()
    counts = import_progress(position, batch, now)
    page = Paginator(resumes_of(position, batch, status), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return {
        "position": position,
        "batch": batch,
        "status": status,
        "progress": counts,
        "page": page,
        "statuses": (
            ("", choose("全部", "All"), counts.total),
            ("failed", choose("未能读出", "Not readable"), counts.failed),
            ("partial", choose("读出一部分", "Read in part"), counts.partial),
            ("attached", choose("同一人的另一份", "Further file of a person"), None),
        ),
    }


@require_POST
@staff()
def mail_source(request: DeskRequest, ref: str) -> HttpResponse:
    """Lets a folder of the mailbox bring resumes here, ends it, or looks into it now."""
    position = position_for(request.user, ref)
    require_run(request.user, position)
    source = MailSource.objects.filter(position=position).first()
    if request.POST.get("action") != "look":
        source = mail_source_set(
            actor=request.actor, position=position, folder=request.POST.get("folder", "")
        )
    if source is not None:
        enqueue(LOOK_TASK, source_ref=source.ref)
        messages.success(
            request,
            choose("正在收取，收到的会列在下面。", "Being fetched; what came is listed below."),
        )
    else:
        messages.success(
            request, choose("不再从邮箱收取。", "Nothing is fetched from the mailbox any more.")
        )
    return HttpResponseRedirect(reverse("resume-import", args=[ref]))


@require_POST
@staff()
def upload(request: DeskRequest, ref: str) -> HttpResponse:
    """Takes files; answers JSON to the page's script and goes back to the page otherwise.

    ``open`` starts an import and gives its ref; ``batch`` names the import files belong to.
    """
    position = position_for(request.user, ref)
    require_run(request.user, position)
    at = utc_now()
    files: list[UploadedFile[bytes]] = request.FILES.getlist("files")
    batch = _batch(position, request.POST.get("batch", ""))
    if batch is None:
        label = request.POST.get("open", "") or (files[0].name or "" if files else "")
        if not label:
            raise InvalidInput(say("recruiting.no_files"), field="files")
        batch = batch_open(
            actor=request.actor, position=position, source="upload", label=label, at=at
        )
    names = request.POST.getlist("paths")
    received = 0
    for number, file in enumerate(files):
        name = names[number] if number < len(names) else (file.name or "file")
        received += len(
            resume_receive(actor=request.actor, batch=batch, name=name, data=file.read(), at=at)
        )
    if wants_json(request):
        return JsonResponse({"batch": batch.ref, "received": received})
    target = reverse("resume-import", args=[ref])
    return HttpResponseRedirect(f"{target}?batch={batch.ref}")


@require_http_methods(["GET", "POST"])
@staff()
def duplicates(request: DeskRequest, ref: str) -> HttpResponse:
    """Pairs that may be one person: merge, keep apart, take back."""
    position = position_for(request.user, ref)
    require_sees(request.user, position)
    if request.method == "POST":
        require_run(request.user, position)
        _decide(request, position)
        back = reverse("duplicates", args=[ref])
        return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}" if request.GET else back)
    position_shell(request, position, "screening")
    state = request.GET.get("state", "") or "open"
    state = state if state in DuplicateCase.State.values else "open"
    return render(
        request,
        "desk/duplicates.html",
        {
            "position": position,
            "cases": duplicate_cases(position, state),
            "state": state,
            "states": (
                ("", choose("待处理", "To decide"), None),
                ("merged", choose("已合并", "Merged"), None),
                ("separate", choose("不是同一人", "Two people"), None),
            ),
            "attached": resumes_of(position, None, "attached")[:50] if state == "merged" else (),
            "may_run": may_run(request.user, position),
        },
    )


def _decide(request: DeskRequest, position: Position) -> None:
    action, at = request.POST.get("action", ""), utc_now()
    if action == "find":
        found = duplicates_find(position=position, at=at)
        words = choose(f"又找到 {found} 对。", f"{found} more pairs found.")
        messages.success(request, words if found else choose("没有新的。", "Nothing new."))
        return
    case = next(
        (
            c
            for state in DuplicateCase.State.values
            for c in duplicate_cases(position, state)
            if c.ref == request.POST.get("case", "")
        ),
        None,
    )
    if case is None:
        raise NotFound(say("recruiting.not_found"))
    if action == "merge":
        duplicate_merge(actor=request.actor, case=case, at=at)
        messages.success(
            request, choose("已合并，可在「已合并」里撤销。", "Merged; undo under Merged.")
        )
    elif action == "separate":
        duplicate_dismiss(actor=request.actor, case=case, at=at)
        messages.success(request, choose("记下了：不是同一人。", "Noted: two people."))
    elif action == "undo":
        duplicate_undo(actor=request.actor, case=case, at=at)
        messages.success(request, choose("已恢复原样。", "Back as it was."))
    else:
        raise InvalidInput(say("recruiting.not_found"), field="action")


def _resume(request: DeskRequest, ref: str, resume: str) -> tuple[Position, Resume]:
    position = position_for(request.user, ref)
    found = (
        position.resumes.select_related("file", "batch", "candidate", "position__branch")
        .filter(ref=resume)
        .first()
    )
    if found is None:
        raise NotFound(say("recruiting.not_found"))
    return position, found


@require_POST
@staff()
def resume_act(request: DeskRequest, ref: str, resume: str) -> HttpResponse:
    """Reads a file again, takes it in by hand, or takes it away from a person it was put with."""
    position, found = _resume(request, ref, resume)
    require_run(request.user, position)
    action, at = request.POST.get("action", ""), utc_now()
    if action == "retry":
        resume_retry(actor=request.actor, resume=found)
        messages.success(request, choose("正在重新读取。", "It is being read again."))
    elif action == "enter":
        application = resume_enter(
            actor=request.actor,
            resume=found,
            name=request.POST.get("name", ""),
            email=request.POST.get("email", ""),
            phone=request.POST.get("phone", ""),
            at=at,
        )
        return HttpResponseRedirect(reverse("application", args=[application.ref]))
    elif action == "separate":
        application = resume_separate(actor=request.actor, resume=found, at=at)
        return HttpResponseRedirect(reverse("application", args=[application.ref]))
    else:
        raise InvalidInput(say("recruiting.not_found"), field="action")
    return HttpResponseRedirect(reverse("resume-import", args=[ref]))


@require_GET
@staff()
def resume_original(request: DeskRequest, ref: str, resume: str) -> HttpResponse:
    """A file as it came, for those who run the position (also where it could not be read)."""
    position, found = _resume(request, ref, resume)
    require_run(request.user, position)
    return as_attachment(found)


@require_GET
@staff()
def original(request: DeskRequest, ref: str) -> HttpResponse:
    """The application's resume as it came."""
    application = application_for(request.user, ref)
    if application.resume is None:
        raise NotFound(say("files.erased"))
    return as_attachment(application.resume)


def as_attachment(resume: Resume) -> HttpResponse:
    """The bytes as a download: never shown in the page, never guessed at, never run.

    Raises:
        NotFound: they were erased.
    """
    if resume.file is None:
        raise NotFound(say("files.erased"))
    name = resume.file.original_name
    response = HttpResponse(file_bytes(resume.file), content_type="application/octet-stream")
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain or 'resume'}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_GET
@staff()
@cache_control(private=True, max_age=600)
def page(request: DeskRequest, ref: str, number: int) -> HttpResponse:
    """One page of the application's resume as a picture."""
    application = application_for(request.user, ref)
    if application.resume is None:
        raise NotFound(say("recruiting.no_page"))
    return HttpResponse(page_image(application.resume, number), content_type="image/png")
