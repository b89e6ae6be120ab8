"""Double booking is impossible, and the constraint is what makes it so."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.conftest import ROOT, CommandLine


def race(touchstone: CommandLine, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.services.booking_race", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=touchstone.environment(),
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_of_a_hundred_at_once_exactly_one_books(touchstone: CommandLine) -> None:
    found = race(touchstone)
    assert found["booked"] == 1
    assert found["came"] == {"booked": 1, "interviews.slot_gone": 99}
    # Everybody else keeps the other time they were offered.
    assert found["alternatives_left"] == 99


def test_without_the_constraint_the_same_race_books_twice(touchstone: CommandLine) -> None:
    """The control: what the test above watches really depends on the constraint."""
    assert race(touchstone, "--without-constraint")["booked"] > 1
