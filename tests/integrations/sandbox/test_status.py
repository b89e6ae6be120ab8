from __future__ import annotations

import pytest

from touchstone.common.messages import render
from touchstone.integrations.sandbox import status
from touchstone.integrations.sandbox.programs import java_class

pytestmark = pytest.mark.sandbox


def test_status_is_tried_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = status()
    assert seen.available
    assert {"python", "sql"} <= set(seen.languages)
    assert all(render(message, "zh") for message in seen.messages)
    monkeypatch.setenv("TOUCHSTONE_SANDBOX_DIR", "/nowhere")
    without = status()
    assert not without.available
    assert without.languages == ()
    assert "make setup" in render(without.messages[0], "en")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("public final class A {}", "A"),
        ("/* public class B */ class C { public static void main(String[] a) {} }", "C"),
        ('class D { String s = "class E"; } class F { static void main (String[] a) {} }', "F"),
        ("", "Main"),
    ],
)
def test_the_class_that_runs(source: str, name: str) -> None:
    assert java_class(source) == name
