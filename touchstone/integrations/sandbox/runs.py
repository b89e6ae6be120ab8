"""What goes into a sandboxed run and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from touchstone.common.errors import PermanentOutsideError

MIB = 1 << 20
Outcome = Literal[
    "exited", "time", "wall", "memory", "processes", "output", "compile_error", "failed"
]


class SandboxUnavailable(PermanentOutsideError):
    """Nothing can be judged on this machine; the message says what to install or to set."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run.

    Attributes:
        cpu_s: processor time of all its processes; the run is ended soon after.
        wall_s: elapsed time for a program that does not compute; four times that ends any run.
        memory_kib: resident memory of all its processes together.
        output_bytes: standard output; one byte more ends the run.
        file_bytes: everything it writes to its folder and to /tmp, in memory.
        files: files and folders it may make.
        processes: processes and threads together.
    """

    cpu_s: float = 10.0
    wall_s: float = 12.0
    memory_kib: int = 2048 * 1024
    output_bytes: int = 8 * MIB
    file_bytes: int = 64 * MIB
    files: int = 2000
    processes: int = 64


@dataclass(frozen=True, slots=True)
class Job:
    """One program to run.

    Attributes:
        kind: ``python`` in a fork of the warm parent, ``command`` through bubblewrap.
        files: placed in the working folder; relative names, sub-folders allowed.
        program: for ``python`` the files to compile, the last is the main one;
            for ``command`` the words of the command line.
        collect: names in the working folder to bring out, if they are plain files.
        machine_learning: fork from the parent that has numpy, pandas and scikit-learn loaded.
        bounded_data: refuse memory beyond the limit at allocation; off for run-time systems
            that reserve far more than they use.
    """

    kind: Literal["python", "command"]
    files: Mapping[str, bytes]
    program: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    stdin: bytes = b""
    limits: Limits = field(default_factory=Limits)
    collect: tuple[str, ...] = ()
    collect_bytes: int = 16 * MIB
    machine_learning: bool = False
    bounded_data: bool = True
    executable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """What the supervisor saw; nothing here is the program's own word about itself.

    Attributes:
        outcome: how it ended; ``failed`` is the sandbox's fault, never the program's.
        status: exit status, or minus the signal's number.
        leftover_processes: running at the last look before the program ended, and ended with it.
        disk_full: the space or the files it was given were used up.
        files: collected outputs; an oversized or odd one is absent and named in ``refused``.
        detail: the compiler's words, or why the sandbox failed.
    """

    outcome: Outcome
    status: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    memory_kib: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    leftover_processes: int = 0
    disk_full: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
