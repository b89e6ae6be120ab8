"""Processor time and memory of a run, read from /proc outside the sandbox."""

from __future__ import annotations

import os
from dataclasses import dataclass

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
MOST_PROCESSES = 512


@dataclass(frozen=True, slots=True)
class Usage:
    """Of all living processes of a run, with the processor time of those already reaped.

    Attributes:
        processes: living processes.
        threads: of all of them; at least as many as processes.
        cpu_s: in steps of a clock tick (10 ms).
        memory_kib: resident, pages of files counted once.
    """

    processes: int
    threads: int
    cpu_s: float
    memory_kib: int


def pid_of(pid_fd: int) -> int:
    """The process behind a descriptor, -1 once it has been reaped."""
    with open(f"/proc/self/fdinfo/{pid_fd}", encoding="ascii") as file:  # noqa: PTH123 - hot path
        for line in file:
            if line.startswith("Pid:"):
                return int(line[4:])
    return -1


def tree_usage(pid_fd: int) -> Usage:
    """Adds up the process and everything below it; what ends meanwhile counts as nothing."""
    waiting = [pid_of(pid_fd)]
    count, threads, cpu_ticks, private, shared = 0, 0, 0, 0, 0
    while waiting and count < MOST_PROCESSES:
        pid = waiting.pop()
        if pid <= 0:
            continue
        try:
            stat = _read(f"/proc/{pid}/stat").rsplit(b")", 1)[1].split()
            resident, of_files = map(int, _read(f"/proc/{pid}/statm").split()[1:3])
            waiting += _children(pid)
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue
        if stat[0] == b"Z":
            continue
        count += 1
        threads += int(stat[17])
        # fields 14 to 17 of proc(5): utime, stime, cutime, cstime; num_threads is field 20
        cpu_ticks += sum(map(int, stat[11:15]))
        private += resident - of_files
        shared = max(shared, of_files)
    return Usage(count, threads, cpu_ticks / TICKS, (private + shared) * PAGE_KIB)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - hot path
        found += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())
    return found


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 65536)
    finally:
        os.close(fd)
