"""Exercises on the candidate's pages: shown without gold, kept field by field, checked here."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.company import Company
from tests.conftest import CandidateLink
from tests.views.test_portal import begun, new_path, opened, save
from touchstone.assessments.models import Attempt, AttemptItem
from touchstone.assessments.services.grading import item_grade
from touchstone.assessments.services.papers import Task, attempt_invite, default_paper, paper_save
from touchstone.assessments.tasks import exercises
from touchstone.engine.grading.exercise import BAD_CASE, PROMPT_REPAIR
from touchstone.engine.grading.exercise_loading import built_in_exercises
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application

CODES = {
    "classes": "lab-service-intents",
    "spans": "lab-product-spans",
    "boxes": "lab-street-boxes",
    "cases": "bad-bank-assistant",
    "prompt": "prompt-refund-helper",
}


@pytest.fixture(autouse=True)
def _counted_afresh() -> None:
    cache.clear()


@pytest.fixture
def attempt(
    company: Company, position: Position, application: Application, now: dt.datetime
) -> Attempt:
    actor = company.actor("recruiter")
    known = built_in_exercises()
    tasks = [Task(known[code].kind, code, "technical", 30) for code in CODES.values()]
    paper = paper_save(actor=actor, position=position, title="测评", tasks=tasks, at=now)
    return attempt_invite(actor=actor, application=application, paper=paper, at=now)


@pytest.fixture
def sitting(candidate_link: CandidateLink, attempt: Attempt) -> Client:
    client = opened(candidate_link.path)
    client.post(reverse("portal-start"), {"consent": ["assessment"]})
    return client


def start(client: Client, attempt: Attempt, what: str) -> AttemptItem:
    item = attempt.items.get(item__code=CODES[what])
    client.post(reverse("portal-task-start", args=[item.ref]))
    item.refresh_from_db()
    return item


def page(client: Client, item: AttemptItem) -> str:
    answer = client.get(reverse("portal-task", args=[item.ref]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize("what", CODES)
def test_gold_and_key_points_never_reach_the_browser(
    sitting: Client, attempt: Attempt, what: str
) -> None:
    item = start(sitting, attempt, what)
    exercise = built_in_exercises()[CODES[what]]
    shown = page(sitting, item)
    secrets: list[str] = [a.text.zh for a in exercise.ambiguities]
    secrets += [p for a in exercise.ambiguities for p in a.accept.zh if len(p) > 5]
    secrets += ['value="r1"', "ambiguity", "misconception"]
    rubric = exercise.rubric_document(item.variant, "zh")
    secrets += [p["text"] for p in rubric["key_points"]]
    if exercise.form in {"spans", "boxes"}:
        answers = [g for i in exercise.sample(item.variant).items for g in i.gold["zh"].values()]
        secrets += [g for g in answers if g]
    if exercise.kind == PROMPT_REPAIR:
        broken = exercise.broken(item.variant)
        secrets += [t.text.zh for t in broken.traps] + [d.text.zh for d in broken.add]
    assert [secret for secret in secrets if secret in shown] == []
    assert " checked" not in shown
    assert '<option value="">' in shown or exercise.kind != BAD_CASE


def test_pictures_are_pixels_of_ones_own_task_once_it_has_begun(
    sitting: Client,
    attempt: Attempt,
    company: Company,
    applications: tuple[Application, ...],
    now: dt.datetime,
) -> None:
    item = attempt.items.get(item__code=CODES["boxes"])
    name = built_in_exercises()[CODES["boxes"]].sample(item.variant).items[0].id
    url = reverse("portal-picture", args=[item.ref, name])
    assert sitting.get(url).status_code == 404
    start(sitting, attempt, "boxes")
    answer = sitting.get(url)
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert "private" in answer["Cache-Control"]
    assert sitting.get(reverse("portal-picture", args=[item.ref, "zz"])).status_code == 404
    stranger = opened(new_path(company, applications[1], now))
    assert stranger.get(url).status_code == 404


def test_labels_are_kept_and_shown_again(sitting: Client, attempt: Attempt) -> None:
    item = start(sitting, attempt, "classes")
    first = built_in_exercises()[CODES["classes"]].sample(item.variant).items[0].id
    fields = {"lang": "zh", f"i.{first}": "refund", f"q.{first}": "标哪个？", "q.zz": "没有这条"}
    answer = save(sitting, item, item.version, **fields)
    assert answer.status_code == 200
    item.refresh_from_db()
    assert item.content == {"lang": "zh", f"i.{first}": "refund", f"q.{first}": "标哪个？"}
    shown = page(sitting, item)
    assert shown.count(" checked") == 1
    assert "标哪个？" in shown
    assert '<b class="num" data-done>1</b>' in shown
    home = unescape(sitting.get(reverse("portal-home")).content.decode())
    assert "做了 1 / 30 条" in home


@pytest.mark.parametrize(
    ("what", "field", "bad"),
    [
        ("classes", "i", "nonsense"),
        ("spans", "i", "0-999:brand"),
        ("spans", "i", "0-1:nothing"),
        ("boxes", "i", "0,0,9999,10:car"),
        ("boxes", "i", "<script>"),
        ("cases", "g", "nothing"),
        ("cases", "first.1", "nothing"),
        ("cases", "own1", "长" * 61),
        ("classes", "q", "长" * 501),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_of_it_kept(
    sitting: Client, attempt: Attempt, what: str, field: str, bad: str
) -> None:
    item = start(sitting, attempt, what)
    exercise = built_in_exercises()[CODES[what]]
    if exercise.kind == BAD_CASE:
        one = exercise.heap(item.variant).cases[0].id
    else:
        one = exercise.sample(item.variant).items[0].id
    name = f"{field}.{one}" if len(field) == 1 else field
    answer = save(sitting, item, item.version, lang="zh", **{name: bad})
    assert answer.status_code == 422
    item.refresh_from_db()
    assert item.content == {}


def test_the_language_stays_as_begun(sitting: Client, attempt: Attempt) -> None:
    item = start(sitting, attempt, "spans")
    one = built_in_exercises()[CODES["spans"]].sample(item.variant).items[0]
    version = save(sitting, item, item.version, lang="en", questions="which way?").json()["version"]
    assert one.text.en in page(sitting, item)
    assert one.text.zh not in page(sitting, item)
    other = save(sitting, item, version, lang="zh", questions="哪一种？")
    assert other.status_code == 422


def test_two_windows_do_not_overwrite(sitting: Client, attempt: Attempt) -> None:
    item = start(sitting, attempt, "cases")
    one = built_in_exercises()[CODES["cases"]].heap(item.variant).cases[0].id
    assert save(sitting, item, item.version, lang="zh", **{f"g.{one}": "stale"}).status_code == 200
    clash = save(sitting, item, item.version, lang="zh", **{f"g.{one}": "tone"})
    assert clash.status_code == 409
    assert clash.json()["theirs"][f"g.{one}"] == "stale"


def test_handing_in_leads_to_a_grading_with_its_receipt(
    sitting: Client, attempt: Attempt, now: dt.datetime
) -> None:
    item = start(sitting, attempt, "classes")
    exercise = built_in_exercises()[CODES["classes"]]
    gold = {a.id: a.default for a in exercise.ambiguities} | {"": ""}
    answers = {
        f"i.{i.id}": i.gold["zh"][gold[i.ambiguity]] for i in exercise.sample(item.variant).items
    }
    answers["questions"] = (
        "坏了又要退钱的，质量和退款都符合，标哪个？还没下单就问物流的，算售前还是物流？"
    )
    url = reverse("portal-submit", args=[item.ref])
    assert sitting.post(url, {"version": item.version, "lang": "zh", **answers}).status_code == 302
    item.refresh_from_db()
    grading = item_grade(item=item, at=now)
    assert grading is not None
    assert grading.score == 10
    assert grading.result["exercise"]["right"] == 30
    assert grading.result["exercise"]["per_minute"] is not None
    assert len(grading.receipt["input_sha256"]) == 64
    assert item_grade(item=item, at=now) == grading
    assert "30 / 30" in page(sitting, item)


def test_an_untouched_prompt_is_worth_nothing(
    sitting: Client, attempt: Attempt, now: dt.datetime
) -> None:
    item = start(sitting, attempt, "prompt")
    original = built_in_exercises()[CODES["prompt"]].broken(item.variant).prompt.zh
    assert original.splitlines()[0] in page(sitting, item)
    fields = {"version": item.version, "lang": "zh", "prompt": original}
    sitting.post(reverse("portal-submit", args=[item.ref]), fields)
    item.refresh_from_db()
    grading = item_grade(item=item, at=now)
    assert grading is not None
    assert grading.score == 0
    assert grading.result["exercise"]["changed"] is False


def test_the_default_paper_offers_exercises_only_when_asked(position: Position) -> None:
    plain = default_paper(position)
    more = default_paper(position, with_exercises=True)
    assert not {task.kind for task in plain} & {"labelling", "bad_case", "prompt_repair"}
    assert [task.kind for task in more[len(plain) :]] == ["labelling", "bad_case", "prompt_repair"]
    assert list(more[: len(plain)]) == list(plain)
    assert all(task.code in {e.id for e in exercises()} for task in more[len(plain) :])


def test_starting_reads_like_the_task(sitting: Client, attempt: Attempt) -> None:
    for what, words in (
        ("classes", "一页指南"),
        ("cases", "根本的原因"),
        ("prompt", "有毛病的提示词"),
    ):
        item = attempt.items.get(item__code=CODES[what])
        assert words in page(sitting, item)
    assert begun(sitting, attempt, PROMPT_REPAIR).started_at is not None
