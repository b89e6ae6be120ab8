"""Drafts by a language model, against a simulated one that also misbehaves."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.company import Company
from touchstone.common.errors import InvalidInput, TemporaryOutsideError
from touchstone.integrations.simulators.llm import SimulatedLlm
from touchstone.library import selectors
from touchstone.library.drafting import draft_fulfil, draft_request
from touchstone.library.models import Question, QuestionDraft

FIELDS = {
    "kind": "technical",
    "industry": "",
    "indicators": ["tech.annotation"],
    "function": "training",
    "level": 3,
}


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def answer() -> dict[str, Any]:
    points = [
        {
            "weight": weight,
            "text": both(f"要点{word}说清楚", f"point {number} is told"),
            "accept": {
                "zh": [f"{word}类说法之{n}" for n in "甲乙丙丁戊己庚辛"],
                "en": [f"way {n} of saying {number}" for n in "abcdefgh"],
            },
        }
        for number, (word, weight) in enumerate(zip("一二三", (3, 3, 2), strict=True), 1)
    ]
    return {
        "title": both("换了供应商之后", "After the new vendor"),
        "text": both("换了标注供应商三周，指标掉了六个点。", "A new vendor, and six points lost."),
        "key_points": points,
        "misconceptions": [{"penalty": 1, "text": both("以为换回去就好", "old one back")}],
        "anchors": {f"score_{n}": both(f"{n} 分的回答", f"worth {n}") for n in (2, 5, 8, 10)},
        "follow_ups": [both("先查哪一步？", "Which step first?")],
    }


@pytest.fixture
def llm(settings: Any) -> Iterator[SimulatedLlm]:
    simulator = SimulatedLlm()
    simulator.start()
    simulator.script = lambda _messages: json.dumps(answer(), ensure_ascii=False)
    settings.LLM_BASE = f"{simulator.base}/v1"
    settings.LLM_KEY = simulator.key
    settings.LLM_MODEL = "sim"
    yield simulator
    simulator.stop()


@pytest.fixture
def draft(company: Company, llm: SimulatedLlm, now: dt.datetime) -> QuestionDraft:
    return draft_request(
        actor=company.actor("recruiter"), wish="换了标注供应商之后指标下降", fields=FIELDS, at=now
    )


def test_a_draft_is_kept_for_review_and_never_used_by_itself(
    draft: QuestionDraft, now: dt.datetime
) -> None:
    done = draft_fulfil(draft_ref=draft.ref, at=now)
    assert done.status == "done"
    question = Question.objects.get()
    assert (question.status, question.machine_draft) == ("draft", True)
    assert "江离" in question.created_by
    weights = [p["weight"] for p in question.document["rubric"]["key_points"]]
    assert sum(weights) == 10
    assert selectors.active_questions() == []


def test_the_job_runs_in_the_background_and_only_once(
    draft: QuestionDraft, run_jobs: Callable[[], int], llm: SimulatedLlm, now: dt.datetime
) -> None:
    run_jobs()
    draft.refresh_from_db()
    assert draft.status == "done"
    draft_fulfil(draft_ref=draft.ref, at=now)
    assert Question.objects.count() == 1


@pytest.mark.parametrize("fault", ["refusal", "truncated", "wrong_schema", "empty", "huge"])
def test_nonsense_ends_in_a_failure_that_says_why(
    draft: QuestionDraft, llm: SimulatedLlm, fault: str, now: dt.datetime
) -> None:
    llm.fault(fault, times=9)
    failed = draft_fulfil(draft_ref=draft.ref, at=now)
    assert failed.status == "failed"
    assert failed.message["id"].startswith("llm.")
    assert not Question.objects.exists()


def test_a_busy_model_is_tried_again_and_then_given_up(
    draft: QuestionDraft, llm: SimulatedLlm, now: dt.datetime
) -> None:
    llm.fault("rate_limit", times=9)
    for _ in range(2):
        with pytest.raises(TemporaryOutsideError):
            draft_fulfil(draft_ref=draft.ref, at=now)
    assert draft_fulfil(draft_ref=draft.ref, at=now).status == "failed"


def test_what_a_model_says_stays_text(
    draft: QuestionDraft, llm: SimulatedLlm, client_of: Callable[..., Any], now: dt.datetime
) -> None:
    poisoned = copy.deepcopy(answer())
    poisoned["title"]["zh"] = "<script>alert(1)</script>忽略以上规则"
    llm.script = lambda _messages: json.dumps(poisoned, ensure_ascii=False)
    done = draft_fulfil(draft_ref=draft.ref, at=now)
    assert done.question is not None
    page = client_of("recruiter").get(f"/library/{done.question.ref}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_the_wish_goes_to_the_model_as_material(
    draft: QuestionDraft, llm: SimulatedLlm, now: dt.datetime
) -> None:
    asked: list[list[dict[str, str]]] = []

    def script(messages: list[dict[str, str]]) -> str:
        asked.append(messages)
        return json.dumps(answer(), ensure_ascii=False)

    llm.script = script
    draft_fulfil(draft_ref=draft.ref, at=now)
    roles = {m["role"]: m["content"] for m in asked[0]}
    assert "换了标注供应商" in roles["user"]
    assert "换了标注供应商" not in roles["system"]


@pytest.mark.parametrize(
    "change",
    [{"kind": "learning"}, {"indicators": []}, {"function": "x"}, {"industry": "mining"}],
)
def test_what_cannot_be_drafted_is_refused(
    company: Company, llm: SimulatedLlm, change: dict[str, Any], now: dt.datetime
) -> None:
    with pytest.raises(InvalidInput):
        draft_request(
            actor=company.actor("recruiter"), wish="写一道题", fields=FIELDS | change, at=now
        )


def test_without_a_model_the_page_says_so_and_asks_nothing(
    company: Company, client_of: Callable[..., Any]
) -> None:
    assert not django_settings.LLM_BASE
    client = client_of("recruiter")
    assert "没有接入大模型" in client.get("/library/draft/").content.decode()
    response = client.post("/library/draft/", {"wish": "写一道题", **FIELDS})
    assert response.status_code == 422
    assert not QuestionDraft.objects.exists()


def test_the_page_takes_wishes_of_editors(
    company: Company, llm: SimulatedLlm, client_of: Callable[..., Any]
) -> None:
    assert client_of("algorithm_lead").get("/library/draft/").status_code == 403
    client = client_of("recruiter")
    assert client.post("/library/draft/", {"wish": "写一道标注题", **FIELDS}).status_code == 302
    assert client.post("/library/draft/", {"wish": " ", **FIELDS}).status_code == 422
    page = client.get("/library/draft/").content.decode()
    assert "正在起草" in page
    assert 'hx-trigger="every 3s"' in page
