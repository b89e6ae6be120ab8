"""The talent pool: find, look at one person across rounds, remember, ask again, let go."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.accounts.models import Role
from touchstone.accounts.permissions import has_role, in_branches
from touchstone.common.clock import utc_now
from touchstone.common.errors import NotAllowed
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.desk.report_page import degree_word, words
from touchstone.evaluation.permissions import blind
from touchstone.evaluation.services.reports import latest_report
from touchstone.interviews.models import Interview, Recording
from touchstone.interviews.permissions import visible_interviews
from touchstone.library.concepts import company_taxonomy
from touchstone.positions.permissions import may_run, position_for, require_run, visible_positions
from touchstone.recruiting import pool_search, pool_watch
from touchstone.recruiting.models import Application, Consent, PoolEntry
from touchstone.recruiting.permissions import application_for
from touchstone.recruiting.services import pool
from touchstone.recruiting.services import pool_watch as watching
from touchstone.recruiting.services.consents import consent_standing
from touchstone.ui.bilingual import active_language, choose, message_text

SEES_POOL = (Role.ADMINISTRATOR, Role.RECRUITER, Role.AUDITOR)
RUNS_POOL = (Role.ADMINISTRATOR, Role.RECRUITER)
SOON = dt.timedelta(days=30)
PER_PAGE = 50


@require_GET
@staff(*SEES_POOL)
def search(request: DeskRequest) -> HttpResponse:
    """People by words and filters, for a position, or like somebody; with why they were found."""
    now = utc_now()
    asked = _text(request.GET, "q").strip()[:400]
    chosen = _filters(request.GET)
    position = like = saved = None
    above = _number(request.GET.get("since", ""))
    if request.GET.get("position"):
        position = position_for(request.user, _text(request.GET, "position"))
        found = pool_search.pool_recommend(position, at=now, person=request.user, most=PER_PAGE)
    elif request.GET.get("like"):
        like = pool_search.entry_for(request.user, _text(request.GET, "like"))
        found = pool_search.pool_like(person=request.user, entry=like, at=now, most=PER_PAGE)
    else:
        found = pool_search.pool_search(
            person=request.user, words=asked, at=now, filters=chosen, most=PER_PAGE, above=above
        )
    searches = pool_watch.saved_searches(request.user, now)
    if request.GET.get("saved"):
        saved = pool_watch.search_of(request.user, _text(request.GET, "saved"))
        watching.search_looked(search=saved, at=now)
    if position is not None and may_run(request.user, position):
        watching.suggestion_looked(position=position, at=now)
    entries = pool_search.visible_entries(request.user)
    return render(
        request,
        "desk/pool.html",
        {
            "q": asked,
            "found": found,
            "labels": pool_search.query_labels(found.query),
            "wanted": [message_text(m) for m in pool_search.filter_messages(found.query)],
            "facets": _facets(request, found),
            "chosen": bool(chosen),
            "position": position,
            "like": like,
            "positions": visible_positions(request.user).exclude(status="closed")[:12],
            "size": entries.filter(expires_at__gt=now).count(),
            "soon": entries.filter(expires_at__gt=now, expires_at__lte=now + SOON).count(),
            "may_run": has_role(request.user, RUNS_POOL),
            "reminders": pool_search.reminders_due(request.user, now.date()),
            "searches": [(row, search_address(row)) for row in searches],
            "saved": saved,
            "only_new": above >= 0 and saved is not None,
            "everybody": search_address(pool_watch.Saved(saved, 0)) if saved else "",
            "filters": chosen,
            "since": since_words(found) if position else {},
        },
    )


def search_address(row: pool_watch.Saved, *, only_new: bool = True) -> str:
    """Where a saved search shows its people: the new ones where there are any."""
    given: list[tuple[str, str]] = [("q", row.search.words)] if row.search.words else []
    given += [(name, value) for name, value in row.search.filters]
    given.append(("saved", row.search.ref))
    if only_new and row.fresh:
        given.append(("since", str(row.search.looked_to)))
    return f"{reverse('pool')}?{urlencode(given)}"


def since_words(found: pool_search.SearchResult) -> dict[int, str]:
    """Per entry what became of the person since they were kept."""
    since = pool_watch.since_kept([hit.entry for hit in found.hits])
    lang = active_language()
    return {
        hit.entry.pk: pool_watch.since_text(
            hit.entry, since[hit.entry.pk], hit.entry.branch.time_zone, lang
        )
        for hit in found.hits
    }


def _text(given: QueryDict, name: str) -> str:
    """What was typed, without NUL, which PostgreSQL does not take."""
    return given.get(name, "").replace("\x00", "")


def _filters(given: QueryDict) -> list[tuple[str, str]]:
    """The facts asked for: of each known one a few values, and tags."""
    chosen = [(name, v) for name in pool_search.FACETS for v in given.getlist(name)[:4]]
    chosen += [("tag", tag[:24]) for tag in given.getlist("tag")[:3]]
    cleaned = [(name, value.replace("\x00", "").strip()) for name, value in chosen]
    return [(name, value) for name, value in cleaned if value]


def _number(text: str) -> int:
    """A number of the pool from an address; −1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def _facets(
    request: DeskRequest, found: pool_search.SearchResult
) -> list[tuple[str, list[tuple[str, bool, str, int]]]]:
    """Per fact its title and (address that sets or drops it, whether it is set, words, count)."""
    titles = {
        "reached": choose("上次走到", "Came as far as"),
        "degree": choose("学历", "Degree"),
        "language": choose("简历语言", "Resume in"),
        "tag": choose("标签", "Tags"),
    }
    facets = []
    for name, rows in found.facets.items():
        given = request.GET.getlist(name)
        links = []
        for value, n in rows:
            params = request.GET.copy()
            params.setlist(name, [] if value in given else [value])
            links.append((f"?{params.urlencode()}", value in given, fact_word(name, value), n))
        if links:
            facets.append((titles[name], links))
    return facets


