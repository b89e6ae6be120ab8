"""What is said about a database that refuses fits the database and the refusal."""

from __future__ import annotations

import pytest
from django.core import management
from django.db import OperationalError, connection

from touchstone.cli import site


@pytest.mark.parametrize(
    ("vendor", "reason", "advice"),
    [
        ("sqlite", "database or disk is full", "Free some space"),
        ("sqlite", "database is locked", "Another program holds the database file"),
        ("sqlite", "unable to open database file", "can be read and written"),
        ("postgresql", "connection refused", "Check DATABASE_URL"),
    ],
)
def test_the_way_out_of_a_refusal(
    monkeypatch: pytest.MonkeyPatch, vendor: str, reason: str, advice: str
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise OperationalError(reason)

    monkeypatch.setattr(management, "call_command", refuse)
    monkeypatch.setattr(connection, "vendor", vendor)
    monkeypatch.setattr(connection, "close", lambda: None)
    with pytest.raises(SystemExit) as ended:
        site.prepare_database()
    said = str(ended.value)
    assert reason in said
    assert advice in said
    assert said.endswith("Nothing was started.")
    assert ("DATABASE_URL" in said) is (vendor == "postgresql")
