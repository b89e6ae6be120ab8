"""What `touchstone demo` does to a data directory that is not empty; the round itself is played
for the browser's journeys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import CommandLine

MAKE = (
    "from touchstone.accounts.models import Person; "
    "Person.objects.create_user('zhou', name='周程', password='a-long-enough-word')"
)
COUNT = "from touchstone.accounts.models import Person; print(Person.objects.count())"


def with_a_company(touchstone: CommandLine) -> None:
    assert touchstone("manage", "migrate", "-v0").returncode == 0
    assert touchstone("manage", "shell", "-v0", "-c", MAKE).returncode == 0


@pytest.mark.parametrize("extra", [(), ("--reset",)])
def test_a_real_company_is_never_touched(touchstone: CommandLine, extra: tuple[str, ...]) -> None:
    with_a_company(touchstone)
    refused = touchstone("demo", "--no-serve", "--quiet", *extra)
    assert refused.returncode == 1
    assert "not the demo's" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert touchstone("manage", "shell", "-v0", "-c", COUNT).stdout.strip() == "1"
    assert not (touchstone.data_dir / "demo").exists()


def test_a_round_that_was_played_is_not_played_again(touchstone: CommandLine) -> None:
    table = {"applied": 500, "hired": 3, "days_to_decision_median": 9.9}
    folder = touchstone.data_dir / "demo"
    folder.mkdir(parents=True)
    (folder / "result.json").write_text(json.dumps(table), "utf-8")
    again = touchstone("demo", "--no-serve", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout) == table


@pytest.mark.parametrize("count", ["3", "50000"])
def test_impossible_numbers_are_refused(touchstone: CommandLine, count: str) -> None:
    refused = touchstone("demo", "--no-serve", "--applicants", count)
    assert refused.returncode == 2
    assert "--applicants" in refused.stderr


def test_what_a_broken_off_demo_left_is_thrown_away(
    touchstone: CommandLine, tmp_path: Path
) -> None:
    with_a_company(touchstone)
    folder = touchstone.data_dir / "demo"
    folder.mkdir()
    (folder / "unfinished").touch()
    (touchstone.data_dir / "files").mkdir(exist_ok=True)
    (touchstone.data_dir / "files" / "left").write_text("x", "utf-8")
    clear = (
        "from pathlib import Path; from touchstone.cli.demo_command import _clear; "
        "from django.conf import settings; _clear(Path(settings.DATA_DIR) / 'demo')"
    )
    assert touchstone("manage", "shell", "-v0", "-c", clear).returncode == 0
    assert not (touchstone.data_dir / "files").exists()
    assert touchstone("manage", "migrate", "-v0").returncode == 0
    assert touchstone("manage", "shell", "-v0", "-c", COUNT).stdout.strip() == "0"