def fact_word(name: str, value: str) -> str:
    """A fact's value in words."""
    known = {
        "report": choose("报告", "a report"),
        "interview": choose("面试", "interviews"),
        "assessment": choose("测评", "the assessment"),
        "resume": choose("仅简历", "the resume"),
        "zh": "中文",
        "en": "English",
    }
    return degree_word(value) if name == "degree" else known.get(value, value)


@require_GET
@staff(*SEES_POOL)
def person(request: DeskRequest, ref: str) -> HttpResponse:
    """One person across rounds: what they have shown, scores then and since, notes, consent."""
    now = utc_now()
    entry = pool_search.entry_for(request.user, ref)
    lang = active_language()
    known = company_taxonomy()
    marks = [
        {
            "start": row["start"],
            "end": row["end"],
            "kind": row["strength"],
            "id": f"p{number}",
            "name": known.name(row["concept"], lang) if row["concept"] in known.concepts else "",
            "level": pool_search.LEVEL.get(row["strength"], 1),
        }
        for number, row in enumerate(entry.concepts)
    ]
    return render(
        request,
        "desk/pool_person.html",
        {
            "entry": entry,
            "marks": marks,
            "strong": sorted(marks, key=lambda m: -m["level"])[:14],
            "rounds": _rounds(request, entry),
            "notes": entry.candidate.notes.select_related("author").order_by("-created_at"),
            "consent": consent_standing(entry.candidate, Consent.Purpose.TALENT_POOL),
            "since": pool_watch.since_text(
                entry, pool_watch.since_kept([entry])[entry.pk], entry.branch.time_zone, lang
            ),
            "like": pool_search.pool_like(person=request.user, entry=entry, at=now, most=6).hits,
            "expired": entry.expires_at <= now,
            "soon": now < entry.expires_at <= now + SOON,
            "may_run": has_role(request.user, RUNS_POOL, entry.branch_id),
            "positions": [
                p
                for p in visible_positions(request.user).filter(status="open")[:20]
                if may_run(request.user, p)
            ],
        },
    )


def _rounds(request: DeskRequest, entry: PoolEntry) -> list[dict[str, object]]:
    """The person's applications that the reader may see, newest first, with their last report and
    the talks that a recording is kept of."""
    rows = (
        Application.objects.filter(candidate=entry.candidate, branch_id=entry.branch_id)
        .select_related("position", "branch")
        .order_by("-applied_at")
    )
    kept = Recording.objects.filter(interview=OuterRef("pk"), deleted_at=None, file__isnull=False)
    recorded: dict[int, list[Interview]] = {}
    for talk in (
        visible_interviews(request.user)
        .filter(Exists(kept), application__candidate=entry.candidate)
        .order_by("starts_at")
    ):
        recorded.setdefault(talk.application_id, []).append(talk)
    found = []
    for application in rows:
        closed = blind(request.user, application)
        report = None if closed else latest_report(application)
        found.append(
            {
                "application": application,
                "closed": closed,
                "report": report,
                "talks": recorded.get(application.pk, []),
                "scores": [
                    {**row, "title": words(row["name"])}
                    for row in (report.facts["scores"]["dimensions"] if report else [])
                ],
                "decision": application.decisions.filter(undone_at=None).order_by("-at").first(),
            }
        )
    return found


