"""What the house has on record: messages sent, background work, and the audit log."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.accounts.models import Branch, Role
from touchstone.accounts.permissions import require_role, role_scopes
from touchstone.audit.selectors import ChainState, chain_verify, events_csv_rows, events_found
from touchstone.audit.services import audit_record
from touchstone.common.clock import utc_now
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Bilingual, say
from touchstone.desk.access import DeskRequest, staff
from touchstone.insights.background import work_counts, work_of, work_retry, work_rows
from touchstone.insights.task_names import task_name
from touchstone.positions.permissions import RUNS_BRANCH, SEES_BRANCH
from touchstone.recruiting.letters import letter_names, letter_preview
from touchstone.recruiting.permissions import message_for, visible_messages
from touchstone.recruiting.services.outbox import message_retry
from touchstone.ui.bilingual import active_language, choose

PER_PAGE = 50
AUDITS = (Role.ADMINISTRATOR, Role.AUDITOR)
# The address in a letter opens the candidate's pages: it is for the candidate alone.
LINK = re.compile(r"/p/[A-Za-z0-9_-]{16,}/?|(?<=/password/new/)[^\s]+")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_GET
@staff(*SEES_BRANCH)
def messages_page(request: DeskRequest) -> HttpResponse:
    """Letters to candidates and colleagues, with what became of each."""
    status = request.GET.get("status", "")
    words = request.GET.get("q", "").strip()[:60]
    mine = visible_messages(request.user)
    counts = dict(mine.order_by().values_list("status").annotate(n=Count("pk")))
    rows = mine.select_related("person", "application__candidate", "application__position")
    if status in counts:
        rows = rows.filter(status=status)
    if words:
        rows = rows.filter(subject__icontains=words)
    page = Paginator(rows.order_by("-created_at", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "desk/messages.html",
        {
            "page": page,
            "words": words,
            "statuses": (
                ("", choose("全部", "All"), sum(counts.values())),
                ("waiting", choose("待发", "Waiting"), counts.get("waiting", 0)),
                ("failed", choose("没发出", "Not sent"), counts.get("failed", 0)),
                ("sent", choose("已发", "Sent"), counts.get("sent", 0)),
            ),
        },
    )


@require_GET
@staff(*SEES_BRANCH)
def message_templates(request: DeskRequest) -> HttpResponse:
    """Every letter and text message in both languages, with examples for its facts."""
    names = letter_names()
    chosen = request.GET.get("name", "")
    chosen = chosen if chosen in names else names[0]
    company = choose("贵公司", "Your company")
    head = Branch.objects.order_by("pk").values_list("name", flat=True).first()
    return render(
        request,
        "desk/message_templates.html",
        {
            "names": [(name, choose(LETTERS[name].zh, LETTERS[name].en)) for name in names],
            "chosen": chosen,
            "title": choose(LETTERS[chosen].zh, LETTERS[chosen].en),
            "previews": [
                (language, letter_preview(chosen, language, head or company))
                for language in ("zh", "en")
            ],
        },
    )


LETTERS = {
    "account_invitation": Bilingual("同事：开通账号", "Colleague: an account"),
    "assessment_invitation": Bilingual("候选人：测评邀请", "Candidate: the assessment"),
    "interview_cancelled": Bilingual("候选人：面试取消", "Candidate: interview cancelled"),
    "interview_invitation": Bilingual("候选人：面试邀请", "Candidate: invitation to an interview"),
    "interview_moved": Bilingual("候选人：面试改期", "Candidate: interview moved"),
    "interview_reminder": Bilingual("候选人：面试提醒", "Candidate: reminder of an interview"),
    "new_link": Bilingual("候选人：新的链接", "Candidate: a new link"),
    "offer": Bilingual("候选人：录用", "Candidate: offer"),
    "outcome_request": Bilingual("经理：新人表现", "Manager: how a new colleague does"),
    "panel_cancelled": Bilingual("面试官：面试取消", "Interviewer: interview cancelled"),
    "panel_invitation": Bilingual("面试官：面试安排", "Interviewer: an interview to hold"),
    "panel_moved": Bilingual("面试官：面试改期", "Interviewer: interview moved"),
    "panel_reminder": Bilingual("面试官：面试提醒", "Interviewer: reminder of an interview"),
    "pool_position": Bilingual("招聘者：人才库里合适的人", "Recruiter: people of the pool who fit"),
    "pool_renewal": Bilingual("候选人：继续留在人才库", "Candidate: staying in the talent pool"),
    "pool_searches": Bilingual("招聘者：已存搜索的新结果", "Recruiter: saved searches found more"),
    "rejection": Bilingual("候选人：未通过", "Candidate: rejection"),
    "scorecard_reminder": Bilingual("面试官：评分表未交", "Interviewer: scorecards due"),
    "slots_offered": Bilingual("候选人：可选的面试时间", "Candidate: times to choose from"),
    "sms_interview_cancelled": Bilingual("短信：面试取消", "Text message: interview cancelled"),
    "sms_interview_invited": Bilingual("短信：面试邀请", "Text message: interview"),
    "sms_interview_moved": Bilingual("短信：面试改期", "Text message: interview moved"),
    "sms_interview_reminder": Bilingual("短信：面试提醒", "Text message: reminder"),
}


@require_GET
@staff(*SEES_BRANCH)
def message(request: DeskRequest, ref: str) -> HttpResponse:
    """One letter as it was sent, without the address that is for its reader alone."""
    found = message_for(request.user, ref)
    return render(
        request,
        "desk/message.html",
        {
            "message": found,
            "body": LINK.sub("/…", found.body),
            "may_retry": _may_run(request, found.branch_id) and found.status == "failed",
        },
    )


@require_POST
@staff(*SEES_BRANCH)
def message_again(request: DeskRequest, ref: str) -> HttpResponse:
    """Another try for a letter that could not be sent."""
    found = message_for(request.user, ref)
    require_role(request.user, RUNS_BRANCH, found.branch_id)
    message_retry(actor=request.actor, message=found)
    messages.success(request, choose("已重新排队发送。", "Queued to be sent again."))
    return HttpResponseRedirect(reverse("message", args=[found.ref]))


def _may_run(request: DeskRequest, branch_id: int) -> bool:
    scopes = role_scopes(request.user)
    held = {branch for role in RUNS_BRANCH for branch in scopes.get(role, ())}
    return None in held or branch_id in held


@require_GET
@staff(*SEES_BRANCH)
def work(request: DeskRequest) -> HttpResponse:
    """Background work: waiting, running, failed."""
    state = request.GET.get("state", "")
    counts = work_counts()
    page = Paginator(work_rows(state), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/work.html",
        {
            "page": page,
            "rows": [
                (found, task_name(found.task, active_language()))
                for found in (work_of(row) for row in page.object_list)
            ],
            "now": utc_now(),
            "may_retry": bool(set(role_scopes(request.user)) & set(RUNS_BRANCH)),
            "states": (
                (
                    "",
                    choose("未完成", "Unfinished"),
                    counts["waiting"] + counts["running"] + counts["failed"],
                ),
                ("waiting", choose("等待", "Waiting"), counts["waiting"]),
                ("running", choose("进行中", "Running"), counts["running"]),
                ("failed", choose("失败", "Failed"), counts["failed"]),
                ("done", choose("完成", "Done"), counts["done"]),
            ),
        },
    )


@require_POST
@staff(*RUNS_BRANCH)
def work_again(request: DeskRequest, job: uuid.UUID) -> HttpResponse:
    """Another try for a task that failed."""
    work_retry(actor=request.actor, job_id=job)
    messages.success(request, choose("任务已重新排队。", "The task is queued again."))
    return HttpResponseRedirect(reverse("work"))


@require_GET
@staff(*AUDITS)
def audit_log(request: DeskRequest) -> HttpResponse:
    """Who did what, when; newest first."""
    return _audit_page(request)


@require_POST
@staff(*AUDITS)
def audit_verify(request: DeskRequest) -> HttpResponse:
    """Recomputes the chain and says whether anything in it was changed."""
    return _audit_page(request, chain_verify())


@require_POST
@staff(*AUDITS)
def audit_export(request: DeskRequest) -> HttpResponseBase:
    """The events found, as CSV. The export is an event itself, with its reason."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise InvalidInput(say("audit.reason_missing"), field="reason")
    events = events_found(branch_refs=_branch_refs(request), **_filters(request.POST))
    audit_record(
        request.actor,
        "audit.exported",
        object_type="audit",
        object_ref="log",
        detail={"events": events.count(), "reason": reason[:200]},
    )
    response = StreamingHttpResponse(
        _csv(events_csv_rows(events)), content_type="text/csv; charset=utf-8"
    )
    name = f"touchstone-audit-{utc_now():%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(rows: Iterable[list[str]]) -> Iterator[str]:
    yield "\ufeff"  # tells spreadsheet programs that this is UTF-8
    for row in rows:
        line = io.StringIO()
        # A cell that begins like a formula would be carried out by spreadsheet programs.
        csv.writer(line).writerow([f"'{c}" if c.startswith(FORMULA) else c for c in row])
        yield line.getvalue()


def _audit_page(request: DeskRequest, chain: ChainState | None = None) -> HttpResponse:
    filters = _filters(request.GET)
    events = events_found(branch_refs=_branch_refs(request), **filters)
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/audit.html",
        {
            "page": page,
            "chain": chain,
            "filters": {name: request.GET.get(name, "") for name in FILTERS},
            "filtered": any(filters.values()),
        },
    )


FILTERS = ("action", "who", "thing", "since", "until")


def _filters(given: QueryDict) -> dict[str, Any]:
    get = given.get
    return {
        "action": get("action", "").strip()[:64],
        "who": get("who", "").strip()[:60],
        "thing": get("thing", "").strip()[:64],
        "since": _date(get("since", "")),
        "until": _date(get("until", "")),
    }


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _branch_refs(request: DeskRequest) -> list[str] | None:
    held = {branch for role in AUDITS for branch in role_scopes(request.user).get(role, ())}
    if None in held:
        return None
    ids = {branch for branch in held if branch is not None}
    return list(Branch.objects.filter(pk__in=ids).values_list("ref", flat=True))
