"""Every URL as everybody who must not get in: generated from the URLconf, against a written table.

A URL without a row in `TABLE` fails, so that nobody adds a page without saying who may open it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tests.company import Company
from touchstone.assessments.models import Attempt, AttemptItem, Paper, PaperItem
from touchstone.audit.models import AuditEvent
from touchstone.common.background import enqueue
from touchstone.evaluation.models import Decision, Hire, Outcome
from touchstone.insights.models import Proposal
from touchstone.interviews.models import Interview, Recording
from touchstone.library.models import Question
from touchstone.recruiting.models import (
    Application,
    CandidateRequest,
    OutboxMessage,
    PoolEntry,
    ResumeBatch,
)

MISSING = "z" * 14
GONE = {403, 404, 405}


@dataclass(frozen=True)
class Row:
    """Who may do what at a URL.

    Attributes:
        kind: "open" to anybody; "signed" for whoever signed in, who sees their own things there;
            "role" for some roles; "object" for those who may see that object; "portal" for a
            candidate's browser; "token" for programs.
        auditor_posts: whether an auditor's POST may do something (their own language, an export).
        closed_to_auditor: whether an auditor may not even look.
    """

    kind: str
    auditor_posts: bool = False
    closed_to_auditor: bool = False


OPEN, SIGNED, ROLE = Row("open", auditor_posts=True), Row("signed"), Row("role")
OBJECT, PORTAL, TOKEN = Row("object"), Row("portal"), Row("token")
ADMINISTRATORS = Row("role", closed_to_auditor=True)
NOT_AUDITORS = Row("object", closed_to_auditor=True)

TABLE: dict[str, Row] = {
    **dict.fromkeys(
        (
            *("health", "ready", "metrics", "sign-in", "demo-sign-in", "sign-out"),
            *("ui-language", "ui-theme", "ui-components", "wecom-start", "wecom-back"),
            *("wecom-callback", "tencent-callback", "setup", "setup-step"),
            *("account_login", "account_logout", "account_inactive", "account_reauthenticate"),
            *("account_change_password", "account_set_password", "account_reset_password_from_key"),
            "account_reset_password_from_key_done",
            *("mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp"),
            *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
            "mfa_download_recovery_codes",
        ),
        OPEN,
    ),
    **dict.fromkeys(("today", "palette", "positions"), SIGNED),
    # Its form only builds the address of the page.
    "compare": Row("object", auditor_posts=True),
    "availability": Row("signed", auditor_posts=True),
    "position-new": ADMINISTRATORS,
    **dict.fromkeys(
        (
            *("people", "person-new", "branch-new", "department-new", "person", "person-active"),
            *("person-role-give", "person-role-take", "person-invite", "person-factor-off"),
            *("person-token-new", "person-token-end", "wecom-setup", "wecom-step"),
            *("concept-new", "taxonomy-draft", "taxonomy-try", "taxonomy-effect"),
            "taxonomy-import",
        ),
        ADMINISTRATORS,
    ),
    **dict.fromkeys(
        (
            *("library", "question", "question-new", "question-edit", "question-status"),
            *("question-check", "question-phrase", "library-import", "library-export"),
            *("question-draft", "taxonomy", "concept", "concept-below", "taxonomy-versions"),
            "taxonomy-export",
            *("pool", "pool-ask", "pool-search-save", "messages", "message-templates", "work"),
            "work-retry",
        ),
        ROLE,
    ),
    **dict.fromkeys(("audit", "audit-verify", "audit-export"), Row("role", auditor_posts=True)),
    **dict.fromkeys(
        (
            *("position", "position-status", "position-members", "position-model", "model-draft"),
            *("model-try", "model-save", "model-template", "model-learn", "history-import"),
            *("wish-add", "model-export", "shortlist", "line-set", "invite", "own-scoring"),
            *("resume-import", "resume-upload", "resume-progress", "resume-act", "mail-source"),
            *("resume-original", "duplicates", "application", "resume-file", "resume-page"),
            *("screening-override", "application-move", "application-undo", "candidate-note"),
            *("request-answer", "assessment", "paper", "task-preview", "attempt", "extra-time"),
            *("grade", "case-file", "spoken-answer", "spoken-words"),
            *("interviews", "interviews-plan", "interviews-book", "interview-book", "room"),
            *("interview-move", "interview-cancel", "interview-reply", "interview-link"),
            *("interview-panel", "calibration-sample", "calibration-samples"),
            *("calibration-sample-close", "grade-picture"),
            *("room-clock", "room-note", "room-asked", "room-live", "room-events", "room-score"),
            *("room-submit", "room-reopen", "recording-upload", "recording", "round", "calibrate"),
            *("round-xlsx", "hires", "report", "report-issue", "report-pdf", "evaluation-save"),
            *("decide", "hire", "decision-undo", "decision-send", "outcome", "pool-person"),
            *("kit", "kit-change", "kit-compare", "outcomes-upload", "replay"),
            *("recording-words", "recording-heard"),
            *("taxonomy-rescreen", "screening-receipts"),
            *(
                "pool-note",
                "pool-tags",
                "pool-remove",
                "pool-search-change",
                "pool-add",
                "insights",
                "insights-csv",
            ),
            *("insights-pdf", "proposals", "proposal", "message", "message-again"),
        ),
        OBJECT,
    ),
    **dict.fromkeys(
        (
            *("portal-home", "portal-start", "portal-consent", "portal-practice"),
            *("portal-practice-draft", "portal-finish", "portal-signal", "portal-signal-comment"),
            *("portal-take", "portal-take-delete"),
            *("portal-task", "portal-task-start", "portal-draft", "portal-file", "portal-run"),
            *("portal-runs", "portal-phase", "portal-submit", "portal-reply", "portal-no-slot"),
            *("portal-slot", "portal-right", "portal-withdraw", "portal-erase", "portal-data"),
            *("portal-device", "portal-leave", "portal-demo", "portal-new-link", "portal-enter"),
            *("portal-report", "portal-picture"),
        ),
        PORTAL,
    ),
}


@dataclass(frozen=True)
class Url:
    """A named URL with an object of the head office, and the same with one that does not exist."""

    name: str
    here: str
    nowhere: str


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Name, route and pattern of every URL; those of the API are programs' business."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "api-1":
                yield from patterns(entry, route)
        else:
            yield entry.name or "", route, entry


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    names = Counter(name for name, _route, _pattern in patterns(get_resolver()))
    assert sorted(set(names) - set(TABLE)) == [], "say in TABLE who may open these"
    assert sorted(set(TABLE) - set(names)) == [], "these are no longer there"


@dataclass
class World:
    """Objects of the head office, by the first word of the URLs that show them."""

    refs: dict[str, str] = field(default_factory=dict)

    def url(self, name: str, route: str, pattern: URLPattern) -> Url:
        here: dict[str, object] = {}
        nowhere: dict[str, object] = {}
        for parameter, converter in pattern.pattern.converters.items():
            value, other = self._value(parameter, type(converter).__name__, route)
            here[parameter], nowhere[parameter] = value, other
        if name == "account_reset_password_from_key":
            here = nowhere = {"uidb36": "1", "key": "x-y"}
        return Url(name, reverse(name, kwargs=here), reverse(name, kwargs=nowhere))

    def _value(self, parameter: str, converter: str, route: str) -> tuple[object, object]:
        if converter == "IntConverter":
            return 1, 1
        if converter == "UUIDConverter":
            return self.refs["work"], "00000000-0000-4000-8000-000000000000"
        if parameter == "ref":
            return self.refs.get(route.split("/", maxsplit=1)[0], MISSING), MISSING
        if parameter in self.refs:
            return self.refs[parameter], MISSING
        return MISSING, MISSING


@pytest.fixture
def world(company: Company, interview: Interview, now: dt.datetime) -> World:
    """One object of every kind that has a page, all of the head office."""
    application = interview.application
    position, candidate = application.position, application.candidate
    paper = Paper.objects.create(position=position, title="试卷", status="open", created_at=now)
    item = PaperItem.objects.create(
        paper=paper, order=1, kind="case", code="case", dimension="business", minutes=30
    )
    attempt = Attempt.objects.create(
        application=application,
        paper=paper,
        seed=1,
        invited_at=now,
        deadline=now + dt.timedelta(days=3),
    )
    recruiter = company.recruiter
    hire = Hire.objects.create(
        application=application,
        starts_on=now.date(),
        manager=company.hiring_manager,
        created_at=now,
    )
    job = enqueue("touchstone.jobs.housekeeping.retention_sweep")
    DBTaskResult.objects.filter(pk=job).update(status=TaskResultStatus.FAILED)
    ResumeBatch.objects.create(position=position, label="一批", created_at=now)
    rows = {
        "positions": position,
        "applications": application,
        "interviews": interview,
        "attempts": attempt,
        "attempt-items": AttemptItem.objects.create(attempt=attempt, item=item),
        "people": company.recruiter,
        "resume": application.resume,
        "requests": CandidateRequest.objects.create(
            application=application, candidate=candidate, kind="explanation", created_at=now
        ),
        "recordings": Recording.objects.create(
            interview=interview, source="upload", created_at=now, delete_on=now.date()
        ),
        "decisions": Decision.objects.create(
            application=application, kind="hold", reason="再看看", by=recruiter, at=now
        ),
        "outcomes": Outcome.objects.create(hire=hire, month=3, due_on=now.date()),
        "pool": PoolEntry.objects.create(
            candidate=candidate,
            branch=company.head,
            added_by=recruiter,
            added_at=now,
            expires_at=now + dt.timedelta(days=300),
        ),
        "proposals": Proposal.objects.create(
            position=position,
            kind="threshold",
            subject="x",
            message={"id": "accounts.closed", "args": {}},
            created_at=now,
        ),
        "messages": OutboxMessage.objects.create(
            key="x", branch=company.head, channel="mail", template="x", body="x", created_at=now
        ),
        "library": Question.objects.create(
            code="t-1",
            kind="technical",
            dimension="technical",
            title="题",
            document={},
            sha256="0" * 64,
            created_at=now,
        ),
    }
    refs = {name: row.ref for name, row in rows.items() if row is not None}
    refs |= {"work": job, "concept": "pytorch", "taxonomy": position.ref}
    return World(refs)


def urls(world: World) -> list[Url]:
    found = []
    for name, route, pattern in patterns(get_resolver()):
        try:
            found.append(world.url(name, route, pattern))
        except NoReverseMatch as error:
            pytest.fail(f"{name}: {error}")
    return found


def ask(client: Client, method: str, path: str) -> HttpResponse:
    call = client.get if method == "GET" else client.post
    return call(path)  # type: ignore[return-value]


def events_after(before: int) -> list[str]:
    """Actions written since there were ``before`` events that changed something."""
    rows = AuditEvent.objects.exclude(action="access.denied").order_by("seq")
    return list(rows.values_list("action", flat=True)[before:])


def changes() -> int:
    """Events that changed something; that somebody was refused is one too, but changes nothing."""
    return AuditEvent.objects.exclude(action="access.denied").count()


def is_sent_to_sign_in(response: HttpResponse) -> bool:
    return response.status_code == 302 and response["Location"].startswith("/sign-in/")


def judge(faults: list[str], fine: bool, url: Url, method: str, response: HttpResponse) -> None:
    if not fine:
        faults.append(f"{method} {url.here} ({url.name}): {response.status_code}")


ClientOf = Callable[[str], Client]
METHODS = ("GET", "POST")


def test_anonymous_gets_no_further_than_the_door(world: World, client_of: ClientOf) -> None:
    faults: list[str] = []
    before = changes()
    for url in urls(world):
        kind = TABLE.get(url.name, OPEN).kind
        if kind == "open":
            continue
        for method in METHODS:
            response = ask(client_of(""), method, url.here)
            if kind == "portal":
                fine = response.status_code < 500 and b"attempt" not in response.content
            else:
                fine = is_sent_to_sign_in(response) or response.status_code in {401, 405}
            judge(faults, fine, url, method, response)
    assert faults == []
    assert events_after(before) == []


@pytest.mark.parametrize("name", ["stranger", "other_recruiter", "outsider"])
def test_those_whose_object_it_is_not_learn_nothing(
    world: World, client_of: ClientOf, name: str
) -> None:
    """The answer is a refusal, and the same as for an object that does not exist."""
    faults: list[str] = []
    before = changes()
    client = client_of(name)
    for url in urls(world):
        if TABLE.get(url.name, OPEN).kind != "object":
            continue
        for method in METHODS:
            foreign = ask(client, method, url.here)
            missing = ask(client, method, url.nowhere)
            fine = foreign.status_code in GONE and foreign.status_code == missing.status_code
            judge(faults, fine, url, method, foreign)
    assert faults == []
    assert events_after(before) == []


def test_without_a_role_no_page_that_needs_one(world: World, client_of: ClientOf) -> None:
    faults: list[str] = []
    client = client_of("stranger")
    for url in urls(world):
        if TABLE.get(url.name, OPEN).kind != "role":
            continue
        for method in METHODS:
            response = ask(client, method, url.here)
            judge(faults, response.status_code in {403, 405}, url, method, response)
    assert faults == []


def test_the_auditor_looks_and_changes_nothing(world: World, client_of: ClientOf) -> None:
    faults: list[str] = []
    before = changes()
    client = client_of("auditor")
    for url in urls(world):
        row = TABLE.get(url.name, OPEN)
        if row.kind in {"open", "portal"}:
            continue
        looked = ask(client, "GET", url.here)
        if row.closed_to_auditor:
            judge(faults, looked.status_code in GONE, url, "GET", looked)
        else:
            judge(faults, looked.status_code < 500, url, "GET", looked)
        if not row.auditor_posts:
            posted = ask(client, "POST", url.here)
            judge(faults, posted.status_code in GONE, url, "POST", posted)
    assert faults == []
    # What they take out is on record; nothing else has happened.
    assert [e for e in events_after(before) if not e.endswith((".exported", ".read"))] == []


def test_the_recruiter_gets_in(world: World, client_of: ClientOf) -> None:
    """The control: the same URLs open for somebody who may, so the others were not refused for
    another reason. Pages of things that are not there yet may say so (404, 409, 422)."""
    faults: list[str] = []
    client = client_of("recruiter")
    opened = 0
    for url in urls(world):
        if TABLE.get(url.name, OPEN).kind != "object":
            continue
        response = ask(client, "GET", url.here)
        opened += response.status_code == 200
        judge(
            faults,
            response.status_code in {200, 302, 403, 404, 405, 409, 422},
            url,
            "GET",
            response,
        )
    assert faults == []
    assert opened >= 25


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_methods_that_no_page_knows(world: World, client_of: ClientOf, method: str) -> None:
    faults: list[str] = []
    before = changes()
    client = client_of("recruiter")
    for url in urls(world):
        if TABLE.get(url.name, OPEN).kind in {"object", "role", "signed"}:
            response = getattr(client, method)(url.here)
            judge(faults, response.status_code in {403, 404, 405}, url, method, response)
    assert faults == []
    assert events_after(before) == []


def test_a_foreign_id_in_the_body_counts_for_nothing(
    company: Company,
    applications: tuple[Application, ...],
    client_of: ClientOf,
) -> None:
    """The object is the one of the URL, whatever fields say."""
    client = client_of("other_recruiter")
    target = applications[0]
    body: Mapping[str, str] = {
        "application": target.ref,
        "application_id": str(target.pk),
        "position": target.position.ref,
        "to": "invited",
        "reason": "x",
    }
    assert client.post(f"/applications/{MISSING}/move/", body).status_code == 404
    assert client.post(f"/applications/{target.ref}/move/", body).status_code == 404
    target.refresh_from_db()
    assert target.stage == "screened"