@require_POST
@staff(*RUNS_POOL)
def add(request: DeskRequest, ref: str) -> HttpResponse:
    """Keeps a candidate in the pool, where they agreed."""
    application = application_for(request.user, ref)
    require_run(request.user, application.position)
    report = None if blind(request.user, application) else latest_report(application)
    scores = {
        row["id"]: row["fair"]
        for row in (report.facts["scores"]["dimensions"] if report else [])
        if row["fair"] is not None
    }
    entry = pool.pool_add(
        actor=request.actor,
        application=application,
        reason=_text(request.POST, "reason"),
        at=utc_now(),
        scores=scores,
    )
    messages.success(request, choose("已放入人才库。", "Kept in the talent pool."))
    return HttpResponseRedirect(reverse("pool-person", args=[entry.ref]))


def _own(request: DeskRequest, ref: str) -> PoolEntry:
    """An entry the person may change."""
    entry = pool_search.entry_for(request.user, ref)
    if not has_role(request.user, RUNS_POOL, entry.branch_id):
        raise NotAllowed(say("accounts.not_allowed"))
    return entry


@require_POST
@staff(*RUNS_POOL)
def note(request: DeskRequest, ref: str) -> HttpResponse:
    """Remembers something, with a day to come back to it."""
    entry = _own(request, ref)
    pool.pool_note_add(
        actor=request.actor,
        candidate=entry.candidate,
        text=_text(request.POST, "text"),
        at=utc_now(),
        remind_on=_date(request.POST.get("remind_on", "")),
        contacted=bool(request.POST.get("contacted")),
    )
    return HttpResponseRedirect(reverse("pool-person", args=[entry.ref]) + "#notes")


@require_POST
@staff(*RUNS_POOL)
def search_save(request: DeskRequest) -> HttpResponse:
    """Keeps the search shown under a name."""
    form = request.POST
    search = watching.search_save(
        actor=request.actor,
        person=request.user,
        name=_text(form, "name"),
        words=_text(form, "q"),
        filters=_filters(form),
        at=utc_now(),
        tell=bool(form.get("tell")),
    )
    messages.success(request, choose(f"「{search.name}」存下了。", f"Saved as {search.name}."))
    return HttpResponseRedirect(search_address(pool_watch.Saved(search, 0)))


@require_POST
@staff(*RUNS_POOL)
def search_change(request: DeskRequest, ref: str) -> HttpResponse:
    """Turns the letters of a saved search on or off, or forgets it."""
    search = pool_watch.search_of(request.user, ref)
    if request.POST.get("do") == "drop":
        watching.search_drop(actor=request.actor, search=search)
        messages.success(
            request, choose(f"「{search.name}」删掉了。", f"{search.name} is deleted.")
        )
        return HttpResponseRedirect(reverse("pool"))
    watching.search_tell_set(
        actor=request.actor, search=search, tell=request.POST.get("do") == "tell"
    )
    return HttpResponseRedirect(search_address(pool_watch.Saved(search, 0)))


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@staff(*RUNS_POOL)
def tags(request: DeskRequest, ref: str) -> HttpResponse:
    """Replaces the tags."""
    entry = _own(request, ref)
    given = _text(request.POST, "tags").replace("，", ",").replace("、", ",")
    pool.pool_tags_set(actor=request.actor, entry=entry, tags=given.split(","))
    return HttpResponseRedirect(reverse("pool-person", args=[entry.ref]))


@require_POST
@staff(*RUNS_POOL)
def remove(request: DeskRequest, ref: str) -> HttpResponse:
    """Lets somebody go, and says what was deleted and that nothing is left."""
    entry = _own(request, ref)
    proof = pool.pool_remove(
        actor=request.actor, entry=entry, reason=_text(request.POST, "reason"), at=utc_now()
    )
    messages.success(
        request,
        choose(
            f"已从人才库删除：索引 {proof['postings']} 处、备注 {proof['notes']} 条，"
            f"查过，剩余 {proof['left']} 处。",
            f"Deleted from the pool: {proof['postings']} index rows, {proof['notes']} notes; "
            f"checked, {proof['left']} left.",
        ),
    )
    return HttpResponseRedirect(reverse("pool"))


@require_POST
@staff(*RUNS_POOL)
def ask(request: DeskRequest) -> HttpResponse:
    """Asks everybody whose time ends within 30 days whether to stay, once each."""
    own = PoolEntry.objects.filter(in_branches(request.user, RUNS_POOL))
    asked = pool.pool_ask_again(at=utc_now(), actor=request.actor, among=own)
    messages.success(
        request,
        choose(f"已写信给 {asked} 人，请他们确认是否留下。", f"{asked} people were asked to stay."),
    )
    return HttpResponseRedirect(reverse("pool"))
