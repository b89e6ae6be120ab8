"""The client against a server that is as strict as the real one, and against faults."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

import httpx
import pytest

from tests.integrations.judge0.conftest import Waits
from touchstone.common.errors import OutsideError, PermanentOutsideError, TemporaryOutsideError
from touchstone.integrations.judge0.client import ATTEMPTS, Judge0
from touchstone.integrations.judge0.service import Judge0Service
from touchstone.integrations.simulators.judge0 import SimulatedJudge0

pytestmark = pytest.mark.sandbox
HELLO: dict[str, Any] = {"language_id": 92, "source_code": b"print(input(), '\xe4\xbd\xa0')\n"}


def test_a_program_is_handed_in_and_read(client: Judge0, server: SimulatedJudge0) -> None:
    ended = client.run({**HELLO, "stdin": b"a\xff" * 60})
    assert ended.status_id == 3
    assert ended.stdout == b"a\xff" * 60 + " 你\n".encode()
    assert (ended.exit_code, ended.exit_signal, ended.stderr) == (0, None, b"")
    assert ended.time is not None
    assert ended.memory
    assert server.received[-1].status == 201
    assert "expected_output" not in server.received[-1].detail


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"cpu_limit": 2}, "cpu_limit"),
        ({"cpu_time_limit": 16}, "cpu_time_limit"),
        ({"wall_time_limit": 0.5}, "wall_time_limit"),
        ({"memory_limit": 1}, "memory_limit"),
        ({"language_id": 4}, "language_id"),
        ({"source_code": b""}, "source_code"),
        ({"enable_network": "no"}, "enable_network"),
        ({"compiler_options": "-O2"}, "compiler_options"),
        ({"command_line_arguments": "a" * 513}, "too long"),
        ({"additional_files": "%%%"}, "additional_files"),
    ],
)
def test_what_the_server_refuses_is_said_and_not_tried_again(
    client: Judge0, server: SimulatedJudge0, body: dict[str, Any], what: str
) -> None:
    with pytest.raises(PermanentOutsideError) as caught:
        client.run(HELLO | body)
    assert caught.value.message.id == "judge0.refused"
    assert what in caught.value.text("en")
    assert [row.status for row in server.received] == [422]


def test_unknown_fields_and_batches_out_of_bounds_are_refused(
    server: SimulatedJudge0, service: Judge0Service
) -> None:
    key = {"X-Auth-Token": service.token}
    base = f"{server.base}/submissions"
    answers = [
        httpx.get(f"{base}/batch?tokens=abc&fields=secrets", headers=key),
        httpx.get(f"{base}/batch?tokens=", headers=key),
        httpx.get(f"{base}/abc?fields=*", headers=key),
        httpx.get(f"{base}/abc", headers=key),
        httpx.post(f"{base}?wait=true", json={}, headers=key),
        httpx.post(f"{base}?base64_encoded=true", content=b"{", headers=key),
        httpx.get(f"{server.base}/config_info"),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 404, 400, 400, 401]


def test_a_wrong_key_is_a_matter_for_a_person(service: Judge0Service, waits: Waits) -> None:
    client = Judge0(dataclasses.replace(service, token="other"), pause=waits.pause)
    with pytest.raises(PermanentOutsideError) as caught:
        client.run(HELLO)
    assert caught.value.message.id == "judge0.key"
    assert waits.asked_s == []


@pytest.mark.parametrize("fault", ["http_500", "http_502", "too_many", "queue_full", "reset"])
def test_passing_faults_are_tried_again_and_longer_each_time(
    client: Judge0, server: SimulatedJudge0, waits: Waits, fault: str
) -> None:
    client.limits()
    server.fault(fault, "/submissions", times=2)
    assert client.run({**HELLO, "stdin": b"x"}).status_id == 3
    first, second = waits.asked_s[:2]
    assert second > first


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("http_500", "judge0.busy"),
        ("queue_full", "judge0.busy"),
        ("reset", "judge0.unreachable"),
        ("nonsense", "judge0.unexpected"),
        ("lost", "judge0.lost"),
    ],
)
def test_lasting_faults_are_temporary_errors(
    client: Judge0, server: SimulatedJudge0, fault: str, message: str
) -> None:
    path = "/batch" if fault == "lost" else "/submissions"
    client.limits()
    server.fault(fault, path, times=ATTEMPTS)
    with pytest.raises(TemporaryOutsideError) as caught:
        client.run(HELLO)
    assert caught.value.message.id == message


@pytest.mark.parametrize("fault", ["truncated", "wild_figures"])
def test_an_answer_that_cannot_be_true_is_not_believed(
    client: Judge0, server: SimulatedJudge0, fault: str
) -> None:
    client.limits()
    server.fault(fault, "/submissions")
    with pytest.raises(TemporaryOutsideError) as caught:
        client.run({**HELLO, "stdin": b"x"})
    assert caught.value.message.id == "judge0.unexpected"


def test_a_slow_queue_is_waited_for_and_a_stuck_one_given_up(
    client: Judge0, server: SimulatedJudge0, service: Judge0Service, waits: Waits
) -> None:
    client.limits()
    server.fault("slow_queue", "/submissions")
    assert client.run({**HELLO, "stdin": b"x"}).status_id == 3
    assert len(waits.asked_s) == 4
    server.fault("stuck_queue", "/submissions")
    with pytest.raises(TemporaryOutsideError) as caught:
        client.run(HELLO)
    assert caught.value.message.id == "judge0.queue"
    assert service.patience_s < sum(waits.asked_s) < service.patience_s + 10
    assert max(waits.asked_s) == 2.0


def test_hanging_and_dripping_answers_end(service: Judge0Service, server: SimulatedJudge0) -> None:
    pauses: list[float] = []
    quick = dataclasses.replace(service, timeout_s=0.2)
    for fault in ("hang", "drip"):
        server.fault(fault, "/about", times=ATTEMPTS)
        with pytest.raises(TemporaryOutsideError) as caught:
            Judge0(quick, pause=pauses.append).version()
        assert caught.value.message.id == "judge0.unreachable"
    assert len(pauses) == 2 * (ATTEMPTS - 1)


def test_without_batches_each_program_is_asked_for(client: Judge0, server: SimulatedJudge0) -> None:
    server.config["enable_batched_submissions"] = False
    assert client.run({**HELLO, "stdin": b"x"}).status_id == 3


def test_programs_are_deleted_where_that_is_allowed(
    service: Judge0Service, server: SimulatedJudge0, waits: Waits
) -> None:
    deleting = dataclasses.replace(service, user_token=server.user_token)
    client = Judge0(deleting, pause=waits.pause)
    assert client.run({**HELLO, "stdin": b"x"}).status_id == 3
    assert server.received[-1].what.startswith("DELETE")
    assert server._entries == {}
    wrong = Judge0(dataclasses.replace(service, user_token="other"), pause=waits.pause)
    assert wrong.run({**HELLO, "stdin": b"x"}).status_id == 3
    assert len(server._entries) == 1


def test_addresses_are_checked(service: Judge0Service) -> None:
    for base in ("http://169.254.169.254", "http://judge.example", "ftp://127.0.0.1", "http://a?b"):
        outside = dataclasses.replace(service, base=base, networks=())
        client = Judge0(outside, resolver=lambda host, _port: ["10.0.0.8", host][:1])
        with pytest.raises(OutsideError):
            client.version()


def test_logs_hold_neither_programs_nor_keys(
    client: Judge0,
    server: SimulatedJudge0,
    service: Judge0Service,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client.limits()
    server.fault("http_500", "/submissions", times=ATTEMPTS)
    with caplog.at_level(logging.DEBUG, "touchstone.judge0"), pytest.raises(TemporaryOutsideError):
        client.run({**HELLO, "source_code": b"secret_name = 1"})
    assert caplog.records
    assert "secret_name" not in caplog.text
    assert service.token not in caplog.text


def test_the_page_shows_what_came_and_takes_faults(client: Judge0, server: SimulatedJudge0) -> None:
    client.run({**HELLO, "stdin": b"<b>x</b>"})
    page = httpx.get(f"{server.base}/_sim/").text
    assert "POST /submissions" in page
    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page
    assert "stuck_queue" in page
    ordered = httpx.post(f"{server.base}/_sim/fault", data={"kind": "wrong_token"})
    assert ordered.status_code == 303
    with pytest.raises(PermanentOutsideError):
        client.version()
