"""Links in the demo's messages lead to the server that the demo runs."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from touchstone.cli import demo_command


@pytest.mark.parametrize(
    ("host", "own", "expected"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:8107"),
        ("0.0.0.0", "", "http://127.0.0.1:8107"),
        ("127.0.0.1", "https://demo.example.com", "https://demo.example.com"),
    ],
)
def test_the_address_of_the_demo_is_the_one_it_serves(
    monkeypatch: pytest.MonkeyPatch, host: str, own: str, expected: str
) -> None:
    environment: dict[str, str] = {"TOUCHSTONE_BASE_URL": own} if own else {}
    seen: list[str] = []
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(demo_command, "listen", lambda *_: object())
    monkeypatch.setattr(
        demo_command, "start_django", lambda: seen.append(environment["TOUCHSTONE_BASE_URL"])
    )
    monkeypatch.setattr(demo_command, "_round", lambda _args: {})
    monkeypatch.setattr(demo_command, "_print", lambda *_args, **_more: None)
    monkeypatch.setattr(demo_command, "supervise", lambda _listening: 0)
    args: Any = SimpleNamespace(
        applicants=20, no_serve=False, no_simulators=True, json=False, host=host, port=8107
    )
    assert demo_command.run(args) == 0
    assert seen == [expected]
