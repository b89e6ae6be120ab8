"""What the sandbox's tests share: small limits, and a look at the host's processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from touchstone.integrations.sandbox import Run, Sandbox

Python = Callable[..., Run]
SMALL: dict[str, Any] = {
    "cpu_s": 1.0,
    "wall_s": 1.5,
    "memory_kib": 256 * 1024,
    "output_bytes": 1 << 20,
    "file_bytes": 8 << 20,
    "files": 500,
    "processes": 32,
}


def host_processes(sandbox: Sandbox) -> set[int]:
    """Processes of the host that run under one of the sandbox's users."""
    ours = {slot._uid for slot in sandbox._all}
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            uid = entry.stat().st_uid
            state, above = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        awaits_init = state == "Z" and above == "1"  # of a parent that a test killed
        if uid in ours and not awaits_init:
            found.add(int(entry.name))
    return found
