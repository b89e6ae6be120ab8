"""The commands with a Judge0 server set up, started the way its user starts the stand-in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CommandLine
from touchstone.cli.judging import executor
from touchstone.config import env
from touchstone.integrations.simulators.judge0 import SimulatedJudge0

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[2]
PROBLEM = ROOT / "touchstone" / "content" / "problems" / "near-duplicates"


@pytest.fixture
def server() -> Iterator[SimulatedJudge0]:
    simulator = SimulatedJudge0()
    simulator.start()
    yield simulator
    simulator.stop()


def test_judge_hands_programs_to_the_server(
    server: SimulatedJudge0, touchstone: CommandLine, tmp_path: Path
) -> None:
    extra = {"TOUCHSTONE_JUDGE0_BASE": server.base, "TOUCHSTONE_JUDGE0_TOKEN": server.token}
    source = tmp_path / "mine.py"
    source.write_text("print(1)\n", "utf-8")
    done = touchstone("judge", str(PROBLEM), str(source), "--json", "--samples", extra=extra)
    assert json.loads(done.stdout)["verdict"] == "WA", done.stderr
    assert [row for row in server.received if row.what == "POST /submissions"]
    server.config["max_memory_limit"] = 64_000
    refused = touchstone("judge", str(PROBLEM), str(source), "--json", "--lang", "en", extra=extra)
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["reason"] == "judge0.limit"
    assert "Raise MAX_MEMORY_LIMIT" in refused.stderr


def test_doctor_tries_the_server_and_says_what_it_lacks(
    server: SimulatedJudge0, touchstone: CommandLine
) -> None:
    extra = {"TOUCHSTONE_JUDGE0_BASE": server.base, "TOUCHSTONE_JUDGE0_TOKEN": server.token}

    def told() -> dict[str, object]:
        rows = json.loads(touchstone("doctor", "--json", "--lang", "en", extra=extra).stdout)
        found: dict[str, object] = next(row for row in rows["checks"] if row["name"] == "judge0")
        return found

    ready = told()
    assert ready["state"] == "ok"
    assert "Judge0 1.13.1" in str(ready["messages"])
    assert "stay on the Judge0 server" in str(ready["messages"])
    server.has_libraries = False
    server.languages = {71: "Python (3.8.1)"}
    lacking = told()
    assert lacking["state"] == "warn"
    for words in ("lacks numpy", "has no java", "Python there is 3.8"):
        assert words in str(lacking["messages"])
    server.token = "another"
    assert told()["state"] == "bad"


def test_settings_that_cannot_be_meant_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOUCHSTONE_JUDGE0_BASE", raising=False)
    assert env.judge0() is None
    assert executor() is None
    monkeypatch.setenv("TOUCHSTONE_JUDGE0_BASE", "judge.example:2358")
    with pytest.raises(env.EnvironmentProblem, match="begins with https"):
        env.judge0()
    monkeypatch.setenv("TOUCHSTONE_JUDGE0_BASE", "https://judge.example/")
    monkeypatch.setenv("TOUCHSTONE_JUDGE0_LANGUAGES", "python=92, cpp=54")
    service = env.judge0()
    assert service is not None
    assert (service.base, service.languages) == ("https://judge.example", {"python": 92, "cpp": 54})
    monkeypatch.setenv("TOUCHSTONE_JUDGE0_LANGUAGES", "cobol=77")
    with pytest.raises(env.EnvironmentProblem, match="cobol=77"):
        env.judge0()
