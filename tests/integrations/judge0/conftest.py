from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from touchstone.integrations.judge0.client import Judge0
from touchstone.integrations.judge0.remote import RemoteExecutor
from touchstone.integrations.judge0.service import LOOPBACK, Judge0Service
from touchstone.integrations.sandbox import Sandbox
from touchstone.integrations.simulators.judge0 import SimulatedJudge0

Package = Callable[..., Path]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    shared = Sandbox(2)
    yield shared
    shared.close()


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[SimulatedJudge0]:
    simulator = SimulatedJudge0(sandbox=sandbox)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def service(server: SimulatedJudge0) -> Judge0Service:
    return Judge0Service(server.base, server.token, networks=LOOPBACK, timeout_s=10)


class Waits:
    """Stands in for sleeping: waits for the simulator's programs and notes how long it was asked
    to."""

    def __init__(self, server: SimulatedJudge0) -> None:
        self.server = server
        self.asked_s: list[float] = []
        self.now_s = 0.0

    def pause(self, seconds: float) -> None:
        self.asked_s.append(seconds)
        self.now_s += seconds
        self.server.settled()

    def clock_s(self) -> float:
        return self.now_s


@pytest.fixture
def waits(server: SimulatedJudge0) -> Waits:
    return Waits(server)


@pytest.fixture
def client(service: Judge0Service, waits: Waits) -> Iterator[Judge0]:
    made = Judge0(service, clock_s=waits.clock_s, pause=waits.pause)
    yield made
    made.close()


@pytest.fixture
def remote(client: Judge0) -> RemoteExecutor:
    return RemoteExecutor(client)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """Writes a problem package: ``package("limits: …", {"secret/1": ("in", "ans")})``."""

    def write(about: str, tests: dict[str, tuple[str, str]], **files: str) -> Path:
        folder = tmp_path / "problem"
        folder.mkdir()
        about = f"problem_format_version: 2025-09\nname: A problem\n{about}\n"
        (folder / "problem.yaml").write_text(about, "utf-8")
        for name, (given, answer) in tests.items():
            path = folder / "data" / f"{name}.in"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(given, "utf-8")
            path.with_suffix(".ans").write_text(answer, "utf-8")
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        return folder

    return write
