"""Tokens, retries, error codes: what the client does with what the platform says."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import httpx
import pytest

from touchstone.common.errors import OutsideError, PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import render
from touchstone.integrations.wecom.client import Wecom, WecomApp
from touchstone.integrations.wecom.codes import GROUPS, group_of, refusal
from touchstone.integrations.wecom.tokens import SharedToken

APP = WecomApp("https://qy.example.com/cgi-bin/", "ww1", 1000002, "secret")


class Shelf:
    """A cache as processes share it: one lock, atomic `add`."""

    def __init__(self) -> None:
        self.rows: dict[str, object] = {}
        self.lock = threading.Lock()

    def get(self, key: str) -> object:
        with self.lock:
            return self.rows.get(key)

    def set(self, key: str, value: object, timeout: float | None = None) -> None:
        with self.lock:
            self.rows[key] = value

    def add(self, key: str, value: object, timeout: float | None = None) -> bool:
        with self.lock:
            if key in self.rows:
                return False
            self.rows[key] = value
            return True

    def delete(self, key: str) -> None:
        with self.lock:
            self.rows.pop(key, None)


class Platform:
    """Answers in turn for each path; the last answer repeats."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = {path.replace("__", "/"): list(rows) for path, rows in answers.items()}
        self.calls: Counter[str] = Counter()
        self.tokens: list[str] = []
        self.bodies: list[bytes] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/cgi-bin/")
        self.calls[path] += 1
        self.bodies.append(request.content)
        if path == "gettoken" and "gettoken" not in self.answers:
            body = {"errcode": 0, "access_token": f"t{self.calls[path]}", "expires_in": 7200}
            return httpx.Response(200, json=body)
        self.tokens.append(request.url.params.get("access_token", ""))
        rows = self.answers[path]
        answer = rows.pop(0) if len(rows) > 1 else rows[0]
        if isinstance(answer, httpx.Response):
            return answer
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(200, json=answer)


def client(platform: Platform, shelf: Shelf | None = None) -> tuple[Wecom, list[float]]:
    pauses: list[float] = []
    wecom = Wecom(
        APP,
        cache=shelf or Shelf(),
        clock_s=lambda: 1700000000.0,
        pause=pauses.append,
        transport=httpx.MockTransport(platform),
    )
    return wecom, pauses


OK = {"errcode": 0, "errmsg": "ok"}


def test_one_token_for_many_calls() -> None:
    platform = Platform(message__send=[{**OK, "msgid": "m", "invaliduser": "Wang|LI"}])
    wecom, _pauses = client(platform)
    sent = [wecom.send(["a"], "text", {"content": "你好"}) for _ in range(3)]
    assert platform.calls["gettoken"] == 1
    assert sent[0].unreached() == {"wang", "li"}


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_refused_token_is_fetched_once_more(code: int) -> None:
    platform = Platform(department__list=[{"errcode": code}, {**OK, "department": [{"id": 1}]}])
    wecom, _pauses = client(platform)
    assert [d.id for d in wecom.departments()] == [1]
    assert platform.tokens == ["t1", "t2"]


def test_a_token_refused_twice_is_an_error() -> None:
    wecom, _pauses = client(Platform(department__list=[{"errcode": 42001}]))
    with pytest.raises(TemporaryOutsideError):
        wecom.departments()


def test_who_comes_late_with_an_old_token_does_not_fetch_again() -> None:
    shelf, fetched = Shelf(), []

    def fetch() -> tuple[str, float]:
        fetched.append(1)
        return f"t{len(fetched)}", 7200

    token = SharedToken(shelf, "x", fetch, clock_s=lambda: 0.0, pause=lambda _s: None)
    assert token.get() == "t1"
    assert token.get(refused="t1") == "t2"
    assert token.get(refused="t1") == "t2"
    assert len(fetched) == 2


