"""Processor time and memory of a run, read from /proc outside the sandbox."""

from __future__ import annotations

import os
from dataclasses import dataclass

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
MOST_PROCESSES = 512
EXITING = 0x4  # PF_EXITING of the kernel's sched.h


@dataclass(frozen=True, slots=True)
class Usage:
    """Of all living processes of a run, with the processor time of those already reaped.

    Attributes:
        processes: living processes.
        threads: of all of them; at least as many as processes.
        cpu_s: in steps of a clock tick (10 ms).
        memory_kib: resident, pages of files counted once.
        sockets: in the network namespace of the innermost process.
        ending: one of them is on its way out, and may be taking others along.
    """

    processes: int
    threads: int
    cpu_s: float
    memory_kib: int
    sockets: int = 0
    ending: bool = False


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
    count, threads, cpu_ticks, private, shared, innermost = 0, 0, 0, 0, 0, 0
    ending = False
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
        # fields 3 and 9 of proc(5): state, flags
        if stat[0] == b"Z":
            continue
        ending |= bool(int(stat[6]) & EXITING)
        count += 1
        innermost = pid
        threads += int(stat[17])
        # fields 14 to 17 of proc(5): utime, stime, cutime, cstime; num_threads is field 20
        cpu_ticks += sum(map(int, stat[11:15]))
        private += resident - of_files
        shared = max(shared, of_files)
    memory_kib = (private + shared) * PAGE_KIB
    return Usage(count, threads, cpu_ticks / TICKS, memory_kib, sockets_of(innermost), ending)


def sockets_of(pid: int) -> int:
    """How many sockets there are in a process's network namespace, 0 once it is gone."""
    try:
        return int(_read(f"/proc/{pid}/net/sockstat").split(None, 3)[2])
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0


@dataclass(frozen=True, slots=True)
class MachineMemory:
    """Of the whole machine: what there is, and what could still be had."""

    total_kib: int
    available_kib: int


def machine_memory() -> MachineMemory:
    """As the kernel tells it."""
    lines = _read("/proc/meminfo").split(b"\n", 3)
    total, _free, available = (int(line.split()[1]) for line in lines[:3])
    return MachineMemory(total, available)


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
