from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from touchstone.integrations.sandbox import Job, Limits, Run, Sandbox
from touchstone.integrations.sandbox.bubblewrap import bubblewrap_command

from .running import SMALL, Python


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    shared = Sandbox()
    yield shared
    shared.close()


@pytest.fixture
def python(sandbox: Sandbox) -> Python:
    """Runs a Python text under small limits."""

    def run(text: str, *, collect: tuple[str, ...] = (), stdin: bytes = b"", **limits: Any) -> Run:
        bounds = Limits(**(SMALL | limits))
        files = {"solution.py": text.encode()}
        return sandbox.run(
            Job("python", files, ("solution.py",), stdin=stdin, limits=bounds, collect=collect)
        )

    return run


@pytest.fixture
def shell(sandbox: Sandbox) -> Python:
    """Runs a shell line through bubblewrap under small limits."""

    def run(text: str, *, collect: tuple[str, ...] = (), **limits: Any) -> Run:
        bounds = Limits(**(SMALL | limits))
        words = bubblewrap_command(("/bin/sh", "-c", text))
        return sandbox.run(Job("command", {}, words, limits=bounds, collect=collect))

    return run


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Path]:
    """Writes a problem package: ``package("limits: …", {"secret/1": ("in", "ans")})``."""

    def write(about: str, tests: dict[str, tuple[str, str]], **files: str) -> Path:
        folder = tmp_path / "problem"
        folder.mkdir()
        (folder / "problem.yaml").write_text(
            f"problem_format_version: 2025-09\nname: A problem\n{about}\n", "utf-8"
        )
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