def test_a_storm_of_fifty_makes_one_fetch() -> None:
    shelf, started = Shelf(), threading.Event()
    fetched: list[int] = []

    def fetch() -> tuple[str, float]:
        fetched.append(1)
        started.wait(2)
        return "t", 7200

    waiting = threading.Semaphore(0)
    gives_way = threading.Event()

    def pause(_s: float) -> None:
        waiting.release()
        started.wait(2)
        # Gives way: a thread that only spins would be out of patience before the fetch is back.
        gives_way.wait(0.02)

    found: list[str] = []

    def ask() -> None:
        token = SharedToken(shelf, "x", fetch, clock_s=lambda: 0.0, pause=pause)
        found.append(token.get())

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for _ in range(49):
        assert waiting.acquire(timeout=5)
    started.set()
    for thread in threads:
        thread.join(5)
    assert found == ["t"] * 50
    assert len(fetched) == 1


def test_who_lost_the_lock_does_not_overwrite_a_newer_token() -> None:
    shelf = Shelf()

    def slow_fetch() -> tuple[str, float]:
        # The lock has run out and another process has stored a newer token meanwhile.
        shelf.set("wecom-token-lock:x", "another")
        shelf.set("wecom-token:x", ("newer", 9000.0))
        return "older", 7200

    token = SharedToken(shelf, "x", slow_fetch, clock_s=lambda: 0.0, pause=lambda _s: None)
    assert token.get() == "older"
    assert shelf.get("wecom-token:x") == ("newer", 9000.0)
    assert shelf.get("wecom-token-lock:x") == "another"


def test_a_busy_platform_is_asked_three_times_more() -> None:
    platform = Platform(oa__schedule__add=[{"errcode": -1}, {"errcode": -1}, {"schedule_id": "s"}])
    wecom, pauses = client(platform)
    assert wecom.schedule_add({"summary": "面试"}) == "s"
    assert pauses == [0.5, 1.0]
    busy = Platform(oa__schedule__add=[{"errcode": -1}])
    wecom, pauses = client(busy)
    with pytest.raises(TemporaryOutsideError):
        wecom.schedule_add({})
    assert busy.calls["oa/schedule/add"] == 4


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="<html>bad gateway"),
        httpx.Response(200, text="not json"),
        httpx.Response(200, json=[1]),
        httpx.ConnectError("reset"),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, content=b" " * (8 * 2**20 + 1)),
    ],
)
def test_nonsense_is_worth_another_try_later(answer: Any) -> None:
    wecom, _pauses = client(Platform(message__send=[answer]))
    with pytest.raises(TemporaryOutsideError):
        wecom.send(["a"], "text", {"content": "x"})


def test_the_address_seen_is_told() -> None:
    errmsg = "not allow to access from your ip, hint: [1], from ip: 203.0.113.9, more info"
    wecom, _pauses = client(Platform(department__list=[{"errcode": 60020, "errmsg": errmsg}]))
    with pytest.raises(PermanentOutsideError) as caught:
        wecom.departments()
    assert "203.0.113.9" in caught.value.text("zh")
    assert "203.0.113.9" in caught.value.text("en")


def test_every_group_says_what_to_do_in_both_languages() -> None:
    for group, codes in GROUPS.items():
        for code in sorted(codes)[:2]:
            error = refusal(code, "secret words of the platform")
            assert error.message.id == f"wecom.{group}"
            for lang in ("zh", "en"):
                assert "secret words" not in render(error.message, lang)


def test_no_code_stands_in_two_groups() -> None:
    counted = Counter(code for codes in GROUPS.values() for code in codes)
    assert [code for code, n in counted.items() if n > 1] == []
    assert group_of(123456) == "other"
    assert isinstance(refusal(123456, ""), OutsideError)


def test_meetings_are_paged_until_the_end() -> None:
    platform = Platform(
        meeting__get_user_meetingid=[
            {**OK, "meetingid_list": ["a", "b"], "next_cursor": "c1"},
            {**OK, "meetingid_list": ["c"], "next_cursor": ""},
        ]
    )
    wecom, _pauses = client(platform)
    assert wecom.meetings_of("u", 0, 1) == ["a", "b", "c"]
